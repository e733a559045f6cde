"""Habilitations in the database: what an agent may do today."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from counter.habilitations import NO_RIGHTS, Link, Rights, rights_from
from counter.models import Agent, Contract, Group, Membership


def rights_of(session: Session, agent_id: int, today: date, group_id: int | None = None) -> Rights:
    """What the agent may do on that day, through the group `group_id` when it is one of theirs and open, else through
    the one they have been in longest (habilitations.current_link). NO_RIGHTS for who is unknown or closed."""
    agent = session.get(Agent, agent_id)
    if agent is None or not agent.active:
        return NO_RIGHTS
    links = links_of(session, agent_id, today)
    return rights_from(agent.role_value, agent.period, links, _managed(session, agent_id, today), today, group_id)


def links_of(session: Session, agent_id: int, today: date) -> list[Link]:
    """All memberships of an agent, past and coming ones too; the services are those joined on that day."""
    query = select(Membership).where(Membership.agent_id == agent_id).options(*_CHAIN).order_by(Membership.id)
    return [_link(row, today) for row in session.scalars(query)]


_TO_CONTRACT = joinedload(Membership.group).joinedload(Group.contract)
_CHAIN = (
    _TO_CONTRACT.joinedload(Contract.convention),
    _TO_CONTRACT.selectinload(Contract.adhesions),
    joinedload(Membership.group).selectinload(Group.sites),
)


def _link(row: Membership, today: date) -> Link:
    group, contract = row.group, row.group.contract
    joined = {adhesion.service for adhesion in contract.adhesions if adhesion.period.holds(today)}
    return Link(
        membership_id=row.id,
        group_id=group.id,
        profile=group.profile,
        site_ids=frozenset(site.id for site in group.sites),
        services=frozenset(service for service in group.service_values if service in joined),
        since=row.starts_on,
        periods=(contract.convention.period, contract.period, group.period, row.period),
    )


def _managed(session: Session, agent_id: int, today: date) -> list[int]:
    """The open groups of which the agent is the responsable des habilitations."""
    query = select(Group).where(Group.manager_id == agent_id)
    groups = session.scalars(query.options(joinedload(Group.contract).joinedload(Contract.convention)))
    return [g.id for g in groups if all(p.holds(today) for p in (g.period, g.contract.period,
                                                                 g.contract.convention.period))]  # fmt: skip
