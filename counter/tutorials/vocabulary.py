"""Everyday language: what people say, and which sheet answers it. Read from `vocabulaire.yaml`.

A faulty line is refused with its file and line, the others stay. The file is told to writers in `docs/tutoriels.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from counter.tutorials import AUDIENCES
from counter.tutorials.reading import TutorialError, line_of, read_yaml, texts_of

NAME = "vocabulaire.yaml"
VOCABULARY = Path(__file__).parent / NAME


@dataclass(frozen=True)
class Saying:
    """Things people say, and the slugs of the sheets that answer, the best first."""

    words: tuple[str, ...]
    sheets: tuple[str, ...]


@dataclass
class Vocabulary:
    """What `vocabulaire.yaml` says, and what was wrong in it.

    `alike`: groups of single words that mean nearly the same. `short`: what is written -> how it is read.
    `audiences`: audience other than « usager » -> the words that tell it. `often`: the slugs most asked for.
    `discreet`: the slugs shown only to a person who speaks of it.
    """

    sayings: list[Saying] = field(default_factory=list)
    alike: list[tuple[str, ...]] = field(default_factory=list)
    short: dict[str, str] = field(default_factory=dict)
    audiences: dict[str, tuple[str, ...]] = field(default_factory=dict)
    often: tuple[str, ...] = ()
    discreet: tuple[str, ...] = ()
    errors: list[TutorialError] = field(default_factory=list)

    def add(self, other: Vocabulary) -> None:
        """What `other` says is said too; where both speak of one thing, `other` is right."""
        replaced = {words.casefold() for saying in other.sayings for words in saying.words}
        kept = ((tuple(w for w in s.words if w.casefold() not in replaced), s.sheets) for s in self.sayings)
        self.sayings = [*other.sayings, *(Saying(words, sheets) for words, sheets in kept if words)]
        self.alike += other.alike
        self.short |= other.short
        self.audiences |= {name: (*self.audiences.get(name, ()), *words) for name, words in other.audiences.items()}
        self.often, self.discreet = (*self.often, *other.often), (*self.discreet, *other.discreet)
        self.errors += other.errors


def load_vocabulary(slugs: Collection[str], path: Path = VOCABULARY, local: Path | None = None) -> Vocabulary:
    """Read the file; `slugs` are the sheets there are. Never raises: see `Vocabulary.errors`.

    `local` is the folder of a structure's own sheets: a file of the same name in it adds to ours.
    """
    vocabulary = _Reader(path.name, slugs).read(path)
    if local and (local / NAME).is_file():
        vocabulary.add(_Reader(f"{local.name}/{NAME}", slugs).read(local / NAME))
    return vocabulary


class _Reader:
    """Fills a vocabulary, one part of the file after another."""

    def __init__(self, file: str, slugs: Collection[str]):
        self.file, self.slugs, self.found = file, slugs, Vocabulary()
        self.said: dict[str, int] = {}  # saying -> its line
        self.parts: dict[str, Callable[[yaml.Node], None]] = {
            "dire": self._sayings,
            "pareil": self._alike,
            "court": self._short,
            "public": self._audiences,
            "souvent": self._often,
            "discret": self._discreet,
        }

    def read(self, path: Path) -> Vocabulary:
        try:
            for key, value in self._pairs(read_yaml(path, self.file), "le fichier"):
                part = self.parts.get(key.value)
                if part:
                    part(value)
                else:
                    self._refuse(key, f"« {key.value} » n'est pas connu. Connus : {', '.join(self.parts)}.")
        except TutorialError as error:
            self.found.errors.append(error)
        return self.found

    def _refuse(self, node: yaml.Node | None, reason: str) -> None:
        self.found.errors.append(TutorialError(self.file, line_of(node) if node else 1, reason))

    def _pairs(self, node: yaml.Node | None, what: str) -> list[tuple[yaml.Node, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode):
            self._refuse(node, f"{what} se lit mal : une ligne « mot: valeur » par information.")
            return []
        return node.value

    def _items(self, node: yaml.Node, what: str) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            self._refuse(node, f"« {what} » est une liste : une ligne « - … » par ligne.")
            return []
        return node.value

    def _texts(self, node: yaml.Node, what: str) -> tuple[str, ...]:
        """The texts, or nothing when one of them cannot be read."""
        try:
            return texts_of(node, self.file, what)
        except TutorialError as error:
            self.found.errors.append(error)
            return ()

    def _sayings(self, node: yaml.Node) -> None:
        for item in self._items(node, "dire"):
            values = {key.value: value for key, value in self._pairs(item, "cette ligne de « dire »")}
            if not values:
                continue
            if set(values) != {"mots", "fiches"}:
                self._refuse(item, "une ligne de « dire » a « mots » et « fiches », et rien d'autre.")
                continue
            words, sheets = self._texts(values["mots"], "mots"), self._sheets(values["fiches"])
            words = tuple(word for word in words if self._first_time(word, values["mots"]))
            if words and sheets:
                self.found.sayings.append(Saying(words, sheets))

    def _first_time(self, word: str, node: yaml.Node) -> bool:
        """A saying leads to one list of sheets: twice, nobody knows which one counts."""
        before = self.said.setdefault(word.casefold(), line_of(node))
        if before != line_of(node):
            self._refuse(node, f"« {word} » est déjà dit ligne {before}.")
            return False
        return True

    def _sheets(self, node: yaml.Node) -> tuple[str, ...]:
        slugs = self._texts(node, "fiches")
        for slug in slugs:
            if slug not in self.slugs:
                self._refuse(node, f"la fiche « {slug} » n'existe pas dans le catalogue.")
        return tuple(slug for slug in slugs if slug in self.slugs)

    def _alike(self, node: yaml.Node) -> None:
        for item in self._items(node, "pareil"):
            words = self._texts(item, "pareil")
            if not all(word.isalnum() for word in words) or len(words) < 2:
                self._refuse(item, "une ligne de « pareil » est une liste de deux mots seuls ou plus.")
            else:
                self.found.alike.append(words)

    def _short(self, node: yaml.Node) -> None:
        for key, value in self._pairs(node, "« court »"):
            texts = self._texts(value, key.value)
            if not key.value.isalnum() or len(texts) != 1:
                self._refuse(key, "une ligne de « court » s'écrit « mdp: mot de passe ».")
            else:
                self.found.short[key.value] = texts[0]

    def _audiences(self, node: yaml.Node) -> None:
        for key, value in self._pairs(node, "« public »"):
            if key.value not in AUDIENCES or key.value == "usager":
                self._refuse(key, f"« {key.value} » n'est pas un public : {', '.join(AUDIENCES[1:])}.")
            else:
                self.found.audiences[key.value] = self._texts(value, key.value)

    def _often(self, node: yaml.Node) -> None:
        self.found.often = self._sheets(node)

    def _discreet(self, node: yaml.Node) -> None:
        self.found.discreet = self._sheets(node)
