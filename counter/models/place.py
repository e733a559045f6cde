"""Caf, motifs (a catalogue per Caf) and sites."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from counter.appointments import Audience
from counter.models.base import Base
from counter.slots import Mode


class Caf(Base):
    """`post_address`: where documents are posted to, one line each, "" when it was not written yet."""

    __tablename__ = "caf"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    department: Mapped[str] = mapped_column(String(3), unique=True)
    post_address: Mapped[str] = mapped_column(String(300), default="", server_default=text("''"))


class Site(Base):
    """A place that receives people, and from which calls are made. `timezone` is an IANA name; `matricule` its
    number in the official list of France Services, when it is there; `video_url` where its video appointments are
    held (https), "" when it has none; `siret` the one given to API Particulier, "" for that of the convention.
    `desk_names`: where people are received, one a line, "" when nobody said."""

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    caf_id: Mapped[int] = mapped_column(ForeignKey("caf.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    short_name: Mapped[str] = mapped_column(String(60))
    street: Mapped[str] = mapped_column(String(200))
    postal_code: Mapped[str] = mapped_column(String(5))
    city: Mapped[str] = mapped_column(String(80))
    department: Mapped[str] = mapped_column(String(3))
    access: Mapped[str] = mapped_column(String(300), default="")
    hours: Mapped[str] = mapped_column(String(300), default="")
    timezone: Mapped[str] = mapped_column(String(40), default="Europe/Paris")
    matricule: Mapped[str | None] = mapped_column(String(20), unique=True)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    video_url: Mapped[str] = mapped_column(String(300), default="", server_default=text("''"))
    siret: Mapped[str] = mapped_column(String(14), default="", server_default=text("''"))
    desk_names: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    caf: Mapped[Caf] = relationship()

    @property
    def address(self) -> str:
        return f"{self.street}, {self.postal_code} {self.city}"

    @property
    def desk_list(self) -> list[str]:
        return [line for line in self.desk_names.splitlines() if line]


class Motif(Base):
    """Why a person comes. `topic` is the same subject in every Caf; `code` and labels are the Caf's own.

    `notice` in minutes, `horizon` in days, `bring` and `synonyms` one a line, `reminder_days` the days before
    on which a reminder goes out (`2,0`; empty: none). A motif is never deleted: closed (`active` false), it is no
    longer offered. `follow_up` is the motif usually booked at the end of this one. `video_url` is where its video
    appointments are held, "" for the address of the site.
    """

    __tablename__ = "motif"
    __table_args__ = (UniqueConstraint("caf_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    caf_id: Mapped[int] = mapped_column(ForeignKey("caf.id"))
    code: Mapped[str] = mapped_column(String(4))
    label: Mapped[str] = mapped_column(String(160))
    plain_label: Mapped[str] = mapped_column(String(160))
    topic: Mapped[str] = mapped_column(String(30), index=True)
    icon: Mapped[str] = mapped_column(String(40))
    bring: Mapped[str] = mapped_column(Text, default="")
    before: Mapped[str] = mapped_column(Text, default="")
    notice: Mapped[int] = mapped_column(default=60)
    horizon: Mapped[int] = mapped_column(default=60)
    sensitive: Mapped[bool] = mapped_column(default=False)
    reminder_days: Mapped[str] = mapped_column(String(20), default="2,0", server_default="2,0")
    synonyms: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    after: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    audience: Mapped[str] = mapped_column(String(40), default=Audience.ALL, server_default=Audience.ALL.value)
    video_url: Mapped[str] = mapped_column(String(300), default="", server_default=text("''"))
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    follow_up_id: Mapped[int | None] = mapped_column(ForeignKey("motif.id"))
    follow_up: Mapped[Motif | None] = relationship(remote_side="Motif.id")
    modes: Mapped[list[MotifMode]] = relationship(
        back_populates="motif", order_by="MotifMode.rank", cascade="all, delete-orphan"
    )

    @property
    def bring_list(self) -> list[str]:
        return [line for line in self.bring.splitlines() if line.strip()]

    @property
    def audience_value(self) -> Audience:
        return Audience(self.audience)

    def duration(self, mode: Mode) -> int | None:
        """Minutes it takes in that mode, None where the mode is not offered."""
        return next((item.duration for item in self.modes if item.mode == mode), None)


class MotifMode(Base):
    """A mode a motif allows, with its duration in minutes."""

    __tablename__ = "motif_mode"
    __table_args__ = (CheckConstraint("duration BETWEEN 5 AND 480", name="duration"),)

    motif_id: Mapped[int] = mapped_column(ForeignKey("motif.id", ondelete="CASCADE"), primary_key=True)
    mode: Mapped[str] = mapped_column(String(12), primary_key=True)
    duration: Mapped[int]
    rank: Mapped[int] = mapped_column(default=0)
    motif: Mapped[Motif] = relationship(back_populates="modes")

    @property
    def mode_value(self) -> Mode:
        return Mode(self.mode)
