"""Progress through a démarche, over the real catalogue."""

from __future__ import annotations

import pytest

from counter.demarches import UnknownStep, progress
from counter.tutorials.loader import load_catalogue


@pytest.fixture(scope="module")
def sheets():
    return load_catalogue().tutorials


def test_a_person_goes_through_every_step_once_and_back(sheets):
    for sheet in sheets.values():
        number, seen = 1, []
        while number is not None:
            here = progress(sheet, number)
            assert here.previous == (number - 1 or None)
            seen.append(here.step)
            number = here.next
        assert tuple(seen) == sheet.steps
        assert progress(sheet, len(seen)).total == len(seen)


@pytest.mark.parametrize("number", [-1, 0, 999])
def test_a_step_that_does_not_exist_is_refused(sheets, number):
    with pytest.raises(UnknownStep):
        progress(sheets["me-connecter"], number)


def test_the_step_after_the_last_is_refused(sheets):
    sheet = sheets["me-connecter"]
    with pytest.raises(UnknownStep):
        progress(sheet, len(sheet.steps) + 1)
