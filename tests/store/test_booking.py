"""Hold, book, cancel: the time that is taken is exactly the time that comes back, and never twice given."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import select, update

from counter.appointments import Unreachable
from counter.models import Appointment, FreeTime, Hold, Motif
from counter.slots import BeyondHorizon, Mode, ModeNotAllowed, OffGrid, SlotTaken, TooSoon
from counter.store.appointments import appointments_of_day, upcoming_of_visit
from counter.store.slots import near_slots
from counter.store.taking import find_place
from tests.store.conftest import EVERY_DAY, PERSON, Town, at, count, minutes_of, new_key

TUESDAY = date(2026, 11, 24)
WEDNESDAY = TUESDAY + timedelta(days=1)


# ── the time taken ──────────────────────────────────────────────────────────────────────────────


def test_hold_then_book_then_cancel_gives_the_time_back_exactly(town, half_hour, quarter, opening):
    town.book(quarter, at(WEDNESDAY, opening, 1))
    before = town.words()
    slot = at(WEDNESDAY, opening, 4)
    token = town.hold(half_hour, slot)
    held = town.words()
    assert before[opening, WEDNESDAY, 0] - held[opening, WEDNESDAY, 0] == 0b110000
    booked = town.book(half_hour, slot, token)
    assert town.words() == held, "booking a held slot takes no more time"
    assert count(town, Hold) == 0
    town.cancel(booked.id)
    assert town.words() == before
    assert town.audit() == []


def test_a_booking_says_what_was_promised(town, half_hour, opening):
    booked = town.book(half_hour, at(WEDNESDAY, opening, 4))
    assert (booked.day, booked.minute, booked.duration) == (WEDNESDAY, 600, 30)
    assert (booked.site_id, booked.mode_value, booked.name) == (town.site, Mode.ON_SITE, "Zoé Imaginaire")
    assert (booked.index, booked.count, booked.is_cancelled) == (4, 2, False)


def test_cancelling_twice_gives_the_time_back_once(town, half_hour, opening):
    slot = at(WEDNESDAY, opening, 4)
    first = town.book(half_hour, slot)
    town.cancel(first.id)
    second = town.book(half_hour, slot)
    taken = town.words()
    town.clock.advance(minutes=1)
    town.cancel(first.id)
    assert town.words() == taken, "the time belongs to the second person now"
    assert not town.appointment(second.id).is_cancelled
    again = town.appointment(first.id)
    assert (again.is_cancelled, again.sequence) == (True, 1)
    assert again.cancelled_at == again.created_at, "cancelled when it was, not a minute later"


def test_a_desk_more_is_a_booking_more_and_no_other(town, half_hour):
    opening = town.add_opening([half_hour], desks=3)
    town.prepare()
    slot = at(WEDNESDAY, opening, 2)
    booked = [town.book(half_hour, slot) for _ in range(3)]
    assert {appointment.desk for appointment in booked} == {0, 1, 2}
    with pytest.raises(SlotTaken):
        town.book(half_hour, slot)
    assert minutes_of(town.search(half_hour), WEDNESDAY)[:2] == [540, 600]
    town.cancel(booked[1].id)
    assert town.book(half_hour, slot).desk == booked[1].desk


def test_an_appointment_is_never_split_between_two_desks(town, half_hour, quarter):
    opening = town.add_opening([half_hour, quarter], starts=540, ends=570, desks=2)
    town.prepare()
    town.book(quarter, at(WEDNESDAY, opening, 0))
    second = town.book(quarter, at(WEDNESDAY, opening, 0))
    town.cancel(second.id)
    town.book(quarter, at(WEDNESDAY, opening, 1))
    town.book(half_hour, at(WEDNESDAY, opening, 0))
    with pytest.raises(SlotTaken):
        town.book(half_hour, at(WEDNESDAY, opening, 0))
    assert town.audit() == []


def test_appointments_of_other_lengths_never_overlap(town, half_hour, quarter, opening):
    """Every pair of a half hour and a quarter, in both orders, on one desk."""
    for first, second in ((half_hour, quarter), (quarter, half_hour)):
        for start in range(4):
            one = town.book(first, at(WEDNESDAY, opening, 2))
            if set(range(start, start + (2 if second == half_hour else 1))) & set(range(2, 2 + one.count)):
                with pytest.raises(SlotTaken):
                    town.book(second, at(WEDNESDAY, opening, start))
            else:
                town.cancel(town.book(second, at(WEDNESDAY, opening, start)).id)
            town.cancel(one.id)
    assert town.free(opening, WEDNESDAY) == list(range(12))


# ── once ────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_key_twice_gives_one_appointment(town, half_hour, opening):
    key, slot = new_key(), at(WEDNESDAY, opening, 4)
    first = town.book(half_hour, slot, key=key)
    taken = town.words()
    second = town.book(half_hour, slot, key=key)
    third = town.book(half_hour, at(WEDNESDAY, opening, 8), key=key)
    assert first.id == second.id == third.id
    assert first.code == second.code
    assert town.words() == taken
    assert count(town, Appointment) == 1


def test_the_same_key_after_a_cancellation_does_not_book_again(town, half_hour, opening):
    key, slot, before = new_key(), at(WEDNESDAY, opening, 4), town.words()
    town.cancel(town.book(half_hour, slot, key=key).id)
    assert town.book(half_hour, slot, key=key).is_cancelled
    assert town.words() == before


# ── refusals ────────────────────────────────────────────────────────────────────────────────────


def refused(town, refusal, motif, slot) -> None:
    """Neither held nor booked, and nothing changed."""
    before = town.words()
    for act in (town.hold, town.book):
        with pytest.raises(refusal):
            act(motif, slot)
    assert town.words() == before
    assert count(town, Hold) == count(town, Appointment) == 0


def test_notice_and_horizon_are_checked_again_when_booking(town):
    motif = town.add_motif("03", on_site=15, notice=60, horizon=10)
    opening = town.add_opening([motif], weekdays=EVERY_DAY)
    town.prepare()
    refused(town, TooSoon, motif, at(TUESDAY, opening, 3))
    refused(town, TooSoon, motif, at(TUESDAY - timedelta(days=1), opening, 3))
    refused(town, BeyondHorizon, motif, at(TUESDAY + timedelta(days=11), opening, 0))
    assert town.book(motif, at(TUESDAY, opening, 4)).minute == 600
    assert town.book(motif, at(TUESDAY + timedelta(days=10), opening, 0)).day == date(2026, 12, 4)


def test_what_is_not_on_the_grid_is_refused(town, half_hour, opening):
    for key in (at(WEDNESDAY, opening, 11), at(WEDNESDAY, opening, 12), at(WEDNESDAY, opening, 62), "garbage", ""):
        refused(town, OffGrid, half_hour, key)


def test_a_motif_not_received_there_is_refused(town, half_hour, opening):
    other = town.add_motif("03", on_site=15)
    by_phone = town.add_motif("04", phone=15)
    calls = town.add_opening([by_phone], mode=Mode.ON_SITE)
    town.prepare()
    refused(town, ModeNotAllowed, other, at(WEDNESDAY, opening, 4))
    refused(town, ModeNotAllowed, by_phone, at(WEDNESDAY, calls, 4))
    refused(town, ModeNotAllowed, half_hour, at(WEDNESDAY, 999, 4))


@pytest.mark.parametrize(("mode", "missing"), [(Mode.PHONE, "phone"), (Mode.VIDEO, "email")])
def test_who_left_no_way_to_be_met_so_is_not_booked_and_the_time_stays_kept(town, mode, missing):
    motif = town.add_motif("03", notice=60, phone=15, video=15)
    far = town.add_opening([motif], mode=mode)
    town.prepare()
    slot = at(WEDNESDAY, far, 0)
    held = town.hold(motif, slot)
    for hold in (held, None):
        with pytest.raises(Unreachable):
            town.book(motif, slot if hold else at(WEDNESDAY, far, 1), hold, person=PERSON | {missing: ""})
    assert count(town, Appointment) == 0 and count(town, Hold) == 1 and town.audit() == []
    assert town.book(motif, slot, held).mode_value is mode


def test_a_day_without_free_time_is_taken(town, half_hour, opening):
    sunday = date(2026, 11, 29)
    refused(town, SlotTaken, half_hour, at(sunday, opening, 4))


# ── what is offered instead ─────────────────────────────────────────────────────────────────────


def near(town: Town, motif: int, key: str) -> list[tuple]:
    with town.database.reading() as session:
        subject = session.get_one(Motif, motif)
        found = near_slots(session, subject, find_place(session, subject, key).slot, town.clock())
    return [(slot.day, slot.minute, slot.mode) for slot in found]


def test_the_three_nearest_slots_may_be_the_day_before(town, half_hour, opening):
    town.clock.advance(hours=-1)
    first_of_day = at(WEDNESDAY, opening, 0)
    town.book(half_hour, first_of_day)
    assert [(day, minute) for day, minute, _ in near(town, half_hour, first_of_day)] == [
        (WEDNESDAY, 570),
        (WEDNESDAY, 585),
        (WEDNESDAY, 600),
    ]
    for index in (2, 4, 6, 8, 10):
        town.book(half_hour, at(WEDNESDAY, opening, index))
    assert near(town, half_hour, first_of_day)[0][:2] == (TUESDAY, 660)


def test_the_same_mode_is_offered_first_then_completed_by_another(town):
    motif = town.add_motif("03", on_site=30, phone=30)
    here = town.add_opening([motif], starts=540, ends=570)
    calls = town.add_opening([motif], starts=540, ends=570, mode=Mode.PHONE)
    town.prepare(days=1)
    calls_of_both_days = [(TUESDAY, 540, Mode.PHONE), (WEDNESDAY, 540, Mode.PHONE)]
    offered = near(town, motif, at(WEDNESDAY, here, 0))
    assert sorted(offered) == sorted([(TUESDAY, 540, Mode.ON_SITE), *calls_of_both_days])
    for day in (TUESDAY, WEDNESDAY):
        town.book(motif, at(day, here, 0))
    assert near(town, motif, at(WEDNESDAY, here, 0)) == [(TUESDAY, 540, Mode.PHONE), (WEDNESDAY, 540, Mode.PHONE)]
    for day in (TUESDAY, WEDNESDAY):
        town.book(motif, at(day, calls, 0))
    assert near(town, motif, at(WEDNESDAY, here, 0)) == []


def test_the_last_day_lost_still_offers_the_days_before(town, half_hour, opening):
    last = max(town.days(opening))
    assert last.weekday() == 3, "Christmas Eve: the 25th is no working day"
    for day in (last, last - timedelta(days=1)):
        for index in range(0, 12, 2):
            town.book(half_hour, at(day, opening, index))
    assert len(near(town, half_hour, at(last, opening, 0))) == 3


def test_three_slots_are_offered_when_the_same_mode_has_only_one_left(town):
    motif = town.add_motif("03", on_site=30, phone=30)
    here = town.add_opening([motif], starts=540, ends=570)
    town.add_opening([motif], starts=540, ends=600, mode=Mode.PHONE)
    town.prepare(days=1)
    town.book(motif, at(WEDNESDAY, here, 0))
    assert len(near(town, motif, at(WEDNESDAY, here, 0))) == 3


def test_the_nearest_may_be_days_before_when_the_next_weeks_are_full(town, half_hour):
    opening = town.add_opening([half_hour], ends=600, interval=30)
    town.prepare(days=40)
    monday, friday = date(2026, 11, 30), date(2026, 11, 27)
    with town.database.writing() as session:
        full = FreeTime.day.between(monday, date(2026, 12, 11))
        session.execute(update(FreeTime).where(full).values(free=0))
    found = near(town, half_hour, at(monday, opening, 0))
    assert [day for day, *_ in found] == [friday - timedelta(days=1), friday, friday]


@pytest.mark.parametrize("seed", range(4))
def test_nothing_nearer_is_left_out_however_the_free_time_lies(town, seed):
    dice, motif = Random(seed), town.add_motif("03", on_site=20)
    starts = {town.add_opening([motif], starts=n, ends=n + 120, interval=20): n for n in (540, 660, 840)}
    town.prepare(days=40)
    free = {}
    with town.database.writing() as session:
        for row in session.scalars(select(FreeTime)):
            row.free = dice.choice((0, 0, 0, 0, 0, 0, 1, 0b100010))
            free[row.opening_id, row.day] = row.free
    everything = [
        (day, starts[number] + 20 * index, Mode.ON_SITE)
        for (number, day), word in free.items()
        for index in range(6)
        if word >> index & 1 and (day, starts[number] + 20 * index) >= (TUESDAY, 540)
    ]
    for number, day in dice.sample(sorted(free), 25):
        lost = (day, starts[number] + 40)
        far = sorted(abs((d - lost[0]).days * 1440 + minute - lost[1]) for d, minute, _ in everything)
        found = near(town, motif, at(day, number, 2))
        assert set(found) <= set(everything)
        assert sorted(abs((d - lost[0]).days * 1440 + minute - lost[1]) for d, minute, _ in found) == far[:3]


# ── the agenda ──────────────────────────────────────────────────────────────────────────────────


def test_the_agenda_of_a_day_is_in_the_order_of_time_cancelled_ones_included(town, half_hour, opening):
    booked = [town.book(half_hour, at(WEDNESDAY, opening, index)) for index in (8, 0, 4)]
    town.book(half_hour, at(date(2026, 11, 26), opening, 0))
    town.cancel(booked[2].id)
    with town.database.reading() as session:
        day = appointments_of_day(session, town.site, WEDNESDAY)
        assert [(a.minute, a.is_cancelled) for a in day] == [(540, False), (600, True), (660, False)]
        assert appointments_of_day(session, town.add_site("Gare"), WEDNESDAY) == []


def test_appointments_booked_outside_any_visit_belong_to_none(town, half_hour, opening):
    town.book(half_hour, at(WEDNESDAY, opening, 0))
    with town.database.reading() as session:
        assert upcoming_of_visit(session, 1, town.clock()) == []


def test_the_same_key_twice_takes_no_second_desk(town, half_hour):
    opening = town.add_opening([half_hour], weekdays=EVERY_DAY, desks=3)
    town.prepare()
    slot, key = at(WEDNESDAY, opening, 4), new_key()
    first = town.book(half_hour, slot, key=key)
    before = town.words()
    assert town.book(half_hour, slot, key=key).id == first.id
    assert town.words() == before and town.audit() == []
