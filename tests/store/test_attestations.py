"""Issued attestations: numbers without gaps, once for a form, and read back as they were signed."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from counter.attestations import Attestation, Kind
from counter.demonstration import PASSWORD
from counter.keys import Unreadable, load_keys
from counter.store.attestations import find_by_number, get_attestation, issue_attestation, latest_attestations
from counter.store.visits import open_visit
from tests.store.conftest import check_password, new_key

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=ZoneInfo("Europe/Paris"))
FACTS = {"personne": "Quetzalina Vroumpf", "jour": "mardi 24 novembre 2026", "heure": "9\u00a0h\u00a010"}


@pytest.fixture
def signer(instance):
    return load_keys(instance, create=False).signer


@pytest.fixture
def issue(database, signer):
    """Issue an attestation as Camille, in a transaction that `fails` rolls back; gives its id."""

    def paper(key=None, now=NOW, fails=False, facts=FACTS, kind=Kind.VISIT, agent="camille") -> int:
        with database.writing() as session:
            issued = issue_attestation(
                session,
                signer,
                check_password(session, agent, PASSWORD),
                kind,
                facts,
                wording="2026-11",
                structure="France Services du Val",
                place="L'Arbresle",
                specimen=True,
                key=key or new_key(),
                now=now,
            )
            if fails:
                raise ZeroDivisionError
        return issued.id

    return paper


def number_of(database, issued: int) -> str:
    with database.reading() as session:
        return get_attestation(session, issued).number


# ── numbers ─────────────────────────────────────────────────────────────────────────────────────


def test_numbers_follow_without_gaps_even_after_one_that_failed(database, issue):
    numbers = []
    for attempt in range(6):
        if attempt % 2:
            with pytest.raises(ZeroDivisionError):
                issue(fails=True)
        else:
            numbers.append(number_of(database, issue()))
    assert numbers == ["2026-000001", "2026-000002", "2026-000003"]


def test_each_year_begins_again_at_one_by_the_clock_of_the_place(database, issue):
    last = datetime(2026, 12, 31, 23, 59, tzinfo=ZoneInfo("Europe/Paris"))
    numbers = [number_of(database, issue(now=now)) for now in (NOW, last, last + timedelta(minutes=1), NOW)]
    assert numbers == ["2026-000001", "2026-000002", "2027-000001", "2026-000003"]


def test_the_same_form_sent_twice_issues_one_paper(database, issue):
    key = new_key()
    assert issue(key=key) == issue(key=key, facts={"autre": "fait"})
    assert number_of(database, issue()) == "2026-000002"
    with database.reading() as session:
        camille = check_password(session, "camille", PASSWORD)
        labels = [step.label for step in open_visit(session, camille.id, NOW).steps]
    assert labels == ["Attestation de passage"] * 2


def test_a_paper_that_failed_leaves_no_step_in_the_visit(database, issue):
    with pytest.raises(ZeroDivisionError):
        issue(fails=True)
    with database.reading() as session:
        assert open_visit(session, check_password(session, "camille", PASSWORD).id, NOW) is None


def test_a_paper_is_found_by_its_number_and_no_other(database, issue):
    issued = issue()
    with database.reading() as session:
        assert find_by_number(session, 2026, 1).id == issued
        assert find_by_number(session, 2026, 2) is None
        assert find_by_number(session, 2027, 1) is None


def test_an_agent_sees_their_own_last_papers_newest_first(database, issue):
    mine = [issue() for _ in range(10)]
    issue(agent="sacha")
    with database.reading() as session:
        camille = check_password(session, "camille", PASSWORD)
        assert [a.id for a in latest_attestations(session, camille.id)] == mine[:-9:-1]


# ── what was signed ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("facts", [FACTS, {}, {"œ": "« 10 % »", "a": ""}])
def test_a_paper_read_back_is_the_one_that_was_signed(database, issue, signer, kind, facts):
    issued = issue(kind=kind, facts=facts)
    with database.reading() as session:
        kept = get_attestation(session, issued)
        value, seal = kept.value(), kept.seal
        assert kept.issued_at == NOW
    assert signer.open(seal) == value.signed_content()
    assert Attestation.from_signed_content(signer.open(seal)) == value
    assert (value.number, value.facts, list(value.facts)) == ("2026-000001", facts, list(facts))
    assert (value.issued_on, value.structure, value.specimen) == (NOW.date(), "France Services du Val", True)


def test_a_fact_changed_in_the_database_no_longer_agrees_with_the_seal(database, issue, signer):
    issued = issue()
    with database.writing() as session:
        kept = get_attestation(session, issued)
        kept.facts = {**kept.facts, "heure": "10\u00a0h"}
    with database.reading() as session:
        kept = get_attestation(session, issued)
        assert signer.open(kept.seal) != kept.value().signed_content()


def test_a_seal_of_changed_facts_does_not_verify(database, issue, signer):
    with database.reading() as session:
        seal = get_attestation(session, issue()).seal
    for place in range(0, len(seal) - 1, 5):
        with pytest.raises(Unreadable):
            signer.open(seal[:place] + ("A" if seal[place] != "A" else "B") + seal[place + 1 :])


def test_a_seal_moved_to_another_paper_is_unreadable_or_of_another_number(database, issue, signer):
    first, second = issue(), issue()
    with database.engine.begin() as connection:
        connection.execute(
            text("UPDATE attestation SET seal = (SELECT seal FROM attestation WHERE id = :a) WHERE id = :b"),
            {"a": first, "b": second},
        )
    with database.reading() as session:
        kept = get_attestation(session, second)
        assert signer.open(kept.seal) != kept.value().signed_content()


@pytest.mark.sqlite
def test_the_facts_are_not_readable_on_the_disk(database, issue, instance):
    issue()
    disk = b"".join(path.read_bytes() for path in instance.glob("counter.sqlite*"))
    assert b"France Services du Val" in disk
    assert b"Quetzalina" not in disk
    assert b"Vroumpf" not in disk
