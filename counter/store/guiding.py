"""Démarches on hold, errors reported in sheets, how often sheets are followed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, joinedload

from counter.appointments import new_code, normal_code
from counter.guiding import Outcome, ReportReason, WrongCode, demarche_label, held_until
from counter.keys import Vault
from counter.models import Agent, HeldDemarche, SheetReport, SheetUse, VisitStep
from counter.store.inserts import insert_for
from counter.store.visits import add_step, start_visit
from counter.visits import Step, StepKind

# ── on hold ─────────────────────────────────────────────────────────────────────────────────────


def hold(session: Session, vault: Vault, slug: str, step: int, marks: list[str], today: date) -> str:
    """Keep where someone stopped; returns the code, which is kept nowhere."""
    code = new_code()
    until = held_until(today)
    session.add(HeldDemarche(code_index=_index(vault, code), slug=slug, step=step, marks=" ".join(marks), until=until))
    session.flush()
    return code


def find_held(session: Session, vault: Vault, typed: str, today: date) -> HeldDemarche:
    """The démarche on hold under a code as someone typed it. Raises WrongCode, also when it is too late."""
    query = select(HeldDemarche).where(HeldDemarche.code_index == _index(vault, normal_code(typed)))
    held = session.scalar(query)
    if held is None or held.until < today:
        raise WrongCode()
    return held


def forget_held(session: Session, held_id: int) -> None:
    """The démarche is done, or has another code: this one opens nothing any more."""
    session.execute(delete(HeldDemarche).where(HeldDemarche.id == held_id))


def _index(vault: Vault, code: str) -> str:
    return vault.blind_index(code, "held_demarche.code")


# ── in the visit ────────────────────────────────────────────────────────────────────────────────


def record_demarche(session: Session, agent: Agent, title: str, outcome: Outcome, now: datetime) -> bool:
    """Write in the visit how a démarche ended; said again it changes what was said. Returns whether it changed."""
    visit = start_visit(session, agent, now)
    label = demarche_label(title, outcome)[:200]
    steps = session.scalars(select(VisitStep).where(VisitStep.visit_id == visit.id).order_by(VisitStep.id))
    known = _step_of(steps.all(), title)
    if known is None:
        add_step(session, agent, StepKind.DEMARCHE, label, now)
        return True
    changed, known.label = known.label != label, label
    session.flush()
    return changed


def outcome_in(steps: Sequence[Step], title: str) -> Outcome | None:
    """How the démarche ended in these steps of a visit, None when it was not said."""
    step = _step_of(steps, title)
    return next((o for o in Outcome if step and step.label == demarche_label(title, o)[:200]), None)


def _step_of(steps: Sequence[Step | VisitStep], title: str) -> Step | VisitStep | None:
    labels = {demarche_label(title, outcome)[:200] for outcome in Outcome}
    return next((s for s in reversed(steps) if s.kind_value is StepKind.DEMARCHE and s.label in labels), None)


# ── use ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Use:
    """Times a sheet was begun and followed to its end."""

    started: int = 0
    finished: int = 0


def count_use(session: Session, slug: str, today: date, started: int = 0, finished: int = 0) -> None:
    """Add to the counts of this month."""
    insert = insert_for(session)
    row = insert(SheetUse).values(slug=slug, month=today.replace(day=1), started=started, finished=finished)
    more = {"started": SheetUse.started + started, "finished": SheetUse.finished + finished}
    session.execute(row.on_conflict_do_update(index_elements=["slug", "month"], set_=more))


def use_since(session: Session, since: date) -> dict[str, Use]:
    """Slug -> times begun and finished since that month."""
    query = (
        select(SheetUse.slug, func.sum(SheetUse.started), func.sum(SheetUse.finished))
        .where(SheetUse.month >= since.replace(day=1))
        .group_by(SheetUse.slug)
    )
    return {slug: Use(int(started), int(finished)) for slug, started, finished in session.execute(query)}


def use_by_month(session: Session, slug: str) -> list[SheetUse]:
    """The months of a sheet, the last first."""
    return list(session.scalars(select(SheetUse).where(SheetUse.slug == slug).order_by(SheetUse.month.desc())))


# ── errors reported ─────────────────────────────────────────────────────────────────────────────


def report(
    session: Session, key: str, slug: str, step: int, reason: ReportReason, text: str, agent_id: int, now: datetime
) -> None:
    """Keep what an agent found wrong; the same act sent twice is kept once."""
    if session.scalar(select(SheetReport.id).where(SheetReport.idempotency_key == key)) is None:
        session.add(
            SheetReport(
                idempotency_key=key,
                slug=slug,
                step=step,
                reason=reason,
                text=text or None,
                agent_id=agent_id,
                reported_at=now,
            )
        )
        session.flush()


def open_reports(session: Session) -> list[SheetReport]:
    """What is not settled yet, the oldest first."""
    query = select(SheetReport).where(SheetReport.settled_at.is_(None)).options(joinedload(SheetReport.agent))
    return list(session.scalars(query.order_by(SheetReport.id)))


def settle(session: Session, report_id: int, now: datetime) -> SheetReport | None:
    """The report is dealt with; what was written in it is forgotten. None when there is no such report."""
    found = session.get(SheetReport, report_id)
    if found is not None and found.settled_at is None:
        found.settled_at, found.text = now, None
        session.flush()
    return found
