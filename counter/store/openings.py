"""Openings and the free time prepared from them, day by day."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session

from counter.appointments import Status, mask_of, opens_on
from counter.models import Appointment, Closure, FreeTime, Hold, Opening, Site
from counter.store.locks import lock_free_time

_ALSACE_MOSELLE = {"57", "67", "68"}
# What the package `holidays` calls each overseas collectivity; the départements keep their number.
_OVERSEAS = {"975": "PM", "977": "BL", "978": "MF", "986": "WF", "987": "PF", "988": "NC"}
_OVERSEAS |= {number: number for number in ("971", "972", "973", "974", "976")}


def public_holidays(department: str, first: date, last: date) -> set[date]:
    """Public holidays of a département between two days, local ones included (Alsace-Moselle, overseas)."""
    subdivision = "57" if department in _ALSACE_MOSELLE else _OVERSEAS.get(department)
    days = holidays.France(subdiv=subdivision, years=range(first.year, last.year + 1))
    return {day for day in days if first <= day <= last}


def prepare_free_time(session: Session, today: date, days: int) -> int:
    """Prepare the free time of every opening from `today` for `days` days, holidays and closures left out.

    Days already prepared are left as they are. Returns the number of rows made.
    """
    lock_free_time(session)
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
    rows = [
        {"opening_id": opening.id, "day": day, "desk": desk, "free": opening.grid.all_free()}
        for day in _open_days(session, opening, first, last)
        for desk in range(opening.desks)
    ]
    if rows:
        session.execute(insert(FreeTime), rows)
    opening.prepared_until = last
    session.flush()
    return len(rows)


def _open_days(session: Session, opening: Opening, first: date, last: date) -> list[date]:
    shut = _shut_days(session, opening.site, first, last)
    span = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [
        day for day in span if day not in shut and opens_on(day, opening.weekdays, opening.valid_from, opening.valid_to)
    ]


def _shut_days(session: Session, site: Site, first: date, last: date) -> set[date]:
    shut = public_holidays(site.department, first, last)
    for closure in session.scalars(
        select(Closure).where(Closure.site_id == site.id, Closure.first <= last, Closure.last >= first)
    ):
        shut |= {closure.first + timedelta(days=n) for n in range((closure.last - closure.first).days + 1)}
    return shut


Mismatch = tuple[int, date, int, int | None, int | None]


def audit_free_time(session: Session, repair: bool = False) -> list[Mismatch]:
    """Compare every word with the appointments and holds it is derived from.

    Returns (opening id, day, desk, word found, word expected) for each that differs. The word found is
    None for a row that is lost; the word expected is None where two appointments overlap: no word can
    be right there, and a person must be called. With `repair`, expected words are written.
    """
    lock_free_time(session)
    taken, overlapping = _taken_time(session)
    known = {(row.opening_id, row.day, row.desk): row for row in session.scalars(select(FreeTime))}
    wrong: list[Mismatch] = [(*place, known[place].free if place in known else None, None) for place in overlapping]
    for place, full in _expected_places(session, known).items():
        row = known.get(place)
        expected = full & ~taken.get(place, 0)
        if row is None or row.free != expected:
            wrong.append((*place, row.free if row else None, expected))
            if repair:
                session.merge(FreeTime(opening_id=place[0], day=place[1], desk=place[2], free=expected))
    session.flush()
    return sorted(wrong, key=lambda item: item[:3])


def _taken_time(session: Session) -> tuple[dict[tuple, int], set[tuple]]:
    """The bits held at each (opening, day, desk), and the places where two of them overlap."""
    taken: dict[tuple, int] = {}
    overlapping = set()
    for table in (Appointment, Hold):
        query = select(table.opening_id, table.day, table.desk, table.index, table.count)
        if table is Appointment:
            query = query.where(Appointment.status != Status.CANCELLED)
        for *place, index, count in session.execute(query):
            mask, held = mask_of(index, count), taken.get(tuple(place), 0)
            if held & mask:
                overlapping.add(tuple(place))
            taken[tuple(place)] = held | mask
    return taken, overlapping


def _expected_places(session: Session, known: dict[tuple, FreeTime]) -> dict[tuple, int]:
    """(opening, day, desk) -> the word of an empty day, for each row there is and each that should be."""
    openings = {opening.id: opening for opening in session.scalars(select(Opening))}
    places = {place: openings[place[0]].grid.all_free() for place in known}
    for opening in openings.values():
        days = [day for number, day, _ in known if number == opening.id]
        if days and opening.prepared_until:
            for day in _open_days(session, opening, min(days), opening.prepared_until):
                places |= {(opening.id, day, desk): opening.grid.all_free() for desk in range(opening.desks)}
    return places
