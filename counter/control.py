"""The control plan: what in the use of the accounts should be looked at, and why (faits.md, « Control plan »)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby

from counter.retention import months_before

LOOKED_BACK = timedelta(days=60)
SUNDAY = 6


class Kind(StrEnum):
    HOURS = "heures"
    MACHINES = "machines"
    REFUSED = "refus"
    INACTIVE = "inactif"

    @property
    def label(self) -> str:
        return {
            "heures": "Connexion à une heure inhabituelle",
            "machines": "Plusieurs machines en peu de temps",
            "refus": "Beaucoup de connexions refusées",
            "inactif": "Compte sans connexion depuis longtemps",
        }[self]

    @property
    def advice(self) -> str:
        return {
            "heures": "Demandez à l'agent si c'était bien lui. Sinon, fermez le compte et changez le mot de passe.",
            "machines": "Demandez à l'agent s'il a changé de poste. Un mot de passe ne se prête pas.",
            "refus": "Cherchez quelle machine a cette adresse, et qui s'en servait. Personne ne le sait ? "
            "Prévenez la sécurité.",
            "inactif": "L'agent est parti ? Fermez le compte. Sinon, qu'il se connecte : sans connexion, le compte se "
            "ferme seul.",
        }[self]


class Reason(StrEnum):
    """How a finding was dealt with. A code: nobody's name is written down."""

    EXPLAINED = "explique"
    CHECKED = "verifie"
    PASSWORD = "mot-de-passe"  # noqa: S105 not one
    CLOSED = "ferme"
    TOLD = "signale"

    @property
    def label(self) -> str:
        return {
            "explique": "L'agent l'a expliqué",
            "verifie": "Vérifié avec son responsable",
            "mot-de-passe": "Mot de passe changé",
            "ferme": "Compte fermé",
            "signale": "Signalé à la sécurité",
        }[self]


@dataclass(frozen=True)
class Thresholds:
    """Hours of the day, counts, minutes, months and days, as the settings have them."""

    opens: int = 7
    closes: int = 20
    machines: int = 3
    minutes: int = 60
    refused: int = 20
    inactive_months: int = 6
    notice_days: int = 30


@dataclass(frozen=True)
class SignIn:
    """`at` on the wall clock of the agent's site; `agent_id` None: it was refused."""

    agent_id: int | None
    at: datetime
    address: str


@dataclass(frozen=True)
class Account:
    """An open account and its last sign-in."""

    agent_id: int
    signed_in_on: date


@dataclass(frozen=True)
class Finding:
    """`key` is the same each time it is found, so that a decision lasts. `detail` is one plain sentence."""

    kind: Kind
    key: str
    on: date
    detail: str
    agent_id: int | None = None


def findings(sign_ins: Iterable[SignIn], limits: Thresholds) -> list[Finding]:
    """What the sign-ins show, the newest first; at most one finding of a kind for an agent and a day."""
    made = sorted(sign_ins, key=lambda item: (item.agent_id or 0, item.address if not item.agent_id else "", item.at))
    found: list[Finding] = []
    for agent_id, group in groupby(made, key=lambda item: item.agent_id):
        theirs = list(group)
        found += _refused(theirs, limits) if agent_id is None else [*_hours(theirs, limits), *_machines(theirs, limits)]
    return sorted(found, key=lambda item: (item.on, item.key), reverse=True)


def _hours(theirs: list[SignIn], limits: Thresholds) -> Iterator[Finding]:
    for day, group in groupby(theirs, key=lambda item: item.at.date()):
        odd = [item for item in group if day.weekday() == SUNDAY or not limits.opens <= item.at.hour < limits.closes]
        if odd:
            when = f"{'le dimanche ' if day.weekday() == SUNDAY else ''}à {_hour(odd[0].at)}"
            yield _finding(Kind.HOURS, odd[0], f"Connexion {when}.")


def _machines(theirs: list[SignIn], limits: Thresholds) -> Iterator[Finding]:
    told: set[date] = set()
    for index, last in enumerate(theirs):
        since = last.at - timedelta(minutes=limits.minutes)
        places = {item.address for item in theirs[: index + 1] if item.at >= since and item.address}
        if len(places) >= limits.machines and last.at.date() not in told:
            told.add(last.at.date())
            yield _finding(Kind.MACHINES, last, f"{len(places)} machines en moins de {limits.minutes} minutes.")


def _refused(refusals: list[SignIn], limits: Thresholds) -> Iterator[Finding]:
    for (address, day), group in groupby(refusals, key=lambda item: (item.address, item.at.date())):
        tries = len(list(group))
        if tries >= limits.refused:
            key = f"{Kind.REFUSED} {address} {day.isoformat()}"
            yield Finding(Kind.REFUSED, key, day, f"{tries} connexions refusées depuis la machine {address}.")


def _finding(kind: Kind, item: SignIn, detail: str) -> Finding:
    day = item.at.date()
    return Finding(kind, f"{kind} {item.agent_id} {day.isoformat()}", day, detail, item.agent_id)


def _hour(at: datetime) -> str:
    return f"{at.hour} h {at.minute:02d}"


# ── accounts nobody uses ────────────────────────────────────────────────────────────────────────


def closes_on(account: Account, limits: Thresholds) -> date:
    """The day an account that stays unused is closed."""
    day = account.signed_in_on
    while months_before(day, limits.inactive_months) < account.signed_in_on:
        day += timedelta(days=1)
    return day


def is_warned_on(account: Account, limits: Thresholds, today: date) -> bool:
    """Whether its closing is to be announced by now."""
    return today >= closes_on(account, limits) - timedelta(days=limits.notice_days)


def is_to_close(account: Account, warned_on: date | None, limits: Thresholds, today: date) -> bool:
    """Whether it is closed today: unused long enough, and announced long enough ago."""
    announced = warned_on is not None and (today - warned_on).days >= limits.notice_days
    return announced and today >= closes_on(account, limits)
