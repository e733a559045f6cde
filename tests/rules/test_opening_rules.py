"""What an opening makes, how a week is laid out."""

from __future__ import annotations

from datetime import date

import pytest

from counter.openings import (
    Busy,
    Receives,
    appointments_a_day,
    busiest,
    days_a_week,
    hours_shown,
    mask_of_weekdays,
    monday_of,
    seen_of,
    shortest_interval,
    side_by_side,
    too_crowded,
    weekdays_of,
)
from counter.slots import grid_of


@pytest.mark.parametrize(
    ("interval", "duration", "desks", "expected"), [(15, 15, 1, 12), (15, 20, 1, 6), (10, 45, 3, 9), (30, 240, 2, 0)]
)
def test_appointments_of_a_morning_are_counted_in_whole_intervals(interval, duration, desks, expected):
    assert appointments_a_day(grid_of(540, 720, interval), duration, desks) == expected


def test_the_shortest_interval_that_makes_one_opening_is_proposed():
    assert shortest_interval(8 * 60, 20 * 60, (5, 10, 15, 20)) == 15
    assert shortest_interval(540, 720, (5, 10)) == 5
    assert shortest_interval(540, 540, (5, 10)) is None


def test_weekdays_go_to_a_mask_and_back():
    assert mask_of_weekdays([0, 4, 4]) == 0b10001
    assert weekdays_of(0b10001) == [0, 4]
    assert monday_of(date(2026, 11, 29)) == date(2026, 11, 23)


@pytest.mark.parametrize(("last", "days"), [(None, 5), (27, 4), (24, 1), (29, 4), (30, 5), (23, 0)])
def test_an_opening_shorter_than_a_week_has_only_the_days_between_its_dates(last, days):
    """From Tuesday the 24th, Monday to Friday."""
    assert days_a_week(0b11111, date(2026, 11, 24), last and date(2026, 11, last)) == days


def test_openings_at_the_same_time_stand_side_by_side_and_others_keep_the_whole_width():
    blocks = {b.of: (b.lane, b.lanes) for b in side_by_side([("a", 480, 720), ("b", 540, 960), ("c", 720, 800),
                                                            ("d", 1000, 1100)])}  # fmt: skip
    assert blocks == {"a": (0, 2), "b": (1, 2), "c": (0, 2), "d": (0, 1)}
    assert side_by_side([]) == []


def test_a_week_shows_8_to_18_and_more_when_needed():
    assert hours_shown([]) == (8, 18)
    assert hours_shown([(7 * 60 + 30, 12 * 60), (600, 19 * 60 + 5)]) == (7, 20)


def test_what_was_seen_names_exactly_these_appointments():
    class Item:
        def __init__(self, number):
            self.id = number

    assert seen_of([Item(1), Item(2)]) == seen_of([Item(1), Item(2)])
    assert len({seen_of([]), seen_of([Item(1)]), seen_of([Item(12)]), seen_of([Item(1), Item(2)])}) == 4


# ── desks ───────────────────────────────────────────────────────────────────────────────────────

MONDAY, TUESDAY, WEEK = 0b1, 0b10, 0b11111
MORNING = Receives(WEEK, 540, 720, 2, date(2026, 11, 23), None)


@pytest.mark.parametrize(
    ("other", "busy"),
    [
        (None, Busy(0, 540, 2)),
        ({"desks": 3}, Busy(0, 540, 5)),
        ({"weekdays": TUESDAY}, Busy(1, 540, 4)),
        ({"starts": 600}, Busy(0, 600, 4)),
        ({"starts": 720, "ends": 800}, Busy(0, 540, 2)),
        ({"ends": 540, "starts": 500}, Busy(0, 540, 2)),
        ({"starts": 500, "ends": 541}, Busy(0, 540, 4)),
        ({"last": date(2026, 11, 22), "first": date(2026, 1, 1)}, Busy(0, 540, 2)),
        ({"first": date(2027, 1, 4)}, Busy(0, 540, 4)),
    ],
)
def test_the_busiest_moment_counts_who_receives_at_the_same_hour_day_and_date(other, busy):
    assert busiest(MORNING, [MORNING._replace(**other)] if other else []) == busy


def test_two_that_follow_one_another_are_never_counted_together():
    until, since = MORNING._replace(last=date(2026, 12, 31)), MORNING._replace(first=date(2027, 1, 1))
    assert busiest(MORNING, [until, since]).people == 4
    assert busiest(MORNING._replace(ends=630), [until._replace(ends=600), since._replace(starts=600)]).people == 4
    assert busiest(MORNING, [until, since, MORNING]).people == 6


def test_nobody_is_counted_after_the_last_day_of_the_opening():
    assert busiest(MORNING._replace(last=date(2026, 12, 1)), [MORNING._replace(first=date(2026, 12, 2))]).people == 2


SUNDAY = 0b1000000


def test_a_crowd_needs_a_day_on_which_all_of_it_receives():
    """Sundays until Saturday the 19th of February 2028, and Sundays from Monday the 14th: no Sunday in common."""
    ends = MORNING._replace(weekdays=SUNDAY, first=date(2028, 2, 10), last=date(2028, 2, 19))
    begins = ends._replace(first=date(2028, 2, 14), last=None)
    assert busiest(begins, [ends]).people == busiest(ends, [begins]).people == 2
    assert busiest(begins, [ends._replace(last=date(2028, 2, 20))]) == Busy(6, 540, 4)
    tuesday_only = ends._replace(weekdays=TUESDAY, first=date(2028, 2, 14), last=date(2028, 2, 14))
    assert busiest(begins._replace(weekdays=0b1111111), [tuesday_only]).people == 2


def test_nobody_is_received_where_no_weekday_comes_between_the_days():
    assert busiest(MORNING._replace(weekdays=SUNDAY, last=date(2026, 11, 28)), [MORNING]).people == 0
    assert busiest(MORNING._replace(last=date(2026, 11, 1)), [MORNING]).people == 0


def test_those_that_need_more_desks_are_found_alone_or_together():
    alone, early = MORNING._replace(desks=3), MORNING._replace(starts=480, ends=541, desks=1)
    later = MORNING._replace(starts=800, ends=900, desks=1)
    assert too_crowded([alone, early, later], 4) == []
    assert too_crowded([alone, early, later], 3) == [(0, Busy(0, 540, 4)), (1, Busy(0, 540, 4))]
    assert too_crowded([MORNING, MORNING], 3) == [(0, Busy(0, 540, 4)), (1, Busy(0, 540, 4))]
    assert too_crowded([later], 1) == []
