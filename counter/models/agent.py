"""Agents: those who sign in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from counter.access import Role
from counter.models.base import Base, Moment
from counter.models.place import Site


class Agent(Base):
    """`signed_in_at` is this session's sign-in, `previous_sign_in_at` the one before, shown on the home page."""

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
    site: Mapped[Site | None] = relationship()

    @property
    def role_value(self) -> Role:
        return Role(self.role)
