"""Démarches on hold, errors reported in sheets, how often sheets are followed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from counter.guiding import ReportReason
from counter.models.agent import Agent
from counter.models.base import Base, Day, Digest, Encrypted, Moment


class HeldDemarche(Base):
    """Where someone stopped in a sheet, found again by a code that is kept nowhere. Neither a name nor an agent.

    `step` counts from 1, 0 before the first; `marks` are those of counter.guiding.mark_of, parted by spaces;
    `until` is the last day the code opens it.
    """

    __tablename__ = "held_demarche"

    id: Mapped[int] = mapped_column(primary_key=True)
    code_index: Mapped[str] = mapped_column(Digest, unique=True)
    slug: Mapped[str] = mapped_column(String(80))
    step: Mapped[int]
    marks: Mapped[str] = mapped_column(String(400))
    until: Mapped[date] = mapped_column(Day, index=True)


class SheetReport(Base):
    """An agent says what is wrong in a sheet. `step` 0 is the sheet's own page; `text` is encrypted, for someone may
    write a name in it."""

    __tablename__ = "sheet_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(Digest, unique=True)
    slug: Mapped[str] = mapped_column(String(80))
    step: Mapped[int]
    reason: Mapped[str] = mapped_column(String(20))
    text: Mapped[str | None] = mapped_column(Encrypted("sheet_report.text"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    reported_at: Mapped[datetime] = mapped_column(Moment)
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    agent: Mapped[Agent] = relationship()

    @property
    def reason_value(self) -> ReportReason:
        return ReportReason(self.reason)


class SheetUse(Base):
    """How many times a sheet was begun and followed to its end in a month (its first day). Nothing of who."""

    __tablename__ = "sheet_use"

    slug: Mapped[str] = mapped_column(String(80), primary_key=True)
    month: Mapped[date] = mapped_column(Day, primary_key=True)
    started: Mapped[int]
    finished: Mapped[int]
