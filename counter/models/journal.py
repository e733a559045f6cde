"""The journal: lines, where it ends, and where it was lawfully cut. The database refuses to change any of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from counter.journal import Act, Subject
from counter.models.base import Base, Microsecond, Moment


class JournalLine(Base):
    """As counter.journal.Entry. No foreign key: a line outlives what it speaks of. On SQLite, where everyone who books
    waits for the disk, the lines of a day are found by reading them from the last one back: a million in 0.1 s."""

    __tablename__ = "journal"
    __table_args__ = (
        Index("ix_journal_at", "at").ddl_if(dialect="postgresql"),
        Index("ix_journal_subject_id", "subject_id"),
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Microsecond)
    act: Mapped[str] = mapped_column(String(20))
    agent_id: Mapped[int | None]
    subject: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(45))
    detail: Mapped[str] = mapped_column(String(80))
    previous: Mapped[bytes] = mapped_column(LargeBinary(16))
    hash: Mapped[bytes] = mapped_column(LargeBinary(16))

    @property
    def act_label(self) -> str:
        return Act(self.act).label if self.act in set(Act) else self.act

    @property
    def subject_label(self) -> str:
        return Subject(self.subject).label if self.subject in set(Subject) else self.subject


class JournalHead(Base):
    """The one row that says which line is the last; `mark` seals it. It only moves forward."""

    __tablename__ = "journal_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[bytes] = mapped_column(LargeBinary(16))
    mark: Mapped[bytes] = mapped_column(LargeBinary(16))


class JournalCut(Base):
    """Lines up to number `last` were purged at `at`; `hash` is the seal of that line, `mark` seals the cut."""

    __tablename__ = "journal_cut"

    last: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary(16))
    at: Mapped[datetime] = mapped_column(Moment)
    mark: Mapped[bytes] = mapped_column(LargeBinary(16))
