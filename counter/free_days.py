"""The free slots of a day, and which of them are shown first.

A day of forty sites has thousands of slots, of which a page shows a few dozen: a slot is made where it is read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from heapq import heappop, heapreplace
from itertools import groupby
from typing import NamedTuple

from counter.slots import Grid, Half, Mode, Slot, indexes


class FreeOpening(NamedTuple):
    """An opening on a day: an appointment may begin at the 1 bits of `begins`."""

    site_id: int
    mode: Mode
    opening_id: int
    grid: Grid
    begins: int


@dataclass(frozen=True)
class FreeDay:
    """The free slots of a day, in the order of time: each time, site and mode once, though openings of one site may
    overlap. `openings` are sorted."""

    day: date
    openings: tuple[FreeOpening, ...]

    def __len__(self) -> int:
        return self.count()

    def __iter__(self) -> Iterator[Slot]:
        for minute in self.minutes():
            yield from self.at(minute)

    def __or__(self, other: FreeDay) -> FreeDay:
        """The slots of both."""
        return FreeDay(self.day, tuple(sorted(self.openings + other.openings)))

    @cached_property
    def _each_place_once(self) -> bool:
        return len({opening[:2] for opening in self.openings}) == len(self.openings)

    def minutes(self, half: Half | None = None) -> list[int]:
        """When something is free, in that part of the day or in all of it."""
        begins: dict[Grid, int] = defaultdict(int)
        for opening in self.openings:
            begins[opening.grid] |= opening.begins
        return sorted(
            {grid.minute(k) for grid, bits in begins.items() for k in indexes(bits & grid.beginning_in(half))}
        )

    def count(self, half: Half | None = None) -> int:
        """How many slots there are, in that part of the day or in all of it."""
        if self._each_place_once:
            return sum((begins & grid.beginning_in(half)).bit_count() for *_, grid, begins in self.openings)
        return sum(1 for minute in self.minutes(half) for _ in self.at(minute))

    def at(self, minute: int) -> Iterator[Slot]:
        """Those that begin at that minute, by place."""
        last = None
        for site_id, mode, opening_id, grid, begins in self.openings:
            index, rest = divmod(minute - grid.start, grid.interval)
            if rest == 0 and index >= 0 and begins >> index & 1 and (site_id, mode) != last:
                last = site_id, mode
                yield Slot(self.day, minute, site_id, mode, opening_id, index)


class HalfDay(NamedTuple):
    """The slots of a morning or an afternoon: those to show first, more on demand, and how many are left out."""

    label: str
    first: list[Slot]
    more: list[Slot]
    left_out: int


def half_days(day: FreeDay, first: int = 6, more: int = 12) -> list[HalfDay]:
    """Morning and afternoon of a day, each shown by a few slots of different times and places."""
    found = []
    for half in Half:
        chosen = spread(day, first + more, half)
        if chosen:
            shown, rest = sorted(chosen[:first]), sorted(chosen[first:])
            found.append(HalfDay(half.label, shown, rest, day.count(half) - len(chosen)))
    return found


def spread(day: FreeDay, count: int, half: Half | None = None) -> list[Slot]:
    """At most `count` of the slots of a day or of a part of it, the best to show first: each half-hour in turn, at the
    place least shown yet.

    The earliest slot is always the first. Each half-hour is a heap of (times its place was shown, slot), brought up to
    date only at its top.
    """
    halves = {part: _heap(day, list(minutes), count) for part, minutes in groupby(day.minutes(half), lambda m: m // 30)}
    times, places, chosen = Counter(), Counter(), []
    while halves and len(chosen) < count:
        fewest = min(times[part] for part in halves)
        tops = {part: _top(halves[part], places) for part in halves if times[part] == fewest}
        part = min(tops, key=tops.__getitem__)
        _, slot = heappop(halves[part])
        times[part] += 1
        places[slot.site_id, slot.mode] += 1
        chosen.append(slot)
        if not halves[part]:
            del halves[part]
    return chosen


def _heap(day: FreeDay, minutes: Sequence[int], count: int) -> list[tuple[int, Slot]]:
    """The slots of these minutes that may be among the first `count` shown: once as many places are there, one of them
    is always not shown yet, and so comes before any slot that is later than these. A sorted list is a heap."""
    places, slots = set(), []
    for minute in minutes:
        for slot in day.at(minute):
            slots.append((0, slot))
            places.add(slot[2:4])
            if len(places) == count:
                return slots
    return slots


def _top(heap: list[tuple[int, Slot]], places: Counter) -> tuple[int, Slot]:
    """The slot of the place least shown, the earliest of them; counts only grow, so older ones sink."""
    while heap[0][0] != (shown := places[heap[0][1].site_id, heap[0][1].mode]):
        heapreplace(heap, (shown, heap[0][1]))
    return heap[0]
