"""Reads tutorial files; a faulty one is refused with its file and line, the others still load."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import frontmatter
import yaml
from markdown_it import MarkdownIt

from counter.tutorials import AUDIENCES, PLACES, SCREENS, THEMES, Picture, Step, Tutorial

CONTENT = Path(__file__).parent / "content"
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


def load_catalogue(folder: Path = CONTENT) -> Catalogue:
    """Load every `*.md` of the folder. Never raises for a faulty sheet: see `Catalogue.errors`."""
    catalogue = Catalogue()
    for path in sorted(folder.glob("*.md")):
        try:
            catalogue.tutorials[path.stem] = load_tutorial(path)
        except TutorialError as error:
            catalogue.errors.append(error)
    _drop_unknown_follow_ups(catalogue)
    return catalogue


def _drop_unknown_follow_ups(catalogue: Catalogue) -> None:
    for slug, tutorial in list(catalogue.tutorials.items()):
        for follow_up in tutorial.follow_ups:
            if follow_up not in catalogue.tutorials:
                catalogue.errors.append(
                    TutorialError(f"{slug}.md", 1, f"la suite « {follow_up} » n'existe pas dans le catalogue.")
                )


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
        line = mark.line + 2 if mark else 1
        raise TutorialError(
            file, line, "l'en-tête ne se lit pas : vérifiez les deux-points, les tirets et les guillemets."
        ) from error
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
    for key in head.keys() - REQUIRED.keys() - OPTIONAL.keys():
        raise TutorialError(
            file, _line_of(text, key), f"« {key} » n'est pas connu. Connus : {', '.join([*REQUIRED, *OPTIONAL])}."
        )
    for key, allowed in (("theme", tuple(THEMES)), ("public", AUDIENCES)):
        if head[key] not in allowed:
            raise TutorialError(
                file, _line_of(text, key), f"« {key} » vaut « {head[key]} » ; au choix : {', '.join(allowed)}."
            )
    if head["adresse"] and not head["adresse"].startswith("https://"):
        raise TutorialError(file, _line_of(text, "adresse"), "« adresse » doit commencer par https://.")


def _steps(file: str, body: str, first_line: int) -> tuple[Step, ...]:
    steps: list[Step] = []
    title, picture, sentences, line = "", None, [], 0

    def close() -> None:
        if not title:
            return
        if picture is None:
            raise TutorialError(file, line, f"l'étape « {title} » n'a pas d'image (```ecran … ou ```icone …).")
        if not sentences:
            raise TutorialError(file, line, f"l'étape « {title} » n'a pas de phrase.")
        steps.append(Step(title, picture, tuple(sentences), line))

    tokens = MarkdownIt().parse(body)
    for index, token in enumerate(tokens):
        here = first_line + (token.map[0] if token.map else 0) + 1
        if token.type == "heading_open":
            if token.tag != "h2":
                raise TutorialError(file, here, "seuls les titres d'étape « ## … » sont permis.")
            close()
            title, picture, sentences, line = tokens[index + 1].content.strip(), None, [], here
        elif token.type == "fence":
            if picture is not None:
                raise TutorialError(file, here, "une étape n'a qu'une image.")
            picture = _picture(file, here, token.info, token.content)
        elif token.type == "paragraph_open":
            if not title:
                raise TutorialError(file, here, "ce texte est avant la première étape « ## … ».")
            sentences += [part.strip() for part in tokens[index + 1].content.splitlines() if part.strip()]
        elif token.type in {"bullet_list_open", "ordered_list_open", "html_block", "blockquote_open", "table_open"}:
            raise TutorialError(file, here, "une étape ne contient que des phrases et une image.")
    close()
    if not steps:
        raise TutorialError(file, first_line + 1, "aucune étape : commencez par « ## … ».")
    return tuple(steps)


def _picture(file: str, line: int, info: str, content: str) -> Picture:
    kind, _, name = info.strip().partition(" ")
    try:
        values = yaml.safe_load(content) or {}
    except yaml.YAMLError as error:
        raise TutorialError(file, line, "l'image ne se lit pas : une ligne « mot: valeur » par information.") from error
    if not isinstance(values, dict) or not values.get("texte"):
        raise TutorialError(file, line, "l'image doit dire « texte: … » (ce que voit une personne qui voit mal).")
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
        lines=tuple(str(item) for item in values.get("lignes", ())),
    )


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
