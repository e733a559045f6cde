"""The glossary (« dico »): the hard words of the Caf, each explained in plain sentences with an example.

Read from `glossaire/*.yaml`; a faulty entry is refused with its file and line, the others stay.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from counter.tutorials import Word, unaccented
from counter.tutorials.reading import TutorialError, line_of, read_yaml, texts_of
from counter.tutorials.words import spelling_key

GLOSSARY = Path(__file__).parent / "glossaire"
KEYS = ("mot", "aussi", "explication", "exemple")
MOST_SENTENCES = 2


def load_glossary(folder: Path = GLOSSARY, prefix: str = "glossaire") -> tuple[dict[str, Word], list[TutorialError]]:
    """Words by their spelling, in the order of the alphabet, and what was wrong. Never raises.

    `prefix` stands before the file's name in the faults. A word written twice is refused the second time.
    """
    words: dict[str, Word] = {}
    errors: list[TutorialError] = []
    taken: dict[str, Word] = {}
    for path in sorted(folder.glob("*.yaml")):
        for word in _words_of_file(path, f"{prefix}/{path.name}", errors):
            if error := _twice(word, taken):
                errors.append(error)
                continue
            taken |= {spelling_key(spelling): word for spelling in (word.word, *word.also)}
            words[word.word] = word
    return dict(sorted(words.items(), key=lambda item: unaccented(item[0]))), errors


def overlaid(ours: dict[str, Word], own: dict[str, Word]) -> dict[str, Word]:
    """A structure's own words take the place of ours when they share a spelling."""
    taken = {spelling_key(spelling) for word in own.values() for spelling in (word.word, *word.also)}
    kept = {
        name: word
        for name, word in ours.items()
        if not taken & {spelling_key(spelling) for spelling in (word.word, *word.also)}
    }
    return dict(sorted({**kept, **own}.items(), key=lambda item: unaccented(item[0])))


def _twice(word: Word, taken: dict[str, Word]) -> TutorialError | None:
    for spelling in (word.word, *word.also):
        if other := taken.get(spelling_key(spelling)):
            reason = f"« {spelling} » est déjà expliqué dans {other.file}, ligne {other.line}."
            return TutorialError(word.file, word.line, reason)
    return None


def _words_of_file(path: Path, file: str, errors: list[TutorialError]) -> list[Word]:
    try:
        root = read_yaml(path, file)
        if root is None:
            return []
        if not isinstance(root, yaml.SequenceNode):
            raise TutorialError(file, line_of(root), "un glossaire est une liste : « - mot: … ».")
    except TutorialError as error:
        errors.append(error)
        return []
    words = []
    for node in root.value:
        try:
            words.append(_word(node, file))
        except TutorialError as error:
            errors.append(error)
    return words


def _word(node: yaml.Node, file: str) -> Word:
    if not isinstance(node, yaml.MappingNode):
        raise TutorialError(file, line_of(node), "un mot s'écrit « - mot: … », puis « explication » et « exemple ».")
    values: dict[str, tuple[str, ...]] = {}
    for key, value in node.value:
        if key.value not in KEYS:
            raise TutorialError(file, line_of(key), f"« {key.value} » n'est pas connu. Connus : {', '.join(KEYS)}.")
        if key.value in values:
            raise TutorialError(file, line_of(key), f"« {key.value} » est écrit deux fois.")
        values[key.value] = texts_of(value, file, key.value)
    for key in ("mot", "explication", "exemple"):
        if not values.get(key):
            raise TutorialError(file, line_of(node), f"« {key} » manque pour ce mot.")
    if len(values["explication"]) > MOST_SENTENCES:
        raise TutorialError(file, line_of(node), f"l'explication a plus de {MOST_SENTENCES} phrases.")
    if len(values["mot"]) > 1 or len(values["exemple"]) > 1:
        raise TutorialError(file, line_of(node), "« mot » et « exemple » sont un seul texte chacun.")
    return Word(
        word=values["mot"][0],
        also=values.get("aussi", ()),
        explanation=values["explication"],
        example=values["exemple"][0],
        file=file,
        line=line_of(node),
    )
