"""A visit from greeting to closing: when it is forgotten, how long it lasts, what is ticked in advance."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from counter.icons import icon
from counter.visits import Nature, Solved, StepKind, is_stale, minutes_since, suggested_nature
from tests.conftest import START


def test_a_visit_is_forgotten_after_more_than_four_hours():
    assert not is_stale(START, START + timedelta(hours=4))
    assert is_stale(START, START + timedelta(hours=4, seconds=1))


@pytest.mark.parametrize(("seconds", "minutes"), [(0, 0), (59, 0), (60, 1), (119, 1), (3600, 60), (-90, 0)])
def test_a_visit_is_told_in_whole_minutes_even_when_the_clock_went_back(seconds, minutes):
    assert minutes_since(START, START + timedelta(seconds=seconds)) == minutes


@pytest.mark.parametrize(
    ("kinds", "nature"),
    [
        ([], Nature.INFORMATION),
        ([StepKind.ATTESTATION], Nature.INFORMATION),
        ([StepKind.DIAGNOSIS, StepKind.ATTESTATION], Nature.ORIENTATION),
        ([StepKind.DIAGNOSIS, StepKind.DEMARCHE], Nature.SUPPORT),
        ([StepKind.DIAGNOSIS, StepKind.DEMARCHE, StepKind.APPOINTMENT], Nature.APPOINTMENT),
    ],
)
def test_the_most_engaging_step_says_what_the_visit_was_in_whatever_order(kinds, nature):
    assert {suggested_nature(list(order)) for order in permutations(kinds)} == {nature}


def test_what_an_agent_chooses_from_has_words_and_a_picture():
    for kind in (StepKind, Nature, Solved):
        assert len({member.label for member in kind}) == len(kind)
        assert all(icon(member.icon) for member in kind)
    assert len({nature.detail for nature in Nature}) == len(Nature)
