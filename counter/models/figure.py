"""What is counted and can be found nowhere else."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from counter.models.base import Base, Day


class UnmetSearch(Base):
    """How many searches of a motif found no slot on a day. Nothing of who searched."""

    __tablename__ = "unmet_search"

    motif_id: Mapped[int] = mapped_column(ForeignKey("motif.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(Day, primary_key=True)
    searches: Mapped[int]
