"""A booking before a kiosk: what is chosen so far, kept in the visit, and what is left to choose among."""

from __future__ import annotations

from datetime import date

from flask import request, session

from counter.forms.fields import Choice
from counter.kiosk import Choose, chosen, text
from counter.models import Appointment, Motif
from counter.places import site_names
from counter.slots import Mode, Slot
from counter.store.appointments import appointment_by_id
from counter.store.places import get_motif, list_sites
from counter.store.slots import SlotFilter, search_slots
from counter.views.kiosk.base import day, hour
from counter.views.slots import count_once
from counter.web import found, kiosk, now, reading

MOVED = "moved"  # in the session: the appointment that was just moved, while it is shown
DRAFT = "rdv"  # in the session: Choose -> what was chosen; "hold", "key"; "moving": the appointment that moves


def draft() -> dict:
    return session.get(DRAFT, {})


def put(screen: Choose, value: object) -> None:
    session[DRAFT] = chosen(draft(), screen, value)


def motif_of_draft() -> Motif:
    chosen_motif = draft().get(Choose.MOTIF)
    return found(get_motif(reading(), chosen_motif, kiosk().site.caf_id) if chosen_motif else None)


def moving_of_draft() -> Appointment | None:
    """The appointment that moves; None when a new one is booked."""
    known = draft()
    return found(appointment_by_id(reading(), known["moving"])) if "moving" in known else None


# ── how, where, when: what is left to choose among ──────────────────────────────────────────────


def modes_to_choose(motif: Motif) -> list[Choice]:
    more = {
        Mode.ON_SITE: text("Vous venez, quelqu'un vous reçoit"),
        Mode.PHONE: text("Nous vous appelons"),
        Mode.VIDEO: text("Vous vous voyez sur un écran"),
    }
    modes = [Mode(item.mode) for item in motif.modes]
    return [Choice(str(mode), mode.label, mode.icon, more[mode]) for mode in modes]


def _filter(first_day: date | None = None, everywhere: bool = False) -> SlotFilter:
    """At the place that was chosen; at all those of the Caf before, or when another is to be chosen."""
    known = draft()
    site = None if everywhere else known.get(Choose.SITE)
    sites = {site} if site else {s.id for s in list_sites(reading(), kiosk().site.caf_id)}
    return SlotFilter(frozenset({Mode(known[Choose.MODE])}), frozenset(sites), first_day=first_day)


def sites_to_choose() -> list[Choice]:
    """This place first, then those where one is received soonest."""
    search = search_slots(reading(), motif_of_draft(), _filter(everywhere=True), now())
    names = site_names(list_sites(reading(), kiosk().site.caf_id))
    here = kiosk().site_id
    soonest = sorted(search.earliest.values(), key=lambda slot: (slot.site_id != here, slot))
    return [_site_choice(names[slot.site_id], slot, slot.site_id == here) for slot in soonest]


def _site_choice(name: str, slot: Slot, here: bool) -> Choice:
    return Choice(str(slot.site_id), name, "map-pin-check" if here else "map-pin", day(slot.day))


def days_to_choose() -> tuple[list[Choice], date | None]:
    search = search_slots(reading(), motif_of_draft(), _filter(first_day=_asked_day()), now())
    return [
        Choice(found_day.isoformat(), day(found_day), "calendar-days") for found_day in search.days
    ], search.more_from


def count_nothing_free() -> None:
    """The screen offers nothing: somebody is in need of what cannot be had. Later days than those found are no such
    need."""
    motif, known = motif_of_draft(), draft()
    if motif.active and _asked_day() is None:
        chosen_so_far = [known.get(name) for name in (Choose.MODE, Choose.SITE, Choose.DAY)]
        count_once(motif, None, repr(chosen_so_far))


def _asked_day() -> date | None:
    try:
        return date.fromisoformat(request.args.get("des", ""))
    except ValueError:
        return None


def slots_to_choose() -> list[Choice]:
    """One a time of day, whatever the desk."""
    wanted = date.fromisoformat(draft()[Choose.DAY])
    free = search_slots(reading(), motif_of_draft(), _filter(first_day=wanted), now()).on(wanted)
    return [Choice(next(free.at(minute)).key, hour(minute)) for minute in free.minutes()]
