"""What is kept of a diagnosis: scores, outcome and override; never the answers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from counter.diagnosis import Help, Need, Outcome, Override
from counter.models.base import Base, Moment


class Diagnosis(Base):
    """`helps` and `needs` are codes joined by a space. `override` is a reason, `chosen` what replaced the proposal."""

    __tablename__ = "diagnosis"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    idempotency_key: Mapped[str] = mapped_column(String(36), unique=True)
    grid: Mapped[str] = mapped_column(String(10))
    digital: Mapped[int]
    paperwork: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(12))
    helps: Mapped[str] = mapped_column(String(40), default="")
    social_route: Mapped[str] = mapped_column(String(12))
    needs: Mapped[str] = mapped_column(String(60), default="")
    language: Mapped[str] = mapped_column(String(40), default="")
    chosen: Mapped[str | None] = mapped_column(String(12))
    override: Mapped[str | None] = mapped_column(String(12))
    made_at: Mapped[datetime] = mapped_column(Moment)

    @property
    def outcome_value(self) -> Outcome:
        """The outcome that counts: the agent's choice, else the proposal."""
        return Outcome(self.chosen or self.outcome)

    @property
    def proposed_label(self) -> str:
        return Outcome(self.outcome).label

    @property
    def help_values(self) -> tuple[Help, ...]:
        return tuple(Help(code) for code in self.helps.split())

    @property
    def need_values(self) -> tuple[Need, ...]:
        return tuple(Need(code) for code in self.needs.split())

    @property
    def override_value(self) -> Override | None:
        return Override(self.override) if self.override else None
