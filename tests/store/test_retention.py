"""The purge, an erasure and the control plan in both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from counter.access import Role
from counter.control import Reason, Thresholds
from counter.db import Database
from counter.journal import Act, Subject
from counter.keys import load_keys
from counter.models import Agent, Appointment, ControlDecision, FreeTime, Group, JournalLine, Membership, Message
from counter.retention import RETIRED, Data
from counter.rights import Asked, Match
from counter.store import control, journal, retention, rights
from counter.store.agents import close_account, create_agent, give_provisional
from counter.store.free_time import audit_free_time
from tests.conftest import START, settings_for
from tests.groups import put_in_group
from tests.store.conftest import at, count

LIMITS = Thresholds()


@pytest.fixture
def demo(instance) -> Database:
    database = Database(settings_for(instance).main_url, load_keys(instance, create=False).vault)
    yield database
    database.close()


def test_the_purge_removes_what_it_said_and_says_so_in_the_journal(demo):
    today = (START + timedelta(days=900)).date()
    with demo.reading() as session:
        said = retention.would_go(session, today)
        assert said[Data.APPOINTMENTS] == session.scalar(select(func.count()).select_from(Appointment)) > 20
    with demo.writing() as session:
        gone = retention.purge(session, today, START + timedelta(days=900))
    assert gone == said
    with demo.writing() as session:
        assert not session.scalar(select(func.count()).select_from(Appointment))
        assert not session.scalar(select(func.count()).select_from(FreeTime).where(FreeTime.day < START.date()))
        assert audit_free_time(session) == [] and list(journal.verify(session)) == []
        told = session.scalars(select(JournalLine.detail)).all()
        assert f"rendez-vous {gone[Data.APPOINTMENTS]}" in told
        assert retention.would_go(session, today) == {}


def test_a_person_is_found_whatever_the_accents_and_erased_with_their_time_given_back(town, half_hour, opening):
    mine = town.book(half_hour, at(town.days(opening)[1], opening, 0))
    other = {
        "first_name": "Zoé",
        "last_name": "Imaginaire",
        "birth_day": 8,
        "birth_month": 11,
        "phone": "",
        "email": "",
    }
    town.book(half_hour, at(town.days(opening)[1], opening, 4), person=other)
    asked = Asked("ZOE", "imaginaire", 7, 11)
    with town.database.writing() as session:
        (item,) = rights.find(session, asked, town.caf)
        assert (item.key, item.match) == (f"rdv-{mine.id}", Match.SURE)
        assert rights.erase(session, [item], START) == {"rendez-vous": 1}
    assert count(town, Appointment) == 1 and count(town, Message) == 0
    assert town.audit() == []
    with town.database.reading() as session:
        assert rights.find(session, asked, town.caf) == []
    town.book(half_hour, at(town.days(opening)[1], opening, 0))


def test_decisions_last_and_unused_accounts_are_announced_then_closed(blank):
    with blank.writing() as session:
        me = create_agent(session, "un", "Un", Role.FRONT_DESK, "Bonjour-2026").id
        session.execute(update(Agent).values(signed_in_at=START - timedelta(days=200)))
        journal.record(session, Act.SIGNED_IN, me, Subject.SESSION, None, "10.0.0.1", START - timedelta(hours=3))
    with blank.writing() as session:
        keys = [item.key for item in control.open_findings(session, LIMITS, None, START)]
        assert [key.split()[0] for key in keys] == ["inactif", "heures"]
        for _ in range(2):
            control.decide(session, keys[1], Reason.EXPLAINED, me, START)
    with blank.writing() as session:
        assert [item.key for item in control.open_findings(session, LIMITS, None, START)] == keys[:1]
        assert session.scalar(select(func.count()).select_from(ControlDecision)) == 1
        assert control.announce_and_close(session, LIMITS, START) == (1, 0)
    with blank.writing() as session:
        assert control.announce_and_close(session, LIMITS, START + timedelta(days=29)) == (0, 0)
        assert control.announce_and_close(session, LIMITS, START + timedelta(days=30)) == (0, 1)
        assert not session.get_one(Agent, me).active


def test_a_closed_account_keeps_its_name_two_years_then_a_number_alone(blank):
    with blank.writing() as session:
        gone = create_agent(session, "un", "Un Départ", Role.FRONT_DESK, "Bonjour-2026")
        give_provisional(session, gone, START)
        close_account(session, gone, START)
        last = create_agent(session, "deux", "Deux Fin", Role.FRONT_DESK, "Bonjour-2026")
        last.closes_on = START.date()
        stays = create_agent(session, "trois", "Trois Reste", Role.FRONT_DESK, "Bonjour-2026")
        group = put_in_group(session, gone)
        group.manager_id = gone.id
        session.scalars(select(Membership)).one().ends_on = START.date()
        numbers = gone.id, last.id, stays.id
    for days, told in ((9, {Data.PROVISIONAL: 1}), (729, {}), (735, {Data.ACCOUNTS: 2, Data.HABILITATIONS: 1})):
        now = START + timedelta(days=days)
        with blank.writing() as session:
            for found in (retention.would_go(session, now.date()), retention.purge(session, now.date(), now)):
                found.pop(Data.JOURNAL, None)  # the lines of earlier purges
                assert found == told
    with blank.reading() as session:
        rows = [session.get_one(Agent, number) for number in numbers]
        assert [row.display_name for row in rows] == [RETIRED, RETIRED, "Trois Reste"]
        assert [row.identifier for row in rows] == [f"retire-{numbers[0]}", f"retire-{numbers[1]}", "trois"]
        assert [bool(row.password_hash) and row.active for row in rows] == [False, False, True]
        assert session.scalars(select(Group.manager_id)).all() == [None]
        assert session.scalar(select(func.count()).select_from(Membership)) == 0
        assert list(journal.verify(session)) == []
