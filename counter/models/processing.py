"""What the Caf is treating now: the arrival date up to which each kind of post has been dealt with."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from counter.models.base import Base, Day, Moment


class ProcessingDate(Base):
    """`received_on`: what arrived before that day has been treated, as the Caf publishes it."""

    __tablename__ = "processing_date"

    caf_id: Mapped[int] = mapped_column(ForeignKey("caf.id", ondelete="CASCADE"), primary_key=True)
    subject: Mapped[str] = mapped_column(String(20), primary_key=True)
    received_on: Mapped[date] = mapped_column(Day)
    updated_at: Mapped[datetime] = mapped_column(Moment)
