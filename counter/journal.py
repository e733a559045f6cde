"""The journal: who did and who read what, when and from where. Lines name nobody: kinds and numbers only.

Each line is sealed with a key of the instance, over its own words and the seal of the line before. Whoever writes into
the database without the key can neither change a line, nor take one out, nor put one in, without `faults` saying so.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hmac import compare_digest
from itertools import pairwise
from typing import Protocol

GENESIS = bytes(16)  # what the first line of all follows
_DETAIL = re.compile(r"[a-z0-9 :>+_./-]{0,80}")
_NUMBER = re.compile(r"[A-Za-z0-9_-]{0,40}")


class Act(StrEnum):
    """What was done; the values are kept in the database."""

    SIGNED_IN = "connexion"
    SIGNED_OUT = "deconnexion"
    SIGN_IN_REFUSED = "connexion-refusee"
    READ = "consultation"
    CREATED = "creation"
    CHANGED = "modification"
    CANCELLED = "annulation"
    EXPORTED = "export"
    ERASED = "effacement"
    PURGED = "purge"
    CLOSED = "fermeture"
    DECIDED = "decision"

    @property
    def label(self) -> str:
        return _ACTS[self]


_ACTS = {
    Act.SIGNED_IN: "Connexion",
    Act.SIGNED_OUT: "Déconnexion",
    Act.SIGN_IN_REFUSED: "Connexion refusée",
    Act.READ: "Consultation",
    Act.CREATED: "Création",
    Act.CHANGED: "Modification",
    Act.CANCELLED: "Annulation",
    Act.EXPORTED: "Export",
    Act.ERASED: "Effacement",
    Act.PURGED: "Purge",
    Act.CLOSED: "Fermeture",
    Act.DECIDED: "Décision",
}


class Subject(StrEnum):
    """On what it was done; the values are kept in the database."""

    SESSION = "session"
    APPOINTMENT = "rendez-vous"
    AGENDA = "agenda"
    ATTESTATION = "attestation"
    WORKSHOP = "atelier"
    ENROLMENT = "inscription"
    DOSSIER = "dossier"
    QUOTIENT = "quotient"
    MESSAGE = "message"
    VISIT = "accompagnement"
    PERSON = "personne"
    AGENT = "agent"
    GROUP = "groupe"
    CONVENTION = "convention"
    MEMBERSHIP = "appartenance"
    ACTIVITY = "activite"
    HABILITATION = "habilitation"
    CAF = "caf"
    MOTIF = "motif"
    SITE = "lieu"
    OPENING = "plage"
    CLOSURE = "jours-fermes"
    SHEET = "fiche"
    FIGURES = "chiffres"
    JOURNAL = "journal"
    FINDING = "constat"
    COPY = "copie"
    KEY = "cle"
    KIOSK = "borne"

    @property
    def label(self) -> str:
        return _SUBJECTS.get(self) or self.value.capitalize()


_SUBJECTS = {
    Subject.DOSSIER: "Dossier allocataire",
    Subject.QUOTIENT: "Quotient familial",
    Subject.PERSON: "Demande d'une personne",
    Subject.MEMBERSHIP: "Appartenance à un groupe",
    Subject.ACTIVITY: "Activité",
    Subject.HABILITATION: "Rôle (habilitation)",
    Subject.CAF: "Caf",
    Subject.CLOSURE: "Jours de fermeture",
    Subject.FINDING: "Constat du contrôle",
    Subject.COPY: "Copie de la base",
    Subject.KEY: "Clé des attestations",
}


class NotForTheJournal(ValueError):
    """A text that could name someone: the journal takes codes and numbers only."""


def check_words(subject_id: str, detail: str) -> None:
    """Raises NotForTheJournal for anything but a number or token, and codes in small letters without accents."""
    if not _NUMBER.fullmatch(subject_id) or not _DETAIL.fullmatch(detail):
        raise NotForTheJournal()


class Entry(Protocol):
    """A line as it is kept. `seq` counts from 1 without gaps; `subject_id`, `address` and `detail` may be empty."""

    seq: int
    at: datetime
    act: str
    agent_id: int | None
    subject: str
    subject_id: str
    address: str
    detail: str
    previous: bytes
    hash: bytes


@dataclass(frozen=True)
class Line:
    """A line to be sealed."""

    seq: int
    at: datetime
    act: str
    agent_id: int | None
    subject: str
    subject_id: str = ""
    address: str = ""
    detail: str = ""
    previous: bytes = GENESIS
    hash: bytes = b""


def seal(key: bytes, line: Entry) -> bytes:
    """The 16 bytes that bind the words of a line to the line before. Its number is not in them: the order is."""
    words = [moment(line.at), line.act, line.agent_id, line.subject, line.subject_id, line.address, line.detail]
    return _keyed(key, b"line", line.previous + _written(words).encode())


_written = json.JSONEncoder(separators=(",", ":")).encode  # made once: json.dumps makes another each time


def seal_head(key: bytes, seq: int, last: bytes) -> bytes:
    """Seals where the journal ends, so that its last lines cannot be taken off unseen."""
    return _keyed(key, b"head", seq.to_bytes(8) + last)


def seal_cut(key: bytes, last: int, last_hash: bytes, at: datetime) -> bytes:
    """Seals a lawful cut: lines up to number `last`, whose seal was `last_hash`, were purged at that moment."""
    return _keyed(key, b"cut", last.to_bytes(8) + last_hash + moment(at).encode())


def moment(at: datetime) -> str:
    """The same text on every database."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _keyed(key: bytes, what: bytes, content: bytes) -> bytes:
    return hashlib.blake2b(content, key=key, digest_size=16, person=what).digest()


# ── verifying ───────────────────────────────────────────────────────────────────────────────────


class FaultKind(StrEnum):
    CHANGED = "changee"
    REMOVED = "enlevees"
    INSERTED = "ajoutee"
    HEAD = "fin"
    CUT = "coupe"


@dataclass(frozen=True)
class Fault:
    """What is wrong, and in which lines (both numbers included)."""

    kind: FaultKind
    first: int
    last: int

    @property
    def sentence(self) -> str:
        """For an administrator."""
        one, many = f"La ligne n° {self.first}", f"Les lignes n° {self.first} à {self.last}"
        single = self.first >= self.last
        return {
            FaultKind.CHANGED: f"{one} a été changée.",
            FaultKind.INSERTED: f"{one} a été ajoutée après coup.",
            FaultKind.REMOVED: f"{one} a été enlevée." if single else f"{many} ont été enlevées.",
            FaultKind.HEAD: "La marque qui dit où finit le journal a été changée.",
            FaultKind.CUT: f"La coupe qui s'arrête à la ligne n° {self.first} n'a pas été faite par Counter.",
        }[self.kind]


@dataclass(frozen=True)
class Mark:
    """A place in the journal: the number of a line and its seal."""

    seq: int
    hash: bytes


START = Mark(0, GENESIS)


def faults(key: bytes, start: Mark, lines: Iterable[Entry], end: Mark | None) -> Iterator[Fault]:
    """What was changed, taken out or put in between two marks, in the order of the lines.

    `lines` in the order of their numbers; `end` is None when nothing was ever written.
    """
    before, shaken = start, False
    for line, after in _with_next(lines):
        whole = compare_digest(seal(key, line), bytes(line.hash))
        follows = bytes(line.previous) == before.hash or (shaken and line.seq == before.seq + 1)
        shaken = False
        if not (whole and follows):
            next_follows = bytes(after.previous) if after is not None else end.hash if end else GENESIS
            if next_follows == before.hash:  # its neighbours know each other, and not it
                yield Fault(FaultKind.INSERTED, line.seq, line.seq)
                continue
            if whole:
                yield Fault(FaultKind.REMOVED, before.seq + 1, max(before.seq + 1, line.seq - 1))
            else:
                yield from _gap(before, line)
                yield Fault(FaultKind.CHANGED, line.seq, line.seq)
                shaken = True
        before = Mark(line.seq, bytes(line.hash))
    if end is not None and before.hash != end.hash and not (shaken and before.seq == end.seq):
        yield Fault(FaultKind.REMOVED, before.seq + 1, max(before.seq + 1, end.seq))


def _gap(before: Mark, line: Entry) -> Iterator[Fault]:
    if line.seq > before.seq + 1:
        yield Fault(FaultKind.REMOVED, before.seq + 1, line.seq - 1)


def _with_next(lines: Iterable[Entry]) -> Iterator[tuple[Entry, Entry | None]]:
    def ended() -> Iterator[Entry | None]:
        yield from lines
        yield None

    yield from ((line, after) for line, after in pairwise(ended()) if line is not None)
