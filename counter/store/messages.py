"""The outbox: messages queued in the transaction that makes, moves or cancels an appointment, then claimed one by one.

`queue` is called by the views. A sender claims a message by a conditional update: of two, one gets it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, joinedload

from counter.appointments import Status, spoken_code
from counter.formatting import day_long, hour, is_mobile, phone
from counter.message_words import Facts, email_words, if_video_fails, sms_words
from counter.messages import (
    LEASE,
    MAX_TRIES,
    PASSWORD,
    UNTIL_MOVED,
    Channel,
    Kind,
    NotSent,
    Outgoing,
    Reminder,
    State,
    channels,
    moment,
    next_try,
    reminder_days,
    reminders,
    sending_time,
)
from counter.models import Appointment, Message, Site, WaitingRequest

_WAITING = (State.TO_SEND, State.IN_HAND)

# ── queueing ────────────────────────────────────────────────────────────────────────────────────


def queue(session: Session, appointment: Appointment, kind: Kind, outgoing: Outgoing, now: datetime) -> None:
    """Queue what tells this act, and the reminders to come; what was waiting is out of date and abandoned.

    Called again for the same act it changes nothing. A careful contact gets nothing, ever.
    """
    if kind is not Kind.CONFIRMATION:
        abandon(session, appointment.id, before_sequence=appointment.sequence)
    if appointment.careful:
        return
    zone = ZoneInfo(appointment.site.timezone)
    starts = moment(appointment.day, appointment.minute, zone)
    if now >= starts:
        return
    _add(session, appointment, kind, Reminder(0, now, starts), outgoing)
    if kind is not Kind.CANCELLATION:
        days = reminder_days(appointment.motif.reminder_days)
        for reminder in reminders(appointment.day, appointment.minute, zone, days, now):
            _add(session, appointment, Kind.REMINDER, reminder, outgoing)
    session.flush()


def queue_to_agent(
    session: Session, kind: str, address: str, subject: str, body: str, now: datetime, useless_at: datetime
) -> None:
    """Queue an e-mail to an agent (messages.PASSWORD, messages.CLOSING)."""
    values = {"kind": kind, "channel": Channel.EMAIL, "sequence": 0, "due_at": now, "next_try_at": now}
    session.add(
        Message(id=str(uuid.uuid4()), address=address, subject=subject, body=body, useless_at=useless_at, **values)
    )
    session.flush()


def abandon(session: Session, appointment_id: int, before_sequence: int | None = None) -> None:
    """What waits is not sent any more (with `before_sequence`, only what an earlier state of it queued)."""
    rows = update(Message).where(Message.appointment_id == appointment_id, Message.state.in_(_WAITING))
    if before_sequence is not None:
        rows = rows.where(Message.sequence < before_sequence)
    session.execute(rows.values(state=State.ABANDONED).execution_options(synchronize_session=False))


def means_of(person: dict, outgoing: Outgoing) -> dict[Channel, str]:
    """Channel -> address by which this counter reaches the person."""
    found = {}
    if outgoing.email and person.get("email"):
        found[Channel.EMAIL] = person["email"]
    if outgoing.sms and person.get("phone") and is_mobile(person["phone"]):
        found[Channel.SMS] = person["phone"]
    return found


def _add(session: Session, appointment: Appointment, kind: Kind, when: Reminder, outgoing: Outgoing) -> None:
    put(session, appointment, kind, when, outgoing, lambda channel: _words(appointment, kind, channel, outgoing))


def _words(appointment: Appointment, kind: Kind, channel: Channel, outgoing: Outgoing) -> tuple[str, str]:
    """Subject and text."""
    facts = facts_of(appointment, kind, outgoing)
    return email_words(kind, facts) if channel is Channel.EMAIL else ("", sms_words(kind, facts))


def put(
    session: Session,
    appointment: Appointment,
    kind: Kind,
    when: Reminder,
    outgoing: Outgoing,
    words: Callable[[Channel], tuple[str, str]],
) -> None:
    """In the outbox by each channel of that kind which reaches the person, once; `words` are subject and text."""
    means = means_of(appointment.person, outgoing)
    for channel in channels(kind, Channel.EMAIL in means, Channel.SMS in means):
        if _is_queued(session, appointment, kind, channel, when.days_before):
            continue
        subject, body = words(channel)
        message = Message(
            id=str(uuid.uuid4()),
            appointment_id=appointment.id,
            kind=kind,
            channel=channel,
            sequence=appointment.sequence,
            days_before=when.days_before,
            address=means[channel],
            subject=subject,
            body=body,
            due_at=when.due_at,
            useless_at=when.useless_at,
            next_try_at=when.due_at,
        )
        session.add(message)


def _is_queued(session: Session, appointment: Appointment, kind: Kind, channel: Channel, days_before: int) -> bool:
    same = select(Message.id).where(
        Message.appointment_id == appointment.id,
        Message.kind == kind,
        Message.channel == channel,
        Message.sequence == appointment.sequence,
        Message.days_before == days_before,
    )
    return session.scalar(same) is not None


def facts_of(appointment: Appointment, kind: Kind, outgoing: Outgoing) -> Facts:
    """What may be said to that contact: a relative learns neither the code nor the motif, nor what would tell it."""
    shared = appointment.person.get("contact_shared", False)
    return Facts(
        day=day_long(appointment.day, year=kind is not Kind.REMINDER),
        hour=hour(appointment.minute),
        mode=appointment.mode_value,
        place=appointment.site.name,
        address=appointment.site.address,
        structure=outgoing.structure,
        bring=() if shared else tuple(appointment.told_bring),
        motif="" if shared else appointment.told_motif,
        code="" if shared else spoken_code(appointment.code),
        relative_of=appointment.person["first_name"] if shared else "",
        manage_url=outgoing.manage_url,
        link=appointment.video_url,
        try_url=outgoing.try_url,
        fallback=if_video_fails(phone(appointment.person["phone"]) if appointment.person["phone"] else ""),
        before="" if shared else appointment.told_before,
        after="" if shared else appointment.told_after,
    )


# ── sending ─────────────────────────────────────────────────────────────────────────────────────


def due_messages(session: Session, channel: Channel, now: datetime, limit: int = 100) -> list[str]:
    """Ids of the messages to take now, the longest due first."""
    due = select(Message.id).where(*_free_at(now), Message.channel == channel)
    return list(session.scalars(due.order_by(Message.next_try_at, Message.id).limit(limit)))


def _free_at(now: datetime) -> tuple:
    return Message.state.in_(_WAITING), Message.next_try_at <= now


def claim(session: Session, message_id: str, outgoing: Outgoing, now: datetime) -> Message | None:
    """The message, for this sender alone until LEASE is over, in the words of today: what a motif or a place says of
    itself may have been made secret, or put right, since it was queued. None when another has it, or when it is not to
    be sent now: it is over (`_why_over`), or waits for the day, or for an appointment to be moved."""
    claimed = session.execute(
        update(Message)
        .where(Message.id == message_id, *_free_at(now))
        .values(state=State.IN_HAND, tries=Message.tries + 1, next_try_at=now + LEASE)
        .execution_options(synchronize_session=False)
    )
    if not claimed.rowcount:
        return None
    message = session.scalar(select(Message).where(Message.id == message_id).options(_WHOLE))
    if over := _why_over(session, message, now):
        message.state, message.last_error, message.tries = *over, message.tries - 1
        return None
    if message.appointment is None:
        return message
    later = sending_time(message.kind_value, now, ZoneInfo(message.appointment.site.timezone))
    if message.appointment.must_move:
        later = max(later, now + UNTIL_MOVED)
    if later > now:
        message.state, message.next_try_at, message.tries = State.TO_SEND, later, message.tries - 1
        return None
    if message.kind_value is not Kind.OFFER:
        message.subject, message.body = _words(message.appointment, message.kind_value, message.channel_value, outgoing)
    return message


def _why_over(session: Session, message: Message, now: datetime) -> tuple[State, str] | None:
    """State and code of what is not to be sent any more: too late, tried too often, a reminder of someone who came or
    said they would not, or that the motif no longer asks for, an offer that was answered or withdrawn."""
    if now >= message.useless_at:
        return State.ABANDONED, "trop-tard"
    if message.tries > MAX_TRIES:
        return State.FAILED, "interrompu"
    booked = message.appointment
    if booked is None:
        return None
    if message.kind_value is Kind.REMINDER:
        if booked.status != Status.BOOKED:
            return State.ABANDONED, "deja-note"
        if message.days_before not in reminder_days(booked.motif.reminder_days):
            return State.ABANDONED, "plus-de-rappel"
    if message.kind_value is Kind.OFFER and not _still_offered(session, message):
        return State.ABANDONED, "plus-gardee"
    return None


def _still_offered(session: Session, message: Message) -> bool:
    """Whether the place it speaks of is kept for that person: an offer is known by its end."""
    asked = select(WaitingRequest.id).where(WaitingRequest.appointment_id == message.appointment_id)
    return session.scalar(asked.where(WaitingRequest.offered_until == message.useless_at)) is not None


_WHOLE = joinedload(Message.appointment).options(
    joinedload(Appointment.motif), joinedload(Appointment.site).joinedload(Site.caf)
)


def record_sent(session: Session, message: Message, now: datetime) -> None:
    """It was taken: never again, whatever happened meanwhile. A password does not stay in the outbox."""
    secret = {"body": ""} if message.kind == PASSWORD else {}
    session.execute(
        update(Message)
        .where(Message.id == message.id)
        .values(state=State.SENT, sent_at=now, last_error="", **secret)
        .execution_options(synchronize_session=False)
    )


def record_failure(session: Session, message: Message, why: NotSent, now: datetime) -> None:
    """Tried later, or given up; nothing when another sender, or a cancellation, has the message by now."""
    again = None if why.final else next_try(message.tries, now)
    values = {"state": State.FAILED} if again is None else {"state": State.TO_SEND, "next_try_at": again}
    session.execute(
        update(Message)
        .where(Message.id == message.id, Message.state == State.IN_HAND, Message.tries == message.tries)
        .values(last_error=why.code, **values)
        .execution_options(synchronize_session=False)
    )


# ── what became of them ─────────────────────────────────────────────────────────────────────────


def messages_of(session: Session, appointment_id: int) -> list[Message]:
    """The messages of an appointment, in the order in which they go."""
    return list(
        session.scalars(
            select(Message).where(Message.appointment_id == appointment_id).order_by(Message.due_at, Message.channel)
        )
    )


@dataclass(frozen=True)
class Outbox:
    """How one channel stands: messages `due` and not sent, `failed` for good, and the code of the last fault."""

    due: int
    failed: int
    last_error: str


def outbox(session: Session, channel: Channel, now: datetime) -> Outbox:
    mine = Message.channel == channel
    due = session.scalar(select(func.count()).select_from(Message).where(mine, *_late_at(now)))
    failed = session.scalar(
        select(func.count()).select_from(Message).where(mine, Message.state == State.FAILED, Message.useless_at > now)
    )
    fault = select(Message.last_error).where(mine, *_waiting_with_fault()).order_by(Message.next_try_at.desc()).limit(1)
    return Outbox(due, failed, session.scalar(fault) or "")


def _late_at(now: datetime) -> tuple:
    return Message.state.in_(_WAITING), Message.due_at <= now


def _waiting_with_fault() -> tuple:
    return Message.state.in_(_WAITING), Message.last_error != ""
