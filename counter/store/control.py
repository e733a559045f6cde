"""What the journal and the accounts show for the control plan; decisions; accounts closed because nobody uses them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from counter.access import Role
from counter.control import (
    LOOKED_BACK,
    Account,
    Finding,
    Given,
    Kind,
    Opening,
    Paper,
    Place,
    Profiled,
    Reason,
    SignIn,
    Thresholds,
    closes_on,
    findings,
    group_findings,
    is_to_close,
    is_warned_on,
    mission_findings,
    never_used,
    paper_findings,
    profile_findings,
    rotation_findings,
)
from counter.dossiers import Purpose
from counter.formatting import date_long
from counter.habilitations import Service
from counter.journal import Act, Subject
from counter.models import (
    Agent,
    Contract,
    ControlDecision,
    Convention,
    DossierAccess,
    Group,
    Habilitation,
    JournalLine,
    Membership,
)
from counter.store.agents import close_account, every_agent
from counter.store.habilitations import list_conventions
from counter.store.journal import record
from counter.store.locks import lock_act

_WARNED = "inactivite annoncee"
_PARIS = ZoneInfo("Europe/Paris")


def open_findings(session: Session, limits: Thresholds, caf_id: int | None, now: datetime) -> list[Finding]:
    """What is still to be dealt with, for the agents of a Caf (None: all) and the machines nobody signed in from."""
    agents = {agent.id: agent for agent in every_agent(session, caf_id, siteless=True)}
    today = now.astimezone(_PARIS).date()
    conventions = list_conventions(session, caf_id)
    groups = {group.id: group.name for c in conventions for contract in c.contracts for group in contract.groups}
    places = list(_places(session, agents, today))
    found = [
        *paper_findings(_papers(conventions, today), limits, today, date_long),
        *mission_findings(_openings(session, agents, today), places, today),
        *group_findings(places, limits, today),
        *profile_findings(_profile_changes(session, groups, now), groups),
        *rotation_findings(_given(session, agents, today), limits),
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
            yield SignIn(agent_id, at.astimezone(ZoneInfo(site.timezone) if site else _PARIS), address)


def _account(agent: Agent, today: date) -> Account | None:
    """None for an account that is not open, or that was never used and says no opening date."""
    if not agent.active or not agent.period.holds(today):
        return None
    if agent.signed_in_at is not None:
        return Account(agent.id, max(agent.signed_in_at.astimezone(_PARIS).date(), agent.opens_on or date.min))
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


# ── papers and rights ───────────────────────────────────────────────────────────────────────────


def _papers(conventions: Iterable[Convention], today: date) -> Iterator[Paper]:
    """The papers that open groups hang on: a structure without group needs none."""
    for row in conventions:
        contracts = [contract for contract in row.contracts if any(g.period.holds(today) for g in contract.groups)]
        if not contracts:
            continue
        yield Paper(row.id, "convention", "la convention", row.structure, row.period, dated=True)
        if not row.siret:
            yield Paper(row.id, "siret", "le numéro SIRET", row.structure, None)
        for contract in contracts:
            yield Paper(row.id, f"contrat-{contract.id}", "le contrat de service", row.structure, contract.period)
            yield from _forms(row, contract, today)


def _forms(row: Convention, contract: Contract, today: date) -> Iterator[Paper]:
    """The membership forms of the services its open groups use."""
    forms = {adhesion.service: adhesion.period for adhesion in contract.adhesions}
    used = {service for group in contract.groups if group.period.holds(today) for service in group.service_values}
    for service in sorted(used):
        label = f"le bulletin d'adhésion {Service(service).short_label}"
        yield Paper(row.id, f"bulletin-{service}", label, row.structure, forms.get(service))


def _places(session: Session, agents: dict[int, Agent], today: date) -> Iterator[Place]:
    """Who is in which group today, all the dates being good."""
    chain = joinedload(Membership.group).joinedload(Group.contract).joinedload(Contract.convention)
    for row in session.scalars(select(Membership).options(chain).order_by(Membership.id)):
        agent = agents.get(row.agent_id)
        held = (*row.group.chain, row.period)
        if agent and agent.active and agent.period.holds(today) and all(period.holds(today) for period in held):
            yield Place(agent.id, row.group_id, row.group.name, row.group.profile, agent.role != Role.REFERENT)


def _openings(session: Session, agents: dict[int, Agent], today: date) -> Iterator[Opening]:
    since = datetime.combine(today, datetime.min.time(), _PARIS) - LOOKED_BACK
    for row in session.scalars(select(DossierAccess).where(DossierAccess.opened_at >= since)):
        if row.agent_id in agents:
            on = row.opened_at.astimezone(_PARIS).date()
            yield Opening(row.agent_id, row.group_id, row.profile, Purpose(row.purpose), on)


_CHANGED_PROFILE = re.compile(r"profil (\w+)>(\w+)")


def _profile_changes(session: Session, groups: dict[int, str], now: datetime) -> Iterator[Profiled]:
    """Groups whose profile was changed, as the journal tells it."""
    lines = select(JournalLine.subject_id, JournalLine.at, JournalLine.detail).where(
        JournalLine.act == Act.CHANGED, JournalLine.subject == Subject.GROUP, JournalLine.at >= now - LOOKED_BACK
    )
    for number, at, detail in session.execute(lines.order_by(JournalLine.seq)):
        said = _CHANGED_PROFILE.search(detail)
        if said and int(number) in groups:
            codes = tuple(code.upper() for code in said.groups() if code != "aucun")
            yield Profiled(int(number), at.astimezone(_PARIS).date(), codes)


def _given(session: Session, agents: dict[int, Agent], today: date) -> Iterator[Given]:
    """The memberships and the charges that began of late."""
    since = today - LOOKED_BACK
    for row in session.scalars(select(Membership).where(Membership.starts_on.between(since, today))):
        if row.agent_id in agents:
            yield Given(row.agent_id, row.starts_on, row.group_id)
    charges = select(Habilitation).where(
        Habilitation.starts_on.between(since, today), Habilitation.refused_at.is_(None)
    )
    for row in session.scalars(charges):
        if row.agent_id in agents:
            where = f"a{row.activity_id}" if row.activity_id else f"l{row.site_id}"
            yield Given(row.agent_id, row.starts_on, seat=f"{row.charge} {where}")


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
    for agent in every_agent(session, None):
        account = _account(agent, today)
        if account is None or not is_warned_on(account, limits, today):
            continue
        warned_on = _warned_on(session, agent)
        if warned_on is None:
            announce.append(agent)
        elif is_to_close(account, warned_on, limits, today) and not _is_last_administrator(session, agent):
            close.append(agent)
    return announce, close


def announce_and_close(
    session: Session, limits: Thresholds, now: datetime, warn: Callable[[Agent, date], None] = lambda agent, day: None
) -> tuple[int, int]:
    """Announce, in the journal and on the page, which accounts will be closed, and `warn` each agent of the day; close
    those announced long enough ago. The last administrator's account is never closed. Returns how many of each."""
    announce, close = to_announce_or_close(session, limits, now)
    today = now.astimezone(_PARIS).date()
    for agent in announce:
        record(session, Act.DECIDED, None, Subject.AGENT, agent.id, "", now, _WARNED)
        closing = closes_on(_account(agent, today), limits)
        warn(agent, max(closing, today + timedelta(days=limits.notice_days)))
    for agent in close:
        close_account(session, agent, now)
        record(session, Act.CLOSED, None, Subject.AGENT, agent.id, "", now, "inactivite")
    return len(announce), len(close)


def _warned_on(session: Session, agent: Agent) -> date | None:
    """When the closing was announced, since the last sign-in."""
    since = agent.signed_in_at or datetime.combine(agent.opens_on, datetime.min.time(), _PARIS)
    query = select(func.min(JournalLine.at)).where(
        JournalLine.subject == Subject.AGENT,
        JournalLine.subject_id == str(agent.id),
        JournalLine.detail == _WARNED,
        JournalLine.at >= since,
    )
    at = session.scalar(query)
    return at.astimezone(_PARIS).date() if at else None


def _is_last_administrator(session: Session, agent: Agent) -> bool:
    if agent.role != Role.ADMINISTRATOR:
        return False
    others = select(Agent.id).where(Agent.role == Role.ADMINISTRATOR, Agent.active, Agent.id != agent.id)
    return session.scalar(others.limit(1)) is None
