"""The FALC rule about tenses, with what Grammalecte knows of each word: no conditional, subjunctive or passive."""

from __future__ import annotations

import re
from collections.abc import Iterator

from counter.tutorials.findings import Finding, Tools, fault, judged, look, words_of
from counter.tutorials.passages import Passage

_QUE = {"que", "qu", "quoique"}
_MEANS = {
    "exemple",
    "mail",
    "courriel",
    "téléphone",
    "courrier",
    "mois",
    "an",
    "semaine",
    "jour",
    "sms",
    "internet",
    "erreur",
    "écrit",
    "carte",
    "virement",
    "chèque",
    "message",
}  # fmt: skip « par mail » does nothing: it is no agent
_STATES = {  # what someone or something is, and nobody did
    "ouvert", "fermé", "marié", "pacsé", "séparé", "divorcé", "bloqué", "inscrit", "connecté", "handicapé", "obligé",
}  # fmt: skip


def tense(passage: Passage, tools: Tools) -> Iterator[Finding]:
    """Present: neither conditional nor subjunctive nor passive; a future is to look at."""
    if tools.morphology is None:
        return
    words = words_of(judged(passage))
    known = tools.morphology({*words, *(word.lower() for word in words)})
    analyses = [set(known.get(word.lower()) or known.get(word) or ()) for word in words]
    yield from _moods(passage, words, analyses)
    yield from _passive(passage, words, analyses)


def _moods(passage: Passage, words: list[str], analyses: list[set[str]]) -> Iterator[Finding]:
    for index, (word, known) in enumerate(zip(words, analyses, strict=True)):
        if _only(known, "K"):
            yield fault(passage, "temps", f"« {word} » est au conditionnel.", "Écrivez au présent : « vous pouvez ».")
        elif _is_subjunctive(known, [w.lower() for w in words[max(0, index - 4) : index]]):
            yield fault(passage, "temps", f"« {word} » est au subjonctif.", "Écrivez au présent, sans « que ».")
        elif _only(known, "If"):
            yield look(passage, "temps", f"« {word} » est au futur.", "Écrivez au présent si possible.")


def _is_subjunctive(known: set[str], before: list[str]) -> bool:
    """« vienne » is one by itself; « receviez » or « soit » only after « que »."""
    if known and all(_has(analysis, "Sp", "Sq") and not _has(analysis, "Ip", "Iq", "E") for analysis in known):
        return True
    after_que = bool(_QUE & set(before))
    return after_que and any(_has(a, "Sp", "Sq") for a in known) and not any(_has(a, "Ip") for a in known)


def _passive(passage: Passage, words: list[str], analyses: list[set[str]]) -> Iterator[Finding]:
    words = [word.lower() for word in words]
    for index, known in enumerate(analyses):
        if not any(_is_passive_participle(analysis) for analysis in known):
            continue
        be = _before(analyses, index)
        if be is None or not _is_be(analyses[be]) or _is_reflexive(words, be):
            continue
        phrase = " ".join(words[be : index + 1])
        advice = "Dites qui fait l'action : « la Caf envoie », « vous recevez »."
        if words[be] == "été" or _has_agent(words, index):
            yield fault(passage, "temps", f"« {phrase} » est au passif.", advice)
        elif re.sub(r"e?s?$", "", words[index]) not in _STATES:
            yield look(passage, "temps", f"« {phrase} » ressemble à un passif.", advice)


def _is_reflexive(words: list[str], be: int) -> bool:
    """« le site s'est fermé », « vous vous êtes trompé »."""
    return words[max(0, be - 1) : be] in (["se"], ["s"]) or words[max(0, be - 2) : be] == ["vous", "vous"]


def _before(analyses: list[set[str]], index: int) -> int | None:
    """Where the word before is, adverbs left out (« est souvent calculée », « n'est pas envoyé »)."""
    for position in range(index - 1, max(-1, index - 4), -1):
        if not any(_has(analysis, "W", "X") for analysis in analyses[position]):
            return position
    return None


def _has_agent(words: list[str], index: int) -> bool:
    following = words[index + 1 : index + 4]
    return "par" in following[:2] and not _MEANS & set(following)


def _is_be(known: set[str]) -> bool:
    return any(analysis.startswith(">être/:V0") for analysis in known)


def _is_passive_participle(analysis: str) -> bool:
    """A past participle of a verb that takes an object and makes its past with « avoir »."""
    verb = re.search(r"/:V[123]_(?P<flags>[a-z_]{7}).*?:Q", analysis)
    return bool(verb and verb["flags"][1] == "t" and verb["flags"][5:] in {"_a", "zz"})


def _has(analysis: str, *tags: str) -> bool:
    return any(tag in analysis.split("/")[1].split(":") for tag in tags)


def _only(known: set[str], *tags: str) -> bool:
    return bool(known) and all(_has(analysis, *tags) for analysis in known)
