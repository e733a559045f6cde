"""What the linter reads: each passage of a file of the catalogue, with its line and its kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

import frontmatter
import yaml
from markdown_it import MarkdownIt

from counter.tutorials.reading import TutorialError, YamlLoader, line_of, read_text, read_yaml


class Kind(Enum):
    """What a passage is: a checklist item or a title is no sentence, a note is for the agent."""

    TITLE = "titre"
    ITEM = "ligne à cocher"
    SENTENCE = "phrase"
    PICTURE = "description de l'image"
    NOTE = "note pour l'agent"


@dataclass(frozen=True)
class Passage:
    """A text at a line of a file. `step` is the title of its step, `step_line` its line (0 outside a step).

    `site_words` are the words of the site that a picture shows; `audience` is the `public` of the sheet.
    """

    file: str
    line: int
    kind: Kind
    text: str
    step: str = ""
    step_line: int = 0
    site_words: tuple[str, ...] = ()
    audience: str = "usager"


_HEADER = {
    "titre": Kind.TITLE,
    "resume": Kind.SENTENCE,
    "pour_qui": Kind.SENTENCE,
    "a_apporter": Kind.ITEM,
    "ensuite": Kind.SENTENCE,
    "bloque": Kind.SENTENCE,
}
_GLOSSARY = {"explication": Kind.SENTENCE, "exemple": Kind.SENTENCE}


def passages_of(path: Path, file: str) -> list[Passage]:
    """The passages of a sheet, of shared steps, of helps or of a glossary, in the order of the file.

    What cannot be read is left out: the loader says what is wrong with it.
    """
    try:
        if path.suffix == ".yaml":
            return list(_yaml_passages(read_yaml(path, file), file))
        return list(_sheet_passages(read_text(path, file), file))
    except (TutorialError, yaml.YAMLError):
        return []


def _yaml_passages(root: yaml.Node | None, file: str) -> Iterator[Passage]:
    if isinstance(root, yaml.MappingNode):  # helps: key -> sentences
        for _, value in root.value:
            yield from _texts(value, file, Kind.SENTENCE, 0)
    elif isinstance(root, yaml.SequenceNode):
        for entry in root.value:
            yield from _keyed(entry, file, _GLOSSARY, 0)


def _sheet_passages(text: str, file: str) -> Iterator[Passage]:
    header, body, first_line = _halves(text)
    audience = "usager"
    if header is not None:
        values = {key.value: value.value for key, value in header.value}
        audience = values.get("public", audience)
        # The header's first line is the end of the line « --- ».
        yield from (replace(p, audience=audience) for p in _keyed(header, file, _HEADER, 0))
    yield from (replace(p, audience=audience) for p in _step_passages(body, file, first_line))


def _halves(text: str) -> tuple[yaml.MappingNode | None, str, int]:
    """Header, body, and how many lines stand before the body."""
    if not text.startswith("---"):
        return None, text, 0
    handler = frontmatter.default_handlers.YAMLHandler()
    try:
        header, body = handler.split(text)
    except ValueError:  # « --- » is missing at the end of the header
        return None, "", 0
    node = yaml.compose(header, Loader=YamlLoader)
    return (node if isinstance(node, yaml.MappingNode) else None), body, text.count("\n") - body.count("\n")


def _step_passages(body: str, file: str, first_line: int) -> Iterator[Passage]:
    step, step_line = "", 0
    tokens = MarkdownIt().parse(body)
    for index, token in enumerate(tokens):
        here = first_line + (token.map[0] if token.map else 0) + 1
        if token.type == "heading_open":
            step, step_line = tokens[index + 1].content.strip(), here
            yield Passage(file, here, Kind.TITLE, step, step, step_line)
        elif token.type == "paragraph_open":
            for offset, line in enumerate(tokens[index + 1].content.splitlines()):
                if line.strip():
                    yield Passage(file, here + offset, Kind.SENTENCE, line.strip(), step, step_line)
        elif token.type == "fence" and token.info.strip() == "agent":
            yield Passage(file, here + 1, Kind.NOTE, " ".join(token.content.split()), step, step_line)
        elif token.type == "fence" and not token.info.strip().startswith("inclure"):
            yield from _picture_passages(token.content, file, here, step, step_line)


def _picture_passages(content: str, file: str, line: int, step: str, step_line: int) -> Iterator[Passage]:
    try:
        node = yaml.compose(content, Loader=YamlLoader)
    except yaml.YAMLError:
        return
    if not isinstance(node, yaml.MappingNode):
        return
    shown = [value for key, value in node.value if key.value in {"montre", "lignes"}]
    words = tuple(passage.text for value in shown for passage in _texts(value, file, Kind.PICTURE, 0))
    for passage in _keyed(node, file, {"texte": Kind.PICTURE}, line):
        yield replace(passage, step=step, step_line=step_line, site_words=words)


def _keyed(node: yaml.Node, file: str, kinds: dict[str, Kind], before: int) -> Iterator[Passage]:
    """The passages of the keys that hold some; `before` is the number of lines before the node's text."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value in kinds:
                yield from _texts(value, file, kinds[key.value], before)


def _texts(node: yaml.Node, file: str, kind: Kind, before: int) -> Iterator[Passage]:
    for item in node.value if isinstance(node, yaml.SequenceNode) else [node]:
        if isinstance(item, yaml.ScalarNode) and item.value.strip():
            yield Passage(file, before + line_of(item), kind, item.value.strip())
