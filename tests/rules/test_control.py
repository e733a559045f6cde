"""The control plan: what is found, what is not, and when an account nobody uses is closed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from counter.control import Family, Finding, Kind, Reason, Thresholds
from counter.control.accounts import Account, closes_on, is_to_close, is_warned_on, never_used
from counter.control.papers import Paper, paper_findings
from counter.control.rights import (
    Given,
    Opening,
    Place,
    Profiled,
    group_findings,
    mission_findings,
    profile_findings,
    rotation_findings,
)
from counter.control.sign_ins import SignIn, findings
from counter.dossiers import Purpose
from counter.habilitations import PROFILES, Period
from counter.journal import check_words

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


# ── papers and rights ───────────────────────────────────────────────────────────────────────────

TODAY = date(2026, 11, 24)


def paper(**values) -> list[Finding]:
    values = {"period": Period(date(2025, 1, 1)), "dated": True} | values
    return paper_findings([Paper(7, "convention", "la convention", "Mairie", **values)], LIMITS, TODAY, str)


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        (TODAY + timedelta(days=61), None), (TODAY + timedelta(days=60), "se termine"), (TODAY, "se termine"),
        (TODAY - timedelta(days=1), "s'est terminé"), (TODAY - timedelta(days=360), "s'est terminé"),
        (TODAY - timedelta(days=370), None), (None, None),
    ],
)  # fmt: skip
def test_a_paper_is_told_before_and_after_its_end(ends, told):
    found = paper(period=Period(date(2025, 1, 1), ends))
    assert [told in item.detail for item in found] == ([True] if told else [])
    assert all(item.key == f"papier 7 convention {ends}" and item.convention_id == 7 for item in found)


def test_a_paper_that_is_not_there_or_says_no_first_day():
    assert paper(period=None)[0].detail == "Mairie : la convention n'est pas là."
    assert "n'a pas de premier jour" in paper(period=Period())[0].detail
    assert paper(period=Period(), dated=False) == []


def test_every_profile_has_a_mission_and_control_of_the_rsa_belongs_to_two():
    def odd(profile: str) -> bool:
        return bool(mission_findings([Opening(1, 2, profile, Purpose.CONTROL, TODAY)], [], TODAY))

    assert [code for code in PROFILES if not odd(code)] == ["T18", "T19"]
    every = [Opening(1, 2, code, purpose, TODAY) for code in PROFILES for purpose in Purpose]
    assert len(mission_findings(every, [], TODAY)) < len(every), "each mission asks for something"
    for code in PROFILES:
        theirs = mission_findings([item for item in every if item.profile == code], [], TODAY)
        assert 0 < len(theirs) < len(Purpose), code


def test_dossiers_opened_for_another_mission_are_one_finding_that_grows():
    days = [TODAY - timedelta(days=n) for n in (9, 2, 5)]
    (item,) = mission_findings([Opening(1, 2, "T10", Purpose.SUPPORT, day) for day in days], [], TODAY)
    assert item.on == days[1] and item.agent_id == 1 and item.group_id == 2
    assert item.detail == "3 dossiers ouverts pour « Accompagner la personne », avec le profil T10 (Bailleurs sociaux)."


def test_a_referent_with_a_profile_is_told_and_others_are_not():
    places = [Place(1, 2, "A", "T2", serves=False), Place(2, 2, "A", "T2"), Place(3, 4, "B", None, serves=False)]
    assert [item.agent_id for item in mission_findings([], places, TODAY)] == [1]


def test_several_groups_and_several_profiles():
    places = [Place(1, 1, "A", "T2"), Place(1, 2, "B", None), Place(2, 1, "A", "T2"), Place(2, 3, "C", "T5"),
              Place(3, 1, "A", "T2")]  # fmt: skip
    found = group_findings(places, LIMITS, TODAY)
    assert [(item.kind, item.agent_id) for item in found] == [(Kind.GROUPS, 1), (Kind.PROFILES, 2)]
    assert found[0].key == "groupes agent 1 1/2" and found[1].detail == "2 groupes, 2 profils : « A », « C »."
    assert [item.kind for item in group_findings(places, Thresholds(groups=3), TODAY)] == [Kind.PROFILES]


def test_a_group_that_had_several_profiles_and_one_that_got_its_first():
    changes = [Profiled(1, TODAY, ("T2", "T5")), Profiled(2, TODAY, ("T9",)), Profiled(1, TODAY, ("T5", "T2"))]
    (item,) = profile_findings(changes, {1: "Guichet"})
    assert item.group_id == 1 and item.detail == "Le groupe « Guichet » a eu 2 profils : T2, T5."


def rotations(*given: Given) -> list[str]:
    return [item.key for item in rotation_findings(given, LIMITS)]


def test_three_rights_within_thirty_days_to_one_agent():
    days = [TODAY - timedelta(days=n) for n in (0, 10, 29, 30)]
    assert rotations(*(Given(1, day) for day in days[:2])) == []
    assert rotations(*(Given(1, day) for day in (days[0], days[1], days[3]))) == []
    assert rotations(*(Given(1, day) for day in days[:3])) == [f"rotation agent 1 {TODAY}"]


def test_one_charge_through_three_hands():
    hands = [Given(n, TODAY - timedelta(days=n), seat="fda a1") for n in (1, 2, 3)]
    assert rotations(*hands) == [f"rotation role fda a1 {TODAY - timedelta(days=1)}"]
    assert rotations(*hands[:2], Given(1, TODAY, seat="fda a2")) == []


def test_an_account_never_used_is_told_after_thirty_days():
    opened = Account(1, TODAY - timedelta(days=30), used=False)
    assert never_used(opened, LIMITS, TODAY) and not never_used(opened, LIMITS, TODAY - timedelta(days=1))
    assert not never_used(Account(1, TODAY - timedelta(days=90)), LIMITS, TODAY)


def test_each_kind_has_a_family_words_and_ways_to_deal_with_it():
    for kind in Kind:
        assert kind.label and kind.advice.endswith((".", "?")) and kind.reasons
    assert {kind.family for kind in Kind} == set(Family)
    assert {reason for kind in Kind for reason in kind.reasons} == set(Reason)
    journalled = [*paper(period=None), *group_findings([Place(1, 1, "A", "T2"), Place(1, 2, "B", "T5")], LIMITS, TODAY)]
    for item in journalled:
        check_words("", f"{item.key} {Reason.WANTED}")
