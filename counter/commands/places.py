"""Sites, from the official list."""

from __future__ import annotations

from pathlib import Path

import click

from counter.commands.speaking import Stop, open_instance, spoken
from counter.config import load_settings
from counter.directory import NotADirectory, read_directory
from counter.store.directory import import_directory


@click.group("sites")
def sites() -> None:
    """Les lieux qui reçoivent."""


@sites.command("importer")
@click.argument("fichier", type=click.Path(path_type=Path))
@spoken
def import_sites(fichier: Path) -> None:
    """Importe la liste officielle des France Services (CSV). Se relance sans créer de doublon."""
    try:
        directory = read_directory(fichier.read_bytes())
    except NotADirectory as error:
        raise Stop(str(error)) from error
    except OSError as error:
        raise Stop(f"Le fichier « {fichier} » ne s'ouvre pas. Vérifiez son nom et son dossier.") from error
    main, _ = open_instance(load_settings())
    with main.writing() as session:
        done = import_directory(session, directory)
    for line, sentence in done.faults:
        click.echo(f"Ligne {line} : {sentence}.")
    click.echo(f"Lieux ajoutés : {done.added}. Mis à jour : {done.changed}. Déjà justes : {done.same}.")
    click.echo(f"Remarques : {len(done.faults)}." if done.faults else "Toutes les lignes ont été lues.")
