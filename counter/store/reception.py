"""The day of reception: who arrived, was called, was seen, did not come; each step can be taken back. The number of an
appointment in the waiting room follows it, and it follows its number."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from counter.appointments import OUTCOMES, WITHOUT_OUTCOME, EventKind, NotNow, Status, check_status, status_before
from counter.lobby import DESK, AlreadyCalled, NobodyWaits
from counter.models import Appointment, Ticket
from counter.slots import minute_of
from counter.store import lobby, waiting
from counter.store.appointments import appointment_by_id, lock
from counter.store.history import act_done, record
from counter.store.locks import lock_lobby
from counter.store.openings import is_stranded
from counter.store.slots import local_now


def signal(
    session: Session,
    appointment: Appointment,
    to: Status,
    key: str,
    now: datetime,
    agent_id: int | None,
    desk: str = DESK,
    since: Status | None = None,
) -> None:
    """Arrived, called (to a desk), seen, absent or excused; twice the same is once. Who waited for an earlier place
    waits no more, nor again once it is taken back. `agent_id` is None for the person before a kiosk. Raises NotNow when
    it does not follow, or stands no longer at `since`, what the agent saw."""
    lock_lobby(session, appointment.site_id)
    lock(session, appointment)
    if act_done(session, key) or appointment.status_value is to:
        return
    if since is not None and appointment.status_value is not since:
        raise NotNow()
    today = local_now(now, appointment.site).date()
    check_status(appointment.status_value, to, appointment.mode_value, appointment.day, today)
    record(session, appointment, EventKind.STATUS, f"{appointment.status}>{to}", key, now, agent_id)
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
    waiting.withdraw(session, appointment.id, now)
    lobby.follow(session, appointment, now, agent_id, desk)


def step_back(
    session: Session, appointment: Appointment, status: Status, key: str, now: datetime, agent_id: int
) -> None:
    """« Revenir en arrière » from `status`, as the agent saw it. Raises NotNow when it has changed meanwhile."""
    lock_lobby(session, appointment.site_id)
    lock(session, appointment)
    if act_done(session, key):
        return
    if appointment.status_value is not status:
        raise NotNow()
    arrived, called = appointment.arrived_at is not None, appointment.called_at is not None
    to = status_before(status, arrived, called)
    record(session, appointment, EventKind.BACK, f"{appointment.status}>{to}", key, now, agent_id)
    appointment.status = to
    appointment.ended_at = appointment.seen_by_id = None
    if to is not Status.CALLED:
        appointment.called_at = None
    if to is Status.BOOKED:
        appointment.arrived_at = None
        if appointment.day >= local_now(now, appointment.site).date():  # a day closed or opened meanwhile
            appointment.to_move = is_stranded(session, appointment)
    session.flush()
    lobby.follow(session, appointment, now, agent_id, "")


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


# ── the waiting room ────────────────────────────────────────────────────────────────────────────


def arrive(session: Session, appointment: Appointment, now: datetime, held: int | None = None) -> Ticket:
    """« Je suis là », said by the person: told to the agenda, and a number for the screen; twice is once. Who was
    greeted or called by an agent before gets a number too; who `held` one without appointment keeps it. Raises
    NotNow."""
    lock_lobby(session, appointment.site_id)
    if appointment.status_value is not Status.CALLED:
        signal(session, appointment, Status.ARRIVED, str(uuid.uuid4()), now, None)
    lobby.forget_elsewhere(session, appointment)
    if held is not None:
        lobby.join(session, held, appointment)
    ticket = lobby.take_number(session, appointment.site_id, appointment.day, now, appointment_id=appointment.id)
    lobby.follow(session, appointment, now, None, DESK)
    return ticket


def call_next(
    session: Session, site_id: int, local: datetime, agent_id: int, desk: str, seen: int, now: datetime
) -> Ticket:
    """Call whose turn it is; `local` is the site's own clock. `seen` is whom the agent had called last when the button
    was pressed: pressed twice, it calls once. Raises NobodyWaits. Two agents never get the same number."""
    lock_lobby(session, site_id)
    day, minute = local.date(), minute_of(local)
    last = lobby.last_called_by(session, site_id, day, agent_id)
    if last != seen and (known := lobby.get_ticket(session, last, site_id, day)):
        return known
    queue = lobby.waiting(session, site_id, day, minute)
    if not queue:
        raise NobodyWaits()
    call_number(session, queue[0], agent_id, desk, now)
    return queue[0]


def call_number(session: Session, ticket: Ticket, agent_id: int, desk: str, now: datetime) -> None:
    """Call this number to a desk, or call it once more. Raises AlreadyCalled when a colleague did or it is over,
    NotNow when the appointment no longer stands."""
    _lock_ticket(session, ticket)
    if ticket.called_at is not None and (ticket.called_by_id != agent_id or _is_over(ticket)):
        raise AlreadyCalled()
    appointment = _appointment(session, ticket)
    if appointment is not None and ticket.called_at is None:
        signal(session, appointment, Status.CALLED, str(uuid.uuid4()), now, agent_id, desk)
    lobby.put_called(ticket, agent_id, desk, now)
    session.flush()


def finish(session: Session, ticket: Ticket, agent_id: int, now: datetime) -> None:
    """« Terminé »: the person was received. Twice is once. Raises NotNow."""
    _lock_ticket(session, ticket)
    if ticket.called_at is None or _is_over(ticket):
        return
    if appointment := _appointment(session, ticket):
        signal(session, appointment, Status.SEEN, str(uuid.uuid4()), now, agent_id)
    ticket.ended_at = max(now, ticket.called_at)
    session.flush()


def missed(session: Session, ticket: Ticket, agent_id: int, now: datetime) -> bool:
    """« Absent »: the number waits again, at the end; the second time it is over. Returns whether it waits again."""
    _lock_ticket(session, ticket)
    if ticket.called_at is None or _is_over(ticket):
        return ticket.called_at is None
    again, appointment, key = not ticket.missed, _appointment(session, ticket), str(uuid.uuid4())
    if appointment is not None and again:
        step_back(session, appointment, Status.CALLED, key, now, agent_id)
    elif appointment is not None:
        signal(session, appointment, Status.ABSENT, key, now, agent_id)
    ticket.ended_at = max(now, ticket.called_at or now)
    if again:
        ticket.called_at = None
    session.flush()
    return again


def _lock_ticket(session: Session, ticket: Ticket) -> None:
    """Read it again, kept from other transactions until the end of this one."""
    lock_lobby(session, ticket.site_id)
    session.refresh(ticket)


def _is_over(ticket: Ticket) -> bool:
    return ticket.ended_at is not None and not ticket.missed


def _appointment(session: Session, ticket: Ticket) -> Appointment | None:
    return appointment_by_id(session, ticket.appointment_id) if ticket.appointment_id else None
