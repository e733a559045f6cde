"""Collective sessions (ateliers): a date, a place, so many seats, and a waiting list in order."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

MAX_PLACES = 200


class Seat(StrEnum):
    """Where an enrolment stands."""

    ENROLLED = "inscrit"
    WAITING = "attente"
    CANCELLED = "annule"
    PRESENT = "present"
    ABSENT = "absent"

    @property
    def label(self) -> str:
        return {
            "inscrit": "inscrit",
            "attente": "en attente",
            "annule": "annulé",
            "present": "présent",
            "absent": "absent",
        }[self]

    @property
    def holds_a_place(self) -> bool:
        return self in {Seat.ENROLLED, Seat.PRESENT, Seat.ABSENT}


class WorkshopOver(Exception):
    """Nobody enrols in a session whose day has passed."""


class AlreadyMarked(Exception):
    """Presence was noted: the enrolment can no longer be cancelled."""


def check_open(day: date, today: date) -> None:
    """Raises WorkshopOver once the day of the session has passed."""
    if day < today:
        raise WorkshopOver()


def places_left(places: int, taken: int) -> int:
    """Never negative, even when places were taken away after people enrolled."""
    return max(0, places - taken)
