"""What a kiosk says, in seven languages. French is written in the pages and the sheets; the others are catalogues
(`<code>.po`, gettext) whose keys are the French sentences themselves.

A sentence that changes in French is no longer found: it is shown in French rather than translated wrongly. A
translation marked `fuzzy` has not been read by a person yet: the page that shows it says so.
"""

from __future__ import annotations

from datetime import date, time
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

from babel import dates
from babel.messages.pofile import read_po

from counter import formatting

FOLDER = Path(__file__).parent


class Language(StrEnum):
    """French first, then the languages of the catalogues."""

    FRENCH = "fr"
    ENGLISH = "en"
    ARABIC = "ar"
    UKRAINIAN = "uk"
    TURKISH = "tr"
    ROMANIAN = "ro"
    PORTUGUESE = "pt"

    @property
    def own_name(self) -> str:
        """As those who speak it write it."""
        return {
            "fr": "Français",
            "en": "English",
            "ar": "العربية",
            "uk": "Українська",
            "tr": "Türkçe",
            "ro": "Română",
            "pt": "Português",
        }[self]

    @property
    def direction(self) -> str:
        return "rtl" if self is Language.ARABIC else "ltr"

    @property
    def locale(self) -> str:
        """For dates; digits stay those of the papers and of the telephone."""
        return {"pt": "pt_PT", "ar": "ar_MA", "en": "en_GB"}.get(self, str(self))


TRANSLATED = tuple(language for language in Language if language is not Language.FRENCH)


class Said(NamedTuple):
    """A text as it is shown. `language` is French when no translation is known; `read`: by a person who speaks it."""

    text: str
    language: Language
    read: bool


@cache
def catalogue(language: Language) -> dict[str, tuple[str, bool]]:
    """French sentence -> (translation, read by a person). Empty for French."""
    path = FOLDER / f"{language}.po"
    if language is Language.FRENCH or not path.exists():
        return {}
    with path.open("rb") as file:
        messages = read_po(file, locale=str(language))
    return {m.id: (m.string, not m.fuzzy) for m in messages if m.id and m.string and isinstance(m.string, str)}


def say(text: str, language: Language, **values: object) -> Said:
    """The text in a language, `{name}` filled with `values`; in French, with its spaces, where nobody translated it."""
    found = catalogue(language).get(text)
    said = Said(found[0], language, found[1]) if found else Said(formatting.typo(text), Language.FRENCH, True)
    return said._replace(text=said.text.format(**values)) if values else said


def day_long(day: date, language: Language) -> str:
    """`lundi 23 novembre`, in a language."""
    if language is Language.FRENCH:
        return formatting.day_long(day)
    pattern = {"en": "EEEE d MMMM", "ar": "EEEE d MMMM", "pt": "EEEE, d 'de' MMMM"}.get(language, "EEEE, d MMMM")
    return dates.format_date(day, pattern, locale=language.locale)


def birthday(day: int, month: int, language: Language) -> str:
    """`3 septembre`, of any year."""
    if language is Language.FRENCH:
        return formatting.birthday(day, month)
    pattern = "d 'de' MMMM" if language is Language.PORTUGUESE else "d MMMM"
    return dates.format_date(date(2024, month, day), pattern, locale=language.locale)


def hour(minute: int, language: Language) -> str:
    """Minutes since midnight as `9 h 10`; as `09:10` in the other languages."""
    if language is Language.FRENCH:
        return formatting.hour(minute)
    return time(minute // 60, minute % 60).strftime("%H:%M")


def month(number: int, language: Language) -> str:
    """The name of a month, 1 to 12."""
    if language is Language.FRENCH:
        return formatting.MONTHS[number - 1]
    return dates.get_month_names("wide", "stand-alone", locale=language.locale)[number]
