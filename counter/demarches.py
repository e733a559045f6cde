"""A guided démarche: where the person is, and how to find the right sheet by its words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from counter.tutorials import Step, Tutorial

_EMPTY_WORDS = frozenset(
    [
        "je",
        "j",
        "ne",
        "n",
        "plus",
        "pas",
        "mon",
        "ma",
        "mes",
        "le",
        "la",
        "les",
        "l",
        "un",
        "une",
        "des",
        "de",
        "du",
        "d",
        "et",
        "a",
        "au",
        "aux",
        "en",
        "sur",
        "pour",
        "comment",
        "faire",
        "veux",
        "voudrais",
        "ai",
        "suis",
        "est",
        "ce",
        "c",
        "il",
        "elle",
        "on",
        "me",
        "m",
        "se",
        "s",
        "que",
        "qu",
        "y",
    ]
)


class UnknownStep(LookupError):
    """The démarche has no step of this number."""


@dataclass(frozen=True)
class Progress:
    """Step `number` (from 1) of a tutorial of `total` steps."""

    tutorial: Tutorial
    number: int

    @property
    def total(self) -> int:
        return len(self.tutorial.steps)

    @property
    def step(self) -> Step:
        return self.tutorial.steps[self.number - 1]

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.total else None


def progress(tutorial: Tutorial, number: int) -> Progress:
    """Raises UnknownStep outside 1 … number of steps."""
    if not 1 <= number <= len(tutorial.steps):
        raise UnknownStep(number)
    return Progress(tutorial, number)


def words_of(text: str) -> list[str]:
    """Lower-case words without accents, without the words that carry nothing."""
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", text.lower().replace("œ", "oe")) if not unicodedata.combining(c)
    )
    words = "".join(c if c.isalnum() else " " for c in plain).split()
    return [word for word in words if word not in _EMPTY_WORDS]


def find(tutorials: Iterable[Tutorial], query: str) -> list[Tutorial]:
    """Sheets that hold the words of the query, the best first; a word matches by its first letters."""
    wanted = words_of(query)
    if not wanted:
        return []
    scored = ((_score(tutorial, wanted), tutorial) for tutorial in tutorials)
    return [t for score, t in sorted(scored, key=lambda item: (-item[0], item[1].title)) if score]


def _score(tutorial: Tutorial, wanted: list[str]) -> int:
    fields = (
        (6, words_of(tutorial.title)),
        (5, words_of(" ".join(tutorial.synonyms))),
        (2, words_of(tutorial.summary + " " + " ".join(tutorial.for_whom))),
        (1, words_of(" ".join(step.title for step in tutorial.steps))),
    )
    return sum(
        max((weight for weight, words in fields if any(_matches(w, word) for word in words)), default=0) for w in wanted
    )


def _matches(wanted: str, word: str) -> bool:
    if wanted == word:
        return True
    stem = min(len(wanted), len(word))
    return stem >= 4 and wanted[: max(4, stem - 2)] == word[: max(4, stem - 2)]
