"""Appointments (the truth) and the holds that protect a slot while an agent types."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from counter.appointments import Mode, Status
from counter.models.base import Base, Day, Encrypted, Moment
from counter.models.opening import Opening
from counter.models.place import Motif, Site


class Appointment(Base):
    """`index` and `count` are the intervals it holds at its opening's `desk`; `minute` is the local
    time of day and `duration` the minutes promised. `person` holds everything that names someone.
    `to_move`: its opening no longer receives then (closure, opening ended); the person must be called."""

    __tablename__ = "appointment"
    __table_args__ = (
        Index("ix_appointment_site_day", "site_id", "day"),
        Index("ix_appointment_opening_day", "opening_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    idempotency_key: Mapped[str] = mapped_column(String(36), unique=True)
    code_index: Mapped[str] = mapped_column(String(32), unique=True)
    code: Mapped[str] = mapped_column(Encrypted("appointment.code"))
    person: Mapped[dict] = mapped_column(Encrypted("appointment.person", as_json=True))
    status: Mapped[str] = mapped_column(String(10), default=Status.BOOKED)
    motif_id: Mapped[int] = mapped_column(ForeignKey("motif.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    opening_id: Mapped[int] = mapped_column(ForeignKey("opening.id"))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id", ondelete="SET NULL"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    mode: Mapped[str] = mapped_column(String(12))
    day: Mapped[date] = mapped_column(Day)
    desk: Mapped[int]
    index: Mapped[int]
    count: Mapped[int]
    minute: Mapped[int]
    duration: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Moment)
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)
    to_move: Mapped[bool] = mapped_column(default=False, server_default=false())
    motif: Mapped[Motif] = relationship()
    site: Mapped[Site] = relationship()
    opening: Mapped[Opening] = relationship()

    @property
    def mode_value(self) -> Mode:
        return Mode(self.mode)

    @property
    def name(self) -> str:
        return f"{self.person['first_name']} {self.person['last_name']}"

    @property
    def is_cancelled(self) -> bool:
        return self.status == Status.CANCELLED


class Hold(Base):
    """Intervals taken out of the free time until `expires_at`, for whoever has the `token`."""

    __tablename__ = "hold"

    token: Mapped[str] = mapped_column(String(36), primary_key=True)
    opening_id: Mapped[int] = mapped_column(ForeignKey("opening.id", ondelete="CASCADE"))
    motif_id: Mapped[int] = mapped_column(ForeignKey("motif.id", ondelete="CASCADE"))
    day: Mapped[date] = mapped_column(Day)
    desk: Mapped[int]
    index: Mapped[int]
    count: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
