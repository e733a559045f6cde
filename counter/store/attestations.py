"""Attestations: issued once, numbered without gaps, frozen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from counter.appointments import EventKind
from counter.attestations import AlreadyRevoked, Kind, Reason, Since, number_of
from counter.attestations import Attestation as AttestationValue
from counter.formatting import day_long, hour
from counter.keys import Signer
from counter.models import Agent, Appointment, AppointmentEvent, Attestation, AttestationCounter
from counter.pdf.fonts import printable
from counter.slots import Mode
from counter.store.inserts import insert_for
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
    appointment_id: int | None = None,
    replaces: Attestation | None = None,
    in_visit: bool = True,
) -> Attestation:
    """Number, sign and keep an attestation, and (`in_visit`) add it to the visit; the same key twice issues it once.

    `now` carries the local zone: its year numbers the paper. `replaces` is the paper it is made in place of.
    """
    lock_act(session, key)
    known = session.scalar(select(Attestation).where(Attestation.idempotency_key == key))
    if known is not None:
        return known
    rank = _next_rank(session, now.year)
    value = AttestationValue(number_of(now.year, rank), kind, wording, now.date(), structure, place, facts, specimen)
    visit_id = add_step(session, agent, StepKind.ATTESTATION, kind.label, now) if in_visit else None
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
        visit_id=visit_id,
        appointment_id=appointment_id,
        replaces_id=replaces.id if replaces else None,
    )
    session.add(attestation)
    session.flush()
    return attestation


def _next_rank(session: Session, year: int) -> int:
    insert = insert_for(session)
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


def was_given(session: Session, year: int, rank: int) -> bool:
    """Whether that number was given to a paper, which may be kept no longer."""
    last = session.scalar(select(AttestationCounter.last).where(AttestationCounter.year == year))
    return last is not None and 1 <= rank <= last


def latest_attestations(session: Session, agent_id: int, count: int = 8) -> list[Attestation]:
    """The agent's own last papers, newest first."""
    return list(
        session.scalars(
            select(Attestation)
            .where(Attestation.agent_id == agent_id, Attestation.structure != "")
            .order_by(Attestation.id.desc())
            .limit(count)
        )
    )


def find_by_keys(session: Session, keys: list[str]) -> dict[str, Attestation]:
    """The papers issued under these keys, or the one that has replaced each since."""
    found = {}
    query = select(Attestation).where(Attestation.idempotency_key.in_(keys))
    for kept in session.scalars(query):
        found[kept.idempotency_key] = _last_of(session, kept)
    return found


def _last_of(session: Session, kept: Attestation) -> Attestation:
    while (newer := replacement_of(session, kept)) is not None:
        kept = newer
    return kept


def replacement_of(session: Session, kept: Attestation) -> Attestation | None:
    """The paper made in place of this one."""
    return session.scalar(select(Attestation).where(Attestation.replaces_id == kept.id))


def revoke(session: Session, kept: Attestation, reason: Reason, agent_id: int, now: datetime) -> None:
    """Withdraw a paper: /verifier says so from now on. Raises AlreadyRevoked."""
    changed = session.execute(
        update(Attestation)
        .where(Attestation.id == kept.id, Attestation.revoked_at.is_(None))
        .values(revoked_at=now, revoked_reason=reason, revoked_by_id=agent_id)
        .execution_options(synchronize_session=False)
    )
    if not changed.rowcount:
        raise AlreadyRevoked()
    session.refresh(kept)


def reissue(
    session: Session,
    signer: Signer,
    agent: Agent,
    old: Attestation,
    facts: dict[str, str],
    reason: Reason,
    *,
    place: str,
    key: str,
    now: datetime,
) -> Attestation:
    """Withdraw a paper and issue another in its place, in the same words, with `facts`.

    The same key twice is once. Raises AlreadyRevoked when another was made meanwhile.
    """
    lock_act(session, key)
    known = session.scalar(select(Attestation).where(Attestation.idempotency_key == key))
    if known is not None:
        return known
    revoke(session, old, reason, agent.id, now)
    return issue_attestation(
        session, signer, agent, old.kind_value, facts, wording=old.wording, structure=old.structure, place=place,
        specimen=old.specimen, key=key, now=now, appointment_id=old.appointment_id, replaces=old,
    )  # fmt: skip


def revoked_numbers(session: Session) -> list[str]:
    """Numbers of the papers that were withdrawn, the oldest first."""
    query = select(Attestation.year, Attestation.rank).where(Attestation.revoked_at.is_not(None))
    return [number_of(year, rank) for year, rank in session.execute(query.order_by(Attestation.year, Attestation.rank))]


# ── the appointment a paper speaks of ───────────────────────────────────────────────────────────

_MODES = {Mode.ON_SITE: "sur place", Mode.PHONE: "par téléphone", Mode.VIDEO: "en visio"}


def appointment_facts(booked: Appointment) -> dict[str, str]:
    """What an attestation says of an appointment: never why."""
    where = f"Lieu : {booked.site.name}, {booked.site.address}." if booked.mode_value is Mode.ON_SITE else ""
    return {
        "personne": booked.name,
        "caf": booked.site.caf.name,
        "jour": day_long(booked.day, year=True),
        "heure": hour(booked.minute),
        "mode": _MODES[booked.mode_value],
        "lieu": where,
    }


def since_issued(session: Session, kept: Attestation) -> Since | None:
    """What became of its appointment since; None when the paper still tells the truth, or speaks of no appointment.

    A site that only changed its name is no move: one must be in the history, and moved back is not moved.
    """
    booked = kept.appointment
    if booked is None:
        return None
    if booked.is_cancelled:
        return Since.CANCELLED
    today = appointment_facts(booked)
    if all(kept.facts.get(name) == printable(today[name])[0] for name in ("jour", "heure", "mode", "lieu")):
        return None
    moves = select(AppointmentEvent.id).where(
        AppointmentEvent.appointment_id == booked.id,
        AppointmentEvent.kind == EventKind.MOVED,
        AppointmentEvent.at >= kept.issued_at,
    )
    return Since.MOVED if session.scalar(moves.limit(1)) is not None else None
