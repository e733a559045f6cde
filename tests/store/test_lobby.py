"""Calls and numbers in both databases: one call a kiosk, one number a person, one agent a number."""

from __future__ import annotations

import multiprocessing
from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from counter.access import Role
from counter.appointments import NotNow, Status
from counter.lobby import CALL_LASTS, AlreadyCalled, AlreadyComing, CallOver, NobodyWaits
from counter.models import Appointment, Kiosk, KioskCall, Ticket
from counter.retention import Data
from counter.store import kiosks, lobby, reception, retention
from counter.store.agents import create_agent
from counter.store.places import get_site
from tests.conftest import START
from tests.store.conftest import PERSON, Town, at, count
from tests.store.processes import race_to_call, work

NINE = 9 * 60


class Room:
    """The waiting room of the town: four agents, a kiosk."""

    def __init__(self, town: Town):
        self.town, self.site, self.clock, self.database = town, town.site, town.clock, town.database
        with town.database.writing() as session:
            self.agents = [
                create_agent(session, name, name.title(), Role.FRONT_DESK, "Bonjour-2026", town.site).id
                for name in ("un", "deux", "trois", "quatre")
            ]
            kiosk = kiosks.add_kiosk(session, get_site(session, town.site), "Hall")
            self.kiosk, kiosk.enrolled_at = kiosk.id, START

    @property
    def local(self):
        return self.clock().astimezone(ZoneInfo("Europe/Paris"))

    @property
    def today(self):
        return self.local.date()

    def ask(self, urgent: bool = False) -> int:
        with self.database.writing() as session:
            return lobby.ask(session, session.get_one(Kiosk, self.kiosk), urgent, self.clock()).id

    def answer(self, call: int, who: int = 0) -> None:
        with self.database.writing() as session:
            lobby.answer(session, lobby.get_call(session, call, self.site), self.agents[who], self.clock())

    def open(self) -> list[int]:
        with self.database.reading() as session:
            return [call.id for call in lobby.open_calls(session, self.site, self.clock())]

    def take(self) -> int:
        with self.database.writing() as session:
            return lobby.take_number(session, self.site, self.today, self.clock()).number

    def arrive(self, appointment: int) -> int:
        with self.database.writing() as session:
            return reception.arrive(session, session.get_one(Appointment, appointment), self.clock()).number

    def next(self, who: int = 0, seen: int | None = None) -> int:
        with self.database.writing() as session:
            agent = self.agents[who]
            seen = lobby.last_called_by(session, self.site, self.today, agent) if seen is None else seen
            return reception.call_next(
                session, self.site, self.local, agent, f"Guichet {who + 1}", seen, self.clock()
            ).number

    def on_ticket(self, act, number: int, who: int = 0, *more):
        with self.database.writing() as session:
            ticket = session.scalar(select(Ticket).where(Ticket.number == number, Ticket.day == self.today))
            return act(session, ticket, self.agents[who], *more, self.clock())

    def waiting(self) -> list[int]:
        with self.database.reading() as session:
            minute = self.local.hour * 60 + self.local.minute
            return [ticket.number for ticket in lobby.waiting(session, self.site, self.today, minute)]

    def called(self) -> list[int]:
        with self.database.reading() as session:
            seen = lobby.look(session, self.site, self.local, self.clock())
            return [ticket.number for ticket in seen.called]

    def shown(self) -> list[tuple[int, str]]:
        with self.database.reading() as session:
            return [(ticket.number, ticket.desk) for ticket in lobby.shown(session, self.site, self.today)]


@pytest.fixture
def room(town) -> Room:
    return Room(town)


@pytest.fixture
def booked(town, quarter, opening) -> Appointment:
    """At 9 h 30 today; it is 9 h."""
    return town.book(quarter, at(START.date(), opening, 2))


# ── calls ───────────────────────────────────────────────────────────────────────────────────────


def test_asked_twice_is_one_call_and_the_second_agent_hears_of_the_first(room):
    call = room.ask()
    assert room.ask(urgent=True) == call and count(room.town, KioskCall) == 1
    room.answer(call, who=0)
    room.answer(call, who=0)
    with pytest.raises(AlreadyComing):
        room.answer(call, who=1)
    with room.database.reading() as session:
        (row,) = lobby.open_calls(session, room.site, room.clock())
        assert row.urgent and row.answered_by_id == room.agents[0] and row.kiosk.name == "Hall"


def test_a_call_nobody_answers_ends_by_itself_and_another_can_be_made(room):
    call = room.ask()
    room.clock.now += CALL_LASTS
    assert room.open() == []
    with pytest.raises(CallOver):
        room.answer(call)
    assert room.ask() != call and len(room.open()) == 1


def test_leaving_ends_a_call_but_not_an_urgent_one(room):
    for urgent, left in ((False, 0), (True, 1)):
        room.ask(urgent)
        with room.database.writing() as session:
            lobby.leave(session, room.kiosk, room.clock())
        assert len(room.open()) == left


def test_another_site_finds_neither_call_nor_number(room):
    call, elsewhere = room.ask(), room.town.add_site("Ailleurs")
    room.take()
    with room.database.reading() as session:
        assert lobby.get_call(session, call, elsewhere) is None
        assert lobby.open_calls(session, elsewhere, room.clock()) == []
        assert lobby.waiting(session, elsewhere, room.today, NINE) == []
        number = session.scalar(select(Ticket.id))
        assert lobby.get_ticket(session, number, elsewhere, room.today) is None
        assert lobby.get_ticket(session, number, room.site, room.today + timedelta(days=1)) is None


# ── numbers ─────────────────────────────────────────────────────────────────────────────────────


def test_numbers_begin_again_each_day_and_are_called_in_turn(room):
    assert [room.take(), room.take()] == [1, 2]
    assert room.next(0) == 1 and room.next(1) == 2
    assert room.shown() == [(2, "Guichet 2"), (1, "Guichet 1")] and room.waiting() == []
    with pytest.raises(NobodyWaits):
        room.next(0)
    room.clock.advance(days=1)
    assert room.take() == 1


def test_next_pressed_twice_calls_once(room):
    room.take(), room.take()
    assert room.next(0, seen=0) == room.next(0, seen=0) == 1
    assert room.waiting() == [2]
    assert room.next(0) == 2


def test_a_number_called_by_a_colleague_is_not_called_again_but_ones_own_is(room):
    room.take(), room.take()
    room.next(0)
    room.next(1)
    with pytest.raises(AlreadyCalled):
        room.on_ticket(reception.call_number, 1, 1, "Guichet 2")
    room.clock.advance(minutes=1)
    room.on_ticket(reception.call_number, 1, 0, "Guichet 1")
    assert [number for number, _ in room.shown()] == [1, 2], "called once more, it is on top again"


def test_whoever_does_not_come_waits_again_at_the_end_once(room):
    room.take(), room.take()
    room.next(0)
    room.clock.advance(minutes=1)
    assert room.on_ticket(reception.missed, 1) is True
    assert room.waiting() == [2, 1] and room.called() == [] and room.shown() == []
    assert room.on_ticket(reception.missed, 1) is True, "said twice, it is said once"
    room.next(0)
    room.clock.advance(minutes=1)
    room.next(0)
    assert room.called() == [1, 2]
    assert room.on_ticket(reception.missed, 1) is False
    assert room.waiting() == [] and room.called() == [2]


def test_terminated_is_over_for_good(room):
    room.take()
    room.next(0)
    for _ in range(2):
        room.on_ticket(reception.finish, 1)
    assert room.called() == []
    with pytest.raises(AlreadyCalled):
        room.on_ticket(reception.call_number, 1, 0, "Guichet 1")


def test_the_number_and_the_appointment_follow_each_other(room, booked):
    assert room.arrive(booked.id) == room.arrive(booked.id) == 1
    assert room.town.appointment(booked.id).status_value is Status.ARRIVED and room.waiting() == [1]
    assert room.next(0) == 1
    assert room.town.appointment(booked.id).status_value is Status.CALLED
    assert room.on_ticket(reception.missed, 1) is True
    assert room.town.appointment(booked.id).status_value is Status.ARRIVED and room.waiting() == [1]
    room.clock.advance(minutes=5)
    room.next(0)
    room.on_ticket(reception.finish, 1)
    seen = room.town.appointment(booked.id)
    assert seen.status_value is Status.SEEN and seen.seen_by_id == room.agents[0] and room.called() == []


def signal(room: Room, appointment: int, to: Status, key: str) -> None:
    with room.database.writing() as session:
        row = session.get_one(Appointment, appointment)
        reception.signal(session, row, to, key, room.clock(), room.agents[1], "Bureau 3")


def test_an_appointment_called_from_the_agenda_is_on_the_screen(room, booked):
    room.arrive(booked.id)
    signal(room, booked.id, Status.CALLED, "k1")
    assert room.shown() == [(1, "Bureau 3")] and room.waiting() == []
    with room.database.writing() as session:
        row = session.get_one(Appointment, booked.id)
        reception.step_back(session, row, Status.CALLED, "k2", room.clock(), room.agents[1])
    assert room.shown() == [] and room.waiting() == [1]
    signal(room, booked.id, Status.EXCUSED, "k3")
    assert room.waiting() == room.called() == []
    with pytest.raises(NotNow):
        room.arrive(booked.id)


def test_who_was_greeted_by_an_agent_still_gets_a_number(room, booked):
    signal(room, booked.id, Status.ARRIVED, "k1")
    assert room.waiting() == [], "an agent's click gives no number"
    assert room.arrive(booked.id) == 1 and room.waiting() == [1]


def test_who_was_moved_to_another_day_gets_a_number_of_that_day(room, booked):
    room.arrive(booked.id)
    with room.database.writing() as session:
        row = session.get_one(Appointment, booked.id)
        reception.step_back(session, row, Status.ARRIVED, "k1", room.clock(), room.agents[1])
        row.day += timedelta(days=2)
    room.clock.advance(days=2)
    assert room.arrive(booked.id) == 1 and room.waiting() == [1]


def test_who_took_a_number_first_keeps_it_with_the_appointment(room, booked):
    room.take(), room.take()
    with room.database.writing() as session:
        held = session.scalar(select(Ticket.id).where(Ticket.number == 2))
        row = session.get_one(Appointment, booked.id)
        assert reception.arrive(session, row, room.clock(), held).number == 2
        assert reception.arrive(session, row, room.clock(), held - 1).number == 2, "a number is not changed for another"
    room.clock.advance(minutes=30)
    assert room.waiting() == [2, 1], "at the hour of the appointment"
    room.next(0)
    assert room.town.appointment(booked.id).status_value is Status.CALLED


def test_who_was_called_before_saying_so_is_on_the_screen(room, booked):
    signal(room, booked.id, Status.ARRIVED, "k1")
    signal(room, booked.id, Status.CALLED, "k2")
    assert room.arrive(booked.id) == 1 and room.shown() == [(1, "Accueil")] and room.waiting() == []


def test_the_person_is_found_by_code_or_by_birth_and_letters_of_today_here_only(room, booked, quarter, opening):
    def by_birth(day: int, month: int, letters: str):
        with room.database.reading() as session:
            found = lobby.appointment_of_birth(session, room.site, room.today, (day, month), letters)
            return found and found.id

    assert by_birth(7, 11, "ima") == booked.id
    assert by_birth(7, 12, "ima") is None and by_birth(7, 11, "zoe") is None
    with room.database.reading() as session:
        vault = room.town.vault
        assert lobby.appointment_of_code(session, vault, booked.code.lower()).id == booked.id
        assert lobby.appointment_of_code(session, vault, "AAAA-BBBB") is None
    room.town.book(quarter, at(START.date() + timedelta(days=1), opening, 2), person=PERSON | {"last_name": "Demain"})
    assert by_birth(7, 11, "dem") is None, "tomorrow's is found by its code alone"
    room.town.book(quarter, at(START.date(), opening, 5), person=PERSON | {"first_name": "Ana"})
    assert by_birth(7, 11, "ima") is None, "two people: nothing is told of either"


def test_the_wait_counts_who_is_before_and_the_desks_that_call(room):
    room.take(), room.take(), room.take(), room.take()
    room.next(0)
    with room.database.reading() as session:
        last = session.scalar(select(Ticket).where(Ticket.number == 4))
        assert lobby.estimate(session, last, NINE, room.clock()) == (2, 30)
    room.next(1)
    with room.database.reading() as session:
        last = session.scalar(select(Ticket).where(Ticket.number == 4))
        assert lobby.estimate(session, last, NINE, room.clock()) == (1, 10)


def test_the_mark_changes_with_what_is_seen_and_with_nothing_else(room):
    def mark() -> str:
        with room.database.reading() as session:
            return lobby.look(session, room.site, room.local, room.clock()).mark

    marks = [mark()]
    for act in (room.ask, lambda: room.answer(1), room.take, room.next, lambda: room.on_ticket(reception.finish, 1)):
        act()
        marks.append(mark())
        assert mark() == marks[-1]
    assert all(before != after for before, after in pairwise(marks))


def test_calls_and_numbers_go_after_a_month_and_are_counted_in_the_register(room, booked):
    room.ask(), room.take(), room.arrive(booked.id)
    for days, left in ((30, 3), (31, 0)):
        today = START.date() + timedelta(days=days)
        with room.database.writing() as session:
            gone = retention.purge(session, today, START + timedelta(days=days))
        assert gone.get(Data.LOBBY, 0) == 3 - left
        assert count(room.town, KioskCall) + count(room.town, Ticket) == left
    assert count(room.town, Appointment) == 1


# ── several agents at once ──────────────────────────────────────────────────────────────────────


def test_agents_who_call_next_together_never_call_the_same_number(room, instance_of_town):
    people, agents = 6, 4
    for _ in range(people):
        room.take()
    spawn = multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(agents)
    pairs = [spawn.Pipe() for _ in range(agents)]
    crowd = [spawn.Process(target=work, args=(theirs, barrier)) for _, theirs in pairs]
    for process in crowd:
        process.start()
    for rank, (mine, _) in enumerate(pairs):
        mine.send((race_to_call, instance_of_town, room.site, room.agents[rank], room.local, room.clock()))
    calls = [number for mine, _ in pairs for number in mine.recv()]
    for mine, _ in pairs:
        mine.send(None)
    for process in crowd:
        process.join()
    assert sorted(calls) == list(range(1, people + 1))
    with room.database.reading() as session:
        assert session.scalar(select(func.count()).where(Ticket.called_at.is_(None))) == 0


@pytest.fixture
def instance_of_town(empty_instance):
    return empty_instance
