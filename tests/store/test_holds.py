"""A hold protects a slot while the agent types, for some minutes and no longer."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date

import pytest

from counter.models import Hold, Motif, Opening
from counter.slots import Mode, ModeNotAllowed, SlotTaken, TooSoon
from counter.store.appointments import appointment_by_id, move
from counter.store.holds import get_hold, has_expired, release_expired, release_hold
from counter.store.openings import put_motifs
from counter.store.places import put_modes
from counter.store.taking import check_free
from tests.store.conftest import at, count, minutes_of, new_key

WEDNESDAY = date(2026, 11, 25)


def test_a_hold_protects_its_slot_from_anyone_else(town, half_hour, quarter, opening):
    token = town.hold(half_hour, at(WEDNESDAY, opening, 4))
    assert {600, 615, 585} & set(minutes_of(town.search(half_hour), WEDNESDAY)) == set()
    for motif, index in ((half_hour, 4), (half_hour, 3), (half_hour, 5), (quarter, 4), (quarter, 5)):
        with pytest.raises(SlotTaken):
            town.book(motif, at(WEDNESDAY, opening, index))
    assert town.book(half_hour, at(WEDNESDAY, opening, 4), token).minute == 600


def test_a_hold_lasts_its_minutes_and_is_then_given_to_another(town, half_hour, opening):
    slot, before = at(WEDNESDAY, opening, 4), town.words()
    token = town.hold(half_hour, slot, minutes=5)
    town.clock.advance(minutes=4, seconds=59)
    with town.database.reading() as session:
        assert get_hold(session, token, town.clock()) is not None
        assert not has_expired(session, town.clock())
    with pytest.raises(SlotTaken):
        town.book(half_hour, slot)
    town.clock.advance(seconds=1)
    with town.database.reading() as session:
        assert get_hold(session, token, town.clock()) is None
        assert has_expired(session, town.clock())
    with town.database.writing() as session:
        assert release_expired(session, town.clock()) == 1
    assert town.words() == before
    assert town.book(half_hour, slot).minute == 600


def test_an_expired_hold_does_not_stop_another_person(town, half_hour, opening):
    slot = at(WEDNESDAY, opening, 4)
    town.hold(half_hour, slot)
    town.clock.advance(minutes=5)
    assert town.book(half_hour, slot).minute == 600
    assert town.audit() == []
    assert count(town, Hold) == 0


def test_who_types_slowly_still_books_when_nobody_came(town, half_hour, opening):
    slot = at(WEDNESDAY, opening, 4)
    token = town.hold(half_hour, slot)
    town.clock.advance(minutes=40)
    assert town.book(half_hour, slot, token).minute == 600
    assert town.audit() == []


def test_who_types_slowly_is_told_when_another_came(town, half_hour, opening):
    slot = at(WEDNESDAY, opening, 4)
    token = town.hold(half_hour, slot)
    town.clock.advance(minutes=6)
    winner = town.book(half_hour, slot)
    before = town.words()
    with pytest.raises(SlotTaken) as refusal:
        town.book(half_hour, slot, token)
    offered = town.near(half_hour, refusal.value.slot)
    assert [near.minute for near in offered] == [555, 570, 630]
    assert {near.day for near in offered} == {WEDNESDAY}
    assert town.words() == before
    assert not town.appointment(winner.id).is_cancelled


def test_a_hold_serves_once(town, half_hour, opening):
    slot = at(WEDNESDAY, opening, 4)
    token = town.hold(half_hour, slot)
    town.book(half_hour, slot, token)
    with pytest.raises(SlotTaken):
        town.book(half_hour, slot, token)


def test_a_hold_on_one_slot_does_not_book_another(town, half_hour, quarter, opening):
    token = town.hold(half_hour, at(WEDNESDAY, opening, 4))
    booked = town.book(half_hour, at(WEDNESDAY, opening, 8), token)
    assert booked.index == 8
    shorter = town.book(quarter, at(WEDNESDAY, opening, 0), token)
    assert (shorter.index, shorter.count) == (0, 1)
    assert count(town, Hold) == 1
    assert town.audit() == []


@pytest.mark.parametrize(("minutes", "intervals"), [(45, 3), (15, 1)])
def test_who_kept_a_slot_has_it_though_the_motif_lasts_another_time_now(town, half_hour, opening, minutes, intervals):
    slot = at(WEDNESDAY, opening, 4)
    token = town.hold(half_hour, slot)
    with town.database.writing() as session:
        put_modes(session, session.get_one(Motif, half_hour), {Mode.ON_SITE: minutes})
    booked = town.book(half_hour, slot, token)
    assert (booked.minute, booked.count) == (600, intervals)
    assert count(town, Hold) == 0 and town.audit() == []


def test_releasing_a_hold_twice_gives_its_time_back_once(town, half_hour, opening):
    slot, before = at(WEDNESDAY, opening, 4), town.words()
    token = town.hold(half_hour, slot)
    for _ in range(2):
        with town.database.writing() as session:
            release_hold(session, token)
        assert town.words() == before
    town.book(half_hour, slot)
    taken = town.words()
    with town.database.writing() as session:
        release_hold(session, token)
    assert town.words() == taken


def test_a_token_made_up_by_hand_is_no_hold(town, half_hour, opening):
    slot = at(WEDNESDAY, opening, 4)
    town.hold(half_hour, slot)
    with pytest.raises(SlotTaken):
        town.book(half_hour, slot, hold="' or 1=1 --")


def test_looking_whether_a_slot_is_free_takes_nothing(town, half_hour, opening):
    key, before = at(WEDNESDAY, opening, 4), town.words()

    def look() -> None:
        with town.database.reading() as session:
            motif = session.get_one(Motif, half_hour)
            check_free(session, motif, key, town.clock())

    look()
    assert town.words() == before
    town.hold(half_hour, at(WEDNESDAY, opening, 3))
    with pytest.raises(SlotTaken) as refusal:
        look()
    assert [near.minute for near in town.near(half_hour, refusal.value.slot)] == [555, 615, 630]
    town.clock.advance(days=1, hours=2)
    with pytest.raises(TooSoon):
        look()


@pytest.fixture(params=["opening", "mode"])
def taken_away(request, town, quarter):
    """The motif taken from an opening, or its mode from the motif."""

    def take(motif: int, opening: int) -> None:
        with town.database.writing() as session:
            if request.param == "opening":
                put_motifs(session, session.get_one(Opening, opening), {quarter})
            else:
                put_modes(session, session.get_one(Motif, motif), {Mode.PHONE: 45})

    return take


def test_what_is_kept_is_booked_though_the_motif_is_no_longer_received(town, half_hour, quarter, opening, taken_away):
    slot = at(WEDNESDAY, opening, 4)
    token, another = town.hold(half_hour, slot), town.hold(quarter, at(WEDNESDAY, opening, 0))
    taken_away(half_hour, opening)
    for other in (None, "made-up", another):
        with pytest.raises(ModeNotAllowed):
            town.book(half_hour, slot, other)
    with pytest.raises(ModeNotAllowed):
        town.book(half_hour, at(WEDNESDAY, opening, 8), token)
    booked = town.book(half_hour, slot, token)
    assert (booked.minute, booked.duration, booked.count, booked.mode_value) == (600, 30, 2, Mode.ON_SITE)
    assert town.audit() == []


def test_what_is_kept_is_a_promise_for_its_minutes_only(town, half_hour, opening, taken_away):
    slot, before = at(WEDNESDAY, opening, 4), town.words()
    token = town.hold(half_hour, slot)
    taken_away(half_hour, opening)
    town.clock.advance(minutes=5)
    with pytest.raises(ModeNotAllowed):
        town.book(half_hour, slot, token)
    with town.database.writing() as session:
        release_expired(session, town.clock())
    assert town.words() == before


def test_who_kept_an_hour_to_move_to_has_it_though_the_motif_is_no_longer_received(
    town, half_hour, opening, taken_away
):
    booked = town.book(half_hour, at(WEDNESDAY, opening, 0))
    slot = at(WEDNESDAY, opening, 4)
    token = town.hold(half_hour, slot)
    taken_away(half_hour, opening)
    for kept in (None, token):
        with nullcontext() if kept else pytest.raises(ModeNotAllowed), town.database.writing() as session:
            moved = appointment_by_id(session, booked.id)
            move(session, moved, slot, new_key(), town.clock(), hold_token=kept)
    assert town.appointment(booked.id).minute == 600
    assert town.audit() == []
