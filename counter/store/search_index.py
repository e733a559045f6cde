"""How the search index is built in the cache database.

Two FTS5 tables of stems: `search_entry`, a row an entry, for words anywhere in it; `search_phrase`, a row for each
way of saying it (title, synonym, everyday saying), for questions that look like one of them. They keep no content:
`rowid` is the place of the entry, or of the line of `search_said`, from 0.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from counter.search import Entry, Language, length_of, rarity, spellings_of, words_of
from counter.store.words import short_words, stem_of

VERSION = 1  # of the way the index is built: another one builds it again
TITLE, SUMMARY = 1.1, 0.5  # what a title and a summary count for, beside a synonym, which counts 1

_TABLES = (
    *(f"DROP TABLE IF EXISTS search_{name}" for name in ("entry", "phrase", "said", "word", "stem", "state")),
    "CREATE VIRTUAL TABLE search_entry USING fts5(title, said, summary, body, content='')",
    "CREATE VIRTUAL TABLE search_phrase USING fts5(stems, content='')",
    "CREATE TABLE search_said (number INTEGER PRIMARY KEY, stems TEXT NOT NULL, words TEXT NOT NULL,"
    " entry INTEGER NOT NULL, weight REAL NOT NULL, length REAL NOT NULL)",
    "CREATE TABLE search_word (word TEXT PRIMARY KEY, stem TEXT NOT NULL, said INTEGER NOT NULL,"
    " spelling TEXT NOT NULL)",
    "CREATE TABLE search_stem (stem TEXT PRIMARY KEY, weight REAL NOT NULL)",
    "CREATE TABLE search_state (fingerprint TEXT NOT NULL)",
)
_ENTRY = "INSERT INTO search_entry (rowid, title, said, summary, body) VALUES (:number, :title, :said, :summary, :body)"
_PHRASE = "INSERT INTO search_phrase (rowid, stems) VALUES (:number, :stems)"
_SAID = "INSERT INTO search_said VALUES (:number, :stems, :words, :entry, :weight, :length)"
_WORD = "INSERT INTO search_word VALUES (:word, :stem, :said, :spelling)"
_STEM = "INSERT INTO search_stem VALUES (:stem, :weight)"
_STATE = "INSERT INTO search_state VALUES (:fingerprint)"


def fingerprint_of(entries: Sequence[Entry], language: Language) -> str:
    """Changes whenever what would be indexed changes."""
    return hashlib.sha256(repr((VERSION, entries, language)).encode()).hexdigest()


def is_current(session: Session, fingerprint: str) -> bool:
    """Whether the index that is there was built from this."""
    try:
        return session.scalar(text("SELECT fingerprint FROM search_state")) == fingerprint
    except OperationalError:  # no index at all
        return False


def build(session: Session, entries: Sequence[Entry], language: Language) -> None:
    """Build the index anew. The caller commits: others read the old one until then."""
    for statement in _TABLES:
        session.execute(text(statement))
    written = _Writing(language)
    rows = [written.row(number, entry) for number, entry in enumerate(entries)]
    weight = _weights(written.phrases)
    for phrase in written.phrases:
        phrase["length"] = length_of(phrase["stems"].split(), weight)
    for statement, values in (
        (_ENTRY, rows),
        (_PHRASE, written.phrases),
        (_SAID, written.phrases),
        (_WORD, written.words()),
        (_STEM, [{"stem": stem, "weight": value} for stem, value in weight.items()]),
        (_STATE, [{"fingerprint": fingerprint_of(entries, language)}]),
    ):
        if values:
            session.execute(text(statement), values)


def as_said(words: Iterable[str]) -> str:
    """The words of a phrase, whatever their order."""
    return " ".join(sorted(set(words)))


class _Writing:
    """Turns entries into rows of stems, and learns their words on the way."""

    def __init__(self, language: Language):
        self.phrases: list[dict] = []
        self._short = short_words(language)
        self._known: dict[str, bool] = {}
        self._spelling: dict[str, str] = {}
        for words in (*(read for _, read in language.short), *map(" ".join, language.alike)):
            self._words(words, said=True)

    def row(self, number: int, entry: Entry) -> dict:
        """The row of an entry; the rows of its phrases are added to `phrases`."""
        for phrase, weight in ((entry.title, TITLE), *entry.said, (entry.summary, SUMMARY)):
            words = self._words(phrase, said=True)
            if words:
                stems = " ".join(dict.fromkeys(map(stem_of, words)))
                row = {"number": len(self.phrases), "entry": number, "weight": weight}
                self.phrases.append(row | {"stems": stems, "words": as_said(words)})
        return {
            "number": number,
            "title": self._stems(entry.title),
            "said": self._stems(" ".join(phrase for phrase, _ in entry.said)),
            "summary": self._stems(entry.summary),
            "body": self._stems(entry.body),
        }

    def words(self) -> list[dict]:
        """Every word met, its stem, whether titles or sayings hold it, and how it is written."""
        return [
            {"word": word, "stem": stem_of(word), "said": said, "spelling": self._spelling.get(word, word)}
            for word, said in self._known.items()
        ]

    def _stems(self, text: str) -> str:
        return " ".join(map(stem_of, self._words(text)))

    def _words(self, text: str, said: bool = False) -> list[str]:
        words = [read for word in words_of(text) for read in self._short.get(word, [word])]
        self._spelling |= spellings_of(text)
        for word in words:
            self._known[word] = self._known.get(word, False) or said
        return words


def _weights(phrases: Iterable[dict]) -> dict[str, float]:
    """Stem -> its weight, by the number of entries of which some phrase holds it."""
    holding: dict[str, set[int]] = defaultdict(set)
    for phrase in phrases:
        for stem in phrase["stems"].split():
            holding[stem].add(phrase["entry"])
    entries = len(set().union(*holding.values()))
    return {stem: rarity(entries, len(where)) for stem, where in holding.items()}
