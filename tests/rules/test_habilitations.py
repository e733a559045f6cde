"""Rights come from an open group alone, one profile at a time; SIRET; how many may hold a charge."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from counter.access import FUNCTIONS, Permission, Role
from counter.habilitations import (
    NO_RIGHTS,
    PROFILES,
    Charge,
    ChargeState,
    Link,
    Period,
    Rights,
    Service,
    charge_state,
    current_link,
    may_with,
    rights_from,
    siret_fault,
    too_many,
)

TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)
OPEN = Period()


def link(number: int, profile: str | None = "T12", since: date = TODAY, **periods: Period) -> Link:
    """A membership; `periods` name the link of the chain that is not simply open."""
    chain = {"convention": OPEN, "contract": OPEN, "group": OPEN, "membership": OPEN} | periods
    services = frozenset({Service.CDAP}) if profile else frozenset()
    return Link(number * 10, number, profile, frozenset({number}), services, since, tuple(chain.values()))


def rights(*links: Link, function: Role = Role.FRONT_DESK, agent: Period = OPEN, managed=(), chosen=None) -> Rights:
    return rights_from(function, agent, links, managed, TODAY, chosen)


@pytest.mark.parametrize("part", ["convention", "contract", "group", "membership", "agent"])
@pytest.mark.parametrize(
    ("period", "counts"),
    [
        (Period(TODAY, TODAY), True),
        (Period(TODAY - DAY, TODAY + DAY), True),
        (Period(None, TODAY), True),
        (Period(TODAY, None), True),
        (Period(TODAY + DAY, None), False),
        (Period(None, TODAY - DAY), False),
    ],
)
def test_each_part_of_the_chain_counts_between_its_own_dates_both_included(part, period, counts):
    found = rights(link(1), agent=period) if part == "agent" else rights(link(1, **{part: period}))
    assert (found != NO_RIGHTS and found.profile == "T12") is counts


def test_without_a_group_nobody_has_a_profile_a_site_or_a_role():
    assert rights() == Rights()
    assert rights(function=Role.SOCIAL_WORKER) == Rights()


def test_an_administrator_without_group_administers_and_serves_nobody():
    found = rights(function=Role.ADMINISTRATOR)
    assert may_with(found, Permission.ADMINISTER) and may_with(found, Permission.HABILITATE)
    assert not may_with(found, Permission.COUNTER) and found.profile is None


@pytest.mark.parametrize("function", FUNCTIONS)
def test_whoever_is_signed_in_reaches_their_own_account_and_nothing_more_without_rights(function):
    reached = {p for p in Permission if may_with(NO_RIGHTS, p)}
    assert reached == {Permission.PUBLIC, Permission.SIGNED_IN}


def test_a_responsable_may_add_to_the_group_and_gets_nothing_else_by_it():
    found = rights(managed=[7])
    assert found.managed == {7} and found.roles == {Role.MANAGER}
    assert not may_with(found, Permission.ADMINISTER) and not may_with(found, Permission.COUNTER)


def test_one_profile_at_a_time_even_in_several_groups():
    old, new = link(1, "T1", TODAY - 9 * DAY), link(2, "T2", TODAY - 2 * DAY)
    assert (rights(new, old).profile, rights(new, old).site_ids) == ("T1", {1})
    assert (rights(old, new, chosen=2).profile, rights(old, new, chosen=2).site_ids) == ("T2", {2})


def test_a_group_chosen_that_is_closed_or_someone_elses_is_not_used():
    held, closed = link(1, "T1"), link(2, "T2", group=Period(None, TODAY - DAY))
    assert rights(held, closed, chosen=2).profile == "T1"
    assert rights(held, chosen=99).profile == "T1"


def test_a_group_with_a_profile_comes_before_an_older_one_without():
    assert current_link([link(1, None, TODAY - DAY), link(2, "T5")], TODAY).group_id == 2


def test_a_profile_counts_only_where_the_structure_has_joined_the_service():
    unjoined = Link(1, 1, "T1", frozenset({1}), frozenset(), TODAY, (OPEN,))
    found = rights(unjoined)
    assert found.profile is None and found.roles == {Role.FRONT_DESK}


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        (OPEN, OPEN, True),
        (Period(TODAY, TODAY), Period(TODAY, TODAY), True),
        (Period(None, TODAY), Period(TODAY + DAY, None), False),
        (Period(TODAY, None), Period(None, TODAY - DAY), False),
        (Period(TODAY, TODAY + 9 * DAY), Period(TODAY + DAY, TODAY + 2 * DAY), True),
    ],
)
def test_two_periods_meet_when_they_have_a_day_in_common(one, other, meet):
    assert one.meets(other) is meet and other.meets(one) is meet


# ── SIRET ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("siret", ["99900000300015", "35600000000048", "35600000000001"])
def test_a_right_siret_will_do_la_poste_included(siret):
    assert siret_fault(siret) is None


@pytest.mark.parametrize(
    ("siret", "words"),
    [
        ("", "14 chiffres"),
        ("9990000030001", "14 chiffres"),
        ("999000003000155", "14 chiffres"),
        ("9990000030001A", "14 chiffres"),
        ("٩٩٩٠٠٠٠٠٣٠٠٠١٥", "14 chiffres"),
        ("99900000300016", "un chiffre est faux"),
        ("99900000300051", "un chiffre est faux"),
        ("35600000000002", "un chiffre est faux"),
        ("00000000000000", "que des zéros"),
    ],
)
def test_a_wrong_siret_is_told_why(siret, words):
    assert words in siret_fault(siret)


def test_every_single_wrong_digit_of_a_siret_is_found():
    right = "99900000300015"
    for place in range(14):
        for digit in set("0123456789") - {right[place]}:
            assert siret_fault(right[:place] + digit + right[place + 1 :]), (place, digit)


# ── charges ─────────────────────────────────────────────────────────────────────────────────────


def test_the_limits_are_those_of_the_rule():
    assert [charge.most for charge in Charge] == [2, 2, 1, 1]


@pytest.mark.parametrize("charge", Charge)
def test_one_more_than_the_limit_is_too_many_on_any_day_of_it(charge):
    wanted = Period(TODAY, TODAY + 30 * DAY)
    held = [Period(TODAY + 20 * DAY, None)] * charge.most
    assert too_many(charge, wanted, held)
    assert not too_many(charge, wanted, held[1:])
    assert not too_many(charge, Period(TODAY, TODAY + 19 * DAY), held), "the day before is free"


def test_two_who_follow_each_other_hold_one_seat():
    held = [Period(None, TODAY - DAY), Period(TODAY, None)]
    assert not too_many(Charge.FDA, OPEN, held)
    assert too_many(Charge.FDA, OPEN, [*held, OPEN])


@pytest.mark.parametrize(
    ("period", "validated", "refused", "state"),
    [
        (OPEN, False, False, ChargeState.PROPOSED),
        (OPEN, True, False, ChargeState.COUNTS),
        (Period(TODAY + DAY), True, False, ChargeState.COMING),
        (Period(None, TODAY - DAY), True, False, ChargeState.ENDED),
        (Period(None, TODAY - DAY), False, False, ChargeState.ENDED),
        (OPEN, False, True, ChargeState.REFUSED),
    ],
)
def test_a_charge_counts_only_once_validated_and_between_its_dates(period, validated, refused, state):
    assert charge_state(period, validated, refused, TODAY) is state


def test_the_profiles_are_the_sixteen_of_the_portal():
    missing = {3, 7, 17}
    assert list(PROFILES) == [f"T{number}" for number in range(1, 20) if number not in missing]


def test_a_profile_opens_dossiers_and_changes_nothing_else():
    """Every role × profile × permission: what a route asks for never depends on the profile."""
    for role in Role:
        for permission in Permission:
            answers = {
                may_with(Rights(profile, 1, frozenset({1}), frozenset({role})), permission)
                for profile in (None, *PROFILES)
            }
            assert len(answers) == 1, (role, permission)
