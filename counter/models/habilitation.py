"""Convention, contract, membership forms, groups and who is in them; charges on an activity or a place."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from counter.dossiers import profile_words
from counter.habilitations import Charge, ChargeState, Period, Service, charge_state
from counter.models.agent import Agent
from counter.models.base import Base, Day, Moment
from counter.models.place import Caf, Site


class Convention(Base):
    """What a structure signed with a Caf. `siret` is "" while it is still to be completed."""

    __tablename__ = "convention"

    id: Mapped[int] = mapped_column(primary_key=True)
    caf_id: Mapped[int] = mapped_column(ForeignKey("caf.id"), index=True)
    structure: Mapped[str] = mapped_column(String(120))
    siret: Mapped[str] = mapped_column(String(14), default="")
    starts_on: Mapped[date | None] = mapped_column(Day)
    ends_on: Mapped[date | None] = mapped_column(Day)
    caf: Mapped[Caf] = relationship()
    contracts: Mapped[list[Contract]] = relationship(back_populates="convention", order_by="Contract.id")

    @property
    def period(self) -> Period:
        return Period(self.starts_on, self.ends_on)


class Contract(Base):
    """The service contract that follows a convention; it is renewed, the convention stays."""

    __tablename__ = "contract"

    id: Mapped[int] = mapped_column(primary_key=True)
    convention_id: Mapped[int] = mapped_column(ForeignKey("convention.id"), index=True)
    label: Mapped[str] = mapped_column(String(120))
    starts_on: Mapped[date | None] = mapped_column(Day)
    ends_on: Mapped[date | None] = mapped_column(Day)
    convention: Mapped[Convention] = relationship(back_populates="contracts")
    adhesions: Mapped[list[Adhesion]] = relationship(back_populates="contract", order_by="Adhesion.service")
    groups: Mapped[list[Group]] = relationship(back_populates="contract", order_by="Group.name")

    @property
    def period(self) -> Period:
        return Period(self.starts_on, self.ends_on)


class Adhesion(Base):
    """A membership form: the contract joins one service, between two days."""

    __tablename__ = "adhesion"
    __table_args__ = (UniqueConstraint("contract_id", "service"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    service: Mapped[str] = mapped_column(String(20))
    starts_on: Mapped[date | None] = mapped_column(Day)
    ends_on: Mapped[date | None] = mapped_column(Day)
    contract: Mapped[Contract] = relationship(back_populates="adhesions")

    @property
    def period(self) -> Period:
        return Period(self.starts_on, self.ends_on)


class Group(Base):
    """Who is habilitated: services, one profile at most (a code of habilitations.PROFILES), sites. `services` is a
    list with commas; `manager` the responsable des habilitations, who may add existing agents to it."""

    __tablename__ = "habilitation_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    profile: Mapped[str | None] = mapped_column(String(3))
    services: Mapped[str] = mapped_column(String(120), default="")
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"), index=True)
    starts_on: Mapped[date | None] = mapped_column(Day)
    ends_on: Mapped[date | None] = mapped_column(Day)
    contract: Mapped[Contract] = relationship(back_populates="groups")
    manager: Mapped[Agent | None] = relationship()
    sites: Mapped[list[Site]] = relationship(secondary="group_site", order_by=Site.name)
    memberships: Mapped[list[Membership]] = relationship(back_populates="group", order_by="Membership.id")

    @property
    def period(self) -> Period:
        return Period(self.starts_on, self.ends_on)

    @property
    def profile_words(self) -> str:
        """Code and name of the profile, "" for none."""
        return profile_words(self.profile) if self.profile else ""

    @property
    def chain(self) -> tuple[Period, ...]:
        """What the rights of the group hang on: convention, contract, group."""
        return (self.contract.convention.period, self.contract.period, self.period)

    @property
    def service_values(self) -> list[Service]:
        return [Service(code) for code in self.services.split(",") if code]


class GroupSite(Base):
    """A site at which the agents of a group have its rights."""

    __tablename__ = "group_site"

    group_id: Mapped[int] = mapped_column(ForeignKey("habilitation_group.id"), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)


class Membership(Base):
    """An agent in a group, from a day to a day. Never deleted: closed, it is the history of who had which right."""

    __tablename__ = "membership"
    __table_args__ = (Index("ix_membership_agent_group", "agent_id", "group_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("habilitation_group.id"), index=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    starts_on: Mapped[date] = mapped_column(Day)
    ends_on: Mapped[date | None] = mapped_column(Day)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    group: Mapped[Group] = relationship(back_populates="memberships")
    agent: Mapped[Agent] = relationship(foreign_keys=[agent_id])
    added_by: Mapped[Agent | None] = relationship(foreign_keys=[added_by_id])

    @property
    def period(self) -> Period:
        return Period(self.starts_on, self.ends_on)


class Activity(Base):
    """Something a structure is funded for (a crèche, a social centre), whose figures are declared."""

    __tablename__ = "activity"

    id: Mapped[int] = mapped_column(primary_key=True)
    convention_id: Mapped[int] = mapped_column(ForeignKey("convention.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    convention: Mapped[Convention] = relationship()


class Habilitation(Base):
    """A charge held by a person on an activity or on a place; never deleted. It counts from the moment `validated_by`,
    who is not `proposed_by`, has said yes."""

    __tablename__ = "habilitation"
    __table_args__ = (
        CheckConstraint("(activity_id IS NULL) <> (site_id IS NULL)", name="one_target"),
        CheckConstraint("validated_by_id IS NULL OR validated_by_id <> proposed_by_id", name="second_person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    charge: Mapped[str] = mapped_column(String(12))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), index=True)
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"), index=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), index=True)
    starts_on: Mapped[date] = mapped_column(Day)
    ends_on: Mapped[date | None] = mapped_column(Day)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    validated_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    validated_at: Mapped[datetime | None] = mapped_column(Moment)
    refused_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    refused_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    agent: Mapped[Agent] = relationship(foreign_keys=[agent_id])
    activity: Mapped[Activity | None] = relationship()
    site: Mapped[Site | None] = relationship()
    proposed_by: Mapped[Agent] = relationship(foreign_keys=[proposed_by_id])
    validated_by: Mapped[Agent | None] = relationship(foreign_keys=[validated_by_id])
    refused_by: Mapped[Agent | None] = relationship(foreign_keys=[refused_by_id])
    ended_by: Mapped[Agent | None] = relationship(foreign_keys=[ended_by_id])

    @property
    def charge_value(self) -> Charge:
        return Charge(self.charge)

    @property
    def period(self) -> Period:
        return Period(self.starts_on, self.ends_on)

    @property
    def target(self) -> str:
        return self.activity.name if self.activity else self.site.name

    def state(self, today: date) -> ChargeState:
        return charge_state(self.period, self.validated_at is not None, self.refused_at is not None, today)
