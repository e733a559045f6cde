"""Openings: how many appointments they make, and the drawing of a week."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from counter.shown import mark_of_shown
from counter.slots import MAX_INTERVALS, Grid, intervals_needed

HOUR = 60
EVERY_WEEKDAY = 0b1111111


def appointments_a_day(grid: Grid, duration: int, desks: int) -> int:
    """How many appointments of `duration` minutes fit in a day, one after another, at all desks."""
    return desks * (grid.intervals // intervals_needed(duration, grid.interval))


@dataclass(frozen=True)
class Made:
    """What an opening makes: `a_day` slots on each of `days` weekdays; `motifs` are (label, minutes, at most so many
    appointments of it alone a day)."""

    a_day: int
    days: int
    motifs: tuple[tuple[str, int, int], ...]

    @property
    def a_week(self) -> int:
        return self.a_day * self.days


def made_by(grid: Grid, desks: int, days: int, motifs: Iterable[tuple[str, int]]) -> Made:
    """What `desks` desks make of a grid on `days` weekdays, with motifs as (label, minutes)."""
    told = tuple((label, minutes, appointments_a_day(grid, minutes, desks)) for label, minutes in motifs)
    return Made(grid.intervals * desks, days, told)


def intervals_between(starts: int, ends: int, interval: int) -> int:
    """Whole intervals of a day; more than 63 do not make an opening (counter/slots.py)."""
    return max(0, (ends - starts) // interval)


def shortest_interval(starts: int, ends: int, choices: Iterable[int]) -> int | None:
    """The shortest of the intervals with which these hours make one opening."""
    return min((n for n in choices if 1 <= intervals_between(starts, ends, n) <= MAX_INTERVALS), default=None)


def days_a_week(mask: int, first: date, last: date | None) -> int:
    """How many days a week an opening with that mask of weekdays receives; one shorter than a week, in all."""
    if last is None or last - first >= timedelta(days=6):
        return len(weekdays_of(mask))
    return len(served_days(first, last, mask))


def served_days(first: date, last: date, mask: int) -> list[date]:
    """The days between two, both included, that are one of the weekdays of a mask."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if mask >> day.weekday() & 1]


class Receives(NamedTuple):
    """`desks` people at once on these weekdays (bit 0 = Monday), from `starts` to `ends` (minutes of the day), from the
    day `first` to `last` (None: without end)."""

    weekdays: int
    starts: int
    ends: int
    desks: int
    first: date
    last: date | None


class Busy(NamedTuple):
    """How many people are received at once on that weekday, from that minute on."""

    weekday: int
    minute: int
    people: int


def busiest(one: Receives, others: Iterable[Receives]) -> Busy:
    """When most people are received at once while `one` receives, the first such moment; all are of the same place.
    Nobody at all when no weekday of `one` comes between its days."""
    others = [other for other in others if one.starts < other.ends and other.starts < one.ends]
    moments = []
    for first, last in _stretches(one, others):
        there = [one, *(each for each in others if each.first <= first and (each.last is None or first <= each.last))]
        for weekday in weekdays_of(one.weekdays & _weekdays_between(first, last)):
            on = [each for each in there if each.weekdays >> weekday & 1]
            for minute in sorted({one.starts, *(each.starts for each in on if each.starts > one.starts)}):
                people = sum(each.desks for each in on if each.starts <= minute < each.ends)
                moments.append(Busy(weekday, minute, people))
    return max(moments, key=lambda busy: busy.people, default=Busy(0, one.starts, 0))


def too_crowded(those: Sequence[Receives], desks: int) -> list[tuple[int, Busy]]:
    """Which ones of a place (0: the first) receive, by themselves or with others, more people at once than it has
    desks, each with its busiest moment."""
    found = ((number, busiest(one, [*those[:number], *those[number + 1 :]])) for number, one in enumerate(those))
    return [(number, busy) for number, busy in found if busy.people > desks]


def _stretches(one: Receives, others: Iterable[Receives]) -> list[tuple[date, date | None]]:
    """The days of `one`, cut where another begins or is over: in a stretch the same ones receive from end to end."""
    cuts = {one.first}
    for other in others:
        cuts |= {other.first} | ({other.last + timedelta(days=1)} if other.last else set())
    firsts = sorted(day for day in cuts if one.first <= day and (one.last is None or day <= one.last))
    return list(zip(firsts, [*(day - timedelta(days=1) for day in firsts[1:]), one.last], strict=False))


def _weekdays_between(first: date, last: date | None) -> int:
    """The mask of the weekdays that come between two days, both included."""
    if last is None or last - first >= timedelta(days=6):
        return EVERY_WEEKDAY
    return mask_of_weekdays(day.weekday() for day in served_days(first, last, EVERY_WEEKDAY))


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def first_served(since: date, mask: int) -> date:
    """The first day from `since` on that is one of the weekdays of a mask (of one at least)."""
    return next(day for n in range(7) if mask >> (day := since + timedelta(days=n)).weekday() & 1)


def weekdays_of(mask: int) -> list[int]:
    """The weekdays (0 = Monday) of a mask."""
    return [number for number in range(7) if mask >> number & 1]


def mask_of_weekdays(numbers: Iterable[int]) -> int:
    return sum(1 << number for number in set(numbers))


@dataclass(frozen=True)
class Block:
    """A piece of a day as it is drawn: `lane` of `lanes` side by side. `of` is what it stands for."""

    of: object
    starts: int
    ends: int
    lane: int = 0
    lanes: int = 1


def side_by_side(pieces: Iterable[tuple[object, int, int]]) -> list[Block]:
    """Lay (thing, start, end) out so that none hides another; pieces that never meet keep the whole width."""
    blocks: list[Block] = []
    for group in _meeting(sorted(pieces, key=lambda piece: piece[1:])):
        lanes: list[int] = []  # when each lane is free again
        placed = []
        for of, starts, ends in group:
            lane = next((k for k, until in enumerate(lanes) if until <= starts), len(lanes))
            lanes[lane : lane + 1] = [ends]
            placed.append((of, starts, ends, lane))
        blocks += [Block(*piece, len(lanes)) for piece in placed]
    return blocks


def _meeting(pieces: list[tuple[object, int, int]]) -> list[list[tuple[object, int, int]]]:
    """The pieces, in groups that follow each other without meeting."""
    groups: list[list] = []
    until = -1
    for piece in pieces:
        if piece[1] >= until:
            groups.append([])
        groups[-1].append(piece)
        until = max(until, piece[2])
    return groups


def hours_shown(spans: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """The whole hours a week's drawing goes from and to: 8 to 18 at least."""
    starts, ends = zip(*spans, (8 * HOUR, 18 * HOUR), strict=True)
    return min(starts) // HOUR, -(-max(ends) // HOUR)


def seen_of(appointments: Iterable) -> str:
    """A short text that names exactly these appointments, to know that they were the ones shown."""
    return mark_of_shown(*(item.id for item in appointments))
