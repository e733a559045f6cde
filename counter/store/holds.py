"""Slots kept for some minutes for who is filling the form: taken out of the free time, given back when they run out."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.orm import Session

from counter.models import Hold, Motif, Opening, WaitingRequest
from counter.slots import ModeNotAllowed, mask_of, parse_slot_key
from counter.store.locks import lock_free_time
from counter.store.prepared import Prepared
from counter.store.taking import Place, check_place, find_place, give_back, refused, take


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

    def keeps(self, motif: Motif, place: Place) -> bool:
        """Whether it keeps exactly this."""
        kept = self.motif_id, self.opening_id, self.day, self.index, self.count
        return kept == (motif.id, place.opening_id, place.day, place.index, place.count)

    def is_of(self, motif: Motif, slot_key: str) -> bool:
        """Whether it was made for that motif at that slot."""
        made = self.opening_id, self.day, self.index
        return self.motif_id == motif.id and made == parse_slot_key(slot_key)


_holds = Hold.__table__
_EXPIRED = select(Hold.token).where(Hold.expires_at <= bindparam("now", type_=Hold.expires_at.type))
_ONE_EXPIRED = _EXPIRED.limit(1)
_OFFERED = select(WaitingRequest.hold_token).where(WaitingRequest.hold_token.is_not(None))
_TO_GIVE_BACK = _EXPIRED.where(Hold.token.not_in(_OFFERED))
_OF_TOKEN = _holds.c.token == bindparam("kept")
_HELD, _CONSUME = Prepared(select(_holds).where(_OF_TOKEN)), Prepared(delete(_holds).where(_OF_TOKEN))
_HOLD = Prepared(insert(_holds), Held._fields)


def release_expired(session: Session, now: datetime) -> int:
    """Give back the intervals of holds that ran out. Returns how many. What was kept to be offered goes from one who
    waits to the next, never by here: `waiting.pass_on_lapsed` frees it once nobody else waits for it."""
    lock_free_time(session)
    expired = session.scalars(_TO_GIVE_BACK, {"now": now}).all()
    for token in expired:
        release_hold(session, token)
    return len(expired)


def has_expired(session: Session, now: datetime) -> bool:
    """Whether a hold ran out, an offer's or any other."""
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


def place_for(session: Session, motif: Motif, slot_key: str, token: str | None, now: datetime) -> Place:
    """Where a key of `Slot` leads for who has that token. Raises OffGrid; ModeNotAllowed unless it is kept, since a
    promise outlasts the motif being taken from that opening, or from that mode."""
    try:
        return find_place(session, motif, slot_key)
    except ModeNotAllowed:
        hold = get_hold(session, token, now) if token else None
        if hold is None or not hold.is_of(motif, slot_key):
            raise
    opening = session.get_one(Opening, hold.opening_id)
    kept = hold.count * opening.interval
    return Place(
        opening_id=opening.id,
        site_id=opening.site_id,
        mode=opening.mode_value,
        grid=opening.grid,
        desks=opening.desks,
        timezone=opening.site.timezone,
        duration=min(motif.duration(opening.mode_value) or kept, kept),
        day=hold.day,
        index=hold.index,
        count=hold.count,
        only_kept=True,
    )


def _first_of(rows: list[tuple]) -> Held | None:
    return Held(*rows[0]) if rows else None


def hold_slot(session: Session, motif: Motif, slot_key: str, now: datetime, minutes: int) -> Held:
    """Take the intervals of a slot out of the free time for some minutes.

    Raises OffGrid, ModeNotAllowed, MotifClosed, TooSoon, BeyondHorizon or SlotTaken.
    """
    place = check_place(session, motif, slot_key, now)
    lock_free_time(session)
    desk = take_or_refuse(session, place, now)
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


def take_or_free(session: Session, place: Place, now: datetime) -> int | None:
    """As `take`, once the holds that ran out are given back where that is what was missing. The free time is locked."""
    desk = take(session, place)
    if desk is None and release_expired(session, now):
        desk = take(session, place)
    return desk


def take_or_refuse(session: Session, place: Place, now: datetime) -> int:
    """The desk where it was taken. Raises SlotTaken, SlotShut when the day is no longer open."""
    desk = take_or_free(session, place, now)
    if desk is None:
        raise refused(session, place)
    return desk
