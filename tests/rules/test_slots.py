"""The slot grid and its bits, what may be booked when, keys."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from counter.slots import (
    BeyondHorizon,
    Grid,
    Mode,
    OffGrid,
    Slot,
    TooSoon,
    check_time,
    day_number,
    first_bookable,
    fitting,
    from_minute,
    grid_of,
    indexes,
    intervals_needed,
    mask_of,
    nearest,
    opens_on,
    parse_slot_key,
)

TUESDAY = date(2026, 11, 24)


def slot(minute: int, day: date = TUESDAY, site: int = 1, index: int = 0) -> Slot:
    return Slot(day, minute, site, Mode.ON_SITE, 1, index)


# ── bits ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("count", range(1, 10))
def test_an_appointment_fits_exactly_where_that_many_intervals_in_a_row_are_free(count):
    for free in range(1 << 9):
        by_hand = [k for k in range(10 - count) if all(free >> (k + n) & 1 for n in range(count))]
        assert indexes(fitting(free, count)) == by_hand, f"{free:09b}"


def test_a_mask_covers_its_intervals_and_no_other():
    for index in range(63):
        for count in range(1, 64 - index):
            assert indexes(mask_of(index, count)) == list(range(index, index + count))


def test_a_whole_day_of_63_intervals_stays_in_a_signed_64_bit_word():
    grid = grid_of(8 * 60, 8 * 60 + 630, 10)
    assert (grid.intervals, grid.all_free()) == (63, 2**63 - 1)
    assert mask_of(62, 1) <= grid.all_free()
    assert indexes(fitting(grid.all_free(), 63)) == [0]
    assert fitting(grid.all_free(), 64) == 0


def test_an_opening_holds_from_1_to_63_intervals():
    assert grid_of(540, 550, 10).intervals == 1
    for starts, ends in ((480, 480 + 640), (540, 549), (540, 540), (600, 540)):
        with pytest.raises(ValueError, match="1 to 63"):
            grid_of(starts, ends, 10)


def test_minutes_that_make_no_whole_interval_at_the_end_are_left_out():
    grid = grid_of(540, 599, 15)
    assert [grid.minute(k) for k in range(grid.intervals)] == [540, 555, 570]


@pytest.mark.parametrize(
    ("duration", "interval", "count"),
    [(45, 10, 5), (40, 10, 4), (41, 10, 5), (5, 10, 1), (10, 10, 1), (20, 15, 2), (30, 15, 2), (480, 10, 48)],
)
def test_an_odd_length_takes_whole_intervals(duration, interval, count):
    assert intervals_needed(duration, interval) == count
    assert (count - 1) * interval < duration <= count * interval


@pytest.mark.parametrize("interval", [10, 15])
def test_intervals_that_began_before_a_minute_are_dropped_and_no_other(interval):
    grid = Grid(540, interval, 12)
    for minute in range(500, 760):
        kept = indexes(from_minute(grid.all_free(), grid, minute))
        assert kept == [k for k in range(12) if grid.minute(k) >= minute], minute


def test_taken_intervals_stay_taken_when_the_past_is_dropped():
    grid = Grid(540, 15, 8)
    assert indexes(from_minute(0b10110111, grid, 570)) == [2, 4, 5, 7]


def test_days_are_counted_from_1970():
    assert day_number(date(1970, 1, 1)) == 0
    assert day_number(date(2028, 3, 1)) - day_number(date(2028, 2, 28)) == 2


# ── when ────────────────────────────────────────────────────────────────────────────────────────

NINE = datetime(2026, 11, 24, 9, 0)


def test_the_shortest_notice_is_allowed_and_a_second_less_is_too_soon():
    check_time(TUESDAY, 10 * 60, NINE, 60, 60)
    with pytest.raises(TooSoon):
        check_time(TUESDAY, 10 * 60, NINE + timedelta(seconds=1), 60, 60)


def test_a_time_that_has_begun_is_too_soon_without_any_notice():
    check_time(TUESDAY, 9 * 60, NINE, 0, 60)
    for day, minute in ((TUESDAY, 9 * 60 - 1), (TUESDAY - timedelta(days=1), 16 * 60)):
        with pytest.raises(TooSoon):
            check_time(day, minute, NINE, 0, 60)


def test_a_notice_of_days_counts_hours_not_days():
    with pytest.raises(TooSoon):
        check_time(date(2026, 11, 26), 8 * 60 + 59, NINE, 48 * 60, 60)
    check_time(date(2026, 11, 26), 9 * 60, NINE, 48 * 60, 60)
    assert first_bookable(datetime(2026, 12, 31, 23, 30), 60) == datetime(2027, 1, 1, 0, 30)


def test_the_last_day_of_the_horizon_is_allowed_to_its_end_and_the_next_refused():
    check_time(TUESDAY + timedelta(days=60), 23 * 60 + 59, NINE, 60, 60)
    with pytest.raises(BeyondHorizon):
        check_time(TUESDAY + timedelta(days=61), 0, NINE, 60, 60)


def test_an_opening_opens_on_its_weekdays_only():
    tuesday_friday = 0b10010
    week = [TUESDAY + timedelta(days=n) for n in range(7)]
    assert [d for d in week if opens_on(d, tuesday_friday, TUESDAY, None)] == [week[0], week[3]]
    assert [d for d in week if opens_on(d, 0b1000000, TUESDAY, None)] == [date(2026, 11, 29)]
    assert not any(opens_on(d, 0, TUESDAY, None) for d in week)


def test_an_opening_opens_from_its_first_to_its_last_day_both_included():
    first, last = TUESDAY, TUESDAY + timedelta(days=2)
    span = [first + timedelta(days=n) for n in range(-2, 6)]
    assert [d for d in span if opens_on(d, 0b1111111, first, last)] == span[2:5]
    assert opens_on(first, 0b1111111, first, first)


def test_the_nearest_slots_are_the_closest_in_time_before_or_after_told_in_order():
    wanted = slot(600)
    others = [slot(m) for m in (480, 560, 590, 615, 700)] + [slot(600, TUESDAY + timedelta(days=1))]
    assert [s.minute for s in nearest(others, wanted)] == [560, 590, 615]
    assert nearest(others[:2], wanted) == others[:2]
    assert nearest([], wanted) == []


def test_the_nearest_slot_late_one_day_may_be_early_the_next():
    wanted = slot(16 * 60)
    tomorrow, this_morning = slot(8 * 60, TUESDAY + timedelta(days=1)), slot(8 * 60)
    assert nearest([tomorrow, this_morning], wanted, 1) == [this_morning]
    assert nearest([tomorrow, slot(0)], wanted, 2) == [slot(0), tomorrow]


# ── slot keys ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("opening", "index"), [(1, 0), (12, 62), ((1 << 31) - 1, 7)])
def test_a_slot_key_says_opening_day_and_interval(opening, index):
    key = Slot(date(2028, 2, 29), 540, 3, Mode.PHONE, opening, index).key
    assert key == f"{opening}.2028-02-29.{index}"
    assert parse_slot_key(key) == (opening, date(2028, 2, 29), index)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "..",
        "1.2026-11-24",
        "1.2026-11-24.3.4",
        "1.2026-11-31.3",
        "1.2027-02-29.3",
        "1.24/11/2026.3",
        "1.2026-11-24.63",
        "1.2026-11-24.-1",
        "0.2026-11-24.3",
        "-1.2026-11-24.3",
        f"{1 << 31}.2026-11-24.3",
        "1.2026-11-24.3'; drop table appointment",
        "un.2026-11-24.3",
        "1.2026-11-24.trois",
        "1.2026-11-24.1e1",
        "9" * 5000 + ".2026-11-24.3",
        "1\x00.2026-11-24.3",
    ],
)
def test_a_key_made_up_by_hand_is_no_slot(typed):
    with pytest.raises(OffGrid):
        parse_slot_key(typed)


@pytest.mark.parametrize("typed", ["1_0.2026-11-24.3", "10.20261124.3", "10.2026-W48-2.3", " 10.2026-11-24.+3"])
def test_a_slot_has_only_one_key(typed):
    with pytest.raises(OffGrid):
        parse_slot_key(typed)
