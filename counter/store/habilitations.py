"""Habilitations in the database: what an agent may do today; groups and who is in them; charges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from counter.habilitations import (
    NO_RIGHTS,
    Charge,
    HabilitationRefused,
    Link,
    Period,
    Rights,
    Service,
    rights_from,
    too_many,
)
from counter.models import (
    Activity,
    Adhesion,
    Agent,
    Contract,
    Convention,
    Group,
    GroupSite,
    Habilitation,
    Membership,
    Site,
)
from counter.store.prepared import Prepared


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
    mine, sites, joined = {"agent": agent_id}, defaultdict(set), defaultdict(set)
    for group_id, site_id in _SITES.rows(session, mine):
        sites[group_id].add(site_id)
    for contract_id, service, *days in _JOINED.rows(session, mine):
        if Period(*days).holds(today):
            joined[contract_id].add(service)
    return [
        Link(
            membership_id=number,
            group_id=group_id,
            profile=profile,
            site_ids=frozenset(sites[group_id]),
            services=frozenset(Service(code) for code in services.split(",") if code in joined[contract_id]),
            since=days[-2],
            periods=_periods(days),
        )
        for number, group_id, contract_id, profile, services, *days in _LINKS.rows(session, mine)
    ]


def _managed(session: Session, agent_id: int, today: date) -> list[int]:
    """The open groups of which the agent is the responsable des habilitations."""
    rows = _MANAGED.rows(session, {"agent": agent_id})
    return [group_id for group_id, *days in rows if all(period.holds(today) for period in _periods(days))]


def _periods(days: list[date | None]) -> tuple[Period, ...]:
    """First and last day of each."""
    return tuple(Period(*pair) for pair in zip(days[::2], days[1::2], strict=True))


# Asked at each request of an agent.
_members, _groups, _contracts = Membership.__table__, Group.__table__, Contract.__table__
_adhesions, _group_sites, _conventions = Adhesion.__table__, GroupSite.__table__, Convention.__table__
_CHAIN = [column for table in (_conventions, _contracts, _groups) for column in (table.c.starts_on, table.c.ends_on)]
_TO_CONVENTION = _groups.join(_contracts).join(_conventions)
_OF_AGENT = _members.c.agent_id == bindparam("agent")
_LINKS = Prepared(
    select(_members.c.id, _groups.c.id, _groups.c.contract_id, _groups.c.profile, _groups.c.services, *_CHAIN)
    .add_columns(_members.c.starts_on, _members.c.ends_on)
    .select_from(_TO_CONVENTION.join(_members, _members.c.group_id == _groups.c.id))
    .where(_OF_AGENT)
    .order_by(_members.c.id)
)
_SITES = Prepared(
    select(_group_sites.c.group_id, _group_sites.c.site_id)
    .join(_members, _members.c.group_id == _group_sites.c.group_id)
    .where(_OF_AGENT)
)
_JOINED = Prepared(
    select(_adhesions.c.contract_id, _adhesions.c.service, _adhesions.c.starts_on, _adhesions.c.ends_on)
    .join(_groups, _groups.c.contract_id == _adhesions.c.contract_id)
    .join(_members, _members.c.group_id == _groups.c.id)
    .where(_OF_AGENT)
)
_MANAGED = Prepared(
    select(_groups.c.id, *_CHAIN).select_from(_TO_CONVENTION).where(_groups.c.manager_id == bindparam("agent"))
)


# ── conventions and groups ──────────────────────────────────────────────────────────────────────


def list_conventions(session: Session, caf_id: int | None) -> list[Convention]:
    """Those of a Caf (None: of all), with contracts, membership forms and groups."""
    whole = selectinload(Convention.contracts)
    query = select(Convention).options(whole.selectinload(Contract.adhesions), whole.selectinload(Contract.groups))
    query = query.order_by(Convention.structure, Convention.id)
    return list(session.scalars(query if caf_id is None else query.where(Convention.caf_id == caf_id)))


def get_convention(session: Session, convention_id: int) -> Convention | None:
    return session.get(Convention, convention_id)


def convention_of_siret(session: Session, siret: str) -> Convention | None:
    return session.scalar(select(Convention).where(Convention.siret == siret).limit(1))


def put_services(session: Session, contract: Contract, wanted: set[str], today: date) -> None:
    """Join these services from today on, leave the others yesterday; what was joined before stays as it was."""
    known = {adhesion.service: adhesion for adhesion in contract.adhesions}
    for service in wanted:
        if service not in known:
            contract.adhesions.append(Adhesion(service=service, starts_on=today))
        elif not known[service].period.holds(today):
            known[service].starts_on, known[service].ends_on = today, None
    for service, adhesion in known.items():
        if service not in wanted and adhesion.period.holds(today):
            adhesion.ends_on = today - timedelta(days=1)
    session.flush()


def joined_services(contract: Contract, today: date) -> set[str]:
    return {adhesion.service for adhesion in contract.adhesions if adhesion.period.holds(today)}


def get_group(session: Session, group_id: int) -> Group | None:
    """The group with its chain, its sites and its members, past ones too."""
    return session.scalar(
        select(Group)
        .where(Group.id == group_id)
        .options(
            joinedload(Group.contract).joinedload(Contract.convention),
            selectinload(Group.sites),
            selectinload(Group.memberships).joinedload(Membership.agent),
        )
    )


def list_groups(session: Session, caf_id: int | None) -> list[Group]:
    """The groups of a Caf (None: of all), by structure and name."""
    query = (
        select(Group)
        .join(Group.contract)
        .join(Contract.convention)
        .options(
            joinedload(Group.contract).joinedload(Contract.convention),
            joinedload(Group.manager),
            selectinload(Group.sites),
            selectinload(Group.memberships),
        )
        .order_by(Convention.structure, Group.name, Group.id)
    )
    return list(session.scalars(query if caf_id is None else query.where(Convention.caf_id == caf_id)))


def open_groups_of(session: Session, agent_id: int, today: date) -> list[Group]:
    """The groups whose rights the agent may use today."""
    return open_groups(session, [agent_id], today)[agent_id]


def open_groups(session: Session, agent_ids: Collection[int], today: date) -> dict[int, list[Group]]:
    """The same for many, asked once: agent -> groups by name."""
    chain = contains_eager(Membership.group).joinedload(Group.contract).joinedload(Contract.convention)
    query = select(Membership).join(Membership.group).where(Membership.agent_id.in_(agent_ids)).options(chain)
    found: dict[int, dict[int, Group]] = {agent_id: {} for agent_id in agent_ids}
    for row in session.scalars(query.order_by(Group.name, Group.id)):
        if all(period.holds(today) for period in (*row.group.chain, row.period)):
            found[row.agent_id][row.group_id] = row.group
    return {agent_id: list(groups.values()) for agent_id, groups in found.items()}


def add_member(
    session: Session, group: Group, agent_id: int, starts_on: date, ends_on: date | None, by_id: int
) -> Membership:
    """Put an existing agent into a group; sent twice it is done once.

    Raises HabilitationRefused: closed agent, dates the wrong way round, already a member in that time, another profile
    in that time (one profile per agent: faits.md).
    """
    agent = session.get(Agent, agent_id, with_for_update=True)
    wanted = Period(starts_on, ends_on)
    if agent is None or not agent.active:
        raise HabilitationRefused("Ce compte est fermé : il ne peut pas entrer dans un groupe.")
    if ends_on is not None and ends_on < starts_on:
        raise HabilitationRefused("Le dernier jour doit venir après le premier.")
    for other in _memberships_in(session, agent_id, wanted):
        if other.group_id == group.id:
            if (other.starts_on, other.ends_on) == (starts_on, ends_on):
                return other
            raise HabilitationRefused(f"{agent.display_name} est déjà dans ce groupe à ces dates.")
        if group.profile and other.group.profile and other.group.profile != group.profile:
            raise HabilitationRefused(
                f"{agent.display_name} a déjà le profil {other.group.profile} par le groupe « {other.group.name} ». "
                "Un agent a un seul profil à la fois : terminez d'abord cette appartenance."
            )
    row = Membership(group_id=group.id, agent_id=agent_id, starts_on=starts_on, ends_on=ends_on, added_by_id=by_id)
    session.add(row)
    session.flush()
    return row


def check_profile(session: Session, group: Group, profile: str | None, today: date) -> None:
    """Raises HabilitationRefused when giving this profile to the group would give one of its agents two."""
    for row in group.memberships:
        if row.ends_on is not None and row.ends_on < today:
            continue
        for other in _memberships_in(session, row.agent_id, row.period):
            if other.group_id != group.id and profile and other.group.profile not in {None, profile}:
                raise HabilitationRefused(
                    f"{row.agent.display_name} aurait deux profils : {profile} ici, {other.group.profile} par le "
                    f"groupe « {other.group.name} »."
                )


def _memberships_in(session: Session, agent_id: int, period: Period) -> list[Membership]:
    query = select(Membership).where(Membership.agent_id == agent_id).options(joinedload(Membership.group))
    return [row for row in session.scalars(query) if row.period.meets(period)]


def get_membership(session: Session, membership_id: int) -> Membership | None:
    return session.get(Membership, membership_id)


def end_membership(session: Session, row: Membership, last_day: date) -> None:
    """The agent is in the group until that day. One that has not begun yet never does; an ended one stays so."""
    if row.ends_on is None or row.ends_on > last_day:
        row.ends_on = last_day
        session.flush()


# ── charges ─────────────────────────────────────────────────────────────────────────────────────


def list_charges(session: Session, caf_id: int | None) -> list[Habilitation]:
    """The register of a Caf (None: of all): every charge ever held or asked for, the last first."""
    query = (
        select(Habilitation)
        .outerjoin(Habilitation.activity)
        .outerjoin(Activity.convention)
        .outerjoin(Habilitation.site)
        .options(joinedload(Habilitation.agent), joinedload(Habilitation.activity), joinedload(Habilitation.site))
        .options(joinedload(Habilitation.proposed_by), joinedload(Habilitation.validated_by))
        .options(joinedload(Habilitation.refused_by), joinedload(Habilitation.ended_by))
        .order_by(Habilitation.id.desc())
    )
    here = or_(Convention.caf_id == caf_id, Site.caf_id == caf_id)
    return list(session.scalars(query if caf_id is None else query.where(here)))


def get_charge(session: Session, charge_id: int) -> Habilitation | None:
    return session.get(Habilitation, charge_id)


def list_activities(session: Session, caf_id: int | None) -> list[Activity]:
    query = select(Activity).join(Activity.convention).order_by(Activity.name)
    return list(session.scalars(query if caf_id is None else query.where(Convention.caf_id == caf_id)))


def propose_charge(session: Session, wanted: Habilitation, by_id: int, now: datetime) -> Habilitation:
    """Write a charge down, to be validated by someone else; the same one again is the same.

    Raises HabilitationRefused when the limit of people is reached, or the dates are the wrong way round.
    """
    if wanted.ends_on is not None and wanted.ends_on < wanted.starts_on:
        raise HabilitationRefused("Le dernier jour doit venir après le premier.")
    others = _same_charge(session, wanted)
    for other in others:
        if other.agent_id == wanted.agent_id and other.period.meets(wanted.period):
            if (other.starts_on, other.ends_on) == (wanted.starts_on, wanted.ends_on):
                return other
            raise HabilitationRefused("Cette personne a déjà ce rôle à ces dates.")
    if too_many(wanted.charge_value, wanted.period, [other.period for other in others]):
        raise HabilitationRefused(_full(wanted.charge_value))
    wanted.proposed_by_id, wanted.proposed_at = by_id, now
    session.add(wanted)
    session.flush()
    return wanted


def _full(charge: Charge) -> str:
    most = "une personne" if charge.most == 1 else f"{charge.most} personnes"
    return f"{charge.label} : {most} au plus à la fois. Terminez d'abord un rôle, ou changez les dates."


def _same_charge(session: Session, wanted: Habilitation) -> list[Habilitation]:
    """The others of the same charge on the same activity or place, refused ones left out; the target is locked, so
    that two proposals for the last seat come one after the other."""
    table, number = (Activity, wanted.activity_id) if wanted.activity_id else (Site, wanted.site_id)
    session.get(table, number, with_for_update=True)
    query = select(Habilitation).where(Habilitation.charge == wanted.charge, Habilitation.refused_at.is_(None))
    return list(
        session.scalars(
            query.where(Habilitation.activity_id == wanted.activity_id, Habilitation.site_id == wanted.site_id)
        )
    )


def validate_charge(session: Session, row: Habilitation, by_id: int, now: datetime) -> None:
    """From now on it counts. Raises HabilitationRefused for who proposed it themselves (a second person: faits.md),
    or for one that is no more to be validated."""
    _still_asked(row)
    if row.proposed_by_id == by_id:
        raise HabilitationRefused(
            "Vous avez proposé ce rôle : une autre personne doit le valider, par exemple l'administrateur suppléant."
        )
    row.validated_by_id, row.validated_at = by_id, now
    session.flush()


def refuse_charge(session: Session, row: Habilitation, by_id: int, now: datetime) -> None:
    """Who proposed it may take it back so. Raises HabilitationRefused once it is validated."""
    _still_asked(row)
    row.refused_by_id, row.refused_at = by_id, now
    session.flush()


def _still_asked(row: Habilitation) -> None:
    if row.validated_at or row.refused_at:
        raise HabilitationRefused("Ce rôle a déjà sa réponse : regardez où il en est.")


def end_charge(session: Session, row: Habilitation, by_id: int, today: date, now: datetime) -> bool:
    """Held until yesterday, at the latest; again, it changes nothing: False."""
    if row.ended_at is not None or row.refused_at:
        return False
    row.ended_by_id, row.ended_at = by_id, now
    row.ends_on = min(row.ends_on or today, today - timedelta(days=1))
    session.flush()
    return True
