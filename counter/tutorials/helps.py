"""The helps that sheets share (`aides:`): who can help, said once in `communs/aides.yaml`."""

from __future__ import annotations

from pathlib import Path

import yaml

from counter.tutorials import HELPS
from counter.tutorials.reading import TutorialError, line_of, read_yaml, texts_of


def load_helps(path: Path, file: str) -> tuple[dict[str, tuple[str, ...]], list[TutorialError]]:
    """Key -> sentences, and what was wrong. Never raises; no file is no fault."""
    helps: dict[str, tuple[str, ...]] = {}
    errors: list[TutorialError] = []
    if not path.is_file():
        return helps, errors
    try:
        root = read_yaml(path, file)
        if not isinstance(root, yaml.MappingNode):
            raise TutorialError(file, 1, "écrivez une aide par ligne, « agent: », puis ses phrases.")
    except TutorialError as error:
        return helps, [error]
    for key, value in root.value:
        try:
            helps |= {key.value: _sentences(key, value, file, helps)}
        except TutorialError as error:
            errors.append(error)
    return helps, errors


def _sentences(key: yaml.Node, value: yaml.Node, file: str, known: dict) -> tuple[str, ...]:
    if key.value not in HELPS:
        raise TutorialError(file, line_of(key), f"l'aide « {key.value} » n'est pas connue : {', '.join(HELPS)}.")
    if key.value in known:
        raise TutorialError(file, line_of(key), f"l'aide « {key.value} » est écrite deux fois.")
    if not isinstance(value, yaml.SequenceNode) or not value.value:
        raise TutorialError(file, line_of(key), f"l'aide « {key.value} » est une liste de phrases.")
    return texts_of(value, file, key.value)
