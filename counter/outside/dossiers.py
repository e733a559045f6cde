"""Where dossiers are copied from. The Caf publishes no service for it: only the demonstration has a source."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Protocol

from counter.dossiers import normal_name
from counter.outside.fictitious_dossiers import fictitious_dossiers

DEMONSTRATION_SOURCE = "Démonstration, données fictives"


class Source(Protocol):
    """A service that gives one dossier for a name and a number together, and never a list."""

    name: str

    def fetch(self, department: str, name: str, number: str) -> dict | None:
        """The dossier, or None: nothing says whether the name or the number was wrong."""


class FictitiousSource:
    """The dossiers of the demonstration, as they are on the day they are asked for."""

    name = DEMONSTRATION_SOURCE

    def __init__(self, today: Callable[[], date]):
        self._today = today

    def fetch(self, department: str, name: str, number: str) -> dict | None:
        for content in fictitious_dossiers(self._today()):
            if (content["departement"], content["numero"]) == (department, number) and name in names_of(content):
                return content
        return None


def names_of(content: dict) -> set[str]:
    """The names that open a dossier: the responsible person's and their spouse's."""
    people = [content["responsable"], *([content["conjoint"]] if content.get("conjoint") else [])]
    return {normal_name(person["nom"]) for person in people}
