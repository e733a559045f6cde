"""Asking the search index of the cache database (`store.search_index` builds it)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from counter.search import (
    MOST_CHARACTERS,
    NOT,
    Entry,
    Kind,
    Language,
    Likeness,
    Term,
    length_of,
    spellings_of,
    words_of,
)
from counter.store.search_index import as_said, fingerprint_of, is_current
from counter.store.words import Words, stem_of

# Measured on tests/store/phrases.csv (its tuning part); docs/decisions tells how.
WORD_FOR_WORD = 0.25  # added to a phrase that is the question itself
BODY_SHARE, OFTEN, OTHER_AUDIENCE, SAME_AUDIENCE = 0.35, 0.03, 0.75, 1.25
LEAST = {Kind.SHEET: 0.77, Kind.WORD: 0.8, Kind.PAGE: 0.7}  # below it, an answer would be a guess
LEAST_OF_BEST, LEAST_OF_DISCREET, LEAST_BESIDE_DISCREET, LEAST_LIKENESS = 0.5, 0.8, 0.68, 0.45

_PHRASES = text("SELECT rowid FROM search_phrase WHERE search_phrase MATCH :stems")
_ENTRIES = text(
    "SELECT rowid, -bm25(search_entry, 6.0, 4.0, 2.0, 0.5) FROM search_entry WHERE search_entry MATCH :stem"
)


class OutdatedIndex(LookupError):
    """The index in the cache is not the one this process opened: lost, or built by another one."""


@dataclass(frozen=True)
class Found:
    """What a question found: keys by kind, the best first; the words it was read as; and, for the misspelt
    ones, what was typed and how it was read."""

    keys: Mapping[Kind, list[str]]
    terms: tuple[Term, ...] = ()
    corrections: tuple[tuple[str, str], ...] = ()


class Index:
    """The index as one process keeps it: what its rows are, the words it knows and their weights.

    What is asked is never kept. Several threads may ask at once.
    """

    def __init__(self, session: Session, entries: Sequence[Entry], language: Language):
        """Raises OutdatedIndex when the index in the cache was not built from these."""
        self.fingerprint = fingerprint_of(entries, language)
        self._check(session)
        self._entries = entries
        self._weight = dict(session.execute(text("SELECT stem, weight FROM search_stem")).all())
        said = session.execute(text("SELECT stems, words, entry, weight, length FROM search_said ORDER BY number"))
        self._said = [(stems.split(), *others) for stems, *others in said.all()]
        words = session.execute(text("SELECT word, stem, said, spelling FROM search_word")).all()
        self._spelling = {word: spelling for word, _, _, spelling in words}
        self._words = Words(((word, stem, said) for word, stem, said, _ in words), self._weight, language)
        self._audiences = {
            audience: [frozenset(map(stem_of, words_of(phrase))) for phrase in phrases]
            for audience, phrases in language.audiences
        }

    def ask(self, session: Session, question: str) -> Found:
        """Everything that answers, the best first among its kind. Reads the first 200 characters.

        Raises OutdatedIndex: open it again.
        """
        self._check(session)
        question = question[:MOST_CHARACTERS]
        terms, unknown = self._words.terms(question)
        if all(term.stem == NOT for term in terms):
            return Found({kind: [] for kind in Kind})
        score = self._score(session, terms, Likeness(terms, self._weight, unknown))
        keys = {kind: self._best(score, kind) for kind in Kind}
        return Found(keys, tuple(terms), self._corrections(question, terms))

    def rank(self, terms: Iterable[Term], phrases: Mapping[str, Iterable[str]]) -> list[str]:
        """Keys of things that are not in the index (key -> ways of saying it) in the order in which they answer."""
        likeness = Likeness(terms, self._weight)
        score = {
            key: max((self._near(likeness, phrase) for phrase in said), default=0.0) for key, said in phrases.items()
        }
        return [key for key in sorted(score, key=score.get, reverse=True) if score[key] >= LEAST_LIKENESS]

    def _near(self, likeness: Likeness, phrase: str) -> float:
        stems = {term.stem for term in self._words.terms(phrase)[0]}
        return likeness.to(stems, length_of(stems, self._weight))

    def _check(self, session: Session) -> None:
        if not is_current(session, self.fingerprint):
            raise OutdatedIndex

    def _corrections(self, question: str, terms: Iterable[Term]) -> tuple[tuple[str, str], ...]:
        written = spellings_of(question)
        misspelt = (term for term in terms if term.corrected)
        return tuple((written.get(term.typed, term.typed), self._spelling[term.read]) for term in misspelt)

    # the order of what answers: number of an entry -> its score

    def _score(self, session: Session, terms: Sequence[Term], likeness: Likeness) -> dict[int, float]:
        score = self._phrases(session, terms, likeness)
        bodies = self._bodies(session, terms)
        most = max(bodies.values(), default=1.0)
        for number, value in bodies.items():
            score[number] += BODY_SHARE * value / most
        meant = self._meant(terms)
        return {number: _weighed(self._entries[number], value, meant) for number, value in score.items()}

    def _phrases(self, session: Session, terms: Sequence[Term], likeness: Likeness) -> dict[int, float]:
        """How near the nearest phrase of each entry is."""
        wanted = " OR ".join(f'"{stem}"' for term in terms for stem in term.stems)
        asked = as_said(term.read for term in terms)
        best: dict[int, float] = defaultdict(float)
        for number in session.scalars(_PHRASES, {"stems": wanted}).all():
            stems, words, entry, weight, length = self._said[number]
            near = weight * (likeness.to(stems, length) + WORD_FOR_WORD * (words == asked))
            if near > best[entry]:
                best[entry] = near
        return best

    def _bodies(self, session: Session, terms: Sequence[Term]) -> dict[int, float]:
        """What bm25 says of each entry: the sum over the words, each by its best reading."""
        total: dict[int, float] = defaultdict(float)
        for term in terms:
            best: dict[int, float] = defaultdict(float)
            for stem, near in term.stems.items():
                if stem != NOT:
                    for number, value in session.execute(_ENTRIES, {"stem": f'"{stem}"'}).all():
                        best[number] = max(best[number], near * value)
            for number, value in best.items():
                total[number] += value
        return total

    def _meant(self, terms: Iterable[Term]) -> set[str]:
        """The audiences whose words the question holds."""
        asked = {term.stem for term in terms}
        return {audience for audience, said in self._audiences.items() if any(stems <= asked for stems in said)}

    def _best(self, score: Mapping[int, float], kind: Kind) -> list[str]:
        """The keys that answer well enough, the best first."""
        mine = [(value, entry) for number, value in score.items() if (entry := self._entries[number]).kind == kind]
        mine.sort(key=lambda item: (-item[0], item[1].key))
        best = mine[0][0] if mine else 0.0
        least = max(LEAST[kind], LEAST_OF_BEST * best)
        shy = max(least, LEAST_OF_DISCREET * best)
        if mine and mine[0][1].discreet:  # who speaks of a death is not shown what only looks like it
            least = LEAST_BESIDE_DISCREET * best
        return [entry.key for value, entry in mine if value >= (shy if entry.discreet else least)][: kind.most]


def _weighed(entry: Entry, score: float, meant: set[str]) -> float:
    """What is asked often comes a little before; partners' things come after, unless their words are there."""
    score += OFTEN * entry.often
    if meant:
        return score * (SAME_AUDIENCE if entry.audience in meant else 1.0)
    return score * (1.0 if entry.audience == "usager" else OTHER_AUDIENCE)
