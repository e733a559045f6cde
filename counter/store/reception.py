"""The day of reception: who arrived, was called, was seen, did not come; each step can be taken back."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from counter.appointments import OUTCOMES, WITHOUT_OUTCOME, EventKind, NotNow, Status, check_status, status_before
from counter.models import Appointment
from counter.store.appointments import act_done, lock, record_status
from counter.store.slots import local_now


def signal(session: Session, appointment: Appointment, to: Status, key: str, now: datetime, agent_id: int) -> None:
    """Arrived, called, seen, absent or excused; twice the same is once. Raises NotNow when it does not follow."""
    lock(session, appointment)
    if act_done(session, key) or appointment.status_value is to:
        return
    today = local_now(now, appointment.site).date()
    check_status(appointment.status_value, to, appointment.mode_value, appointment.day, today)
    record_status(session, appointment, EventKind.STATUS, to, key, now, agent_id)
    appointment.status = to
    if to is Status.ARRIVED:
        appointment.arrived_at = now
    if to is Status.CALLED:
        appointment.called_at = now
    if to in OUTCOMES:
        appointment.ended_at = now
    if to is Status.SEEN:
        appointment.seen_by_id = agent_id
    session.flush()


def step_back(
    session: Session, appointment: Appointment, status: Status, key: str, now: datetime, agent_id: int
) -> None:
    """« Revenir en arrière » from `status`, as the agent saw it. Raises NotNow when it has changed meanwhile."""
    lock(session, appointment)
    if act_done(session, key):
        return
    if appointment.status_value is not status:
        raise NotNow()
    arrived, called = appointment.arrived_at is not None, appointment.called_at is not None
    to = status_before(status, arrived, called)
    record_status(session, appointment, EventKind.BACK, to, key, now, agent_id)
    appointment.status = to
    appointment.ended_at = appointment.seen_by_id = None
    if to is not Status.CALLED:
        appointment.called_at = None
    if to is Status.BOOKED:
        appointment.arrived_at = None
    session.flush()


def without_outcome(session: Session, site_id: int, day: date) -> list[Appointment]:
    """Appointments of a site and day that still have no outcome, in the order of time."""
    return list(
        session.scalars(
            select(Appointment)
            .where(Appointment.site_id == site_id, Appointment.day == day, Appointment.status.in_(WITHOUT_OUTCOME))
            .options(joinedload(Appointment.motif))
            .order_by(Appointment.minute, Appointment.id)
        )
    )
