"""Visits and the steps done in them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from counter.models.base import Base, Moment
from counter.models.place import Site
from counter.visits import Nature, Solved, StepKind

_OPEN = text("ended_at IS NULL")


class Visit(Base):
    """Anonymous. Open while `ended_at` is empty; one open visit per agent at most."""

    __tablename__ = "visit"
    __table_args__ = (
        Index("uq_visit_open_agent", "agent_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    started_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    nature: Mapped[str | None] = mapped_column(String(20))
    solved: Mapped[str | None] = mapped_column(String(4))
    site: Mapped[Site | None] = relationship()
    steps: Mapped[list[VisitStep]] = relationship(order_by="VisitStep.id", cascade="all, delete-orphan")

    @property
    def nature_value(self) -> Nature | None:
        return Nature(self.nature) if self.nature else None

    @property
    def solved_value(self) -> Solved | None:
        return Solved(self.solved) if self.solved else None


class VisitStep(Base):
    """One thing done: `label` names it without naming anyone."""

    __tablename__ = "visit_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    label: Mapped[str] = mapped_column(String(200))
    done_at: Mapped[datetime] = mapped_column(Moment)

    @property
    def kind_value(self) -> StepKind:
        return StepKind(self.kind)
