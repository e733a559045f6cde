"""Agents: who may sign in, with which password, and when they last did."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text, update

from counter.access import Role
from counter.demonstration import PASSWORD
from counter.models import Agent
from counter.store.agents import IdentifierTaken, create_agent, get_agent, record_sign_in
from tests.conftest import START
from tests.store.conftest import check_password

GIVEN = "Bonsoir-2026"


def known(database, identifier: str, password: str) -> str | None:
    """The name of who signs in so, None for nobody."""
    with database.reading() as session:
        agent = check_password(session, identifier, password)
        return agent and agent.display_name


def add(database, identifier: str, password: str = GIVEN) -> int:
    with database.writing() as session:
        return create_agent(session, identifier, "Noa Essai", Role.FRONT_DESK, password).id


@pytest.mark.parametrize("typed", ["camille", "Camille", " CAMILLE ", "camille\n"])
def test_the_right_password_opens_however_the_identifier_is_typed(database, typed):
    assert known(database, typed, PASSWORD) == "Camille Démo"


@pytest.mark.parametrize("password", ["", "bonjour-2026", "Bonjour-2026 ", " Bonjour-2026", "Bonjour-202", "x" * 5000])
def test_any_other_password_opens_nothing(database, password):
    assert known(database, "camille", password) is None


@pytest.mark.parametrize("identifier", ["", "camile", "%", "camille' --", "Camille Démo", "\x00"])
def test_an_unknown_identifier_opens_nothing(database, identifier):
    assert known(database, identifier, PASSWORD) is None


def test_an_unknown_identifier_with_the_password_of_the_dummy_opens_nothing(database):
    assert known(database, "personne", "no agent has this password") is None


def test_an_accented_identifier_is_read_in_capitals_too(database):
    add(database, "Élodie")
    assert known(database, "ÉLODIE", GIVEN) == "Noa Essai"


def test_a_closed_agent_no_longer_enters(database):
    number = add(database, "noa")
    assert known(database, "noa", GIVEN) == "Noa Essai"
    with database.writing() as session:
        session.execute(update(Agent).where(Agent.id == number).values(active=False))
    assert known(database, "noa", GIVEN) is None
    with database.reading() as session:
        assert get_agent(session, number) is None, "nor goes on working in a session that was open"


def test_a_damaged_password_hash_opens_nothing(database):
    number = add(database, "noa")
    with database.writing() as session:
        session.execute(update(Agent).where(Agent.id == number).values(password_hash="rien"))
    assert known(database, "noa", "rien") is None


@pytest.mark.parametrize("identifier", ["camille", "CAMILLE", " camille "])
def test_an_identifier_is_given_once(database, identifier):
    with pytest.raises(IdentifierTaken):
        add(database, identifier)
    assert known(database, "camille", PASSWORD) == "Camille Démo"


@pytest.mark.sqlite
def test_a_password_is_never_kept_as_it_is(database, instance):
    add(database, "noa", "Quetzal-4221")
    with database.engine.connect() as connection:
        hashes = connection.execute(text("SELECT password_hash FROM agent")).scalars().all()
    assert all(h.startswith("$argon2id$") for h in hashes)
    assert len(set(hashes)) == len(hashes), "the same password twice does not look the same"
    disk = b"".join(path.read_bytes() for path in instance.glob("*.sqlite*"))
    assert b"Quetzal-4221" not in disk
    assert PASSWORD.encode() not in disk


def test_an_agent_comes_with_their_site_and_its_caf(database):
    with database.reading() as session:
        agent = get_agent(session, check_password(session, "sacha", PASSWORD).id)
        found = (agent.role_value, agent.site.short_name, agent.site.caf.name)
        assert found == (Role.SOCIAL_WORKER, "Chaumont", "Caf de la Haute-Marne")
        assert get_agent(session, 999_999) is None


def test_the_home_page_can_tell_the_sign_in_before_this_one(database):
    number = add(database, "noa")
    seen = []
    for days in range(3):
        with database.writing() as session:
            record_sign_in(session, number, START + timedelta(days=days))
        with database.reading() as session:
            agent = get_agent(session, number)
            seen.append((agent.previous_sign_in_at, agent.signed_in_at))
    assert seen == [
        (None, START),
        (START, START + timedelta(days=1)),
        (START + timedelta(days=1), START + timedelta(days=2)),
    ]
