"""What was decided about the findings of the control plan."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from counter.models.base import Base, Moment


class ControlDecision(Base):
    """A finding was dealt with: `reason` is a code of counter.control.Reason."""

    __tablename__ = "control_decision"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    reason: Mapped[str] = mapped_column(String(20))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    at: Mapped[datetime] = mapped_column(Moment, index=True)
