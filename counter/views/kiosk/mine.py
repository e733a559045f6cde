"""The visitor's own appointment, by its code and the day and month of birth: see, print, move, cancel."""

from __future__ import annotations

import uuid

from flask import request, session, url_for

from counter.access import Permission
from counter.appointments import CODE_LENGTH, WrongCode, normal_code, spoken_code
from counter.errors import refusal_sentence
from counter.journal import Subject
from counter.kiosk import Choose, pressed, text
from counter.models import Appointment
from counter.outside.calendar_file import event_for_qr
from counter.papers import public_address
from counter.security import allow
from counter.store import appointments as store
from counter.store import waiting
from counter.views import acts
from counter.views.kiosk.base import blueprint, go, page
from counter.views.kiosk.booking import onward, release
from counter.views.kiosk.draft import DRAFT, MOVED
from counter.web import found, kiosk, local, local_at, now, reading, seen, whole, writing

_CODE, MINE = "code", "mine"  # in the session


@blueprint.get("/mon-rendez-vous")
@allow(Permission.KIOSK)
def mine():
    """What can be done with an appointment one has."""
    return page("mine")


@blueprint.route("/mon-rendez-vous/code", methods=["GET", "POST"])
@allow(Permission.KIOSK)
def my_code():
    """The code, typed on the screen; then the birthday."""
    code = session.get(_CODE, "")
    if request.method == "POST":
        code, touched = pressed(request.form.get("code", code), request.form.get("touche"))
        session[_CODE] = code
        if touched:
            return go("my_code")
        if len(normal_code(code)) == CODE_LENGTH:
            return go("my_birthday", part="jour")
        return page(
            "my_code", 422, code=code, fault=text("Le code a 8 lettres et chiffres. Regardez sur votre papier.")
        )
    return page("my_code", code=code, fault="")


@blueprint.route("/mon-rendez-vous/naissance/<part>", methods=["GET", "POST"])
@allow(Permission.KIOSK)
def my_birthday(part: str):
    """The day, then the month; the answer is the same whichever of the three is wrong."""
    if _CODE not in session or part not in {"jour", "mois"}:
        return go("my_code")
    if part == "mois" and "birth_day" not in session:
        return go("my_birthday", part="jour")
    most = 31 if part == "jour" else 12
    number = whole(request.form.get("choix")) or 0
    if request.method == "POST" and 1 <= number <= most:
        if part == "jour":
            session["birth_day"] = number
            return go("my_birthday", part="mois")
        return _found(number)
    return _birthday_page(part)


def _birthday_page(part: str):
    back = url_for("kiosk.my_code") if part == "jour" else url_for("kiosk.my_birthday", part="jour")
    screen = Choose.BIRTH_DAY if part == "jour" else Choose.BIRTH_MONTH
    action = url_for("kiosk.my_birthday", part=part)
    return page("birth", screen=screen, action=action, back=back, chosen=None, fault="")


def _found(month: int):
    birth = session.pop("birth_day"), month
    try:
        booked = acts.find_by_code(f"borne {kiosk().id}", session[_CODE], birth)
    except WrongCode as refusal:
        return page("my_code", 422, code=session[_CODE], fault=refusal_sentence(refusal))
    session.pop(_CODE)
    session.pop(MOVED, None)
    session[MINE] = booked.id
    return go("my_appointment")


def _mine(main=None) -> Appointment:
    number = session.get(MINE)
    return found(store.appointment_by_id(main or reading(), number) if number else None)


def _changeable(booked: Appointment) -> bool:
    return booked.may_change_alone(local_at(booked.site))


@blueprint.get("/mon-rendez-vous/voir")
@allow(Permission.KIOSK)
def my_appointment():
    """When, how, where, what to bring, the code; the slip is in the page, for the printer alone."""
    if MINE not in session:
        return go("my_code")
    booked = _mine()
    seen(Subject.APPOINTMENT, booked.id)
    code, there = spoken_code(booked.code), local_at(booked.site)
    asked = waiting.request_of(reading(), booked.id)
    return page(
        "my_appointment",
        booked=booked,
        code=code,
        scanned=public_address("manage.find", code) or event_for_qr(booked),
        changeable=_changeable(booked),
        coming=booked.is_coming(there),
        over=booked.is_over(there),
        past=booked.day < local().date(),
        today=booked.day == local().date() and booked.site_id == kiosk().site_id,
        moved=session.get(MOVED) == booked.id,
        waits=asked,
        key=_new_key(),
        offered=waiting.offered_time(reading(), asked) if waiting.is_offered(asked, now()) else None,
        back=url_for("kiosk.mine"),
    )


def _new_key() -> str:
    return str(uuid.uuid4())


@blueprint.post("/mon-rendez-vous/place-plus-tot")
@allow(Permission.KIOSK)
def answer_offer():
    """Yes or no to the earlier place that is kept; `creneau` is the one that was read."""
    if MINE not in session:
        return go("my_code")
    slot, said = request.form.get("creneau", ""), request.form.get("reponse")
    if said in {"oui", "non"}:
        with writing() as main:
            done = acts.answer_offer(main, session[MINE], slot, said == "oui", request.form.get("key") or _new_key())
        if done and said == "oui":
            session[MOVED] = session[MINE]
    return go("my_appointment")


@blueprint.post("/mon-rendez-vous/changer")
@allow(Permission.KIOSK)
def move_mine():
    """Another day and hour, in the same place and mode."""
    if MINE not in session:
        return go("my_code")
    booked = _mine()
    if not (_changeable(booked) and booked.still_offered):
        return go("my_appointment")
    release()
    known = {"moving": booked.id, "key": _new_key(), Choose.MOTIF: booked.motif_id, Choose.MODE: booked.mode}
    session[DRAFT] = known | ({Choose.SITE: booked.site_id} if booked.mode == "sur-place" else {})
    return onward()


@blueprint.route("/mon-rendez-vous/annuler", methods=["GET", "POST"])
@allow(Permission.KIOSK)
def cancel_mine():
    """Asked once more before it is done."""
    if MINE not in session:
        return go("my_code")
    if not _changeable(_mine()):
        return go("my_appointment")
    if request.method == "GET":
        return page("cancel", booked=_mine(), back=url_for("kiosk.my_appointment"))
    with writing() as main:
        acts.cancel(main, _mine(main))
    return go("my_appointment")
