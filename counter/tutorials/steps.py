"""The steps of a sheet, and those it takes from `communs/`: « ```inclure ouvrir-mon-compte »."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from markdown_it import MarkdownIt

from counter.tutorials import PLACES, SCREENS, Picture, Step
from counter.tutorials.reading import TutorialError, YamlLoader, read_text

MOST_SENTENCES = 5  # falc.md, "a step"
MOST_STEPS = 60  # a sheet longer than this is a mistake (an inclusion that grows)
PICTURE_KEYS = {"texte", "montre", "icone", "place", "lignes"}
_REFUSED = {
    "bullet_list_open",
    "ordered_list_open",
    "html_block",
    "blockquote_open",
    "table_open",
    "code_block",
    "hr",
}
Include = Callable[[str, int], tuple[Step, ...]]


class SharedSteps:
    """The files of `communs/`, read once each; in the folders given, the first good file of a name wins."""

    def __init__(self, folders: tuple[tuple[Path, str], ...]):
        """`folders`: (folder, words before a file's name in its faults)."""
        self._folders = folders
        self._read: dict[str, tuple[Step, ...] | TutorialError] = {}
        self._faults: list[TutorialError] = []

    def check(self) -> list[TutorialError]:
        """Read every file, used or not; the faults."""
        for name in sorted({path.stem for folder, _ in self._folders for path in folder.glob("*.md")}):
            self._steps(name, ())
        return sorted(self._faults, key=lambda fault: (fault.file, fault.line))

    def take(self, file: str, name: str, line: int, chain: tuple[str, ...] = ()) -> tuple[Step, ...]:
        """The steps of a shared file, for the inclusion at this line of `file`.

        Raises TutorialError when there is no such file, when it is faulty, or when it ends up including itself.
        """
        if name in chain:
            circle = " › ".join((*chain[chain.index(name) :], name))
            raise TutorialError(file, line, f"ces étapes s'incluent en rond : {circle}.")
        if not self._paths(name):
            raise TutorialError(file, line, f"« {name} » n'existe pas : il faut un fichier communs/{name}.md.")
        found = self._steps(name, chain)
        if isinstance(found, TutorialError):
            reason = f"« {name} » ne peut pas être inclus : corrigez {found.file}, ligne {found.line}."
            raise TutorialError(file, line, reason) from found
        return found

    def _paths(self, name: str) -> list[tuple[Path, str]]:
        files = [(folder / f"{name}.md", f"{prefix}/{name}.md") for folder, prefix in self._folders]
        return [(path, file) for path, file in files if path.exists()]

    def _steps(self, name: str, chain: tuple[str, ...]) -> tuple[Step, ...] | TutorialError:
        if name not in self._read:
            self._read[name] = self._first_good(name, (*chain, name))
        return self._read[name]

    def _first_good(self, name: str, chain: tuple[str, ...]) -> tuple[Step, ...] | TutorialError:
        faults = []
        for path, file in self._paths(name):
            try:
                return self._parse(path, file, chain)
            except TutorialError as error:
                faults.append(error)
                self._faults.append(error)
        return faults[0]

    def _parse(self, path: Path, file: str, chain: tuple[str, ...]) -> tuple[Step, ...]:
        text = read_text(path, file)
        if text.lstrip().startswith("---"):
            raise TutorialError(file, 1, "un fichier d'étapes communes n'a pas d'en-tête : seulement des « ## … ».")
        return parse_steps(file, text, 0, lambda wanted, line: self.take(file, wanted, line, chain))


def parse_steps(file: str, body: str, first_line: int, include: Include) -> tuple[Step, ...]:
    """The steps of a body that begins after `first_line` lines. Raises TutorialError at the first fault.

    `include(name, line)` gives the steps of a shared file.
    """
    reader = _Reader(file, first_line, include)
    tokens = MarkdownIt().parse(body)
    for index, token in enumerate(tokens):
        reader.token(token, tokens[index + 1].content if index + 1 < len(tokens) else "")
    return reader.end()


class _Reader:
    """Goes through the Markdown of a body, one token after the other."""

    def __init__(self, file: str, first_line: int, include: Include):
        self.file, self.first_line, self.include = file, first_line, include
        self.steps: list[Step] = []
        self.draft: _Draft | None = None

    def token(self, token, content: str) -> None:
        """`content`: the words of the title or of the paragraph that the token opens."""
        here = self.first_line + (token.map[0] if token.map else 0) + 1
        if token.type == "heading_open":
            self._title(token, content.strip(), here)
        elif token.type == "fence" and token.info.strip().startswith("inclure"):
            self._inclusion(token, here)
        elif token.type in {"fence", "paragraph_open"} and self.draft is None:
            where = "hors d'une étape « ## … »" if self.steps else "avant la première étape « ## … »"
            raise TutorialError(self.file, here, f"ce texte est {where}.")
        elif token.type == "fence":
            self.draft.fence(self.file, here, token)
        elif token.type == "paragraph_open":
            self.draft.sentences += [part.strip() for part in content.splitlines() if part.strip()]
        elif token.type in _REFUSED:
            raise TutorialError(self.file, here, "une étape ne contient que des phrases et une image.")

    def end(self) -> tuple[Step, ...]:
        self._close()
        if not self.steps:
            raise TutorialError(self.file, self.first_line + 1, "aucune étape : commencez par « ## … ».")
        if len(self.steps) > MOST_STEPS:
            raise TutorialError(self.file, self.first_line + 1, f"plus de {MOST_STEPS} étapes : faites deux fiches.")
        return tuple(self.steps)

    def _title(self, token, title: str, here: int) -> None:
        if token.tag != "h2":
            raise TutorialError(self.file, here, "seuls les titres d'étape « ## … » sont permis.")
        self._close()
        self.draft = _Draft(title, here)

    def _inclusion(self, token, here: int) -> None:
        name = token.info.strip().removeprefix("inclure").strip()
        if token.content.strip() or not re.fullmatch(r"[a-z0-9-]+", name):
            raise TutorialError(self.file, here, "une inclusion s'écrit « ```inclure nom », puis « ``` », sans rien.")
        self._close()
        self.steps += self.include(name, here)

    def _close(self) -> None:
        if self.draft:
            self.steps.append(self.draft.step(self.file))
        self.draft = None


@dataclass
class _Draft:
    """A step being read."""

    title: str
    line: int
    picture: Picture | None = None
    note: str = ""
    sentences: list[str] = field(default_factory=list)

    def fence(self, file: str, line: int, token) -> None:
        if token.info.strip() == "agent":
            self._note(file, line, " ".join(token.content.split()))
        elif self.picture is not None:
            raise TutorialError(file, line, "une étape n'a qu'une image.")
        else:
            self.picture = _picture(file, line, token.info, token.content)

    def _note(self, file: str, line: int, note: str) -> None:
        if self.note:
            raise TutorialError(file, line, "une étape n'a qu'une note pour l'agent.")
        if not note:
            raise TutorialError(file, line, "la note pour l'agent est vide.")
        self.note = note

    def step(self, file: str) -> Step:
        """The step, whole; raises TutorialError when something is missing or too long."""
        if not self.title:
            raise TutorialError(file, self.line, "le titre de cette étape est vide.")
        if self.picture is None:
            reason = f"l'étape « {self.title} » n'a pas d'image (```ecran … ou ```icone …)."
            raise TutorialError(file, self.line, reason)
        if not self.sentences:
            raise TutorialError(file, self.line, f"l'étape « {self.title} » n'a pas de phrase.")
        if len(self.sentences) > MOST_SENTENCES:
            reason = f"l'étape « {self.title} » a {len(self.sentences)} phrases : {MOST_SENTENCES} au plus."
            raise TutorialError(file, self.line, reason)
        return Step(self.title, self.picture, tuple(self.sentences), self.line, file, self.note)


def _picture(file: str, line: int, info: str, content: str) -> Picture:
    kind, _, name = info.strip().partition(" ")
    try:
        values = yaml.load(content, Loader=YamlLoader) or {}  # noqa: S506 (a safe one, see there)
    except yaml.YAMLError as error:
        raise TutorialError(file, line, "l'image ne se lit pas : une ligne « mot: valeur » par information.") from error
    except ValueError as error:
        raise TutorialError(file, line, "l'image contient une date qui n'existe pas.") from error
    if not isinstance(values, dict) or not values.get("texte"):
        raise TutorialError(file, line, "l'image doit dire « texte: … » (ce que voit une personne qui voit mal).")
    _check_picture(file, line, values)
    for key in values.keys() - PICTURE_KEYS:
        raise TutorialError(file, line, f"« {key} » n'est pas connu dans une image.")
    if kind == "icone" and name:
        return Picture(text=str(values["texte"]), icon=name)
    if kind != "ecran" or name not in SCREENS:
        raise TutorialError(
            file, line, f"image « {info} » inconnue ; écrivez « icone … » ou « ecran » suivi de : {', '.join(SCREENS)}."
        )
    place = values.get("place", "centre")
    if place not in PLACES:
        raise TutorialError(file, line, f"« place » vaut « {place} » ; au choix : {', '.join(PLACES)}.")
    return Picture(
        text=str(values["texte"]),
        icon=values.get("icone"),
        screen=name,
        shows=str(values.get("montre", "")),
        place=place,
        lines=tuple(str(item) for item in values.get("lignes", [])),
    )


def _check_picture(file: str, line: int, values: dict) -> None:
    lines = values.get("lignes", [])
    if not isinstance(lines, list) or not all(isinstance(item, str | int) for item in lines):
        raise TutorialError(file, line, "« lignes » est une liste : lignes: [Première, Deuxième].")
    for key, value in values.items():
        if key != "lignes" and not isinstance(value, str | int):
            raise TutorialError(file, line, f"« {key} » est vide, ou se lit mal : mettez le texte entre guillemets.")
