"""Accounts nobody uses: told, announced, closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from counter.control import Thresholds
from counter.months import months_before


@dataclass(frozen=True)
class Account:
    """An open account and its last sign-in; `used` False: there was none, and the day is that of its opening."""

    agent_id: int
    signed_in_on: date
    used: bool = True


def closes_on(account: Account, limits: Thresholds) -> date:
    """The day an account that stays unused is closed."""
    day = account.signed_in_on
    while months_before(day, limits.inactive_months) < account.signed_in_on:
        day += timedelta(days=1)
    return day


def is_warned_on(account: Account, limits: Thresholds, today: date) -> bool:
    """Whether its closing is to be announced by now."""
    return today >= closes_on(account, limits) - timedelta(days=limits.notice_days)


def is_to_close(account: Account, warned_on: date | None, limits: Thresholds, today: date) -> bool:
    """Whether it is closed today: unused long enough, and announced long enough ago."""
    announced = warned_on is not None and (today - warned_on).days >= limits.notice_days
    return announced and today >= closes_on(account, limits)


def never_used(account: Account, limits: Thresholds, today: date) -> bool:
    """Whether an account that was opened long enough ago was never used."""
    return not account.used and (today - account.signed_in_on).days >= limits.never_days
