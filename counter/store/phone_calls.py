"""Whom to call because no message reaches them, and who was called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from counter.appointments import Answer, CancelReason, EventKind, Status
from counter.messages import Kind, Outgoing, State
from counter.models import Appointment, AppointmentEvent, Message
from counter.store.history import act_done, record
from counter.store.locks import lock_act
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
    A careful contact is never in this list, nor one that is to move."""
    booked = _of_day(session, site_id, day, Appointment.status == Status.BOOKED)
    return _unreached(session, [item for item in booked if not item.to_move], outgoing, Kind.REMINDER)


def not_told(session: Session, site_id: int, day: date, outgoing: Outgoing) -> list[Appointment]:
    """Those of that day that were cancelled without the person having asked for it, by the service or taken by
    mistake, and whose person no message told; no careful contact."""
    mistakes = select(AppointmentEvent.appointment_id).where(
        AppointmentEvent.kind == EventKind.CANCELLED, AppointmentEvent.detail == CancelReason.MISTAKE
    )
    by_mistake = (Appointment.status == Status.CANCELLED) & Appointment.id.in_(mistakes)
    cancelled = (Appointment.status == Status.CANCELLED_BY_SERVICE) | by_mistake
    return _unreached(session, _of_day(session, site_id, day, cancelled), outgoing, Kind.CANCELLATION)


def to_move(session: Session, site_id: int, day: date) -> list[Appointment]:
    """Those of that day when nobody receives any more: whatever means there are, no message says so. No careful
    contact."""
    return [
        item
        for item in _of_day(session, site_id, day, Appointment.status == Status.BOOKED)
        if item.to_move and not item.careful
    ]


def _of_day(session: Session, site_id: int, day: date, wanted: ColumnElement[bool]) -> Sequence[Appointment]:
    return session.scalars(
        select(Appointment)
        .where(Appointment.site_id == site_id, Appointment.day == day, wanted)
        .options(joinedload(Appointment.motif))
        .order_by(Appointment.minute, Appointment.id)
    ).all()


def _unreached(session: Session, found: Sequence[Appointment], outgoing: Outgoing, kind: Kind) -> list[Appointment]:
    failed = _with_failures(session, [item.id for item in found], kind)
    return [a for a in found if not a.careful and (a.id in failed or not means_of(a.person, outgoing))]


def _with_failures(session: Session, appointment_ids: list[int], kind: Kind) -> set[int]:
    """Those among them of whom the last message of that kind failed: after a move, another takes its place."""
    later = aliased(Message)
    replaced = select(later.id).where(
        later.appointment_id == Message.appointment_id, later.kind == kind, later.sequence > Message.sequence
    )
    failed = select(Message.appointment_id).where(
        Message.appointment_id.in_(appointment_ids),
        Message.kind == kind,
        Message.state == State.FAILED,
        ~replaced.exists(),
    )
    return set(session.scalars(failed))


# ── who was called ──────────────────────────────────────────────────────────────────────────────

# After one of these the person must be told again.
_NEWS = (EventKind.MOVED, EventKind.MOTIF, EventKind.CANCELLED)


@dataclass(frozen=True)
class PhoneCall:
    """How the last call to a person ended, when, and who called."""

    answer: Answer
    at: datetime
    agent: str


def last_phone_calls(session: Session, appointments: Sequence[Appointment]) -> dict[int, PhoneCall]:
    """The last call to the person of each of these appointments, unless what they were told has changed since: another
    time, cancelled, or to move now."""
    query = select(AppointmentEvent).options(joinedload(AppointmentEvent.agent)).order_by(AppointmentEvent.id)
    of_these = AppointmentEvent.appointment_id.in_([item.id for item in appointments])
    kinds = AppointmentEvent.kind.in_([EventKind.PHONED, *_NEWS])
    last = {event.appointment_id: event for event in session.scalars(query.where(of_these, kinds))}
    found = {}
    for item in appointments:
        event = last.get(item.id)
        answer, _, to_move = event.detail.partition(">") if event else ("", "", "")
        if event and event.kind_value is EventKind.PHONED and bool(to_move) == item.must_move:
            found[item.id] = PhoneCall(Answer(answer), event.at, event.agent.display_name)
    return found


def record_phone_call(
    session: Session, appointment: Appointment, answer: Answer, key: str, now: datetime, agent_id: int
) -> None:
    """Someone called the person, of an appointment to move about that. The same key twice is one call."""
    lock_act(session, key)
    if not act_done(session, key):
        detail = f"{answer}>deplacer" if appointment.must_move else answer
        record(session, appointment, EventKind.PHONED, detail, key, now, agent_id)
