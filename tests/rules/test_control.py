"""The control plan: what is found, what is not, and when an account nobody uses is closed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from counter.control import (
    Account,
    Kind,
    Reason,
    SignIn,
    Thresholds,
    closes_on,
    findings,
    is_to_close,
    is_warned_on,
)

LIMITS = Thresholds()
TUESDAY = datetime(2026, 11, 24, 9)


def kinds(*sign_ins: SignIn, **limits) -> list[tuple]:
    return [(item.kind, item.agent_id) for item in findings(sign_ins, Thresholds(**limits))]


@pytest.mark.parametrize(
    ("at", "odd"),
    [
        (TUESDAY.replace(hour=6, minute=59), True),
        (TUESDAY.replace(hour=7), False),
        (TUESDAY.replace(hour=19, minute=59), False),
        (TUESDAY.replace(hour=20), True),
        (TUESDAY - timedelta(days=2), True),
        (TUESDAY - timedelta(days=3), False),
    ],
)
def test_hours_and_sundays(at, odd):
    assert kinds(SignIn(2, at, "a")) == ([(Kind.HOURS, 2)] if odd else [])


def test_one_finding_a_day_says_the_first_hour():
    (found,) = findings([SignIn(2, TUESDAY.replace(hour=h), "a") for h in (23, 5)], LIMITS)
    assert found.detail == "Connexion à 5 h 00." and found.key == "heures 2 2026-11-24"


def test_machines_are_counted_within_the_minutes_and_per_agent():
    def at(minute: int, agent: int, address: str) -> SignIn:
        return SignIn(agent, TUESDAY + timedelta(minutes=minute), address)

    assert kinds(at(0, 2, "a"), at(20, 2, "b"), at(60, 2, "c")) == [(Kind.MACHINES, 2)]
    assert kinds(at(0, 2, "a"), at(20, 2, "b"), at(61, 2, "c")) == []
    assert kinds(at(0, 2, "a"), at(1, 2, "b"), at(2, 2, "a")) == []
    assert kinds(at(0, 2, "a"), at(1, 3, "b"), at(2, 4, "c")) == []
    assert kinds(at(0, 2, "a"), at(1, 2, "b"), machines=2) == [(Kind.MACHINES, 2)]


def test_refusals_are_counted_per_machine_and_day_at_any_hour():
    many = [SignIn(None, TUESDAY.replace(hour=3) + timedelta(seconds=n), "10.0.0.9") for n in range(20)]
    assert kinds(*many[:19], SignIn(None, TUESDAY, "10.0.0.8")) == []
    (found,) = findings(many, LIMITS)
    assert (found.kind, found.agent_id) == (Kind.REFUSED, None)
    assert found.detail == "20 connexions refusées depuis la machine 10.0.0.9."


def test_an_unused_account_is_announced_then_closed_and_never_closed_unannounced():
    account = Account(2, date(2026, 1, 31))
    closing = closes_on(account, LIMITS)
    assert closing == date(2026, 7, 31)
    assert not is_warned_on(account, LIMITS, date(2026, 6, 30))
    assert is_warned_on(account, LIMITS, date(2026, 7, 1))
    assert not is_to_close(account, date(2026, 7, 1), LIMITS, date(2026, 7, 30))
    assert is_to_close(account, date(2026, 7, 1), LIMITS, date(2026, 7, 31))
    assert not is_to_close(account, None, LIMITS, date(2027, 7, 31))
    assert not is_to_close(account, date(2027, 7, 30), LIMITS, date(2027, 7, 31))


def test_every_kind_and_reason_has_words():
    assert all(kind.label and kind.advice.endswith(".") for kind in Kind)
    assert all(reason.label for reason in Reason)
