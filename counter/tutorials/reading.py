"""What every file of the catalogue shares: its fault, told with file and line, and how it is read."""

from __future__ import annotations

from pathlib import Path

import yaml

# The reader of libyaml where PyYAML has it: eight times as fast, and an old PC reads 150 files at each start.
YamlLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class TutorialError(ValueError):
    """A file of the catalogue that cannot be used. `str()` gives « file, ligne N : reason » in French."""

    def __init__(self, file: str, line: int, reason: str):
        self.file, self.line, self.reason = file, line, reason
        super().__init__(f"{file}, ligne {line} : {reason}")

    def __eq__(self, other) -> bool:
        return isinstance(other, TutorialError) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


def read_text(path: Path, file: str) -> str:
    """The text of a file. Raises TutorialError when it is no UTF-8 or cannot be opened."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise TutorialError(file, 1, "le fichier n'est pas enregistré en UTF-8.") from error
    except OSError as error:
        raise TutorialError(file, 1, "le fichier ne peut pas être lu.") from error


def read_yaml(path: Path, file: str) -> yaml.Node | None:
    """The nodes of a YAML file, which know their lines; None for an empty file. Raises TutorialError."""
    try:
        return yaml.compose(read_text(path, file), Loader=YamlLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = "le fichier ne se lit pas : vérifiez les deux-points, les tirets et les guillemets."
        raise TutorialError(file, mark.line + 1 if mark else 1, reason) from error


def line_of(node: yaml.Node) -> int:
    """The line, from 1, where a node begins."""
    return node.start_mark.line + 1


def texts_of(node: yaml.Node, file: str, what: str) -> tuple[str, ...]:
    """The texts of a list, or the one text alone. Raises TutorialError at the line that is no text."""
    nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
    for item in nodes:
        if not isinstance(item, yaml.ScalarNode) or not item.value.strip():
            reason = f"une ligne de « {what} » est vide ou se lit mal : mettez-la entre guillemets."
            raise TutorialError(file, line_of(item), reason)
    return tuple(item.value.strip() for item in nodes)
