"""The free slots of every site and mode on one page, for whoever chooses one: booking, moving, a follow-up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import reduce

from flask import flash, render_template, request, session, url_for
from werkzeug.datastructures import MultiDict

from counter.appointments import reachable
from counter.errors import refusal_sentence
from counter.figures import ONE_NEED
from counter.formatting import DAYS, day_long, hour, spoken_list
from counter.forms.appointments import ActForm, SlotFilterForm
from counter.free_days import half_days
from counter.journal import Subject
from counter.models import Appointment, Motif, Site
from counter.slots import Half, Mode, Refusal, Slot, SlotTaken, last_bookable
from counter.store import appointments as store
from counter.store import holds, waiting
from counter.store import slots as slot_store
from counter.store.figures import count_unmet
from counter.store.openings import half_days_received, receiving_sites
from counter.store.places import get_motif, list_sites
from counter.visits import InProgress
from counter.web import (
    caf_id,
    found,
    local,
    local_at,
    now,
    reach,
    reading,
    seen,
    visit_in_progress,
    whole,
    writing,
)


def appointment_of(appointment_id: int) -> Appointment:
    """An appointment within the agent's reach, or the 404 page. Whoever asks for it is in the journal."""
    booked = found(store.get_appointment(reading(), appointment_id, reach()))
    seen(Subject.APPOINTMENT, booked.id)
    return booked


def motif_of(motif_id: str | None) -> Motif:
    """A motif of the agent's Caf, or the 404 page."""
    number = whole(motif_id)
    return found(get_motif(reading(), number, caf_id()) if number else None)


@dataclass(frozen=True)
class Picker:
    """What the slots page is for: where it searches and where the chosen slot goes; `moving` is the appointment
    to move, `after` the one that a new one follows."""

    endpoint: str
    values: dict
    act: str
    sites: list[Site]
    needs: tuple = ((), "")
    moving: Appointment | None = None
    after: Appointment | None = None
    form: ActForm = field(default_factory=ActForm)

    def address(self, **more) -> str:
        """The page itself, without any filter but these."""
        return url_for(self.endpoint, **self.values, **more)

    @property
    def page(self) -> str:
        """Its path, for the form of the filters."""
        return self.address().partition("?")[0]

    @property
    def back(self) -> str:
        """Where one goes back to without choosing: the motifs, or the appointment that keeps its time."""
        if self.moving is not None:
            return url_for("manage.mine") if self.own else url_for("appointments.booked", appointment_id=self.moving.id)
        if self.after is not None:
            return url_for("follow_ups.choose", appointment_id=self.after.id)
        return url_for("appointments.choose")

    @property
    def own(self) -> bool:
        """Whether it is the person who looks, with their code."""
        return self.endpoint == "manage.move"

    def allows(self, mode: str) -> bool:
        """Whether the person can be met in that mode."""
        person = self.moving.person if self.moving else None
        return person is None or reachable(Mode(mode), person)


def slots_page(motif: Motif, picker: Picker, refusal: Refusal | None = None):
    """The free slots of every site and mode, filtered by the address."""
    give_back_expired()
    modes = [item.mode for item in motif.modes if picker.allows(item.mode)]
    form = SlotFilterForm(
        _asked(picker, modes), picker.sites, modes, receiving_sites(reading(), motif.id, local().date())
    )
    wanted = form.wanted(local().date())
    anything = slot_store.SlotFilter(modes=frozenset(modes))
    wanted = replace(wanted, modes=wanted.modes or anything.modes)
    near = form.near()
    search = _search(motif, wanted, near)
    too_far = wanted.first_day is not None and wanted.first_day > last_bookable(local().date(), motif.horizon)
    if motif.active and not (search.days or too_far):
        count_once(motif, None if picker.own else visit_in_progress(), request.query_string.decode()[:200])
    anywhere = search if search.days else slot_store.search_slots(reading(), motif, anything, now())
    return render_template(
        "appointments/slots.html",
        motif=motif,
        picker=picker,
        filters=form,
        search=search,
        half_days=half_days,
        why=None if search.days else _why_nothing(motif, wanted, near),
        distances=near or {},
        left_out=form.left_out(wanted, near),
        mode_gone=_mode_gone(motif, picker),
        table=earliest_table(search, _by_distance(picker.sites, near), bool(near)),
        names=form.names,
        today=local().date(),
        horizon=timedelta(days=motif.horizon),
        later_url=_later_url(picker, search.more_from),
        fallback=min(anywhere.earliest.values(), default=None),
        near=[slot for slot in near_lost(motif, refusal) if picker.allows(slot.mode)],
        refusal=refusal_sentence(refusal) if refusal else None,
        begun=picker.moving is not None and picker.moving.has_begun(local_at(picker.moving.site)),
    ), 409 if refusal else 200


def _mode_gone(motif: Motif, picker: Picker) -> bool:
    """Whether the appointment to move was in a mode that the motif no longer has."""
    return picker.moving is not None and motif.active and motif.duration(picker.moving.mode_value) is None


def _asked(picker: Picker, modes: list[str]) -> MultiDict:
    """The filters of the address. The mode an appointment had is left out where nobody is met that way any more: its
    page put it there, the person ticked nothing."""
    asked = request.args.copy()
    if picker.moving is not None and picker.moving.mode not in modes:
        asked.setlist("comment", [mode for mode in asked.getlist("comment") if mode != picker.moving.mode])
    return asked


def count_once(motif: Motif, visit: InProgress | None, asked: str) -> None:
    """Count a search that found nothing. Shown again it is the same need, unless another visit began or this one ended
    meanwhile, or so long after that it is somebody else's."""
    need = [motif.id, visit.id if visit else None, asked]
    *before, at = session.get("unmet", [""])
    if before != need or now() - datetime.fromisoformat(at) >= ONE_NEED:
        session["unmet"] = [*need, now().isoformat()]
        with writing() as main:
            count_unmet(main, motif.id, local().date())


def near_lost(motif: Motif, refusal: Refusal | None) -> list[Slot]:
    """The three free slots nearest to the one that was just lost."""
    if not isinstance(refusal, SlotTaken):
        return []
    return slot_store.near_slots(reading(), motif, refusal.slot, now())


def _search(motif: Motif, wanted: slot_store.SlotFilter, near: dict[int, int] | None) -> slot_store.SlotSearch:
    """With `near`, places that receive on site are those only; a call comes from anywhere."""
    if near is None:
        return slot_store.search_slots(reading(), motif, wanted, now())
    found = [slot_store.search_slots(reading(), motif, part, now()) for part in _parts(wanted, near)]
    return reduce(slot_store.merged, found, slot_store.SlotSearch())


def _parts(wanted: slot_store.SlotFilter, near: dict[int, int]) -> list[slot_store.SlotFilter]:
    """The filter on site, at the near places (those ticked among them), then the filter of the other modes."""
    here = frozenset(near) & wanted.site_ids if wanted.site_ids else frozenset(near)
    away = wanted.modes - {Mode.ON_SITE}
    on_site = [replace(wanted, modes=frozenset({Mode.ON_SITE}), site_ids=here)] if Mode.ON_SITE in wanted.modes else []
    return [*(on_site if here else []), *([replace(wanted, modes=away)] if away else [])]


def _by_distance(sites: list[Site], near: dict[int, int] | None) -> list[Site]:
    return sorted(sites, key=lambda site: near.get(site.id, 0)) if near else sites


def _why_nothing(motif: Motif, wanted: slot_store.SlotFilter, near: dict[int, int] | None = None) -> str:
    """Why a search found nothing, in one sentence."""
    if not motif.active:
        return "Ce motif n'est plus proposé."
    last = last_bookable(local().date(), motif.horizon)
    if wanted.first_day is not None and wanted.first_day > last:
        return f"Ce motif se prend jusqu'au {day_long(last, year=True)}, pas plus tard."
    parts = [wanted] if near is None else _parts(wanted, near)
    if not parts:
        return "Les lieux choisis sont plus loin que cela."
    received = set().union(*(_received(motif, part) for part in parts))
    if not received and Mode.ON_SITE in wanted.modes and not any(Mode.ON_SITE in part.modes for part in parts):
        return "Les lieux choisis sont plus loin que cela, et ne donnent pas ces rendez-vous à distance."
    if not received and wanted.site_ids and Mode.ON_SITE not in wanted.modes:
        return "Les lieux choisis ne proposent pas cela. Enlevez le lieu : à distance, il n'a pas d'importance."
    if not received:
        return "Ce motif ne se prend pas ainsi dans les lieux choisis."
    return _when_nothing(received, wanted)


def _received(motif: Motif, part: slot_store.SlotFilter) -> set[tuple[int, Half]]:
    return half_days_received(reading(), motif.id, {str(mode) for mode in part.modes}, set(part.site_ids))


def _when_nothing(received: set[tuple[int, Half]], wanted: slot_store.SlotFilter) -> str:
    """Why nothing is free at these times, from the (weekday, part of the day) that are received."""
    days = {day for day, _ in received}
    if wanted.weekdays and not days & wanted.weekdays:
        return f"Ces rendez-vous ont lieu les {spoken_list([f'{DAYS[day]}s' for day in sorted(days)])}."
    if not wanted.half:
        return "Tout est pris, ou trop proche, avec ces choix."
    parts = {half for day, half in received if not wanted.weekdays or day in wanted.weekdays}
    if wanted.half not in parts:
        return f"{'Ces jours-là, ces' if wanted.weekdays else 'Ces'} rendez-vous ont lieu {parts.pop().when}."
    return f"Tout est pris, ou trop proche, {wanted.half.when}. Essayez un autre moment de la journée."


def _later_url(picker: Picker, day: date | None) -> str | None:
    """The same search from a later day on."""
    if day is None:
        return None
    kept = request.args.to_dict(flat=False) | {"des-jour": str(day.day), "des-mois": str(day.month)}
    ours = {"endpoint", *picker.values}  # nor what url_for takes for itself (`_scheme`…)
    return picker.address(**{name: value for name, value in kept.items() if name not in ours and name[:1] != "_"})


_MANY_ROWS, _FIRST_ROWS = 12, 8


def earliest_table(search: slot_store.SlotSearch, sites, near: bool = False) -> dict:
    """`rows` of (site, slot on site) in the order of `sites`, nearest first where they are so; of many others, the
    first ones to receive, and `more` on demand. `remote`: the earliest slot by phone and by video, whatever the site.
    """
    here = [(site, search.earliest.get((site.id, Mode.ON_SITE))) for site in sites]
    rows, more = [(site, slot) for site, slot in here if slot is not None], []
    if len(rows) > _MANY_ROWS:
        rows = rows if near else sorted(rows, key=lambda row: row[1][:2])
        rows, more = rows[:_FIRST_ROWS], rows[_FIRST_ROWS:]
    remote = {}
    for (_, mode), slot in search.earliest.items():
        if mode != "sur-place":
            remote[mode] = min(remote.get(mode, slot), slot)
    return {"rows": rows, "more": more, "remote": dict(sorted(remote.items()))}


def say_earlier_place(booked: Appointment, how: str, first_day: date | None = None) -> None:
    """Tell who asks to wait of a free place before that appointment, from a day on: the list would never offer it,
    since nobody gives it back. `how` is the button that leads there."""
    everywhere = booked.mode_value is not Mode.ON_SITE
    places = list_sites(reading(), booked.site.caf_id) if everywhere else [booked.site]
    wanted = slot_store.SlotFilter(
        frozenset({booked.mode_value}), frozenset(site.id for site in places), first_day=first_day
    )
    free = min(slot_store.search_slots(reading(), booked.motif, wanted, now()).earliest.values(), default=None)
    if free and (free.day, free.minute) < (booked.day, booked.minute):
        when = f"{day_long(free.day)} à {hour(free.minute)}"
        flash(f"Une place plus tôt est déjà libre : {when}. Pour la prendre : « {how} ».", "info")


def give_back_expired() -> None:
    """Holds that ran out take nobody's place; what was kept for someone who waits goes to the next who does."""
    if holds.has_expired(reading(), now()):
        with writing() as main:
            holds.release_expired(main, now())
            waiting.pass_on_lapsed(main, now())
