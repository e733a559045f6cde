"""The control plan: what in the use of the accounts should be looked at, and why (faits.md, « Control plan »)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby

from counter.dossiers import Purpose, profile_words
from counter.habilitations import Period
from counter.retention import months_before

LOOKED_BACK = timedelta(days=60)
SUNDAY = 6


class Family(StrEnum):
    """The three families of checks (faits.md, « Control plan »)."""

    PAPERS = "papiers"
    RIGHTS = "droits"
    SIGN_INS = "connexions"

    @property
    def label(self) -> str:
        return {"papiers": "Les papiers", "droits": "Les droits", "connexions": "Les connexions"}[self]


class Kind(StrEnum):
    PAPERS = "papier"
    MISSION = "mission"
    GROUPS = "groupes"
    PROFILES = "profils"
    ROTATION = "rotation"
    HOURS = "heures"
    MACHINES = "machines"
    REFUSED = "refus"
    NEVER = "jamais"
    INACTIVE = "inactif"

    @property
    def family(self) -> Family:
        if self is Kind.PAPERS:
            return Family.PAPERS
        return Family.RIGHTS if self in _ABOUT_RIGHTS else Family.SIGN_INS

    @property
    def label(self) -> str:
        return {
            "papier": "Un papier manque, ou n'est plus valable",
            "mission": "Un profil qui ne va pas avec la mission",
            "groupes": "Un agent dans plusieurs groupes",
            "profils": "Plusieurs profils",
            "rotation": "Des droits qui changent vite",
            "heures": "Connexion à une heure inhabituelle",
            "machines": "Plusieurs machines en peu de temps",
            "refus": "Beaucoup de connexions refusées",
            "jamais": "Compte jamais utilisé",
            "inactif": "Compte sans connexion depuis longtemps",
        }[self]

    @property
    def advice(self) -> str:
        return {
            "papier": "Demandez le papier, ou son renouvellement, puis écrivez ses dates ici. Sans papier, les droits "
            "s'arrêtent.",
            "mission": "Demandez à l'agent pourquoi. Si ce n'est pas son travail, changez le groupe ou le profil.",
            "groupes": "Un seul groupe suffit le plus souvent. Terminez l'appartenance qui ne sert plus.",
            "profils": "Un groupe a une mission, donc un profil ; un agent aussi. Deux missions ? Faites deux groupes, "
            "avec d'autres agents.",
            "rotation": "Demandez qui a décidé ces changements. Terminez les droits qui ne servent plus.",
            "heures": "Demandez à l'agent si c'était bien lui. Sinon, fermez le compte et changez le mot de passe.",
            "machines": "Demandez à l'agent s'il a changé de poste. Un mot de passe ne se prête pas.",
            "refus": "Cherchez quelle machine a cette adresse, et qui s'en servait. Personne ne le sait ? "
            "Prévenez la sécurité.",
            "jamais": "L'agent n'est pas arrivé, ou n'a pas reçu son mot de passe ? Donnez-en un autre, ou fermez le "
            "compte.",
            "inactif": "L'agent est parti ? Fermez le compte. Sinon, qu'il se connecte : sans connexion, le compte se "
            "ferme seul.",
        }[self]

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """How it can be dealt with."""
        if self is Kind.PAPERS:
            return (Reason.RENEWED, Reason.ASKED, Reason.CHECKED)
        if self.family is Family.RIGHTS:
            return (Reason.CHANGED, Reason.WANTED, Reason.EXPLAINED, Reason.TOLD)
        return (Reason.EXPLAINED, Reason.CHECKED, Reason.PASSWORD, Reason.CLOSED, Reason.TOLD)


_ABOUT_RIGHTS = (Kind.MISSION, Kind.GROUPS, Kind.PROFILES, Kind.ROTATION)


class Reason(StrEnum):
    """How a finding was dealt with. A code: nobody's name is written down."""

    EXPLAINED = "explique"
    CHECKED = "verifie"
    PASSWORD = "mot-de-passe"  # noqa: S105 not one
    CLOSED = "ferme"
    TOLD = "signale"
    RENEWED = "recu"
    ASKED = "demande"
    CHANGED = "droits"
    WANTED = "voulu"

    @property
    def label(self) -> str:
        return {
            "explique": "L'agent l'a expliqué",
            "verifie": "Vérifié avec son responsable",
            "mot-de-passe": "Mot de passe changé",
            "ferme": "Compte fermé",
            "signale": "Signalé à la sécurité",
            "recu": "Papier reçu ou renouvelé",
            "demande": "Papier demandé, en attente",
            "droits": "Droits changés",
            "voulu": "C'est voulu, et permis",
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
    never_days: int = 30
    paper_days: int = 60
    groups: int = 2
    rotations: int = 3
    rotation_days: int = 30


@dataclass(frozen=True)
class SignIn:
    """`at` on the wall clock of the agent's site; `agent_id` None: it was refused."""

    agent_id: int | None
    at: datetime
    address: str


@dataclass(frozen=True)
class Account:
    """An open account and its last sign-in; `used` False: there was none, and the day is that of its opening."""

    agent_id: int
    signed_in_on: date
    used: bool = True


@dataclass(frozen=True)
class Finding:
    """`key` is the same each time it is found, so that a decision lasts, and another one when the facts change: codes
    only, for the journal. `detail` is one plain sentence. The agent, the group or the convention to go to."""

    kind: Kind
    key: str
    on: date
    detail: str
    agent_id: int | None = None
    group_id: int | None = None
    convention_id: int | None = None


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


def never_used(account: Account, limits: Thresholds, today: date) -> bool:
    """Whether an account that was opened long enough ago was never used."""
    return not account.used and (today - account.signed_in_on).days >= limits.never_days


# ── papers ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Paper:
    """A convention, a contract or a membership form. `code` names it for the key, `label` in French (« Le bulletin
    d'adhésion Cdap »); `period` None: never received. `dated`: it must say from when it counts."""

    convention_id: int
    code: str
    label: str
    structure: str
    period: Period | None
    dated: bool = False


def paper_findings(
    papers: Iterable[Paper], limits: Thresholds, today: date, spoken: Callable[[date], str]
) -> list[Finding]:
    """What is missing, lapsed, or about to; what lapsed more than a year ago is history. `spoken` writes a date."""
    return [finding for paper in papers if (finding := _paper_finding(paper, limits, today, spoken))]


def _paper_finding(paper: Paper, limits: Thresholds, today: date, spoken: Callable[[date], str]) -> Finding | None:
    ends = paper.period.ends if paper.period else None
    if paper.period is None:
        code, on, what = "manque", today, "n'est pas là."
    elif paper.dated and paper.period.starts is None:
        code, on, what = "sans-date", today, "n'a pas de premier jour : écrivez la date du papier."
    elif ends is None or ends > today + timedelta(days=limits.paper_days) or ends < months_before(today, 12):
        return None
    elif ends < today:
        code, on, what = ends.isoformat(), ends, f"s'est terminé le {spoken(ends)}."
    else:
        code, on, what = ends.isoformat(), today, f"se termine le {spoken(ends)}."
    key = f"{Kind.PAPERS} {paper.convention_id} {paper.code} {code}"
    detail = f"{paper.structure} : {paper.label} {what}"
    return Finding(Kind.PAPERS, key, on, detail, convention_id=paper.convention_id)


# ── rights ──────────────────────────────────────────────────────────────────────────────────────

# What the mission of a profile asks for; our reading of the names of the profiles (profils.csv). Another purpose is
# not forbidden: it is asked about.
_MISSIONS = {
    "T1": {Purpose.SUPPORT, Purpose.REQUEST, Purpose.RESOURCES, Purpose.HOUSING, Purpose.PROTECTION},
    "T2": {Purpose.SUPPORT, Purpose.RESOURCES},
    "T4": {Purpose.SUPPORT, Purpose.REQUEST, Purpose.RESOURCES},
    "T5": {Purpose.SUPPORT, Purpose.REQUEST, Purpose.RESOURCES},
    "T6": {Purpose.REQUEST, Purpose.RESOURCES},
    "T8": {Purpose.REQUEST, Purpose.RESOURCES},
    "T9": {Purpose.SUPPORT, Purpose.REQUEST, Purpose.RESOURCES, Purpose.PROTECTION},
    "T10": {Purpose.HOUSING},
    "T11": {Purpose.SUPPORT, Purpose.REQUEST, Purpose.RESOURCES, Purpose.HOUSING},
    "T12": {Purpose.SUPPORT, Purpose.REQUEST, Purpose.RESOURCES},
    "T13": {Purpose.SUPPORT, Purpose.REQUEST, Purpose.RESOURCES, Purpose.HOUSING},
    "T14": {Purpose.REQUEST, Purpose.RESOURCES},
    "T15": {Purpose.REQUEST, Purpose.RESOURCES},
    "T16": {Purpose.SUPPORT, Purpose.HOUSING},
    "T18": {Purpose.REQUEST, Purpose.CONTROL},
    "T19": {Purpose.REQUEST, Purpose.RESOURCES, Purpose.CONTROL},
}


@dataclass(frozen=True)
class Opening:
    """A dossier that was opened: by whom, through which group, with which profile, what for."""

    agent_id: int
    group_id: int | None
    profile: str
    purpose: Purpose
    on: date


@dataclass(frozen=True)
class Place:
    """An agent in a group, open on the day of the control. `serves` False: a function that meets no one (référent)."""

    agent_id: int
    group_id: int
    group: str
    profile: str | None
    serves: bool = True


@dataclass(frozen=True)
class Given:
    """A right given: to whom, when it began, through which group; a charge has a `seat` (charge and target) too."""

    agent_id: int
    on: date
    group_id: int | None = None
    seat: str = ""


@dataclass(frozen=True)
class Profiled:
    """A group whose profile was changed, as the journal has it: codes in capitals, None for none."""

    group_id: int
    on: date
    profiles: tuple[str, ...]


def mission_findings(openings: Iterable[Opening], places: Iterable[Place], today: date) -> list[Finding]:
    """Dossiers opened for what the profile is not for; a profile held by who meets nobody."""
    odd: dict[tuple, list[date]] = defaultdict(list)
    for item in openings:
        if item.purpose not in _MISSIONS.get(item.profile, set()):
            odd[item.agent_id, item.group_id, item.profile, item.purpose].append(item.on)
    found = []
    for (agent_id, group_id, profile, purpose), days in odd.items():
        times = "1 dossier ouvert" if len(days) == 1 else f"{len(days)} dossiers ouverts"
        detail = f"{times} pour « {purpose.label} », avec le profil {profile_words(profile)}."
        key = f"{Kind.MISSION} {agent_id} {profile.lower()} {purpose} {max(days).isoformat()}"
        found.append(Finding(Kind.MISSION, key, max(days), detail, agent_id, group_id))
    for place in places:
        if place.profile and not place.serves:
            profile = profile_words(place.profile)
            detail = f"Un référent suit l'activité : il n'ouvre pas de dossier. Il a le profil {profile}."
            key = f"{Kind.MISSION} {place.agent_id} {place.profile.lower()} groupe {place.group_id}"
            found.append(Finding(Kind.MISSION, key, today, detail, place.agent_id, place.group_id))
    return found


def group_findings(places: Iterable[Place], limits: Thresholds, today: date) -> list[Finding]:
    """Agents in several groups, or with several profiles by them, on the day of the control."""
    held: dict[int, dict[int, Place]] = defaultdict(dict)
    for place in places:
        held[place.agent_id][place.group_id] = place
    found = []
    for agent_id, groups in held.items():
        profiles = {place.profile for place in groups.values() if place.profile}
        kind = Kind.PROFILES if len(profiles) > 1 else Kind.GROUPS
        if kind is Kind.PROFILES or len(groups) >= limits.groups:
            names = ", ".join(f"« {place.group} »" for _, place in sorted(groups.items()))
            several = f", {len(profiles)} profils" if len(profiles) > 1 else ""
            key = f"{kind} agent {agent_id} {'/'.join(map(str, sorted(groups)))}"[:80]
            found.append(Finding(kind, key, today, f"{len(groups)} groupes{several} : {names}.", agent_id))
    return found


def profile_findings(changes: Iterable[Profiled], names: dict[int, str]) -> list[Finding]:
    """Groups that had several profiles since they are looked back at."""
    by_group: dict[int, list[Profiled]] = defaultdict(list)
    for change in changes:
        by_group[change.group_id].append(change)
    found = []
    for group_id, theirs in by_group.items():
        profiles = list(dict.fromkeys(code for change in theirs for code in change.profiles))
        if len(profiles) > 1:
            last = max(change.on for change in theirs)
            group = names.get(group_id, f"n° {group_id}")
            detail = f"Le groupe « {group} » a eu {len(profiles)} profils : {', '.join(profiles)}."
            key = f"{Kind.PROFILES} groupe {group_id} {last.isoformat()}"
            found.append(Finding(Kind.PROFILES, key, last, detail, group_id=group_id))
    return found


def rotation_findings(given: Iterable[Given], limits: Thresholds) -> list[Finding]:
    """Who received many rights in a short time; a charge that went through many hands in a short time."""
    given = sorted(given, key=lambda item: item.on)
    by_agent, by_seat = defaultdict(list), defaultdict(list)
    for item in given:
        by_agent[item.agent_id].append(item)
        if item.seat:
            by_seat[item.seat].append(item)
    found = []
    for agent_id, theirs in by_agent.items():
        if fast := _fastest(theirs, limits, len):
            detail = f"{len(fast)} droits donnés en moins de {limits.rotation_days} jours."
            key = f"{Kind.ROTATION} agent {agent_id} {fast[-1].on.isoformat()}"
            found.append(Finding(Kind.ROTATION, key, fast[-1].on, detail, agent_id))
    for seat, theirs in by_seat.items():
        if fast := _fastest(theirs, limits, lambda some: len({item.agent_id for item in some})):
            people = len({item.agent_id for item in fast})
            detail = f"Le même rôle donné à {people} personnes en moins de {limits.rotation_days} jours."
            key = f"{Kind.ROTATION} role {seat} {fast[-1].on.isoformat()}"
            found.append(Finding(Kind.ROTATION, key, fast[-1].on, detail, fast[-1].agent_id))
    return found


def _fastest(items: list[Given], limits: Thresholds, count: Callable[[list[Given]], int]) -> list[Given]:
    """The last run of items within the days of the limit that is long enough; empty when there is none."""
    runs = ([i for i in items if last.on - timedelta(days=limits.rotation_days) < i.on <= last.on] for last in items)
    return next((run for run in reversed(list(runs)) if count(run) >= limits.rotations), [])
