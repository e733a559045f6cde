"""Diagnoses: the scores, the outcome and the agent's choice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter.diagnosis import GRID_VERSION, Need, Orientation, Outcome, Override
from counter.models import Agent, Diagnosis, Visit
from counter.store.locks import lock_act
from counter.store.visits import add_step
from counter.visits import StepKind


def record_diagnosis(
    session: Session,
    agent: Agent,
    orientation: Orientation,
    needs: tuple[Need, ...],
    language: str,
    key: str,
    now: datetime,
) -> Diagnosis:
    """Keep a diagnosis and add it to the visit; the same key twice keeps it once."""
    lock_act(session, key)
    known = session.scalar(select(Diagnosis).where(Diagnosis.idempotency_key == key))
    if known is not None:
        return known
    label = f"Diagnostic : {orientation.outcome.label.lower().removeprefix('diagnostic ')}"
    visit_id = add_step(session, agent, StepKind.DIAGNOSIS, label, now)
    diagnosis = Diagnosis(
        visit_id=visit_id,
        idempotency_key=key,
        grid=GRID_VERSION,
        digital=orientation.digital,
        paperwork=orientation.paperwork,
        outcome=orientation.outcome,
        helps=" ".join(orientation.helps),
        social_route=orientation.route,
        needs=" ".join(needs),
        language=language,
        made_at=now,
    )
    session.add(diagnosis)
    session.flush()
    return diagnosis


def get_diagnosis(session: Session, diagnosis_id: int, agent_id: int) -> Diagnosis | None:
    """A diagnosis made in a visit of that agent."""
    return session.scalar(
        select(Diagnosis)
        .join(Visit, Visit.id == Diagnosis.visit_id)
        .where(Diagnosis.id == diagnosis_id, Visit.agent_id == agent_id)
    )


def override_diagnosis(session: Session, diagnosis: Diagnosis, chosen: Outcome, reason: Override) -> None:
    """The agent's choice beside the proposal: both are kept, so that overrides can be counted."""
    diagnosis.chosen, diagnosis.override = chosen, reason
    session.flush()


def last_of_visit(session: Session, visit_id: int) -> Diagnosis | None:
    return session.scalar(
        select(Diagnosis).where(Diagnosis.visit_id == visit_id).order_by(Diagnosis.id.desc()).limit(1)
    )
