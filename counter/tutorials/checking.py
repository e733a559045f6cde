"""Checks the files of the catalogue: what the loader refuses, then what the linter finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from counter.tutorials.findings import Finding, Tools
from counter.tutorials.glossary import GLOSSARY
from counter.tutorials.linter import lint
from counter.tutorials.loader import CONTENT, Catalogue, load_catalogue
from counter.tutorials.passages import passages_of
from counter.tutorials.pictures import is_legible
from counter.tutorials.words import WordFinder

MakeTools = Callable[[WordFinder], Tools]


@dataclass(frozen=True)
class Report:
    """What was found in `files` files, and the rules that could not be checked."""

    files: int
    findings: list[Finding]
    unchecked: list[str]

    @property
    def faults(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.fault]

    @property
    def to_look_at(self) -> list[Finding]:
        return [finding for finding in self.findings if not finding.fault]


def check(local: Path | None, tools: MakeTools, knows_icon: Callable[[str], bool], only: Iterable[Path] = ()) -> Report:
    """Check the whole catalogue and the structure's own sheets (`local`), or `only` these files.

    A file that belongs to neither is checked as if its folder were the structure's.
    """
    only = [path.resolve() for path in only]
    homes = {_home(path, local) for path in only} if only else {local}
    reports = [_check_home(home, tools, knows_icon, only) for home in sorted(homes, key=str)]
    findings = list(dict.fromkeys(finding for report in reports for finding in report.findings))
    return Report(sum(report.files for report in reports), findings, reports[0].unchecked)


def own_faults(local: Path, catalogue: Catalogue) -> list[Finding]:
    """The faults of a structure's own files that need no dictionary, for a page of the app to name."""
    files = {label: path for label, path in _files(local).items() if path.is_relative_to(local)}
    passages = [passage for label, path in files.items() for passage in passages_of(path, label)]
    return [finding for finding in lint(passages, Tools(catalogue.words)) if finding.fault]


def _home(path: Path, local: Path | None) -> Path | None:
    """The folder of sheets that a file outside the catalogue belongs to."""
    if path.is_relative_to(CONTENT) or path.is_relative_to(GLOSSARY):
        return local
    return path.parent.parent if path.parent.name in {"communs", "glossaire"} else path.parent


def _check_home(home: Path | None, tools: MakeTools, knows_icon, only: list[Path]) -> Report:
    files = _files(home)
    if only:
        files = {label: path for label, path in files.items() if path.resolve() in only}
    catalogue = load_catalogue(knows_icon=knows_icon, local=home)
    using = tools(catalogue.words)
    refused = [_refusal(error) for error in catalogue.errors if error.file in files]
    refused += [small for small in _small_words(catalogue) if small.file in files]
    passages = [passage for label, path in files.items() for passage in passages_of(path, label)]
    return Report(len(files), refused + lint(passages, using), using.unchecked())


def _refusal(error) -> Finding:
    return Finding(error.file, error.line, "fichier", True, error.reason[:1].upper() + error.reason[1:], "")


def _small_words(catalogue: Catalogue) -> list[Finding]:
    """The pictures whose words are too long for their place, and so smaller than 18 px and 14 points."""
    steps = {(step.file, step.line): step for sheet in catalogue.tutorials.values() for step in sheet.steps}
    return [
        Finding(
            file,
            line,
            "mise en forme",
            True,
            f"L'image de « {step.title} » a des mots trop longs, ils rapetissent.",
            "Gardez le début et finissez par « … ».",
        )
        for (file, line), step in steps.items()
        if not is_legible(step.picture)
    ]


def _files(local: Path | None) -> dict[str, Path]:
    """Label -> file, as the loader names them in its faults."""
    homes = [(CONTENT, "")] + ([(local, f"{local.name}/")] if local else [])
    found = {
        f"{prefix}{path.relative_to(home).as_posix()}": path
        for home, prefix in homes
        for pattern in ("*.md", "communs/*.md", "communs/aides.yaml", "glossaire/*.yaml")
        for path in sorted(home.glob(pattern))
    }
    return found | {f"glossaire/{path.name}": path for path in sorted(GLOSSARY.glob("*.yaml"))}
