"""Agents: those who sign in."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from counter.access import Role
from counter.habilitations import Mobility, Period, Seat
from counter.models.base import Base, Day, Encrypted, Moment
from counter.models.place import Site
from counter.retention import RETIRED


class Agent(Base):
    """`signed_in_at` is this session's sign-in, `previous_sign_in_at` the one before, shown on the home page.

    `role` is the agent's function; rights come from groups (store.habilitations.rights_of). `admin_seat` is
    `<caf id>:<seat>` (0: no Caf in particular), and the database gives each seat once. `email_index` is the blind
    index of the address. `provisional_hash` is a password given by someone else, good until `provisional_until` and
    for one thing: choosing the own one. Meanwhile the own one, `password_hash` ("": none yet), still opens, so that
    nobody can lock an agent out by saying it was forgotten. `totp_step` is the last time step whose code was used: a
    code serves once. `closed_at`: since when it is closed, to know when its name goes (counter.retention).
    """

    __tablename__ = "agent"

    id: Mapped[int] = mapped_column(primary_key=True)
    identifier: Mapped[str] = mapped_column(String(60), unique=True)
    display_name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str] = mapped_column(String(200))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    active: Mapped[bool] = mapped_column(default=True)
    signed_in_at: Mapped[datetime | None] = mapped_column(Moment)
    previous_sign_in_at: Mapped[datetime | None] = mapped_column(Moment)
    opens_on: Mapped[date | None] = mapped_column(Day)
    closes_on: Mapped[date | None] = mapped_column(Day)
    mobility: Mapped[str] = mapped_column(String(10), default=Mobility.FIXED, server_default=Mobility.FIXED.value)
    admin_seat: Mapped[str | None] = mapped_column(String(30), unique=True)
    email: Mapped[str | None] = mapped_column(Encrypted("agent.email"))
    email_index: Mapped[str | None] = mapped_column(String(32), unique=True)
    provisional_hash: Mapped[str | None] = mapped_column(String(200))
    provisional_until: Mapped[datetime | None] = mapped_column(Moment)
    totp_secret: Mapped[str | None] = mapped_column(Encrypted("agent.totp_secret"))
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    totp_step: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    proconnect_sub: Mapped[str | None] = mapped_column(String(255), unique=True)
    site: Mapped[Site | None] = relationship()

    @property
    def retired(self) -> bool:
        """Closed long ago: a number is all that is left."""
        return self.display_name == RETIRED

    @property
    def role_value(self) -> Role:
        return Role(self.role)

    @property
    def mobility_value(self) -> Mobility:
        return Mobility(self.mobility)

    @property
    def period(self) -> Period:
        return Period(self.opens_on, self.closes_on)

    @property
    def seat(self) -> Seat | None:
        return Seat(self.admin_seat.split(":")[1]) if self.admin_seat else None


class RecoveryCode(Base):
    """A code that replaces the second step once; only its hash is kept."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(Moment)
