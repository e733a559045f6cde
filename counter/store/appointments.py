"""Slots held and booked, appointments found. The conditional update of a word is what forbids two winners."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, bindparam, delete, or_, select, update
from sqlalchemy.orm import Session, contains_eager, joinedload

from counter.appointments import (
    WITHOUT_OUTCOME,
    CancelReason,
    EventKind,
    FreedTime,
    ModeNotAllowed,
    MotifClosed,
    NotNow,
    OffGrid,
    Slot,
    SlotTaken,
    Status,
    Unreachable,
    WrongCode,
    check_time,
    mask_of,
    may_change,
    new_code,
    normal_code,
    parse_slot_key,
    reachable,
)
from counter.keys import Vault
from counter.models import Appointment, AppointmentEvent, FreeTime, Hold, Motif, Opening, OpeningMotif, Site
from counter.store.locks import lock_act, lock_free_time
from counter.store.slots import count_for, local_now, near_slots

# ── holding and booking ─────────────────────────────────────────────────────────────────────────


def release_expired(session: Session, now: datetime) -> int:
    """Give back the intervals of holds that ran out. Returns how many."""
    lock_free_time(session)
    expired = session.scalars(_EXPIRED, {"now": now}).all()
    for token in expired:
        release_hold(session, token)
    return len(expired)


_EXPIRED = select(Hold.token).where(Hold.expires_at <= bindparam("now", type_=Hold.expires_at.type))


def has_expired(session: Session, now: datetime) -> bool:
    return session.scalar(select(Hold.token).where(Hold.expires_at <= now).limit(1)) is not None


def release_hold(session: Session, token: str) -> None:
    """Give a hold's intervals back; nothing happens when it is gone already."""
    lock_free_time(session)
    hold = session.get(Hold, token)
    if hold is not None and session.execute(delete(Hold).where(Hold.token == token)).rowcount:
        session.expunge(hold)
        _give_back(session, hold.opening_id, hold.day, hold.desk, mask_of(hold.index, hold.count))


def get_hold(session: Session, token: str, now: datetime) -> Hold | None:
    return session.scalar(select(Hold).where(Hold.token == token, Hold.expires_at > now))


def hold_slot(session: Session, motif: Motif, slot_key: str, now: datetime, minutes: int) -> Hold:
    """Take the intervals of a slot out of the free time for some minutes.

    Raises OffGrid, ModeNotAllowed, MotifClosed, TooSoon, BeyondHorizon, or SlotTaken with three near slots.
    """
    hold, _ = _take_slot(session, motif, slot_key, now)
    hold.expires_at = now + timedelta(minutes=minutes)
    session.add(hold)
    session.flush()
    return hold


def _take_slot(session: Session, motif: Motif, slot_key: str, now: datetime) -> tuple[Hold, Opening]:
    """Take a slot out of the free time; the hold that says so is not kept yet. Raises as `hold_slot` does."""
    opening, day, index, count = _check_slot(session, motif, slot_key, now)
    release_expired(session, now)
    desk = _take(session, opening, day, index, count)
    if desk is None:
        slot = Slot(day, opening.grid.minute(index), opening.site_id, opening.mode_value, opening.id, index)
        raise SlotTaken(near_slots(session, motif, slot, now))
    hold = Hold(
        token=str(uuid.uuid4()), opening_id=opening.id, motif_id=motif.id, day=day, desk=desk, index=index, count=count
    )
    return hold, opening


def _find_opening(session: Session, motif: Motif, slot_key: str) -> tuple[Opening, date, int, int]:
    opening_id, day, index = parse_slot_key(slot_key)
    opening = session.scalar(
        select(Opening)
        .join(OpeningMotif, OpeningMotif.opening_id == Opening.id)
        .where(Opening.id == opening_id, OpeningMotif.motif_id == motif.id)
        .options(joinedload(Opening.site))
    )
    if opening is None or motif.duration(opening.mode_value) is None:
        raise ModeNotAllowed()
    count = count_for(opening, motif)
    if index + count > opening.grid.intervals:
        raise OffGrid()
    return opening, day, index, count


def _check_slot(session: Session, motif: Motif, slot_key: str, now: datetime) -> tuple[Opening, date, int, int]:
    opening, day, index, count = _find_opening(session, motif, slot_key)
    if not motif.active:
        raise MotifClosed()
    check_time(day, opening.grid.minute(index), local_now(now, opening.site), motif.notice, motif.horizon)
    return opening, day, index, count


def _take(session: Session, opening: Opening, day: date, index: int, count: int) -> int | None:
    """Clear the bits on the first desk that has them all; None when no desk has."""
    mask = mask_of(index, count)
    for desk in session.scalars(_desks_with(opening, day, mask)).all() if opening.desks > 1 else (0,):
        taken = session.execute(_TAKE, {"opening": opening.id, "on": day, "at": desk, "mask": mask})
        if taken.rowcount:
            return desk
    return None


_MASK = bindparam("mask", type_=FreeTime.free.type)
# Built once: a tenth of a booking went into building it each time.
_TAKE = (
    update(FreeTime)
    .where(FreeTime.opening_id == bindparam("opening"), FreeTime.day == bindparam("on", type_=FreeTime.day.type))
    .where(FreeTime.desk == bindparam("at"), FreeTime.free.bitwise_and(_MASK) == _MASK)
    .values(free=FreeTime.free - _MASK)
    .execution_options(synchronize_session=False)
)


def _desks_with(opening: Opening, day: date, mask: int) -> Select:
    """The desks whose word has all the bits of the mask."""
    return (
        select(FreeTime.desk)
        .where(FreeTime.opening_id == opening.id, FreeTime.day == day, FreeTime.free.bitwise_and(mask) == mask)
        .order_by(FreeTime.desk)
    )


def _give_back(session: Session, opening_id: int, day: date, desk: int, mask: int) -> None:
    session.execute(
        update(FreeTime)
        .where(FreeTime.opening_id == opening_id, FreeTime.day == day, FreeTime.desk == desk)
        .values(free=FreeTime.free.bitwise_or(mask))
        .execution_options(synchronize_session=False)
    )


def slot_of_key(session: Session, motif: Motif, slot_key: str) -> Slot:
    """The slot a key names, free or not. Raises OffGrid or ModeNotAllowed."""
    opening, day, index, _ = _find_opening(session, motif, slot_key)
    return Slot(day, opening.grid.minute(index), opening.site_id, opening.mode_value, opening.id, index)


def check_free(session: Session, motif: Motif, slot: Slot, now: datetime) -> None:
    """Raises TooSoon, BeyondHorizon or SlotTaken when that slot could not be held now."""
    opening, _, _, count = _check_slot(session, motif, slot.key, now)
    if not session.scalars(_desks_with(opening, slot.day, mask_of(slot.index, count))).all():
        raise SlotTaken(near_slots(session, motif, slot, now))


def appointment_of_key(session: Session, key: str) -> Appointment | None:
    """The appointment an idempotency key already made, waited for when it is being made."""
    lock_act(session, key)
    known = session.scalar(_ID_OF_KEY, {"key": key})
    return None if known is None else session.get_one(Appointment, known)


def is_booked(session: Session, key: str) -> bool:
    """Whether an idempotency key already made an appointment, without waiting for one that is being made."""
    return session.scalar(_ID_OF_KEY, {"key": key}) is not None


_ID_OF_KEY = select(Appointment.id).where(Appointment.idempotency_key == bindparam("key"))


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
) -> Appointment:
    """Turn a hold into an appointment; when the hold ran out, take the slot again if it is still free.

    The same `key` twice gives the same appointment. Raises Unreachable and the refusals of `hold_slot`.
    """
    known = appointment_of_key(session, key)
    if known is not None:
        return known
    hold = get_hold(session, hold_token, now) if hold_token else None
    if hold is None or not _same_slot(hold, motif, slot_key) or not _consume(session, hold):
        hold, opening = _take_slot(session, motif, slot_key, now)
    else:
        opening = session.get_one(Opening, hold.opening_id)
    if not reachable(opening.mode_value, person.get("phone"), person.get("email")):
        raise Unreachable()
    code = new_code()
    appointment = Appointment(
        uid=str(uuid.uuid4()),
        idempotency_key=key,
        code=code,
        code_index=vault.blind_index(code, "appointment.code"),
        person=person,
        motif_id=motif.id,
        opening_id=opening.id,
        site_id=opening.site_id,
        visit_id=visit_id,
        agent_id=agent_id,
        mode=opening.mode,
        day=hold.day,
        desk=hold.desk,
        index=hold.index,
        count=hold.count,
        minute=opening.grid.minute(hold.index),
        duration=motif.duration(opening.mode_value),
        created_at=now,
    )
    session.add(appointment)
    session.flush()
    return appointment


def _consume(session: Session, hold: Hold) -> bool:
    """Take the hold away, keeping its intervals; False when someone released it meanwhile."""
    lock_free_time(session)
    gone = session.execute(delete(Hold).where(Hold.token == hold.token).execution_options(synchronize_session=False))
    session.expunge(hold)
    return bool(gone.rowcount)


def _same_slot(hold: Hold, motif: Motif, slot_key: str) -> bool:
    return hold.motif_id == motif.id and (hold.opening_id, hold.day, hold.index) == parse_slot_key(slot_key)


# ── changing ────────────────────────────────────────────────────────────────────────────────────


def act_done(session: Session, key: str) -> bool:
    """Whether the act of this idempotency key was already done."""
    return session.scalar(select(AppointmentEvent.id).where(AppointmentEvent.idempotency_key == key)) is not None


def lock(session: Session, appointment: Appointment) -> None:
    """Read it again, kept from other transactions until the end of this one: each that changes an appointment
    begins here."""
    lock_free_time(session)
    session.refresh(appointment)


def move(
    session: Session,
    appointment: Appointment,
    slot_key: str,
    key: str,
    now: datetime,
    agent_id: int | None = None,
    motif: Motif | None = None,
    hold_token: str | None = None,
) -> FreedTime | None:
    """Move it to another slot, with another motif when one is given; code and uid stay. Returns the time given back.

    The same `key` twice, or the slot it already has, changes nothing and returns None. Raises NotNow, Unreachable
    and the refusals of `hold_slot`: the appointment then keeps its time.
    """
    lock(session, appointment)
    motif = motif or appointment.motif
    if act_done(session, key) or (appointment.slot.key == slot_key and motif.id == appointment.motif_id):
        return None
    if not may_change(appointment.status_value, appointment.day, local_now(now, appointment.site).date()):
        raise NotNow()
    opening, day, index, count = _place_for(session, appointment, motif, slot_key, now)
    left = FreedTime(appointment.opening_id, appointment.day, appointment.index, appointment.count)
    desk = _exchange(session, appointment, motif, (opening, day, index, count), hold_token, now)
    kind = EventKind.MOVED if appointment.slot.key != slot_key else EventKind.MOTIF
    detail = "" if motif.id == appointment.motif_id else f"{appointment.motif_id}>{motif.id}"
    minute = opening.grid.minute(index)
    _record(session, appointment, kind, detail, key, now, agent_id, to=(day, minute))
    appointment.motif, appointment.opening = motif, opening
    appointment.site_id, appointment.mode = opening.site_id, opening.mode
    appointment.day, appointment.desk, appointment.index, appointment.count = day, desk, index, count
    appointment.minute, appointment.duration = minute, motif.duration(opening.mode_value)
    appointment.sequence, appointment.changed_at, appointment.to_move = appointment.sequence + 1, now, False
    session.flush()
    session.refresh(appointment)
    return left


def _place_for(
    session: Session, appointment: Appointment, motif: Motif, slot_key: str, now: datetime
) -> tuple[Opening, date, int, int]:
    """Where it would go. Another motif in the same slot needs no new notice."""
    stays = slot_key == appointment.slot.key
    place = _find_opening(session, motif, slot_key) if stays else _check_slot(session, motif, slot_key, now)
    if not reachable(place[0].mode_value, appointment.person.get("phone"), appointment.person.get("email")):
        raise Unreachable()
    return place


def _exchange(
    session: Session, appointment: Appointment, motif: Motif, place: tuple, hold_token: str | None, now: datetime
) -> int:
    """Give its time back and take the new one, which may overlap it. Returns the desk; raises SlotTaken with
    everything as it was."""
    opening, day, index, count = place
    old = appointment.opening_id, appointment.day, appointment.desk, mask_of(appointment.index, appointment.count)
    release_expired(session, now)
    _give_back(session, *old)
    hold = get_hold(session, hold_token, now) if hold_token else None
    if hold is not None and (hold.opening_id, hold.day, hold.index, hold.count) == (opening.id, day, index, count):
        desk = hold.desk
        if _consume(session, hold):
            return desk
    desk = _take(session, opening, day, index, count)
    if desk is None:
        _take_back(session, *old)
        slot = Slot(day, opening.grid.minute(index), opening.site_id, opening.mode_value, opening.id, index)
        raise SlotTaken(near_slots(session, motif, slot, now))
    return desk


def _take_back(session: Session, opening_id: int, day: date, desk: int, mask: int) -> None:
    """Undo `_give_back` in the same transaction, which alone could see those bits free."""
    session.execute(
        update(FreeTime)
        .where(FreeTime.opening_id == opening_id, FreeTime.day == day, FreeTime.desk == desk)
        .values(free=FreeTime.free - mask)
        .execution_options(synchronize_session=False)
    )


def _record(
    session: Session,
    appointment: Appointment,
    kind: EventKind,
    detail: str,
    key: str | None,
    now: datetime,
    agent_id: int | None,
    to: tuple[date, int] | None = None,
) -> None:
    """A line of its history."""
    event = AppointmentEvent(
        appointment_id=appointment.id,
        idempotency_key=key,
        kind=kind,
        detail=detail,
        at=now,
        agent_id=agent_id,
        from_day=appointment.day,
        from_minute=appointment.minute,
        to_day=to[0] if to else None,
        to_minute=to[1] if to else None,
    )
    session.add(event)
    session.flush()


def record_status(
    session: Session,
    appointment: Appointment,
    kind: EventKind,
    to: Status,
    key: str,
    now: datetime,
    agent_id: int | None,
) -> None:
    """A line of its history: from a status to another."""
    _record(session, appointment, kind, f"{appointment.status}>{to}", key, now, agent_id)


def cancel(
    session: Session,
    appointment: Appointment,
    now: datetime,
    reason: CancelReason = CancelReason.PERSON,
    agent_id: int | None = None,
) -> FreedTime | None:
    """Cancel and give the time back, which is returned; a second cancellation, or one that comes after the
    outcome, changes nothing and returns None."""
    lock_free_time(session)
    changed = session.execute(
        update(Appointment)
        .where(Appointment.id == appointment.id, Appointment.status.in_(WITHOUT_OUTCOME))
        .values(status=reason.status, cancelled_at=now, changed_at=now, sequence=Appointment.sequence + 1)
        .execution_options(synchronize_session=False)
    )
    if not changed.rowcount:
        return None
    session.refresh(appointment)
    freed = FreedTime(appointment.opening_id, appointment.day, appointment.index, appointment.count)
    _give_back(session, *(freed.opening_id, freed.day), appointment.desk, mask_of(freed.index, freed.count))
    _record(session, appointment, EventKind.CANCELLED, reason, None, now, agent_id)
    return freed


def erase(session: Session, appointment: Appointment) -> None:
    """Remove it with its history, its messages and its place on the waiting list; its time is given back."""
    lock(session, appointment)
    if not appointment.is_cancelled:
        mask = mask_of(appointment.index, appointment.count)
        _give_back(session, appointment.opening_id, appointment.day, appointment.desk, mask)
    gone = delete(Appointment).where(Appointment.id == appointment.id)
    session.execute(gone.execution_options(synchronize_session=False))
    session.expunge(appointment)


def history(session: Session, appointment_id: int) -> list[AppointmentEvent]:
    """What happened to it since it was booked, the oldest first."""
    return list(
        session.scalars(
            select(AppointmentEvent)
            .where(AppointmentEvent.appointment_id == appointment_id)
            .options(joinedload(AppointmentEvent.agent))
            .order_by(AppointmentEvent.id)
        )
    )


# ── finding ─────────────────────────────────────────────────────────────────────────────────────

_WHOLE = (
    joinedload(Appointment.motif),
    joinedload(Appointment.site).joinedload(Site.caf),
    joinedload(Appointment.opening),
)


@dataclass(frozen=True)
class Reach:
    """Whose appointments an agent may read: of a Caf, those at these sites, and those they booked or changed
    themselves wherever they are."""

    caf_id: int
    site_ids: frozenset[int]
    agent_id: int


def get_appointment(session: Session, appointment_id: int, reach: Reach) -> Appointment | None:
    """An appointment within reach."""
    query = select(Appointment).join(Appointment.site).options(*_WHOLE)
    return session.scalar(query.where(Appointment.id == appointment_id, *within(reach)))


def within(reach: Reach) -> tuple[ColumnElement[bool], ...]:
    """For a query that joined Site."""
    theirs = select(AppointmentEvent.id).where(
        AppointmentEvent.appointment_id == Appointment.id, AppointmentEvent.agent_id == reach.agent_id
    )
    here = Appointment.site_id.in_(reach.site_ids)
    return Site.caf_id == reach.caf_id, or_(here, Appointment.agent_id == reach.agent_id, theirs.exists())


def find_by_code(session: Session, vault: Vault, code: str, birth_day: int, birth_month: int) -> Appointment:
    """Raises WrongCode, the same whether the code or the birth day is wrong."""
    index = vault.blind_index(normal_code(code), "appointment.code")
    appointment = session.scalar(select(Appointment).options(*_WHOLE).where(Appointment.code_index == index))
    birth = (appointment.person["birth_day"], appointment.person["birth_month"]) if appointment else None
    if birth != (birth_day, birth_month):
        raise WrongCode()
    return appointment


def appointment_by_id(session: Session, appointment_id: int) -> Appointment | None:
    """For whoever proved it is theirs by its code."""
    return session.scalar(select(Appointment).where(Appointment.id == appointment_id).options(*_WHOLE))


def appointments_of_day(session: Session, site_id: int, day: date) -> list[Appointment]:
    """Appointments of a site and day, cancelled ones included, in the order of time."""
    return list(
        session.scalars(
            select(Appointment)
            .where(Appointment.site_id == site_id, Appointment.day == day)
            .options(joinedload(Appointment.motif))
            .order_by(Appointment.minute, Appointment.id)
        )
    )


def appointments_between(
    session: Session,
    reach: Reach,
    first: date,
    last: date,
    site_id: int | None = None,
    agent_id: int | None = None,
) -> list[Appointment]:
    """Appointments within reach from a day to another, of one site, of the agent who booked or received."""
    query = (
        select(Appointment)
        .join(Appointment.site)
        .options(joinedload(Appointment.motif), contains_eager(Appointment.site))
        .where(Appointment.day.between(first, last), *within(reach))
        .order_by(Appointment.day, Appointment.minute, Appointment.id)
    )
    if site_id is not None:
        query = query.where(Appointment.site_id == site_id)
    if agent_id is not None:
        query = query.where(or_(Appointment.agent_id == agent_id, Appointment.seen_by_id == agent_id))
    return list(session.scalars(query))


def upcoming_of_visit(session: Session, visit_id: int) -> list[Appointment]:
    """Appointments booked during a visit, for its summary and its attestation."""
    return list(
        session.scalars(
            select(Appointment)
            .where(Appointment.visit_id == visit_id, Appointment.status == Status.BOOKED)
            .options(*_WHOLE)
            .order_by(Appointment.day, Appointment.minute)
        )
    )
