"""Attestations: issued once, numbered without gaps, frozen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from counter.attestations import Attestation as AttestationValue
from counter.attestations import Kind, number_of
from counter.keys import Signer
from counter.models import Agent, Attestation, AttestationCounter
from counter.store.locks import lock_act
from counter.store.visits import add_step
from counter.visits import StepKind


def issue_attestation(
    session: Session,
    signer: Signer,
    agent: Agent,
    kind: Kind,
    facts: dict[str, str],
    *,
    wording: str,
    structure: str,
    place: str,
    specimen: bool,
    key: str,
    now: datetime,
) -> Attestation:
    """Number, sign and keep an attestation, and add it to the visit; the same key twice issues it once.

    `now` carries the local zone: its year numbers the paper.
    """
    lock_act(session, key)
    known = session.scalar(select(Attestation).where(Attestation.idempotency_key == key))
    if known is not None:
        return known
    rank = _next_rank(session, now.year)
    value = AttestationValue(number_of(now.year, rank), kind, wording, now.date(), structure, place, facts, specimen)
    visit = add_step(session, agent, StepKind.ATTESTATION, kind.label, now)
    attestation = Attestation(
        year=now.year,
        rank=rank,
        idempotency_key=key,
        kind=kind,
        wording=wording,
        issued_on=now.date(),
        issued_at=now,
        structure=structure,
        place=place,
        facts=facts,
        specimen=specimen,
        seal=signer.seal(value.signed_content()),
        agent_id=agent.id,
        visit_id=visit.id,
    )
    session.add(attestation)
    session.flush()
    return attestation


def _next_rank(session: Session, year: int) -> int:
    insert = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[session.get_bind().dialect.name]
    session.execute(insert(AttestationCounter).values(year=year, last=0).on_conflict_do_nothing())
    return session.scalar(
        update(AttestationCounter)
        .where(AttestationCounter.year == year)
        .values(last=AttestationCounter.last + 1)
        .returning(AttestationCounter.last)
    )


def get_attestation(session: Session, attestation_id: int) -> Attestation | None:
    return session.get(Attestation, attestation_id)


def find_by_number(session: Session, year: int, rank: int) -> Attestation | None:
    return session.scalar(select(Attestation).where(Attestation.year == year, Attestation.rank == rank))


def latest_attestations(session: Session, agent_id: int, count: int = 8) -> list[Attestation]:
    """The agent's own last papers, newest first."""
    return list(
        session.scalars(
            select(Attestation).where(Attestation.agent_id == agent_id).order_by(Attestation.id.desc()).limit(count)
        )
    )
