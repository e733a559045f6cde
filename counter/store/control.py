"""What the journal and the accounts show for the control plan; decisions; accounts closed because nobody uses them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from counter.access import Role
from counter.control import (
    LOOKED_BACK,
    Account,
    Finding,
    Kind,
    Reason,
    SignIn,
    Thresholds,
    closes_on,
    findings,
    is_to_close,
    is_warned_on,
)
from counter.formatting import date_long
from counter.journal import Act, Subject
from counter.models import Agent, ControlDecision, JournalLine, Site
from counter.store.journal import record
from counter.store.locks import lock_act

_WARNED = "inactivite annoncee"
_PARIS = ZoneInfo("Europe/Paris")


def open_findings(session: Session, limits: Thresholds, caf_id: int | None, now: datetime) -> list[Finding]:
    """What is still to be dealt with, for the agents of a Caf (None: all) and the machines nobody signed in from."""
    agents = {agent.id: agent for agent in _agents(session, caf_id)}
    found = [*_inactive(agents.values(), limits, now), *findings(_sign_ins(session, agents, now), limits)]
    decided = set(session.scalars(select(ControlDecision.key)))
    return [item for item in found if item.key not in decided]


def _agents(session: Session, caf_id: int | None) -> list[Agent]:
    query = select(Agent).outerjoin(Agent.site).options(joinedload(Agent.site)).order_by(Agent.display_name)
    if caf_id is not None:
        query = query.where(or_(Site.caf_id == caf_id, Agent.site_id.is_(None)))
    return list(session.scalars(query))


def _sign_ins(session: Session, agents: dict[int, Agent], now: datetime) -> Iterator[SignIn]:
    query = select(JournalLine.agent_id, JournalLine.at, JournalLine.address).where(
        JournalLine.act.in_([Act.SIGNED_IN, Act.SIGN_IN_REFUSED]), JournalLine.at >= now - LOOKED_BACK
    )
    for agent_id, at, address in session.execute(query):
        if agent_id is None or agent_id in agents:
            site = agents[agent_id].site if agent_id else None
            yield SignIn(agent_id, at.astimezone(ZoneInfo(site.timezone) if site else _PARIS), address)


def _account(agent: Agent) -> Account | None:
    """None for an account that is closed, or was never used: it has its own opening date."""
    if not agent.active or agent.signed_in_at is None:
        return None
    return Account(agent.id, agent.signed_in_at.astimezone(_PARIS).date())


def _inactive(agents, limits: Thresholds, now: datetime) -> Iterator[Finding]:
    today = now.astimezone(_PARIS).date()
    for agent in agents:
        account = _account(agent)
        if account and is_warned_on(account, limits, today):
            last = date_long(account.signed_in_on)
            closing = max(closes_on(account, limits), today)
            detail = f"Dernière connexion le {last}. Fermeture prévue à partir du {date_long(closing)}."
            key = f"{Kind.INACTIVE} {agent.id} {account.signed_in_on.isoformat()}"
            yield Finding(Kind.INACTIVE, key, account.signed_in_on, detail, agent.id)


def decide(session: Session, key: str, reason: Reason, agent_id: int, now: datetime) -> None:
    """The finding is dealt with; decided twice, the first decision stays."""
    lock_act(session, key)
    if session.get(ControlDecision, key) is None:
        session.add(ControlDecision(key=key, reason=reason, agent_id=agent_id, at=now))
        session.flush()


# ── accounts nobody uses ────────────────────────────────────────────────────────────────────────


def to_announce_or_close(session: Session, limits: Thresholds, now: datetime) -> tuple[list[Agent], list[Agent]]:
    """(accounts whose closing is to be announced now, accounts to close now)."""
    today = now.astimezone(_PARIS).date()
    announce, close = [], []
    for agent in _agents(session, None):
        account = _account(agent)
        if account is None or not is_warned_on(account, limits, today):
            continue
        warned_on = _warned_on(session, agent)
        if warned_on is None:
            announce.append(agent)
        elif is_to_close(account, warned_on, limits, today) and not _is_last_administrator(session, agent):
            close.append(agent)
    return announce, close


def announce_and_close(session: Session, limits: Thresholds, now: datetime) -> tuple[int, int]:
    """Announce, in the journal and on the page, which accounts will be closed; close those announced long enough ago.
    The last administrator's account is never closed. Returns how many of each."""
    announce, close = to_announce_or_close(session, limits, now)
    for agent in announce:
        record(session, Act.DECIDED, None, Subject.AGENT, agent.id, "", now, _WARNED)
    for agent in close:
        agent.active = False
        session.flush()
        record(session, Act.CLOSED, None, Subject.AGENT, agent.id, "", now, "inactivite")
    return len(announce), len(close)


def _warned_on(session: Session, agent: Agent) -> date | None:
    """When the closing was announced, since the last sign-in."""
    query = select(func.min(JournalLine.at)).where(
        JournalLine.subject == Subject.AGENT,
        JournalLine.subject_id == str(agent.id),
        JournalLine.detail == _WARNED,
        JournalLine.at >= agent.signed_in_at,
    )
    at = session.scalar(query)
    return at.astimezone(_PARIS).date() if at else None


def _is_last_administrator(session: Session, agent: Agent) -> bool:
    if agent.role != Role.ADMINISTRATOR:
        return False
    others = select(Agent.id).where(Agent.role == Role.ADMINISTRATOR, Agent.active, Agent.id != agent.id)
    return session.scalar(others.limit(1)) is None
