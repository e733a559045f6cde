"""Appointments changed, cancelled and found; counter.store.booking makes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session, contains_eager, joinedload

from counter.appointments import (
    WITHOUT_OUTCOME,
    CancelReason,
    EventKind,
    NotNow,
    Status,
    Unreachable,
    WrongCode,
    may_change,
    normal_code,
    reachable,
)
from counter.keys import Vault
from counter.models import Appointment, AppointmentEvent, Motif, Site
from counter.slots import FreedTime, mask_of
from counter.store.history import act_done, record
from counter.store.holds import Held, consume, get_hold, place_for, release_hold, take_or_free
from counter.store.locks import lock_free_time
from counter.store.slots import local_now
from counter.store.taking import Place, check_open, give_back, refused, take_back

# ── changing ────────────────────────────────────────────────────────────────────────────────────


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

    The same `key` twice, or the slot it already has, changes nothing and returns None; one that was to move may take
    that slot again, at a desk that is free. Raises NotNow, Unreachable and the refusals of `hold_slot`: the
    appointment then keeps its time.
    """
    lock(session, appointment)
    motif = motif or appointment.motif
    other_motif, other_time = motif.id != appointment.motif_id, slot_key != appointment.slot.key
    if act_done(session, key) or not (other_motif or other_time or appointment.must_move):
        return None
    if not may_change(appointment.status_value, appointment.day, local_now(now, appointment.site).date()):
        raise NotNow()
    hold = get_hold(session, hold_token, now) if hold_token else None
    place = _place_for(session, appointment, motif, slot_key, hold, now)
    left = FreedTime(appointment.opening_id, appointment.day, appointment.index, appointment.count)
    desk = _exchange(session, appointment, motif, place, hold, now)
    kind = EventKind.MOTIF if other_motif and not other_time else EventKind.MOVED
    detail = f"{appointment.motif_id}@{appointment.opening_id}>{motif.id}@{place.opening_id}"
    record(session, appointment, kind, detail, key, now, agent_id, to=(place.day, place.minute))
    appointment.motif_id, appointment.opening_id = motif.id, place.opening_id
    appointment.site_id, appointment.mode = place.site_id, place.mode
    appointment.day, appointment.desk, appointment.index, appointment.count = place.day, desk, place.index, place.count
    appointment.minute, appointment.duration = place.minute, place.duration
    appointment.sequence, appointment.changed_at, appointment.to_move = appointment.sequence + 1, now, False
    session.flush()
    session.refresh(appointment)
    return left


def correct(session: Session, appointment: Appointment, person: dict, now: datetime, agent_id: int) -> bool:
    """Who comes, as ContactForm.person gives it; time, code and uid stay. Returns whether anything changed. Raises
    NotNow and Unreachable."""
    lock(session, appointment)
    if not may_change(appointment.status_value, appointment.day, local_now(now, appointment.site).date()):
        raise NotNow()
    if not reachable(appointment.mode_value, person):
        raise Unreachable()
    said = person | {"code": appointment.code}
    if said == appointment.person:
        return False
    record(session, appointment, EventKind.DETAILS, "", None, now, agent_id)
    appointment.person, appointment.changed_at = said, now
    appointment.sequence += 1
    session.flush()
    return True


def _place_for(
    session: Session, appointment: Appointment, motif: Motif, slot_key: str, hold: Held | None, now: datetime
) -> Place:
    """Where it would go. Another motif in the same slot needs no new notice, and what is kept is a promise."""
    place = place_for(session, motif, slot_key, hold.token if hold else None, now)
    kept = hold is not None and hold.keeps(motif, place)
    if slot_key != appointment.slot.key and not kept:
        check_open(place, motif, now)
    if not reachable(place.mode, appointment.person):
        raise Unreachable()
    return place


def _exchange(
    session: Session, appointment: Appointment, motif: Motif, place: Place, hold: Held | None, now: datetime
) -> int:
    """Give its time back and take the new one, which may overlap it. Returns the desk; raises SlotTaken with
    everything as it was."""
    old = appointment.opening_id, appointment.day, appointment.desk, mask_of(appointment.index, appointment.count)
    give_back(session, *old)
    if hold is not None and hold.keeps(motif, place) and consume(session, hold):
        return hold.desk
    if hold is not None:  # the motif takes longer than when this was kept
        release_hold(session, hold.token)
    desk = take_or_free(session, place, now)
    if desk is None:
        take_back(session, *old)
        raise refused(session, place)
    return desk


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
    give_back(session, *(freed.opening_id, freed.day), appointment.desk, mask_of(freed.index, freed.count))
    record(session, appointment, EventKind.CANCELLED, reason, None, now, agent_id)
    return freed


def erase(session: Session, appointment: Appointment) -> None:
    """Remove it with its history, its messages and its place on the waiting list; its time is given back."""
    lock(session, appointment)
    if not appointment.is_cancelled:
        mask = mask_of(appointment.index, appointment.count)
        give_back(session, appointment.opening_id, appointment.day, appointment.desk, mask)
    gone = delete(Appointment).where(Appointment.id == appointment.id)
    session.execute(gone.execution_options(synchronize_session=False))
    session.expunge(appointment)


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


def upcoming_of_visit(session: Session, visit_id: int, now: datetime) -> list[Appointment]:
    """Appointments booked during a visit that are still to come, for its summary and its attestation."""
    found = session.scalars(
        select(Appointment)
        .where(Appointment.visit_id == visit_id, Appointment.status == Status.BOOKED)
        .options(*_WHOLE)
        .order_by(Appointment.day, Appointment.minute)
    )
    return [item for item in found if item.is_coming(local_now(now, item.site))]
