"""The guided démarches: what a sheet is (types), how it is read (loader) and drawn (pictures).

One Markdown file in `content/` is one sheet; `content/communs/` holds the steps and the helps that several
sheets share, `glossaire/` the words the app explains. The format is told to writers in `docs/tutoriels.md`;
what does not follow it is refused, naming file and line.
"""

from __future__ import annotations

import re
import unicodedata
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
HELPS = (  # the keys of `aides`: their sentences are in content/communs/aides.yaml
    "agent",
    "3230",
    "rendez-vous",
    "atelier",
    "borne",
    "mail",
    "mdph",
    "travailleur-social",
    "administrateur",
    "caf-partenaires",
)


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
    """One action of the reader. `sentences` are plain French, `**bold**` allowed, one each.

    `file` and `line` say where it is written: an included step is in another file than its sheet.
    `agent_note` is what the agent says or checks, never shown to the visitor; empty when there is nothing.
    """

    title: str
    picture: Picture
    sentences: tuple[str, ...]
    line: int
    file: str = ""
    agent_note: str = ""


@dataclass(frozen=True)
class Word:
    """An entry of the glossary: a hard word, its other spellings, two plain sentences and an example."""

    word: str
    also: tuple[str, ...]
    explanation: tuple[str, ...]
    example: str
    file: str
    line: int

    @property
    def anchor(self) -> str:
        """Its place on the page of the glossary, and in the addresses that lead there."""
        return "mot-" + "-".join(re.findall(r"[a-z0-9]+", unaccented(self.word)))

    @property
    def other_names(self) -> tuple[str, ...]:
        """What else it is called: neither its plural, nor its feminine, nor its verb."""
        return tuple(name for name in self.also if unaccented(name)[:3] != unaccented(self.word)[:3])


def unaccented(text: str) -> str:
    """Small letters without accents: a French dictionary sorts by them."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    return "".join(c for c in plain if not unicodedata.combining(c))


@dataclass(frozen=True)
class Tutorial:
    """A sheet, ready to be shown. `minutes` is the time it takes, `checked_on` the date its
    source document bears (never the day the sheet was written).

    Who helps: `stuck` is what this sheet alone says, `helps` the sentences of the shared helps it names
    in `help_keys` (see HELPS). A page shows both, `stuck` first.
    """

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
    help_keys: tuple[str, ...] = ()
    helps: tuple[str, ...] = ()
