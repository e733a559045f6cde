"""Months counted back from any day."""

from __future__ import annotations

from datetime import date

import pytest

from counter.months import first_of_month, months_before


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 31), 1, date(2025, 12, 31)),
        (date(2026, 11, 22), 11, date(2025, 12, 22)),
        (date(2026, 11, 22), 12, date(2025, 11, 22)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 11, 22), 0, date(2026, 11, 22)),
    ],
)
def test_the_same_day_of_an_earlier_month_or_its_last_day(day, months, before):
    assert months_before(day, months) == before


def test_the_first_day_of_a_month_back():
    assert first_of_month(date(2026, 11, 24), 12) == date(2025, 11, 1)
    assert first_of_month(date(2026, 1, 1), 1) == date(2025, 12, 1)
    assert first_of_month(date(2026, 11, 30)) == date(2026, 11, 1)
    assert [first_of_month(date(2026, 2, 28), before).month for before in (3, 2, 1)] == [11, 12, 1]
