"""What a rule is handed and what it says: the text that is ours to judge, the tools, a finding."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from counter.tutorials.passages import Passage
from counter.tutorials.words import WordFinder


@dataclass(frozen=True)
class Finding:
    """What a rule says of a line. `fault` is False for a point to look at. `advice` says what to write instead."""

    file: str
    line: int
    rule: str
    fault: bool
    message: str
    advice: str

    def __str__(self) -> str:
        return f"{self.file}, ligne {self.line} [{self.rule}] {self.message} {self.advice}"


@dataclass(frozen=True)
class Tools:
    """What the rules are handed.

    `glossary`: the words that are explained. `frequency`: a word -> zipf frequency of its commonest form or lemma
    (0 unknown to 8), None when there is no dictionary. `morphology`: words -> the analyses of each, as Grammalecte
    writes them (« >pouvoir/:V3_it_xx_a:K:3s/* »), None when Grammalecte is missing.
    """

    glossary: WordFinder = field(default_factory=lambda: WordFinder({}))
    frequency: Callable[[str], float] | None = None
    morphology: Callable[[Iterable[str]], dict[str, list[str]]] | None = None

    def unchecked(self) -> list[str]:
        """The rules that cannot be checked here, with what is missing."""
        missing = []
        if self.frequency is None:
            missing.append("« mot rare » : installez wordfreq et simplemma (requirements-dev.txt)")
        if self.morphology is None:
            missing.append("« temps » : installez Grammalecte (sous Debian : apt install python3-grammalecte)")
        return missing


def fault(passage: Passage, rule: str, message: str, advice: str) -> Finding:
    return Finding(passage.file, passage.line, rule, True, message, advice)


def look(passage: Passage, rule: str, message: str, advice: str) -> Finding:
    return Finding(passage.file, passage.line, rule, False, message, advice)


_QUOTED = re.compile(r"«[^»]*»")
_ADDRESS = re.compile(r"\bhttps?://\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:fr|org|com|eu)\b(?:/\S*)?")
WORD = re.compile(r"[Aa]ujourd'hui|[^\W\d_]+(?:[-·][^\W\d_]+)*")


def judged(passage: Passage) -> str:
    """The text without bold marks, without what the site says (between « », or shown by the picture), without
    addresses: those words are not the writer's."""
    text = passage.text.replace("**", "").replace("’", "'").replace("\u202f", " ").replace("\u00a0", " ")
    for words in sorted(passage.site_words, key=len, reverse=True):
        text = text.replace(words.rstrip("…"), "«»")
    return _ADDRESS.sub("«»", _QUOTED.sub("«»", text))


def words_of(text: str) -> list[str]:
    """The words of a text: elided articles apart (« l' », « d' »), hyphens kept."""
    return WORD.findall(text)


def count_words(text: str) -> int:
    """Words as a reader counts them: « 13 h 15 » or « 1 000 » or a phone number is one, a sign is none."""
    text = text.replace("**", "").replace("\u202f", " ").replace("\u00a0", " ")
    text = re.sub(r"\b\d{1,2} h(?: \d{2})?\b", "0h", text)
    text = re.sub(r"(?<=\d) (?=\d{2,3}\b)", "", text)
    return sum(1 for token in text.split() if any(c.isalnum() for c in token))


CAPITAL = "A-ZÀÂÇÉÈÊËÎÏÔÙÛÜŒ"
_END = re.compile(rf"(?<=[.!?…])(?<!\bM\.)(?<!\bMme\.)\s+(?=[«\"{CAPITAL}0-9])")


def sentences_of(text: str) -> list[str]:
    """The sentences of a line. What is between « » ends nothing: « Vous constatez une erreur ? » is a button."""
    quotes = _QUOTED.findall(text)
    bare = _QUOTED.sub("«»", text.replace("\u00a0", " ").replace("\u202f", " "))
    parts = [part for part in _END.split(bare) if part.strip()]
    for number, part in enumerate(parts):
        while "«»" in part:
            part = part.replace("«»", quotes.pop(0), 1)
        parts[number] = part
    return parts
