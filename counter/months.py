"""Counting months."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def months_before(day: date, months: int) -> date:
    """The same day that many months before (31 March, one month before: the last of February)."""
    count = day.year * 12 + day.month - 1 - months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def first_of_month(day: date, before: int = 0) -> date:
    """The first day of the month of `day`, or of that many months before."""
    return months_before(day.replace(day=1), before)
