"""Booking by pictures, one choice a screen: why, how, where, which day, what time, who comes; then the slip."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from flask import request, session, url_for

from counter.access import Permission
from counter.appointments import Mode, Refusal, Slot, SlotTaken
from counter.errors import refusal_sentence
from counter.forms.kiosk import EmailForm, FirstNameForm, LastNameForm, NeededPhoneForm, PhoneForm
from counter.journal import Act, Subject
from counter.kiosk import WHO, Choose, chosen, next_screen, part_of, pressed, screen_before, screens, text
from counter.messages import Kind
from counter.models import Appointment, Motif, Site
from counter.security import allow
from counter.store import appointments as store
from counter.store import waiting
from counter.store.messages import queue
from counter.store.places import get_motif, get_site, list_motifs, list_sites
from counter.store.slots import SlotFilter, search_slots
from counter.views.kiosk.base import blueprint, day, go, hour, page
from counter.views.messages import outgoing
from counter.web import found, kiosk, note, now, reading, services, writing

DRAFT = "rdv"  # in the session: Choose -> what was chosen; "hold", "key"; "moving": the appointment that moves
SLOTS_A_SCREEN = 12


@dataclass(frozen=True)
class Offer:
    """Something to choose: `value` is sent, `words` are said, `more` under them."""

    value: str
    words: str
    icon: str = ""
    more: str = ""


def draft() -> dict:
    return session.get(DRAFT, {})


def put(screen: Choose, value: object) -> None:
    session[DRAFT] = chosen(draft(), screen, value)


def onward():
    """To the first screen that is not answered yet."""
    screen = next_screen(draft())
    return go("ask_for", screen=screen) if screen else go("summary")


# ── why ─────────────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/rendez-vous")
@allow(Permission.KIOSK)
def motifs():
    """The motifs of this Caf, in plain words. What was begun before is forgotten."""
    session.pop(DRAFT, None)
    known = list_motifs(reading(), kiosk().site.caf_id)
    shown = part_of(known, request.args.get("suite", ""))
    offers = [Offer(str(motif.id), motif.plain_label, motif.icon) for motif in shown.items]
    return page(
        "choices",
        title=text("Pourquoi voulez-vous un rendez-vous ?"),
        screen=Choose.MOTIF,
        offers=offers,
        part=shown,
        back=url_for("kiosk.home"),
        speak=True,
    )


def _motif() -> Motif:
    chosen_motif = draft().get(Choose.MOTIF)
    return found(get_motif(reading(), chosen_motif, kiosk().site.caf_id) if chosen_motif else None)


# ── how, where, when: what is left to choose among ──────────────────────────────────────────────


def _modes(motif: Motif) -> list[Offer]:
    more = {
        Mode.ON_SITE: text("Vous venez, quelqu'un vous reçoit"),
        Mode.PHONE: text("Nous vous appelons"),
        Mode.VIDEO: text("Vous vous voyez sur un écran"),
    }
    modes = [Mode(item.mode) for item in motif.modes]
    return [Offer(str(mode), mode.label, mode.icon, more[mode]) for mode in modes]


def _filter(**more) -> SlotFilter:
    known = draft()
    site = known.get(Choose.SITE)
    sites = {site} if site else {s.id for s in list_sites(reading(), kiosk().site.caf_id)}
    return SlotFilter(modes=frozenset({Mode(known[Choose.MODE])}), site_ids=frozenset(sites), **more)


def _sites() -> list[Offer]:
    """This place first, then those where one is received soonest."""
    search = search_slots(reading(), _motif(), _filter(), now())
    known = {site.id: site for site in list_sites(reading(), kiosk().site.caf_id)}
    here = kiosk().site_id
    soonest = sorted(search.earliest.values(), key=lambda slot: (slot.site_id != here, slot))
    return [_site_offer(known[slot.site_id], slot, slot.site_id == here) for slot in soonest]


def _site_offer(site: Site, slot: Slot, here: bool) -> Offer:
    return Offer(str(site.id), site.short_name, "map-pin-check" if here else "map-pin", day(slot.day))


def _days() -> tuple[list[Offer], date | None]:
    search = search_slots(reading(), _motif(), _filter(first_day=_asked_day()), now())
    return [
        Offer(found_day.isoformat(), day(found_day), "calendar-days") for found_day in search.days
    ], search.more_from


def _asked_day() -> date | None:
    try:
        return date.fromisoformat(request.args.get("des", ""))
    except ValueError:
        return None


def _slots() -> list[Offer]:
    """One a time of day, whatever the desk."""
    wanted = date.fromisoformat(draft()[Choose.DAY])
    slots = search_slots(reading(), _motif(), _filter(first_day=wanted), now()).days.get(wanted, [])
    by_minute = {slot.minute: slot for slot in reversed(slots)}
    return [Offer(slot.key, hour(minute)) for minute, slot in sorted(by_minute.items())]


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
    """One question."""
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
    more_from, size = None, 5
    if screen is Choose.MODE:
        offers = _modes(_motif())
    elif screen is Choose.SITE:
        offers = _sites()
    elif screen is Choose.DAY:
        offers, more_from = _days()
    else:
        offers, size = _slots(), SLOTS_A_SCREEN
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
    )


def _typed_page(screen: Choose, back: str, fault: str, typed: str | None, code: int):
    form, keys, hint = _TYPED[screen]
    if screen is Choose.PHONE and draft().get(Choose.MODE) == Mode.PHONE:
        form, hint = NeededPhoneForm, text("Nous vous appelons à ce numéro. Le numéro affiché est +33 32 30.")
    shown = typed if typed is not None else session.get("typing") or draft().get(screen) or ""
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
    motif = get_motif(reading(), int(value), kiosk().site.caf_id) if value.isascii() and value.isdigit() else None
    if motif is None or not motif.active:
        return go("motifs")
    session[DRAFT] = {"key": str(uuid.uuid4()), Choose.MOTIF: motif.id}
    if len(motif.modes) == 1:
        put(Choose.MODE, motif.modes[0].mode)
    return onward()


def _keep_choice(screen: Choose, value: str):
    if screen is Choose.SLOT:
        return _keep_slot(value)
    offered = {
        Choose.MODE: lambda: {offer.value for offer in _modes(_motif())},
        Choose.SITE: lambda: {offer.value for offer in _sites()},
        Choose.DAY: lambda: {value} if _is_day(value) else set(),
        Choose.BIRTH_DAY: lambda: {str(number) for number in range(1, 32)},
        Choose.BIRTH_MONTH: lambda: {str(number) for number in range(1, 13)},
    }[screen]()
    if value not in offered:
        return _asked(screen, text("Choisissez une des réponses proposées."))
    put(screen, value if screen in {Choose.MODE, Choose.DAY} else int(value))
    if screen is Choose.BIRTH_MONTH and not _birthday_exists():
        put(screen, None)
        put(Choose.BIRTH_DAY, None)
        return _asked(Choose.BIRTH_DAY, text("Ce jour n'existe pas dans ce mois. Choisissez de nouveau."))
    return onward()


def _is_day(value: str) -> bool:
    try:
        return bool(date.fromisoformat(value))
    except ValueError:
        return False


def _birthday_exists() -> bool:
    longest = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return draft()[Choose.BIRTH_DAY] <= longest[draft()[Choose.BIRTH_MONTH] - 1]


def _keep_slot(key: str):
    """Keep the time for this visitor while the name is typed."""
    try:
        with writing() as main:
            if "hold" in draft():
                store.release_hold(main, draft()["hold"])
            token = store.hold_slot(main, _motif(), key, now(), services().settings.hold_minutes).token
    except Refusal as refusal:
        return _asked(Choose.SLOT, refusal_sentence(refusal))
    put(Choose.SLOT, key)
    session[DRAFT] = draft() | {"hold": token}
    return onward()


def _keep_typed(screen: Choose):
    names = screen in {Choose.FIRST_NAME, Choose.LAST_NAME}
    typed, touched = pressed(request.form.get("texte", ""), request.form.get("touche"), names)
    if touched:
        session["typing"] = typed
        return go("ask_for", screen=screen)
    session.pop("typing", None)
    if screen is Choose.PHONE and request.form.get("sans"):
        typed = ""
    form = _TYPED[screen][0]
    if screen is Choose.PHONE and draft().get(Choose.MODE) == Mode.PHONE:
        form = NeededPhoneForm
    filled = form(data={"texte": typed}, formdata=None)
    filled.texte.raw_data = [typed]
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
    known, motif = draft(), _motif()
    try:
        slot = store.slot_of_key(reading(), motif, known[Choose.SLOT])
    except Refusal as refusal:
        put(Choose.SLOT, None)
        return _asked(Choose.SLOT, refusal_sentence(refusal))
    site = found(get_site(reading(), slot.site_id))
    back = url_for("kiosk.ask_for", screen=screens(known)[-1])
    return page("summary", code, draft=known, motif=motif, slot=slot, site=site, back=back, fault=fault, choose=Choose)


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
        put(Choose.SLOT, None)
        return _asked(Choose.SLOT, refusal_sentence(refusal))
    except Refusal as refusal:
        return _summary(refusal_sentence(refusal), 409)
    session.pop(DRAFT, None)
    session["mine"] = booked
    return go("my_appointment")


def _book() -> int:
    known, motif = draft(), _motif()
    key = str(uuid.uuid5(uuid.UUID(known["key"]), known[Choose.SLOT]))
    with writing() as main:
        done = store.appointment_of_key(main, key)
        if done is None:
            vault, person = services().keys.vault, _person()
            done = store.book(main, vault, motif, known[Choose.SLOT], known.get("hold"), person, key, now())
            queue(main, done, Kind.CONFIRMATION, outgoing(), now())
            note(main, Act.CREATED, Subject.APPOINTMENT, done.id)
        return done.id


def _move() -> int:
    known = draft()
    key = str(uuid.uuid5(uuid.UUID(known["key"]), known[Choose.SLOT]))
    with writing() as main:
        if "hold" in known:
            store.release_hold(main, known["hold"])
        booked: Appointment = found(store.appointment_by_id(main, known["moving"]))
        freed = store.move(main, booked, known[Choose.SLOT], key, now())
        queue(main, booked, Kind.CHANGE, outgoing(), now())
        waiting.after_change(main, booked.id, freed, now())
        if freed is not None:
            note(main, Act.CHANGED, Subject.APPOINTMENT, booked.id)
    return known["moving"]


def release() -> None:
    """The slot kept for a visitor who leaves is free at once."""
    if token := draft().get("hold"):
        with writing() as main:
            store.release_hold(main, token)
