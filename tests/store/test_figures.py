"""Figures read from the database: closed days are neither opened nor taken, waits are told per site."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from counter.figures import WHOLE, Counted, Delay, Filling, Period, Scope
from counter.models import Closure, Opening, Site
from counter.slots import Mode
from counter.store.closures import close_days
from counter.store.figures import count_unmet, counted, delays, filling, unmet
from counter.store.free_time import prepare_opening
from counter.store.openings import add_opening
from counter.store.slots import local_now
from tests.store.conftest import Town, at

TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 11, day) for day in (24, 25, 26))
BOTH_DAYS = Period(WEDNESDAY, THURSDAY)


def close(town: Town, day: date) -> None:
    with town.database.writing() as session:
        there = local_now(town.clock(), session.get_one(Site, town.site))
        close_days(session, Closure(site_id=town.site, first=day, last=day), there)


def filled(town: Town, scope: Scope, period: Period = BOTH_DAYS) -> list[Filling]:
    with town.database.reading() as session:
        return filling(session, town.caf, period, scope)


def test_what_a_closure_left_to_be_moved_does_not_fill_the_open_days(town, opening, half_hour):
    for index in (0, 2, 4):
        town.book(half_hour, at(THURSDAY, opening, index))
    town.book(half_hour, at(WEDNESDAY, opening, 0))
    assert filled(town, Scope()) == [Filling("Mairie", 120, 360)]
    close(town, THURSDAY)
    assert filled(town, Scope()) == [Filling("Mairie", 30, 180)]
    assert filled(town, Scope(), Period(THURSDAY, THURSDAY)) == [Filling("Mairie", 0, 0)]


def test_the_filling_of_a_motif_is_that_of_the_openings_that_receive_it(town, opening, half_hour):
    other = town.add_motif("03", on_site=20)
    number = town.add_opening([other], ends=600, interval=20)
    town.prepare(60)
    town.book(half_hour, at(WEDNESDAY, opening, 0))
    town.book(other, at(WEDNESDAY, number, 1))
    assert filled(town, Scope()) == [Filling("Mairie", 50, 480)]
    assert filled(town, Scope(motif_id=other)) == [Filling("Mairie", 20, 120)]
    assert filled(town, Scope(site_id=town.site + 1)) == []


def test_the_filling_stops_at_the_last_day_that_is_prepared_at_every_opening(town, opening, half_hour):
    longer = town.add_opening([half_hour], valid_to=date(2027, 3, 1))
    with town.database.writing() as session:
        prepare_opening(session, session.get_one(Opening, longer), TUESDAY, date(2027, 2, 1))
    spring = Period(date(2027, 1, 4), date(2027, 6, 30))

    def known(period: Period, scope: Scope = WHOLE) -> Counted:
        with town.database.reading() as session:
            return counted(session, town.caf, period, scope)

    assert known(BOTH_DAYS).whole and known(BOTH_DAYS).period == BOTH_DAYS
    winter = Period(TUESDAY, date(2027, 1, 31))
    assert known(winter).period == Period(TUESDAY, date(2026, 12, 24))
    assert (known(spring).period, known(spring).until) == (None, date(2026, 12, 24))
    with town.database.writing() as session:  # the shorter one is over before it counts
        session.get_one(Opening, opening).valid_to = date(2026, 12, 24)
    assert known(winter).whole and known(spring).period == Period(spring.first, date(2027, 2, 1))
    assert known(spring, Scope(site_id=town.site + 1)).whole


@pytest.fixture
def annex(town, half_hour, quarter, opening) -> int:
    """A second site, that receives one of the two motifs on Thursdays, and the other in a mode it has not."""
    site = town.add_site("Annexe")
    town.add_opening([half_hour], site=site, weekdays=0b1000)
    town.add_opening([quarter], site=site, mode=Mode.PHONE)
    town.prepare()
    return site


def waits(town: Town, scope: Scope) -> list[Delay]:
    with town.database.reading() as session:
        return delays(session, town.caf, town.clock(), scope)


def test_the_wait_is_told_at_each_site_that_receives_the_motif(town, annex, half_hour, quarter):
    both, one = Delay("Motif 01", {"Annexe": 2, "Mairie": 0}), Delay("Motif 02", {"Mairie": 0})
    assert waits(town, Scope()) == [both, one]
    assert waits(town, Scope(motif_id=quarter)) == [one]
    assert waits(town, Scope(site_id=annex)) == [Delay("Motif 01", {"Annexe": 2})]
    close(town, TUESDAY)
    assert waits(town, Scope(site_id=town.site))[0] == Delay("Motif 01", {"Mairie": 1})


def test_a_site_without_any_slot_says_so_and_one_whose_opening_is_over_is_left_out(town, half_hour):
    town.add_opening([half_hour])  # not prepared: no free time
    gone = town.add_site("Ancienne mairie")
    town.add_opening([half_hour], site=gone, valid_to=date(2026, 11, 23))
    assert waits(town, Scope()) == [Delay("Motif 01", {"Mairie": None})]


def test_the_wait_is_counted_from_the_day_it_is_at_each_site(town, half_hour):
    """At 10 h in Paris it is still Monday evening in Tahiti."""
    far = town.add_site("Papeete")
    monday = TUESDAY - timedelta(days=1)
    with town.database.writing() as session:
        session.get_one(Site, far).timezone = "Pacific/Tahiti"
        hours = {"starts": 1380, "ends": 1440, "interval": 15, "desks": 1, "valid_from": monday, "valid_to": monday}
        opening = Opening(site_id=far, mode=Mode.ON_SITE, weekdays=127, **hours)
        add_opening(session, opening, {half_hour}, monday, 1)
    assert waits(town, Scope()) == [Delay("Motif 01", {"Papeete": 0})]


def test_searches_without_slot_count_those_of_the_period_and_of_the_motif(town, half_hour, quarter):
    with town.database.writing() as session:
        for motif, day in ((half_hour, TUESDAY), (half_hour, WEDNESDAY), (quarter, WEDNESDAY), (quarter, THURSDAY)):
            count_unmet(session, motif, day)
    with town.database.reading() as session:
        found = unmet(session, town.caf, Period(TUESDAY, WEDNESDAY))
        assert [(row.motif, row.searches) for row in found] == [("Motif 01", 2), ("Motif 02", 1)]
        assert [row.searches for row in unmet(session, town.caf, BOTH_DAYS, Scope(motif_id=quarter))] == [2]
