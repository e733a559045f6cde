"""The open sessions of an agent: seen in a list, ended one by one or all but one. In the cache database."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from counter.models import AgentSession


def list_sessions(cache: Session, agent_id: int) -> list[AgentSession]:
    """The last seen first; those that ended by themselves too, until they are purged."""
    query = select(AgentSession).where(AgentSession.agent_id == agent_id).order_by(AgentSession.seen_at.desc())
    return list(cache.scalars(query))


def end_session(cache: Session, agent_id: int, token_hash: str) -> bool:
    """End one session of this agent; False when it is no more, or another agent's."""
    mine = AgentSession.agent_id == agent_id, AgentSession.token_hash == token_hash
    return bool(cache.execute(delete(AgentSession).where(*mine)).rowcount)


def end_sessions(cache: Session, agent_id: int, but: str | None = None) -> int:
    """End them all, or all but one; how many."""
    mine = delete(AgentSession).where(AgentSession.agent_id == agent_id)
    return cache.execute(mine if but is None else mine.where(AgentSession.token_hash != but)).rowcount
