"""Guiding through a sheet: who looks at the screen, what is ticked, a démarche put on hold, a sheet that ages."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from counter.tutorials import Tutorial

HELD_DAYS = 30
STALE_MONTHS = 12


class View(StrEnum):
    """Who looks at the screen: one large step, or all of them with what to say."""

    PERSON = "personne"
    AGENT = "agent"


class Outcome(StrEnum):
    """How a démarche ends for today."""

    DONE = "faite"
    LATER = "a-finir"

    @property
    def label(self) -> str:
        return {"faite": "faite", "a-finir": "à finir plus tard"}[self]


class ReportReason(StrEnum):
    """What an agent found wrong in a sheet."""

    BUTTON = "bouton"
    TEXT = "texte"
    LINK = "lien"
    OTHER = "autre"

    @property
    def label(self) -> str:
        return {
            "bouton": "Bouton introuvable",
            "texte": "Texte faux",
            "lien": "Lien mort",
            "autre": "Autre chose",
        }[self]

    @property
    def icon(self) -> str:
        return {"bouton": "mouse-pointer-click", "texte": "type", "lien": "unlink", "autre": "circle-ellipsis"}[self]


class WrongCode(Exception):
    """No démarche is on hold under this code, or no longer: never says which."""


@dataclass(frozen=True)
class Guiding:
    """What is remembered of the guiding while a person is served; nothing in it tells who.

    `visit` is the id of the visit it belongs to, None while none is open. `ticks` gives, by sheet, the marks of
    the things at hand; `started` the sheets already counted; `booklet` those to print together, in order;
    `held` the row of the démarche that a code opened, by sheet; `paper` what the paper of the last code says.
    """

    visit: int | None = None
    view: View = View.PERSON
    ticks: dict[str, list[str]] = field(default_factory=dict)
    started: list[str] = field(default_factory=list)
    booklet: list[str] = field(default_factory=list)
    held: dict[str, int] = field(default_factory=dict)
    paper: dict | None = None

    def for_visit(self, visit: int | None) -> Guiding:
        """The same for the same visit, blank for another one. What was begun before the visit was opened is its."""
        if self.visit is not None and visit != self.visit:
            return Guiding(visit)
        return replace(self, visit=visit)


def mark_of(item: str) -> str:
    """Eight letters that stand for a thing to have at hand: they hold as long as its words do."""
    return hashlib.blake2b(item.encode(), digest_size=4).hexdigest()


def known_marks(tutorial: Tutorial, marks: Iterable[str]) -> list[str]:
    """Those of the marks that are things of this sheet, in its order, each once."""
    given = set(marks)
    return [mark for mark in map(mark_of, tutorial.bring) if mark in given]


def missing(tutorial: Tutorial, marks: Iterable[str]) -> list[str]:
    """The things of the sheet that are not ticked."""
    given = set(marks)
    return [item for item in tutorial.bring if mark_of(item) not in given]


@dataclass(frozen=True)
class Resumed:
    """Where a démarche goes on. `step` 0 is before the first one; `changed` when the sheet is no longer what it was."""

    step: int
    marks: list[str]
    changed: bool


def resume(tutorial: Tutorial, step: int, marks: list[str]) -> Resumed:
    """The kept step in the sheet as it stands now: the last one when the sheet has become shorter."""
    kept = known_marks(tutorial, marks)
    here = min(step, len(tutorial.steps))
    return Resumed(here, kept, changed=here != step or len(kept) != len(set(marks)))


def held_until(today: date) -> date:
    """The last day on which the code given today opens the démarche."""
    return today + timedelta(days=HELD_DAYS)


def months_since(day: date, today: date) -> int:
    """Whole months from `day` to `today`."""
    return (today.year - day.year) * 12 + today.month - day.month - (today.day < day.day)


def is_stale(checked_on: date, today: date) -> bool:
    """Whether a sheet was last checked more than twelve months ago (to the day it is still fresh)."""
    months = months_since(checked_on, today)
    return months > STALE_MONTHS or (months == STALE_MONTHS and today.day != checked_on.day)


def demarche_label(title: str, outcome: Outcome) -> str:
    """How the visit tells a démarche."""
    return f"Démarche : {title} ({outcome.label})"
