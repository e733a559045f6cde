"""Openings set up and changed: nobody is lost, and nobody can book where nobody receives."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session, joinedload

from counter.appointments import Status
from counter.models import Appointment, FreeTime, Hold, Motif, Opening, OpeningMotif, WaitingRequest
from counter.slots import Half, Mode, mask_of, minute_of
from counter.store.free_time import appointments_at, open_days_of, prepare_opening, taken_time
from counter.store.locks import lock_free_time


def half_days_received(session: Session, motif_id: int, modes: set[str], site_ids: set[int]) -> set[tuple[int, Half]]:
    """(weekday, part of the day), Monday = 0, in which appointments of a motif begin at these sites in these modes;
    empty sets mean any."""
    query = select(Opening).join(OpeningMotif, OpeningMotif.opening_id == Opening.id)
    query = query.where(OpeningMotif.motif_id == motif_id)
    if modes:
        query = query.where(Opening.mode.in_(modes))
    if site_ids:
        query = query.where(Opening.site_id.in_(site_ids))
    return {
        (day, half)
        for opening in session.scalars(query)
        for day in range(7)
        for half in Half
        if opening.weekdays >> day & 1 and opening.grid.beginning_in(half)
    }


def receiving_sites(session: Session, motif_id: int, today: date) -> set[int]:
    """The sites with an opening for a motif that has not ended."""
    return set(session.scalars(_RECEIVING, {"motif": motif_id, "today": today}))


_RECEIVING = (
    select(Opening.site_id)
    .join(OpeningMotif, OpeningMotif.opening_id == Opening.id)
    .where(OpeningMotif.motif_id == bindparam("motif"))
    .where(Opening.valid_to.is_(None) | (Opening.valid_to >= bindparam("today", type_=Opening.valid_to.type)))
    .distinct()
)


# ── setting up ──────────────────────────────────────────────────────────────────────────────────


def list_openings(session: Session, site_id: int) -> list[Opening]:
    return list(
        session.scalars(
            select(Opening).where(Opening.site_id == site_id).order_by(Opening.mode, Opening.starts, Opening.id)
        )
    )


def receiving_on_site(session: Session, site_id: int, today: date) -> list[Opening]:
    """Those of a place where people come to, from today on."""
    listed = list_openings(session, site_id)
    return [opening for opening in listed if opening.mode_value is Mode.ON_SITE and not opening.has_ended(today)]


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
    """Add an opening and prepare its free time at once. Nobody closes a day meanwhile."""
    lock_free_time(session)
    session.add(opening)
    session.flush()
    put_motifs(session, opening, motif_ids)
    prepare_opening(session, opening, today, today + timedelta(days=days))
    return opening


def is_stranded(session: Session, appointment: Appointment) -> bool:
    """Whether nobody receives at its place any more."""
    there = (FreeTime.opening_id == appointment.opening_id, FreeTime.day == appointment.day)
    return session.scalar(select(FreeTime.desk).where(*there, FreeTime.desk == appointment.desk)) is None


def put_motifs(session: Session, opening: Opening, motif_ids: set[int]) -> None:
    """Receive exactly these motifs; appointments already booked for others stay."""
    session.execute(delete(OpeningMotif).where(OpeningMotif.opening_id == opening.id))
    session.add_all(OpeningMotif(opening_id=opening.id, motif_id=number) for number in sorted(motif_ids))
    session.flush()


def coming_appointments(session: Session, opening: Opening, local_now: datetime) -> list[Appointment]:
    """Those still to come at an opening, in the order of time. `local_now` is the wall clock of the site."""
    minute = minute_of(local_now)
    return [
        item
        for item in session.scalars(
            select(Appointment)
            .where(
                *appointments_at(opening),
                Appointment.status == Status.BOOKED,
                Appointment.day >= local_now.date(),
            )
            .options(joinedload(Appointment.motif))
            .order_by(Appointment.day, Appointment.minute, Appointment.desk)
        )
        if item.day > local_now.date() or item.minute >= minute
    ]


def lock(session: Session, opening: Opening) -> None:
    """Read it again, kept from other transactions until the end of this one: each that changes an opening begins
    here."""
    lock_free_time(session)
    session.refresh(opening)


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
    session.flush()  # what this transaction changes is not read over
    session.refresh(opening)  # perhaps ended, or prepared further, while this waited
    session.refresh(opening.site, ["department"])
    today, last = local_now.date(), opening.prepared_until
    if last is None:
        return
    held = {(day, desk) for day, desk in session.execute(_places_of(FreeTime, opening, today))}
    held |= {(day, desk) for day, desk in session.execute(_places_of(Hold, opening, today))}
    open_days = set(open_days_of(session, opening, today, last)) if today <= last else set()
    gone = [place for place in held if place[0] not in open_days or place[1] >= opening.desks]
    for table in (FreeTime, Hold):
        for day, desk in gone:
            session.execute(
                delete(table)
                .where(table.opening_id == opening.id, table.day == day, table.desk == desk)
                .execution_options(synchronize_session="fetch")
            )
    _forget_offers(session, opening, {day for day, _ in gone})
    _add_missing(session, opening, today)
    _change_desks(session, opening, local_now)
    _mark(session, opening, open_days, local_now)


def _forget_offers(session: Session, opening: Opening, days: set[date]) -> None:
    """A place that was kept for someone on the waiting list, and that nobody receives at any more, is not offered."""
    nothing = {"hold_token": None, "offered_slot": None, "offered_until": None}
    for day in days:
        there = WaitingRequest.offered_slot.startswith(f"{opening.id}.{day.isoformat()}.")
        lost = there & WaitingRequest.hold_token.not_in(select(Hold.token))
        session.execute(
            update(WaitingRequest).where(lost).values(nothing).execution_options(synchronize_session="fetch")
        )


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
    """The rows that should be there from today on: the figures of the days gone by stay what they are."""
    query = select(FreeTime.day, FreeTime.desk).where(FreeTime.opening_id == opening.id, FreeTime.day >= today)
    known = {(day, desk) for day, desk in session.execute(query)}
    taken, _ = taken_time(session, opening)
    rows = [
        {
            "opening_id": opening.id,
            "day": day,
            "desk": desk,
            "free": opening.grid.all_free() & ~taken.get((opening.id, day, desk), 0),
        }
        for day in open_days_of(session, opening, today, opening.prepared_until)
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
