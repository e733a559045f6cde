"""The outbox: each message to send, and what became of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from counter.messages import Channel, Kind, State
from counter.models.appointment import Appointment
from counter.models.base import Base, Encrypted, Moment


class Message(Base):
    """One message on one channel; the constraint forbids to queue it twice. Without appointment, it is for an agent.

    `sequence` is the appointment's when it was queued, `days_before` a reminder's (of an offer, how many it heard of
    before). `next_try_at`: when it may be taken (again); while it is in hand, when its sender is held for dead. Not
    sent from `useless_at` on.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("appointment_id", "kind", "channel", "sequence", "days_before"),
        Index("ix_message_state_next_try_at", "state", "next_try_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(12))
    channel: Mapped[str] = mapped_column(String(8))
    sequence: Mapped[int]
    days_before: Mapped[int] = mapped_column(default=0)
    address: Mapped[str] = mapped_column(Encrypted("message.address"))
    subject: Mapped[str] = mapped_column(Encrypted("message.subject"))
    body: Mapped[str] = mapped_column(Encrypted("message.body"))
    due_at: Mapped[datetime] = mapped_column(Moment)
    useless_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(String(10), default=State.TO_SEND)
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    last_error: Mapped[str] = mapped_column(String(30), default="")
    appointment: Mapped[Appointment | None] = relationship()

    @property
    def kind_value(self) -> Kind:
        return Kind(self.kind)

    @property
    def channel_value(self) -> Channel:
        return Channel(self.channel)

    @property
    def state_value(self) -> State:
        return State(self.state)
