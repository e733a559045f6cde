"""An attestation as a value: number, kind, frozen facts, wording version, when and by whom.

The facts are what is signed. Wordings are dated files in `counter/pdf/wordings/`: an old attestation
is re-rendered with the words it was issued with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from string import Formatter
from uuid import UUID, uuid5


class Kind(StrEnum):
    """What a paper states. The structure says the first five itself; the `relayed` ones copy what the Caf (or the MSA)
    answered, with its source and its date.

    `typed` facts are written by the agent and may be corrected in a new paper; the others come from what is kept here.
    """

    VISIT = "passage"
    SUPPORT = "accompagnement"
    APPOINTMENT = "rendez-vous"
    PRESENCE = "presence"
    WORKSHOP = "atelier"
    QUOTIENT = "quotient"
    PAYMENT = "paiement"

    @property
    def relayed(self) -> bool:
        return self in {Kind.QUOTIENT, Kind.PAYMENT}

    @property
    def label(self) -> str:
        return {
            "passage": "Attestation de passage",
            "accompagnement": "Attestation d'accompagnement",
            "rendez-vous": "Attestation de rendez-vous",
            "presence": "Attestation de présence",
            "atelier": "Attestation de participation",
            "quotient": "Attestation de quotient familial",
            "paiement": "Attestation de paiement",
        }[self]

    @property
    def detail(self) -> str:
        return {
            "passage": "La personne est venue aujourd'hui.",
            "accompagnement": "Nous avons aidé la personne pour une démarche.",
            "rendez-vous": "La personne a un rendez-vous avec la Caf.",
            "presence": "La personne est venue à son rendez-vous, de telle heure à telle heure.",
            "atelier": "La personne a participé à un atelier.",
            "quotient": "La Caf ou la MSA a donné ce quotient familial.",
            "paiement": "La Caf a payé ces prestations, un mois.",
        }[self]

    @property
    def icon(self) -> str:
        return {
            "passage": "footprints",
            "accompagnement": "handshake",
            "rendez-vous": "calendar-check",
            "presence": "user-round-check",
            "atelier": "presentation",
            "quotient": "users-round",
            "paiement": "euro",
        }[self]

    @property
    def typed(self) -> dict[str, str]:
        """Name of each fact an agent wrote, or may change (whom a relayed paper is sent to), and its label."""
        if self.relayed:
            return {"destinataire": "Destinataire"}
        more = {"passage": {"objet": "Objet de la venue"}, "accompagnement": {"demarche": "Démarche", "suite": "Suite"}}
        return {"personne": "Prénom et nom"} | more.get(self, {})


class Result(StrEnum):
    """How a démarche that was helped with ended."""

    DONE = "faite"
    BEGUN = "commencee"
    BLOCKED = "bloquee"

    @property
    def label(self) -> str:
        return {
            "faite": "La démarche est faite",
            "commencee": "La démarche est commencée",
            "bloquee": "La démarche n'a pas pu être faite",
        }[self]

    @property
    def icon(self) -> str:
        return {"faite": "circle-check", "commencee": "circle-ellipsis", "bloquee": "circle-x"}[self]


class Reason(StrEnum):
    """Why a paper is withdrawn. A code: nothing personal is kept with it."""

    NAME = "nom"
    FACTS = "faits"
    MISTAKE = "erreur"
    REQUEST = "demande"

    @property
    def label(self) -> str:
        return {
            "nom": "Le nom est mal écrit",
            "faits": "Un autre mot, une date ou une heure est faux",
            "erreur": "Ce papier n'aurait pas dû être fait",
            "demande": "La personne le demande",
        }[self]

    @property
    def asks_for_another(self) -> bool:
        """Whether another is made once what was wrong is put right: a fact of the paper, or the presence it said."""
        return self in (Reason.FACTS, Reason.MISTAKE)

    @property
    def told(self) -> str:
        """What whoever verifies the paper reads."""
        return {
            "nom": "le nom était mal écrit",
            "faits": "une information était fausse",
            "erreur": "il a été fait par erreur",
            "demande": "la personne l'a demandé",
        }[self]


_WORKSHOP_KEYS = UUID("0f1c9c0e-7a5e-4f0e-9a53-2f6c1f6f2b11")


def key_of_enrolment(enrolment_id: int) -> str:
    """The key under which the paper of someone who came to a workshop is issued: one for each enrolment, for ever."""
    return str(uuid5(_WORKSHOP_KEYS, str(enrolment_id)))


def key_of_next(key: str) -> str:
    """The key of the paper made in place of the one that was issued under `key`."""
    return str(uuid5(_WORKSHOP_KEYS, key))


class AlreadyRevoked(Exception):
    """The paper was withdrawn before: it is not withdrawn or replaced twice."""


class Unprintable(Exception):
    """A fact holds `letters` that no font of the papers has: the paper would not say what was signed."""

    def __init__(self, letters: list[str]):
        self.letters = letters
        super().__init__(" ".join(letters))


class TooLong(Exception):
    """More facts than a code square can hold."""


class Verdict(StrEnum):
    """What /verifier says of a paper."""

    AUTHENTIC = "authentique"
    CHANGED = "modifiee"
    UNKNOWN = "inconnue"
    SPECIMEN = "specimen"
    REVOKED = "annulee"
    FORGOTTEN = "oubliee"


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


def without_blank(paragraphs: list[str], facts: dict[str, str]) -> list[str]:
    """The paragraphs of a wording, without those whose every fact is empty: « Suite : {suite} » with nothing to say.

    `{structure}` is no fact. A wording of one paragraph without facts is kept.
    """
    kept = []
    for paragraph in paragraphs:
        names = {name for _, name, _, _ in Formatter().parse(paragraph) if name} - {"structure"}
        if not names or any(facts.get(name) for name in names):
            kept.append(paragraph)
    return kept


CELLS = " | "  # between the cells of a row, inside a fact that is a table


def household_of(facts: dict[str, str]) -> list[str]:
    """The people a relayed paper names, as the Caf or the MSA writes them; none for another paper."""
    return [name for row in facts.get("personnes", "").split("\n") if (name := row.partition(CELLS)[0])]
