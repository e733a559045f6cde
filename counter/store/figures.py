"""The figures of a Caf, computed from openings, appointments and unmet searches."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import Session

from counter.appointments import GIVEN_BACK, OUTCOMES, Status
from counter.figures import WHOLE, Absence, Counted, Delay, Filling, Period, Scope, Unmet, days_until
from counter.models import Appointment, FreeTime, Motif, MotifMode, Opening, OpeningMotif, UnmetSearch
from counter.places import site_names
from counter.store.inserts import insert_for
from counter.store.places import list_motifs, list_sites
from counter.store.slots import SlotFilter, local_now, search_slots


def count_unmet(session: Session, motif_id: int, day: date) -> None:
    """One more search that found nothing."""
    insert = insert_for(session)
    row = insert(UnmetSearch).values(motif_id=motif_id, day=day, searches=1)
    row = row.on_conflict_do_update(index_elements=["motif_id", "day"], set_={"searches": UnmetSearch.searches + 1})
    session.execute(row)


def filling(session: Session, caf_id: int, period: Period, scope: Scope = WHOLE) -> list[Filling]:
    """Minutes taken by appointments among those opened, per site; of a motif, at the openings that receive it."""
    sites = _sites(session, caf_id, scope)
    opened, taken = _opened(session, sites, period, scope), _taken(session, sites, period, scope)
    return [Filling(name, taken.get(number, 0), opened.get(number, 0)) for number, name in sites.items()]


def counted(session: Session, caf_id: int, period: Period, scope: Scope = WHOLE) -> Counted:
    """How far the filling of a period is known: free time is prepared some days ahead, of one opening farther than of
    another."""
    query = select(Opening.valid_to, Opening.prepared_until).where(
        Opening.site_id.in_(_sites(session, caf_id, scope)), Opening.valid_from <= period.last, _receives(scope)
    )
    missing = []
    for valid_to, prepared in session.execute(query):
        last = min(valid_to or period.last, period.last)
        prepared = prepared or period.first - timedelta(days=1)
        if last >= period.first and prepared < last:
            missing.append(prepared)
    return Counted(period, min(missing, default=None))


def _sites(session: Session, caf_id: int, scope: Scope) -> dict[int, str]:
    """Number -> name of the sites looked at, no two the same."""
    names = site_names(list_sites(session, caf_id))
    return {number: name for number, name in names.items() if scope.site_id in (None, number)}


def _motifs(session: Session, caf_id: int, scope: Scope, closed: bool = False) -> list[Motif]:
    return [motif for motif in list_motifs(session, caf_id, closed) if scope.motif_id in (None, motif.id)]


def _opened(session: Session, sites: Collection[int], period: Period, scope: Scope) -> dict[int, int]:
    minutes = (Opening.ends - Opening.starts) // Opening.interval * Opening.interval
    query = (
        select(Opening.site_id, func.sum(minutes))
        .join(FreeTime, FreeTime.opening_id == Opening.id)
        .where(Opening.site_id.in_(sites), FreeTime.day.between(period.first, period.last), _receives(scope))
        .group_by(Opening.site_id)
    )
    return dict(session.execute(query).all())


def _taken(session: Session, sites: Collection[int], period: Period, scope: Scope) -> dict[int, int]:
    """Only what lies in opened time: not what a closure left there, to be moved."""
    row, booked = FreeTime, Appointment
    there = and_(row.opening_id == booked.opening_id, row.day == booked.day, row.desk == booked.desk)
    query = (
        select(booked.site_id, func.sum(booked.count * Opening.interval))
        .join(Opening, Opening.id == booked.opening_id)
        .join(row, there)
        .where(booked.site_id.in_(sites), booked.day.between(period.first, period.last), _receives(scope))
        .where(booked.status.not_in(GIVEN_BACK), booked.to_move.is_(False))
        .group_by(booked.site_id)
    )
    return dict(session.execute(query).all())


def _receives(scope: Scope) -> ColumnElement[bool]:
    """The openings that receive the motif looked at."""
    if scope.motif_id is None:
        return true()
    return Opening.id.in_(select(OpeningMotif.opening_id).where(OpeningMotif.motif_id == scope.motif_id))


def delays(session: Session, caf_id: int, now: datetime, scope: Scope = WHOLE) -> list[Delay]:
    """Days until the first slot of each motif at each site that receives it, all modes together; from the day it is
    there, which may be another one here.

    A motif that a site looked at alone does not receive is left out.
    """
    sites = _sites(session, caf_id, scope)
    today = {site.id: local_now(now, site).date() for site in list_sites(session, caf_id)}
    received = _received(session, sites, today)
    motifs = _motifs(session, caf_id, scope)
    if scope.site_id is not None:
        motifs = [motif for motif in motifs if motif.id in received]
    found = []
    for motif in motifs:
        first = _first_days(session, motif, scope, now)
        there = {site: name for site, name in sites.items() if site in received.get(motif.id, ())}
        by_site = {name: days_until(first.get(site), today[site]) for site, name in there.items()}
        found.append(Delay(motif.plain_label, by_site))
    return found


def _received(session: Session, sites: Collection[int], today: dict[int, date]) -> dict[int, set[int]]:
    """Motif -> the sites that have an opening for it, not over yet on the day it is there, in a mode it allows."""
    allowed = and_(MotifMode.motif_id == OpeningMotif.motif_id, MotifMode.mode == Opening.mode)
    query = (
        select(OpeningMotif.motif_id, Opening.site_id, Opening.valid_to)
        .join(Opening, Opening.id == OpeningMotif.opening_id)
        .join(MotifMode, allowed)
        .where(Opening.site_id.in_(sites))
        .distinct()
    )
    found: dict[int, set[int]] = {}
    for motif_id, site_id, valid_to in session.execute(query):
        if valid_to is None or valid_to >= today[site_id]:
            found.setdefault(motif_id, set()).add(site_id)
    return found


def _first_days(session: Session, motif: Motif, scope: Scope, now: datetime) -> dict[int, date]:
    """Site -> the day of its first slot; one search, however many sites there are."""
    wanted = SlotFilter(site_ids=frozenset() if scope.site_id is None else frozenset({scope.site_id}))
    found: dict[int, date] = {}
    for slot in search_slots(session, motif, wanted, now).earliest.values():
        found[slot.site_id] = min(found.get(slot.site_id, slot.day), slot.day)
    return found


def unmet(session: Session, caf_id: int, period: Period, scope: Scope = WHOLE) -> list[Unmet]:
    """Motifs whose searches found nothing, the most asked first. No search is tied to a site: all of them count."""
    labels = {motif.id: motif.plain_label for motif in _motifs(session, caf_id, scope, closed=True)}
    rows = session.execute(
        select(UnmetSearch.motif_id, func.sum(UnmetSearch.searches))
        .where(UnmetSearch.day.between(period.first, period.last), UnmetSearch.motif_id.in_(labels))
        .group_by(UnmetSearch.motif_id)
    )
    return sorted((Unmet(labels[motif], total) for motif, total in rows), key=lambda item: (-item.searches, item.motif))


def absences(session: Session, caf_id: int, period: Period, scope: Scope = WHOLE) -> list[Absence]:
    """Who did not come, per motif and site of a Caf, among the appointments of those days that have an outcome."""
    sites = _sites(session, caf_id, scope)
    motifs = {motif.id: motif.plain_label for motif in _motifs(session, caf_id, scope, closed=True)}
    rows = session.execute(
        select(Appointment.motif_id, Appointment.site_id, Appointment.status, func.count())
        .where(Appointment.site_id.in_(sites), Appointment.motif_id.in_(motifs), Appointment.status.in_(OUTCOMES))
        .where(Appointment.day.between(period.first, period.last))
        .group_by(Appointment.motif_id, Appointment.site_id, Appointment.status)
    )
    counts: dict[tuple[int, int], list[int]] = {}
    for motif_id, site_id, status, number in rows:
        count = counts.setdefault((motif_id, site_id), [0, 0])
        count[0] += number if status == Status.ABSENT else 0
        count[1] += number
    return [Absence(motifs[motif], sites[site], absent, total) for (motif, site), (absent, total) in counts.items()]
