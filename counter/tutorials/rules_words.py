"""The FALC rules about words: capitals, acronyms, words of the Caf, rare words (falc.md).

They need the glossary, and a dictionary of frequencies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from counter.tutorials.findings import CAPITAL, WORD, Finding, Tools, fault, judged
from counter.tutorials.passages import Passage
from counter.tutorials.rules_text import ITALIC, ROMAN

RAREST = 3.5  # zipf frequency: 3 is once in a million words, 4 ten times

# Frequent words that mean something else at a Caf: a dictionary of frequencies does not find them.
CAF_WORDS = (
    "allocataire", "allocation", "attestation", "bailleur", "charge", "convention", "curateur", "démarche",
    "foyer", "groupe", "habilitation", "indu", "justificatif", "locataire", "mesure de protection", "plafond",
    "prestation", "prime", "profil", "quotient familial", "recouvrement", "ressource", "titre de séjour",
    "trop-perçu", "tuteur", "versement",
)  # fmt: skip


_CAPITALS = re.compile(rf"\b[{CAPITAL}]{{2,}}(?:[ '-]+[{CAPITAL}]{{2,}})+\b|\b[{CAPITAL}]{{7,}}\b")


def layout(passage: Passage, tools: Tools) -> Iterator[Finding]:
    """Neither italics nor words in capitals; what the style sheet decides is held by tests."""
    text = judged(passage)
    known = {use.start for use in tools.glossary.uses(text)}
    for match in _CAPITALS.finditer(text):
        if match.start() not in known:
            yield fault(passage, "mise en forme", f"« {match[0]} » est en capitales.", "Écrivez en petites lettres.")
    if match := ITALIC.search(passage.text.replace("**", "")):
        advice = "Écrivez droit, ou en gras entre **."
        yield fault(passage, "mise en forme", f"« {match[0]} » est en italique.", advice)


_ACRONYM = re.compile(r"(?<![\w-])(?:[A-Z]{2,6}\d?|[A-Z][a-z]?[A-Z]{1,}[A-Za-z]*)(?![\w-])")
_CAF_WORD = re.compile(r"(?<![\w-])(?:" + "|".join(f"{word}[sx]?" for word in CAF_WORDS) + r")(?![\w-])", re.IGNORECASE)
_EXPLAIN = "Ajoutez-le au glossaire (glossaire/…yaml), ou prenez un mot plus simple."


def acronym(passage: Passage, tools: Tools) -> Iterator[Finding]:
    """An acronym or a word of the Caf has its entry in the glossary, which explains it where it stands."""
    text = judged(passage)
    uses = tools.glossary.uses(text)
    capitals = [match.span() for match in _CAPITALS.finditer(text)]
    told = set()
    for match in (*_ACRONYM.finditer(text), *_CAF_WORD.finditer(text)):
        inside = any(use.start <= match.start() and match.end() <= use.end for use in uses)
        shouted = any(start <= match.start() < end for start, end in capitals)
        if not inside and not shouted and not ROMAN.fullmatch(match[0]) and match[0] not in told:
            told.add(match[0])
            yield fault(passage, "sigle ou mot de la Caf", f"« {match[0]} » n'est pas expliqué.", _EXPLAIN)


def rare_word(passage: Passage, tools: Tools) -> Iterator[Finding]:
    """A word that few people read every day has its entry in the glossary, or gives way to another."""
    if tools.frequency is None:
        return
    text = judged(passage)
    for use in reversed(tools.glossary.uses(text)):
        text = text[: use.start] + "«»" + text[use.end :]
    text = _CAF_WORD.sub("«»", text)  # told by another rule
    told = set()
    for match in WORD.finditer(text):
        word = match[0]
        if word.lower() in told or _is_name(text, match) or not _is_rare(word, tools.frequency):
            continue
        told.add(word.lower())
        yield fault(passage, "mot rare", f"« {word} » est un mot rare.", _EXPLAIN)


def _is_name(text: str, match: re.Match) -> bool:
    """A capital in the middle of a sentence: someone's name, a town. Capitals alone are for another rule."""
    first = not re.search(r"\w", text[: match.start()]) or re.search(r"[:?!.]\s*$", text[: match.start()])
    return match[0].isupper() or (match[0][0].isupper() and not first)


def _is_rare(word: str, frequency: Callable[[str], float]) -> bool:
    if len(word) < 3:
        return False
    word = word.lower()
    if frequency(word) >= RAREST:
        return False
    if "-" not in word:
        return True
    # « donnez-vous », « celui-ci » : a hyphen joins words that are each common.
    return any(len(part) > 2 and frequency(part) < RAREST for part in word.split("-"))


WORD_RULES = (layout, acronym, rare_word)
