"""Who may say « je suis là », whose turn it is, how long it may take, when a call is over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from counter.appointments import Status
from counter.lobby import (
    CALL_LASTS,
    DESK,
    Arrival,
    CallState,
    Turn,
    arrival,
    call_state,
    desk_name,
    in_turn,
    letters_of,
    same_letters,
    wait_estimate,
)
from counter.slots import Mode
from tests.conftest import START

TUESDAY = date(2026, 11, 24)


@dataclass(frozen=True)
class Expected:
    """10 h, for half an hour, here, today."""

    status_value: Status = Status.BOOKED
    mode_value: Mode = Mode.ON_SITE
    site_id: int = 1
    day: date = TUESDAY
    minute: int = 600
    duration: int = 30
    must_move: bool = False


@pytest.mark.parametrize(
    ("minute", "what"),
    [
        (539, Arrival.EARLY), (540, Arrival.WELCOME), (600, Arrival.WELCOME), (629, Arrival.WELCOME),
        (630, Arrival.LATE),
    ],
)  # fmt: skip
def test_one_is_welcome_from_an_hour_before_to_the_end(minute, what):
    assert arrival(Expected(), 1, TUESDAY, minute) is what


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"status_value": Status.ARRIVED}, Arrival.ALREADY),
        ({"status_value": Status.CALLED}, Arrival.ALREADY),
        ({"status_value": Status.SEEN}, Arrival.OVER),
        ({"status_value": Status.CANCELLED_BY_SERVICE, "site_id": 2}, Arrival.CANCELLED),
        ({"day": TUESDAY + timedelta(days=1)}, Arrival.OTHER_DAY),
        ({"day": TUESDAY - timedelta(days=1)}, Arrival.PAST),
        ({"site_id": 2}, Arrival.OTHER_PLACE),
        ({"mode_value": Mode.PHONE}, Arrival.BY_PHONE),
        ({"mode_value": Mode.VIDEO}, Arrival.BY_VIDEO),
        ({"must_move": True}, Arrival.TO_MOVE),
        ({"must_move": True, "day": TUESDAY + timedelta(days=1), "mode_value": Mode.PHONE}, Arrival.TO_MOVE),
        ({"must_move": True, "day": TUESDAY - timedelta(days=1)}, Arrival.PAST),
    ],
)
def test_whatever_else_stands_in_the_way_has_its_own_answer(change, what):
    assert arrival(replace(Expected(), **change), 1, TUESDAY, 590) is what


def test_each_refusal_has_a_sentence_that_can_be_said():
    said = {what: what.sentence for what in Arrival if what not in (Arrival.WELCOME, Arrival.ALREADY)}
    assert len(set(said.values())) == len(said) == 10
    for sentence in said.values():
        assert "{" not in sentence.format(hour="9 h", day="mardi", place="Tarare", opens="8 h")


@pytest.mark.parametrize(
    ("typed", "name", "same"),
    [
        ("du", "Durand", True),
        ("DUR", "Durand-Démo", True),
        ("Durand", "Durant", True),
        ("le g", "Le Guen", True),
        ("LEG", "Le Guen", True),
        ("eto", "Étoile", True),
        ("ÉT", "Etoile", True),
        ("oe", "Œuvrard", True),
        ("o'b", "OBrien", True),
        ("to", "De La Tour", True),
        ("lat", "De La Tour", True),
        ("et", "D'Été", True),
        ("our", "De La Tour", False),
        ("d", "Durand", False),
        ("da", "Durand", False),
        ("dur", "Du", False),
        ("", "Durand", False),
        ("--", "Durand", False),
    ],
)
def test_the_first_letters_are_compared_as_people_write_them(typed, name, same):
    assert same_letters(typed, name) is same


def test_three_letters_are_kept_of_a_name():
    assert letters_of("d'Été") == "DET"


def test_an_appointment_passes_at_its_hour_and_not_before():
    early, due = Turn(1, START, minute=600), Turn(2, START, minute=540)
    first, second = Turn(3, START), Turn(4, START + timedelta(minutes=1))
    missed = Turn(5, START + timedelta(minutes=2), minute=530, missed=True)
    waiting = [missed, early, second, first, due]
    assert [turn.ticket_id for turn in in_turn(waiting, 545)] == [2, 3, 4, 5, 1]
    assert [turn.ticket_id for turn in in_turn(waiting, 600)] == [2, 1, 3, 4, 5]


@pytest.mark.parametrize(
    ("before", "desks", "minutes"), [(0, 1, 0), (1, 1, 15), (3, 2, 25), (5, 0, 75), (1, 4, 5), (7, 3, 35)]
)
def test_the_wait_is_told_to_the_five_minutes_above(before, desks, minutes):
    assert wait_estimate(before, desks) == minutes


def test_a_desk_is_what_the_agent_wrote_or_the_front_desk():
    assert desk_name("  Guichet   2 ") == "Guichet 2" and desk_name("  ") == DESK
    assert len(desk_name("Un nom de guichet beaucoup trop long")) <= 20


def test_a_call_nobody_answers_lapses_and_so_does_an_answer_nobody_ends():
    soon, late = START + CALL_LASTS - timedelta(seconds=1), START + CALL_LASTS
    assert call_state(START, None, None, soon) is CallState.WAITING
    assert call_state(START, None, None, late) is CallState.LAPSED
    assert call_state(START - CALL_LASTS, START, None, soon) is CallState.COMING
    assert call_state(START - CALL_LASTS, START, None, late) is CallState.ENDED
    assert call_state(START, START, START, soon) is CallState.ENDED
    assert call_state(START, None, START, soon) is CallState.LAPSED
