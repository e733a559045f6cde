"""Appointments made, once for each form, in a transaction everyone waits for (counter.store.taking)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from counter.appointments import Status, Unreachable, new_code, reachable, uid_of
from counter.keys import Vault
from counter.models import Appointment, Motif
from counter.slots import Refusal, Slot
from counter.store.holds import consume, get_hold, place_for, release_hold, take_or_refuse
from counter.store.locks import lock_act, lock_booking
from counter.store.prepared import Prepared
from counter.store.taking import Place, check_open, give_back

_appointments = Appointment.__table__
_MADE = bindparam("made", type_=_appointments.c.uid.type)
_OF_KEY = Prepared(select(_appointments.c.id).where(_appointments.c.uid == _MADE))


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
        place = place_for(session, motif, slot_key, hold_token, now)
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
    if hold is not None and hold.keeps(motif, place) and consume(session, hold):
        return hold.desk
    check_open(place, motif, now)
    if hold is not None and hold.is_of(motif, place.slot.key):  # the motif had another length when this was kept
        release_hold(session, hold.token)
    return take_or_refuse(session, place, now)
