"""Search: what can be found, the words of a question, and how what was found is put in order.

The index itself is in the cache database (`store.search`): here are the rules, without any database.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from counter.tutorials import Tutorial, Word
from counter.tutorials.vocabulary import Vocabulary

MOST_CHARACTERS = 200
MOST_WORDS = 24


class Kind(StrEnum):
    """What a thing of the index is, in the order in which a page shows them."""

    SHEET = "fiche"
    WORD = "mot"
    PAGE = "page"

    @property
    def most(self) -> int:
        """How many of them a page shows."""
        return {"fiche": 8, "mot": 4, "page": 4}[self]


# ── what can be found ───────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Entry:
    """Something that can be found. `key` names it among its kind; `said` are other ways to say its title, each
    with its weight (1: as good as a synonym); `audience` is one of tutorials.AUDIENCES; `often`: much asked for;
    `discreet`: shown only to those who speak of it."""

    kind: Kind
    key: str
    title: str
    said: tuple[tuple[str, float], ...] = ()
    summary: str = ""
    body: str = ""
    audience: str = "usager"
    often: bool = False
    discreet: bool = False


@dataclass(frozen=True)
class Language:
    """What the vocabulary tells of words, beside the entries: `short` written -> read, `alike` groups of words,
    `audiences` audience -> the words that tell it."""

    short: tuple[tuple[str, str], ...] = ()
    alike: tuple[tuple[str, ...], ...] = ()
    audiences: tuple[tuple[str, tuple[str, ...]], ...] = field(default=())


def language_of(vocabulary: Vocabulary) -> Language:
    """The part of the vocabulary that is about words."""
    return Language(tuple(vocabulary.short.items()), tuple(vocabulary.alike), tuple(vocabulary.audiences.items()))


# What an everyday saying counts for, for the first sheet it names and for those after it. The first counts more
# than a synonym written in another sheet: the vocabulary settles who comes first.
_SAID = (1.05, 0.7, 0.55, 0.5)


def sheet_entries(sheets: Mapping[str, Tutorial], vocabulary: Vocabulary) -> list[Entry]:
    """The sheets, with their synonyms and what the vocabulary says of them."""
    said = {slug: [(words, 1.0) for words in sheet.synonyms] for slug, sheet in sheets.items()}
    for saying in vocabulary.sayings:
        for rank, slug in enumerate(slug for slug in saying.sheets if slug in sheets):
            said[slug] += [(words, _SAID[min(rank, len(_SAID) - 1)]) for words in saying.words]
    return [
        Entry(
            kind=Kind.SHEET,
            key=slug,
            title=sheet.title,
            said=tuple(said[slug]),
            summary=" ".join((sheet.summary, *sheet.for_whom)),
            body=_body(sheet),
            audience=sheet.audience,
            often=slug in vocabulary.often,
            discreet=slug in vocabulary.discreet,
        )
        for slug, sheet in sheets.items()
    ]


def _body(sheet: Tutorial) -> str:
    """What a sheet says itself: the sentences of the shared helps are the same everywhere and find nothing."""
    steps = [line for step in sheet.steps for line in (step.title, *step.sentences)]
    return " ".join((*sheet.bring, *steps, *sheet.next, *sheet.stuck))


def word_entries(glossary: Mapping[str, Word]) -> list[Entry]:
    """The words of the glossary."""
    return [
        Entry(
            kind=Kind.WORD,
            key=name,
            title=word.word,
            said=tuple((spelling, 1.0) for spelling in word.also),
            body=" ".join((*word.explanation, word.example)),
        )
        for name, word in glossary.items()
    ]


# ── words ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Term:
    """A word of a question: what was typed, how it was read, and the stems it stands for (1: itself; less: a
    word that means nearly the same, or a correction), the surest first."""

    typed: str
    read: str
    stems: Mapping[str, float]

    @property
    def stem(self) -> str:
        """The surest of its stems."""
        return next(iter(self.stems))

    @property
    def corrected(self) -> bool:
        return self.read != self.typed


_EMPTY = frozenset(
    re.findall(
        r"\w+",
        """
    a ai aie ais ait ale aller alors and as au aussi aux avait avais avec avez avoir avons bah ben bien bjr bonjour
    bonsoir c ca car ce ceci cela ces cet cette chez ci comment concernant d dans de deja depuis des dire dois doit donc
    dont du elle elles en es est et etait etais ete etes etre eu euh faire fais fait faites faut hier il ils j je jusqu
    l la le les leur leurs lui m ma madame mais me meme merci mes moi mon monsieur n ne ni nos notre nous on ont ou
    par parce peut peux pour pourquoi pouvez pouvoir puis qd qu quand que quel quelle quelles quels qui quoi
    s sa sais savoir se ses si soi soit sommes son sont souhaite souhaiterais stp suis sur svp t ta te tes toi ton tu
    un une va vais vas vers veut veux vos votre voudrais vouloir voulez vous voila y
    cest chuis jai jme jpeux jsuis jvais jveux quil quon tjrs truc ya
    """,
    )
)
NOT = "pas"  # all the ways to say that there is none are one word
_NOT = frozenset(("aucun", "aucune", "jamais", "pa", "pas", "plus", "pu", "rien", "sans", "zero"))
_WORD = re.compile(r"[^\W_]+")
_SOMEONE = re.compile(r"quelqu['’ ]?un\b")


def plain(text: str) -> str:
    """Lower case, without accents or ligatures."""
    spread = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe").replace("æ", "ae"))
    return "".join(c for c in spread if not unicodedata.combining(c))


def spellings_of(text: str) -> dict[str, str]:
    """Each plain word of a text -> the same as it is written there, accents included, in lower case."""
    written = unicodedata.normalize("NFC", text.lower())
    return {plain(word): word for word in _WORD.findall(written)}


def words_of(text: str) -> list[str]:
    """The words that carry something, plain, in their order; every « sans, plus, aucun… » is NOT."""
    words = _WORD.findall(_SOMEONE.sub("quelquun", plain(text)))
    return [NOT if word in _NOT else word for word in words if word not in _EMPTY]


_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"ph", "f"),
        (r"h", ""),
        (r"eau|au", "o"),
        (r"ai|ei|ay|ey", "e"),
        (r"oeu|eu", "e"),
        (r"qu|q|ck|c(?=[^eiy]|$)", "k"),
        (r"c(?=[eiy])", "s"),
        (r"ge(?=[aou])|g(?=[eiy])", "j"),
        (r"ti(?=on|el|eu)", "si"),
        (r"x(?=.)", "ks"),
        (r"[xz]", "s"),
        (r"y", "i"),
        (r"[ae][mn](?![aeiou])", "an"),
        (r"(.)\1+", r"\1"),
        (r"(?<=.{2})(?:er|es|e|ts?|ds?|s|p)$", ""),  # what is not heard at the end
    )
)


def sound_of(word: str) -> str:
    """Roughly how a plain word sounds in French: two spellings of one sound give the same."""
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return word


# ── order ───────────────────────────────────────────────────────────────────────────────────────


def rarity(entries: int, holding: int) -> float:
    """Weight of a stem that `holding` of `entries` things hold: a word that all hold tells little."""
    return math.log(1 + entries / max(1, holding))


def length_of(stems: Iterable[str], weight: Mapping[str, float]) -> float:
    """How much a phrase says: the length of the vector of its words."""
    return math.sqrt(sum(weight[stem] ** 2 for stem in set(stems) if stem in weight))


class Likeness:
    """How much a question and phrases say the same: the cosine of their words, rare words counting more."""

    def __init__(self, terms: Iterable[Term], weight: Mapping[str, float]):
        self._gain: dict[str, tuple[int, float]] = {}  # stem -> the term it is for, what meeting it brings
        asked = 0.0
        for number, term in enumerate(terms):
            own = weight.get(term.stem, 0.0)
            asked += own * own
            for stem, near in term.stems.items():
                self._gain.setdefault(stem, (number, own * near * weight.get(stem, 0.0)))
        self._length = math.sqrt(asked)

    def to(self, stems: Iterable[str], length: float) -> float:
        """0 (nothing in common) to 1 (the same), for a phrase of these stems and this length."""
        met: dict[int, float] = {}
        for stem in stems:
            if stem in self._gain:
                number, gain = self._gain[stem]
                met[number] = max(met.get(number, 0.0), gain)
        product = length * self._length
        return min(1.0, sum(met.values()) / product) if product else 0.0
