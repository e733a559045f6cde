"""A person asks what is kept about them, or asks for it to be erased: who they are, and how sure the match is."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Match(StrEnum):
    """Why something was found."""

    SURE = "sur"
    SAME_NAME = "nom"
    RELATIVE = "proche"
    MEMBER = "membre"

    @property
    def label(self) -> str:
        return {
            "sur": "Même nom, même jour de naissance",
            "nom": "Même nom, sans jour de naissance : vérifiez",
            "proche": "Le nom est celui du proche à prévenir",
            "membre": "Le nom est celui d'un membre de la famille : vérifiez",
        }[self]


@dataclass(frozen=True)
class Asked:
    """Who asks. Counter never keeps the year of birth."""

    first_name: str
    last_name: str
    birth_day: int
    birth_month: int

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def match(self, person: dict) -> Match | None:
        """How a person as it is kept (ContactForm.person, EnrolForm.person) matches, None when it does not."""
        if plain(f"{person['first_name']} {person['last_name']}") == plain(self.name):
            birth = person.get("birth_day"), person.get("birth_month")
            if birth == (None, None):
                return Match.SAME_NAME
            return Match.SURE if birth == (self.birth_day, self.birth_month) else None
        return Match.RELATIVE if self.is_named(person.get("contact_name", "")) else None

    def is_named(self, text: str) -> bool:
        """Whether a name written in one line, in either order, is theirs."""
        return bool(text) and sorted(plain(text).split()) == sorted(plain(self.name).split())

    def is_among(self, text: str) -> bool:
        """Whether a name as the Caf writes it, with every first name, may be theirs."""
        return set(plain(self.name).split()) <= set(plain(text).split())


def plain(name: str) -> str:
    """Without case, accents, hyphens or apostrophes: « Jean-Noël » is « jean noel »."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
    return " ".join(kept.split())
