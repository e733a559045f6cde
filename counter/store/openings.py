"""Openings and the free time prepared from them, day by day."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session

from counter.appointments import Status, mask_of, opens_on
from counter.models import Appointment, Closure, FreeTime, Hold, Opening, Site

_ALSACE_MOSELLE = {"57", "67", "68"}
_OVERSEAS = {
    "971": "GP",
    "972": "MQ",
    "973": "GF",
    "974": "RE",
    "975": "PM",
    "976": "YT",
    "977": "BL",
    "978": "MF",
    "986": "WF",
    "987": "PF",
    "988": "NC",
}


def public_holidays(department: str, first: date, last: date) -> set[date]:
    """Public holidays of a département between two days, local ones included (Alsace-Moselle, overseas)."""
    subdivision = "57" if department in _ALSACE_MOSELLE else _OVERSEAS.get(department)
    days = holidays.France(subdiv=subdivision, years=range(first.year, last.year + 1))
    return {day for day in days if first <= day <= last}


def prepare_free_time(session: Session, today: date, days: int) -> int:
    """Prepare the free time of every opening from `today` for `days` days, holidays and closures left out.

    Days already prepared are left as they are. Returns the number of rows made.
    """
    return sum(
        _prepare_opening(session, opening, today, today + timedelta(days=days))
        for opening in session.scalars(select(Opening)).all()
    )


def prepared_until(session: Session) -> date | None:
    """The day up to which every opening is prepared; None when one is not at all, or there is none."""
    days = session.scalars(
        select(Opening.prepared_until).where(
            or_(Opening.valid_to.is_(None), Opening.prepared_until.is_(None), Opening.valid_to > Opening.prepared_until)
        )
    ).all()
    return None if not days or None in days else min(days)


def _prepare_opening(session: Session, opening: Opening, today: date, last: date) -> int:
    first = max(today, opening.prepared_until + timedelta(days=1)) if opening.prepared_until else today
    if first > last:
        return 0
    shut = _shut_days(session, opening.site, first, last)
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    rows = [
        {"opening_id": opening.id, "day": day, "desk": desk, "free": opening.grid.all_free()}
        for day in span
        if day not in shut and opens_on(day, opening.weekdays, opening.valid_from, opening.valid_to)
        for desk in range(opening.desks)
    ]
    if rows:
        session.execute(insert(FreeTime), rows)
    opening.prepared_until = last
    session.flush()
    return len(rows)


def _shut_days(session: Session, site: Site, first: date, last: date) -> set[date]:
    shut = public_holidays(site.department, first, last)
    for closure in session.scalars(
        select(Closure).where(Closure.site_id == site.id, Closure.first <= last, Closure.last >= first)
    ):
        shut |= {closure.first + timedelta(days=n) for n in range((closure.last - closure.first).days + 1)}
    return shut


def audit_free_time(session: Session, repair: bool = False) -> list[tuple[int, date, int, int, int]]:
    """Compare every word with the appointments and holds it is derived from.

    Returns (opening id, day, desk, word found, word expected) for each that differs; with `repair`,
    the expected word is written.
    """
    taken: dict[tuple[int, date, int], int] = {}
    for table in (Appointment, Hold):
        query = select(table.opening_id, table.day, table.desk, table.index, table.count)
        if table is Appointment:
            query = query.where(Appointment.status != Status.CANCELLED)
        for opening_id, day, desk, index, count in session.execute(query):
            taken[opening_id, day, desk] = taken.get((opening_id, day, desk), 0) | mask_of(index, count)
    grids = {opening.id: opening.grid.all_free() for opening in session.scalars(select(Opening))}
    wrong = []
    for row in session.scalars(select(FreeTime)):
        expected = grids[row.opening_id] & ~taken.get((row.opening_id, row.day, row.desk), 0)
        if row.free != expected:
            wrong.append((row.opening_id, row.day, row.desk, row.free, expected))
            if repair:
                row.free = expected
    session.flush()
    return wrong
