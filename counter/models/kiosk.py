"""The kiosk in the lobby: the devices, the calls for an agent, the tickets of those who wait. Nobody's name."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from counter.models.agent import Agent
from counter.models.appointment import Appointment
from counter.models.base import Base, Day, Moment
from counter.models.place import Motif, Site


class Kiosk(Base):
    """A device of a site: a screen to touch, or one that shows who is called. `code_index` and `token_index` are blind
    indexes: of the code that installs it once, until `code_until`, then of the token its browser holds. A revoked
    one has neither."""

    __tablename__ = "kiosk"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    code_index: Mapped[str | None] = mapped_column(String(32), unique=True)
    code_until: Mapped[datetime | None] = mapped_column(Moment)
    token_index: Mapped[str | None] = mapped_column(String(32), unique=True)
    enrolled_at: Mapped[datetime | None] = mapped_column(Moment)
    seen_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    site: Mapped[Site] = relationship()


class KioskCall(Base):
    """Someone before a kiosk asks for an agent. `answered_at`: an agent said « j'arrive »; `ended_at`: it is over,
    whoever ended it. `urgent`: asked from the page of the emergency numbers."""

    __tablename__ = "kiosk_call"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    kiosk_id: Mapped[int] = mapped_column(ForeignKey("kiosk.id"), index=True)
    urgent: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    kiosk: Mapped[Kiosk] = relationship()
    answered_by: Mapped[Agent | None] = relationship()


class Ticket(Base):
    """A number in the waiting room of a site, from 1 each day. `appointment_id` when the person has an appointment;
    without one, `motif_id` says why they come (None: not said). `desk` is what the screen shows beside the number.

    `ended_at` is the end of the last call: without `called_at`, or before it, the person was called once and did not
    come, and waits again since then."""

    __tablename__ = "ticket"
    __table_args__ = (UniqueConstraint("site_id", "day", "number"), UniqueConstraint("appointment_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    day: Mapped[date] = mapped_column(Day)
    number: Mapped[int]
    motif_id: Mapped[int | None] = mapped_column(ForeignKey("motif.id"))
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id", ondelete="CASCADE"))
    taken_at: Mapped[datetime] = mapped_column(Moment)
    called_at: Mapped[datetime | None] = mapped_column(Moment)
    called_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    desk: Mapped[str] = mapped_column(String(20), default="", server_default=text("''"))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    motif: Mapped[Motif | None] = relationship()
    appointment: Mapped[Appointment | None] = relationship()
    called_by: Mapped[Agent | None] = relationship()

    @property
    def missed(self) -> bool:
        """Whether they were already called once in vain."""
        return self.ended_at is not None and (self.called_at is None or self.ended_at < self.called_at)
