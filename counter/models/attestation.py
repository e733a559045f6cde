"""Issued attestations: frozen, numbered without gaps by year."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from counter.attestations import Attestation as AttestationValue
from counter.attestations import Kind, Reason, number_of
from counter.models.appointment import Appointment
from counter.models.base import Base, Day, Encrypted, Moment


class Attestation(Base):
    """Its value never changes. `appointment` is the one it speaks of, None for a paper that speaks of none, or once
    that one is erased. A paper may be withdrawn (`revoked_at`), and another made in its place: that one `replaces` it.
    """

    __tablename__ = "attestation"
    __table_args__ = (UniqueConstraint("year", "rank"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    rank: Mapped[int]
    idempotency_key: Mapped[str] = mapped_column(String(36), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    wording: Mapped[str] = mapped_column(String(10))
    issued_on: Mapped[date] = mapped_column(Day)
    issued_at: Mapped[datetime] = mapped_column(Moment)
    structure: Mapped[str] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(String(80))
    facts: Mapped[dict] = mapped_column(Encrypted("attestation.facts", as_json=True))
    specimen: Mapped[bool] = mapped_column(default=False)
    seal: Mapped[str] = mapped_column(Encrypted("attestation.seal"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id", ondelete="SET NULL"))
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id", ondelete="SET NULL"), index=True)
    appointment: Mapped[Appointment | None] = relationship()
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_reason: Mapped[str] = mapped_column(String(10), default="", server_default=text("''"))
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("attestation.id"), unique=True)

    @property
    def number(self) -> str:
        return number_of(self.year, self.rank)

    @property
    def emptied(self) -> bool:
        """Withdrawn, then past its term or erased: only its number, its day and its withdrawal are left."""
        return not self.structure

    @property
    def kind_value(self) -> Kind:
        return Kind(self.kind)

    @property
    def reason(self) -> Reason | None:
        """Why it was withdrawn; None while it is good."""
        return Reason(self.revoked_reason) if self.revoked_at else None

    def value(self) -> AttestationValue:
        """The frozen value, as it was signed."""
        return AttestationValue(
            self.number,
            self.kind_value,
            self.wording,
            self.issued_on,
            self.structure,
            self.place,
            self.facts,
            self.specimen,
        )


class AttestationCounter(Base):
    """The last rank given in a year; its row lock keeps the numbers without gaps."""

    __tablename__ = "attestation_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
