"""Slots: the grid of an opening and its bits, what may be booked when, and refusals.

Free time is bits. The day of an opening is cut in intervals from its start; bit *k* of its word is 1
when the *k*-th interval is free. The grid belongs to the opening: an appointment of an odd length
takes whole intervals and never shifts the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

MAX_INTERVALS = 63
EPOCH = date(1970, 1, 1)
NOON = 12 * 60
MINUTES_A_DAY = 24 * 60
_SLOT_KEY = re.compile(r"([1-9][0-9]{0,9})\.([0-9]{4}-[0-9]{2}-[0-9]{2})\.([0-9]|[1-6][0-9])")


class Mode(StrEnum):
    ON_SITE = "sur-place"
    PHONE = "telephone"
    VIDEO = "visio"

    @property
    def label(self) -> str:
        return {"sur-place": "Sur place", "telephone": "Par téléphone", "visio": "En visio"}[self]

    @property
    def short_label(self) -> str:
        return {"sur-place": "Sur place", "telephone": "Téléphone", "visio": "Visio"}[self]

    @property
    def icon(self) -> str:
        return {"sur-place": "building-2", "telephone": "phone", "visio": "video"}[self]

    @property
    def bring_label(self) -> str:
        """What stands above the list of things to have: nobody brings anything to a call."""
        return "À apporter" if self is Mode.ON_SITE else "À préparer"


class Half(StrEnum):
    """A part of the day; an appointment is of the part in which it begins."""

    MORNING = "matin"
    AFTERNOON = "apres-midi"

    @property
    def label(self) -> str:
        return {"matin": "Matin", "apres-midi": "Après-midi"}[self]

    @property
    def when(self) -> str:
        """As it is said in a sentence."""
        return {"matin": "le matin", "apres-midi": "l'après-midi"}[self]


class Refusal(Exception):
    """A booking that cannot be made. Put into French in counter/errors.py, nowhere else."""


class SlotTaken(Refusal):
    """Someone else has that slot. Whoever tells it looks for near ones, once nobody waits for this transaction."""

    def __init__(self, slot: Slot):
        self.slot = slot
        super().__init__("slot taken")


class SlotShut(SlotTaken):
    """Nobody receives there on that day any more."""


class TooSoon(Refusal):
    """Earlier than the shortest notice of the motif."""


class BeyondHorizon(Refusal):
    """Later than the motif can be booked."""


class ModeNotAllowed(Refusal):
    """The motif does not exist in this mode or at this opening."""


class MotifClosed(Refusal):
    """The Caf no longer offers this motif."""


class OffGrid(Refusal):
    """Not an interval of this opening on that day."""


class Grid(NamedTuple):
    """The fixed grid of an opening: `start` and `interval` in minutes, `intervals` per day (1–63)."""

    start: int
    interval: int
    intervals: int

    def minute(self, index: int) -> int:
        """Minute of the day at which interval `index` begins."""
        return self.start + index * self.interval

    def all_free(self) -> int:
        return (1 << self.intervals) - 1

    @lru_cache(1000)  # noqa: B019 - a Grid is three numbers, and there are few of them
    def beginning_in(self, half: Half | None) -> int:
        """Bits of the intervals that begin in that part of the day, all of them for None."""
        noon = min(self.intervals, max(0, -(-(NOON - self.start) // self.interval)))
        morning = (1 << noon) - 1
        return {None: self.all_free(), Half.MORNING: morning, Half.AFTERNOON: self.all_free() & ~morning}[half]


class Slot(NamedTuple):
    """A time that can be booked, in the order of time. `minute` counts from midnight, local time of the site."""

    day: date
    minute: int
    site_id: int
    mode: Mode
    opening_id: int
    index: int

    @property
    def key(self) -> str:
        """`opening.day.index`, as written in the form that chooses it."""
        return f"{self.opening_id}.{self.day.isoformat()}.{self.index}"


def parse_slot_key(key: str) -> tuple[int, date, int]:
    """(opening id, day, interval index). Raises OffGrid for anything else."""
    written = _SLOT_KEY.fullmatch(key)
    try:
        found = int(written[1]), date.fromisoformat(written[2]), int(written[3])
    except (TypeError, ValueError) as error:
        raise OffGrid() from error
    if found[2] >= MAX_INTERVALS or found[0] >= 1 << 31:
        raise OffGrid()
    return found


@lru_cache(1000)
def grid_of(starts: int, ends: int, interval: int) -> Grid:
    """Grid of an opening from `starts` to `ends` (minutes), every `interval` minutes.

    Raises ValueError when it makes no interval or more than 63.
    """
    intervals = (ends - starts) // interval
    if not 1 <= intervals <= MAX_INTERVALS:
        raise ValueError(f"{intervals} intervals: an opening holds 1 to {MAX_INTERVALS}")
    return Grid(starts, interval, intervals)


def intervals_needed(duration: int, interval: int) -> int:
    """Whole intervals that an appointment of `duration` minutes takes."""
    return -(-duration // interval)


def mask_of(index: int, count: int) -> int:
    """Bits `index` … `index + count - 1`."""
    return ((1 << count) - 1) << index


def fitting(free: int, count: int) -> int:
    """Bits at which `count` free intervals in a row begin."""
    fits = free
    for shift in range(1, count):
        fits &= free >> shift
    return fits


def indexes(bits: int) -> list[int]:
    """Positions of the 1 bits, lowest first."""
    return [k for k in range(bits.bit_length()) if bits >> k & 1]


def from_minute(free: int, grid: Grid, minute: int) -> int:
    """`free` without the intervals that begin before `minute` of that day."""
    first = max(0, -(-(minute - grid.start) // grid.interval))
    return free & ~((1 << first) - 1)


def minute_of(moment: datetime) -> int:
    """The minute of its day, of a moment on a wall clock."""
    return moment.hour * 60 + moment.minute


def has_begun(day: date, minute: int, now: datetime) -> bool:
    """Whether what is on that day at that minute has begun; `now` is on the same wall clock."""
    return (day, minute) <= (now.date(), minute_of(now))


def day_number(day: date) -> int:
    """Days since 1970-01-01, as kept in the free-time rows."""
    return (day - EPOCH).days


def first_bookable(now: datetime, notice_minutes: int) -> datetime:
    """The earliest moment that may be booked (local time)."""
    return now + timedelta(minutes=notice_minutes)


def last_bookable(today: date, horizon_days: int) -> date:
    return today + timedelta(days=horizon_days)


def check_time(day: date, minute: int, now: datetime, notice_minutes: int, horizon_days: int) -> None:
    """Raises TooSoon or BeyondHorizon when that local time may not be booked at `now`."""
    starts_at = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
    if starts_at < first_bookable(now, notice_minutes):
        raise TooSoon()
    if day > last_bookable(now.date(), horizon_days):
        raise BeyondHorizon()


_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]) ?(?:[hH:] ?([0-5][0-9])?)")


def in_minutes(text: str) -> int | None:
    """`14 h`, `14h30` or `14:30` -> minute of the day; None for anything else."""
    found = _CLOCK.fullmatch(text.strip().replace("\u00a0", " "))
    return int(found[1]) * 60 + int(found[2] or 0) if found else None


def opens_on(day: date, weekdays: int, valid_from: date, valid_to: date | None) -> bool:
    """Whether an opening with this weekday mask (bit 0 = Monday) and validity opens on `day`."""
    return bool(weekdays >> day.weekday() & 1) and valid_from <= day and (valid_to is None or day <= valid_to)


@dataclass(frozen=True)
class FreedTime:
    """Intervals `index` … `index + count - 1` of an opening's day that were given back."""

    opening_id: int
    day: date
    index: int
    count: int

    @property
    def key(self) -> str:
        """`opening.day.index.count`, as the waiting list remembers it."""
        return f"{self.opening_id}.{self.day.isoformat()}.{self.index}.{self.count}"

    @staticmethod
    def of_key(key: str) -> FreedTime:
        slot, _, count = key.rpartition(".")
        return FreedTime(*parse_slot_key(slot), int(count))

    def overlaps(self, other: FreedTime) -> bool:
        there = (self.opening_id, self.day) == (other.opening_id, other.day)
        return there and self.index < other.index + other.count and other.index < self.index + self.count

    def starts_for(self, count: int) -> list[int]:
        """Where an appointment of `count` intervals that uses some of them may begin: where the lost one did, first."""
        around = range(max(0, self.index - count + 1), self.index + self.count)
        return sorted(around, key=lambda index: (abs(index - self.index), index))


def nearest(slots: Iterable[Slot], wanted: Slot, count: int = 3) -> list[Slot]:
    """The `count` slots nearest in time to `wanted`, in the order of time."""

    return sorted(sorted(slots, key=lambda slot: (minutes_between(slot, wanted), slot))[:count])


def minutes_between(one: Slot, other: Slot) -> int:
    """Minutes from the beginning of one to that of the other, by the clock on the wall."""
    return abs((one.day - other.day).days * MINUTES_A_DAY + one.minute - other.minute)
