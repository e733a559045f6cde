"""Guiding: what is remembered in a visit, where a démarche on hold goes on, when a sheet is old."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from counter.guiding import (
    Guiding,
    Outcome,
    View,
    demarche_label,
    held_until,
    is_stale,
    known_marks,
    mark_of,
    missing,
    months_since,
    resume,
)
from counter.tutorials.loader import load_catalogue

SHEET = load_catalogue().tutorials["dtr-rsa"]


def test_what_was_begun_before_the_visit_belongs_to_it_and_another_visit_begins_blank():
    state = Guiding(view=View.AGENT, ticks={"dtr-rsa": ["a"]}, booklet=["dtr-rsa"])
    opened = state.for_visit(7)
    assert opened == replace(state, visit=7)
    assert opened.for_visit(7) == opened
    assert opened.for_visit(8) == Guiding(8)
    assert opened.for_visit(None) == Guiding()


def test_marks_follow_the_words_of_the_things_not_their_place():
    first, second = SHEET.bring[:2]
    turned = replace(SHEET, bring=(second, first, "Une chose nouvelle"))
    assert known_marks(turned, [mark_of(first), mark_of(second), "00000000"]) == [mark_of(second), mark_of(first)]
    assert missing(turned, [mark_of(first), mark_of(second)]) == ["Une chose nouvelle"]


def test_a_sheet_has_as_many_marks_as_things():
    for sheet in load_catalogue().tutorials.values():
        assert len({mark_of(item) for item in sheet.bring}) == len(sheet.bring)


@pytest.mark.parametrize(
    ("step", "things", "expected"),
    [(3, 2, (3, 2, False)), (0, 0, (0, 0, False)), (99, 1, (len(SHEET.steps), 1, True))],
)
def test_a_demarche_goes_on_where_it_stopped_or_at_the_last_step_of_a_shorter_sheet(step, things, expected):
    marks = [mark_of(item) for item in SHEET.bring[:things]]
    back = resume(SHEET, step, marks)
    assert (back.step, len(back.marks), back.changed) == expected


def test_a_thing_that_the_sheet_no_longer_asks_for_is_told():
    assert resume(SHEET, 2, [mark_of("Une pièce supprimée")]).changed


@pytest.mark.parametrize(
    ("checked", "today", "months", "stale"),
    [
        (date(2025, 5, 5), date(2026, 5, 5), 12, False),
        (date(2025, 5, 5), date(2026, 5, 6), 12, True),
        (date(2025, 5, 5), date(2026, 5, 4), 11, False),
        (date(2024, 2, 29), date(2025, 2, 28), 11, False),
        (date(2024, 2, 29), date(2025, 3, 1), 12, True),
        (date(2024, 3, 7), date(2026, 11, 24), 32, True),
        (date(2026, 11, 24), date(2026, 11, 24), 0, False),
    ],
)
def test_a_sheet_is_old_the_day_after_its_year(checked, today, months, stale):
    assert (months_since(checked, today), is_stale(checked, today)) == (months, stale)


def test_a_code_opens_for_thirty_days():
    assert held_until(date(2026, 11, 24)) == date(2026, 12, 24)


def test_the_visit_says_whether_the_demarche_is_done():
    assert demarche_label("Mon titre", Outcome.DONE) == "Démarche : Mon titre (faite)"
    assert demarche_label("Mon titre", Outcome.LATER) == "Démarche : Mon titre (à finir plus tard)"
