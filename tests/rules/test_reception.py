"""What reception may signal when, and where « revenir en arrière » leads."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from counter.appointments import (
    GIVEN_BACK,
    OUTCOMES,
    WITHOUT_OUTCOME,
    CancelReason,
    NotNow,
    Status,
    check_status,
    may_cancel,
    may_change,
    next_statuses,
    offered_statuses,
    reachable,
    status_before,
)
from counter.slots import FreedTime, Mode

TODAY = date(2026, 11, 24)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def test_a_person_arrives_is_called_then_seen():
    assert next_statuses(Status.BOOKED, Mode.ON_SITE, TODAY, TODAY)[0] is Status.ARRIVED
    assert next_statuses(Status.ARRIVED, Mode.ON_SITE, TODAY, TODAY)[0] is Status.CALLED
    assert next_statuses(Status.CALLED, Mode.ON_SITE, TODAY, TODAY)[0] is Status.SEEN


@pytest.mark.parametrize("mode", [Mode.PHONE, Mode.VIDEO])
def test_nobody_arrives_for_a_call(mode):
    steps = next_statuses(Status.BOOKED, mode, TODAY, TODAY)
    assert steps[0] is Status.CALLED and Status.ARRIVED not in steps


@pytest.mark.parametrize("status", list(Status))
def test_nothing_is_signalled_before_the_day(status):
    assert next_statuses(status, Mode.ON_SITE, TOMORROW, TODAY) == ()


@pytest.mark.parametrize("status", WITHOUT_OUTCOME)
def test_the_day_after_only_the_outcome_is_left(status):
    left = next_statuses(status, Mode.ON_SITE, YESTERDAY, TODAY)
    assert left == tuple(to for to in OUTCOMES if status is not Status.ARRIVED or to is not Status.ABSENT)


@pytest.mark.parametrize("day", [TODAY, YESTERDAY])
def test_who_has_arrived_is_absent_only_once_they_were_called_in_vain(day):
    assert Status.ABSENT not in next_statuses(Status.ARRIVED, Mode.ON_SITE, day, TODAY)
    with pytest.raises(NotNow):
        check_status(Status.ARRIVED, Status.ABSENT, Mode.ON_SITE, day, TODAY)
    check_status(Status.CALLED, Status.ABSENT, Mode.ON_SITE, day, TODAY)


@pytest.mark.parametrize("status", [*OUTCOMES, *GIVEN_BACK])
def test_after_the_end_nothing_follows(status):
    assert next_statuses(status, Mode.ON_SITE, TODAY, TODAY) == ()
    for to in Status:
        with pytest.raises(NotNow):
            check_status(status, to, Mode.ON_SITE, TODAY, TODAY)


def test_reception_never_cancels_nor_books():
    for status in Status:
        for mode in Mode:
            assert not {*GIVEN_BACK, Status.BOOKED} & set(next_statuses(status, mode, TODAY, TODAY))


@pytest.mark.parametrize(
    ("status", "arrived", "called", "before"),
    [
        (Status.ARRIVED, True, False, Status.BOOKED),
        (Status.CALLED, True, True, Status.ARRIVED),
        (Status.CALLED, False, True, Status.BOOKED),
        (Status.SEEN, True, True, Status.CALLED),
        (Status.SEEN, True, False, Status.ARRIVED),
        (Status.ABSENT, False, False, Status.BOOKED),
        (Status.EXCUSED, False, False, Status.BOOKED),
    ],
)
def test_going_back_leads_to_the_step_before(status, arrived, called, before):
    assert status_before(status, arrived, called) is before


@pytest.mark.parametrize("status", [Status.BOOKED, *GIVEN_BACK])
def test_there_is_no_way_back_from_a_booking_or_a_cancellation(status):
    with pytest.raises(NotNow):
        status_before(status, True, True)


def test_only_a_booked_appointment_whose_day_is_not_past_moves():
    assert [s for s in Status if may_change(s, TODAY, TODAY)] == [Status.BOOKED]
    assert not may_change(Status.BOOKED, YESTERDAY, TODAY)
    assert [s for s in Status if may_cancel(s)] == list(WITHOUT_OUTCOME)


def test_who_cancels_is_told_by_the_reason():
    service = {reason for reason in CancelReason if reason.status is Status.CANCELLED_BY_SERVICE}
    assert service == {CancelReason.SERVICE, CancelReason.AGENT_AWAY}
    assert {reason.status for reason in CancelReason} == set(GIVEN_BACK)


def test_a_person_without_number_is_not_called():
    called, written = {"phone": "+33199000000", "email": ""}, {"phone": "", "email": "zoe@exemple.fr"}
    assert reachable(Mode.ON_SITE, {"phone": "", "email": ""})
    assert not reachable(Mode.PHONE, written) and reachable(Mode.PHONE, called)
    assert not reachable(Mode.VIDEO, called) and reachable(Mode.VIDEO, written)


def test_a_careful_contact_needs_no_address_for_a_video_since_nothing_is_sent():
    assert reachable(Mode.VIDEO, {"phone": "", "email": "", "careful": True})
    assert not reachable(Mode.PHONE, {"phone": "", "email": "", "careful": True})


def test_freed_time_suits_a_longer_or_shorter_appointment_that_uses_some_of_it():
    freed = FreedTime(1, TODAY, 4, 2)
    assert freed.starts_for(1) == [4, 5]
    assert freed.starts_for(2) == [4, 3, 5]
    assert FreedTime(1, TODAY, 0, 1).starts_for(3) == [0]


def test_nobody_is_said_absent_in_one_click_before_their_hour():
    known = (Status.BOOKED, Mode.ON_SITE, TODAY, 600)
    assert Status.ABSENT not in offered_statuses(*known, at(9, 59))
    assert offered_statuses(*known, at(10, 0)) == next_statuses(Status.BOOKED, Mode.ON_SITE, TODAY, TODAY)
    assert Status.ABSENT in offered_statuses(Status.BOOKED, Mode.ON_SITE, YESTERDAY, 600, at(0, 0))


def at(hour: int, minute: int) -> datetime:
    return datetime.combine(TODAY, time(hour, minute))
