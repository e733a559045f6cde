"""Finds the words of the glossary in a text: for the pages, the booklets and the linter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from counter.tutorials import Tutorial, Word, unaccented


@dataclass(frozen=True)
class Use:
    """A word of the glossary at `text[start:end]`."""

    start: int
    end: int
    word: Word


class WordFinder:
    """The glossary, ready to be looked for. The longest spelling wins: « prime d'activité » before « prime »."""

    def __init__(self, glossary: Mapping[str, Word]):
        spellings = [(spelling, word) for word in glossary.values() for spelling in (word.word, *word.also)]
        self._by_first: dict[str, list[tuple[re.Pattern, Word]]] = {}
        for spelling, word in sorted(spellings, key=lambda item: len(item[0]), reverse=True):
            self._by_first.setdefault(_first_key(spelling), []).append((_pattern(spelling), word))
        self.uses = lru_cache(maxsize=20_000)(self._uses)  # the texts of the sheets are the same all day

    def _uses(self, text: str) -> tuple[Use, ...]:
        """Every use, from left to right; plurals in -s and -x are the same word."""
        found: list[Use] = []
        for start in _WORD_START.finditer(text):
            if found and start.start() < found[-1].end:
                continue
            for pattern, word in self._by_first.get(_first_key(start[0]), ()):
                if match := pattern.match(text, start.start()):
                    found.append(Use(match.start(), match.end(), word))
                    break
        return tuple(found)

    def first_uses(self, texts: Iterable[str]) -> list[list[Use]]:
        """For each text, the uses to explain there: each word once for all the texts together.

        A use outside « » is preferred: inside, the words are those of the site's button.
        """
        texts = list(texts)
        uses = [self.uses(text) for text in texts]
        chosen: dict[str, tuple[int, Use]] = {}
        for quoted in (False, True):
            for index, text in enumerate(texts):
                for use in uses[index]:
                    if is_quoted(text, use.start) == quoted:
                        chosen.setdefault(use.word.word, (index, use))
        return [[use for use in uses[i] if chosen[use.word.word] == (i, use)] for i in range(len(texts))]

    def words_in(self, texts: Iterable[str]) -> list[Word]:
        """The words used, each once, in the order of the texts."""
        return list({use.word.word: use.word for text in texts for use in self.uses(text)}.values())


def in_order(words: Iterable[Word]) -> list[Word]:
    """As in a dictionary."""
    return sorted(words, key=lambda word: unaccented(word.word))


def by_letter(words: Iterable[Word]) -> dict[str, list[Word]]:
    """First letter, small and without accent -> its words, in the order of the alphabet."""
    letters: dict[str, list[Word]] = {}
    for word in in_order(words):
        letters.setdefault(unaccented(word.word)[0], []).append(word)
    return letters


def spelling_key(spelling: str) -> str:
    """What makes two spellings the same: a plural in -s or -x is, capitals count in an acronym only."""
    text = " ".join(spelling.replace("’", "'").split())
    return text if text.isupper() else re.sub(r"(?<=\w)[sx](?= |$)", "", text.casefold())


def is_quoted(text: str, position: int) -> bool:
    """Whether a position is between « and »."""
    return text.count("«", 0, position) > text.count("»", 0, position)


def texts_of(tutorial: Tutorial) -> list[str]:
    """Everything a visitor reads in a sheet, in the order of the booklet."""
    steps = [text for step in tutorial.steps for text in (step.title, *step.sentences)]
    return [
        tutorial.title,
        tutorial.summary,
        *tutorial.for_whom,
        *tutorial.bring,
        *steps,
        *tutorial.next,
        *tutorial.stuck,
        *tutorial.helps,
    ]


_WORD_START = re.compile(r"(?<![\w-])\w+")


def _first_key(text: str) -> str:
    return re.sub(r"[sx]$", "", re.match(r"\w*", text)[0].casefold())


def _pattern(spelling: str) -> re.Pattern:
    """An acronym is looked for as it is written, any other spelling with small or capital letters.

    Neither inside another word, nor in the name of a site (« caf.fr » is not « Caf »).
    """
    parts = [re.escape(part).replace("'", "['’]") for part in spelling.replace("’", "'").split()]
    acronym = spelling.isupper()
    joined = r"\s+".join(part if acronym else part + "[sx]?" for part in parts)
    return re.compile(rf"{joined}(?![\w-]|\.fr\b)", re.NOFLAG if acronym else re.IGNORECASE)
