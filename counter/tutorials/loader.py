"""Reads tutorial files; a faulty one is refused with its file and line, the others still load."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import frontmatter
import yaml
from markdown_it import MarkdownIt

from counter.tutorials import AUDIENCES, PLACES, SCREENS, THEMES, TOPICS, Picture, Step, Tutorial

CONTENT = Path(__file__).parent / "content"
MOST_SENTENCES = 5  # falc.md, "a step"
REQUIRED = {
    "titre": str,
    "theme": str,
    "public": str,
    "canal": str,
    "resume": str,
    "pour_qui": list,
    "duree": int,
    "icone": str,
    "a_apporter": list,
    "adresse": str,
    "chemin": str,
    "motif": str,
    "source": str,
    "verifie_le": date,
    "ensuite": list,
    "bloque": list,
}
OPTIONAL = {"synonymes": list, "suite": list, "relu_par": str}
PICTURE_KEYS = {"texte", "montre", "icone", "place", "lignes"}
KIND_NAMES = {str: "un texte", list: "une liste", int: "un nombre entier", date: "une date (2025-05-31)"}


class TutorialError(ValueError):
    """A tutorial file that cannot be used. `str()` gives « file, ligne N : reason » in French."""

    def __init__(self, file: str, line: int, reason: str):
        self.file, self.line, self.reason = file, line, reason
        super().__init__(f"{file}, ligne {line} : {reason}")


@dataclass
class Catalogue:
    """Every sheet that could be read, by slug, and what was wrong with the others."""

    tutorials: dict[str, Tutorial] = field(default_factory=dict)
    errors: list[TutorialError] = field(default_factory=list)

    def by_theme(self) -> dict[str, list[Tutorial]]:
        """Theme label -> its sheets, in the order of THEMES then of their titles."""
        groups = {
            label: sorted((t for t in self.tutorials.values() if t.theme == theme), key=lambda t: t.title)
            for theme, label in THEMES.items()
        }
        return {label: sheets for label, sheets in groups.items() if sheets}


def load_catalogue(folder: Path = CONTENT, knows_icon: Callable[[str], bool] = lambda name: True) -> Catalogue:
    """Load every `*.md` of the folder. Never raises for a faulty sheet: see `Catalogue.errors`.

    `knows_icon` tells whether an icon of that name can be drawn.
    """
    catalogue = Catalogue()
    for path in sorted(folder.glob("*.md")):
        try:
            tutorial = load_tutorial(path)
            _check_icons(path.name, tutorial, knows_icon)
            catalogue.tutorials[path.stem] = tutorial
        except TutorialError as error:
            catalogue.errors.append(error)
    _check_follow_ups(catalogue, folder)
    return catalogue


def _check_icons(file: str, tutorial: Tutorial, knows_icon: Callable[[str], bool]) -> None:
    named = [(1, tutorial.icon), *((step.line, step.picture.icon) for step in tutorial.steps)]
    for line, name in named:
        if name and not knows_icon(name):
            raise TutorialError(file, line, f"l'icône « {name} » n'existe pas : cherchez son nom sur la liste Lucide.")


def _check_follow_ups(catalogue: Catalogue, folder: Path) -> None:
    for slug, tutorial in catalogue.tutorials.items():
        for follow_up in tutorial.follow_ups:
            if follow_up not in catalogue.tutorials:
                line = _line_of((folder / f"{slug}.md").read_text(encoding="utf-8"), "suite")
                reason = f"la suite « {follow_up} » n'existe pas dans le catalogue."
                catalogue.errors.append(TutorialError(f"{slug}.md", line, reason))


def load_tutorial(path: Path) -> Tutorial:
    """Read one sheet. Raises TutorialError at the first fault."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise TutorialError(path.name, 1, "le fichier n'est pas enregistré en UTF-8.") from error
    except OSError as error:
        raise TutorialError(path.name, 1, "le fichier ne peut pas être lu.") from error
    head, body, first_line = _split(path.name, text)
    _check_head(path.name, head, text)
    return _tutorial(path, head, _steps(path.name, body, first_line))


def _split(file: str, text: str) -> tuple[dict, str, int]:
    try:
        head, body = frontmatter.parse(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1  # the header begins with the end of the line « --- »
        raise TutorialError(
            file, line, "l'en-tête ne se lit pas : vérifiez les deux-points, les tirets et les guillemets."
        ) from error
    except ValueError as error:
        line = _line_of(text, "verifie_le")
        raise TutorialError(file, line, "cette date n'existe pas : écrivez année-mois-jour.") from error
    if not head:
        raise TutorialError(file, 1, "l'en-tête manque : la première ligne doit être « --- ».")
    return head, body, text[: text.find(body[:40])].count("\n") if body else text.count("\n")


def _line_of(text: str, key: str) -> int:
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(f"{key}:"):
            return number
    return 1


def _check_head(file: str, head: dict, text: str) -> None:
    for key, kind in {**REQUIRED, **OPTIONAL}.items():
        if key not in head:
            if key in REQUIRED:
                raise TutorialError(file, 1, f"« {key} » manque dans l'en-tête.")
            continue
        if head[key] is not None and not isinstance(head[key], kind):
            raise TutorialError(file, _line_of(text, key), f"« {key} » doit être {KIND_NAMES[kind]}.")
    for key in ("titre", "resume", "duree", "icone", "canal", "source", "verifie_le"):
        if head[key] is None or head[key] == "":
            raise TutorialError(file, _line_of(text, key), f"« {key} » est vide.")
    for key, items in head.items():
        if isinstance(items, list) and not all(isinstance(item, str) for item in items):
            reason = f"une ligne de « {key} » se lit mal : mettez-la entre guillemets s'il y a deux-points."
            raise TutorialError(file, _line_of(text, key), reason)
    for key in head.keys() - REQUIRED.keys() - OPTIONAL.keys():
        raise TutorialError(
            file, _line_of(text, key), f"« {key} » n'est pas connu. Connus : {', '.join([*REQUIRED, *OPTIONAL])}."
        )
    for key, allowed in (("theme", tuple(THEMES)), ("public", AUDIENCES), ("motif", TOPICS)):
        if head[key] not in allowed:
            raise TutorialError(
                file, _line_of(text, key), f"« {key} » vaut « {head[key]} » ; au choix : {', '.join(allowed)}."
            )
    if head["adresse"] and not head["adresse"].startswith("https://"):
        raise TutorialError(file, _line_of(text, "adresse"), "« adresse » doit commencer par https://.")


def _steps(file: str, body: str, first_line: int) -> tuple[Step, ...]:
    steps: list[Step] = []
    draft: _Draft | None = None
    tokens = MarkdownIt().parse(body)
    for index, token in enumerate(tokens):
        here = first_line + (token.map[0] if token.map else 0) + 1
        if token.type == "heading_open":
            if token.tag != "h2":
                raise TutorialError(file, here, "seuls les titres d'étape « ## … » sont permis.")
            if draft:
                steps.append(draft.step(file))
            draft = _Draft(tokens[index + 1].content.strip(), here)
        elif token.type in {"fence", "paragraph_open"} and draft is None:
            raise TutorialError(file, here, "ce texte est avant la première étape « ## … ».")
        elif token.type == "fence":
            if draft.picture is not None:
                raise TutorialError(file, here, "une étape n'a qu'une image.")
            draft.picture = _picture(file, here, token.info, token.content)
        elif token.type == "paragraph_open":
            draft.sentences += [part.strip() for part in tokens[index + 1].content.splitlines() if part.strip()]
        elif token.type in _REFUSED:
            raise TutorialError(file, here, "une étape ne contient que des phrases et une image.")
    if draft is None:
        raise TutorialError(file, first_line + 1, "aucune étape : commencez par « ## … ».")
    return (*steps, draft.step(file))


_REFUSED = {
    "bullet_list_open",
    "ordered_list_open",
    "html_block",
    "blockquote_open",
    "table_open",
    "code_block",
    "hr",
}


@dataclass
class _Draft:
    """A step being read."""

    title: str
    line: int
    picture: Picture | None = None
    sentences: list[str] = field(default_factory=list)

    def step(self, file: str) -> Step:
        """The step, whole; raises TutorialError when something is missing or too long."""
        if self.picture is None:
            reason = f"l'étape « {self.title} » n'a pas d'image (```ecran … ou ```icone …)."
            raise TutorialError(file, self.line, reason)
        if not self.sentences:
            raise TutorialError(file, self.line, f"l'étape « {self.title} » n'a pas de phrase.")
        if len(self.sentences) > MOST_SENTENCES:
            reason = f"l'étape « {self.title} » a {len(self.sentences)} phrases : {MOST_SENTENCES} au plus."
            raise TutorialError(file, self.line, reason)
        return Step(self.title, self.picture, tuple(self.sentences), self.line)


def _picture(file: str, line: int, info: str, content: str) -> Picture:
    kind, _, name = info.strip().partition(" ")
    try:
        values = yaml.safe_load(content) or {}
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


def _tutorial(path: Path, head: dict, steps: tuple[Step, ...]) -> Tutorial:
    def texts(key: str) -> tuple[str, ...]:
        return tuple(str(item) for item in head.get(key) or ())

    return Tutorial(
        slug=path.stem,
        title=head["titre"],
        theme=head["theme"],
        audience=head["public"],
        channel=head["canal"],
        summary=head["resume"],
        for_whom=texts("pour_qui"),
        minutes=head["duree"],
        icon=head["icone"],
        bring=texts("a_apporter"),
        address=head["adresse"],
        path=head["chemin"],
        motif_topic=head["motif"],
        synonyms=texts("synonymes"),
        source=head["source"],
        checked_on=head["verifie_le"],
        proofread_by=head.get("relu_par") or "",
        next=texts("ensuite"),
        stuck=texts("bloque"),
        follow_ups=texts("suite"),
        steps=steps,
    )
