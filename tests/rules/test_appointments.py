"""Codes, as they are drawn, read and said; modes and states in words."""

from __future__ import annotations

import re

import pytest

from counter.appointments import CODE_ALPHABET, Status, new_code, normal_code, spoken_code
from counter.icons import icon
from counter.slots import Mode
from counter.workshops import Seat


def test_a_code_never_has_a_sign_that_is_misread():
    assert not set("01OI") & set(CODE_ALPHABET)
    codes = [new_code() for _ in range(2000)]
    assert all(len(code) == 8 and set(code) <= set(CODE_ALPHABET) for code in codes)
    assert len(set(codes)) == len(codes)
    assert set("".join(codes)) == set(CODE_ALPHABET)


@pytest.mark.parametrize(
    "written",
    [
        "ABCD-2345",
        "abcd-2345",
        "AbCd 2345",
        " ABCD2345 ",
        "A B C D 2 3 4 5",
        "ABCD–2345",
        "ABCD\u00a02345",
        "abcd.2345",
    ],
)
def test_a_code_is_read_however_it_is_typed(written):
    assert normal_code(written) == "ABCD2345"


def test_a_code_said_aloud_is_the_same_code():
    assert spoken_code("ABCD2345") == "ABCD-2345"
    for code in (new_code() for _ in range(200)):
        assert normal_code(spoken_code(code)) == normal_code(spoken_code(code).lower()) == code


def test_modes_and_states_have_words_and_a_picture():
    assert [mode.label for mode in Mode] == ["Sur place", "Par téléphone", "En visio"]
    assert all(icon(mode.icon) for mode in Mode)
    assert len({status.label for status in Status}) == len(Status) > 2


@pytest.mark.parametrize("label", [*(status.label for status in Status), *(seat.label for seat in Seat)])
def test_a_status_beside_a_name_supposes_nothing_of_its_gender(label):
    """« Nora Prudente arrivé »: a participle alone would agree with the name before it."""
    first = label.split()[0].lower()
    assert not re.search(r"(é|u|t)$", first) or first == "rendez-vous", label
