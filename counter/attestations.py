"""An attestation as a value: number, kind, frozen facts, wording version, when and by whom.

The facts are what is signed. Wordings are dated files in `counter/pdf/wordings/`: an old attestation
is re-rendered with the words it was issued with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    VISIT = "passage"
    APPOINTMENT = "rendez-vous"

    @property
    def label(self) -> str:
        return {"passage": "Attestation de passage", "rendez-vous": "Attestation de rendez-vous"}[self]

    @property
    def detail(self) -> str:
        return {
            "passage": "La personne est venue aujourd'hui.",
            "rendez-vous": "La personne a un rendez-vous avec la Caf.",
        }[self]

    @property
    def icon(self) -> str:
        return {"passage": "footprints", "rendez-vous": "calendar-check"}[self]


class Verdict(StrEnum):
    """What /verifier says of a paper."""

    AUTHENTIC = "authentique"
    CHANGED = "modifiee"
    UNKNOWN = "inconnue"
    SPECIMEN = "specimen"


class Since(StrEnum):
    """What became of the appointment a paper speaks of, after the paper was issued."""

    MOVED = "deplace"
    CANCELLED = "annule"

    @property
    def label(self) -> str:
        return {"deplace": "mais le rendez-vous a changé", "annule": "mais le rendez-vous est annulé"}[self]

    @property
    def detail(self) -> str:
        return {
            "deplace": "Depuis, ce rendez-vous a été déplacé. Il n'a plus lieu comme le papier le dit : demandez une "
            "attestation plus récente.",
            "annule": "Depuis, ce rendez-vous a été annulé. Il n'aura pas lieu.",
        }[self]

    @property
    def icon(self) -> str:
        return {"deplace": "calendar-sync", "annule": "calendar-x"}[self]


@dataclass(frozen=True)
class Attestation:
    """`facts` maps short names to texts, in the order they are printed; all are signed."""

    number: str
    kind: Kind
    wording: str
    issued_on: date
    structure: str
    place: str
    facts: dict[str, str]
    specimen: bool = False

    def signed_content(self) -> list:
        """What the signature covers, in a fixed order and in plain types."""
        return [
            1,
            self.number,
            str(self.kind),
            self.wording,
            self.issued_on.isoformat(),
            self.structure,
            self.place,
            [[name, value] for name, value in self.facts.items()],
            self.specimen,
        ]

    @classmethod
    def from_signed_content(cls, content: list) -> Attestation:
        """The attestation a QR code carries. Raises ValueError for another shape or version."""
        try:
            version, number, kind, wording, issued_on, structure, place, facts, specimen = content
            if version != 1:
                raise ValueError(f"version {version}")
            return cls(
                number,
                Kind(kind),
                wording,
                date.fromisoformat(issued_on),
                structure,
                place,
                {str(name): str(value) for name, value in facts},
                bool(specimen),
            )
        except (TypeError, ValueError) as error:
            raise ValueError("not an attestation of this application") from error


def number_of(year: int, rank: int) -> str:
    """`2026-000042`: without gaps, by structure and year."""
    return f"{year}-{rank:06d}"


def parse_number(typed: str) -> tuple[int, int] | None:
    """(year, rank) of a typed number, None when it cannot be one."""
    digits = "".join(c for c in typed if c in "0123456789")
    if len(digits) != 10:
        return None
    return int(digits[:4]), int(digits[4:])
