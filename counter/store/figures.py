"""The figures of a Caf, computed from openings, appointments and unmet searches."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from counter.appointments import GIVEN_BACK, OUTCOMES, Status
from counter.figures import Absence, Delay, Filling, Unmet, days_until
from counter.models import Appointment, FreeTime, Opening, Site, UnmetSearch
from counter.store.inserts import insert_for
from counter.store.places import list_motifs, list_sites
from counter.store.slots import SlotFilter, search_slots


def count_unmet(session: Session, motif_id: int, day: date) -> None:
    """One more search that found nothing."""
    insert = insert_for(session)
    row = insert(UnmetSearch).values(motif_id=motif_id, day=day, searches=1)
    row = row.on_conflict_do_update(index_elements=["motif_id", "day"], set_={"searches": UnmetSearch.searches + 1})
    session.execute(row)


def filling(session: Session, caf_id: int, first: date, last: date) -> list[Filling]:
    """Intervals taken by appointments among those opened, per site, both days included."""
    opened = _intervals(session, caf_id, first, last)
    taken = dict(
        session.execute(
            select(Appointment.site_id, func.sum(Appointment.count))
            .where(Appointment.day.between(first, last), Appointment.status.not_in(GIVEN_BACK))
            .group_by(Appointment.site_id)
        ).all()
    )
    return [
        Filling(site.short_name, taken.get(site.id, 0), opened.get(site.id, 0)) for site in list_sites(session, caf_id)
    ]


def _intervals(session: Session, caf_id: int, first: date, last: date) -> dict[int, int]:
    query = (
        select(Opening.site_id, Opening.starts, Opening.ends, Opening.interval, func.count())
        .join(FreeTime, FreeTime.opening_id == Opening.id)
        .join(Site, Site.id == Opening.site_id)
        .where(Site.caf_id == caf_id, FreeTime.day.between(first, last))
        .group_by(Opening.id, Opening.site_id, Opening.starts, Opening.ends, Opening.interval)
    )
    found: dict[int, int] = {}
    for site_id, starts, ends, interval, rows in session.execute(query):
        found[site_id] = found.get(site_id, 0) + (ends - starts) // interval * rows
    return found


def delays(session: Session, caf_id: int, now: datetime, today: date) -> list[Delay]:
    """Days until the first slot of each motif, all sites and modes together."""
    found = []
    for motif in list_motifs(session, caf_id):
        first = min(search_slots(session, motif, SlotFilter(), now).days, default=None)
        found.append(Delay(motif.plain_label, days_until(first, today)))
    return found


def unmet(session: Session, caf_id: int, since: date) -> list[Unmet]:
    """Motifs whose searches found nothing since a day, the most asked first."""
    labels = {motif.id: motif.plain_label for motif in list_motifs(session, caf_id)}
    rows = session.execute(
        select(UnmetSearch.motif_id, func.sum(UnmetSearch.searches))
        .where(UnmetSearch.day >= since, UnmetSearch.motif_id.in_(labels))
        .group_by(UnmetSearch.motif_id)
    )
    return sorted((Unmet(labels[motif], total) for motif, total in rows), key=lambda item: (-item.searches, item.motif))


def absences(session: Session, caf_id: int, first: date, last: date) -> list[Absence]:
    """Who did not come, per motif and site of a Caf, among the appointments of those days that have an outcome."""
    sites = {site.id: site.short_name for site in list_sites(session, caf_id)}
    motifs = {motif.id: motif.plain_label for motif in list_motifs(session, caf_id, closed=True)}
    rows = session.execute(
        select(Appointment.motif_id, Appointment.site_id, Appointment.status, func.count())
        .where(Appointment.site_id.in_(sites), Appointment.day.between(first, last), Appointment.status.in_(OUTCOMES))
        .group_by(Appointment.motif_id, Appointment.site_id, Appointment.status)
    )
    counts: dict[tuple[int, int], list[int]] = {}
    for motif_id, site_id, status, number in rows:
        count = counts.setdefault((motif_id, site_id), [0, 0])
        count[0] += number if status == Status.ABSENT else 0
        count[1] += number
    return [Absence(motifs[motif], sites[site], absent, total) for (motif, site), (absent, total) in counts.items()]
