"""What a kiosk goes by: its keyboard, its screens of choices, the way through a booking, the end of a visit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from counter.kiosk import (
    COUNTDOWN,
    EMERGENCIES,
    VISIT_ENDS,
    WARN_AFTER,
    Choose,
    browser_lines,
    chosen,
    next_screen,
    part_of,
    pressed,
    screen_before,
    visit_ended,
)
from counter.slots import Mode
from tests.conftest import START

ON_SITE = {Choose.MOTIF: 1, Choose.MODE: Mode.ON_SITE}
PERSON = {Choose.FIRST_NAME: "Zoé", Choose.LAST_NAME: "Exemple", Choose.BIRTH_DAY: 7, Choose.BIRTH_MONTH: 2}


def typed(keys: str, names: bool = False) -> str:
    text = ""
    for key in keys:
        text, _ = pressed(text, {"<": "effacer", " ": "espace"}.get(key, key), names)
    return text


def test_the_keyboard_writes_names_with_their_capitals():
    assert typed("ZOÉ", names=True) == "Zoé"
    assert typed("JEAN-PIERRE", names=True) == "Jean-Pierre"
    assert typed("D'ORMESSON LE GRAND", names=True) == "D'Ormesson Le Grand"
    assert typed("AB<<<C") == "C"
    assert pressed("déjà écrit", None) == ("déjà écrit", False)
    assert len(typed("A" * 100)) == 80


def test_choices_come_five_a_screen():
    twelve = list(range(12))
    assert part_of(twelve, "").items == [0, 1, 2, 3, 4]
    last = part_of(twelve, "3")
    assert (last.items, last.previous, last.next) == ([10, 11], 2, None)
    for strange in ("0", "4", "-1", "x", "²", "9" * 5000):
        assert part_of(twelve, strange).items[0] == 0
    assert part_of([], "2").items == []


def test_a_booking_asks_one_thing_after_the_other():
    draft, asked = {Choose.MOTIF: 1}, []
    answers = {Choose.MODE: Mode.ON_SITE, Choose.PHONE: ""}
    while screen := next_screen(draft):
        asked.append(screen)
        draft = chosen(draft, screen, answers.get(screen, 3))
    assert asked == [
        Choose.MODE, Choose.SITE, Choose.DAY, Choose.SLOT, Choose.FIRST_NAME, Choose.LAST_NAME, Choose.BIRTH_DAY,
        Choose.BIRTH_MONTH, Choose.PHONE,
    ]  # fmt: skip


@pytest.mark.parametrize(("mode", "last"), [(Mode.PHONE, Choose.PHONE), (Mode.VIDEO, Choose.EMAIL)])
def test_a_call_has_no_place_to_choose_and_needs_where_to_reach_the_person(mode, last):
    draft = {Choose.MOTIF: 1, Choose.MODE: mode}
    assert next_screen(draft) is Choose.DAY
    for screen in (Choose.DAY, Choose.SLOT, Choose.FIRST_NAME, Choose.LAST_NAME, Choose.BIRTH_DAY, Choose.BIRTH_MONTH):
        draft = chosen(draft, screen, 1)
    assert next_screen(draft) is last


def test_choosing_another_day_makes_the_hour_be_chosen_again_and_keeps_the_name():
    draft = ON_SITE | {Choose.SITE: 4, Choose.DAY: "2026-11-24", Choose.SLOT: "1.x.2", Choose.FIRST_NAME: "Zoé"}
    changed = chosen(draft, Choose.DAY, "2026-11-25")
    assert Choose.SLOT not in changed
    assert changed[Choose.FIRST_NAME] == "Zoé"
    assert chosen(draft, Choose.DAY, "2026-11-24") == draft


def test_a_number_that_was_not_given_is_asked_for_when_a_call_is_chosen_after_all():
    whole = ON_SITE | {Choose.SITE: 4, Choose.DAY: "2026-11-24", Choose.SLOT: "1.x.2"} | PERSON
    by_call = chosen(whole | {Choose.PHONE: ""}, Choose.MODE, Mode.PHONE) | {Choose.DAY: "x", Choose.SLOT: "y"}
    assert next_screen(by_call) is Choose.PHONE
    given = chosen(whole | {Choose.PHONE: "+33199001234"}, Choose.MODE, Mode.PHONE)
    assert given[Choose.PHONE] == "+33199001234"


@pytest.mark.parametrize(
    ("first", "second"), [(Choose.FIRST_NAME, Choose.LAST_NAME), (Choose.BIRTH_DAY, Choose.BIRTH_MONTH)]
)
def test_what_is_read_together_is_said_again_together_even_when_the_first_half_stays(first, second):
    for value in (PERSON[first], 31):
        changed = chosen(ON_SITE | {Choose.SITE: 4, Choose.DAY: "x", Choose.SLOT: "y"} | PERSON, first, value)
        assert next_screen(changed) is second


def test_an_appointment_that_moves_asks_for_the_day_and_the_hour_alone():
    moving = ON_SITE | {Choose.SITE: 4, "moving": 12}
    assert next_screen(moving) is Choose.DAY
    done = moving | {Choose.DAY: "2026-11-25", Choose.SLOT: "1.x.2"}
    assert next_screen(done) is None
    assert screen_before(done, Choose.SLOT) is Choose.DAY


def test_the_visit_ends_after_the_warning_and_its_countdown_not_before():
    assert not visit_ended(START, START + WARN_AFTER + COUNTDOWN)
    assert visit_ended(START, START + VISIT_ENDS)
    assert WARN_AFTER + COUNTDOWN + timedelta(minutes=1) > VISIT_ENDS


def test_the_emergency_numbers_are_those_of_the_grid():
    assert {one.number for one in EMERGENCIES} == {"15", "17", "114", "115", "119", "3919"}


def test_the_browser_opens_full_screen_prints_by_itself_and_keeps_a_profile():
    lines = dict(browser_lines("http://127.0.0.1:8000/borne"))
    assert set(lines) == {"Debian", "Windows"}
    for line in lines.values():
        assert "--kiosk " in line and "--kiosk-printing" in line and "--user-data-dir" in line
        assert line.endswith("http://127.0.0.1:8000/borne")
