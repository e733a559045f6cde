"""What must be done without anyone asking: once a day prepare the free time of the coming days and forget the
démarches that waited too long, each minute send the messages that are due."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock

from sqlalchemy.exc import SQLAlchemyError

from counter.config import Settings
from counter.db import Database
from counter.messages import Channel, Kind, NotSent
from counter.models import Message
from counter.outside.calendar_file import calendar_file
from counter.outside.mail import letter, send_mail
from counter.outside.sms import open_gateway
from counter.store.guiding import any_expired, purge_held
from counter.store.messages import claim, due_messages, record_failure, record_sent
from counter.store.openings import prepare_free_time, prepared_until
from counter.web import Services, local, services

SEND_EVERY_SECONDS = 60
log = logging.getLogger("counter")
_lock = Lock()


def spare_the_collector() -> None:
    """Leave what the application is made of out of Python's garbage collections: each would walk through all of it
    while a person waits (100 ms on a modest machine). Call it once, when the application is put together."""
    gc.collect()
    gc.freeze()


def prepare_days(on: Services, today: date) -> None:
    """Prepare the days that are missing up to the horizon of the settings."""
    days = on.settings.slot_days
    with on.main.reading() as session:
        until = prepared_until(session)
    if until is None or until < today + timedelta(days=days):
        with on.main.writing() as session:
            prepare_free_time(session, today, days)


def forget_held(on: Services, today: date) -> None:
    """Nothing stays of a démarche on hold once its code opens nothing any more."""
    with on.main.reading() as session:
        if not any_expired(session, today):
            return
    with on.main.writing() as session:
        purge_held(session, today)


def daily() -> None:
    """Before a request: the first one of a day prepares the days; the others only compare two dates."""
    on, today = services(), local().date()
    if on.prepared_on == today:
        return
    with _lock:
        if on.prepared_on != today:
            prepare_days(on, today)
            forget_held(on, today)
            on.prepared_on = today


# ── messages ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Sent:
    """What one round of sending did."""

    sent: int = 0
    failed: int = 0


def means_configured(settings: Settings) -> list[Channel]:
    """The channels this counter can send on."""
    means = ((Channel.EMAIL, settings.smtp_host), (Channel.SMS, settings.sms_gateway))
    return [channel for channel, configured in means if configured]


def send_due(main: Database, settings: Settings, clock: Callable[[], datetime]) -> Sent:
    """Send what is due. Each message is claimed, sent outside any transaction, then recorded."""
    with main.reading() as session:
        due = due_messages(session, means_configured(settings), clock())
    answers = [_send_one(main, settings, message_id, clock) for message_id in due]
    return Sent(answers.count(True), answers.count(False))


def _send_one(main: Database, settings: Settings, message_id: str, clock: Callable[[], datetime]) -> bool | None:
    """True: taken; False: refused; None: it was not for us."""
    with main.writing() as session:
        message = claim(session, message_id, clock())
    if message is None:
        return None
    try:
        _hand_over(message, settings, clock())
    except NotSent as why:
        with main.writing() as session:
            record_failure(session, message, why, clock())
        return False
    with main.writing() as session:
        record_sent(session, message, clock())
    return True


def _hand_over(message: Message, settings: Settings, now: datetime) -> None:
    if message.channel_value is Channel.SMS:
        open_gateway(settings).send(message.id, message.address, message.body)
        return
    appointment, structure = message.appointment, settings.structure_name
    calendar = None
    if appointment is not None and message.kind_value is not Kind.REMINDER:
        calendar = calendar_file(appointment, structure, discreet=appointment.person.get("contact_shared", False))
    sender, to = settings.smtp_sender, message.address
    send_mail(settings, letter(message.id, sender, structure, to, message.subject, message.body, now, calendar))


def start_sending(on: Services) -> None:
    """Send each minute from a thread of its own; nothing in a demonstration, or with nothing to send by."""
    if on.demonstration or not means_configured(on.settings):
        return
    threading.Thread(target=_send_for_ever, args=(on,), daemon=True, name="messages").start()


def _send_for_ever(on: Services) -> None:
    pause = threading.Event()
    while True:
        try:
            send_due(on.main, on.settings, on.clock)
        except SQLAlchemyError as error:
            log.warning("messages: the database does not answer (%s)", type(error).__name__)
        except Exception as error:  # a thread that died would send nothing any more, and nobody would know
            log.error("messages: %s", type(error).__name__)
        pause.wait(SEND_EVERY_SECONDS)
