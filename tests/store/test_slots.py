"""What a search offers: the earliest of each site and mode, the first days, and what filters keep."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from counter.slots import Half, Mode
from tests.store.conftest import EVERY_DAY, Town, at, minutes_of

TUESDAY = date(2026, 11, 24)
WEDNESDAY = TUESDAY + timedelta(days=1)


@pytest.fixture
def motif(town: Town) -> int:
    return town.add_motif("01", on_site=30, phone=20)


# ── the grid ────────────────────────────────────────────────────────────────────────────────────


def test_every_interval_where_the_appointment_fits_is_offered(town, motif):
    town.add_opening([motif], starts=540, ends=660)
    town.prepare()
    assert minutes_of(town.search(motif), WEDNESDAY) == [540, 555, 570, 585, 600, 615, 630]


@pytest.mark.parametrize(
    ("minutes", "interval", "last"), [(15, 15, 645), (16, 15, 630), (45, 10, 610), (60, 15, 600), (120, 15, 540)]
)
def test_the_last_slot_leaves_room_for_the_whole_appointment(town, minutes, interval, last):
    motif = town.add_motif("02", on_site=minutes)
    town.add_opening([motif], starts=540, ends=660, interval=interval)
    town.prepare()
    assert minutes_of(town.search(motif), WEDNESDAY)[-1] == last


def test_an_appointment_longer_than_the_opening_is_never_offered(town):
    motif = town.add_motif("02", on_site=130)
    town.add_opening([motif], starts=540, ends=660)
    town.prepare()
    assert town.search(motif).days == {}
    assert town.search(motif).earliest == {}


def test_nothing_is_offered_across_the_closing_at_noon(town, motif):
    town.add_opening([motif], starts=690, ends=720)
    town.add_opening([motif], starts=780, ends=810)
    town.prepare()
    assert minutes_of(town.search(motif), WEDNESDAY) == [690, 780]


def test_an_opening_through_noon_is_offered_at_noon(town, motif):
    town.add_opening([motif], starts=690, ends=780)
    town.prepare()
    assert minutes_of(town.search(motif), WEDNESDAY) == [690, 705, 720, 735, 750]


def test_an_appointment_never_shifts_the_grid(town):
    """20 minutes on a grid of 15 take two intervals; what is left begins where it always did."""
    motif = town.add_motif("02", on_site=20)
    opening = town.add_opening([motif], starts=540, ends=660)
    town.prepare()
    before = minutes_of(town.search(motif), WEDNESDAY)
    town.book(motif, at(WEDNESDAY, opening, 2))
    assert minutes_of(town.search(motif), WEDNESDAY) == [540, 600, 615, 630]
    assert set(minutes_of(town.search(motif), WEDNESDAY)) < set(before)


def test_two_openings_at_the_same_time_are_one_slot_to_choose(town, motif):
    town.add_opening([motif], starts=540, ends=570)
    town.add_opening([motif], starts=540, ends=570)
    town.prepare()
    assert minutes_of(town.search(motif), WEDNESDAY) == [540]


# ── filters ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def places(town, motif) -> dict[str, int]:
    """Mairie on site from 9 h and by phone from 10 h; Gare on site on Wednesdays and Saturdays from 8 h."""
    gare = town.add_site("Gare")
    town.add_opening([motif], starts=540, ends=600)
    town.add_opening([motif], starts=600, ends=620, interval=10, mode=Mode.PHONE)
    town.add_opening([motif], starts=480, ends=510, site=gare, weekdays=0b100100)
    town.prepare()
    return {"mairie": town.site, "gare": gare}


def test_the_earliest_slot_of_each_site_and_mode_is_told(town, motif, places):
    town.clock.advance(hours=3)
    earliest = town.search(motif).earliest
    assert {place: (slot.day, slot.minute) for place, slot in earliest.items()} == {
        (places["mairie"], Mode.ON_SITE): (WEDNESDAY, 540),
        (places["mairie"], Mode.PHONE): (WEDNESDAY, 600),
        (places["gare"], Mode.ON_SITE): (WEDNESDAY, 480),
    }


def test_the_earliest_slot_is_the_first_one_left(town, motif, places):
    town.clock.advance(hours=3)
    for _ in range(2):
        slot = town.search(motif).earliest[places["mairie"], Mode.ON_SITE]
        town.book(motif, slot.key)
    slot = town.search(motif).earliest[places["mairie"], Mode.ON_SITE]
    assert (slot.day, slot.minute) == (WEDNESDAY + timedelta(days=1), 540)


def test_the_earliest_slot_is_of_the_morning_though_the_afternoon_was_written_first(town, motif):
    for starts in (840, 540, 660):
        town.add_opening([motif], starts=starts, ends=starts + 60)
    town.prepare()
    town.clock.advance(hours=12)
    assert [(slot.day, slot.minute) for slot in town.search(motif).earliest.values()] == [(WEDNESDAY, 540)]


def test_a_mode_a_site_or_a_weekday_keeps_its_own_slots_only(town, motif, places):
    def found(**wanted) -> set[tuple]:
        result = town.search(motif, **wanted)
        slots = [slot for slots in result.days.values() for slot in slots]
        assert set(result.earliest) == {(slot.site_id, slot.mode) for slot in slots}
        return {(slot.site_id, slot.mode, slot.day.weekday()) for slot in slots}

    mairie, gare = places["mairie"], places["gare"]
    assert found(modes=frozenset({Mode.PHONE})) == {(mairie, Mode.PHONE, day) for day in (1, 2, 3, 4)}
    assert found(modes=frozenset({Mode.VIDEO})) == set()
    assert found(site_ids=frozenset({gare})) == {(gare, Mode.ON_SITE, 2), (gare, Mode.ON_SITE, 5)}
    assert found(weekdays=frozenset({5})) == {(gare, Mode.ON_SITE, 5)}
    assert found(weekdays=frozenset({6})) == set()
    assert found(weekdays=frozenset({0, 4}), modes=frozenset({Mode.PHONE})) == {
        (mairie, Mode.PHONE, 0),
        (mairie, Mode.PHONE, 4),
    }


@pytest.mark.parametrize("weekday", range(7))
def test_a_weekday_is_that_day_on_the_calendar(town, motif, weekday):
    town.add_opening([motif], weekdays=EVERY_DAY)
    town.prepare()
    days = town.search(motif, weekdays=frozenset({weekday})).days
    assert len(days) == 4
    assert {day.weekday() for day in days} == {weekday}


def test_a_search_from_a_day_begins_that_day(town, motif, places):
    result = town.search(motif, first_day=date(2026, 12, 2))
    assert min(result.days) == date(2026, 12, 2)
    assert {slot.day for slot in result.earliest.values()} == {date(2026, 12, 2)}


def test_a_search_from_a_day_gone_by_begins_now(town, motif, places):
    assert town.search(motif, first_day=date(2020, 1, 1)) == town.search(motif)


def test_a_motif_is_offered_only_where_it_is_received(town, motif, places):
    other = town.add_motif("02", on_site=15)
    opening = town.add_opening([other], starts=900, ends=930)
    town.prepare()
    assert {slot.opening_id for slots in town.search(other).days.values() for slot in slots} == {opening}
    assert 900 not in minutes_of(town.search(motif), WEDNESDAY)


def test_a_mode_the_motif_does_not_have_is_never_offered(town):
    by_phone = town.add_motif("02", phone=10)
    town.add_opening([by_phone], mode=Mode.ON_SITE)
    town.prepare()
    assert town.search(by_phone).days == {}


def test_a_motif_received_nowhere_finds_nothing(town, motif):
    result = town.search(motif)
    assert (result.days, result.earliest, result.more_from) == ({}, {}, None)


def test_each_place_has_its_own_clock_though_all_are_searched_at_once(town, motif):
    """At 9 h in Paris it is noon in Réunion and 4 h in Guadeloupe."""
    paris = town.site
    east = town.add_site("Saint-Denis", department="974", timezone="Indian/Reunion")
    west = town.add_site("Basse-Terre", department="971", timezone="America/Guadeloupe")
    for site in (paris, east, west):
        town.add_opening([motif], starts=180, ends=780, interval=30, site=site)
    town.prepare()
    found = town.search(motif)
    assert {site: (slot.day, slot.minute) for (site, _), slot in found.earliest.items()} == {
        paris: (TUESDAY, 540), east: (TUESDAY, 720), west: (TUESDAY, 240),
    }  # fmt: skip
    for site in (paris, east, west):
        alone = town.search(motif, site_ids=frozenset({site}))
        assert [slot for slot in found.days[TUESDAY] if slot.site_id == site] == list(alone.days[TUESDAY])
    assert list(found.days[TUESDAY]) == sorted(found.days[TUESDAY])
    assert town.hold(motif, found.earliest[east, Mode.ON_SITE].key)


# ── days ────────────────────────────────────────────────────────────────────────────────────────


def test_four_days_are_shown_and_the_next_one_is_announced(town, motif):
    town.add_opening([motif])
    town.prepare()
    first = town.search(motif)
    assert list(first.days) == [TUESDAY, WEDNESDAY, date(2026, 11, 26), date(2026, 11, 27)]
    assert first.more_from == date(2026, 11, 30)
    after = town.search(motif, first_day=first.more_from)
    assert min(after.days) == first.more_from


def test_turning_the_pages_shows_every_day_once_to_the_end(town, motif):
    opening = town.add_opening([motif], weekdays=EVERY_DAY)
    town.prepare()
    seen, search = [], town.search(motif)
    while search.more_from is not None:
        seen += search.days
        search = town.search(motif, first_day=search.more_from)
    assert [*seen, *search.days] == town.days(opening)


def test_a_full_day_disappears_and_comes_back_when_one_cancels(town, motif):
    opening = town.add_opening([motif], starts=540, ends=600)
    town.prepare()
    booked = [town.book(motif, at(WEDNESDAY, opening, index)) for index in (0, 2)]
    assert WEDNESDAY not in town.search(motif).days
    town.cancel(booked[1].id)
    assert minutes_of(town.search(motif), WEDNESDAY) == [570]


def test_a_day_with_gaps_too_short_disappears(town, motif):
    short = town.add_motif("02", on_site=15)
    opening = town.add_opening([motif, short], starts=540, ends=600)
    town.prepare()
    for index in (1, 3):
        town.book(short, at(WEDNESDAY, opening, index))
    assert WEDNESDAY not in town.search(motif).days
    assert minutes_of(town.search(short), WEDNESDAY) == [540, 570]


def test_many_full_days_are_passed_over(town, motif):
    opening = town.add_opening([motif], starts=540, ends=570, weekdays=EVERY_DAY)
    town.prepare()
    for day in town.days(opening)[:-1]:
        town.clock.now = datetime(day.year, day.month, day.day, tzinfo=UTC)
        town.book(motif, at(day, opening, 0))
    town.clock.now = datetime(2026, 11, 24, tzinfo=UTC)
    assert list(town.search(motif).days) == town.days(opening)[-1:]
    assert [slot.day for slot in town.search(motif).earliest.values()] == town.days(opening)[-1:]


# ── now ─────────────────────────────────────────────────────────────────────────────────────────


def test_what_has_begun_today_is_not_offered(town, motif):
    town.add_opening([motif], starts=540, ends=660)
    town.prepare()
    assert minutes_of(town.search(motif), TUESDAY)[0] == 540, "it is 9 h sharp"
    town.clock.advance(seconds=1)
    assert minutes_of(town.search(motif), TUESDAY)[0] == 555
    town.clock.advance(hours=2)
    assert TUESDAY not in town.search(motif).days


def test_what_is_offered_can_be_taken_in_the_first_second_of_its_minute_too(town, motif):
    opening = town.add_opening([motif], starts=540, ends=660)
    town.prepare()
    town.clock.advance(milliseconds=400)
    slot = next(iter(town.search(motif).days[TUESDAY]))
    assert town.book(motif, slot.key).opening_id == opening


def test_the_notice_of_the_motif_counts_from_now(town):
    motif = town.add_motif("02", on_site=15, notice=60)
    town.add_opening([motif], starts=540, ends=660)
    town.prepare()
    assert minutes_of(town.search(motif), TUESDAY) == [600, 615, 630, 645]
    town.clock.advance(minutes=1)
    assert minutes_of(town.search(motif), TUESDAY) == [615, 630, 645]


def test_a_notice_of_two_days_passes_over_them(town):
    motif = town.add_motif("02", on_site=15, notice=2 * 24 * 60)
    town.add_opening([motif], starts=480, ends=600)
    town.prepare()
    found = town.search(motif)
    assert min(found.days) == date(2026, 11, 26)
    assert minutes_of(found, date(2026, 11, 26)) == [540, 555, 570, 585], "not before 9 h, as now"


def test_the_last_day_of_the_horizon_is_offered_and_the_next_is_not(town):
    motif = town.add_motif("02", on_site=15, horizon=10)
    opening = town.add_opening([motif], weekdays=EVERY_DAY)
    town.prepare()
    assert list(town.search(motif, first_day=date(2026, 12, 3)).days) == [date(2026, 12, 3), date(2026, 12, 4)]
    assert max(town.days(opening)) > date(2026, 12, 4)


def test_the_clock_of_the_site_decides_what_has_begun(town_on):
    """20 h 30 in Paris is 15 h 30 in Guadeloupe: the afternoon goes on there."""
    town = town_on(datetime(2026, 11, 24, 19, 30, tzinfo=UTC))
    motif = town.add_motif("02", on_site=15)
    there = town.add_site("Pointe", department="971", timezone="America/Guadeloupe")
    town.add_opening([motif], starts=900, ends=960, site=there)
    town.prepare()
    assert minutes_of(town.search(motif), TUESDAY) == [930, 945]


# ── the part of the day ─────────────────────────────────────────────────────────────────────────


def test_the_part_of_the_day_keeps_what_begins_in_it(town, motif):
    town.add_opening([motif], starts=690, ends=780)
    town.prepare()
    assert minutes_of(town.search(motif, half=Half.MORNING), WEDNESDAY) == [690, 705]
    assert minutes_of(town.search(motif, half=Half.AFTERNOON), WEDNESDAY) == [720, 735, 750]


def test_a_part_of_the_day_that_is_full_sends_to_the_next_day_with_room(town, motif):
    opening = town.add_opening([motif], starts=660, ends=780)
    town.prepare()
    for index in (0, 2):
        for day in (TUESDAY, WEDNESDAY):
            town.book(motif, at(day, opening, index))
    morning = town.search(motif, half=Half.MORNING)
    assert min(morning.days) == WEDNESDAY + timedelta(days=1)
    assert {slot.day for slot in morning.earliest.values()} == {WEDNESDAY + timedelta(days=1)}
    assert min(town.search(motif, half=Half.AFTERNOON).days) == TUESDAY


def test_a_place_that_never_opens_in_that_part_of_the_day_has_nothing(town, motif):
    town.add_opening([motif], starts=780, ends=900)
    town.prepare()
    assert town.search(motif, half=Half.MORNING).earliest == {}
