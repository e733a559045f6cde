"""Findings of the control plan, what was decided about them, and the accounts closed because nobody uses them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from counter.access import Role
from counter.control import LOOKED_BACK, Finding, Kind, Reason, Thresholds
from counter.control.accounts import Account, closes_on, is_to_close, is_warned_on, never_used
from counter.control.papers import paper_findings
from counter.control.rights import group_findings, mission_findings, profile_findings, rotation_findings
from counter.control.sign_ins import SignIn, findings
from counter.formatting import date_long
from counter.journal import Act, Subject
from counter.models import Agent, ControlDecision, JournalLine
from counter.store import control_facts as facts
from counter.store.agents import close_account, every_agent
from counter.store.control_facts import PARIS
from counter.store.habilitations import list_conventions
from counter.store.journal import record
from counter.store.locks import lock_act

_WARNED = "inactivite annoncee"


def open_findings(session: Session, limits: Thresholds, caf_id: int | None, now: datetime) -> list[Finding]:
    """What is still to be dealt with, for the agents of a Caf (None: all) and the machines nobody signed in from."""
    agents = {agent.id: agent for agent in every_agent(session, caf_id, siteless=True)}
    today = now.astimezone(PARIS).date()
    conventions = list_conventions(session, caf_id)
    groups = {group.id: group.name for c in conventions for contract in c.contracts for group in contract.groups}
    places = list(facts.places(session, agents, today))
    found = [
        *paper_findings(facts.papers(conventions, today), limits, today, date_long),
        *mission_findings(facts.openings(session, agents, today), places, today),
        *group_findings(places, limits, today),
        *profile_findings(facts.profile_changes(session, groups, now), groups),
        *rotation_findings(facts.given(session, agents, today), limits),
        *_unused(agents.values(), limits, today),
        *findings(_sign_ins(session, agents, now), limits),
    ]
    decided = set(session.scalars(select(ControlDecision.key)))
    return [item for item in found if item.key not in decided]


def _sign_ins(session: Session, agents: dict[int, Agent], now: datetime) -> Iterator[SignIn]:
    query = select(JournalLine.agent_id, JournalLine.at, JournalLine.address).where(
        JournalLine.act.in_([Act.SIGNED_IN, Act.SIGN_IN_REFUSED]), JournalLine.at >= now - LOOKED_BACK
    )
    for agent_id, at, address in session.execute(query):
        if agent_id is None or agent_id in agents:
            site = agents[agent_id].site if agent_id else None
            yield SignIn(agent_id, at.astimezone(ZoneInfo(site.timezone) if site else PARIS), address)


def _account(agent: Agent, today: date) -> Account | None:
    """None for an account that is not open, or that was never used and says no opening date."""
    if not agent.active or not agent.period.holds(today):
        return None
    if agent.signed_in_at is not None:
        return Account(agent.id, max(agent.signed_in_at.astimezone(PARIS).date(), agent.opens_on or date.min))
    return Account(agent.id, agent.opens_on, used=False) if agent.opens_on else None


def _unused(agents: Iterable[Agent], limits: Thresholds, today: date) -> Iterator[Finding]:
    for agent in agents:
        account = _account(agent, today)
        if account is None:
            continue
        since, warned = account.signed_in_on, is_warned_on(account, limits, today)
        if never_used(account, limits, today) or warned:
            kind = Kind.INACTIVE if account.used else Kind.NEVER
            detail = f"Dernière connexion le {date_long(since)}." if account.used else (
                f"Compte ouvert le {date_long(since)}."
            )  # fmt: skip
            if warned:
                detail += f" Fermeture prévue à partir du {date_long(max(closes_on(account, limits), today))}."
            yield Finding(kind, f"{kind} {agent.id} {since.isoformat()}", since, detail, agent.id)


def decide(session: Session, key: str, reason: Reason, agent_id: int, now: datetime) -> bool:
    """The finding is dealt with; decided twice, the first decision stays: False then."""
    lock_act(session, key)
    if session.get(ControlDecision, key) is not None:
        return False
    session.add(ControlDecision(key=key, reason=reason, agent_id=agent_id, at=now))
    session.flush()
    return True


# ── accounts nobody uses ────────────────────────────────────────────────────────────────────────


def to_announce_or_close(session: Session, limits: Thresholds, now: datetime) -> tuple[list[Agent], list[Agent]]:
    """(accounts whose closing is to be announced now, accounts to close now)."""
    today = now.astimezone(PARIS).date()
    announce, close = [], []
    for agent in every_agent(session, None):
        account = _account(agent, today)
        if account is None or not is_warned_on(account, limits, today):
            continue
        warned_on = _warned_on(session, agent)
        if warned_on is None:
            announce.append(agent)
        elif is_to_close(account, warned_on, limits, today) and not _is_last_administrator(session, agent, today):
            close.append(agent)
    return announce, close


def announce_and_close(
    session: Session, limits: Thresholds, now: datetime, warn: Callable[[Agent, date], None] = lambda agent, day: None
) -> tuple[int, int]:
    """Announce, in the journal and on the page, which accounts will be closed, and `warn` each agent of the day; close
    those announced long enough ago. The last administrator's account is never closed. Returns how many of each."""
    announce, close = to_announce_or_close(session, limits, now)
    today = now.astimezone(PARIS).date()
    for agent in announce:
        record(session, Act.DECIDED, None, Subject.AGENT, agent.id, "", now, _WARNED)
        closing = closes_on(_account(agent, today), limits)
        warn(agent, max(closing, today + timedelta(days=limits.notice_days)))
    closed = 0
    for agent in close:
        if not _is_last_administrator(session, agent, today):  # the other one may just have been closed
            close_account(session, agent, now)
            record(session, Act.CLOSED, None, Subject.AGENT, agent.id, "", now, "inactivite")
            closed += 1
    return len(announce), closed


def _warned_on(session: Session, agent: Agent) -> date | None:
    """When the closing was announced, since the last sign-in or the opening of the account, whichever is later."""
    opened = datetime.combine(agent.opens_on, datetime.min.time(), PARIS) if agent.opens_on else None
    since = max(filter(None, (agent.signed_in_at, opened)))
    query = select(func.min(JournalLine.at)).where(
        JournalLine.subject == Subject.AGENT,
        JournalLine.subject_id == str(agent.id),
        JournalLine.detail == _WARNED,
        JournalLine.at >= since,
    )
    at = session.scalar(query)
    return at.astimezone(PARIS).date() if at else None


def _is_last_administrator(session: Session, agent: Agent, today: date) -> bool:
    if agent.role != Role.ADMINISTRATOR:
        return False
    others = select(Agent).where(Agent.role == Role.ADMINISTRATOR, Agent.active, Agent.id != agent.id)
    return not any(other.period.holds(today) for other in session.scalars(others))
