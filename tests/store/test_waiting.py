"""The waiting list: a freed time is kept for the first person it suits, in order, and never given twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from counter.appointments import Status
from counter.models import Agent, Closure, Hold, Motif, Opening, Site, WaitingRequest
from counter.slots import Mode, SlotTaken
from counter.store import waiting
from counter.store.appointments import appointment_by_id, cancel, move
from counter.store.closures import close_days
from counter.store.holds import release_expired
from counter.store.openings import put_motifs
from counter.store.places import put_modes
from counter.store.reception import signal, step_back
from counter.store.slots import local_now
from tests.store.conftest import EVERY_DAY, at, count, new_key

TUESDAY = date(2026, 11, 24)
WEDNESDAY = TUESDAY + timedelta(days=1)
THURSDAY = TUESDAY + timedelta(days=2)
FRIDAY = TUESDAY + timedelta(days=3)


class List:
    """The waiting list of a town."""

    def __init__(self, town):
        self.town = town

    def ask(self, number: int, earliest: date | None = None) -> None:
        self.town.clock.advance(seconds=1)
        with self.town.database.writing() as session:
            waiting.ask(session, appointment_by_id(session, number), earliest, self.town.clock())

    def cancel(self, number: int) -> None:
        with self.town.database.writing() as session:
            freed = cancel(session, appointment_by_id(session, number), self.town.clock())
            waiting.after_change(session, number, freed, self.town.clock())

    def withdraw(self, number: int) -> None:
        with self.town.database.writing() as session:
            waiting.withdraw(session, number, self.town.clock())

    def answer(self, number: int, yes: bool) -> bool:
        with self.town.database.writing() as session:
            return self.answer_in(session, number, waiting.request_of(session, number).offered_slot, yes)

    def answer_in(self, session: Session, number: int, slot: str, yes: bool) -> bool:
        if yes:
            return waiting.accept(session, number, slot, new_key(), self.town.clock(), None)
        return waiting.refuse(session, number, slot, self.town.clock())

    @contextmanager
    def changed_meanwhile(self, number: int, server: str, change: Callable[[], None]) -> Iterator[Session]:
        """A transaction that read the request before someone else changed it; SQLite, which lets one write at a time,
        has them one after the other."""
        if server == "sqlite":
            change()
        with self.town.database.writing() as session:
            known = waiting.request_of(session, number), appointment_by_id(session, number)
            if server != "sqlite":
                change()
            yield session
            del known

    def give_back_expired(self) -> int:
        """As the page of slots does; how many holds were nobody's offer."""
        with self.town.database.writing() as session:
            released = release_expired(session, self.town.clock())
            waiting.pass_on_lapsed(session, self.town.clock())
            return released

    def offered(self) -> list[tuple[int, date, int]]:
        with self.town.database.reading() as session:
            return [
                (asked.appointment_id, *waiting.offered_time(session, asked))
                for asked in waiting.list_offers(session, self.town.site, self.town.clock())
            ]

    def hours(self) -> dict[int, int]:
        """Appointment -> the minute of the place kept for it."""
        return {number: minute for number, _, minute in self.offered()}


@pytest.fixture
def waiters(town) -> List:
    return List(town)


def test_a_freed_time_is_kept_for_the_first_in_order(town, waiters, half_hour, opening):
    gone = town.book(half_hour, at(WEDNESDAY, opening, 4))
    first, second = (town.book(half_hour, at(FRIDAY, opening, index)) for index in (0, 2))
    waiters.ask(second.id)
    waiters.ask(first.id)
    waiters.cancel(gone.id)
    assert waiters.offered() == [(second.id, WEDNESDAY, 600)]
    with pytest.raises(SlotTaken):
        town.book(half_hour, at(WEDNESDAY, opening, 4))
    assert town.audit() == []


def test_who_took_the_appointment_is_told_of_the_place_too_wherever_they_serve(town, waiters, half_hour, opening):
    gone, waits = (town.book(half_hour, at(day, opening, 4)) for day in (WEDNESDAY, FRIDAY))
    with town.database.writing() as session:
        agent = _an_agent(session)
        appointment_by_id(session, waits.id).agent_id = agent
    waiters.ask(waits.id)
    waiters.cancel(gone.id)
    elsewhere = town.add_site("Ailleurs")
    with town.database.reading() as session:
        for who, told in ((agent, [waits.id]), (agent + 1, []), (None, [])):
            offers = waiting.list_offers(session, elsewhere, town.clock(), who)
            assert [asked.appointment_id for asked in offers] == told


def _an_agent(session) -> int:
    agent = Agent(identifier="camille", display_name="Camille", role="agent", password_hash="-", active=True)  # noqa: S106
    session.add(agent)
    session.flush()
    return agent.id


def test_accepting_moves_the_appointment_and_offers_its_old_time_on(town, waiters, half_hour, opening):
    gone = town.book(half_hour, at(WEDNESDAY, opening, 4))
    first, second = town.book(half_hour, at(THURSDAY, opening, 0)), town.book(half_hour, at(FRIDAY, opening, 2))
    waiters.ask(first.id)
    waiters.ask(second.id)
    waiters.cancel(gone.id)
    assert waiters.answer(first.id, yes=True) is True
    moved = town.appointment(first.id)
    assert (moved.day, moved.minute, moved.code) == (WEDNESDAY, 600, first.code)
    assert waiters.offered() == [(second.id, THURSDAY, 540)]
    assert town.audit() == []
    waiters.answer(second.id, yes=True)
    assert waiters.offered() == [] and count(town, Hold) == 0
    assert town.audit() == []


@pytest.mark.parametrize("yes", [True, False])
def test_who_cancels_while_the_agent_answers_for_them_is_not_moved(town, waiters, half_hour, opening, server, yes):
    gone, first, second = (town.book(half_hour, at(day, opening, 0)) for day in (WEDNESDAY, THURSDAY, FRIDAY))
    waiters.ask(first.id)
    waiters.ask(second.id)
    waiters.cancel(gone.id)
    with waiters.changed_meanwhile(first.id, server, lambda: waiters.cancel(first.id)) as session:
        assert waiters.answer_in(session, first.id, at(WEDNESDAY, opening, 0), yes) is False
    cancelled = town.appointment(first.id)
    assert (cancelled.is_cancelled, cancelled.day) == (True, THURSDAY)
    assert waiters.offered() == [(second.id, WEDNESDAY, 540)], "the place is kept for the next"
    assert town.audit() == []


def test_who_cancels_while_they_are_put_on_the_list_is_not_on_it(town, waiters, half_hour, opening, server):
    booked = town.book(half_hour, at(FRIDAY, opening, 0))
    with waiters.changed_meanwhile(booked.id, server, lambda: waiters.cancel(booked.id)) as session:
        mine = appointment_by_id(session, booked.id)
        assert waiting.ask(session, mine, None, town.clock()) is None
    assert count(town, WaitingRequest) == 0


@pytest.mark.parametrize("yes", [True, False])
def test_nobody_answers_for_a_place_they_were_not_asked_about(town, waiters, half_hour, opening, server, yes):
    soon, later, waits = (town.book(half_hour, at(day, opening, 0)) for day in (WEDNESDAY, THURSDAY, FRIDAY))
    waiters.ask(waits.id)
    waiters.cancel(soon.id)

    def another_is_kept() -> None:
        waiters.answer(waits.id, yes=False)
        waiters.cancel(later.id)

    with waiters.changed_meanwhile(waits.id, server, another_is_kept) as session:
        assert waiters.answer_in(session, waits.id, at(WEDNESDAY, opening, 0), yes) is False
    assert town.appointment(waits.id).day == FRIDAY
    assert waiters.offered() == [(waits.id, THURSDAY, 540)]
    assert town.audit() == []


def test_a_refusal_goes_to_the_next_and_the_last_one_frees_the_time(town, waiters, half_hour, opening):
    gone = town.book(half_hour, at(WEDNESDAY, opening, 4))
    first, second = (town.book(half_hour, at(FRIDAY, opening, index)) for index in (0, 2))
    waiters.ask(first.id)
    waiters.ask(second.id)
    waiters.cancel(gone.id)
    waiters.answer(first.id, yes=False)
    assert waiters.offered() == [(second.id, WEDNESDAY, 600)]
    waiters.answer(second.id, yes=False)
    assert waiters.offered() == []
    assert town.free(opening, WEDNESDAY) == list(range(12))
    assert town.audit() == []


def test_an_offer_without_answer_goes_to_the_next_after_a_day(town, waiters, half_hour, opening):
    gone = town.book(half_hour, at(FRIDAY, opening, 4))
    first, second = (town.book(half_hour, at(date(2026, 11, 30), opening, index)) for index in (0, 2))
    waiters.ask(first.id)
    waiters.ask(second.id)
    waiters.cancel(gone.id)
    town.clock.advance(hours=24)
    with town.database.writing() as session:
        assert waiting.has_lapsed(session, town.clock())
        waiting.pass_on_lapsed(session, town.clock())
        assert not waiting.has_lapsed(session, town.clock())
    assert waiters.offered() == [(second.id, FRIDAY, 600)]
    assert town.audit() == []


def three_with_two_offers(town, waiters, motif, opening) -> list[int]:
    """Three who wait for an earlier day than Friday, in order; on Thursday, 9 h is kept for the first, 10 h for the
    second."""
    soon = [town.book(motif, at(THURSDAY, opening, index)).id for index in (0, 4)]
    waits = [town.book(motif, at(FRIDAY, opening, index)).id for index in (0, 4, 8)]
    for number in waits:
        waiters.ask(number)
    for number in soon:
        waiters.cancel(number)
    assert waiters.hours() == {waits[0]: 540, waits[1]: 600}
    return waits


def test_a_place_that_is_refused_goes_to_the_first_who_was_not_asked_about_it(town, waiters, half_hour, opening):
    first, second, third = three_with_two_offers(town, waiters, half_hour, opening)
    waiters.answer(first, yes=False)
    assert waiters.hours() == {second: 600, third: 540}
    waiters.answer(second, yes=False)
    assert waiters.hours() == {first: 600, third: 540}, "the first said no to 9 h, and was not asked about 10 h"
    waiters.answer(third, yes=False)
    assert waiters.hours() == {first: 600, second: 540}
    for number in (second, first, third):
        waiters.answer(number, yes=False)
    assert waiters.hours() == {} and count(town, Hold) == 0, "nobody is asked twice about a place"
    assert town.free(opening, THURSDAY) == list(range(12)) and town.audit() == []


def test_two_offers_that_run_out_together_each_go_to_who_had_the_other(town, waiters, half_hour, opening):
    first, second, third = three_with_two_offers(town, waiters, half_hour, opening)
    waiters.withdraw(third)
    town.clock.advance(hours=24)
    waiters.give_back_expired()
    assert waiters.hours() == {first: 600, second: 540}
    assert town.audit() == []


def test_a_time_given_up_again_is_not_offered_to_who_let_it_pass_but_the_hour_beside_it_is(
    town, waiters, half_hour, opening
):
    gone, waits = town.book(half_hour, at(WEDNESDAY, opening, 4)), town.book(half_hour, at(FRIDAY, opening, 0))
    waiters.ask(waits.id)
    waiters.cancel(gone.id)
    waiters.answer(waits.id, yes=False)
    again, beside = (town.book(half_hour, at(WEDNESDAY, opening, index)) for index in (4, 6))
    waiters.cancel(again.id)
    assert waiters.offered() == []
    waiters.cancel(beside.id)
    assert waiters.offered() == [(waits.id, WEDNESDAY, 630)]
    assert town.audit() == []


def test_who_books_when_an_offer_runs_out_comes_after_those_who_wait(town, waiters, half_hour, opening):
    gone = town.book(half_hour, at(FRIDAY, opening, 4))
    first, second = (town.book(half_hour, at(date(2026, 11, 30), opening, index)) for index in (0, 2))
    waiters.ask(first.id)
    waiters.ask(second.id)
    waiters.cancel(gone.id)
    town.hold(half_hour, at(FRIDAY, opening, 0))
    town.clock.advance(hours=24)
    with pytest.raises(SlotTaken):
        town.book(half_hour, at(FRIDAY, opening, 4))
    assert town.book(half_hour, at(FRIDAY, opening, 0)).day == FRIDAY, "what any other kept is free"
    assert waiters.give_back_expired() == 0 and waiters.offered() == [(second.id, FRIDAY, 600)]
    town.clock.advance(hours=24)
    assert waiters.give_back_expired() == 0 and waiters.offered() == []
    assert town.book(half_hour, at(FRIDAY, opening, 4)).day == FRIDAY, "nobody else waits"
    assert count(town, Hold) == 0 and town.audit() == []


@pytest.mark.parametrize("others", [0, 1])
def test_who_says_yes_once_the_offer_ran_out_is_moved_unless_another_waits(town, waiters, half_hour, opening, others):
    gone = town.book(half_hour, at(FRIDAY, opening, 4))
    first, second = (town.book(half_hour, at(date(2026, 11, 30), opening, index)) for index in (0, 2))
    for booked in (first, second)[: 1 + others]:
        waiters.ask(booked.id)
    waiters.cancel(gone.id)
    town.clock.advance(hours=24)
    assert waiters.answer(first.id, yes=True) is not bool(others)
    assert (town.appointment(first.id).day == FRIDAY) is not bool(others)
    assert waiters.offered() == [(second.id, FRIDAY, 600)] * others
    assert town.audit() == []


@pytest.mark.parametrize(
    ("eve", "ends"),
    [
        (datetime(2027, 3, 27, 17, tzinfo=UTC), datetime(2027, 3, 28, 6, tzinfo=UTC)),  # 18 h, 8 h in summer
        (
            datetime(2027, 10, 30, 16, tzinfo=UTC),
            datetime(2027, 10, 31, 7, tzinfo=UTC),
        ),  # 18 h, 8 h in winter
    ],
)
def test_an_offer_ends_when_its_own_hour_comes_the_night_the_clocks_change_too(town_on, eve, ends):
    town = town_on(eve)
    waiters, motif, day = List(town), town.add_motif("01", on_site=30), ends.date()
    opening = town.add_opening([motif], starts=480, weekdays=EVERY_DAY)
    town.prepare()
    gone, waits = town.book(motif, at(day, opening, 0)), town.book(motif, at(day + timedelta(days=3), opening, 0))
    waiters.ask(waits.id)
    waiters.cancel(gone.id)
    town.clock.now = ends - timedelta(minutes=1, seconds=1)
    assert waiters.offered() == [(waits.id, day, 480)]
    town.clock.now = ends
    assert waiters.offered() == []


def test_nobody_is_offered_a_later_day_another_motif_another_place_or_a_day_too_early(
    town, waiters, half_hour, quarter, opening
):
    gone = town.book(half_hour, at(THURSDAY, opening, 4))
    site = town.add_site("Gare")
    elsewhere = town.add_opening([half_hour], site=site)
    only_here = town.add_motif("05", on_site=30)
    other = town.add_opening([only_here])
    town.prepare()
    earlier = town.book(half_hour, at(WEDNESDAY, opening, 0))
    far, strange = town.book(half_hour, at(FRIDAY, elsewhere, 0)), town.book(only_here, at(FRIDAY, other, 0))
    not_yet = town.book(half_hour, at(FRIDAY, opening, 0))
    for booked in (earlier, far, strange):
        waiters.ask(booked.id)
    waiters.ask(not_yet.id, earliest=FRIDAY)
    waiters.cancel(gone.id)
    assert waiters.offered() == []
    assert count(town, Hold) == 0 and town.audit() == []


def test_whoever_cancels_while_being_offered_leaves_the_place_to_the_next(town, waiters, half_hour, opening):
    gone = town.book(half_hour, at(WEDNESDAY, opening, 4))
    first, second = (town.book(half_hour, at(FRIDAY, opening, index)) for index in (4, 6))
    waiters.ask(first.id)
    waiters.ask(second.id)
    waiters.cancel(gone.id)
    waiters.cancel(first.id)
    assert waiters.offered() == [(second.id, WEDNESDAY, 600)]
    assert town.audit() == []


@pytest.mark.parametrize("to", [Status.ARRIVED, Status.ABSENT, Status.EXCUSED])
def test_who_is_received_or_does_not_come_leaves_the_place_kept_for_them_to_the_next(
    town, waiters, half_hour, opening, to
):
    gone, first, second = (town.book(half_hour, at(TUESDAY, opening, index)) for index in (4, 6, 8))
    waiters.ask(first.id)
    waiters.ask(second.id)
    waiters.cancel(gone.id)
    assert waiters.offered() == [(first.id, TUESDAY, 600)]
    with town.database.writing() as session:
        signal(session, appointment_by_id(session, first.id), to, new_key(), town.clock(), None)
    assert waiters.offered() == [(second.id, TUESDAY, 600)]
    with town.database.writing() as session:
        step_back(session, appointment_by_id(session, first.id), to, new_key(), town.clock(), None)
    waiters.answer(second.id, yes=False)
    assert waiters.offered() == [], "nobody is put back on the list without asking"
    assert town.free(opening, TUESDAY)[4:6] == [4, 5] and town.audit() == []


def test_a_mode_taken_away_from_the_motif_stops_nobody(town, waiters):
    """Nobody is offered a call that is no longer made; cancelling and the home page go on."""
    motif = town.add_motif("03", on_site=15, phone=15)
    calls = town.add_opening([motif], mode=Mode.PHONE)
    town.prepare()
    first, second, last = (town.book(motif, at(day, calls, 0)) for day in (WEDNESDAY, THURSDAY, FRIDAY))
    waiters.ask(last.id)
    waiters.cancel(first.id)
    assert [number for number, *_ in waiters.offered()] == [last.id]
    with town.database.writing() as session:
        put_modes(session, session.get_one(Motif, motif), {Mode.ON_SITE: 15})
    waiters.cancel(second.id)
    town.clock.advance(hours=30)
    waiters.give_back_expired()
    assert waiters.offered() == [] and town.audit() == []


def test_a_place_of_a_day_closed_since_is_not_offered(town, waiters, half_hour, opening):
    gone, waits = town.book(half_hour, at(WEDNESDAY, opening, 4)), town.book(half_hour, at(FRIDAY, opening, 0))
    waiters.ask(waits.id)
    waiters.cancel(gone.id)
    assert waiters.offered() and count(town, Hold) == 1
    with town.database.writing() as session:
        here = local_now(town.clock(), session.get_one(Site, town.site))
        close_days(session, Closure(site_id=town.site, first=WEDNESDAY, last=WEDNESDAY), here)
    assert waiters.offered() == [] and town.audit() == []


def test_who_accepts_is_not_refused_because_the_motif_takes_longer_now(town, waiters):
    motif = town.add_motif("03", on_site=15)
    opening = town.add_opening([motif])
    town.prepare()
    gone, waits = town.book(motif, at(WEDNESDAY, opening, 4)), town.book(motif, at(FRIDAY, opening, 0))
    waiters.ask(waits.id)
    waiters.cancel(gone.id)
    with town.database.writing() as session:
        put_modes(session, session.get_one(Motif, motif), {Mode.ON_SITE: 30})
    waiters.answer(waits.id, yes=True)
    moved = town.appointment(waits.id)
    assert (moved.day, moved.count) == (WEDNESDAY, 2) and town.audit() == []


def change_motif(town, number: int, slot: str, motif: int) -> None:
    with town.database.writing() as session:
        other = session.get_one(Motif, motif)
        freed = move(session, appointment_by_id(session, number), slot, new_key(), town.clock(), motif=other)
        waiting.after_change(session, number, freed, town.clock())


def test_who_changes_their_motif_and_keeps_their_hour_goes_on_waiting(town, waiters, half_hour, quarter, opening):
    gone, waits = (town.book(half_hour, at(day, opening, 4)) for day in (WEDNESDAY, FRIDAY))
    waiters.ask(waits.id)
    change_motif(town, waits.id, waits.slot.key, quarter)
    waiters.cancel(gone.id)
    assert waiters.offered() == [(waits.id, WEDNESDAY, 600)]
    assert town.audit() == []


@pytest.mark.parametrize("received", [True, False])
def test_a_place_kept_for_who_changes_their_motif_is_kept_for_the_new_one_or_goes_on(
    town, waiters, half_hour, quarter, opening, received
):
    other = town.add_motif("03", on_site=15)
    later = town.add_opening([half_hour, other], starts=840, ends=900)
    town.prepare()
    gone, first = town.book(half_hour, at(WEDNESDAY, opening, 4)), town.book(half_hour, at(FRIDAY, later, 0))
    second = town.book(half_hour, at(FRIDAY, opening, 6))
    waiters.ask(first.id)
    waiters.ask(second.id)
    waiters.cancel(gone.id)
    if received:
        with town.database.writing() as session:
            put_motifs(session, session.get_one(Opening, opening), {half_hour, quarter, other})
    change_motif(town, first.id, first.slot.key, other)
    assert waiters.offered() == [((first if received else second).id, WEDNESDAY, 600)]
    assert waiters.answer(waiters.offered()[0][0], yes=True)
    assert town.audit() == []


def test_who_moves_to_a_call_at_the_same_hour_waits_no_more(town, waiters):
    motif = town.add_motif("03", on_site=30, phone=30)
    here, calls = town.add_opening([motif]), town.add_opening([motif], mode=Mode.PHONE)
    town.prepare()
    waits = town.book(motif, at(FRIDAY, here, 4))
    waiters.ask(waits.id)
    change_motif(town, waits.id, at(FRIDAY, calls, 4), motif)
    with town.database.reading() as session:
        assert waiting.request_of(session, waits.id) is None


@pytest.mark.parametrize("lost", ["the opening", "the mode"])
def test_who_was_offered_a_place_has_it_though_the_motif_is_no_longer_received_there(town, waiters, quarter, lost):
    motif = town.add_motif("03", on_site=30, phone=30)
    opening = town.add_opening([motif])
    town.prepare()
    gone, waits = town.book(motif, at(WEDNESDAY, opening, 4)), town.book(motif, at(FRIDAY, opening, 0))
    waiters.ask(waits.id)
    waiters.cancel(gone.id)
    with town.database.writing() as session:
        if lost == "the opening":
            put_motifs(session, session.get_one(Opening, opening), {quarter})
        else:
            put_modes(session, session.get_one(Motif, motif), {Mode.PHONE: 30})
    assert waiters.answer(waits.id, yes=True)
    moved = town.appointment(waits.id)
    assert (moved.day, moved.duration, moved.mode_value) == (WEDNESDAY, 30, Mode.ON_SITE)
    assert waiters.offered() == [] and count(town, Hold) == 0 and town.audit() == []
