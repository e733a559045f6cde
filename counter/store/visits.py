"""Visits: at most one open per agent; steps are added to it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session, joinedload, selectinload

from counter.models import Agent, Visit, VisitStep
from counter.store.locks import lock_agent
from counter.store.prepared import Prepared
from counter.visits import InProgress, Nature, NoVisit, Solved, Step, StepKind, is_stale

# Every page shows the visit in progress, and most acts add a step to it.
_visits, _steps = Visit.__table__, VisitStep.__table__
_OPEN = Prepared(
    select(_visits.c.id, _visits.c.started_at, _steps.c.kind, _steps.c.label, _steps.c.done_at)
    .outerjoin(_steps, _steps.c.visit_id == _visits.c.id)
    .where(_visits.c.agent_id == bindparam("agent"), _visits.c.ended_at.is_(None))
    .order_by(_steps.c.id)
)
_ADD = Prepared(insert(_steps), ("visit_id", "kind", "label", "done_at"))


def open_visit(session: Session, agent_id: int, now: datetime) -> InProgress | None:
    """The visit in progress, None when there is none or it was forgotten hours ago."""
    rows = _OPEN.rows(session, {"agent": agent_id})
    if not rows or is_stale(rows[0].started_at, now):
        return None
    steps = [Step(StepKind(row.kind), row.label, row.done_at) for row in rows if row.kind is not None]
    return InProgress(rows[0].id, rows[0].started_at, steps)


def start_visit(session: Session, agent: Agent, now: datetime) -> InProgress:
    """The visit in progress, or a new one. A forgotten one is closed first, without outcome."""
    lock_agent(session, agent.id)
    if current := open_visit(session, agent.id, now):
        return current
    forgotten = session.scalar(select(Visit).where(Visit.agent_id == agent.id, Visit.ended_at.is_(None)))
    if forgotten is not None:
        forgotten.ended_at = now
        session.flush()
    visit = Visit(agent_id=agent.id, site_id=agent.site_id, started_at=now)
    session.add(visit)
    session.flush()
    return InProgress(visit.id, now, [])


def add_step(session: Session, agent: Agent, kind: StepKind, label: str, now: datetime) -> int:
    """Add what was done to the visit in progress; starts one when the agent did not. Returns the visit's number.

    The same démarche finished twice in a row (a double click) is one step.
    """
    visit, label = start_visit(session, agent, now), label[:200]
    if kind is StepKind.DEMARCHE and visit.steps and visit.steps[-1].label == label:
        return visit.id
    _ADD.run(session, {"visit_id": visit.id, "kind": kind, "label": label, "done_at": now})
    return visit.id


def close_visit(session: Session, agent_id: int, nature: Nature, solved: Solved, now: datetime) -> Visit:
    """Raises NoVisit when none is in progress (closed meanwhile in another tab)."""
    lock_agent(session, agent_id)
    current = open_visit(session, agent_id, now)
    if current is None:
        raise NoVisit()
    visit = session.get(Visit, current.id)
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
