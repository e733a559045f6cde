"""Visits: at most one open per agent; steps are added to it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload, selectinload

from counter.models import Agent, Visit, VisitStep
from counter.store.locks import lock_agent
from counter.visits import Nature, NoVisit, Solved, StepKind, is_stale


def open_visit(session: Session, agent_id: int, now: datetime) -> Visit | None:
    """The visit in progress, None when there is none or it was forgotten hours ago."""
    visit = session.scalars(_OPEN, {"agent": agent_id}).unique().one_or_none()
    return None if visit is None or is_stale(visit.started_at, now) else visit


_OPEN = (
    select(Visit).where(Visit.agent_id == bindparam("agent"), Visit.ended_at.is_(None)).options(joinedload(Visit.steps))
)


def start_visit(session: Session, agent: Agent, now: datetime) -> Visit:
    """The visit in progress, or a new one. A forgotten one is closed first, without outcome."""
    lock_agent(session, agent.id)
    visit = open_visit(session, agent.id, now)
    if visit is not None:
        return visit
    forgotten = session.scalar(select(Visit).where(Visit.agent_id == agent.id, Visit.ended_at.is_(None)))
    if forgotten is not None:
        forgotten.ended_at = now
        session.flush()
    visit = Visit(agent_id=agent.id, site_id=agent.site_id, started_at=now, steps=[])
    session.add(visit)
    session.flush()
    return visit


def add_step(session: Session, agent: Agent, kind: StepKind, label: str, now: datetime) -> Visit:
    """Add what was done to the visit in progress; starts one when the agent did not.

    The same démarche finished twice in a row (a double click) is one step.
    """
    visit = start_visit(session, agent, now)
    last = visit.steps[-1] if visit.steps else None
    if kind is StepKind.DEMARCHE and last is not None and last.label == label[:200]:
        return visit
    visit.steps.append(VisitStep(kind=kind, label=label[:200], done_at=now))
    session.flush()
    return visit


def close_visit(session: Session, agent_id: int, nature: Nature, solved: Solved, now: datetime) -> Visit:
    """Raises NoVisit when none is in progress (closed meanwhile in another tab)."""
    lock_agent(session, agent_id)
    visit = open_visit(session, agent_id, now)
    if visit is None:
        raise NoVisit()
    visit.ended_at, visit.nature, visit.solved = now, nature, solved
    session.flush()
    return visit


def get_visit(session: Session, visit_id: int, agent_id: int) -> Visit | None:
    """A visit of that agent, with its steps."""
    return session.scalar(
        select(Visit)
        .where(Visit.id == visit_id, Visit.agent_id == agent_id)
        .options(selectinload(Visit.steps), joinedload(Visit.site))
    )
