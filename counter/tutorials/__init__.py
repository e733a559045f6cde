"""The guided démarches: what a sheet is (types), how it is read (loader) and drawn (pictures).

One Markdown file in `content/` is one sheet. The format is explained for writers in
`docs/tutoriels.md`; the loader refuses what does not follow it, naming file and line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

THEMES = {
    "naviguer": "Naviguer sur caf.fr",
    "mon-compte": "Mon Compte",
    "appli": "L'application mobile",
    "demander": "Demander une aide",
    "changer": "Déclarer un changement",
    "ressources": "Déclarer mes ressources",
    "bons-reflexes": "Les bons réflexes",
    "famille": "La famille",
    "accompagnement": "Être accompagné",
    "tuteurs": "Les tuteurs",
    "partenaires": "Les partenaires",
    "bailleurs": "Les bailleurs",
    "elus": "Les élus",
}
AUDIENCES = ("usager", "tuteur", "partenaire", "bailleur", "élu")
TOPICS = (
    "situation",
    "non-allocataire",
    "suivi",
    "documents",
    "renseignement",
    "dette",
    "numerique",
    "naissance",
    "difficultes",
    "handicap",
    "logement",
    "aide-financiere",
)
SCREENS = ("page", "formulaire", "menu", "message", "telephone", "papier")
PLACES = ("haut-gauche", "haut-droite", "centre", "bas")


@dataclass(frozen=True)
class Picture:
    """What stands beside a step: an icon, or the schema of a screen.

    `screen` is one of SCREENS, or None when the picture is the icon alone.
    `text` is the alternative text, always present.
    """

    text: str
    icon: str | None = None
    screen: str | None = None
    shows: str = ""
    place: str = "centre"
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """One action of the reader. `sentences` are plain French, `**bold**` allowed, one each."""

    title: str
    picture: Picture
    sentences: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Tutorial:
    """A sheet, ready to be shown. `minutes` is the time it takes, `checked_on` the date its
    source document bears (never the day the sheet was written)."""

    slug: str
    title: str
    theme: str
    audience: str
    channel: str
    summary: str
    for_whom: tuple[str, ...]
    minutes: int
    icon: str
    bring: tuple[str, ...]
    address: str
    path: str
    motif_topic: str
    synonyms: tuple[str, ...]
    source: str
    checked_on: date
    proofread_by: str
    next: tuple[str, ...]
    stuck: tuple[str, ...]
    follow_ups: tuple[str, ...]
    steps: tuple[Step, ...]
