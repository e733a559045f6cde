"""The search index in the cache database: built from entries, read by questions.

Two FTS5 tables of stems: `search_entry`, a row an entry, for words anywhere in it; `search_phrase`, a row for each
way of saying it (title, synonym, everyday saying), for questions that look like one of them.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from counter.search import MOST_CHARACTERS, NOT, Entry, Kind, Language, Term, likeness, rarity, spellings_of, words_of
from counter.store.words import Words, short_words, stem_of

VERSION = 1  # of the way the index is built: another one builds it again
TITLE, SUMMARY, WORD_FOR_WORD = 1.1, 0.5, 0.15  # beside a synonym, which counts 1
BODY_SHARE, OFTEN, OTHER_AUDIENCE, SAME_AUDIENCE = 0.35, 0.03, 0.75, 1.25
LEAST = {Kind.SHEET: 0.62, Kind.WORD: 0.8, Kind.PAGE: 0.7}  # below it, an answer would be a guess
LEAST_OF_BEST, LEAST_LIKENESS = 0.4, 0.45
_COLUMNS = {"title": 6.0, "said": 4.0, "summary": 2.0, "body": 0.5}  # for bm25
Where = tuple[str, str]  # kind and key of an entry

_TABLES = (
    "DROP TABLE IF EXISTS search_entry",
    "DROP TABLE IF EXISTS search_phrase",
    "DROP TABLE IF EXISTS search_word",
    "DROP TABLE IF EXISTS search_state",
    "CREATE VIRTUAL TABLE search_entry USING fts5(title, said, summary, body, kind UNINDEXED, key UNINDEXED,"
    " tokenize='unicode61 remove_diacritics 2')",
    "CREATE VIRTUAL TABLE search_phrase USING fts5(stems, words UNINDEXED, kind UNINDEXED, key UNINDEXED,"
    " weight UNINDEXED, tokenize='unicode61 remove_diacritics 2')",
    "CREATE TABLE search_word (word TEXT PRIMARY KEY, stem TEXT NOT NULL, said INTEGER NOT NULL,"
    " spelling TEXT NOT NULL)",
    "CREATE TABLE search_state (fingerprint TEXT NOT NULL)",
)


# ── building ────────────────────────────────────────────────────────────────────────────────────


def fingerprint_of(entries: Iterable[Entry], language: Language) -> str:
    """Changes whenever what would be indexed changes."""
    return hashlib.sha256(repr((VERSION, list(entries), language)).encode()).hexdigest()


def is_current(session: Session, fingerprint: str) -> bool:
    """Whether the index that is there was built from this."""
    try:
        return session.scalar(text("SELECT fingerprint FROM search_state")) == fingerprint
    except OperationalError:  # not built yet
        return False


def build(session: Session, entries: Iterable[Entry], language: Language, fingerprint: str) -> None:
    """Build the index anew. The caller commits: others read the old one until then."""
    for statement in _TABLES:
        session.execute(text(statement))
    written = _Writing(language)
    rows = [written.row(entry) for entry in entries]
    for statement, values in (
        (_INSERT_ENTRY, rows),
        (_INSERT_PHRASE, written.phrases),
        (_INSERT_WORD, written.words()),
        (_INSERT_STATE, [{"fingerprint": fingerprint}]),
    ):
        if values:
            session.execute(statement, values)


_INSERT_ENTRY = text("INSERT INTO search_entry VALUES (:title, :said, :summary, :body, :kind, :key)")
_INSERT_PHRASE = text("INSERT INTO search_phrase VALUES (:stems, :words, :kind, :key, :weight)")
_INSERT_WORD = text("INSERT INTO search_word VALUES (:word, :stem, :said, :spelling)")
_INSERT_STATE = text("INSERT INTO search_state VALUES (:fingerprint)")


class _Writing:
    """Turns entries into rows of stems, and learns their words on the way."""

    def __init__(self, language: Language):
        self._short = short_words(language)
        self._known: dict[str, bool] = {}
        self._spelling: dict[str, str] = {}
        self.phrases: list[dict] = []
        for group in language.alike:
            self._words(" ".join(group), said=True)
        for read in self._short.values():
            self._learn(read, said=True)

    def row(self, entry: Entry) -> dict:
        """The row of an entry; the rows of its phrases are added to `phrases`."""
        where = {"kind": str(entry.kind), "key": entry.key}
        for phrase, weight in ((entry.title, TITLE), *entry.said, (entry.summary, SUMMARY)):
            if words := self._words(phrase, said=True):
                row = {"stems": " ".join(map(stem_of, words)), "words": _as_said(words), "weight": weight}
                self.phrases.append(row | where)
        columns = (entry.title, " ".join(phrase for phrase, _ in entry.said), entry.summary, entry.body)
        stems = (" ".join(map(stem_of, self._words(column))) for column in columns)
        return dict(zip(_COLUMNS, stems, strict=True)) | where

    def words(self) -> list[dict]:
        return [
            {"word": word, "stem": stem_of(word), "said": said, "spelling": self._spelling.get(word, word)}
            for word, said in self._known.items()
        ]

    def _words(self, phrase: str, said: bool = False) -> list[str]:
        words = [read for word in words_of(phrase) for read in self._short.get(word, [word])]
        self._learn(words, said)
        self._spelling |= spellings_of(phrase)
        return words

    def _learn(self, words: Iterable[str], said: bool) -> None:
        for word in words:
            self._known[word] = self._known.get(word, False) or said


def _as_said(words: Iterable[str]) -> str:
    """The words of a phrase, whatever their order."""
    return " ".join(sorted(set(words)))


# ── asking ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Found:
    """What a question found: keys by kind, the best first; the words it was read as; and, for the misspelt
    ones, what was typed and how it was read."""

    keys: Mapping[Kind, list[str]]
    terms: tuple[Term, ...] = ()
    corrections: tuple[tuple[str, str], ...] = ()


class Index:
    """The index as one process keeps it: the words it knows, their weights, whom each entry is for.

    What is asked is never kept. Several threads may ask at once.
    """

    def __init__(self, session: Session, entries: Iterable[Entry], language: Language):
        self._entries = {(str(entry.kind), entry.key): entry for entry in entries}
        self._weight = _weights(session)
        known = session.execute(text("SELECT word, stem, said, spelling FROM search_word")).all()
        self.words = Words(((word, stem, said) for word, stem, said, _ in known), self._weight, language)
        self._spelling = {word: spelling for word, _, _, spelling in known}
        self._audiences = {
            audience: [frozenset(map(stem_of, words_of(phrase))) for phrase in said]
            for audience, said in language.audiences
        }

    def ask(self, session: Session, question: str) -> Found:
        """Everything that answers, the best first among its kind. Reads the first 200 characters."""
        question = question[:MOST_CHARACTERS]
        terms, known = self.words.terms(question)
        if all(term.stem == NOT for term in terms):
            return Found({kind: [] for kind in Kind})
        score = self._score(session, terms)
        keys = {kind: _best(score, kind, known) for kind in Kind}
        return Found(keys, tuple(terms), self._corrections(question, terms))

    def _corrections(self, question: str, terms: list[Term]) -> tuple[tuple[str, str], ...]:
        written = spellings_of(question)
        misspelt = (term for term in terms if term.corrected)
        return tuple((written.get(term.typed, term.typed), self._spelling[term.read]) for term in misspelt)

    def rank(self, terms: tuple[Term, ...], phrases: Mapping[str, Iterable[str]]) -> list[str]:
        """Keys of things that are not in the index (key -> ways of saying it) in the order in which they answer."""
        score = {
            key: max((likeness(terms, self._stems(phrase), self._weight) for phrase in said), default=0.0)
            for key, said in phrases.items()
        }
        return [key for key in sorted(score, key=score.get, reverse=True) if score[key] >= LEAST_LIKENESS]

    def _stems(self, phrase: str) -> frozenset[str]:
        return frozenset(term.stem for term in self.words.terms(phrase)[0])

    def _score(self, session: Session, terms: list[Term]) -> dict[Where, float]:
        score = self._phrases(session, terms)
        bodies = self._bodies(session, terms)
        most = max(bodies.values(), default=1.0)
        for where, value in bodies.items():
            score[where] += BODY_SHARE * value / most
        meant = self._meant(terms)
        # What this process does not know was indexed by another one, with other sheets.
        known = {where: self._entries[where] for where in score if where in self._entries}
        return {where: self._weighed(entry, score[where], meant) for where, entry in known.items()}

    def _weighed(self, entry: Entry, score: float, meant: set[str]) -> float:
        """What is asked often comes a little before; partners' things come after, unless their words are there."""
        score += OFTEN * entry.often
        if meant:
            return score * (SAME_AUDIENCE if entry.audience in meant else 1.0)
        return score * (1.0 if entry.audience == "usager" else OTHER_AUDIENCE)

    def _meant(self, terms: list[Term]) -> set[str]:
        """The audiences whose words the question holds."""
        asked = {term.stem for term in terms}
        return {audience for audience, said in self._audiences.items() if any(stems <= asked for stems in said)}

    def _phrases(self, session: Session, terms: list[Term]) -> dict[Where, float]:
        """How near the nearest phrase of each entry is."""
        wanted = " OR ".join(f'"{stem}"' for term in terms for stem in term.stems)
        said = _as_said(term.read for term in terms)
        best: dict[Where, float] = defaultdict(float)
        for stems, words, kind, key, weight in session.execute(_PHRASES, {"wanted": wanted}):
            near = likeness(terms, frozenset(stems.split()), self._weight) + WORD_FOR_WORD * (words == said)
            best[kind, key] = max(best[kind, key], weight * near)
        return best

    def _bodies(self, session: Session, terms: list[Term]) -> dict[Where, float]:
        """What bm25 says of each entry: the sum over the words, each by its best reading."""
        total: dict[Where, float] = defaultdict(float)
        for term in terms:
            best: dict[Where, float] = defaultdict(float)
            for stem, near in term.stems.items():
                if stem != NOT:
                    for kind, key, value in session.execute(_ENTRIES, _COLUMNS | {"stem": f'"{stem}"'}):
                        best[kind, key] = max(best[kind, key], near * value)
            for where, value in best.items():
                total[where] += value
        return total


_PHRASES = text("SELECT stems, words, kind, key, weight FROM search_phrase WHERE search_phrase MATCH :wanted")
_ENTRIES = text(
    "SELECT kind, key, -bm25(search_entry, :title, :said, :summary, :body) FROM search_entry"
    " WHERE search_entry MATCH :stem"
)


def _best(score: Mapping[Where, float], kind: Kind, known: float) -> list[str]:
    """The keys that answer well enough: a question of which half is unknown must find twice as much."""
    mine = sorted((-value, key) for (of, key), value in score.items() if of == kind)
    least = max(LEAST[kind] / known, -LEAST_OF_BEST * mine[0][0]) if mine else 0.0
    return [key for value, key in mine if -value >= least][: kind.most]


def _weights(session: Session) -> dict[str, float]:
    """Stem -> its weight, by the number of entries of which some phrase holds it."""
    holding: dict[str, set[Where]] = defaultdict(set)
    entries: set[Where] = set()
    for stems, kind, key in session.execute(text("SELECT stems, kind, key FROM search_phrase")):
        entries.add((kind, key))
        for stem in stems.split():
            holding[stem].add((kind, key))
    return {stem: rarity(len(entries), len(where)) for stem, where in holding.items()}
