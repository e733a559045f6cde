"""Which of many slots are shown first: few, of different times and places, none lost without being counted."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from counter.slots import Mode, Slot, half_days, spread

TUESDAY = date(2026, 11, 24)


def slot(minute: int, site: int = 1) -> Slot:
    return Slot(TUESDAY, minute, site, Mode.ON_SITE, site, (minute - 480) // 15)


MORNING = [slot(minute, site) for minute, site in product(range(480, 720, 15), (1, 2, 3))]
AFTERNOON = [slot(minute) for minute in range(810, 900, 15)]


@pytest.mark.parametrize("count", range(8))
@pytest.mark.parametrize("slots", [[], AFTERNOON[:1], AFTERNOON, MORNING])
def test_as_many_slots_as_asked_are_shown_the_earliest_first(slots, count):
    shown = spread(slots, count)
    assert len(shown) == min(count, len(slots)) == len(set(shown))
    assert set(shown) <= set(slots)
    if shown:
        assert shown[0] == min(slots)


def test_slots_shown_are_at_different_times_and_places():
    shown = spread(MORNING, 6)
    assert len({s.minute // 30 for s in shown}) == 6
    assert {site: sum(s.site_id == site for s in shown) for site in (1, 2, 3)} == {1: 2, 2: 2, 3: 2}


def test_what_is_shown_on_demand_goes_on_with_other_places():
    half = half_days(MORNING, first=3, more=3)[0]
    assert half.first == sorted(half.first) and half.more == sorted(half.more)
    assert {site: sum(s.site_id == site for s in half.first + half.more) for site in (1, 2, 3)} == {1: 2, 2: 2, 3: 2}


def test_a_day_is_a_morning_and_an_afternoon_and_every_slot_is_shown_or_counted():
    morning, afternoon = half_days(MORNING + AFTERNOON, first=6, more=24)
    assert (morning.label, afternoon.label) == ("Matin", "Après-midi")
    assert (len(morning.first), len(morning.more), morning.left_out) == (6, 24, len(MORNING) - 30)
    assert not set(morning.first) & set(morning.more)
    assert sorted(afternoon.first + afternoon.more) == AFTERNOON
    assert afternoon.left_out == 0


def test_noon_is_the_afternoon_and_an_empty_half_day_is_not_shown():
    assert [half.label for half in half_days([slot(720)])] == ["Après-midi"]
    assert [half.label for half in half_days([slot(705)])] == ["Matin"]
    assert half_days([]) == []
