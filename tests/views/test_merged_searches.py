"""Two searches told as one: the places near a commune, and the calls that come from anywhere."""

from __future__ import annotations

from datetime import date

import pytest

from counter.free_days import FreeDay, FreeOpening
from counter.slots import Grid, Mode, Slot
from counter.store.slots import SlotSearch, merged


def free(slot: Slot) -> FreeDay:
    """A day on which only this one is free."""
    return FreeDay(slot.day, (FreeOpening(slot.site_id, slot.mode, slot.opening_id, Grid(slot.minute, 30, 1), 1),))


def search(days, more=None, mode=Mode.ON_SITE) -> SlotSearch:
    slots = {date(2026, 11, n): free(Slot(date(2026, 11, n), 540, 1, mode, 1, 0)) for n in days}
    return SlotSearch(
        {(1, mode): next(iter(next(iter(slots.values()))))}, slots, date(2026, 11, more) if more else None
    )


@pytest.mark.parametrize(
    ("one", "other", "days", "more"),
    [
        (([1, 2, 3, 4], 5), ([2, 9, 10, 11], 12), [1, 2, 3, 4], 5),
        (([1, 20, 21, 22], 23), ([2, 3, 4, 5], 6), [1, 2, 3, 4], 5),
        (([1], None), ([2], None), [1, 2], None),
        (([1, 2], 3), ([9], None), [1, 2], 3),
        (([1, 2, 3, 4], None), ([1, 2, 3, 4], 7), [1, 2, 3, 4], 7),
        (([1, 3, 5, 7], None), ([2, 4, 6, 8], None), [1, 2, 3, 4], 5),
    ],
)
def test_no_day_is_told_before_both_searches_were_read_that_far(one, other, days, more):
    found = merged(search(*one), search(*other, mode=Mode.PHONE))
    assert [day.day for day in found.days] == days
    assert (found.more_from.day if found.more_from else None) == more
    assert len(found.earliest) == 2


def test_the_slots_of_both_stand_on_the_same_day_in_the_order_of_time():
    day = date(2026, 11, 1)
    late, early = Slot(day, 600, 1, Mode.ON_SITE, 1, 0), Slot(day, 540, 2, Mode.PHONE, 2, 0)
    found = merged(SlotSearch({}, {day: free(late)}), SlotSearch({}, {day: free(early)}))
    assert {day: list(slots) for day, slots in found.days.items()} == {day: [early, late]}
