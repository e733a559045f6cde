"""Signing keys and papers that were signed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from counter.attestations import Attestation
from counter.commands.speaking import Stop, open_instance, spoken
from counter.config import Settings, load_settings
from counter.db import SchemaError
from counter.formatting import date_long
from counter.journal import Act, Subject
from counter.keys import Published, Unreadable, key_id_of, open_seal, read_published, rotate
from counter.pdf.attestation import sentences
from counter.pdf.reading import NotReadable, ReadPaper, read_paper, says_the_same
from counter.store.journal import record


@click.group("cles")
def keys() -> None:
    """Les clés qui signent les attestations."""


@keys.command("tourner")
@spoken
def rotate_keys() -> None:
    """Signe désormais avec une nouvelle clé. Les papiers déjà faits restent vérifiables."""
    settings = load_settings()
    old, new = rotate(settings.instance)
    _note_rotation(settings, new)
    click.echo(f"Nouvelle clé : {new}. L'ancienne, {old}, ne signe plus ; ses papiers restent bons.")
    click.echo("Relancez le serveur, puis sauvegardez le dossier « keys ». Sur plusieurs serveurs, copiez-le partout.")


def _note_rotation(settings: Settings, key_id: str) -> None:
    """In the journal when there is a database: the key has turned already, and is not turned back."""
    try:
        main, _ = open_instance(settings)
        with main.writing() as session:
            record(session, Act.CHANGED, None, Subject.KEY, key_id, "", datetime.now(UTC), "commande")
    except (SchemaError, SQLAlchemyError):
        click.echo("Ce changement de clé n'a pas pu être écrit dans le journal.", err=True)


@click.group("attestation")
def attestation() -> None:
    """Vérifier un papier sans réseau."""


@attestation.command("verifier")
@click.argument("fichier", type=click.Path(path_type=Path))
@click.option(
    "--cles", required=True, type=click.Path(path_type=Path, file_okay=False), help="Dossier des clés publiques."
)
@spoken
def verify_file(fichier: Path, cles: Path) -> None:
    """Vérifie un papier (PDF, photo, ou texte du code carré) avec les seules clés publiques, sans Internet ni base."""
    if not cles.is_dir():
        raise Stop(f"Le dossier « {cles} » n'existe pas. Vérifiez son nom.")
    try:
        content = fichier.read_bytes()
    except OSError as error:
        raise Stop(f"Le fichier « {fichier} » ne s'ouvre pas. Vérifiez son nom et son dossier.") from error
    for line in _verified(content, read_published(cles)):
        click.echo(line)


def _verified(content: bytes, published: Published) -> list[str]:
    """What is said of an authentic paper; Stop for any other."""
    read = _read_file(content)
    try:
        paper = Attestation.from_signed_content(open_seal(read.seal, published.keys))
    except (Unreadable, ValueError) as error:
        raise Stop(
            "PAPIER NON AUTHENTIQUE : le code a été changé, ou vient d'une structure dont vous n'avez pas la clé."
        ) from error
    if read.words is not None and not says_the_same(paper, read.words):
        raise Stop(
            "PAPIER MODIFIÉ : le code carré est vrai, mais les mots du fichier ne sont pas ceux qui ont été signés."
        )
    if paper.number in published.revoked.get(key_id_of(read.seal), ()):
        raise Stop(f"PAPIER ANNULÉ : la structure a annulé le papier n° {paper.number}.")
    head = "SPÉCIMEN, sans valeur." if paper.specimen else "PAPIER AUTHENTIQUE."
    about = f"{paper.kind.label} n° {paper.number}, faite le {date_long(paper.issued_on)} par {paper.structure}."
    lines = [head, about, *(text.replace("**", "") for text in sentences(paper)), "Comparez chaque mot avec le papier."]
    if not published.told:
        lines.append(
            "Ce dossier ne dit pas quels papiers ont été annulés : copiez-y le fichier counter.json de la structure."
        )
    return lines


def _read_file(content: bytes) -> ReadPaper:
    text = content.decode("ascii", "ignore").strip()
    if len(text) == len(content.strip()) and not text.startswith("%PDF-"):
        return ReadPaper(text.rpartition("#")[2], None)
    try:
        read = read_paper(content)
    except NotReadable as error:
        raise Stop(
            "Ce fichier ne s'ouvre pas : il faut un PDF, une photo JPEG ou PNG, ou le texte du code carré."
        ) from error
    if not read.seal:
        raise Stop("Aucun code carré lisible dans ce fichier. Prenez une photo plus proche et plus nette.")
    return read
