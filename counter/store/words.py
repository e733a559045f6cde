"""The words of the search index: their stems, and how a misspelt word is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

import snowballstemmer
from rapidfuzz import process
from rapidfuzz.distance import OSA

from counter.search import MOST_WORDS, NOT, Language, Term, plain, sound_of, words_of

ALIKE, CORRECTED, BEGUN = 0.7, 0.85, 0.6  # what a near word counts for, beside the word itself
_SOUNDS_THE_SAME, _SAME_START, _AS_LIKELY = 0.9, 0.05, 0.06
_ELISIONS = ("qu", *"jdlmntsc")
_stemmer = snowballstemmer.stemmer("french")


@lru_cache(maxsize=20_000)
def stem_of(word: str) -> str:
    """The stem of a plain word. Snowball expects accents: plurals and « -ée » are taken off before it, and what it
    leaves of the ending after it, so that « loyers, loyer » and « séparée, separe » meet."""
    if len(word) > 3 and word[-1] in "sx":
        word = word[:-1]
    if len(word) > 4 and word.endswith("ee"):
        word = word[:-1]
    stem = _stemmer.stemWord(word)
    while len(stem) > 3 and stem[-1] in "ei":
        stem = stem[:-1]
    return stem.replace("y", "i")


def short_words(language: Language) -> dict[str, list[str]]:
    """What is written in short -> the words it is read as."""
    return {plain(written): words_of(read) for written, read in language.short}


class Words:
    """The words an index knows. `said` are those of titles and sayings: a correction is one of them."""

    def __init__(self, known: Iterable[tuple[str, str, bool]], weight: Mapping[str, float], language: Language):
        """`known` are (plain word, stem, whether it is said); `weight` is by stem."""
        known = list(known)
        self.stem = {word: stem for word, stem, _ in known}
        self._stems = frozenset(self.stem.values())
        self._weight = weight
        self._said = {word for word, _, said in known if said}
        self._short = short_words(language)
        self._long = [word for word in self._said if len(word) > 3 and not word.isdigit()]
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        for word in self._long:
            self._by_sound[sound_of(word)].append(word)
        self._alike: dict[str, set[str]] = defaultdict(set)
        for group in language.alike:
            stems = {stem_of(plain(word)) for word in group}
            for stem in stems:
                self._alike[stem] |= stems - {stem}

    def terms(self, question: str) -> tuple[list[Term], float]:
        """The words of a question, read as words of the index, and the share of them (0 to 1) that could be."""
        typed = [read for word in words_of(question) for read in self._short.get(word, [word])]
        read = [self._read(word) for word in self._joined(typed)[:MOST_WORDS]]
        found = {term.read: term for terms in read for term in terms}
        return list(found.values()), sum(map(bool, read)) / max(1, len(read))

    def _joined(self, words: list[str]) -> list[str]:
        """« micro entreprise » is read « microentreprise » when that alone is known."""
        joined: list[str] = []
        for word in words:
            before = joined[-1] if joined else ""
            if before and not (self._knows(before) and self._knows(word)) and before + word in self._said:
                joined[-1] = before + word
            else:
                joined.append(word)
        return joined

    def _knows(self, word: str) -> bool:
        return word == NOT or word in self.stem or stem_of(word) in self._stems

    def _read(self, word: str) -> list[Term]:
        if self._knows(word):
            return [self._term(word, word, {self.stem.get(word) or stem_of(word): 1.0})]
        if parts := self._parts(word):
            return [term for part in parts for term in self._read(part)]
        if near := self.correct(word):
            return [self._term(word, near[0], {self.stem[other]: CORRECTED for other in near})]
        if begun := self._begun(word):
            return [self._term(word, word, {self.stem[other]: BEGUN for other in begun})]
        return []

    def _parts(self, word: str) -> list[str]:
        """« jattends » is « j'attends », « changementadresse » two words."""
        for letters in _ELISIONS:
            rest = word.removeprefix(letters)
            if rest != word and len(rest) > 2 and rest[0] in "aeiouyh" and self._knows(rest):
                return words_of(rest)
        for cut in range(4, len(word) - 3):
            if word[:cut] in self._said and word[cut:] in self._said:
                return [word[:cut], word[cut:]]
        return []

    def correct(self, word: str) -> list[str]:
        """The words this plain one is most likely meant to be, the likeliest first; none when none is near."""
        if len(word) < 4 or any(c.isdigit() for c in word):
            return []
        near = {
            other: _SOUNDS_THE_SAME + (1 - _SOUNDS_THE_SAME) * OSA.normalized_similarity(word, other)
            for other in self._by_sound.get(sound_of(word), ())
        }
        least = 1 - _edits(len(word)) / len(word) - 0.001
        for other, likely, _ in process.extract(
            word, self._long, scorer=OSA.normalized_similarity, score_cutoff=least, limit=8
        ):
            if _may_be(word, other):
                start = _SAME_START if other[0] == word[0] else -_SAME_START
                near[other] = max(near.get(other, 0.0), likely + start)
        best = sorted(near, key=lambda other: (-near[other], self._weight.get(self.stem[other], 9.0), other))
        return [other for other in best if near[other] >= near[best[0]] - _AS_LIKELY][:3]

    def _begun(self, word: str) -> list[str]:
        """The words that begin so: the end was not typed."""
        return sorted(known for known in self._long if len(word) > 4 and known.startswith(word))[:6]

    def _term(self, typed: str, read: str, stems: Mapping[str, float]) -> Term:
        """The stems with what each counts for, then those of the words that mean nearly the same."""
        counted = dict(stems)
        for stem, near in stems.items():
            for other in sorted(self._alike.get(stem, ())):
                counted[other] = max(counted.get(other, 0.0), near * ALIKE)
        return Term(typed, read, counted)


def _edits(length: int) -> int:
    """How many letters may be wrong in a word of so many."""
    return 1 if length < 7 else 2 if length < 11 else 3


def _may_be(word: str, other: str) -> bool:
    """Near words that are others: one letter for another among four (« esat, etat »), another beginning and more
    (« mutuelle, tutelle »)."""
    if len(word) == 4 == len(other):
        return sorted(other) == sorted(word)
    return other[0] == word[0] or OSA.distance(word, other) == 1
