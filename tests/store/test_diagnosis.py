"""Diagnoses: scores and outcome are kept, the answers never, the agent's choice beside the proposal."""

from __future__ import annotations

from itertools import product

import pytest
from sqlalchemy import select, text

from counter.demonstration import PASSWORD
from counter.diagnosis import NO, NOT_RAISED, YES, Answers, Help, Need, Outcome, Override, SocialRoute, orient
from counter.models import Base, Diagnosis
from counter.store.diagnosis import get_diagnosis, last_of_visit, override_diagnosis, record_diagnosis
from counter.store.visits import get_visit, open_visit
from tests.conftest import START
from tests.planted import columns_with
from tests.store.conftest import check_password, new_key

KEYS = [f"q{n}" for n in range(1, 11)]
BEST, WORST = dict.fromkeys(KEYS, 0), dict.fromkeys(KEYS, 2)


@pytest.fixture
def record(database):
    """Record the diagnosis of these answers as Camille; gives its id."""

    def keep(answers: Answers, needs=(), language="", key=None) -> int:
        with database.writing() as session:
            agent = check_password(session, "camille", PASSWORD)
            return record_diagnosis(session, agent, orient(answers), needs, language, key or new_key(), START).id

    return keep


@pytest.fixture
def camille_id(database) -> int:
    with database.reading() as session:
        return check_password(session, "camille", PASSWORD).id


def row_of(database, number: int) -> dict:
    """Everything the database has of a diagnosis but what makes it this one."""
    with database.engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM diagnosis WHERE id = :id"), {"id": number}).mappings().one()
    return {name: value for name, value in row.items() if name not in {"id", "idempotency_key"}}


def test_scores_outcome_and_needs_are_kept(database, record, camille_id):
    answers = Answers({**BEST, "q4": 2, "q8": 1, "q9": 1}, change=NO)
    number = record(answers, (Need.INTERPRETER, Need.SIGHT), "ukrainien")
    with database.reading() as session:
        kept = get_diagnosis(session, number, camille_id)
        assert (kept.grid, kept.digital, kept.paperwork, kept.made_at) == ("AUT-1", 2, 2, START)
        assert (kept.outcome_value, kept.help_values) == (Outcome.PARTIAL, (Help.DIGITAL, Help.PAPERWORK))
        assert (kept.need_values, kept.language) == ((Need.INTERPRETER, Need.SIGHT), "ukrainien")
        assert (SocialRoute(kept.social_route), kept.override_value) == (SocialRoute.NO, None)


def test_answers_that_score_the_same_leave_the_same_row(database, record):
    """Nobody can read back which question was answered how."""
    scored = [{**BEST, key: 1} for key in KEYS[:7]]
    rows = [row_of(database, record(Answers(answers))) for answers in scored]
    assert len({row.pop("visit_id") for row in rows}) == 1
    assert all(row == rows[0] for row in rows)


def test_why_a_social_worker_was_proposed_is_nowhere_in_the_database(database, record):
    """An urgent need, a change, a request, or papers too hard: the same row, the same step of the visit."""
    reasons = [
        Answers(WORST, urgent=YES),
        Answers(WORST, asks_social_worker=True),
        Answers(WORST, change=YES),
        Answers(WORST),
        Answers(WORST, change=YES, urgent=YES, asks_social_worker=True),
    ]
    rows = [row_of(database, record(answers)) for answers in reasons]
    assert all(row == rows[0] for row in rows)
    assert rows[0]["social_route"] == "oui"
    with database.engine.connect() as connection:
        labels = connection.execute(text("SELECT label FROM visit_step")).scalars().all()
    assert labels == ["Diagnostic : accompagnement social"] * 5


def test_of_the_situation_only_the_route_is_kept(database, record):
    rows = {
        (change, urgent): row_of(database, record(Answers(BEST, change=change, urgent=urgent)))
        for change, urgent in product((YES, NO, NOT_RAISED), (NO, NOT_RAISED))
    }
    routes = {situation: row.pop("social_route") for situation, row in rows.items()}
    assert all(row == rows[NO, NO] for row in rows.values())
    assert routes.pop((NOT_RAISED, NOT_RAISED)) == "non-aborde"
    assert set(routes.values()) == {"non"}


@pytest.mark.sqlite
def test_the_words_of_the_answers_are_not_on_the_disk(database, record, instance):
    record(Answers(WORST, change=YES, urgent=YES))
    disk = b"".join(path.read_bytes() for path in instance.glob("counter.sqlite*"))
    assert b"accompagnement social" in disk, "the scan does read what is kept"
    for word in ('"q10"', "changement récent", "besoin"):  # as JSON writes it: three letters alone come by chance
        assert word.encode() not in disk, word
    assert columns_with(database.engine, Base.metadata, "urgen") == set()  # what an urgent call is called by is known


def test_a_diagnosis_is_a_step_of_the_visit(database, record, camille_id):
    number = record(Answers(BEST))
    with database.reading() as session:
        visit = open_visit(session, camille_id, START)
        assert [s.label for s in visit.steps] == ["Diagnostic : autonome"]
        assert last_of_visit(session, visit.id).id == number
        assert last_of_visit(session, visit.id + 1) is None


def test_the_last_diagnosis_of_a_visit_is_the_one_that_follows_the_person(database, record, camille_id):
    record(Answers(BEST), (Need.SIGHT,))
    number = record(Answers(WORST), (Need.HEARING,))
    with database.reading() as session:
        assert last_of_visit(session, open_visit(session, camille_id, START).id).id == number


def test_the_same_form_sent_twice_is_kept_once(database, record, camille_id):
    key = new_key()
    assert record(Answers(BEST), key=key) == record(Answers(WORST), key=key)
    with database.reading() as session:
        assert len(session.scalars(select(Diagnosis)).all()) == 1
        assert len(get_visit(session, open_visit(session, camille_id, START).id, camille_id).steps) == 1


def test_the_choice_of_the_agent_counts_and_the_proposal_stays(database, record, camille_id):
    number = record(Answers(WORST))
    for chosen, reason in ((Outcome.AUTONOMOUS, Override.PERSON_PREFERS), (Outcome.PARTIAL, Override.OFFER_MISSING)):
        with database.writing() as session:
            override_diagnosis(session, get_diagnosis(session, number, camille_id), chosen, reason)
        with database.reading() as session:
            kept = get_diagnosis(session, number, camille_id)
            assert (kept.outcome_value, kept.override_value) == (chosen, reason)
            assert (kept.outcome, kept.digital, kept.paperwork) == (Outcome.SOCIAL, 14, 6)


def test_another_agent_does_not_see_it(database, record, camille_id):
    number = record(Answers(WORST))
    with database.reading() as session:
        sacha = check_password(session, "sacha", PASSWORD)
        assert get_diagnosis(session, number, sacha.id) is None
        assert get_diagnosis(session, number, camille_id).id == number
