"""Visits: at most one open per agent; what is done is written in it, whoever forgot to open it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from counter.models import Agent, Visit
from counter.store.agents import get_agent
from counter.store.visits import add_step, close_visit, get_visit, open_visit, start_visit
from counter.visits import Nature, NoVisit, Solved, StepKind
from tests.conftest import START

LATER = START + timedelta(minutes=20)
NEXT_DAY = START + timedelta(days=1)


@pytest.fixture
def agents(database) -> dict[str, int]:
    """Identifier -> id of the agents of the demonstration."""
    with database.reading() as session:
        return {agent.identifier: agent.id for agent in session.scalars(select(Agent))}


def visits(database) -> list[Visit]:
    with database.reading() as session:
        return list(session.scalars(select(Visit).order_by(Visit.id)))


def start(database, agent_id: int, now=START) -> int:
    with database.writing() as session:
        return start_visit(session, get_agent(session, agent_id), now).id


def step(database, agent_id: int, kind: StepKind, label: str, now=START) -> int:
    with database.writing() as session:
        return add_step(session, get_agent(session, agent_id), kind, label, now)


def close(database, agent_id: int, now=LATER) -> int:
    with database.writing() as session:
        return close_visit(session, agent_id, Nature.SUPPORT, Solved.YES, now).id


def in_progress(database, agent_id: int, now) -> int | None:
    with database.reading() as session:
        visit = open_visit(session, agent_id, now)
        return visit and visit.id


def test_starting_twice_stays_in_the_same_visit(database, agents):
    first = start(database, agents["camille"])
    assert start(database, agents["camille"], LATER) == first
    assert len(visits(database)) == 1
    assert visits(database)[0].started_at == START


def test_each_agent_has_a_visit_of_their_own(database, agents):
    mine, other = start(database, agents["camille"]), start(database, agents["sacha"])
    assert mine != other
    close(database, agents["camille"])
    assert in_progress(database, agents["camille"], LATER) is None
    assert in_progress(database, agents["sacha"], LATER) == other
    with database.reading() as session:
        assert get_visit(session, mine, agents["sacha"]) is None
        assert get_visit(session, mine, agents["camille"]).id == mine


def test_the_database_refuses_a_second_open_visit(database, agents):
    start(database, agents["camille"])
    with pytest.raises(IntegrityError), database.writing() as session:
        session.add(Visit(agent_id=agents["camille"], started_at=LATER, steps=[]))
        session.flush()
    assert len(visits(database)) == 1


def test_a_visit_that_was_closed_makes_room_for_the_next(database, agents):
    first = start(database, agents["camille"])
    close(database, agents["camille"])
    second = start(database, agents["camille"], LATER)
    assert second != first
    closed, opened = visits(database)
    assert (closed.ended_at, closed.nature_value, closed.solved_value) == (LATER, Nature.SUPPORT, Solved.YES)
    assert (opened.ended_at, opened.nature_value, opened.solved_value) == (None, None, None)


def test_a_visit_begins_at_the_site_of_the_agent(database, agents):
    number = start(database, agents["camille"])
    with database.reading() as session:
        assert get_visit(session, number, agents["camille"]).site.short_name == "L'Arbresle"


def test_a_forgotten_visit_is_no_longer_in_progress_and_is_closed_by_the_next(database, agents):
    forgotten = start(database, agents["camille"])
    assert in_progress(database, agents["camille"], START + timedelta(hours=4)) == forgotten
    assert in_progress(database, agents["camille"], NEXT_DAY) is None
    started = start(database, agents["camille"], NEXT_DAY)
    old, new = visits(database)
    assert (old.id, new.id) == (forgotten, started)
    assert (old.ended_at, old.nature, old.solved) == (NEXT_DAY, None, None), "nobody said how it ended"
    assert new.ended_at is None


def test_a_visit_closed_meanwhile_or_forgotten_cannot_be_closed(database, agents):
    for now in (START, NEXT_DAY):
        with pytest.raises(NoVisit):
            close(database, agents["camille"], now)
        start(database, agents["camille"])
    close(database, agents["camille"])
    with pytest.raises(NoVisit):
        close(database, agents["camille"])
    assert visits(database)[0].ended_at == LATER


def test_what_is_done_opens_a_visit_that_the_agent_did_not(database, agents):
    step(database, agents["camille"], StepKind.DEMARCHE, "Démarche : Me connecter")
    (visit,) = visits(database)
    assert (visit.started_at, visit.ended_at, visit.agent_id) == (START, None, agents["camille"])


def test_steps_are_kept_in_the_order_they_were_done(database, agents):
    done = [(StepKind.DIAGNOSIS, "un"), (StepKind.APPOINTMENT, "deux"), (StepKind.ATTESTATION, "trois")]
    numbers = {step(database, agents["camille"], kind, label, LATER) for kind, label in done}
    assert len(numbers) == 1
    with database.reading() as session:
        steps = get_visit(session, numbers.pop(), agents["camille"]).steps
        assert [(s.kind_value, s.label, s.done_at) for s in steps] == [(*item, LATER) for item in done]


def test_a_demarche_finished_twice_in_a_row_is_one_step(database, agents):
    for label in ("A", "A", "B", "A"):
        number = step(database, agents["camille"], StepKind.DEMARCHE, label)
    for _ in range(2):
        step(database, agents["camille"], StepKind.ATTESTATION, "Attestation de passage")
    with database.reading() as session:
        labels = [s.label for s in get_visit(session, number, agents["camille"]).steps]
    assert labels == ["A", "B", "A", "Attestation de passage", "Attestation de passage"]


def test_a_step_after_a_forgotten_visit_goes_into_a_new_one(database, agents):
    old = step(database, agents["camille"], StepKind.DEMARCHE, "hier")
    new = step(database, agents["camille"], StepKind.DEMARCHE, "aujourd'hui", NEXT_DAY)
    with database.reading() as session:
        assert [s.label for s in get_visit(session, old, agents["camille"]).steps] == ["hier"]
        assert [s.label for s in get_visit(session, new, agents["camille"]).steps] == ["aujourd'hui"]


def test_a_very_long_label_is_cut_and_not_refused(database, agents):
    number = step(database, agents["camille"], StepKind.DEMARCHE, "x" * 1000)
    with database.reading() as session:
        assert get_visit(session, number, agents["camille"]).steps[0].label == "x" * 200


def test_a_step_that_is_rolled_back_leaves_no_visit(database, agents):
    with pytest.raises(ZeroDivisionError), database.writing() as session:
        add_step(session, get_agent(session, agents["camille"]), StepKind.DEMARCHE, "perdu", START)
        raise ZeroDivisionError
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Visit)) == 0
