"""The dates the Caf is treating: which year a day and month mean, and when to look again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from counter.processing import Subject, is_stale, last_date
from tests.conftest import START

TUESDAY = date(2026, 11, 24)


def test_a_date_is_looked_up_again_after_more_than_a_week():
    assert not is_stale(START, START + timedelta(days=7))
    assert is_stale(START, START + timedelta(days=7, seconds=1))


@pytest.mark.parametrize(
    ("day_month", "meant"),
    [
        ((24, 11), date(2026, 11, 24)),
        ((25, 11), date(2025, 11, 25)),
        ((1, 1), date(2026, 1, 1)),
        ((31, 12), date(2025, 12, 31)),
        ((29, 2), date(2024, 2, 29)),
    ],
)
def test_a_day_and_a_month_mean_the_last_such_day_today_included(day_month, meant):
    assert last_date(day_month, TUESDAY) == meant


@pytest.mark.parametrize("day_month", [(31, 2), (31, 11), (0, 1), (1, 0), (1, 13)])
def test_a_day_that_no_year_has_means_nothing(day_month):
    assert last_date(day_month, TUESDAY) is None


def test_each_subject_is_called_by_its_own_words():
    assert len({subject.label for subject in Subject}) == len(Subject) == 3
