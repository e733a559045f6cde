"""Openings and the free time prepared from them, day by day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache

import holidays
from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session, joinedload

from counter.appointments import GIVEN_BACK, Status
from counter.models import Appointment, Closure, FreeTime, Hold, Motif, Opening, OpeningMotif
from counter.slots import mask_of, opens_on
from counter.store.locks import lock_free_time

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


def prepare_free_time(session: Session, today: date, days: int) -> int:
    """Prepare the free time of every opening from `today` for `days` days, holidays and closures left out.

    Days already prepared are left as they are. Returns the number of rows made.
    """
    lock_free_time(session)
    return sum(
        _prepare_opening(session, opening, today, today + timedelta(days=days))
        for opening in session.scalars(select(Opening)).all()
    )


def weekdays_received(session: Session, motif_id: int, modes: set[str], site_ids: set[int]) -> set[int]:
    """Weekdays (Monday = 0) on which these sites receive for a motif in these modes; empty sets mean any."""
    query = select(Opening.weekdays).join(OpeningMotif, OpeningMotif.opening_id == Opening.id)
    query = query.where(OpeningMotif.motif_id == motif_id)
    if modes:
        query = query.where(Opening.mode.in_(modes))
    if site_ids:
        query = query.where(Opening.site_id.in_(site_ids))
    return {day for mask in session.scalars(query) for day in range(7) if mask >> day & 1}


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


# ── setting up ──────────────────────────────────────────────────────────────────────────────────


def list_openings(session: Session, site_id: int) -> list[Opening]:
    return list(
        session.scalars(
            select(Opening).where(Opening.site_id == site_id).order_by(Opening.mode, Opening.starts, Opening.id)
        )
    )


def get_opening(session: Session, opening_id: int) -> Opening | None:
    return session.scalar(select(Opening).where(Opening.id == opening_id).options(joinedload(Opening.site)))


def motifs_of_opening(session: Session, opening_id: int) -> list[Motif]:
    return list(
        session.scalars(
            select(Motif)
            .join(OpeningMotif, OpeningMotif.motif_id == Motif.id)
            .where(OpeningMotif.opening_id == opening_id)
            .order_by(Motif.code)
        )
    )


def same_opening(session: Session, opening: Opening, motif_ids: set[int]) -> Opening | None:
    """One that is already there with the same place, mode, days, hours, desks, dates and motifs: a form sent twice."""
    same = ("site_id", "mode", "weekdays", "starts", "ends", "interval", "desks", "valid_from", "valid_to")
    known = session.scalars(select(Opening).where(*(getattr(Opening, k) == getattr(opening, k) for k in same)))
    received = select(OpeningMotif.motif_id)
    return next(
        (o for o in known if motif_ids == set(session.scalars(received.where(OpeningMotif.opening_id == o.id)))), None
    )


def add_opening(session: Session, opening: Opening, motif_ids: set[int], today: date, days: int) -> Opening:
    """Add an opening and prepare its free time at once."""
    session.add(opening)
    session.flush()
    put_motifs(session, opening, motif_ids)
    _prepare_opening(session, opening, today, today + timedelta(days=days))
    return opening


def put_motifs(session: Session, opening: Opening, motif_ids: set[int]) -> None:
    """Receive exactly these motifs; appointments already booked for others stay."""
    session.execute(delete(OpeningMotif).where(OpeningMotif.opening_id == opening.id))
    session.add_all(OpeningMotif(opening_id=opening.id, motif_id=number) for number in sorted(motif_ids))
    session.flush()


def coming_appointments(session: Session, opening: Opening, local_now: datetime) -> list[Appointment]:
    """Those still to come at an opening, in the order of time. `local_now` is the wall clock of the site."""
    minute = local_now.hour * 60 + local_now.minute
    return [
        item
        for item in session.scalars(
            select(Appointment)
            .where(
                *_at(opening),
                Appointment.status == Status.BOOKED,
                Appointment.day >= local_now.date(),
            )
            .options(joinedload(Appointment.motif))
            .order_by(Appointment.day, Appointment.minute, Appointment.desk)
        )
        if item.day > local_now.date() or item.minute >= minute
    ]


def _at(opening: Opening) -> tuple:
    """The appointments of an opening, found by its site."""
    return Appointment.site_id == opening.site_id, Appointment.opening_id == opening.id


def stranded_by(
    session: Session, opening: Opening, valid_to: date | None, desks: int, local_now: datetime
) -> list[Appointment]:
    """The appointments to move if the opening ended that day and had that many desks; those that are to move already
    are not told again. Nobody books between this list and the end of the transaction."""
    lock_free_time(session)
    coming = coming_appointments(session, opening, local_now)
    taken_in = _taken_in(session, opening, desks, coming)
    return [
        item
        for item in coming
        if not item.to_move
        and ((valid_to is not None and item.day > valid_to) or (item.desk >= desks and item.id not in taken_in))
    ]


def _taken_in(session: Session, opening: Opening, desks: int, coming: list[Appointment]) -> dict[int, int]:
    """Appointment -> the desk where it can stay at its hour, for those whose own desk is taken away."""
    query = select(FreeTime.day, FreeTime.desk, FreeTime.free)
    words = {
        (day, desk): free
        for day, desk, free in session.execute(
            query.where(FreeTime.opening_id == opening.id, FreeTime.desk < desks).order_by(FreeTime.desk)
        )
    }
    found: dict[int, int] = {}
    for item in coming:
        mask = mask_of(item.index, item.count)
        fits = (desk for desk in range(desks) if words.get((item.day, desk), 0) & mask == mask)
        if item.desk >= desks and (desk := next(fits, None)) is not None:
            words[item.day, desk] &= ~mask
            found[item.id] = desk
    return found


def would_move(
    session: Session, openings: Iterable[Opening], local_now: datetime, shut: Callable[[Opening, date], bool]
) -> list[Appointment]:
    """The appointments to move if these openings were shut on the days that `shut` says, in the order of time; those
    that are to move already are not told again. Nobody books between this list and the end of the transaction."""
    lock_free_time(session)
    found = [
        item
        for opening in openings
        for item in coming_appointments(session, opening, local_now)
        if not item.to_move and shut(opening, item.day)
    ]
    return sorted(found, key=lambda item: (item.day, item.minute, item.id))


def settle_opening(session: Session, opening: Opening, local_now: datetime) -> None:
    """Make the free time what the opening and the closures now say, from today on.

    Days and desks taken away lose their rows and their holds, so that nobody can book there; days and desks given
    back get theirs, without the time of the appointments that stayed. No appointment changes its day or hour: who was
    at a desk taken away goes to one that is free then; those whose place is gone are marked `to_move`, the others are
    not. Rows go first: a booking under way ends before, or fails.
    """
    lock_free_time(session)
    today, last = local_now.date(), opening.prepared_until
    if last is None:
        return
    _change_desks(session, opening, local_now)
    held = {(day, desk) for day, desk in session.execute(_places_of(FreeTime, opening, today))}
    held |= {(day, desk) for day, desk in session.execute(_places_of(Hold, opening, today))}
    open_days = set(_open_days(session, opening, today, last)) if today <= last else set()
    gone = [place for place in held if place[0] not in open_days or place[1] >= opening.desks]
    for table in (FreeTime, Hold):
        for day, desk in gone:
            session.execute(
                delete(table)
                .where(table.opening_id == opening.id, table.day == day, table.desk == desk)
                .execution_options(synchronize_session="fetch")
            )
    _add_missing(session, opening, today)
    _mark(session, opening, open_days, local_now)


def _change_desks(session: Session, opening: Opening, local_now: datetime) -> None:
    coming = coming_appointments(session, opening, local_now)
    for number, desk in _taken_in(session, opening, opening.desks, coming).items():
        item = session.get_one(Appointment, number)
        there = (FreeTime.opening_id == opening.id, FreeTime.day == item.day, FreeTime.desk == desk)
        mask = mask_of(item.index, item.count)
        session.execute(update(FreeTime).where(*there).values(free=FreeTime.free - mask))
        item.desk = desk
    session.flush()


def _places_of(table, opening: Opening, today: date):
    return select(table.day, table.desk).where(table.opening_id == opening.id, table.day >= today).distinct()


def _add_missing(session: Session, opening: Opening, today: date) -> None:
    """The rows that should be there, from the first known day on: the same days as the audit looks at."""
    query = select(FreeTime.day, FreeTime.desk).where(FreeTime.opening_id == opening.id)
    known = {(day, desk) for day, desk in session.execute(query)}
    first = min([today, *(day for day, _ in known)])
    taken, _ = _taken_time(session, opening)
    rows = [
        {
            "opening_id": opening.id,
            "day": day,
            "desk": desk,
            "free": opening.grid.all_free() & ~taken.get((opening.id, day, desk), 0),
        }
        for day in _open_days(session, opening, first, opening.prepared_until)
        for desk in range(opening.desks)
        if (day, desk) not in known
    ]
    if rows:
        session.execute(insert(FreeTime), rows)


def _mark(session: Session, opening: Opening, open_days: set[date], local_now: datetime) -> None:
    for item in coming_appointments(session, opening, local_now):
        to_move = item.day not in open_days or item.desk >= opening.desks
        if item.to_move != to_move:
            session.execute(update(Appointment).where(Appointment.id == item.id).values(to_move=to_move))


Mismatch = tuple[int, date, int, int | None, int | None]


def audit_free_time(session: Session, repair: bool = False) -> list[Mismatch]:
    """Compare every word with the appointments and holds it is derived from.

    Returns (opening id, day, desk, word found, word expected) for each that differs. The word found is
    None for a row that is lost; the word expected is 0 for a row on a day without opening, where there should be
    none, and None where two appointments overlap: no word can
    be right there, and a person must be called. With `repair`, expected words are written.
    """
    lock_free_time(session)
    taken, overlapping = _taken_time(session)
    known: dict[int, dict[tuple[date, int], int]] = defaultdict(dict)
    for number, day, desk, free in session.execute(
        select(FreeTime.opening_id, FreeTime.day, FreeTime.desk, FreeTime.free)
    ):
        known[number][day, desk] = free
    wrong: list[Mismatch] = [
        (number, day, desk, known[number].get((day, desk)), None) for number, day, desk in overlapping
    ]
    for opening in session.scalars(select(Opening).options(joinedload(Opening.site))).all():
        if not (words := known.get(opening.id)):
            continue
        full = _full_words(session, opening, words)
        held = {place: taken.get((opening.id, *place), 0) for place in {**words, **full}}
        for place in held:
            found, expected = words.get(place), full.get(place, 0) & ~held[place]
            if found != expected or place not in full:
                wrong.append((opening.id, *place, found, expected))
                if repair:
                    _put_right(session, opening, place, expected, place in full)
    return sorted(wrong, key=lambda item: item[:3])


def _full_words(session: Session, opening: Opening, words: Collection[tuple[date, int]]) -> dict[tuple[date, int], int]:
    """(day, desk) -> the word of an empty day, for each row there should be. (A desk taken away keeps its rows of
    days gone by.)"""
    first, last = min(day for day, _ in words), max(day for day, _ in words)
    prepared = opening.prepared_until
    open_days = set(_open_days(session, opening, first, max(last, prepared or last)))
    places = {place for place in words if place[0] in open_days}
    places |= {(day, desk) for day in open_days if prepared and day <= prepared for desk in range(opening.desks)}
    return dict.fromkeys(places, opening.grid.all_free())


def _put_right(session: Session, opening: Opening, place: tuple[date, int], word: int, kept: bool) -> None:
    day, desk = place
    if kept:
        session.merge(FreeTime(opening_id=opening.id, day=day, desk=desk, free=word))
        session.flush()
    else:
        session.delete(session.get_one(FreeTime, (opening.id, day, desk)))
        session.flush()


def _taken_time(session: Session, opening: Opening | None = None) -> tuple[dict[tuple, int], set[tuple]]:
    """The bits held at each (opening, day, desk), and the places where two of them overlap; of one opening or all."""
    taken: dict[tuple, int] = {}
    overlapping = set()
    for table in (Appointment, Hold):
        query = select(table.opening_id, table.day, table.desk, table.index, table.count)
        if table is Appointment:
            query = query.where(Appointment.status.not_in(GIVEN_BACK))
        if opening is not None:
            query = query.where(*_at(opening) if table is Appointment else (Hold.opening_id == opening.id,))
        for *place, index, count in session.execute(query):
            mask, held = mask_of(index, count), taken.get(tuple(place), 0)
            if held & mask:
                overlapping.add(tuple(place))
            taken[tuple(place)] = held | mask
    return taken, overlapping
