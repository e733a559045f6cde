"""Rights that do not fit, that are too many, or that change fast."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from counter.control import Finding, Kind, Thresholds
from counter.dossiers import Purpose, profile_words

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
