"""Sign-ins at unusual hours, from several machines, refused many times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from counter.control import Finding, Kind, Thresholds

SUNDAY = 6


@dataclass(frozen=True)
class SignIn:
    """`at` on the wall clock of the agent's site; `agent_id` None: it was refused."""

    agent_id: int | None
    at: datetime
    address: str


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
