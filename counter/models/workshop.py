"""Workshops and who enrolled in them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from counter.models.base import Base, Day, Encrypted, Moment
from counter.models.place import Site
from counter.shown import mark_of_shown
from counter.workshops import News, Seat, places_left


class Workshop(Base):
    """`minute` of the day and `duration` in minutes; `taken` counts the places held, and the database keeps it
    from passing `places` when someone enrols. One that is cancelled keeps its list, to tell everyone."""

    __tablename__ = "workshop"
    __table_args__ = (
        CheckConstraint("places BETWEEN 1 AND 200", name="places"),
        CheckConstraint("taken >= 0", name="taken"),
        Index("ix_workshop_site_day", "site_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    idempotency_key: Mapped[str] = mapped_column(String(36), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    partners: Mapped[str] = mapped_column(String(160), default="")
    bring: Mapped[str] = mapped_column(Text, default="")
    day: Mapped[date] = mapped_column(Day)
    minute: Mapped[int]
    duration: Mapped[int]
    places: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)
    site: Mapped[Site] = relationship()
    enrolments: Mapped[list[Enrolment]] = relationship(order_by="Enrolment.id", cascade="all, delete-orphan")

    @property
    def left(self) -> int:
        return places_left(self.places, self.taken)

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def bring_list(self) -> list[str]:
        return [line for line in self.bring.splitlines() if line.strip()]


class Enrolment(Base):
    """One person's seat. `to_tell` is the news they were not told yet, "" when there is none."""

    __tablename__ = "enrolment"
    __table_args__ = (Index("ix_enrolment_workshop_seat", "workshop_id", "seat"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    idempotency_key: Mapped[str] = mapped_column(String(36), unique=True)
    person: Mapped[dict] = mapped_column(Encrypted("enrolment.person", as_json=True))
    seat: Mapped[str] = mapped_column(String(10))
    to_tell: Mapped[str] = mapped_column(String(10), default="", server_default=text("''"))
    enrolled_at: Mapped[datetime] = mapped_column(Moment)
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    workshop: Mapped[Workshop] = relationship(back_populates="enrolments")

    @property
    def seat_value(self) -> Seat:
        return Seat(self.seat)

    @property
    def news(self) -> News | None:
        return News(self.to_tell) if self.to_tell else None

    @property
    def news_mark(self) -> str:
        """Names what is to be said to this person, as it is now."""
        held = self.workshop
        return mark_of_shown(self.to_tell, held.day, held.minute, held.duration, held.site_id, held.bring)

    @property
    def name(self) -> str:
        return f"{self.person['first_name']} {self.person['last_name']}"
