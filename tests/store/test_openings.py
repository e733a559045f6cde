"""Free time prepared day by day: weekdays, validity, holidays, closures; and its audit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import delete, true, update

from counter.models import Closure, FreeTime, Hold, Opening
from counter.outside.calendar_file import starts_at
from counter.store.free_time import prepared_until, public_holidays
from counter.upkeep import prepare_days
from tests.store.conftest import EVERY_DAY, Town, at

TUESDAY = date(2026, 11, 24)
WEDNESDAY = TUESDAY + timedelta(days=1)
CHRISTMAS, BOXING_DAY, NEW_YEAR = date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)


@pytest.fixture
def motif(town: Town) -> int:
    return town.add_motif("01", on_site=30)


# ── public holidays ─────────────────────────────────────────────────────────────────────────────

NATIONAL_2026 = {
    date(2026, 1, 1),
    date(2026, 4, 6),
    date(2026, 5, 1),
    date(2026, 5, 8),
    date(2026, 5, 14),
    date(2026, 5, 25),
    date(2026, 7, 14),
    date(2026, 8, 15),
    date(2026, 11, 1),
    date(2026, 11, 11),
    CHRISTMAS,
}


@pytest.mark.parametrize(
    ("departments", "local"),
    [
        (("69", "52", "2A", "2B", "75"), set()),
        (("57", "67", "68"), {date(2026, 4, 3), BOXING_DAY}),
        (("971",), {date(2026, 5, 27)}),
        (("972",), {date(2026, 5, 22)}),
        pytest.param(
            ("973",),
            {date(2026, 6, 10)},
        ),
        (("974",), {date(2026, 12, 20)}),
        (("976",), {date(2026, 4, 27)}),
    ],
)
def test_each_departement_has_the_eleven_national_holidays_and_its_own(departments, local):
    for department in departments:
        found = public_holidays(department, date(2026, 1, 1), date(2026, 12, 31))
        assert found >= NATIONAL_2026 | local
        if not department.startswith("97"):
            assert found == NATIONAL_2026 | local


def test_holidays_are_told_over_the_turn_of_the_year_and_no_further():
    assert public_holidays("69", date(2026, 12, 24), NEW_YEAR) == {CHRISTMAS, NEW_YEAR}
    assert public_holidays("69", CHRISTMAS, CHRISTMAS) == {CHRISTMAS}
    assert public_holidays("69", BOXING_DAY, date(2026, 12, 31)) == set()


def test_nobody_can_book_on_a_public_holiday(town, motif):
    opening = town.add_opening([motif], weekdays=EVERY_DAY)
    town.prepare(days=60)
    days = town.days(opening)
    assert {CHRISTMAS, NEW_YEAR} & set(days) == set()
    assert {date(2026, 12, 24), BOXING_DAY} <= set(days)


def test_the_day_after_christmas_is_shut_in_metz_and_open_in_lyon(town, motif):
    metz = town.add_site("Metz", department="57")
    here, there = (
        town.add_opening([motif], weekdays=EVERY_DAY),
        town.add_opening([motif], site=metz, weekdays=EVERY_DAY),
    )
    town.prepare(days=60)
    assert BOXING_DAY in town.days(here)
    assert set(town.days(here)) - set(town.days(there)) == {BOXING_DAY}


def test_abolition_day_is_shut_in_la_reunion(town, motif):
    saint_denis = town.add_site("Saint-Denis", department="974", timezone="Indian/Reunion")
    opening = town.add_opening([motif], site=saint_denis, weekdays=EVERY_DAY)
    town.prepare(days=60)
    assert date(2026, 12, 20) not in town.days(opening)


# ── days prepared ───────────────────────────────────────────────────────────────────────────────


def test_a_closure_takes_its_first_and_last_day_away_at_its_site_only(town, motif):
    other = town.add_site("Gare")
    with town.database.writing() as session:
        session.add(Closure(site_id=town.site, first=date(2026, 12, 1), last=date(2026, 12, 3), reason="travaux"))
        session.add(Closure(site_id=town.site, first=date(2026, 11, 1), last=TUESDAY))
        session.add(Closure(site_id=town.site, first=date(2026, 12, 24), last=date(2027, 1, 4)))
    here, there = town.add_opening([motif]), town.add_opening([motif], site=other)
    town.prepare(days=30)
    away = {TUESDAY, date(2026, 12, 1), date(2026, 12, 2), date(2026, 12, 3), date(2026, 12, 24)}
    assert set(town.days(there)) - set(town.days(here)) == away


def test_an_opening_has_free_time_on_its_weekdays_within_its_validity(town, motif):
    opening = town.add_opening(
        [motif], weekdays=0b10010, valid_from=date(2026, 11, 27), valid_to=date(2026, 12, 8), desks=2
    )
    assert town.prepare() == 8
    assert town.days(opening) == [date(2026, 11, 27), date(2026, 12, 1), date(2026, 12, 4), date(2026, 12, 8)]
    assert all(town.free(opening, day, desk) == list(range(12)) for day in town.days(opening) for desk in (0, 1))


def test_preparing_again_leaves_what_is_booked_as_it_is(town, motif):
    opening = town.add_opening([motif])
    town.prepare(days=10)
    town.book(motif, at(WEDNESDAY, opening, 2))
    before = town.words()
    assert town.prepare(days=10) == 0
    assert town.words() == before


def test_each_day_prepares_one_more_and_repeats_none(town, motif):
    opening = town.add_opening([motif], weekdays=EVERY_DAY)
    town.prepare(days=10)
    for _ in range(5):
        town.clock.advance(days=1)
        assert town.prepare(days=10) == 1
    assert town.days(opening) == [TUESDAY + timedelta(days=n) for n in range(16)]


def test_after_a_long_holiday_the_days_gone_by_are_not_prepared(town, motif):
    opening = town.add_opening([motif], weekdays=EVERY_DAY)
    town.prepare(days=2)
    town.clock.advance(days=10)
    town.prepare(days=2)
    assert town.days(opening) == [TUESDAY + timedelta(days=n) for n in (0, 1, 2, 10, 11, 12)]


def test_a_motif_taken_six_months_ahead_stays_so_day_after_day(town):
    motif = town.add_motif("05", on_site=15, horizon=180)
    opening = town.add_opening([motif], valid_from=TUESDAY)
    on = SimpleNamespace(settings=SimpleNamespace(slot_days=60), main=town.database)
    for _ in range(100):
        prepare_days(on, town.clock().date())
        assert (max(town.days(opening)) - town.clock().date()).days >= 177, "but for a week-end and a public holiday"
        town.clock.advance(days=1)


def until(town: Town) -> date | None:
    with town.database.reading() as session:
        return prepared_until(session)


def test_the_day_up_to_which_all_is_prepared_is_that_of_the_opening_most_behind(town, motif):
    assert until(town) is None
    first = town.add_opening([motif])
    assert until(town) is None
    town.prepare(days=10)
    assert until(town) == TUESDAY + timedelta(days=10)
    town.add_opening([motif])
    assert until(town) is None, "a new opening has no day yet"
    town.prepare(days=20)
    with town.database.writing() as session:
        session.execute(update(Opening).where(Opening.id == first).values(prepared_until=date(2026, 12, 1)))
    assert until(town) == date(2026, 12, 1)


def test_an_opening_that_has_ended_does_not_ask_to_be_prepared_for_ever(town, motif):
    ended = town.add_opening([motif], valid_to=WEDNESDAY)
    town.add_opening([motif])
    town.prepare(days=10)
    with town.database.writing() as session:
        session.execute(update(Opening).where(Opening.id == ended).values(prepared_until=WEDNESDAY))
    assert until(town) == TUESDAY + timedelta(days=10)


def test_29_february_can_be_booked(town_on):
    town = town_on(datetime(2028, 2, 20, 8, tzinfo=UTC))
    motif = town.add_motif("01", on_site=30)
    opening = town.add_opening([motif], weekdays=EVERY_DAY)
    town.prepare(days=20)
    leap = date(2028, 2, 29)
    assert [day for day in town.days(opening) if day.month == 2][-1] == leap
    booked = town.book(motif, at(leap, opening, 0))
    assert (booked.day, booked.minute) == (leap, 540)
    assert starts_at(booked) == datetime(2028, 2, 29, 8, 0, tzinfo=UTC)
    assert town.free(opening, date(2028, 3, 1)) == list(range(12))


# ── the days the clock changes ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("now", "day", "utc_hour"),
    [
        (datetime(2026, 10, 20, 8, tzinfo=UTC), date(2026, 10, 24), 7),
        (datetime(2026, 10, 20, 8, tzinfo=UTC), date(2026, 10, 25), 8),
        (datetime(2027, 3, 20, 8, tzinfo=UTC), date(2027, 3, 27), 8),
        (datetime(2027, 3, 20, 8, tzinfo=UTC), date(2027, 3, 28), 7),
    ],
)
def test_nine_o_clock_stays_nine_o_clock_when_the_clock_changes(town_on, now, day, utc_hour):
    town = town_on(now)
    motif = town.add_motif("01", on_site=30)
    opening = town.add_opening([motif], weekdays=EVERY_DAY)
    town.prepare()
    booked = town.book(motif, at(day, opening, 0))
    assert booked.minute == 9 * 60
    assert starts_at(booked) == datetime(day.year, day.month, day.day, utc_hour, tzinfo=UTC)


def test_the_day_the_clock_changes_has_its_whole_grid(town_on):
    town = town_on(datetime(2026, 10, 20, 8, tzinfo=UTC))
    motif = town.add_motif("01", on_site=30)
    opening = town.add_opening([motif], starts=0, ends=630, interval=10, weekdays=EVERY_DAY)
    town.prepare()
    assert town.free(opening, date(2026, 10, 25)) == town.free(opening, date(2026, 10, 24)) == list(range(63))


# ── the audit ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def used(town, motif) -> int:
    """An opening of two desks with bookings, a cancellation and a hold."""
    opening = town.add_opening([motif], desks=2)
    town.prepare(days=10)
    for index in (0, 0, 4):
        town.book(motif, at(WEDNESDAY, opening, index))
    town.cancel(town.book(motif, at(WEDNESDAY, opening, 8)).id)
    town.hold(motif, at(WEDNESDAY, opening, 10))
    return opening


def plant(town: Town, opening: int, word: int, desk: int = 0) -> None:
    here = (FreeTime.opening_id == opening) & (FreeTime.day == WEDNESDAY) & (FreeTime.desk == desk)
    with town.database.writing() as session:
        session.execute(update(FreeTime).where(here).values(free=word))


def test_the_audit_finds_nothing_after_ordinary_work(town, used):
    assert town.audit() == []


@pytest.mark.parametrize("wrong", [0, 0b111111111111, 0b001111001100 ^ 1, 1 << 62])
def test_the_audit_finds_a_planted_word_and_repairs_it(town, used, wrong):
    right = town.words()
    plant(town, used, wrong)
    planted = town.words()
    found = (used, WEDNESDAY, 0, wrong, right[used, WEDNESDAY, 0])
    assert town.audit() == [found]
    assert town.words() == planted, "looking changes nothing"
    assert town.audit(repair=True) == [found]
    assert town.words() == right
    assert town.audit() == []


def test_the_audit_finds_each_desk_by_itself(town, used):
    right = town.words()
    plant(town, used, 0, desk=0)
    plant(town, used, 0, desk=1)
    assert {(day, desk) for _, day, desk, *_ in town.audit()} == {(WEDNESDAY, 0), (WEDNESDAY, 1)}
    town.audit(repair=True)
    assert town.words() == right


def test_a_hold_lost_without_giving_its_time_back_is_repaired(town, used):
    with town.database.writing() as session:
        session.execute(delete(Hold))
    ((opening, day, desk, found, expected),) = town.audit(repair=True)
    assert (opening, day, expected & ~found) == (used, WEDNESDAY, 0b110000000000)
    assert town.audit() == []
    assert 11 in town.free(used, WEDNESDAY, desk)


@pytest.mark.parametrize("lost", [FreeTime.day == WEDNESDAY, FreeTime.day <= WEDNESDAY, FreeTime.desk == 1, true()])
def test_the_audit_finds_days_whose_free_time_is_lost_all_of_them_too(town, used, lost):
    before = town.words()
    with town.database.writing() as session:
        gone = session.execute(delete(FreeTime).where(FreeTime.opening_id == used, lost)).rowcount
    assert len(town.audit(repair=True)) == gone > 0
    assert town.words() == before
    assert town.audit() == []


def test_the_audit_finds_a_desk_that_there_is_not_and_who_was_booked_there_is_to_move(town, motif, used):
    right = town.words()
    with town.database.writing() as session:
        session.add(FreeTime(opening_id=used, day=WEDNESDAY, desk=7, free=0b1111))
    assert town.audit() == [(used, WEDNESDAY, 7, 0b1111, 0)]
    kept = town.book(motif, at(WEDNESDAY, used, 0))
    assert kept.desk == 7, "the two desks there are have been taken"
    assert len(town.audit(repair=True)) == 1
    assert town.words() == right and town.audit() == []
    assert town.appointment(kept.id).to_move


def test_the_audit_finds_two_appointments_at_the_same_time(town, motif, used):
    one = town.book(motif, at(WEDNESDAY, used, 6))
    plant(town, used, town.words()[used, WEDNESDAY, one.desk] | 0b11000000, desk=one.desk)
    other = town.book(motif, at(WEDNESDAY, used, 6))
    assert (one.desk, one.index) == (other.desk, other.index)
    assert town.audit() != []
