"""Booking by pictures, one choice a screen: why, how, where, which day, what time, who comes; then the slip."""

from __future__ import annotations

import uuid
from calendar import monthrange
from datetime import date

from flask import request, session, url_for

from counter.access import Permission
from counter.errors import refusal_sentence
from counter.forms.fields import Choice
from counter.forms.kiosk import EmailForm, FirstNameForm, LastNameForm, NeededPhoneForm, PhoneForm, TypedForm
from counter.kiosk import A_SCREEN, WHO, Choose, next_screen, part_of, pressed, screen_before, screens, text
from counter.security import allow
from counter.slots import Mode, Refusal, SlotShut, SlotTaken
from counter.store import appointments as store
from counter.store import booking, holds
from counter.store.places import get_motif, get_site, list_motifs
from counter.views import acts
from counter.views.kiosk.base import blueprint, go, page
from counter.views.kiosk.draft import (
    DRAFT,
    MOVED,
    count_nothing_free,
    days_to_choose,
    draft,
    modes_to_choose,
    motif_of_draft,
    moving_of_draft,
    put,
    sites_to_choose,
    slots_to_choose,
)
from counter.web import found, kiosk, now, reading, services, whole, writing

_BEGUN = "typing"  # in the session: screen -> what is being written there, key by key, without scripts
SLOTS_A_SCREEN = 12


def onward():
    """To the first screen that is not answered yet."""
    screen = next_screen(draft())
    return go("ask_for", screen=screen) if screen else go("summary")


# ── why ─────────────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/rendez-vous")
@allow(Permission.KIOSK)
def motifs():
    """The motifs of this Caf, in plain words. What was begun before is forgotten."""
    release()
    session.pop(DRAFT, None)
    return _motifs_page(url_for("kiosk.home"))


def _motifs_page(back: str):
    known = list_motifs(reading(), kiosk().site.caf_id)
    shown = part_of(known, request.args.get("suite", ""))
    offers = [Choice(str(motif.id), motif.plain_label, motif.icon) for motif in shown.items]
    return page(
        "choices",
        title=text("Pourquoi voulez-vous un rendez-vous ?"),
        screen=Choose.MOTIF,
        offers=offers,
        part=shown,
        back=back,
        speak=True,
        moving=None,
    )


_TITLES = {
    Choose.MODE: text("Comment voulez-vous ce rendez-vous ?"),
    Choose.SITE: text("Où voulez-vous aller ?"),
    Choose.DAY: text("Quel jour ?"),
    Choose.SLOT: text("À quelle heure ?"),
}
_TYPED = {
    Choose.FIRST_NAME: (FirstNameForm, "letters", ""),
    Choose.LAST_NAME: (LastNameForm, "letters", ""),
    Choose.PHONE: (PhoneForm, "digits", text("Pour vous prévenir si l'heure change. Ce n'est pas obligatoire.")),
    Choose.EMAIL: (EmailForm, "mail", text("Le lien de la visio y sera envoyé.")),
}
_WE_CALL = text("Nous vous appelons à ce numéro. Votre téléphone montre le numéro +33 32 30 : répondez, c'est la Caf.")


def _to_be_asked(screen: str) -> Choose | None:
    """The screen of the address when its turn has come; None leads to the one whose turn it is."""
    if screen not in set(Choose) or screen == Choose.MOTIF:
        return None
    known, wanted = draft(), Choose(screen)
    turn = next_screen(known)
    return wanted if known and (known.get(wanted) is not None or turn is wanted) else None


@blueprint.get("/rendez-vous/<screen>")
@allow(Permission.KIOSK)
def ask_for(screen: str):
    """One question. Why they come is asked again of whoever has said it: who they are is kept."""
    if screen == Choose.MOTIF and draft() and "moving" not in draft():
        return _motifs_page(url_for("kiosk.home") if next_screen(draft()) else url_for("kiosk.summary"))
    wanted = _to_be_asked(screen)
    if wanted is None:
        return onward() if draft() else go("motifs")
    return _asked(wanted)


def _asked(screen: Choose, fault: str = "", typed: str | None = None):
    before = screen_before(draft(), screen)
    back = url_for("kiosk.motifs") if before in {None, Choose.MOTIF} else url_for("kiosk.ask_for", screen=before)
    if "moving" in draft() and before is None:
        back = url_for("kiosk.my_appointment")
    code = 422 if fault else 200
    if screen in _TYPED:
        return _typed_page(screen, back, fault, typed, code)
    if screen in WHO:
        action, known = url_for("kiosk.answer_to", screen=screen), draft().get(screen)
        return page("birth", code, screen=screen, action=action, back=back, chosen=known, fault=fault)
    return _choices_page(screen, back, fault, code)


def _choices_page(screen: Choose, back: str, fault: str, code: int):
    more_from, size = None, A_SCREEN
    if screen in {Choose.DAY, Choose.SLOT}:
        release()  # the time that was chosen before is one of those to choose from
    if screen is Choose.MODE:
        offers = modes_to_choose(motif_of_draft())
    elif screen is Choose.SITE:
        offers = sites_to_choose()
    elif screen is Choose.DAY:
        offers, more_from = days_to_choose()
    else:
        offers, size = slots_to_choose(), SLOTS_A_SCREEN
    if not offers:
        count_nothing_free()
    shown = part_of(offers, request.args.get("suite", ""), size)
    return page(
        "choices",
        code,
        title=_TITLES[screen],
        screen=screen,
        offers=shown.items,
        part=shown,
        back=back,
        more_from=more_from,
        fault=fault,
        speak=screen is Choose.MODE,
        moving=moving_of_draft(),
    )


def _typing(screen: Choose) -> tuple[type[TypedForm], str, str]:
    """(form, keyboard, hint) of a screen where something is written."""
    if screen is Choose.PHONE and draft().get(Choose.MODE) == Mode.PHONE:
        return NeededPhoneForm, "digits", _WE_CALL
    return _TYPED[screen]


def _typed_page(screen: Choose, back: str, fault: str, typed: str | None, code: int):
    form, keys, hint = _typing(screen)
    begun = session.get(_BEGUN, {}).get(screen)
    shown = next((known for known in (typed, begun, draft().get(screen)) if known is not None), "")
    label = form(formdata=None).texte.label.text
    optional = screen is Choose.PHONE and form is PhoneForm
    return page(
        "typed", code, screen=screen, title=label, keys=keys, hint=hint, value=shown, back=back, fault=fault,
        optional=optional,
    )  # fmt: skip


# ── what is answered ────────────────────────────────────────────────────────────────────────────


@blueprint.post("/rendez-vous/<screen>")
@allow(Permission.KIOSK)
def answer_to(screen: str):
    """Keep one answer and go on; a key of the keyboard comes back to the same screen."""
    if screen == Choose.MOTIF:
        return _choose_motif(request.form.get("choix", ""))
    wanted = _to_be_asked(screen)
    if wanted is None:
        return onward() if draft() else go("motifs")
    if wanted in _TYPED:
        return _keep_typed(wanted)
    return _keep_choice(wanted, request.form.get("choix", ""))


def _choose_motif(value: str):
    number = whole(value)
    motif = get_motif(reading(), number, kiosk().site.caf_id) if number else None
    if motif is None or not motif.active:
        return go("motifs")
    known = {} if "moving" in draft() else draft()
    if known.get(Choose.MOTIF) == motif.id:
        return onward()
    release()
    who = {name: known[name] for name in (*WHO, Choose.PHONE, Choose.EMAIL) if name in known}
    session[DRAFT] = {"key": str(uuid.uuid4()), Choose.MOTIF: motif.id} | who
    if len(motif.modes) == 1:
        put(Choose.MODE, motif.modes[0].mode)
    return onward()


def _keep_choice(screen: Choose, value: str):
    if screen is Choose.SLOT:
        return _keep_slot(value)
    offered = {
        Choose.MODE: lambda: {offer.value for offer in modes_to_choose(motif_of_draft())},
        Choose.SITE: lambda: {offer.value for offer in sites_to_choose()},
        Choose.DAY: lambda: {value} if _is_day(value) else set(),
        Choose.BIRTH_DAY: lambda: {str(number) for number in range(1, 32)},
        Choose.BIRTH_MONTH: lambda: {str(number) for number in range(1, 13)},
    }[screen]()
    if value not in offered:
        return _asked(screen, text("Choisissez une des réponses proposées."))
    put(screen, value if screen in {Choose.MODE, Choose.DAY} else int(value))
    if screen is Choose.BIRTH_MONTH and not _birthday_exists():
        put(Choose.BIRTH_DAY, None)
        return _asked(Choose.BIRTH_DAY, text("Ce jour n'existe pas dans ce mois. Choisissez de nouveau."))
    return onward()


def _is_day(value: str) -> bool:
    try:
        return bool(date.fromisoformat(value))
    except ValueError:
        return False


def _birthday_exists() -> bool:
    """In a leap year: the year is not asked for."""
    return draft()[Choose.BIRTH_DAY] <= monthrange(2024, draft()[Choose.BIRTH_MONTH])[1]


def _keep_slot(key: str):
    """Keep the time for this visitor while the name is typed."""
    try:
        with writing() as main:
            if "hold" in draft():
                holds.release_hold(main, draft()["hold"])
            token = holds.hold_slot(main, motif_of_draft(), key, now(), services().settings.hold_minutes).token
    except Refusal as refusal:
        return _asked(Choose.SLOT, refusal_sentence(refusal))
    put(Choose.SLOT, key)
    session[DRAFT] = draft() | {"hold": token}
    return onward()


def _keep_typed(screen: Choose):
    names = screen in {Choose.FIRST_NAME, Choose.LAST_NAME}
    typed, touched = pressed(request.form.get("texte", ""), request.form.get("touche"), names)
    if screen is Choose.EMAIL:
        typed = typed.lower()  # the keys of the screen are capitals
    if touched:
        session[_BEGUN] = {screen: typed}
        return go("ask_for", screen=screen)
    session.pop(_BEGUN, None)
    form = _typing(screen)[0]
    if form is PhoneForm and request.form.get("sans"):
        typed = ""
    filled = form(data={"texte": typed}, formdata=None)
    if not filled.validate():
        return _asked(screen, filled.fault, typed)
    put(screen, getattr(filled.texte, "normal", filled.texte.data) or "")
    return onward()


# ── the summary, and the appointment ────────────────────────────────────────────────────────────


@blueprint.get("/rendez-vous/relire")
@allow(Permission.KIOSK)
def summary():
    """All that was chosen, said once more; each can be changed."""
    if not draft() or next_screen(draft()):
        return onward() if draft() else go("motifs")
    return _summary()


def _summary(fault: str = "", code: int = 200):
    known, motif = draft(), motif_of_draft()
    try:
        slot = holds.place_for(reading(), motif, known[Choose.SLOT], known.get("hold"), now()).slot
    except Refusal as refusal:
        put(Choose.SLOT, None)
        return _asked(Choose.SLOT, refusal_sentence(refusal))
    site = found(get_site(reading(), slot.site_id))
    back = url_for("kiosk.ask_for", screen=screens(known)[-1])
    moving = moving_of_draft()
    told = moving.told_motif if moving else motif.plain_label
    place = moving.told_name(site) if moving else site.name
    return page(
        "summary", code, draft=known, motif=motif, told_motif=told, slot=slot, site=site, place=place, back=back,
        fault=fault, choose=Choose, moving=moving,
    )  # fmt: skip


def _person() -> dict:
    """As ContactForm.person gives it: what a kiosk asks, the rest empty."""
    known = draft()
    return {
        "first_name": known[Choose.FIRST_NAME],
        "last_name": known[Choose.LAST_NAME],
        "birth_day": known[Choose.BIRTH_DAY],
        "birth_month": known[Choose.BIRTH_MONTH],
        "phone": known.get(Choose.PHONE) or "",
        "email": known.get(Choose.EMAIL) or "",
    }


@blueprint.post("/rendez-vous/relire")
@allow(Permission.KIOSK)
def confirm():
    """Make the appointment, or move it. Sent twice it is made once."""
    if not draft() or next_screen(draft()):
        return onward() if draft() else go("motifs")
    try:
        booked = _move() if "moving" in draft() else _book()
    except SlotTaken as refusal:
        screen = Choose.DAY if isinstance(refusal, SlotShut) else Choose.SLOT
        put(screen, None)
        return _asked(screen, refusal_sentence(refusal))
    except Refusal as refusal:
        return _summary(refusal_sentence(refusal), 409)
    session[MOVED] = session.pop(DRAFT).get("moving")
    session["mine"] = booked
    return go("my_appointment")


def _book() -> int:
    known, motif = draft(), motif_of_draft()
    key = str(uuid.uuid5(uuid.UUID(known["key"]), known[Choose.SLOT]))
    with writing() as main:
        done = booking.number_of_key(main, key)
        if done is None:
            vault, person = services().keys.vault, _person()
            done = booking.book(main, vault, motif, known[Choose.SLOT], known.get("hold"), person, key, now())
            acts.tell_booked(main, done, person)
        return done


def _move() -> int:
    known = draft()
    key = str(uuid.uuid5(uuid.UUID(known["key"]), known[Choose.SLOT]))
    with writing() as main:
        booked = found(store.appointment_by_id(main, known["moving"]))
        acts.move(main, booked, known[Choose.SLOT], key, hold_token=known.get("hold"))
    return known["moving"]


def release() -> None:
    """The slot kept for a visitor who leaves, or begins again, is free at once."""
    if token := draft().get("hold"):
        with writing() as main:
            holds.release_hold(main, token)
        session[DRAFT] = {name: value for name, value in draft().items() if name != "hold"}
