"""Kiosks: the browser that shows them, the languages they speak."""

from __future__ import annotations

import click

from counter.commands.speaking import spoken
from counter.config import ROOT, load_settings
from counter.demonstration import every_motif
from counter.icons import knows_icon
from counter.kiosk import browser_lines
from counter.languages import TRANSLATED
from counter.languages.extraction import bring_up_to_date, said_by_kiosk
from counter.tutorials.loader import load_catalogue


@click.group("borne")
def kiosks() -> None:
    """Les bornes du hall."""


@kiosks.command("lancer")
@spoken
def launch_kiosk() -> None:
    """Donne la ligne de commande qui ouvre une borne en plein écran."""
    settings = load_settings()
    address = (settings.public_url or f"http://{settings.host}:{settings.port}").rstrip("/") + "/borne"
    for system, line in browser_lines(address):
        click.echo(f"{system} :\n  {line}\n")
    click.echo("La première fois, la borne demande un code : Administration, puis Les bornes.")


@kiosks.command("langues")
@spoken
def update_languages() -> None:
    """Met les catalogues de traduction à jour : ce qui est nouveau attend, ce qui n'est plus dit s'en va."""
    said = said_by_kiosk(ROOT, load_catalogue(knows_icon=knows_icon).tutorials, every_motif())
    for language in TRANSLATED:
        missing, gone = bring_up_to_date(language, said)
        click.echo(f"{language.own_name} : {missing} à traduire sur {len(said)}, {gone} qui ne servent plus.")
