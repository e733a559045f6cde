"""Slots held and booked. The conditional update of a word is what forbids two winners.

Everyone waits for this transaction: its statements are built once and read plain columns, since building a
statement and mapping its rows costs several times what the database does for it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from counter.appointments import Status, Unreachable, new_code, reachable, uid_of
from counter.keys import Vault
from counter.models import Appointment, FreeTime, Hold, Motif, MotifMode, Opening, OpeningMotif, Site
from counter.slots import (
    Grid,
    Mode,
    ModeNotAllowed,
    MotifClosed,
    OffGrid,
    Refusal,
    Slot,
    SlotShut,
    SlotTaken,
    check_time,
    grid_of,
    intervals_needed,
    mask_of,
    parse_slot_key,
)
from counter.store.locks import lock_act, lock_booking, lock_free_time
from counter.store.prepared import Prepared

# ── the slot a key names ────────────────────────────────────────────────────────────────────────


class Place(NamedTuple):
    """A slot of an opening for one motif: `count` intervals from `index` on, `duration` the minutes promised."""

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

    @property
    def minute(self) -> int:
        return self.grid.minute(self.index)

    @property
    def mask(self) -> int:
        return mask_of(self.index, self.count)

    @property
    def slot(self) -> Slot:
        return Slot(self.day, self.minute, self.site_id, self.mode, self.opening_id, self.index)

    def is_of(self, hold: Held) -> bool:
        """Whether that hold keeps exactly this."""
        kept = hold.opening_id, hold.day, hold.index, hold.count
        return kept == (self.opening_id, self.day, self.index, self.count)


class Held(NamedTuple):
    """A row of Hold, its columns in their order."""

    token: str
    opening_id: int
    motif_id: int
    day: date
    desk: int
    index: int
    count: int
    expires_at: datetime


_opening, _site, _mode = Opening.__table__, Site.__table__, MotifMode.__table__
_received, _words, _holds = OpeningMotif.__table__, FreeTime.__table__, Hold.__table__
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
    _check_open(place, motif, now)
    return place


def _check_open(place: Place, motif: Motif, now: datetime) -> None:
    if not motif.active:
        raise MotifClosed()
    local = now.astimezone(ZoneInfo(place.timezone)).replace(tzinfo=None)
    check_time(place.day, place.minute, local, motif.notice, motif.horizon)


def slot_of_key(session: Session, motif: Motif, slot_key: str) -> Slot:
    """The slot a key names, free or not. Raises OffGrid or ModeNotAllowed."""
    return find_place(session, motif, slot_key).slot


def check_free(session: Session, motif: Motif, slot_key: str, now: datetime) -> None:
    """Raises what `hold_slot` does when that slot could not be held now."""
    place = check_place(session, motif, slot_key, now)
    if _DESKS.first(session, _word_of(place)) is None:
        raise refused(session, place)


# ── time taken and given back ───────────────────────────────────────────────────────────────────

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


def take_or_free(session: Session, place: Place, now: datetime) -> int | None:
    """As `take`, once the holds that ran out are given back where that is what was missing. The free time is locked."""
    desk = take(session, place)
    if desk is None and release_expired(session, now):
        desk = take(session, place)
    return desk


def give_back(session: Session, opening_id: int, day: date, desk: int, mask: int) -> None:
    _GIVE_BACK.run(session, {"opening": opening_id, "on": day, "at": desk, "mask": mask})


def take_back(session: Session, opening_id: int, day: date, desk: int, mask: int) -> None:
    """Undo `give_back` in the same transaction, which alone could see those bits free."""
    _TAKE_BACK.run(session, {"opening": opening_id, "on": day, "at": desk, "mask": mask})


# ── holds ───────────────────────────────────────────────────────────────────────────────────────


def release_expired(session: Session, now: datetime) -> int:
    """Give back the intervals of holds that ran out. Returns how many."""
    lock_free_time(session)
    expired = session.scalars(_EXPIRED, {"now": now}).all()
    for token in expired:
        release_hold(session, token)
    return len(expired)


_EXPIRED = select(Hold.token).where(Hold.expires_at <= bindparam("now", type_=Hold.expires_at.type))
_ONE_EXPIRED = _EXPIRED.limit(1)


def has_expired(session: Session, now: datetime) -> bool:
    return session.scalar(_ONE_EXPIRED, {"now": now}) is not None


def release_hold(session: Session, token: str) -> None:
    """Give a hold's intervals back; nothing happens when it is gone already."""
    lock_free_time(session)
    hold = _first_of(_HELD.rows(session, {"kept": token}))
    if hold is not None and consume(session, hold):
        give_back(session, hold.opening_id, hold.day, hold.desk, mask_of(hold.index, hold.count))


def consume(session: Session, hold: Held) -> bool:
    """Take the hold away, keeping its intervals; False when someone released it meanwhile. The free time is locked."""
    return bool(_CONSUME.run(session, {"kept": hold.token}).rowcount)


def get_hold(session: Session, token: str, now: datetime) -> Held | None:
    """The hold of that token, None when it is gone or ran out."""
    hold = _first_of(_HELD.rows(session, {"kept": token}))
    return hold if hold is not None and hold.expires_at > now else None


def _first_of(rows: list[tuple]) -> Held | None:
    return Held(*rows[0]) if rows else None


_OF_TOKEN = _holds.c.token == bindparam("kept")
_HELD, _CONSUME = Prepared(select(_holds).where(_OF_TOKEN)), Prepared(delete(_holds).where(_OF_TOKEN))
_HOLD = Prepared(insert(_holds), Held._fields)


def hold_slot(session: Session, motif: Motif, slot_key: str, now: datetime, minutes: int) -> Held:
    """Take the intervals of a slot out of the free time for some minutes.

    Raises OffGrid, ModeNotAllowed, MotifClosed, TooSoon, BeyondHorizon or SlotTaken.
    """
    place = check_place(session, motif, slot_key, now)
    lock_free_time(session)
    desk = _take_or_refuse(session, place, now)
    hold = Held(
        token=str(uuid.uuid4()),
        opening_id=place.opening_id,
        motif_id=motif.id,
        day=place.day,
        desk=desk,
        index=place.index,
        count=place.count,
        expires_at=now + timedelta(minutes=minutes),
    )
    _HOLD.run(session, hold._asdict())
    return hold


# ── booking ─────────────────────────────────────────────────────────────────────────────────────


def number_of_key(session: Session, key: str) -> int | None:
    """The appointment an idempotency key already made, waited for when it is being made."""
    lock_act(session, key)
    return _known(session, key)


def is_booked(session: Session, key: str) -> bool:
    """Whether an idempotency key already made an appointment, without waiting for one that is being made."""
    return _known(session, key) is not None


def _known(session: Session, key: str) -> int | None:
    row = _OF_KEY.first(session, {"made": uid_of(key)})
    return None if row is None else row[0]


_appointments = Appointment.__table__
_MADE = bindparam("made", type_=_appointments.c.uid.type)
_OF_KEY = Prepared(select(_appointments.c.id).where(_appointments.c.uid == _MADE))


def booked_by(session: Session, slot: Slot, agent_id: int, since: datetime) -> int | None:
    """The appointment that the agent made in that slot since a moment, if it still stands."""
    there = (Appointment.opening_id == slot.opening_id, Appointment.day == slot.day, Appointment.index == slot.index)
    theirs = (Appointment.site_id == slot.site_id, Appointment.agent_id == agent_id, Appointment.created_at > since)
    return session.scalar(select(Appointment.id).where(*there, *theirs, Appointment.status == Status.BOOKED).limit(1))


def book(
    session: Session,
    vault: Vault,
    motif: Motif,
    slot_key: str,
    hold_token: str | None,
    person: dict,
    key: str,
    now: datetime,
    agent_id: int | None = None,
    visit_id: int | None = None,
) -> int:
    """Turn a hold into an appointment; when the hold ran out, take the slot again if it is still free. Returns the
    number of the appointment: the same `key` twice makes one. Raises Unreachable and the refusals of `hold_slot`."""
    try:
        place = find_place(session, motif, slot_key)
        lock_booking(session, key)
        desk = _desk_for(session, motif, place, hold_token, person, now)
    except Refusal:
        if (known := _known(session, key)) is None:
            raise
        return known
    row = _row(vault, motif, place, desk, person)
    row |= {"uid": uid_of(key), "created_at": now, "agent_id": agent_id, "visit_id": visit_id}
    made = _MAKE.first(session, row)
    if made is None:  # by the same form, sent twice
        give_back(session, place.opening_id, place.day, desk, place.mask)
        return _known(session, key)
    return made[0]


def _row(vault: Vault, motif: Motif, place: Place, desk: int, person: dict) -> dict:
    """What an appointment begins with."""
    code = new_code()
    return {
        "code_index": vault.blind_index(code, "appointment.code"),
        "person": person | {"code": code},
        "motif_id": motif.id,
        "opening_id": place.opening_id,
        "site_id": place.site_id,
        "mode": place.mode,
        "day": place.day,
        "desk": desk,
        "index": place.index,
        "count": place.count,
        "minute": place.minute,
        "duration": place.duration,
        "status": Status.BOOKED,
        "sequence": 0,
        "to_move": False,
    }


_GIVEN = ("uid", "code_index", "person", "motif_id", "opening_id", "site_id", "visit_id")
_GIVEN += ("agent_id", "mode", "day", "desk", "index", "count", "minute", "duration", "status", "sequence", "to_move")


def _made_once(insert: Callable):
    unknown = insert(_appointments).on_conflict_do_nothing(index_elements=["uid"])
    return unknown.returning(_appointments.c.id)


_MAKE = Prepared(_made_once, (*_GIVEN, "created_at"))


def _desk_for(session: Session, motif: Motif, place: Place, hold_token: str | None, person: dict, now: datetime) -> int:
    """The desk that is now the person's there: that of the hold, or taken. When it raises Unreachable or a refusal of
    `hold_slot`, no time was taken."""
    if not reachable(place.mode, person):
        raise Unreachable()
    hold = get_hold(session, hold_token, now) if hold_token else None
    if hold is not None and hold.motif_id == motif.id and place.is_of(hold) and consume(session, hold):
        return hold.desk
    _check_open(place, motif, now)
    return _take_or_refuse(session, place, now)


def _take_or_refuse(session: Session, place: Place, now: datetime) -> int:
    """The desk where it was taken. Raises SlotTaken, SlotShut when the day is no longer open."""
    desk = take_or_free(session, place, now)
    if desk is None:
        raise refused(session, place)
    return desk


def refused(session: Session, place: Place) -> SlotTaken:
    """Why there is no desk left: others have them, or the day was closed."""
    there = _ANY_WORD.first(session, {"opening": place.opening_id, "on": place.day})
    return SlotTaken(place.slot) if there else SlotShut(place.slot)
