"""Which appointment came after which: a line in the history of the first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter.appointments import EventKind
from counter.models import Appointment, AppointmentEvent


def record(session: Session, after_id: int, booked: Appointment, now: datetime, agent_id: int) -> None:
    """`booked` was just made as the follow-up of appointment `after_id`."""
    event = AppointmentEvent(
        appointment_id=after_id,
        kind=EventKind.FOLLOWED,
        detail=str(booked.id),
        at=now,
        agent_id=agent_id,
        to_day=booked.day,
        to_minute=booked.minute,
    )
    session.add(event)
    session.flush()


def followed(session: Session, appointment_ids: Iterable[int]) -> set[int]:
    """Those of the appointments that were followed by another one."""
    query = select(AppointmentEvent.appointment_id).where(
        AppointmentEvent.appointment_id.in_(list(appointment_ids)), AppointmentEvent.kind == EventKind.FOLLOWED
    )
    return set(session.scalars(query))
