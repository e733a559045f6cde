"""Whom to call because no message reaches them, and who was called."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from counter.appointments import EventKind, Status
from counter.messages import Kind, Outgoing, State
from counter.models import Appointment, AppointmentEvent, Message
from counter.store.messages import means_of


def next_day_with_people(session: Session, site_id: int, after: date) -> date | None:
    """The first day after that one on which someone has an appointment at the site."""
    return session.scalar(
        select(func.min(Appointment.day)).where(
            Appointment.site_id == site_id, Appointment.day > after, Appointment.status == Status.BOOKED
        )
    )


def not_reached(session: Session, site_id: int, day: date, outgoing: Outgoing) -> list[Appointment]:
    """The appointments of that day whose person gets no reminder: no e-mail and no mobile, or the sending failed.
    A careful contact is never in this list."""
    return _unreached(session, site_id, day, outgoing, Status.BOOKED, Kind.REMINDER)


def not_told(session: Session, site_id: int, day: date, outgoing: Outgoing) -> list[Appointment]:
    """Those of that day that the service cancelled and whose person no message told; no careful contact."""
    return _unreached(session, site_id, day, outgoing, Status.CANCELLED_BY_SERVICE, Kind.CANCELLATION)


def _unreached(
    session: Session, site_id: int, day: date, outgoing: Outgoing, status: Status, kind: Kind
) -> list[Appointment]:
    found = session.scalars(
        select(Appointment)
        .where(Appointment.site_id == site_id, Appointment.day == day, Appointment.status == status)
        .options(joinedload(Appointment.motif))
        .order_by(Appointment.minute, Appointment.id)
    ).all()
    failed = _with_failures(session, [item.id for item in found], kind)
    return [a for a in found if not a.careful and (a.id in failed or not means_of(a.person, outgoing))]


def _with_failures(session: Session, appointment_ids: list[int], kind: Kind) -> set[int]:
    failed = select(Message.appointment_id).where(
        Message.appointment_id.in_(appointment_ids),
        Message.kind == kind,
        Message.state == State.FAILED,
    )
    return set(session.scalars(failed))


# ── who was called ──────────────────────────────────────────────────────────────────────────────

# After one of these the person must be told again.
_NEWS = (EventKind.MOVED, EventKind.MOTIF, EventKind.CANCELLED)


def last_calls(session: Session, appointment_ids: Iterable[int]) -> dict[int, AppointmentEvent]:
    """The last call to the person of each of these appointments, unless what they were told has changed since."""
    query = select(AppointmentEvent).options(joinedload(AppointmentEvent.agent)).order_by(AppointmentEvent.id)
    of_these = AppointmentEvent.appointment_id.in_(list(appointment_ids))
    kinds = AppointmentEvent.kind.in_([EventKind.PHONED, *_NEWS])
    last = {event.appointment_id: event for event in session.scalars(query.where(of_these, kinds))}
    return {number: event for number, event in last.items() if event.kind_value is EventKind.PHONED}
