"""Where a slot is, and its time taken and given back. The conditional update of a word is what forbids two winners.

Everyone waits for this and for what books with it: the statements are built once and read plain columns, since
building a statement and mapping its rows costs several times what the database does for it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from counter.models import FreeTime, Motif, MotifMode, Opening, OpeningMotif, Site
from counter.slots import (
    Grid,
    Mode,
    ModeNotAllowed,
    MotifClosed,
    OffGrid,
    Slot,
    SlotShut,
    SlotTaken,
    check_time,
    grid_of,
    intervals_needed,
    mask_of,
    parse_slot_key,
)
from counter.store.prepared import Prepared


class Place(NamedTuple):
    """A slot of an opening for one motif: `count` intervals from `index` on, `duration` the minutes promised.
    `only_kept` where the motif is no longer received: only a hold made before leads there."""

    opening_id: int
    site_id: int
    mode: Mode
    grid: Grid
    desks: int
    timezone: str
    duration: int
    day: date
    index: int
    count: int
    only_kept: bool = False

    @property
    def minute(self) -> int:
        return self.grid.minute(self.index)

    @property
    def mask(self) -> int:
        return mask_of(self.index, self.count)

    @property
    def slot(self) -> Slot:
        return Slot(self.day, self.minute, self.site_id, self.mode, self.opening_id, self.index)


_opening, _site, _mode = Opening.__table__, Site.__table__, MotifMode.__table__
_received, _words = OpeningMotif.__table__, FreeTime.__table__
_PLACE = Prepared(
    select(
        *(_opening.c[name] for name in ("site_id", "mode", "starts", "ends", "interval", "desks")),
        _site.c.timezone,
        _mode.c.duration,
    )
    .join(_site, _site.c.id == _opening.c.site_id)
    .join(_received, _received.c.opening_id == _opening.c.id)
    .join(_mode, (_mode.c.motif_id == _received.c.motif_id) & (_mode.c.mode == _opening.c.mode))
    .where(_opening.c.id == bindparam("opening"), _received.c.motif_id == bindparam("motif"))
)


def find_place(session: Session, motif: Motif, slot_key: str) -> Place:
    """Where a key of `Slot` leads, free or not. Raises OffGrid or ModeNotAllowed."""
    opening_id, day, index = parse_slot_key(slot_key)
    row = _PLACE.first(session, {"opening": opening_id, "motif": motif.id})
    if row is None:
        raise ModeNotAllowed()
    site_id, mode, starts, ends, interval, desks, timezone, duration = row
    grid, count = grid_of(starts, ends, interval), intervals_needed(duration, interval)
    if index + count > grid.intervals:
        raise OffGrid()
    return Place(opening_id, site_id, Mode(mode), grid, desks, timezone, duration, day, index, count)


def check_place(session: Session, motif: Motif, slot_key: str, now: datetime) -> Place:
    """As `find_place`; raises also MotifClosed, TooSoon or BeyondHorizon."""
    place = find_place(session, motif, slot_key)
    check_open(place, motif, now)
    return place


def check_open(place: Place, motif: Motif, now: datetime) -> None:
    """Raises MotifClosed, ModeNotAllowed, TooSoon or BeyondHorizon; a place already found is not looked for again."""
    if not motif.active:
        raise MotifClosed()
    if place.only_kept:
        raise ModeNotAllowed()
    local = now.astimezone(ZoneInfo(place.timezone)).replace(tzinfo=None)
    check_time(place.day, place.minute, local, motif.notice, motif.horizon)


def check_free(session: Session, motif: Motif, slot_key: str, now: datetime) -> None:
    """Raises what `hold_slot` does when that slot could not be held now."""
    place = check_place(session, motif, slot_key, now)
    if _DESKS.first(session, _word_of(place)) is None:
        raise refused(session, place)


_MASK = bindparam("mask", type_=FreeTime.free.type)
_DAY = bindparam("on", type_=FreeTime.day.type)
_OF_DAY = (_words.c.opening_id == bindparam("opening"), _words.c.day == _DAY)
_FREE = _words.c.free.bitwise_and(_MASK) == _MASK
_DESKS = Prepared(select(_words.c.desk).where(*_OF_DAY, _FREE).order_by(_words.c.desk))
_ANY_WORD = Prepared(select(_words.c.desk).where(*_OF_DAY))
_THERE = (*_OF_DAY, _words.c.desk == bindparam("at"))
_TAKE = Prepared(update(_words).where(*_THERE, _FREE).values(free=_words.c.free - _MASK))
_GIVE_BACK = Prepared(update(_words).where(*_THERE).values(free=_words.c.free.bitwise_or(_MASK)))
_TAKE_BACK = Prepared(update(_words).where(*_THERE).values(free=_words.c.free - _MASK))


def _word_of(place: Place) -> dict:
    return {"opening": place.opening_id, "on": place.day, "mask": place.mask}


def take(session: Session, place: Place) -> int | None:
    """Clear the bits on the first desk that has them all; None when no desk has."""
    word = _word_of(place)
    desks = [row[0] for row in _DESKS.run(session, word).fetchall()] if place.desks > 1 else [0]
    for desk in desks:
        if _TAKE.run(session, word | {"at": desk}).rowcount:
            return desk
    return None


def give_back(session: Session, opening_id: int, day: date, desk: int, mask: int) -> None:
    _GIVE_BACK.run(session, {"opening": opening_id, "on": day, "at": desk, "mask": mask})


def take_back(session: Session, opening_id: int, day: date, desk: int, mask: int) -> None:
    """Undo `give_back` in the same transaction, which alone could see those bits free."""
    _TAKE_BACK.run(session, {"opening": opening_id, "on": day, "at": desk, "mask": mask})


def refused(session: Session, place: Place) -> SlotTaken:
    """Why there is no desk left: others have them, or the day was closed."""
    there = _ANY_WORD.first(session, {"opening": place.opening_id, "on": place.day})
    return SlotTaken(place.slot) if there else SlotShut(place.slot)
