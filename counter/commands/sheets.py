"""The sheets, held to the plain-language rules."""

from __future__ import annotations

from pathlib import Path

import click

from counter.commands.speaking import Stop, spoken
from counter.config import load_settings
from counter.icons import knows_icon
from counter.outside.french import morphology, word_frequency
from counter.tutorials.checking import check
from counter.tutorials.findings import Tools
from counter.tutorials.words import WordFinder


@click.group("tutoriels")
def tutorials() -> None:
    """Les fiches pas à pas et le glossaire."""


@tutorials.command("verifier")
@click.argument("fichiers", nargs=-1, metavar="[FICHIER…]", type=click.Path(path_type=Path))
@click.option("--fautes", is_flag=True, help="Montre les fautes, sans les points à regarder.")
@spoken
def check_tutorials(fichiers: tuple[Path, ...], fautes: bool) -> None:
    """Vérifie les règles FALC : toutes les fiches, ou les fichiers donnés. Sans Internet."""
    for path in fichiers:
        if not path.is_file():
            raise Stop(f"Le fichier « {path} » n'existe pas. Vérifiez son nom et son dossier.")
    report = check(load_settings().sheets, _tools, knows_icon, fichiers)
    if fichiers and report.files < len(fichiers):
        raise Stop("Une fiche est un fichier .md, un glossaire un fichier .yaml dans un dossier « glossaire ».")
    for title, findings in (("Fautes", report.faults), ("À regarder", [] if fautes else report.to_look_at)):
        if findings:
            click.echo(f"{title} :")
            for finding in findings:
                click.echo(f"  {finding}".rstrip())
    for rule in report.unchecked:
        click.echo(f"Règle non vérifiée : {rule}.")
    counted = f"Fichiers : {report.files}. Fautes : {len(report.faults)}. À regarder : {len(report.to_look_at)}."
    if report.faults:
        raise Stop(counted)
    click.echo(counted)


def _tools(glossary: WordFinder) -> Tools:
    return Tools(glossary, word_frequency(), morphology())
