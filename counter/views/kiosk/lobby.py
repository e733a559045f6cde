"""Arriving, waiting, calling for someone: what the lobby and the desk say to each other.

What is typed stays in the session, under "here", until the number is given; the call and the number of this visit are
under "call" and "ticket". Nothing of it is ever in an address.
"""

from __future__ import annotations

from flask import request, session, url_for

from counter.access import Permission
from counter.appointments import CODE_LENGTH, NotNow, normal_code
from counter.journal import Act, Subject
from counter.kiosk import Choose, part_of, pressed
from counter.lobby import (
    EARLIEST,
    NOT_FOUND,
    TOO_MANY_TRIES,
    UNKNOWN_CODE,
    WRONG_CODE,
    WRONG_LETTERS,
    Arrival,
    CallState,
    arrival,
    call_state,
    letters_of,
)
from counter.models import Appointment, KioskCall, Ticket
from counter.security import allow
from counter.slots import Mode, minute_of
from counter.store import lobby as store
from counter.store import reception
from counter.store.appointments import appointment_by_id
from counter.store.places import get_motif, list_motifs
from counter.throttle import Guess, TooManyTries
from counter.views.kiosk.base import alive, blueprint, go, page
from counter.visits import minutes_since
from counter.web import kiosk, local, note, now, reading, services, whole, writing

CALL, HERE, TICKET = "call", "here", "ticket"


# ── calling for someone ─────────────────────────────────────────────────────────────────────────


@blueprint.get("/parler")
@allow(Permission.KIOSK)
def someone():
    """Call, or where the call of this visit stands. Asked for by the page itself, only the part that changes."""
    call = _call()
    state = call_state(call.asked_at, call.answered_at, call.ended_at, now()) if call else None
    minutes = minutes_since(call.asked_at, now()) if call else 0
    if request.headers.get("X-Part"):
        return page("call_part", state=state, states=CallState, minutes=minutes)
    return page("someone", state=state, states=CallState, minutes=minutes)


def _call() -> KioskCall | None:
    """The call this visit made: another visitor sees nothing of it."""
    mine = session.get(CALL)
    return store.get_call(reading(), mine["id"], kiosk().site_id) if mine else None


@blueprint.post("/parler")
@allow(Permission.KIOSK)
def call():
    """Ask an agent to come; asked twice is one call."""
    urgent = "urgent" in request.form
    with writing() as main:
        made = store.ask(main, kiosk(), urgent, now())
        session[CALL] = {"id": made.id, "urgent": urgent or session.get(CALL, {}).get("urgent", False)}
    return go("someone")


@blueprint.post("/parler/annuler")
@allow(Permission.KIOSK)
def call_off():
    """No need any more. An urgent call is ended only by the visit that said it was urgent."""
    made, mine = _call(), session.pop(CALL, None)
    if made and (mine["urgent"] or not made.urgent):
        with writing() as main:
            store.end_call(main, made.id, now())
    return go("home")


def left() -> None:
    """The visit is over: its call ends with it (not an urgent one)."""
    if store.has_called(reading(), kiosk().id):
        with writing() as main:
            store.leave(main, kiosk().id, now())


# ── « je suis là » ──────────────────────────────────────────────────────────────────────────────


@blueprint.get("/je-suis-la")
@allow(Permission.KIOSK)
def here():
    """By the code, or without it."""
    session.pop(HERE, None)
    return page("here")


@blueprint.route("/je-suis-la/code", methods=["GET", "POST"])
@allow(Permission.KIOSK)
def here_code():
    """The code of the slip."""
    typed, touched = pressed(request.form.get("code", ""), request.form.get("touche"))
    if request.method == "GET" or touched:
        return page("here_code", typed=typed, error="")
    if len(normal_code(typed)) != CODE_LENGTH:
        return page("here_code", 422, typed=typed, error=WRONG_CODE)
    found = _guessed(lambda: store.appointment_of_code(reading(), services().keys.vault, typed))
    return _answer(found) or page("here_code", 422, typed=typed, error=_why_not(UNKNOWN_CODE))


@blueprint.route("/je-suis-la/jour", methods=["GET", "POST"])
@allow(Permission.KIOSK)
def here_day():
    """The day of birth."""
    day = whole(request.form.get("choix")) or 0
    if 1 <= day <= 31:
        session[HERE] = {"day": day}
        return go("here_month")
    return _birth(Choose.BIRTH_DAY, url_for("kiosk.here"))


@blueprint.route("/je-suis-la/mois", methods=["GET", "POST"])
@allow(Permission.KIOSK)
def here_month():
    """The month of birth."""
    if "day" not in session.get(HERE, {}):
        return go("here_day")
    month = whole(request.form.get("choix")) or 0
    if 1 <= month <= 12:
        session[HERE] = session[HERE] | {"month": month}
        return go("here_name")
    return _birth(Choose.BIRTH_MONTH, url_for("kiosk.here_day"))


def _birth(screen: Choose, back: str):
    here = {"screen": screen, "back": back, "action": request.path}
    return page("birth", chosen=None, fault="", **here)


@blueprint.route("/je-suis-la/nom", methods=["GET", "POST"])
@allow(Permission.KIOSK)
def here_name():
    """The first letters of the last name."""
    known = session.get(HERE, {})
    if "month" not in known:
        return go("here_day")
    typed, touched = pressed(request.form.get("nom", ""), request.form.get("touche"))
    if request.method == "GET" or touched:
        return page("here_name", typed=typed, error="")
    if len(letters_of(typed)) < 2:
        return page("here_name", 422, typed=typed, error=WRONG_LETTERS)
    birth, today = (known["day"], known["month"]), local().date()
    found = _guessed(lambda: store.appointment_of_birth(reading(), kiosk().site_id, today, birth, typed))
    return _answer(found) or page("here_name", 422, typed=typed, error=_why_not(NOT_FOUND))


def _guessed(find) -> Appointment | None:
    """What is found, each failure of this kiosk being counted; None too after too many."""
    throttle, who = services().throttle, str(kiosk().id)
    try:
        throttle.check(Guess.ARRIVAL, who)
    except TooManyTries:
        return None
    found = find()
    if found is None:
        throttle.failed(Guess.ARRIVAL, who)
    return found


def _why_not(usual: str) -> str:
    try:
        services().throttle.check(Guess.ARRIVAL, str(kiosk().id))
    except TooManyTries:
        return TOO_MANY_TRIES
    return usual


def _answer(found: Appointment | None):
    """On to the number, or to why not now; None when nobody was found."""
    if found is None:
        return None
    session[HERE] = {"appointment": found.id}
    what = arrival(found, kiosk().site_id, local().date(), minute_of(local()))
    if what not in (Arrival.WELCOME, Arrival.ALREADY):
        return go("here_told")
    try:
        with writing() as main:
            mine = appointment_by_id(main, found.id)
            given = reception.arrive(main, mine, now(), session.get(TICKET))
            if what is Arrival.WELCOME:
                note(main, Act.CHANGED, Subject.APPOINTMENT, mine.id, "arrive")
    except NotNow:  # changed at the desk this very moment
        return go("here_told")
    session[TICKET] = given.id
    session.pop(HERE)
    return go("number")


@blueprint.get("/je-suis-la/reponse")
@allow(Permission.KIOSK)
def here_told():
    """Why not here or not now, each in its own words."""
    number = session.get(HERE, {}).get("appointment")
    found = appointment_by_id(reading(), number) if number else None
    if found is None:
        return go("here")
    what = arrival(found, kiosk().site_id, local().date(), minute_of(local()))
    if what in (Arrival.WELCOME, Arrival.ALREADY):  # meanwhile: by the clock, or at the desk
        return go("here")
    return page("here_told", found=found, what=what, kinds=Arrival, opens=found.minute - EARLIEST)


# ── a number ────────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/ticket")
@allow(Permission.KIOSK)
def ticket():
    """Why one comes, in plain words, a few a screen; or not to say. `?suite=2` shows the next ones."""
    if _ticket() is not None:
        return go("number")
    listed = [m for m in list_motifs(reading(), kiosk().site.caf_id) if m.duration(Mode.ON_SITE)]
    part = part_of(listed, request.args.get("suite", ""))
    return page("ticket", part=part, back=url_for("kiosk.someone"))


@blueprint.post("/ticket")
@allow(Permission.KIOSK)
def take_ticket():
    """The next number; a visit has one."""
    if _ticket() is None:
        chosen = whole(request.form.get("motif"))
        with writing() as main:
            motif = get_motif(main, chosen, kiosk().site.caf_id) if chosen else None
            taken = store.take_number(main, kiosk().site_id, local().date(), now(), motif.id if motif else None)
            session[TICKET] = taken.id
    return go("number")


def _ticket() -> Ticket | None:
    """The number of this visit, today."""
    mine = session.get(TICKET)
    return store.get_ticket(reading(), mine, kiosk().site_id, local().date()) if mine else None


@blueprint.get("/numero")
@allow(Permission.KIOSK)
def number():
    """The number, the hour or about how long, where to sit; and the slip."""
    mine = _ticket()
    if mine is None:
        return go("home")
    before, minutes = store.estimate(reading(), mine, minute_of(local()), now())
    return page("number", ticket=mine, before=before, minutes=minutes, today=local().date())


# ── the lobby's screen ──────────────────────────────────────────────────────────────────────────


@blueprint.get("/appel")
@allow(Permission.KIOSK)
def display():
    """The last numbers called and where to. It says by it that it is alive; `X-Part`: only the part that changes."""
    alive()
    site_id, today = kiosk().site_id, local().date()
    told = {
        "calls": store.shown(reading(), site_id, today),
        "waiting": len(store.waiting(reading(), site_id, today, minute_of(local()))),
    }
    return page("display_part", **told) if request.headers.get("X-Part") else page("display", **told)
