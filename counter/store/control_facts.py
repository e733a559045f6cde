"""What the control plan looks at: papers, who is in which group, dossiers opened, rights given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from counter.access import Role
from counter.control import LOOKED_BACK
from counter.control.papers import Paper
from counter.control.rights import Given, Opening, Place, Profiled
from counter.dossiers import Purpose
from counter.habilitations import Service
from counter.journal import Act, Subject
from counter.models import Agent, Contract, Convention, DossierAccess, Group, Habilitation, JournalLine, Membership

PARIS = ZoneInfo("Europe/Paris")


def papers(conventions: Iterable[Convention], today: date) -> Iterator[Paper]:
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


def places(session: Session, agents: dict[int, Agent], today: date) -> Iterator[Place]:
    """Who is in which group today, all the dates being good."""
    chain = joinedload(Membership.group).joinedload(Group.contract).joinedload(Contract.convention)
    for row in session.scalars(select(Membership).options(chain).order_by(Membership.id)):
        agent = agents.get(row.agent_id)
        held = (*row.group.chain, row.period)
        if agent and agent.active and agent.period.holds(today) and all(period.holds(today) for period in held):
            yield Place(agent.id, row.group_id, row.group.name, row.group.profile, agent.role != Role.REFERENT)


def openings(session: Session, agents: dict[int, Agent], today: date) -> Iterator[Opening]:
    since = datetime.combine(today, datetime.min.time(), PARIS) - LOOKED_BACK
    for row in session.scalars(select(DossierAccess).where(DossierAccess.opened_at >= since)):
        if row.agent_id in agents:
            on = row.opened_at.astimezone(PARIS).date()
            yield Opening(row.agent_id, row.group_id, row.profile, Purpose(row.purpose), on)


_CHANGED_PROFILE = re.compile(r"profil (\w+)>(\w+)")


def profile_changes(session: Session, groups: dict[int, str], now: datetime) -> Iterator[Profiled]:
    """Groups whose profile was changed, as the journal tells it."""
    lines = select(JournalLine.subject_id, JournalLine.at, JournalLine.detail).where(
        JournalLine.act == Act.CHANGED, JournalLine.subject == Subject.GROUP, JournalLine.at >= now - LOOKED_BACK
    )
    for number, at, detail in session.execute(lines.order_by(JournalLine.seq)):
        said = _CHANGED_PROFILE.search(detail)
        if said and int(number) in groups:
            codes = tuple(code.upper() for code in said.groups() if code != "aucun")
            yield Profiled(int(number), at.astimezone(PARIS).date(), codes)


def given(session: Session, agents: dict[int, Agent], today: date) -> Iterator[Given]:
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
