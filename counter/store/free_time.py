"""The free time of openings: prepared day by day, without public holidays and closures, and compared with what it is
derived from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta
from functools import lru_cache

import holidays
from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.orm import Session, joinedload

from counter.appointments import GIVEN_BACK, Status
from counter.models import Appointment, Closure, FreeTime, Hold, Motif, Opening, OpeningMotif
from counter.slots import mask_of, opens_on
from counter.store.locks import lock_free_time
from counter.store.slots import local_now

# ── public holidays ─────────────────────────────────────────────────────────────────────────────

_ALSACE_MOSELLE = {"57", "67", "68"}
# What the package `holidays` calls each overseas collectivity; the départements keep their number.
_OVERSEAS = {"975": "PM", "977": "BL", "978": "MF", "986": "WF", "987": "PF", "988": "NC"}
_OVERSEAS |= {number: number for number in ("971", "972", "973", "974", "976")}


def public_holidays(department: str, first: date, last: date) -> set[date]:
    """Public holidays of a département between two days, local ones included (Alsace-Moselle, overseas)."""
    return set(named_holidays(department, first, last))


def named_holidays(department: str, first: date, last: date) -> dict[date, str]:
    """The same with their French names."""
    subdivision = "57" if department in _ALSACE_MOSELLE else _OVERSEAS.get(department)
    years = range(first.year, last.year + 1)
    return {day: name for year in years for day, name in _holidays(subdivision, year) if first <= day <= last}


@lru_cache(maxsize=256)
def _holidays(subdivision: str | None, year: int) -> tuple[tuple[date, str], ...]:
    return tuple(sorted(holidays.France(subdiv=subdivision, years=year, language="fr").items()))


# ── preparing ───────────────────────────────────────────────────────────────────────────────────


def prepare_free_time(session: Session, today: date, days: int) -> int:
    """Prepare the free time of every opening from `today` for `days` days, holidays and closures left out.

    Days already prepared are left as they are. Returns the number of rows made.
    """
    lock_free_time(session)
    return sum(
        prepare_opening(session, opening, today, today + timedelta(days=days))
        for opening in session.scalars(select(Opening)).all()
    )


def prepare_horizons(session: Session, today: date, motif_id: int | None = None, opening_id: int | None = None) -> int:
    """The same, of each opening as far as the longest horizon of its motifs; only the openings of one motif, or one
    opening, when it is given."""
    lock_free_time(session)
    query = (
        select(Opening, func.max(Motif.horizon))
        .join(OpeningMotif, OpeningMotif.opening_id == Opening.id)
        .join(Motif, Motif.id == OpeningMotif.motif_id)
        .where(Motif.active)
        .group_by(Opening.id)
    )
    if motif_id is not None:
        of_motif = select(OpeningMotif.opening_id).where(OpeningMotif.motif_id == motif_id)
        query = query.where(Opening.id.in_(of_motif))
    if opening_id is not None:
        query = query.where(Opening.id == opening_id)
    return sum(
        prepare_opening(session, opening, today, today + timedelta(days=horizon))
        for opening, horizon in session.execute(query).all()
    )


def prepared_until(session: Session) -> date | None:
    """The day up to which every opening is prepared; None when one is not at all, or there is none."""
    days = session.scalars(
        select(Opening.prepared_until).where(
            or_(Opening.valid_to.is_(None), Opening.prepared_until.is_(None), Opening.valid_to > Opening.prepared_until)
        )
    ).all()
    return None if not days or None in days else min(days)


def days_missing(session: Session, today: date, days: int) -> bool:
    """Whether an opening is not prepared for `days` days, or not as far as the horizons of its motifs, or its end."""
    horizon = (
        select(func.max(Motif.horizon))
        .join(OpeningMotif, OpeningMotif.motif_id == Motif.id)
        .where(OpeningMotif.opening_id == Opening.id, Motif.active)
        .scalar_subquery()
    )
    for until, ends, farthest in session.execute(select(Opening.prepared_until, Opening.valid_to, horizon)):
        last = today + timedelta(days=max(days, farthest or 0))
        if until is None or until < (last if ends is None else min(last, ends)):
            return True
    return False


def prepare_opening(session: Session, opening: Opening, today: date, last: date) -> int:
    """Prepare the days of one opening up to `last` that are not yet. Returns the number of rows made."""
    first = max(today, opening.prepared_until + timedelta(days=1)) if opening.prepared_until else today
    if first > last:
        return 0
    rows = [
        {"opening_id": opening.id, "day": day, "desk": desk, "free": opening.grid.all_free()}
        for day in open_days_of(session, opening, first, last)
        for desk in range(opening.desks)
    ]
    if rows:
        session.execute(insert(FreeTime), rows)
    opening.prepared_until = last
    session.flush()
    return len(rows)


def open_days_of(session: Session, opening: Opening, first: date, last: date) -> list[date]:
    """The days between two on which it receives: public holidays and closures left out."""
    shut = _shut_days(session, opening, first, last)
    span = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [
        day for day in span if day not in shut and opens_on(day, opening.weekdays, opening.valid_from, opening.valid_to)
    ]


def _shut_days(session: Session, opening: Opening, first: date, last: date) -> set[date]:
    shut = public_holidays(opening.site.department, first, last)
    for closure in session.scalars(
        select(Closure).where(
            Closure.site_id == opening.site_id,
            or_(Closure.opening_id.is_(None), Closure.opening_id == opening.id),
            Closure.first <= last,
            Closure.last >= first,
        )
    ):
        shut |= {closure.first + timedelta(days=n) for n in range((closure.last - closure.first).days + 1)}
    return shut


# ── the audit ───────────────────────────────────────────────────────────────────────────────────

Mismatch = tuple[int, date, int, int | None, int | None]


def audit_free_time(session: Session, repair: bool = False, now: datetime | None = None) -> list[Mismatch]:
    """Compare every word with the appointments and holds it is derived from. Of the days gone by at
    `now`, only the rows there are: a desk added since, or a closure lifted, makes none.

    Returns (opening id, day, desk, word found, word expected) for each that differs. The word found is None for a row
    that is lost; the word expected is 0 for a row on a day without opening or of a desk there is not, where there
    should be none, and None where two appointments overlap: no word can be right there, and a person must be called.
    With `repair`, expected words are written, and whoever was booked where there should be no row is to move.
    """
    lock_free_time(session)
    taken, overlapping = taken_time(session)
    known: dict[int, dict[tuple[date, int], int]] = defaultdict(dict)
    for number, day, desk, free in session.execute(
        select(FreeTime.opening_id, FreeTime.day, FreeTime.desk, FreeTime.free)
    ):
        known[number][day, desk] = free
    wrong: list[Mismatch] = [
        (number, day, desk, known[number].get((day, desk)), None) for number, day, desk in overlapping
    ]
    for opening in session.scalars(select(Opening).options(joinedload(Opening.site))).all():
        words, today = known[opening.id], local_now(now, opening.site).date() if now else None
        full = _full_words(session, opening, words, today)
        held = {place: taken.get((opening.id, *place), 0) for place in {**words, **full}}
        for place in held:
            found, expected = words.get(place), full.get(place, 0) & ~held[place]
            if found != expected or place not in full:
                wrong.append((opening.id, *place, found, expected))
                if repair:
                    _put_right(session, opening, place, expected, place in full)
    return sorted(wrong, key=lambda item: item[:3])


def _full_words(
    session: Session, opening: Opening, words: Collection[tuple[date, int]], today: date | None
) -> dict[tuple[date, int], int]:
    """(day, desk) -> the word of an empty day, for each row there should be. (Days gone by keep the rows they have,
    whatever the desks and the closures are now.)"""
    days = {day for day, _ in words} | ({today} if today else set())
    if not days:
        return {}
    prepared = opening.prepared_until or min(days) - timedelta(days=1)
    open_days = set(open_days_of(session, opening, min(days), max(*days, prepared)))
    places = {place for place in words if place[0] in open_days and (today is None or place[1] < opening.desks)}
    places |= {place for place in words if today and place[0] < today}
    due = [day for day in open_days if (today or min(days)) <= day <= prepared]
    places |= {(day, desk) for day in due for desk in range(opening.desks)}
    return dict.fromkeys(places, opening.grid.all_free())


def _put_right(session: Session, opening: Opening, place: tuple[date, int], word: int, kept: bool) -> None:
    day, desk = place
    if kept:
        session.merge(FreeTime(opening_id=opening.id, day=day, desk=desk, free=word))
        session.flush()
        return
    session.delete(session.get_one(FreeTime, (opening.id, day, desk)))
    session.flush()
    there = (*appointments_at(opening), Appointment.day == day, Appointment.desk == desk)
    session.execute(update(Appointment).where(*there, Appointment.status == Status.BOOKED).values(to_move=True))


def taken_time(session: Session, opening: Opening | None = None) -> tuple[dict[tuple, int], set[tuple]]:
    """The bits held at each (opening, day, desk), and the places where two of them overlap; of one opening or all."""
    taken: dict[tuple, int] = {}
    overlapping = set()
    for table in (Appointment, Hold):
        query = select(table.opening_id, table.day, table.desk, table.index, table.count)
        if table is Appointment:
            query = query.where(Appointment.status.not_in(GIVEN_BACK))
        if opening is not None:
            query = query.where(*appointments_at(opening) if table is Appointment else (Hold.opening_id == opening.id,))
        for *place, index, count in session.execute(query):
            mask, held = mask_of(index, count), taken.get(tuple(place), 0)
            if held & mask:
                overlapping.add(tuple(place))
            taken[tuple(place)] = held | mask
    return taken, overlapping


def appointments_at(opening: Opening) -> tuple:
    """The appointments of an opening, found by its site."""
    return Appointment.site_id == opening.site_id, Appointment.opening_id == opening.id
