"""Finds the words of the glossary in a text: for the pages, the booklets and the linter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from counter.tutorials import Tutorial, Word

_APOSTROPHES = "'’"


@dataclass(frozen=True)
class Use:
    """A word of the glossary at `text[start:end]`."""

    start: int
    end: int
    word: Word


class WordFinder:
    """The glossary, ready to be looked for. The longest spelling wins: « prime d'activité » before « prime »."""

    def __init__(self, glossary: Mapping[str, Word]):
        self._words = {
            spelling_key(spelling): word for word in glossary.values() for spelling in (word.word, *word.also)
        }
        spellings = sorted(self._words, key=len, reverse=True)
        # Neither inside another word, nor the name of a site (« caf.fr » is not « Caf »).
        self._pattern = re.compile(
            r"(?<![\w-])(?:" + "|".join(map(_pattern, spellings)) + r")(?![\w-]|\.fr\b)" if spellings else r"(?!)"
        )

    def uses(self, text: str) -> list[Use]:
        """Every use, from left to right; plurals in -s and -x are the same word."""
        return [
            Use(match.start(), match.end(), word)
            for match in self._pattern.finditer(text)
            if (word := self._word_of(match[0]))
        ]

    def first_uses(self, texts: Iterable[str]) -> list[list[Use]]:
        """For each text, the uses to explain there: each word once for all the texts together.

        A use outside « » is preferred: inside, the words are those of a button.
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

    def _word_of(self, matched: str) -> Word | None:
        return self._words.get(spelling_key(matched)) or self._words.get(spelling_key(matched.casefold()))


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


def _pattern(spelling: str) -> str:
    """An acronym is looked for as it is written, any other spelling with small or capital letters."""
    parts = [re.escape(part).replace("'", f"[{_APOSTROPHES}]") for part in spelling.replace("’", "'").split()]
    if spelling.isupper():
        return r"\s+".join(parts)
    return "(?i:" + r"\s+".join(part + "[sx]?" for part in parts) + ")"
