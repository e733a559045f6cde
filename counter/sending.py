"""What goes out to people: by which means this counter can send, the messages that are due, the earlier places that are
kept for those who wait."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from flask import Flask

from counter.config import Settings
from counter.db import Database
from counter.messages import Channel, Kind, NotSent, Outgoing
from counter.models import Message
from counter.outside.calendar_file import calendar_file
from counter.outside.mail import letter, send_mail
from counter.outside.sms import open_gateway
from counter.papers import public_address
from counter.store import offers, waiting
from counter.store.messages import claim, due_messages, record_failure, record_sent
from counter.web import services


def outgoing() -> Outgoing:
    """What this counter can send, in its own name; nothing in a demonstration."""
    on = services()
    means = [] if on.demonstration else means_configured(on.settings)
    addresses = public_address("manage.find"), public_address("video.attempt")
    return Outgoing(Channel.EMAIL in means, Channel.SMS in means, on.settings.structure_name, *addresses)


def means_configured(settings: Settings) -> list[Channel]:
    """The channels this counter can send on."""
    means = ((Channel.EMAIL, settings.smtp_host), (Channel.SMS, settings.sms_gateway))
    return [channel for channel, configured in means if configured]


@dataclass(frozen=True)
class Post:
    """What a round of sending needs; `here` says in whose name, and where people answer."""

    main: Database
    settings: Settings
    clock: Callable[[], datetime]
    here: Outgoing


def post_of(app: Flask) -> Post:
    on = app.extensions["counter"]
    with app.test_request_context():  # addresses are made as in a page
        return Post(on.main, on.settings, on.clock, outgoing())


def offers_round(post: Post) -> int:
    """Places that were offered and not answered go to the next who waits; whoever is offered one hears of it once, by
    every means they gave. How many offers are told."""
    now = post.clock()
    with post.main.reading() as session:
        if not waiting.has_lapsed(session, now) and not offers.to_tell(session, post.here, now):
            return 0
    with post.main.writing() as session:
        waiting.pass_on_lapsed(session, now)
        return offers.tell(session, post.here, now)


@dataclass(frozen=True)
class Sent:
    """What one round of sending did."""

    sent: int = 0
    failed: int = 0


def send_due(post: Post) -> Sent:
    """Send what is due, the e-mails beside the SMS: a mail server that hangs keeps no SMS waiting. Each message is
    claimed, sent outside any transaction, then recorded."""
    means = means_configured(post.settings)
    with ThreadPoolExecutor(len(means) or 1, "messages") as pool:
        done = list(pool.map(lambda channel: _send_by(post, channel), means))
    return Sent(sum(each.sent for each in done), sum(each.failed for each in done))


def _send_by(post: Post, channel: Channel) -> Sent:
    """All that is due by one channel; where nobody answers, the rest waits for the next round."""
    with post.main.reading() as session:
        due = due_messages(session, channel, post.clock())
    sent = failed = 0
    for message_id in due:
        try:
            sent += _send_one(post, message_id)
        except NotSent as why:
            failed += 1
            if why.nobody:
                break
    return Sent(sent, failed)


def _send_one(post: Post, message_id: str) -> bool:
    """True: taken; False: it was not for us. Raises NotSent, once it is recorded."""
    with post.main.writing() as session:
        message = claim(session, message_id, post.here, post.clock())
    if message is None:
        return False
    try:
        _hand_over(message, post.settings, post.clock())
    except NotSent as why:
        with post.main.writing() as session:
            record_failure(session, message, why, post.clock())
        raise
    with post.main.writing() as session:
        record_sent(session, message, post.clock())
    return True


def _hand_over(message: Message, settings: Settings, now: datetime) -> None:
    if message.channel_value is Channel.SMS:
        open_gateway(settings).send(message.id, message.address, message.body)
        return
    appointment, structure = message.appointment, settings.structure_name
    calendar = None
    if appointment is not None and message.kind_value not in {Kind.REMINDER, Kind.OFFER}:
        shared = appointment.person.get("contact_shared", False)
        calendar = calendar_file(appointment, structure, settings.smtp_sender, discreet=shared)
    sender, to = settings.smtp_sender, message.address
    send_mail(settings, letter(message.id, sender, structure, to, message.subject, message.body, now, calendar))
