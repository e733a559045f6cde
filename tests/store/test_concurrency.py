"""Many processes on one database, SQLite or PostgreSQL: one winner, no overlap, nothing lost by a sudden death."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
from contextlib import closing
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from counter.models import Appointment
from tests.store.conftest import EVERY_DAY, Town, at, minutes_of, new_key
from tests.store.processes import (
    PATIENCE,
    book_until_killed,
    die_after_each_statement,
    exchange,
    issue,
    race,
    race_to_cancel,
    race_to_move,
    work,
)

TUESDAY = date(2026, 11, 24)
WEDNESDAY = TUESDAY + timedelta(days=1)
THURSDAY = TUESDAY + timedelta(days=2)
CROWD = 16
spawn = multiprocessing.get_context("spawn")


class Crowd:
    """Processes that wait for a task each, and start it together."""

    def __init__(self, size: int):
        self.barrier = spawn.Barrier(size)
        pairs = [spawn.Pipe() for _ in range(size)]
        self.pipes = [mine for mine, _ in pairs]
        self.processes = [spawn.Process(target=work, args=(theirs, self.barrier)) for _, theirs in pairs]
        for process, (_, theirs) in zip(self.processes, pairs, strict=True):
            process.start()
            theirs.close()

    def give(self, number: int, *task) -> None:
        self.pipes[number].send(task)

    def answer(self, number: int):
        assert self.pipes[number].poll(PATIENCE), f"process {number} does not answer"
        return self.pipes[number].recv()

    def close(self) -> None:
        for pipe, process in zip(self.pipes, self.processes, strict=True):
            if process.is_alive():
                pipe.send(None)
            process.join(PATIENCE)
            process.close()
            pipe.close()


@pytest.fixture(scope="module")
def crowd():
    """Sixteen processes, started once for the races."""
    crowd = Crowd(CROWD)
    yield crowd
    crowd.close()


def run_race(crowd: Crowd, instance, tries: list[tuple[int, str]], town: Town) -> list:
    """What each process got for its (motif, slot): a code, or the slots offered instead."""
    for number, (motif, slot) in enumerate(tries):
        crowd.give(number, race, instance, motif, slot, new_key(), town.clock())
    answers = [crowd.answer(number) for number in range(len(tries))]
    told = [a for a in answers if not (isinstance(a, list) or len(a) == 8)]
    assert not told, f"neither a code nor an offer: {told}"
    return answers


def kept(town: Town) -> list[Appointment]:
    with town.database.reading() as session:
        return list(session.scalars(select(Appointment).order_by(Appointment.day, Appointment.index)))


def overlaps(appointments: list[Appointment]) -> list[tuple]:
    """The intervals that two appointments hold at the same desk."""
    seen, twice = set(), []
    for a in appointments:
        for index in range(a.index, a.index + a.count):
            place = (a.opening_id, a.day, a.desk, index)
            twice += [place] if place in seen else []
            seen.add(place)
    return twice


def check_file(instance) -> None:
    """The file opens clean, as another program sees it; PostgreSQL sees to its own."""
    if not (instance / "counter.sqlite").exists():
        return
    with closing(sqlite3.connect(instance / "counter.sqlite")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


# ── races ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("desks", [1, 3])
def test_sixteen_agents_on_one_slot_and_as_many_winners_as_desks(crowd, town, empty_instance, half_hour, desks):
    opening = town.add_opening([half_hour], desks=desks)
    town.prepare()
    answers = run_race(crowd, empty_instance, [(half_hour, at(WEDNESDAY, opening, 4))] * CROWD, town)
    codes = [answer for answer in answers if isinstance(answer, str)]
    assert len(codes) == desks
    booked = kept(town)
    assert sorted(a.code for a in booked) == sorted(codes)
    assert {a.desk for a in booked} == set(range(desks))
    offered = [[(slot.day, slot.minute) for slot in answer] for answer in answers if isinstance(answer, list)]
    assert offered == [[(WEDNESDAY, 555), (WEDNESDAY, 570), (WEDNESDAY, 630)]] * (CROWD - desks)
    assert {555, 570, 630} <= set(minutes_of(town.search(half_hour), WEDNESDAY)), "what losers are offered is free"
    assert overlaps(booked) == []
    assert town.audit() == []


def test_sixteen_agents_on_overlapping_slots_of_two_lengths_never_overlap(
    crowd, town, empty_instance, quarter, half_hour
):
    opening = town.add_opening([quarter, half_hour], starts=540, ends=600)
    town.prepare()
    motifs = [quarter, half_hour] * (CROWD // 2)
    tries = [(motif, at(WEDNESDAY, opening, number % 3)) for number, motif in enumerate(motifs)]
    answers = run_race(crowd, empty_instance, tries, town)
    booked = kept(town)
    assert 2 <= len(booked) <= 4, "an hour holds two to four of them, whoever came first"
    assert overlaps(booked) == []
    assert sorted(a.code for a in booked) == sorted(answer for answer in answers if isinstance(answer, str))
    assert sum(isinstance(answer, list) for answer in answers) == CROWD - len(booked), "every loser is told"
    assert town.audit() == []


def test_the_same_form_sent_by_many_processes_books_once(crowd, town, empty_instance, half_hour):
    opening = town.add_opening([half_hour], desks=3)
    town.prepare()
    slot, key = at(WEDNESDAY, opening, 4), new_key()
    for number in range(CROWD):
        crowd.give(number, race, empty_instance, half_hour, slot, key, town.clock())
    codes = {crowd.answer(number) for number in range(CROWD)}
    assert codes == {kept(town)[0].code}
    assert len(kept(town)) == 1


def test_eight_moves_against_eight_bookings_of_one_slot_and_one_winner(crowd, town, empty_instance, half_hour):
    opening = town.add_opening([half_hour], ends=780)
    town.prepare()
    waiting = [town.book(half_hour, at(THURSDAY, opening, 2 * number)) for number in range(CROWD // 2)]
    slot = at(WEDNESDAY, opening, 4)
    for number, mine in enumerate(waiting):
        crowd.give(number, race_to_move, empty_instance, mine.id, slot, new_key(), town.clock())
        crowd.give(CROWD // 2 + number, race, empty_instance, half_hour, slot, new_key(), town.clock())
    answers = [crowd.answer(number) for number in range(CROWD)]
    losers = [answer for answer in answers if isinstance(answer, list)]
    assert len(losers) == CROWD - 1 and all(len(near) == 3 for near in losers), answers
    there = [a for a in kept(town) if (a.day, a.minute) == (WEDNESDAY, 600)]
    assert len(there) == 1
    moved = sum(a.sequence for a in kept(town))
    assert len(kept(town)) == CROWD // 2 + (1 - moved), "every other appointment is where it was"
    assert overlaps(kept(town)) == []
    assert town.audit() == []


def test_bookings_against_a_cancellation_get_the_time_once_or_not_at_all(crowd, town, empty_instance, half_hour):
    opening = town.add_opening([half_hour])
    town.prepare()
    slot = at(WEDNESDAY, opening, 4)
    gone = town.book(half_hour, slot)
    crowd.give(0, race_to_cancel, empty_instance, gone.id, town.clock())
    for number in range(1, CROWD):
        crowd.give(number, race, empty_instance, half_hour, slot, new_key(), town.clock())
    answers = [crowd.answer(number) for number in range(CROWD)]
    codes = [answer for answer in answers[1:] if isinstance(answer, str)]
    assert answers[0] == "cancelled" and len(codes) <= 1
    booked = [a for a in kept(town) if not a.is_cancelled]
    assert [a.code for a in booked] == codes
    assert town.audit() == []


def test_agents_who_exchange_their_slots_crosswise_never_wait_for_each_other_in_a_circle(
    crowd, town, empty_instance, half_hour
):
    """Each gives back a slot of one day and takes one of the next: three words, taken in a ring."""
    opening = town.add_opening([half_hour], desks=6)
    town.prepare()
    days = [day for day in town.days(opening) if day > TUESDAY][:3]
    for number in range(CROWD):
        mine, wanted = (at(days[(number + step) % 3], opening, 4 * step) for step in (0, 1))
        crowd.give(number, exchange, empty_instance, half_hour, mine, wanted, town.clock())
    assert {crowd.answer(number) for number in range(CROWD)} == {"done"}
    assert town.audit() == []


def test_papers_issued_together_have_following_numbers_and_one_visit_an_agent(crowd, instance, clock):
    agents = ("camille", "sacha")
    for number in range(CROWD):
        crowd.give(number, issue, instance, agents[number % 2], new_key(), clock())
    answers = [crowd.answer(number).split() for number in range(CROWD)]
    assert sorted(number for number, _ in answers) == [f"2026-{rank:06}" for rank in range(1, CROWD + 1)]
    assert len({visit for _, visit in answers}) == len(agents)


def test_a_paper_asked_for_by_many_processes_with_one_form_is_issued_once(crowd, instance, clock):
    key = new_key()
    for number in range(CROWD):
        crowd.give(number, issue, instance, "camille", key, clock())
    assert {crowd.answer(number).split()[0] for number in range(CROWD)} == {"2026-000001"}


# ── sudden deaths ───────────────────────────────────────────────────────────────────────────────

posix = pytest.mark.skipif(os.name != "posix", reason="SIGKILL and fork are POSIX")


@posix
def test_a_process_killed_after_any_statement_leaves_all_or_nothing(crowd, town, empty_instance, half_hour):
    """Longer than a booking has statements, so that the last ones go through."""
    opening = town.add_opening([half_hour], weekdays=EVERY_DAY)
    town.prepare()
    slots = [at(day, opening, 4) for day in town.days(opening) if day > TUESDAY][:24]
    before = town.words()
    crowd.give(0, die_after_each_statement, empty_instance, half_hour, slots, town.clock())
    codes = crowd.answer(0)
    died, went_through = codes.count(None), [code for code in codes if code]
    assert codes == [None] * died + went_through
    assert died >= 7 and went_through, "some were killed inside the booking, some never"
    check_file(empty_instance)
    booked = kept(town)
    assert [a.code for a in booked] == went_through
    taken = {(a.opening_id, a.day, a.desk) for a in booked}
    assert {place: word for place, word in town.words().items() if place not in taken} == {
        place: word for place, word in before.items() if place not in taken
    }
    assert town.audit() == []
    assert len({town.book(half_hour, slot).id for slot in slots[:died]}) == died, "their slots are free for others"


@posix
def test_processes_killed_while_booking_keep_every_code_they_gave(town, empty_instance, quarter, tmp_path):
    opening = town.add_opening([quarter], weekdays=EVERY_DAY, desks=2)
    town.prepare()
    slots = [at(day, opening, index) for day in town.days(opening)[1:] for index in range(12)]
    crowd = Crowd(4)
    paths = [tmp_path / f"codes-{number}" for number in range(4)]
    for number, path in enumerate(paths):
        crowd.give(number, book_until_killed, empty_instance, quarter, slots, path, town.clock())
    for number, process in enumerate(crowd.processes):
        for _ in range(3 + 4 * number):
            assert crowd.answer(number) == "one more"
        process.kill()
        process.join(PATIENCE)
        assert process.exitcode < 0
    crowd.close()
    check_file(empty_instance)
    booked = kept(town)
    confirmed = [code for path in paths for code in path.read_text(encoding="ascii").split()]
    assert len(confirmed) == len(set(confirmed)) >= 3 + 7 + 11 + 15
    assert set(confirmed) <= {a.code for a in booked}
    assert len(booked) - len(confirmed) <= 4, "at most one each was committed but not yet told"
    assert overlaps(booked) == []
    assert town.audit() == []
