"""A visit (accompagnement): from greeting to closing. Anonymous; only its steps are kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

STALE_AFTER = timedelta(hours=4)


class StepKind(StrEnum):
    DIAGNOSIS = "diagnostic"
    DEMARCHE = "demarche"
    APPOINTMENT = "rendez-vous"
    ATTESTATION = "attestation"
    WORKSHOP = "atelier"

    @property
    def label(self) -> str:
        return {
            "diagnostic": "Diagnostic",
            "demarche": "Démarche",
            "rendez-vous": "Rendez-vous",
            "attestation": "Attestation",
            "atelier": "Atelier",
        }[self]

    @property
    def icon(self) -> str:
        return {
            "diagnostic": "compass",
            "demarche": "footprints",
            "rendez-vous": "calendar-check",
            "attestation": "file-badge",
            "atelier": "presentation",
        }[self]


class Step(NamedTuple):
    """One thing done; `label` names it without naming anyone."""

    kind_value: StepKind
    label: str
    done_at: datetime


class InProgress(NamedTuple):
    """A visit that is not closed, and its steps in their order."""

    id: int
    started_at: datetime
    steps: list[Step]


class Nature(StrEnum):
    INFORMATION = "information"
    SUPPORT = "accompagnement"
    ORIENTATION = "orientation"
    APPOINTMENT = "rendez-vous"

    @property
    def label(self) -> str:
        return {
            "information": "Information",
            "accompagnement": "Accompagnement",
            "orientation": "Orientation",
            "rendez-vous": "Rendez-vous",
        }[self]

    @property
    def detail(self) -> str:
        return {
            "information": "J'ai répondu à une question.",
            "accompagnement": "Nous avons fait une démarche.",
            "orientation": "J'ai envoyé la personne vers un autre service.",
            "rendez-vous": "Un rendez-vous est pris.",
        }[self]

    @property
    def icon(self) -> str:
        return {
            "information": "info",
            "accompagnement": "footprints",
            "orientation": "signpost",
            "rendez-vous": "calendar-check",
        }[self]


class Solved(StrEnum):
    YES = "oui"
    NO = "non"

    @property
    def label(self) -> str:
        return {"oui": "Oui, c'est réglé", "non": "Non, il reste à faire"}[self]

    @property
    def icon(self) -> str:
        return {"oui": "circle-check", "non": "circle-ellipsis"}[self]


class NoVisit(Exception):
    """There is no visit in progress to close."""


def is_stale(started_at: datetime, now: datetime) -> bool:
    """A visit left open this long was forgotten: it is closed without nature or outcome."""
    return now - started_at > STALE_AFTER


def by_kind(steps: Iterable[Step]) -> dict[StepKind, list[Step]]:
    """What was done, kind by kind: the kind done last comes last."""
    done: dict[StepKind, list[Step]] = {}
    for step in steps:
        done[step.kind_value] = [*done.pop(step.kind_value, ()), step]
    return done


def minutes_since(started_at: datetime, now: datetime) -> int:
    """Whole minutes, never negative."""
    return max(0, int((now - started_at).total_seconds() // 60))


def suggested_nature(kinds: list[StepKind]) -> Nature:
    """The nature ticked in advance, from what was done: the most engaging step wins."""
    if StepKind.APPOINTMENT in kinds:
        return Nature.APPOINTMENT
    if StepKind.DEMARCHE in kinds:
        return Nature.SUPPORT
    if StepKind.DIAGNOSIS in kinds:
        return Nature.ORIENTATION
    return Nature.INFORMATION
