"""Reads the sheets; a faulty one is refused with its file and line, the others still load."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

import frontmatter
import yaml

from counter.tutorials import AUDIENCES, HELPS, THEMES, TOPICS, Step, Tutorial, Word, unaccented
from counter.tutorials.glossary import GLOSSARY, load_glossary, overlaid
from counter.tutorials.helps import load_helps
from counter.tutorials.reading import TutorialError, YamlLoader, line_of, read_text
from counter.tutorials.steps import SharedSteps, parse_steps
from counter.tutorials.words import WordFinder

__all__ = ["CONTENT", "Catalogue", "TutorialError", "load_catalogue", "load_tutorial"]

CONTENT = Path(__file__).parent / "content"
RESERVED = {"dico"}  # /demarches/dico is the glossary
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
OPTIONAL = {"aides": list, "synonymes": list, "suite": list, "relu_par": str}
KIND_NAMES = {str: "un texte", list: "une liste", int: "un nombre entier", date: "une date (2025-05-31)"}


@dataclass
class Catalogue:
    """Every sheet that could be read, by slug; the glossary by word; what was wrong with the rest."""

    tutorials: dict[str, Tutorial] = field(default_factory=dict)
    errors: list[TutorialError] = field(default_factory=list)
    glossary: dict[str, Word] = field(default_factory=dict)

    @cached_property
    def words(self) -> WordFinder:
        """Finds the words of the glossary in a text."""
        return WordFinder(self.glossary)

    def by_theme(self) -> dict[str, list[Tutorial]]:
        """Theme label -> its sheets, in the order of THEMES then of their titles."""
        groups = {
            label: sorted((t for t in self.tutorials.values() if t.theme == theme), key=lambda t: t.title)
            for theme, label in THEMES.items()
        }
        return {label: sheets for label, sheets in groups.items() if sheets}


@dataclass(frozen=True)
class Commons:
    """What the sheets share: steps to include, sentences of the helps."""

    steps: SharedSteps
    helps: dict[str, tuple[str, ...]]


def load_catalogue(
    folder: Path = CONTENT,
    knows_icon: Callable[[str], bool] = lambda name: True,
    glossary: Path = GLOSSARY,
    local: Path | None = None,
) -> Catalogue:
    """Load every `*.md` of the folder, and the glossary. Never raises for a fault: see `Catalogue.errors`.

    `local` is the folder of a structure's own sheets (`instance/tutoriels`): same shape (`communs/`, `glossaire/`
    inside), same checks; a file of the same name takes the place of ours, and ours stays when it is faulty.
    `knows_icon` tells whether an icon of that name can be drawn.
    """
    catalogue = Catalogue()
    homes = [(folder, "")] + ([(local, f"{local.name}/")] if local and local.is_dir() else [])
    _load_words(catalogue, glossary, homes[1:])
    commons, faults = load_commons(*reversed(homes))
    catalogue.errors += faults
    lines: dict[str, tuple[str, int]] = {}
    for home, prefix in homes:
        for path in sorted(home.glob("*.md")):
            try:
                tutorial, text = _load(path, commons, prefix + path.name)
                _check_icons(prefix + path.name, tutorial, knows_icon)
                _check_title(prefix + path.name, tutorial, text, catalogue)
            except TutorialError as error:
                catalogue.errors.append(error)
            else:
                catalogue.tutorials[path.stem] = tutorial
                lines[path.stem] = prefix + path.name, _line_of(text, "suite")
    _check_follow_ups(catalogue, lines)
    catalogue.errors = list(dict.fromkeys(catalogue.errors))
    return catalogue


def _load_words(catalogue: Catalogue, glossary: Path, locals_: list[tuple[Path, str]]) -> None:
    catalogue.glossary, faults = load_glossary(glossary)
    catalogue.errors += faults
    for home, prefix in locals_:
        own, faults = load_glossary(home / "glossaire", f"{prefix}glossaire")
        catalogue.glossary = overlaid(catalogue.glossary, own)
        catalogue.errors += faults


def load_commons(*homes: tuple[Path, str]) -> tuple[Commons, list[TutorialError]]:
    """The shared steps and helps of these folders, the first wins, then of Counter's own; and their faults.

    A folder comes with the words that stand before its files' names in the faults.
    """
    if CONTENT not in [home for home, _ in homes]:
        homes = (*homes, (CONTENT, ""))
    folders = tuple((home / "communs", f"{prefix}communs") for home, prefix in homes)
    helps: dict[str, tuple[str, ...]] = {}
    faults: list[TutorialError] = []
    for folder, prefix in reversed(folders):
        own, more = load_helps(folder / "aides.yaml", f"{prefix}/aides.yaml")
        helps, faults = helps | own, faults + more
    steps = SharedSteps(folders)
    return Commons(steps, helps), [*faults, *steps.check()]


def _check_icons(file: str, tutorial: Tutorial, knows_icon: Callable[[str], bool]) -> None:
    named = [(file, 1, tutorial.icon), *((step.file, step.line, step.picture.icon) for step in tutorial.steps)]
    for where, line, name in named:
        if name and not knows_icon(name):
            raise TutorialError(where, line, f"l'icône « {name} » n'existe pas : cherchez son nom sur la liste Lucide.")


def _check_title(file: str, tutorial: Tutorial, text: str, catalogue: Catalogue) -> None:
    """Two sheets of one title cannot be told apart in a list."""
    title = unaccented(" ".join(tutorial.title.split()))
    for other in catalogue.tutorials.values():
        if other.slug != tutorial.slug and unaccented(" ".join(other.title.split())) == title:
            reason = f"la fiche « {other.slug} » a déjà ce titre : changez-le, ou nommez ce fichier {other.slug}.md."
            raise TutorialError(file, _line_of(text, "titre"), reason)


def _check_follow_ups(catalogue: Catalogue, lines: dict[str, tuple[str, int]]) -> None:
    for slug, tutorial in catalogue.tutorials.items():
        for follow_up in tutorial.follow_ups:
            if follow_up not in catalogue.tutorials:
                reason = f"la suite « {follow_up} » n'existe pas dans le catalogue."
                catalogue.errors.append(TutorialError(*lines[slug], reason))


def load_tutorial(path: Path, commons: Commons | None = None) -> Tutorial:
    """Read one sheet. Raises TutorialError at the first fault."""
    return _load(path, commons or load_commons((path.parent, ""))[0], path.name)[0]


def _load(path: Path, commons: Commons, file: str) -> tuple[Tutorial, str]:
    """A sheet, and its text."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", path.stem):
        reason = "le nom du fichier est l'adresse de la fiche : petites lettres sans accent, chiffres et tirets."
        raise TutorialError(file, 1, reason)
    if path.stem in RESERVED:
        reason = f"« {path.stem} » est déjà l'adresse d'une autre page : changez le nom du fichier."
        raise TutorialError(file, 1, reason)
    text = read_text(path, file)
    head, body, first_line = _split(file, text)
    _check_head(file, head, text)
    steps = parse_steps(file, body, first_line, lambda name, line: commons.steps.take(file, name, line))
    return _tutorial(path, head, steps, commons.helps), text


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
    _check_written_once(file, text)
    if isinstance(head.get("aides"), list):
        head["aides"] = [str(key) if isinstance(key, int) else key for key in head["aides"]]  # « 3230 » is a key
    return head, body, text[: text.find(body[:40])].count("\n") if body else text.count("\n")


def _check_written_once(file: str, text: str) -> None:
    header = frontmatter.default_handlers.YAMLHandler().split(text)[0]
    seen = set()
    for key, _ in yaml.compose(header, Loader=YamlLoader).value:
        if key.value in seen:
            raise TutorialError(file, line_of(key), f"« {key.value} » est écrit deux fois dans l'en-tête.")
        seen.add(key.value)


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
    for key in head.get("aides") or ():
        if key not in HELPS:
            reason = f"l'aide « {key} » n'est pas connue ; au choix : {', '.join(HELPS)}."
            raise TutorialError(file, _line_of(text, "aides"), reason)
    if not head["bloque"] and not head.get("aides"):
        reason = "« bloque » et « aides » sont vides : dites qui peut aider la personne."
        raise TutorialError(file, _line_of(text, "bloque"), reason)
    if head["adresse"] and not head["adresse"].startswith("https://"):
        raise TutorialError(file, _line_of(text, "adresse"), "« adresse » doit commencer par https://.")


def _tutorial(path: Path, head: dict, steps: tuple[Step, ...], helps: dict[str, tuple[str, ...]]) -> Tutorial:
    # A help whose own file is faulty is left out (and told): the sheet stays.
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
        help_keys=texts("aides"),
        helps=tuple(sentence for key in texts("aides") for sentence in helps.get(key, ())),
    )
