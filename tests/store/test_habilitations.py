"""Rights as the database gives them; one profile, two administrators, so many charges; the second person."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from counter.access import Role
from counter.demonstration import SIGN_INS
from counter.habilitations import NO_RIGHTS, Charge, ChargeState, HabilitationRefused, Service
from counter.models import (
    Activity,
    Adhesion,
    Agent,
    Contract,
    Convention,
    Group,
    Habilitation,
    Membership,
    Site,
)
from counter.store.agents import create_agent, settle_seat
from counter.store.habilitations import (
    add_member,
    check_profile,
    end_charge,
    end_membership,
    propose_charge,
    refuse_charge,
    rights_of,
    validate_charge,
)
from tests.conftest import START
from tests.groups import put_in_group

TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)


def id_of(session, identifier: str) -> int:
    return session.scalar(select(Agent.id).where(Agent.identifier == identifier))


def rights(database, identifier: str, day: date = TODAY, group: int | None = None):
    with database.reading() as session:
        return rights_of(session, id_of(session, identifier), day, group)


def group_of(session, name: str) -> Group:
    return session.scalar(select(Group).where(Group.name == name))


def newcomer(session, name: str = "noa", role: Role = Role.FRONT_DESK) -> Agent:
    return create_agent(session, name, name.title(), role, "Quetzal-4221")


# ── rights ──────────────────────────────────────────────────────────────────────────────────────


def test_each_agent_of_the_demonstration_has_the_rights_of_their_group(database):
    found = {sign_in.identifier: rights(database, sign_in.identifier) for sign_in in SIGN_INS}
    assert {name: held.profile for name, held in found.items()} == {
        "camille": "T12", "sacha": "T1", "dominique": "T2", "robin": "T12", "alex": None, "charlie": "T2",
    }  # fmt: skip
    assert found["camille"].site_ids == {5, 6} and found["camille"].roles == {Role.FRONT_DESK}
    assert found["robin"].roles == {Role.FRONT_DESK, Role.MANAGER} and len(found["robin"].managed) == 1
    assert found["alex"].services == {Service.AFAS}


@pytest.mark.parametrize("table", [Convention, Contract, Group, Membership, Agent])
def test_when_any_part_of_the_chain_ends_the_rights_end_the_day_after(database, table):
    with database.writing() as session:
        for row in session.scalars(select(table)):
            setattr(row, "closes_on" if table is Agent else "ends_on", TODAY)
    assert rights(database, "camille").profile == "T12"
    assert rights(database, "camille", TODAY + DAY) == NO_RIGHTS


def test_a_membership_form_that_ends_takes_the_profile_and_leaves_the_counter(database):
    with database.writing() as session:
        for row in session.scalars(select(Adhesion).where(Adhesion.service == "cdap")):
            row.ends_on = TODAY - DAY
    held = rights(database, "camille")
    assert held.profile is None and held.roles == {Role.FRONT_DESK} and held.site_ids == {5, 6}


def test_a_closed_or_unknown_agent_has_no_rights(database):
    with database.writing() as session:
        session.get_one(Agent, id_of(session, "camille")).active = False
    assert rights(database, "camille") == NO_RIGHTS
    with database.reading() as session:
        assert rights_of(session, 999_999, TODAY) == NO_RIGHTS


def test_an_agent_who_is_in_no_group_has_no_rights_whatever_their_function(database):
    with database.writing() as session:
        newcomer(session, role=Role.SOCIAL_WORKER)
    assert rights(database, "noa") == NO_RIGHTS


def test_a_responsable_of_a_closed_group_adds_nobody(database):
    with database.writing() as session:
        group_of(session, "Accueil France Services").ends_on = TODAY - DAY
    assert rights(database, "robin") == NO_RIGHTS


# ── one profile ─────────────────────────────────────────────────────────────────────────────────


def test_an_agent_never_gets_two_profiles_for_the_same_day(database):
    with database.writing() as session:
        camille, other = id_of(session, "camille"), group_of(session, "Travailleurs sociaux")
        with pytest.raises(HabilitationRefused, match="a déjà le profil T12"):
            add_member(session, other, camille, TODAY, None, camille)
        ended = session.scalars(select(Membership).where(Membership.agent_id == camille)).one()
        end_membership(session, ended, TODAY)
        add_member(session, other, camille, TODAY + DAY, None, camille)
    assert rights(database, "camille").profile == "T12"
    assert rights(database, "camille", TODAY + DAY).profile == "T1"


def test_a_group_does_not_take_a_profile_that_would_give_its_agents_two(database):
    with database.writing() as session:
        camille = session.get_one(Agent, id_of(session, "camille"))
        second = put_in_group(session, camille, profile="T12")
        with pytest.raises(HabilitationRefused, match="aurait deux profils"):
            check_profile(session, second, "T4", TODAY)
        check_profile(session, second, "T12", TODAY)
        check_profile(session, second, None, TODAY)


def test_the_same_agent_added_twice_is_there_once(database):
    with database.writing() as session:
        noa, group = newcomer(session), group_of(session, "Accueil France Services")
        first = add_member(session, group, noa.id, TODAY, None, noa.id)
        assert add_member(session, group, noa.id, TODAY, None, noa.id).id == first.id
        with pytest.raises(HabilitationRefused, match="est déjà dans ce groupe"):
            add_member(session, group, noa.id, TODAY + DAY, None, noa.id)


def test_a_closed_account_enters_no_group(database):
    with database.writing() as session:
        noa = newcomer(session)
        noa.active = False
        with pytest.raises(HabilitationRefused, match="Ce compte est fermé"):
            add_member(session, group_of(session, "Accueil France Services"), noa.id, TODAY, None, noa.id)


# ── two administrators ──────────────────────────────────────────────────────────────────────────


def test_a_third_administrator_is_refused_until_a_seat_is_free(database):
    with database.writing() as session:
        lyon = session.scalar(select(Site.id).where(Site.short_name == "Lyon 3"))
        with pytest.raises(HabilitationRefused, match="déjà deux administrateurs"):
            create_agent(session, "tiers", "Tiers", Role.ADMINISTRATOR, "Quetzal-4221", lyon)
        session.rollback()
    with database.writing() as session:
        charlie = session.get_one(Agent, id_of(session, "charlie"))
        charlie.active = False
        settle_seat(session, charlie)
        seat = create_agent(session, "tiers", "Tiers", Role.ADMINISTRATOR, "Quetzal-4221", lyon).admin_seat
        assert seat == "1:suppleant"


def test_the_database_itself_refuses_one_seat_for_two(database):
    with pytest.raises(IntegrityError), database.writing() as session:
        noa = newcomer(session)
        noa.admin_seat = session.scalar(select(Agent.admin_seat).where(Agent.identifier == "dominique"))
        session.flush()


# ── charges ─────────────────────────────────────────────────────────────────────────────────────


def crib(session) -> Activity:
    return session.scalar(select(Activity).where(Activity.name == "Crèche Les Exemples"))


def proposed(session, holder: str, charge: Charge, by: str = "dominique", starts: date = TODAY) -> Habilitation:
    wanted = Habilitation(
        charge=charge, agent_id=id_of(session, holder), activity_id=crib(session).id, starts_on=starts
    )
    return propose_charge(session, wanted, id_of(session, by), START)


@pytest.mark.parametrize("charge", Charge)
def test_no_more_people_hold_a_charge_than_the_rule_lets(database, charge):
    with database.writing() as session:
        for holder in ("alex", "camille")[: charge.most]:
            proposed(session, holder, charge)
        with pytest.raises(HabilitationRefused, match="au plus à la fois"):
            proposed(session, "sacha", charge)


def test_a_charge_counts_once_someone_else_has_said_yes(database):
    with database.writing() as session:
        row = proposed(session, "alex", Charge.APPROVER)
        assert row.state(TODAY) is ChargeState.PROPOSED
        with pytest.raises(HabilitationRefused, match="une autre personne doit le valider"):
            validate_charge(session, row, row.proposed_by_id, START)
        assert row.state(TODAY) is ChargeState.PROPOSED
        validate_charge(session, row, id_of(session, "charlie"), START)
        assert row.state(TODAY) is ChargeState.COUNTS
        with pytest.raises(HabilitationRefused, match="a déjà sa réponse"):
            refuse_charge(session, row, id_of(session, "charlie"), START)


def test_the_database_itself_refuses_who_validates_their_own_proposal(database):
    with pytest.raises(IntegrityError), database.writing() as session:
        row = proposed(session, "alex", Charge.FDI)
        row.validated_by_id, row.validated_at = row.proposed_by_id, START
        session.flush()


def test_a_refused_or_ended_charge_frees_its_seat_and_stays_in_the_history(database):
    with database.writing() as session:
        deputy = id_of(session, "charlie")
        first = proposed(session, "alex", Charge.FDI)
        refuse_charge(session, first, deputy, START)
        second = proposed(session, "camille", Charge.FDI)
        validate_charge(session, second, deputy, START)
        end_charge(session, second, deputy, TODAY, START)
        third = proposed(session, "sacha", Charge.FDI)
        assert [row.state(TODAY) for row in (first, second, third)] == [
            ChargeState.REFUSED, ChargeState.ENDED, ChargeState.PROPOSED,
        ]  # fmt: skip


def test_the_same_charge_on_another_activity_or_place_has_its_own_limit(database):
    with database.writing() as session:
        proposed(session, "alex", Charge.APPROVER)
        there = Habilitation(charge=Charge.APPROVER, agent_id=id_of(session, "alex"), site_id=5, starts_on=TODAY)
        propose_charge(session, there, id_of(session, "dominique"), START)
        assert there.target == "France Services L'Arbresle"
