"""Messages to a person about an appointment: which, by which means, when, and in which state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

FIRST_HOUR, LAST_HOUR = 9, 19
# The kinds of messages to agents, about no appointment.
PASSWORD, CLOSING = "mot-de-passe", "fermeture"  # noqa: S105 (it brings one)
REMINDER_HOUR, EVENING_HOUR, EARLY_HOUR = 10, 18, 11
AFTER_BOOKING = timedelta(hours=12)
PAUSES_MINUTES = (1, 5, 30, 120, 480)
MAX_TRIES = len(PAUSES_MINUTES) + 1
LEASE = timedelta(minutes=10)
UNTIL_MOVED = timedelta(minutes=30)  # pauses of what waits until an appointment is moved, or stands again
LAST_REMINDER = 30


class Kind(StrEnum):
    CONFIRMATION = "confirmation"
    CHANGE = "changement"
    CANCELLATION = "annulation"
    REMINDER = "rappel"
    OFFER = "proposition"  # of an earlier place, to who waits for one

    @property
    def label(self) -> str:
        return {
            "confirmation": "Confirmation",
            "changement": "Changement",
            "annulation": "Annulation",
            "rappel": "Rappel",
            "proposition": "Proposition",
        }[self]

    @property
    def is_masculine(self) -> bool:
        return self in {Kind.CHANGE, Kind.REMINDER}


class Channel(StrEnum):
    EMAIL = "e-mail"
    SMS = "sms"

    @property
    def label(self) -> str:
        return {"e-mail": "e-mail", "sms": "SMS"}[self]


class State(StrEnum):
    """Of a message in the outbox. IN_HAND ends by itself after LEASE, should its sender have died."""

    TO_SEND = "a-envoyer"
    IN_HAND = "en-cours"
    SENT = "envoye"
    FAILED = "echec"
    ABANDONED = "abandonne"


class NotSent(Exception):
    """The message was not taken. `code` is short and names nobody; `final`: trying again would not help; `nobody`:
    there is no one to talk to, and the next message would wait as long for nothing."""

    def __init__(self, code: str, final: bool = False, nobody: bool = False):
        self.code, self.final, self.nobody = code[:30], final, nobody
        super().__init__(self.code)


# ── which, by which means, when ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Outgoing:
    """What this counter can send, in whose name, where a person manages an appointment and where they try a video
    call beforehand ("": nowhere)."""

    email: bool
    sms: bool
    structure: str
    manage_url: str = ""
    try_url: str = ""


def channels(kind: Kind, email: bool, mobile: bool) -> list[Channel]:
    """What changes an appointment is told by every means there is; a reminder once, by SMS rather than e-mail."""
    means = [channel for channel, there in ((Channel.SMS, mobile), (Channel.EMAIL, email)) if there]
    return means[:1] if kind is Kind.REMINDER else means


def reminder_days(text: str) -> list[int]:
    """`2,0` -> [2, 0]: how many days before, the longest first; what is no number up to LAST_REMINDER is left out."""
    days = {int(part) for part in text.split(",") if part.strip().isascii() and part.strip().isdigit()}
    return sorted((day for day in days if day <= LAST_REMINDER), reverse=True)


@dataclass(frozen=True)
class Reminder:
    """To send at `due_at`, and no more from `useless_at` on."""

    days_before: int
    due_at: datetime
    useless_at: datetime


def reminders(day: date, minute: int, zone: ZoneInfo, days: list[int], now: datetime) -> list[Reminder]:
    """The reminders of an appointment booked `now`, the first to send first.

    None in the twelve hours after the booking: the person still knows. None comes after the next one.
    """
    starts = moment(day, minute, zone)
    due = [(n, _due(day, minute, n, zone)) for n in sorted(set(days), reverse=True)]
    due = [(n, at) for n, at in due if now + AFTER_BOOKING <= at < starts]
    ends = [*[at for _, at in due[1:]], starts][: len(due)]
    return [Reminder(n, at, end) for (n, at), end in zip(due, ends, strict=True) if at < end]


def _due(day: date, minute: int, days_before: int, zone: ZoneInfo) -> datetime:
    """10 h that many days before; on the day itself 9 h, or the evening before an early appointment."""
    if days_before:
        return moment(day - timedelta(days=days_before), REMINDER_HOUR * 60, zone)
    if minute < EARLY_HOUR * 60:
        return moment(day - timedelta(days=1), EVENING_HOUR * 60, zone)
    return moment(day, FIRST_HOUR * 60, zone)


def moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """A local time of day as an aware moment."""
    return datetime.combine(day, time(minute // 60, minute % 60), zone)


def sending_time(kind: Kind, wanted: datetime, zone: ZoneInfo) -> datetime:
    """When to send what is wanted then: at once, but a reminder or an offer between 9 h and 19 h local only."""
    local = wanted.astimezone(zone)
    if kind not in {Kind.REMINDER, Kind.OFFER} or FIRST_HOUR <= local.hour < LAST_HOUR:
        return wanted
    day = local.date() + timedelta(days=local.hour >= LAST_HOUR)
    return moment(day, FIRST_HOUR * 60, zone)


def next_try(tries: int, now: datetime) -> datetime | None:
    """When to try again after `tries` failures, None to give up."""
    return now + timedelta(minutes=PAUSES_MINUTES[tries - 1]) if tries < MAX_TRIES else None


# ── an address, half hidden ─────────────────────────────────────────────────────────────────────


def masked(channel: Channel, address: str) -> str:
    """`e•••@exemple.fr`, `•• 78`: enough to recognise, not to learn."""
    if channel is Channel.EMAIL:
        name, _, domain = address.rpartition("@")
        return f"{name[:1]}•••@{domain}"
    return f"•• {address[-2:]}"
