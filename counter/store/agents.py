"""Agents: found, made, signed in."""

from __future__ import annotations

from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from counter.access import Role
from counter.models import Agent, Site

_hasher = PasswordHasher()
_DUMMY_HASH = _hasher.hash("no agent has this password")


class IdentifierTaken(ValueError):
    """Another agent has this identifier."""


def get_agent(session: Session, agent_id: int) -> Agent | None:
    """The agent with their site and its Caf, or None when unknown or closed."""
    agent = session.scalar(
        select(Agent).where(Agent.id == agent_id).options(joinedload(Agent.site).joinedload(Site.caf))
    )
    return agent if agent and agent.active else None


def list_agents(session: Session, caf_id: int) -> list[Agent]:
    """Active agents at the sites of a Caf, by name."""
    query = select(Agent).join(Agent.site).where(Site.caf_id == caf_id, Agent.active).order_by(Agent.display_name)
    return list(session.scalars(query))


def every_agent(session: Session, caf_id: int | None) -> list[Agent]:
    """Agents of a Caf and those of no site, or all of them; closed ones too, for the journal still speaks of them."""
    query = select(Agent).outerjoin(Agent.site).order_by(Agent.display_name)
    if caf_id is not None:
        query = query.where(or_(Site.caf_id == caf_id, Agent.site_id.is_(None)))
    return list(session.scalars(query))


def create_agent(
    session: Session, identifier: str, display_name: str, role: Role, password: str, site_id: int | None = None
) -> Agent:
    """Raises IdentifierTaken. The password must have passed access.password_faults."""
    identifier = _normal(identifier)
    if session.scalar(select(Agent.id).where(Agent.identifier == identifier)):
        raise IdentifierTaken(identifier)
    agent = Agent(
        identifier=identifier,
        display_name=display_name,
        role=role,
        site_id=site_id,
        password_hash=_hasher.hash(password),
    )
    session.add(agent)
    session.flush()
    return agent


def _normal(identifier: str) -> str:
    """As it is kept. PostgreSQL refuses a text with NUL in it, so no identifier has one."""
    return identifier.strip().lower().replace("\0", "")


def check_password(session: Session, identifier: str, password: str) -> Agent | None:
    """The active agent whose password this is. Takes as long for an unknown identifier as for a known one."""
    agent = session.scalar(select(Agent).where(func.lower(Agent.identifier) == _normal(identifier)))
    try:
        _hasher.verify(agent.password_hash if agent else _DUMMY_HASH, password)
    except (VerificationError, InvalidHashError):
        return None
    return agent if agent and agent.active else None


def record_sign_in(session: Session, agent_id: int, now: datetime) -> None:
    agent = session.get_one(Agent, agent_id)
    agent.previous_sign_in_at, agent.signed_in_at = agent.signed_in_at, now
    session.flush()
