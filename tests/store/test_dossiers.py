"""Copies of dossiers in the cache; why they were opened, in the main database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from counter.db import Database, open_cache
from counter.dossiers import LegalBasis, Purpose, Reasons, Recipient, normal_name
from counter.keys import load_keys
from counter.models import Agent, Convention, DossierCopy, DossierName, Group, QuotientCopy
from counter.outside.dossiers import names_of
from counter.outside.fictitious_dossiers import OUR_SIRET, fictitious_dossiers
from counter.quotient import Identity, Period
from counter.store import dossiers as store
from counter.store import quotients
from tests.conftest import START, settings_for

MALIK = next(c for c in fictitious_dossiers(START.date()) if c["numero"] == "9000002")
MALIK |= {"conjoint": MALIK["conjoint"] | {"nom": "D'Exemple"}}


@pytest.fixture
def vault(empty_instance):
    return load_keys(empty_instance, create=False).vault


@pytest.fixture
def cache(empty_instance, vault):
    cache = open_cache(settings_for(empty_instance).cache_url, vault)
    yield cache
    cache.close()


def keep(cache, vault, hours: int = 24, at=START, **more) -> str:
    with cache.writing() as session:
        return store.keep_copy(session, vault, MALIK | more, names_of(MALIK), "Essai", at, hours)


def find(cache, vault, name: str, number: str = "9000002", department: str = "69", at=START):
    with cache.reading() as session:
        return store.find_copy(session, vault, department, normal_name(name), number, at)


@pytest.mark.sqlite
def test_both_names_open_a_copy_with_the_number_and_only_with_it(cache, vault):
    keep(cache, vault)
    assert find(cache, vault, "modèle").content == MALIK and find(cache, vault, "D’EXEMPLE").source == "Essai"
    assert find(cache, vault, "Malik") is None
    assert find(cache, vault, "Modèle", "9000003") is None
    assert find(cache, vault, "Modèle", department="52") is None


@pytest.mark.sqlite
def test_a_newer_copy_takes_the_place_of_the_older(cache, vault):
    first = keep(cache, vault)
    assert keep(cache, vault, at=START + timedelta(hours=2), situation="Séparés") == first
    copy = find(cache, vault, "Modèle")
    assert copy.content["situation"] == "Séparés" and copy.fetched_at == START + timedelta(hours=2)
    with cache.reading() as session:
        assert session.scalar(select(func.count()).select_from(DossierName)) == 2


@pytest.mark.sqlite
def test_a_copy_ends_at_the_minute_it_says_and_is_erased_with_its_names(cache, vault):
    key = keep(cache, vault, hours=1)
    end = START + timedelta(hours=1)
    assert find(cache, vault, "Modèle", at=end - timedelta(seconds=1))
    assert find(cache, vault, "Modèle", at=end) is None
    with cache.writing() as session:
        assert store.purge_copies(session, end - timedelta(seconds=1)) == 0
        assert store.count_expired(session, end) == 1
        assert store.purge_copies(session, end) == 1
        assert store.get_copy(session, key, START) is None
        assert session.scalar(select(func.count()).select_from(DossierName)) == 0


@pytest.mark.sqlite
def test_a_copy_moved_to_another_column_does_not_open(cache, vault):
    """AES-GCM is bound to the column: a dossier cannot be passed off as a quotient."""
    from counter.keys import Unreadable

    key = keep(cache, vault)
    with cache.engine.begin() as connection:
        raw = connection.exec_driver_sql("SELECT content, expires_at FROM dossier_copy").one()
        connection.exec_driver_sql(
            "INSERT INTO quotient_copy (key, fetched_at, expires_at, content) VALUES (?, ?, ?, ?)",
            (key, raw[1], raw[1], raw[0]),
        )
    with cache.reading() as session, pytest.raises(Unreadable):
        session.scalar(select(QuotientCopy))


@pytest.mark.sqlite
def test_an_answer_is_found_by_all_that_was_asked(cache, vault):
    who, month = Identity("Lambert", ("Élise",), "F", 1987, 3, 9, commune="69243"), Period(2026, 11)
    keys = {
        quotients.answer_key(vault, *asked)
        for asked in (
            (who, month, OUR_SIRET), (who, Period(2026, 10), OUR_SIRET), (who, month, "99900001100018"),
            (Identity("Lambert", ("Élise", "Marie"), "F", 1987, 3, 9, commune="69243"), month, OUR_SIRET),
        )
    }  # fmt: skip
    assert len(keys) == 4
    key = quotients.answer_key(vault, who, month, OUR_SIRET)
    with cache.writing() as session:
        quotients.keep_answer(session, key, {"a": 1}, START, days=7)
        quotients.keep_answer(session, key, {"a": 2}, START, days=7)
    with cache.reading() as session:
        assert quotients.get_answer(session, key, START).content == {"a": 2}
        assert quotients.get_answer(session, key, START + timedelta(days=7)) is None


def test_why_a_dossier_was_opened_is_kept(instance):
    database = Database(settings_for(instance).main_url, load_keys(instance, create=False).vault)
    why = Reasons(Purpose.HOUSING, LegalBasis.CONSENT, Recipient.COMMISSION)
    with database.writing() as session:
        group = session.scalar(select(Group.id))
        agent = session.scalar(select(Agent.id))
        kept = store.record_access(session, agent, group, "T13", "a" * 32, why, START).id
    with database.reading() as session:
        access = store.get_access(session, kept)
        assert access.reasons == why and access.opened_at == START and access.profile == "T13"
        assert store.get_access(session, kept + 1) is None
    database.close()


def test_the_siret_of_a_group_is_that_of_its_convention(instance):
    database = Database(settings_for(instance).main_url, load_keys(instance, create=False).vault)
    with database.reading() as session:
        groups = session.scalars(select(Group)).all()
        told = {store.siret_of_group(session, group.id) for group in groups}
        assert told == set(session.scalars(select(Convention.siret))) and OUR_SIRET in told
        assert store.siret_of_group(session, None) == "" == store.siret_of_group(session, 9999)
    database.close()


@pytest.mark.sqlite
def test_nothing_of_a_copy_is_in_clear(cache, vault, empty_instance):
    keep(cache, vault)
    with cache.reading() as session:
        assert session.scalar(select(DossierCopy.key)) == store.copy_key(vault, "69", "9000002")
    cache.close()
    for path in empty_instance.glob("cache.sqlite*"):
        for planted in ("Malik", "9000002", "Exemple"):
            assert planted.encode() not in path.read_bytes()
