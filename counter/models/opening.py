"""When a site receives: openings, closures, and the free time derived from them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from counter.models.base import Base, Day
from counter.models.place import Site
from counter.openings import Receives
from counter.slots import Grid, Mode, grid_of


class Opening(Base):
    """This site, this mode, these weekdays (bit 0 = Monday), from `starts` to `ends` (minutes of the
    day), valid from … to …, cut every `interval` minutes, `desks` people at once. `prepared_until`
    is the last day whose free time exists."""

    __tablename__ = "opening"
    __table_args__ = (
        CheckConstraint("ends > starts AND interval > 0 AND (ends - starts) / interval BETWEEN 1 AND 63", name="grid"),
        CheckConstraint("desks BETWEEN 1 AND 50", name="desks"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    mode: Mapped[str] = mapped_column(String(12))
    weekdays: Mapped[int]
    starts: Mapped[int]
    ends: Mapped[int]
    interval: Mapped[int]
    desks: Mapped[int] = mapped_column(default=1)
    valid_from: Mapped[date] = mapped_column(Day)
    valid_to: Mapped[date | None] = mapped_column(Day)
    prepared_until: Mapped[date | None] = mapped_column(Day)
    site: Mapped[Site] = relationship()

    @property
    def grid(self) -> Grid:
        return grid_of(self.starts, self.ends, self.interval)

    @property
    def mode_value(self) -> Mode:
        return Mode(self.mode)

    @property
    def receives(self) -> Receives:
        ends = self.grid.minute(self.grid.intervals)
        return Receives(self.weekdays, self.starts, ends, self.desks, self.valid_from, self.valid_to)

    def has_ended(self, today: date) -> bool:
        """Or never began, and will not."""
        return self.valid_to is not None and self.valid_to < max(today, self.valid_from)


class OpeningMotif(Base):
    """A motif received at an opening."""

    __tablename__ = "opening_motif"
    __table_args__ = (Index("ix_opening_motif_motif_id", "motif_id", "opening_id"),)

    opening_id: Mapped[int] = mapped_column(ForeignKey("opening.id", ondelete="CASCADE"), primary_key=True)
    motif_id: Mapped[int] = mapped_column(ForeignKey("motif.id", ondelete="CASCADE"), primary_key=True)


class Closure(Base):
    """A site, or one of its openings, shut from `first` to `last`, both included."""

    __tablename__ = "closure"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    opening_id: Mapped[int | None] = mapped_column(ForeignKey("opening.id", ondelete="CASCADE"))  # None: the site
    first: Mapped[date] = mapped_column(Day)
    last: Mapped[date] = mapped_column(Day)
    reason: Mapped[str] = mapped_column(String(120), default="")
    opening: Mapped[Opening | None] = relationship()

    def shuts(self, opening: Opening, day: date) -> bool:
        """Whether that opening of its site is shut on that day."""
        return self.first <= day <= self.last and self.opening_id in (None, opening.id)


class FreeTime(Base):
    """The word of one opening, day and desk: bit k = interval k is free. Derived from the
    openings, the appointments and the holds; never the truth by itself."""

    __tablename__ = "free_time"
    __table_args__ = (CheckConstraint("free >= 0", name="free"), {"sqlite_with_rowid": False})

    opening_id: Mapped[int] = mapped_column(ForeignKey("opening.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(Day, primary_key=True)
    desk: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    free: Mapped[int] = mapped_column(BigInteger)
