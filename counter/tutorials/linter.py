"""The FALC linter (« facile à lire et à comprendre ») : the rules, over passages.

A rule gives faults, or points that a person looks at. What needs a dictionary is handed in (`Tools`): a rule whose
tool is missing is not checked, and `Tools.unchecked` says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from counter.tutorials.findings import Finding, Tools, judged, words_of
from counter.tutorials.passages import Kind, Passage
from counter.tutorials.rules_tense import tense
from counter.tutorials.rules_text import TEXT_RULES, long_steps, note
from counter.tutorials.rules_words import WORD_RULES


def lint(passages: Iterable[Passage], tools: Tools) -> list[Finding]:
    """Every finding on these passages, in the order of the files and of their lines."""
    passages = list(passages)
    if tools.morphology:
        tools = replace(tools, morphology=_asked_once(passages, tools.morphology))
    found = [finding for passage in passages for finding in _lint_passage(passage, tools)]
    found += long_steps(passages)
    places = {passage.file: index for index, passage in reversed(list(enumerate(passages)))}
    return sorted(found, key=lambda f: (places[f.file], f.line, not f.fault, f.rule))


def _asked_once(passages: list[Passage], morphology) -> Callable[[Iterable[str]], dict[str, list[str]]]:
    """The program that knows the words is started once for all the passages."""
    words = {word for passage in passages for word in words_of(judged(passage))}
    known = morphology(sorted({*words, *(word.lower() for word in words)}))
    return lambda wanted: {word: known.get(word, []) for word in wanted}


def _lint_passage(passage: Passage, tools: Tools) -> Iterator[Finding]:
    if passage.kind is Kind.NOTE:  # plain French for the agent, not FALC
        yield from note(passage)
        return
    for rule in TEXT_RULES:
        yield from rule(passage)
    for rule in (*WORD_RULES, tense):
        yield from rule(passage, tools)
