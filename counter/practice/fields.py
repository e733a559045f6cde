"""What a visitor fills in on a practice screen, and the kind sentence for each mistake.

A sentence says what to change, in one line of at most 15 words (falc.md), and never « erreur ». What identifies a
person (number, name, date…) is right only when it is Élise's: nobody has a reason to type their own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import ClassVar

LONGEST = 80  # characters of a field that are looked at; more is cut
MIN_SECRET, MAX_SECRET = 10, 64  # faits.md, "Mon Compte": 10–64 with 1 digit, 1 capital, 1 small letter (2025)
_OWN_DATA = "Écrivez ce qui est sur la carte, jamais vos vraies informations."
_MANY_DIFFERENCES = 4  # from here on it is another number, not a slip of the finger

Typed = str | list[str]
Values = Callable[[str], list[str]]


@dataclass(frozen=True)
class Field:
    """One thing to fill in. `key` is its name in the page; `label` its words, as on the site."""

    key: str
    label: str
    hint: str = ""
    secret: ClassVar[bool] = False

    def read(self, values: Values) -> Typed:
        """What was typed; `values` gives what a page sent under a name."""
        return " ".join((values(self.key) or [""])[0].split())[:LONGEST]

    def fault(self, typed: Typed) -> str | None:
        """What to change, None when it is right."""
        raise NotImplementedError

    @property
    def shown(self) -> str:
        """What « Montrez-moi » says beside the field."""
        raise NotImplementedError


@dataclass(frozen=True)
class Words(Field):
    """Words to copy; accents, capitals, hyphens and apostrophes are forgiven."""

    expected: str = ""
    also: tuple[str, ...] = ()
    empty: str = ""

    def fault(self, typed: str) -> str | None:
        if not typed:
            return self.empty or f"{self.label} : écrivez comme sur la carte."
        accepted = [plain(text) for text in (self.expected, *self.also)]
        if plain(typed) in accepted:
            return None
        close = max(SequenceMatcher(None, plain(typed), text).ratio() for text in accepted) > 0.7
        return f"Presque : écrivez « {self.expected} »." if close else self.other

    @property
    def other(self) -> str:
        """For something else altogether."""
        return f"Ici, écrivez « {self.expected} »."

    @property
    def shown(self) -> str:
        return f"Écrivez : {self.expected}"


def plain(text: str) -> str:
    """Small letters without accents; anything but letters, digits and @ . is one space."""
    text = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() or c in "@." else " " for c in text).split())


@dataclass(frozen=True)
class Mail(Words):
    """An e-mail address."""

    def fault(self, typed: str) -> str | None:
        if not typed:
            return super().fault(typed)
        if "@" not in typed:
            return "Il manque le signe @ dans l'adresse mail."
        if " " in typed:
            return "Enlevez l'espace : une adresse mail n'a pas d'espace."
        if "." not in typed.split("@")[-1]:
            return "Il manque la fin de l'adresse, par exemple « .fr »."
        return super().fault(typed)


@dataclass(frozen=True)
class Digits(Field):
    """A number to copy, of as many digits as `expected`. With `spaces`, spaces and points between them are forgiven.

    `too_long` replaces the usual sentence when there are more digits than asked for.
    """

    expected: str = ""
    spaces: bool = False
    too_long: str = ""

    def fault(self, typed: str) -> str | None:
        return self._writing_fault(typed) or self._value_fault(re.sub(r"\D", "", typed))

    def _writing_fault(self, typed: str) -> str | None:
        if not typed:
            return f"{self.label} : écrivez {len(self.expected)} chiffres."
        digits = re.sub(r"[ .]", "", typed)
        if re.fullmatch(r"[\doO]+", digits, re.ASCII) and not digits.isdigit():
            return "Écrivez le chiffre 0, pas la lettre O."
        if not re.fullmatch(r"\d+", digits, re.ASCII):
            return "Écrivez seulement des chiffres."
        if digits != typed and not self.spaces:
            return "Écrivez les chiffres à la suite, sans espace."
        if len(digits) > len(self.expected) and self.too_long:
            return self.too_long
        if len(digits) != len(self.expected):
            return f"Le site demande {len(self.expected)} chiffres, vous en avez écrit {len(digits)}."
        return None

    def _value_fault(self, digits: str) -> str | None:
        different = [place for place, pair in enumerate(zip(digits, self.expected, strict=True), 1) if len({*pair}) > 1]
        if not different:
            return None
        if len(different) >= _MANY_DIFFERENCES:
            return _OWN_DATA
        place = "1er" if different[0] == 1 else f"{different[0]}e"
        return f"Le {place} chiffre est différent : comparez avec la carte."

    @property
    def shown(self) -> str:
        return f"Écrivez : {self.expected}"


@dataclass(frozen=True)
class Secret(Field):
    """The password of Élise. Never shown, never kept: its key must be `password` (security.SECRET_FIELDS)."""

    expected: str = ""
    secret: ClassVar[bool] = True

    def read(self, values: Values) -> str:
        return (values(self.key) or [""])[0]

    def fault(self, typed: str) -> str | None:
        if not typed:
            return "Écrivez le mot de passe d'Élise : il est sur la carte."
        if typed == self.expected:
            return None
        if typed.strip() == self.expected:
            return "Enlevez l'espace avant ou après le mot de passe."
        if typed == self.expected.swapcase() or typed == self.expected.upper():
            return "Votre clavier écrit en grandes lettres : appuyez sur la touche du cadenas."
        if typed.lower() == self.expected.lower():
            return "Respectez les grandes et les petites lettres de la carte."
        return "Ce mot de passe est différent : écrivez celui de la carte."

    @property
    def shown(self) -> str:
        return f"Écrivez : {self.expected}"


@dataclass(frozen=True)
class NewSecret(Secret):
    """A password to invent; `expected` is only the example that « Montrez-moi » gives."""

    def fault(self, typed: str) -> str | None:
        if not typed:
            return "Inventez un mot de passe pour Élise."
        if len(typed) > MAX_SECRET:
            return f"Ce mot de passe est trop long : {MAX_SECRET} caractères au plus."
        missing = secret_lacks(typed)
        return f"Ajoutez {_listed(missing)}." if missing else None

    @property
    def shown(self) -> str:
        return f"Exemple : {self.expected}"


def secret_lacks(typed: str) -> list[str]:
    """What a password still needs (faits.md, "Mon Compte"); empty when nothing is missing below its greatest length."""
    short = MIN_SECRET - len(typed)
    missing = [f"{short} caractère{'s' if short > 1 else ''}"] if short > 0 else []
    if not any(c in "0123456789" for c in typed):
        missing.append("1 chiffre")
    if not any(c.isupper() for c in typed):
        missing.append("1 grande lettre")
    if not any(c.islower() for c in typed):
        missing.append("1 petite lettre")
    return missing


def _listed(items: list[str]) -> str:
    """`a`, `a et b`, `a, b et c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} et {items[-1]}"


@dataclass(frozen=True)
class Amount(Field):
    """A sum in euros, cents after a comma. `traps` are other sums a person may take, each with its sentence."""

    expected: str = "0,00"
    traps: tuple[tuple[str, str], ...] = ()
    where: str = "sur la carte"

    def fault(self, typed: str) -> str | None:
        return self._writing_fault(typed) or self._value_fault(typed)

    def _writing_fault(self, typed: str) -> str | None:
        if not typed:
            return f"{self.label} : écrivez la somme."
        if "€" in typed:
            return "Écrivez le nombre seul, sans le signe €."
        if any(c.isalpha() for c in typed):
            return "Écrivez la somme avec des chiffres."
        if "." in typed:
            return "Mettez une virgule à la place du point."
        if not re.fullmatch(r"\d[\d ]*(,\d{1,2})?", typed, re.ASCII):
            return "Écrivez la somme comme cet exemple : 250,40."
        return None

    def _value_fault(self, typed: str) -> str | None:
        written, right = cents(typed), cents(self.expected)
        if written == right:
            return None
        if written == right * 100:
            return "Mettez une virgule avant les centimes."
        if "," not in typed and written == right // 100 * 100:
            return "Il manque la virgule et les centimes."
        for amount, sentence in self.traps:
            if written == cents(amount):
                return sentence
        return f"Cette somme est différente : regardez {self.where}."

    @property
    def shown(self) -> str:
        return f"Écrivez : {self.expected}"


def cents(amount: str) -> int:
    """`1 234,5` -> 123450."""
    euros, _, rest = amount.replace(" ", "").partition(",")
    return int(euros) * 100 + int(rest.ljust(2, "0") or 0)


@dataclass(frozen=True)
class Day(Field):
    """A date in three boxes: day, month, year. `expected` is (3, 9, 1977), `words` the same as people say it."""

    expected: tuple[int, int, int] = (1, 1, 2000)
    words: str = ""

    def read(self, values: Values) -> list[str]:
        return [(values(f"{self.key}-{part}") or [""])[0].strip()[:20] for part in ("jour", "mois", "annee")]

    def fault(self, typed: list[str]) -> str | None:
        names = ("le jour", "le mois", "l'année")
        missing = [name for name, part in zip(names, typed, strict=True) if not part]
        if len(missing) == 3:
            return "Écrivez le jour, le mois et l'année."
        if missing:
            return f"Il manque {' et '.join(missing)}."
        if not all(re.fullmatch(r"\d{1,4}", part, re.ASCII) for part in typed):
            return f"Écrivez le mois avec son numéro : {self.words.split()[1]}, c'est {self.expected[1]}."
        return self._value_fault(*map(int, typed))

    def _value_fault(self, day: int, month: int, year: int) -> str | None:
        if (day, month, year) == self.expected:
            return None
        if year < 1000:
            return "Écrivez l'année avec 4 chiffres."
        if (month, day, year) == self.expected:
            return "Écrivez le jour avant le mois."
        if not 1 <= month <= 12:
            return "Écrivez un mois de 1 à 12."
        if not _exists(day, month, year):
            return f"Ce mois n'a pas de jour {day} : regardez la carte."
        return f"Ici, la date est le {self.words}."

    @property
    def shown(self) -> str:
        day, month, year = self.expected
        return f"Écrivez : {day}, {month} et {year}"


def _exists(day: int, month: int, year: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class Option:
    """One answer to choose. `says` is what to tell whoever takes it; empty for the right one."""

    value: str
    label: str
    says: str = ""
    detail: str = ""
    icon: str = ""


@dataclass(frozen=True)
class Choice(Field):
    """One answer among a few."""

    options: tuple[Option, ...] = ()
    empty: str = "Choisissez une réponse."

    def fault(self, typed: str) -> str | None:
        chosen = {option.value: option for option in self.options}.get(typed)
        return self.empty if chosen is None else chosen.says or None

    @property
    def shown(self) -> str:
        return f"Choisissez : {' ou '.join(option.label for option in self.options if not option.says)}"


@dataclass(frozen=True)
class Ticks(Field):
    """Boxes to tick: those without `says`, and no other. `alone` is the value of the box that stands by itself."""

    options: tuple[Option, ...] = ()
    alone: str = ""
    empty: str = "Cliquez sur la case qui va bien."
    lacking: str = "Il manque une case : regardez la carte."

    def read(self, values: Values) -> list[str]:
        known = {option.value for option in self.options}
        return [value for value in values(self.key) if value in known]

    def fault(self, typed: list[str]) -> str | None:
        if not typed and self._right:
            return self.empty
        if self.alone in typed and len(typed) > 1:
            return "Ces cases disent le contraire : choisissez."
        says = [option.says for option in self.options if option.value in typed and option.says]
        return says[0] if says else self.lacking if self._right - set(typed) else None

    @property
    def _right(self) -> set[str]:
        return {option.value for option in self.options if not option.says}

    @property
    def shown(self) -> str:
        ticked = [option.label for option in self.options if not option.says]
        return f"Cliquez sur : {_listed(ticked)}" if ticked else "Laissez cette case vide"
