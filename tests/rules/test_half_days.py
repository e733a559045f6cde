"""Which of many slots are shown first: few, of different times and places, none lost without being counted."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import product
from random import Random

import pytest

from counter.free_days import FreeDay, FreeOpening, half_days, spread
from counter.slots import Grid, Half, Mode, Slot

TUESDAY = date(2026, 11, 24)
GRID = Grid(480, 15, 40)


def slot(minute: int, site: int = 1) -> Slot:
    return Slot(TUESDAY, minute, site, Mode.ON_SITE, site, (minute - GRID.start) // GRID.interval)


def day_of(slots: list[Slot]) -> FreeDay:
    """A day on which these are free, one opening a site."""
    sites = sorted({slot.site_id for slot in slots})
    begins = [sum(1 << slot.index for slot in slots if slot.site_id == site) for site in sites]
    openings = (FreeOpening(site, Mode.ON_SITE, site, GRID, bits) for site, bits in zip(sites, begins, strict=True))
    return FreeDay(TUESDAY, tuple(openings))


MORNING = [slot(minute, site) for minute, site in product(range(480, 720, 15), (1, 2, 3))]
AFTERNOON = [slot(minute) for minute in range(810, 900, 15)]


@pytest.mark.parametrize("count", range(8))
@pytest.mark.parametrize("slots", [[], AFTERNOON[:1], AFTERNOON, MORNING])
def test_as_many_slots_as_asked_are_shown_the_earliest_first(slots, count):
    shown = spread(day_of(slots), count)
    assert len(shown) == min(count, len(slots)) == len(set(shown))
    assert set(shown) <= set(slots)
    if shown:
        assert shown[0] == min(slots)


def test_slots_shown_are_at_different_times_and_places():
    shown = spread(day_of(MORNING), 6)
    assert len({s.minute // 30 for s in shown}) == 6
    assert {site: sum(s.site_id == site for s in shown) for site in (1, 2, 3)} == {1: 2, 2: 2, 3: 2}


def test_what_is_shown_on_demand_goes_on_with_other_places():
    half = half_days(day_of(MORNING), first=3, more=3)[0]
    assert half.first == sorted(half.first) and half.more == sorted(half.more)
    assert {site: sum(s.site_id == site for s in half.first + half.more) for site in (1, 2, 3)} == {1: 2, 2: 2, 3: 2}


def test_a_day_is_a_morning_and_an_afternoon_and_every_slot_is_shown_or_counted():
    morning, afternoon = half_days(day_of(MORNING + AFTERNOON), first=6, more=24)
    assert (morning.label, afternoon.label) == ("Matin", "Après-midi")
    assert (len(morning.first), len(morning.more), morning.left_out) == (6, 24, len(MORNING) - 30)
    assert not set(morning.first) & set(morning.more)
    assert sorted(afternoon.first + afternoon.more) == AFTERNOON
    assert afternoon.left_out == 0


def test_noon_is_the_afternoon_and_an_empty_half_day_is_not_shown():
    assert [half.label for half in half_days(day_of([slot(720)]))] == ["Après-midi"]
    assert [half.label for half in half_days(day_of([slot(705)]))] == ["Matin"]
    assert half_days(day_of([])) == []


def test_a_day_is_read_in_the_order_of_time_and_knows_how_many_slots_it_has():
    day = day_of(AFTERNOON + MORNING)
    assert list(day) == sorted(MORNING + AFTERNOON)
    assert (len(day), day.count(Half.MORNING), day.count(Half.AFTERNOON)) == (54, 48, 6)


def test_openings_of_one_site_that_overlap_give_each_time_once():
    long, short = (FreeOpening(1, Mode.ON_SITE, number, grid, (1 << grid.intervals) - 1) for number, grid in (
        (7, Grid(540, 30, 4)), (8, Grid(560, 20, 5))
    ))  # fmt: skip
    day = FreeDay(TUESDAY, (long, short))
    assert [(s.minute, s.opening_id) for s in day] == [(540, 7), (560, 8), (570, 7), (580, 8), (600, 7), (620, 8),
                                                        (630, 7), (640, 8)]  # fmt: skip
    assert len(day) == day.count(Half.MORNING) == 8


def spread_by_hand(slots: list[Slot], count: int) -> list[Slot]:
    """The rule as it is said, every slot looked at each time."""
    chosen = []
    while len(chosen) < min(count, len(slots)):
        left = [s for s in slots if s not in chosen]
        times, places = Counter(s.minute // 30 for s in chosen), Counter(s.site_id for s in chosen)
        fewest = min(times[s.minute // 30] for s in left)
        of_turn = [s for s in left if times[s.minute // 30] == fewest]
        chosen.append(min(of_turn, key=lambda s: (places[s.site_id], s)))
    return chosen


@pytest.mark.parametrize("chance", range(40))
def test_what_is_shown_is_the_same_as_when_every_slot_is_looked_at(chance):
    dice = Random(chance)
    everything = [slot(minute, site) for minute, site in product(range(480, 720, 15), range(1, dice.randint(2, 30)))]
    slots = sorted(dice.sample(everything, dice.randint(1, len(everything))))
    for count in (1, 6, 18):
        assert spread(day_of(slots), count) == spread_by_hand(slots, count)
