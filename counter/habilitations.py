"""Habilitations, as the Caf's partner portal has them: convention → contract → group → membership → agent.

An agent has rights only through groups, one profile at a time, and each link of the chain counts only between its own
dates (faits.md, "Partner accounts, groups and profiles"). Profiles and their names: cdap_profils.csv.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from counter.access import Permission, Role, may

# cdap_profils.csv; T3, T7 and T17 do not exist there.
PROFILES = ("T1", "T2", "T4", "T5", "T6", "T8", "T9", "T10", "T11", "T12", "T13", "T14", "T15", "T16", "T18", "T19")


class Service(StrEnum):
    """What a structure joins, by one membership form (bulletin d'adhésion) each."""

    CDAP = "cdap"
    AFAS = "afas"
    ADONIS = "adonis"
    LANDLORD = "espace-bailleur"
    DGFIP = "dgfip"

    @property
    def label(self) -> str:
        return {
            "cdap": "Cdap : consulter les dossiers",
            "afas": "Afas : déclarer l'activité et les comptes",
            "adonis": "Adonis : aide à domicile",
            "espace-bailleur": "Espace bailleur",
            "dgfip": "Dgfip : revenus de l'impôt",
        }[self]

    @property
    def short_label(self) -> str:
        return self.label.split(" :")[0]


class Mobility(StrEnum):
    """Whether an agent works at one fixed desk or at several."""

    FIXED = "sedentaire"
    MOVING = "itinerant"

    @property
    def label(self) -> str:
        return {"sedentaire": "Sédentaire : un seul lieu", "itinerant": "Itinérant : plusieurs lieux"}[self]


class Seat(StrEnum):
    """The two seats of administrator."""

    MAIN = "principal"
    DEPUTY = "suppleant"

    @property
    def label(self) -> str:
        return {"principal": "Administrateur principal", "suppleant": "Administrateur suppléant"}[self]


@dataclass(frozen=True)
class Period:
    """From the first day to the last, both included; None: without limit on that side."""

    starts: date | None = None
    ends: date | None = None

    def holds(self, day: date) -> bool:
        return (self.starts is None or self.starts <= day) and (self.ends is None or day <= self.ends)

    def meets(self, other: Period) -> bool:
        """Whether the two have a day in common."""
        return (self.starts is None or other.ends is None or self.starts <= other.ends) and (
            other.starts is None or self.ends is None or other.starts <= self.ends
        )


@dataclass(frozen=True)
class Link:
    """One membership with all it hangs on. `periods`: convention, contract, group and membership. `services` are
    those of the group that the structure has joined on the day asked for."""

    membership_id: int
    group_id: int
    profile: str | None
    site_ids: frozenset[int]
    services: frozenset[Service]
    since: date
    periods: tuple[Period, ...]

    def holds(self, day: date) -> bool:
        return all(period.holds(day) for period in self.periods)


@dataclass(frozen=True)
class Rights:
    """What an agent may do on a day. `profile` is a code of PROFILES, None: no dossier at all. `group_id` None: in no
    open group. `managed` are the groups to which they may add agents, as responsable des habilitations."""

    profile: str | None = None
    group_id: int | None = None
    site_ids: frozenset[int] = frozenset()
    roles: frozenset[Role] = frozenset()
    services: frozenset[Service] = frozenset()
    managed: frozenset[int] = frozenset()


NO_RIGHTS = Rights()


def current_link(links: Iterable[Link], today: date, chosen: int | None = None) -> Link | None:
    """The group an agent works for now: the chosen one while it is open, else the oldest with a profile, else the
    oldest. Only one counts at a time, so that one profile at a time does."""
    held = [link for link in links if link.holds(today)]
    held.sort(key=lambda link: (link.group_id != chosen, link.profile is None, link.since, link.membership_id))
    return held[0] if held else None


def rights_from(
    function: Role,
    agent_period: Period,
    links: Iterable[Link],
    managed: Iterable[int],
    today: date,
    chosen: int | None = None,
) -> Rights:
    """Rights come from the group alone; an administrator administers without one, and does nothing else.

    `function` is the agent's own (what they are hired for); it becomes a role only in an open group.
    """
    if not agent_period.holds(today):
        return NO_RIGHTS
    roles = {Role.ADMINISTRATOR} if function is Role.ADMINISTRATOR else set()
    managed = frozenset(managed)
    if managed:
        roles.add(Role.MANAGER)
    link = current_link(links, today, chosen)
    if link is None:
        return Rights(roles=frozenset(roles), managed=managed)
    roles.add(function)
    profile = link.profile if Service.CDAP in link.services else None
    return Rights(profile, link.group_id, link.site_ids, frozenset(roles), link.services, managed)


WITHOUT_GROUP = frozenset({Permission.ADMINISTER, Permission.HABILITATE, Permission.MONITOR})


def may_with(rights: Rights, permission: Permission) -> bool:
    """Whether these rights hold the permission. Whoever is signed in sees their own account; what touches the people
    who are served needs a group, even of an administrator."""
    if permission in {Permission.PUBLIC, Permission.SIGNED_IN}:
        return True
    if rights.group_id is None and permission not in WITHOUT_GROUP:
        return False
    return any(may(role, permission) for role in rights.roles)


def siret_fault(siret: str) -> str | None:
    """What is wrong with a SIRET (14 digits, spaces removed), in French; None when it will do.

    Luhn's sum, except for the establishments of La Poste (SIREN 356 000 000), whose digits add up to a multiple of 5.
    """
    if not (siret.isascii() and siret.isdigit() and len(siret) == 14):
        return "Un numéro SIRET a 14 chiffres."
    if siret == "0" * 14:
        return "Ce numéro SIRET n'existe pas : il n'a que des zéros."
    if _luhn(siret) % 10 == 0 or (siret.startswith("356000000") and sum(map(int, siret)) % 5 == 0):
        return None
    return "Ce numéro SIRET ne va pas : un chiffre est faux, ou deux chiffres sont inversés."


def _luhn(digits: str) -> int:
    total = 0
    for rank, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if rank % 2 else 1)
        total += value - 9 if value > 9 else value
    return total


class Charge(StrEnum):
    """What a person answers for, on an activity or a place (AFAS)."""

    FDA = "fda"
    FDF = "fdf"
    FDI = "fdi"
    APPROVER = "approbateur"

    @property
    def label(self) -> str:
        return {
            "fda": "Fournisseur de données d'activité (FDA)",
            "fdf": "Fournisseur de données financières (FDF)",
            "fdi": "Fournisseur de données par import (FDI)",
            "approbateur": "Approbateur",
        }[self]

    @property
    def short_label(self) -> str:
        return "Approbateur" if self is Charge.APPROVER else self.name

    @property
    def most(self) -> int:
        """How many people may hold it at once for one activity or place."""
        return {"fda": 2, "fdf": 2, "fdi": 1, "approbateur": 1}[self]


class ChargeState(StrEnum):
    PROPOSED = "proposee"
    COMING = "a-venir"
    COUNTS = "active"
    ENDED = "terminee"
    REFUSED = "refusee"

    @property
    def label(self) -> str:
        return {
            "proposee": "À valider",
            "a-venir": "Validé, à venir",
            "active": "Actif",
            "terminee": "Terminé",
            "refusee": "Refusé",
        }[self]


def charge_state(period: Period, validated: bool, refused: bool, today: date) -> ChargeState:
    """A charge counts only once a second person has validated it, and between its dates."""
    if refused:
        return ChargeState.REFUSED
    if period.ends is not None and period.ends < today:
        return ChargeState.ENDED
    if not validated:
        return ChargeState.PROPOSED
    return ChargeState.COUNTS if period.holds(today) else ChargeState.COMING


def too_many(charge: Charge, wanted: Period, held: Iterable[Period]) -> bool:
    """Whether one more would pass the limit on some day. `held` are the periods of the others, those still to be
    validated included: two proposals for one seat would both be right otherwise."""
    held = [period for period in held if period.meets(wanted)]
    # The number held at once changes only where a period starts: those days are enough to look at.
    starts = {period.starts or date.min for period in (*held, wanted)}
    days = [day for day in starts if wanted.holds(day)]
    return any(sum(period.holds(day) for period in held) >= charge.most for day in days)


class HabilitationRefused(ValueError):
    """What was asked is against a rule; the message is a French sentence for the person who asked."""
