"""The extra checks of T4, T9, T10, T18 and T19: does this dossier open for this mission?

A dossier that does not fit is answered like one that does not exist, so that nobody learns from it who is known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from counter.dossiers import Check, Profile

INSTRUCTOR_LENGTH = 14
FICTITIOUS = "00000"
LANDLORD_LENGTHS = (6, 14)
RSA_YEARS = 2


class BadInstructor(ValueError):
    """The instructor number cannot be one; the message says in French which part is wrong."""


@dataclass(frozen=True)
class Instructor:
    """The parts of an instructor number; `rank` is an agreement, a rank or a territory."""

    department: str
    kind: str
    commune: str
    rank: str

    @property
    def service(self) -> str:
        """What a dossier keeps of it: the nine characters before the fictitious dossier number."""
        return self.department + self.kind + self.commune + self.rank


# (first, last, what it is, what is expected, an example); faits.md: 3 digits, 1 letter, 3 digits, 2 digits, 00000.
_PARTS = (
    (0, 3, "le département", r"\d{3}", "3 chiffres, par exemple 069"),
    (3, 4, "le type d'instructeur", r"[A-Z]", "1 lettre, par exemple A"),
    (4, 7, "la commune", r"\d{3}", "3 chiffres, par exemple 010"),
    (7, 9, "l'agrément ou le rang", r"\d{2}", "2 chiffres, par exemple 01"),
    (9, 14, "la fin", FICTITIOUS, "5 zéros"),
)


def read_instructor(typed: str) -> Instructor:
    """The number as it is typed, spaces and small letters allowed. Raises BadInstructor."""
    number = re.sub(r"[\s.-]", "", typed).upper()
    if len(number) != INSTRUCTOR_LENGTH:
        count = f"{len(number)} caractère" + ("s" if len(number) > 1 else "")
        raise BadInstructor(
            f"Ce numéro a {count} : il en faut {INSTRUCTOR_LENGTH}. Par exemple : 069A01001{FICTITIOUS}."
        )
    for start, end, name, pattern, expected in _PARTS:
        if not re.fullmatch(pattern, number[start:end], re.ASCII):
            place = f"Le caractère {end}" if end - start == 1 else f"Les caractères {start + 1} à {end}"
            verb = "est" if end - start == 1 else "sont"
            raise BadInstructor(f"{place} {verb} {name} : {expected}. Vous avez écrit « {number[start:end]} ».")
    return Instructor(number[:3], number[3], number[4:7], number[7:9])


def normal_landlord(typed: str) -> str | None:
    """A landlord number: 6 digits, or a SIRET of 14; None when it is neither."""
    number = re.sub(r"[\s.-]", "", typed)
    return number if number.isascii() and number.isdigit() and len(number) in LANDLORD_LENGTHS else None


@dataclass(frozen=True)
class Shown:
    """What the agent showed: an instructor number (T4), a landlord number (T10), the SIRET of their structure (T9)."""

    instructor: Instructor | None = None
    landlord: str | None = None
    siret: str = ""


def fits(profile: Profile, content: Mapping, shown: Shown, today: date) -> bool:
    """Whether a dossier opens for a profile. `content` is that of counter.dossiers.contents."""
    match profile.check:
        case Check.INSTRUCTOR:
            return shown.instructor is not None and shown.instructor.service in content.get("instructeurs", ())
        case Check.LANDLORD:
            return shown.landlord is not None and shown.landlord in _landlords(content)
        case Check.PROTECTION:
            return bool(shown.siret) and any(p["siret"] == shown.siret for p in content.get("protections", ()))
        case Check.RSA:
            return _had_rsa(content, today)
        case _:
            return True


def _landlords(content: Mapping) -> set[str]:
    housing = content.get("logement") or {}
    return {housing[name] for name in ("bailleur_numero", "bailleur_siret") if housing.get(name)}


def _had_rsa(content: Mapping, today: date) -> bool:
    """Paid on some day of the last two years; a right that ends in the future, or never, is held now."""
    try:
        since = today.replace(year=today.year - RSA_YEARS)
    except ValueError:  # 29 February
        since = today.replace(year=today.year - RSA_YEARS, day=28)
    periods = (content.get("rsa") or {}).get("periodes", ())
    return any(
        date.fromisoformat(p["du"]) <= today and (not p["au"] or date.fromisoformat(p["au"]) >= since) for p in periods
    )
