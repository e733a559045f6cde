"""Who keeps their hour at another opening of the same place and mode, when theirs no longer receives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter.appointments import Status
from counter.models import Appointment, FreeTime, Opening, OpeningMotif
from counter.slots import intervals_needed, mask_of, minute_of
from counter.store.locks import lock_free_time
from counter.store.taking import Place, give_back, take


def take_over(session: Session, opening: Opening, motif_ids: set[int], local_now: datetime) -> int:
    """Appointments to move, at the same site and in the same mode, that find their hour at this opening keep it, and
    are no longer to move; those whose hour has passed stay where they were. Returns how many. `local_now` is the wall
    clock of the site."""
    lock_free_time(session)
    lost = select(Appointment).where(
        Appointment.site_id == opening.site_id,
        Appointment.mode == opening.mode,
        Appointment.motif_id.in_(motif_ids),
        Appointment.day >= local_now.date(),
        Appointment.status == Status.BOOKED,
        Appointment.to_move,
    )
    begun = local_now.date(), minute_of(local_now)
    return sum(
        _stays(session, item, opening)
        for item in session.scalars(lost.order_by(Appointment.id)).all()
        if (item.day, item.minute) >= begun
    )


def kept_elsewhere(session: Session, opening: Opening, lost: Sequence[Appointment]) -> dict[int, Opening]:
    """Appointment -> the other opening where it would keep its hour, if this one no longer received it. Of two who
    would need the same time there, the first of `lost` has it. Nobody books between this and the end of the
    transaction."""
    lock_free_time(session)
    others, received, words = _others(session, opening), defaultdict(set), {}
    of_others = OpeningMotif.opening_id.in_([other.id for other in others])
    for number, motif_id in session.execute(select(OpeningMotif.opening_id, OpeningMotif.motif_id).where(of_others)):
        received[number].add(motif_id)
    kept: dict[int, Opening] = {}
    for item in lost:
        for other in others:
            place = _same_hour(item, other) if item.motif_id in received[other.id] else None
            if place is not None and _fits(session, place, words):
                kept[item.id] = other
                break
    return kept


def keep_elsewhere(session: Session, kept: dict[int, Opening]) -> None:
    """Do what `kept_elsewhere` said in the same transaction."""
    for number, other in kept.items():
        _stays(session, session.get_one(Appointment, number), other)


def _others(session: Session, opening: Opening) -> list[Opening]:
    there = (Opening.site_id == opening.site_id, Opening.mode == opening.mode, Opening.id != opening.id)
    return list(session.scalars(select(Opening).where(*there).order_by(Opening.id)))


def _fits(session: Session, place: Place, words: dict[tuple[int, date], dict[int, int]]) -> bool:
    """Whether a desk is free there; it is no longer so in `words`, which are those read before."""
    key = place.opening_id, place.day
    if key not in words:
        of_day = (FreeTime.opening_id == place.opening_id, FreeTime.day == place.day)
        words[key] = dict(session.execute(select(FreeTime.desk, FreeTime.free).where(*of_day)).all())
    free = sorted(desk for desk, word in words[key].items() if word & place.mask == place.mask)
    if free:
        words[key][free[0]] &= ~place.mask
    return bool(free)


def _same_hour(item: Appointment, opening: Opening) -> Place | None:
    """Its hour at that opening, None where the grid has no such place."""
    index, beside = divmod(item.minute - opening.starts, opening.interval)
    count = intervals_needed(item.duration, opening.interval)
    if beside or index < 0 or index + count > opening.grid.intervals:
        return None
    where = (opening.id, opening.site_id, opening.mode_value, opening.grid, opening.desks, item.site.timezone)
    return Place(*where, item.duration, item.day, index, count)


def _stays(session: Session, item: Appointment, opening: Opening) -> bool:
    """It is at that opening now, at the same hour; False where it finds no place."""
    place = _same_hour(item, opening)
    desk = take(session, place) if place is not None else None
    if desk is None:
        return False
    give_back(session, item.opening_id, item.day, item.desk, mask_of(item.index, item.count))
    item.opening_id, item.desk, item.index, item.count = opening.id, desk, place.index, place.count
    item.to_move = False
    session.flush()
    return True
