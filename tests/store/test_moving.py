"""Moving: the new time is taken and the old one given back, together or not at all."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from counter.appointments import CancelReason, EventKind, NotNow, Status, Unreachable
from counter.models import Motif, Opening
from counter.slots import Mode, SlotTaken, TooSoon
from counter.store.appointments import appointment_by_id, cancel, move
from counter.store.history import history
from counter.store.openings import settle_opening
from counter.store.reception import signal, step_back
from tests.store.conftest import PERSON, at, new_key

TUESDAY = date(2026, 11, 24)
WEDNESDAY = TUESDAY + timedelta(days=1)
THURSDAY = TUESDAY + timedelta(days=2)


def do_move(town, number: int, slot: str, key: str | None = None, motif: int | None = None):
    with town.database.writing() as session:
        other = session.get_one(Motif, motif) if motif else None
        return move(session, appointment_by_id(session, number), slot, key or new_key(), town.clock(), motif=other)


def lines(town, number: int) -> list[tuple]:
    with town.database.reading() as session:
        return [(line.kind_value, line.from_minute, line.to_minute) for line in history(session, number)]


def test_moving_takes_the_new_time_gives_the_old_back_and_keeps_the_code(town, half_hour, opening):
    before = town.words()
    booked = town.book(half_hour, at(WEDNESDAY, opening, 4))
    town.clock.advance(minutes=1)
    freed = do_move(town, booked.id, at(THURSDAY, opening, 0))
    moved = town.appointment(booked.id)
    assert (freed.day, freed.index, freed.count) == (WEDNESDAY, 4, 2)
    assert (moved.day, moved.minute, moved.status) == (THURSDAY, 540, Status.BOOKED)
    assert (moved.code, moved.uid, moved.sequence) == (booked.code, booked.uid, 1)
    assert moved.changed_at == town.clock()
    assert town.free(opening, WEDNESDAY) == list(range(12))
    assert town.free(opening, THURSDAY) == list(range(2, 12))
    assert lines(town, booked.id) == [(EventKind.MOVED, 600, 540)]
    assert town.audit() == []
    town.cancel(booked.id)
    assert town.words() == before


def test_the_same_key_twice_moves_once(town, half_hour, opening):
    booked, key = town.book(half_hour, at(WEDNESDAY, opening, 4)), new_key()
    assert do_move(town, booked.id, at(WEDNESDAY, opening, 8), key)
    assert do_move(town, booked.id, at(WEDNESDAY, opening, 8), key) is None
    assert do_move(town, booked.id, at(WEDNESDAY, opening, 8)) is None, "it is there already"
    assert town.appointment(booked.id).sequence == 1
    assert town.audit() == []


def test_one_that_is_to_move_takes_its_own_hour_again_at_a_desk_that_is_free(town, half_hour):
    opening = town.add_opening([half_hour], desks=2)
    town.prepare()
    first, second = (town.book(half_hour, at(WEDNESDAY, opening, 4)) for _ in range(2))
    with town.database.writing() as session:
        row = session.get_one(Opening, opening)
        row.desks = 1
        settle_opening(session, row, town.clock().replace(tzinfo=None))
    assert town.appointment(second.id).to_move
    with pytest.raises(SlotTaken):
        do_move(town, second.id, at(WEDNESDAY, opening, 4))
    town.cancel(first.id)
    assert do_move(town, second.id, at(WEDNESDAY, opening, 4)) is not None
    stays = town.appointment(second.id)
    assert (stays.to_move, stays.desk, stays.minute) == (False, 0, 600)
    assert 4 not in town.free(opening, WEDNESDAY) and town.audit() == []


def test_a_move_may_overlap_its_own_time(town, half_hour, opening):
    booked = town.book(half_hour, at(WEDNESDAY, opening, 4))
    do_move(town, booked.id, at(WEDNESDAY, opening, 5))
    assert town.appointment(booked.id).minute == 615
    assert town.free(opening, WEDNESDAY) == [0, 1, 2, 3, 4, 7, 8, 9, 10, 11]
    assert town.audit() == []


def test_a_move_onto_a_slot_just_taken_keeps_the_old_one_and_offers_three(town, half_hour, opening):
    mine, other = (town.book(half_hour, at(WEDNESDAY, opening, index)) for index in (4, 8))
    before = town.words()
    with town.database.writing() as session, pytest.raises(SlotTaken) as refusal:
        move(session, appointment_by_id(session, mine.id), at(WEDNESDAY, opening, 7), new_key(), town.clock())
    assert len(town.near(half_hour, refusal.value.slot)) == 3
    assert town.words() == before, "even when the transaction goes on"
    kept = town.appointment(mine.id)
    assert (kept.minute, kept.sequence) == (600, 0) and lines(town, mine.id) == []
    assert town.appointment(other.id).minute == 660
    assert town.audit() == []


def test_what_is_cancelled_seen_or_past_does_not_move(town, half_hour, opening):
    booked = town.book(half_hour, at(WEDNESDAY, opening, 4))
    town.cancel(booked.id)
    with pytest.raises(NotNow):
        do_move(town, booked.id, at(WEDNESDAY, opening, 8))
    old = town.book(half_hour, at(WEDNESDAY, opening, 0))
    town.clock.advance(days=2)
    with pytest.raises(NotNow):
        do_move(town, old.id, at(date(2026, 11, 27), opening, 8))
    assert town.audit() == []


def test_notice_counts_and_a_person_without_number_is_not_moved_to_a_call(town):
    motif = town.add_motif("03", notice=60, on_site=15, phone=15)
    here, calls = town.add_opening([motif]), town.add_opening([motif], mode=Mode.PHONE)
    town.prepare()
    booked = town.book(motif, at(WEDNESDAY, here, 0), person=PERSON | {"phone": ""})
    with pytest.raises(TooSoon):
        do_move(town, booked.id, at(TUESDAY, here, 1))
    with pytest.raises(Unreachable):
        do_move(town, booked.id, at(WEDNESDAY, calls, 1))
    assert town.appointment(booked.id).mode_value is Mode.ON_SITE
    assert town.audit() == []


def test_another_motif_keeps_the_time_when_it_fits(town, half_hour, quarter, opening):
    booked = town.book(quarter, at(WEDNESDAY, opening, 4))
    do_move(town, booked.id, booked.slot.key, motif=half_hour)
    longer = town.appointment(booked.id)
    assert (longer.minute, longer.duration, longer.count, longer.motif_id) == (600, 30, 2, half_hour)
    assert lines(town, booked.id) == [(EventKind.MOTIF, 600, 600)]
    do_move(town, booked.id, booked.slot.key, motif=quarter)
    assert town.free(opening, WEDNESDAY) == [0, 1, 2, 3, *range(5, 12)]
    town.book(quarter, at(WEDNESDAY, opening, 5))
    with pytest.raises(SlotTaken):
        do_move(town, booked.id, booked.slot.key, motif=half_hour)
    assert town.appointment(booked.id).motif_id == quarter
    assert town.audit() == []


@pytest.mark.parametrize("reason", CancelReason)
def test_a_cancellation_keeps_its_reason(town, half_hour, opening, reason):
    booked = town.book(half_hour, at(WEDNESDAY, opening, 4))
    with town.database.writing() as session:
        assert cancel(session, appointment_by_id(session, booked.id), town.clock(), reason).index == 4
        assert cancel(session, appointment_by_id(session, booked.id), town.clock(), reason) is None
    gone = town.appointment(booked.id)
    assert gone.is_cancelled and gone.status == reason.status
    with town.database.reading() as session:
        assert [line.detail for line in history(session, booked.id)] == [reason]
    assert town.audit() == []


def test_reception_keeps_the_times_and_every_step_can_be_taken_back(town, half_hour, opening):
    booked = town.book(half_hour, at(TUESDAY, opening, 4))
    agent = None

    def say(to: Status, key: str | None = None) -> None:
        with town.database.writing() as session:
            signal(session, appointment_by_id(session, booked.id), to, key or new_key(), town.clock(), agent)

    def back(status: Status, key: str) -> None:
        with town.database.writing() as session:
            step_back(session, appointment_by_id(session, booked.id), status, key, town.clock(), agent)

    arrival, key = town.clock(), new_key()
    say(Status.ARRIVED, key)
    town.clock.advance(minutes=7)
    say(Status.ARRIVED, key)
    say(Status.CALLED)
    say(Status.SEEN)
    seen = town.appointment(booked.id)
    assert (seen.arrived_at, seen.called_at, seen.ended_at) == (arrival, town.clock(), town.clock())
    key = new_key()
    back(Status.SEEN, key)
    back(Status.SEEN, key)
    assert town.appointment(booked.id).status_value is Status.CALLED, "one step, however often it is sent"
    with pytest.raises(NotNow):
        back(Status.SEEN, new_key())
    back(Status.CALLED, new_key())
    back(Status.ARRIVED, new_key())
    again = town.appointment(booked.id)
    assert (again.status_value, again.arrived_at, again.called_at, again.ended_at) == (Status.BOOKED, None, None, None)
    assert len(lines(town, booked.id)) == 6
    assert town.audit() == [], "reception never touches the free time"


def test_an_absent_person_keeps_the_time_and_cannot_be_cancelled(town, half_hour, opening):
    booked = town.book(half_hour, at(TUESDAY, opening, 4))
    before = town.words()
    with town.database.writing() as session:
        signal(session, appointment_by_id(session, booked.id), Status.ABSENT, new_key(), town.clock(), None)
    town.cancel(booked.id)
    assert town.appointment(booked.id).status_value is Status.ABSENT
    assert town.words() == before and town.audit() == []
