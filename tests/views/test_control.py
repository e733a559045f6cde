"""The control plan as an administrator sees it, and the accounts it closes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from counter.demonstration import PASSWORD
from counter.journal import Act, Subject
from counter.models import Agent, JournalLine
from counter.store.journal import record, verify
from counter.upkeep import watch_accounts
from tests.conftest import START
from tests.pages import Visitor

PAGE = "/administration/controle"


@pytest.fixture
def dominique(app) -> Visitor:
    return Visitor(app).sign_in("dominique", PASSWORD)


def number_of(database, identifier: str) -> int:
    with database.reading() as session:
        return session.scalar(select(Agent.id).where(Agent.identifier == identifier))


def signed_in(database, identifier: str, at, address: str = "10.0.0.1") -> None:
    with database.writing() as session:
        agent = session.scalar(select(Agent).where(Agent.identifier == identifier))
        record(session, Act.SIGNED_IN, agent.id, Subject.SESSION, None, address, at)


def is_active(database, identifier: str) -> bool:
    with database.reading() as session:
        return session.scalar(select(Agent.active).where(Agent.identifier == identifier))


def test_nothing_unusual_is_said_and_the_thresholds_are_shown(dominique):
    page = dominique.get(PAGE)
    assert "Rien d'inhabituel" in page.text and "avant 7 h, à partir de 20 h, ou un dimanche" in page.text


def test_a_finding_is_dealt_with_by_a_reason_and_stays_dealt_with(dominique, database):
    signed_in(database, "camille", START - timedelta(hours=3))
    page = dominique.get(PAGE)
    assert "Connexion à une heure inhabituelle" in page.text and "Camille" in page.text and "6 h 00" in page.text
    page = dominique.submit({}, action=PAGE, expect=422)
    assert page.errors() == ["Dites ce qui a été fait."]
    page = dominique.submit({"reason": "explique"}, action=PAGE)
    assert "C'est noté." in page.text and "Rien d'inhabituel" in page.text
    with database.reading() as session:
        line = session.scalars(select(JournalLine).where(JournalLine.act == Act.DECIDED)).one()
        me = session.scalar(select(Agent.id).where(Agent.identifier == "camille"))
        assert line.detail == f"heures {me} 2026-11-24 explique"
        assert list(verify(session)) == []


def test_what_is_not_on_the_page_cannot_be_decided(dominique, database):
    dominique.get(PAGE)
    page = dominique.post(PAGE, {"finding": "heures 99 2026-11-24", "reason": "explique"})
    assert "a déjà été traité" in page.text


def test_an_administrator_sees_the_agents_of_the_own_caf(dominique, database):
    signed_in(database, "sacha", START - timedelta(hours=3))
    assert "Rien d'inhabituel" in dominique.get(PAGE).text


def test_an_account_nobody_uses_is_announced_then_closed_and_its_agent_kept_out(app, database, clock):
    Visitor(app).sign_in("camille", PASSWORD)
    clock.advance(days=160)
    chief = Visitor(app).sign_in("dominique", PASSWORD)
    page = chief.get(PAGE)
    assert "Compte sans connexion depuis longtemps" in page.text and "24 mai 2027" in page.text
    clock.advance(days=29)
    chief.sign_in("dominique", PASSWORD)
    assert is_active(database, "camille"), "announced only 29 days ago"
    clock.advance(days=1)
    chief.sign_in("dominique", PASSWORD)
    assert not is_active(database, "camille") and is_active(database, "dominique")
    person = Visitor(app)
    person.get("/connexion")
    person.submit({"identifier": "camille", "password": PASSWORD}, having="password", expect=422)
    with database.reading() as session:
        closed = session.scalars(select(JournalLine).where(JournalLine.act == Act.CLOSED)).one()
        assert closed.subject_id == str(number_of(database, "camille")) and closed.detail == "inactivite"


def test_an_agent_who_signs_in_after_the_announcement_keeps_the_account(app, database, clock):
    Visitor(app).sign_in("camille", PASSWORD)
    clock.advance(days=160)
    Visitor(app).sign_in("camille", PASSWORD)
    clock.advance(days=40)
    Visitor(app).get("/connexion")
    assert is_active(database, "camille")


def test_the_last_administrator_is_never_closed(app, database, clock):
    Visitor(app).sign_in("dominique", PASSWORD)
    with database.writing() as session:
        others = (Agent.role == "administrateur") & (Agent.identifier != "dominique")
        session.execute(update(Agent).where(others).values(active=False))
    on = app.extensions["counter"]
    for _ in range(3):
        clock.advance(days=160)
        watch_accounts(on.main, on.settings, clock())
    assert is_active(database, "dominique")


def test_agents_do_not_see_the_control(app):
    Visitor(app).sign_in("camille", PASSWORD).get(PAGE, expect=403)
