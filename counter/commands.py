"""`flask` commands and the server. Each says in French what it did, or what is missing."""

from __future__ import annotations

import logging
import select
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from waitress import serve as waitress_serve

from counter.access import Role, password_faults
from counter.attestations import Attestation
from counter.config import ROOT, Settings, SettingsError, load_settings
from counter.control import Family
from counter.db import (
    Database,
    SchemaError,
    back_up,
    check_schema,
    current_revision,
    database_sentence,
    head_revision,
    migrate,
    open_cache,
)
from counter.demonstration import SIGN_INS, every_motif, fill
from counter.directory import NotADirectory, read_directory
from counter.formatting import date_long
from counter.icons import knows_icon
from counter.journal import Act, Subject
from counter.keys import (
    KeyFileError,
    Keys,
    Published,
    Unreadable,
    check_fingerprint,
    key_id_of,
    load_keys,
    open_seal,
    read_published,
    rotate,
)
from counter.kiosk import browser_lines
from counter.languages import TRANSLATED
from counter.languages.extraction import bring_up_to_date, said_by_kiosk
from counter.outside.french import morphology, word_frequency
from counter.pdf.attestation import sentences
from counter.pdf.reading import NotReadable, ReadPaper, read_paper, says_the_same
from counter.retention import kept
from counter.store.agents import IdentifierTaken, create_agent
from counter.store.control import open_findings
from counter.store.directory import import_directory
from counter.store.journal import last_mark, record, verify
from counter.store.openings import audit_free_time, prepare_free_time
from counter.store.settings import DEMONSTRATION, KEY_FINGERPRINT, get_setting, is_demonstration, is_empty, put_setting
from counter.turns import OneAtATime
from counter.tutorials.checking import check
from counter.tutorials.findings import Tools
from counter.tutorials.loader import load_catalogue
from counter.tutorials.words import WordFinder
from counter.upkeep import (
    means_configured,
    past_term,
    purge,
    send_due,
    spare_the_collector,
    start_forgetting,
    start_sending,
    thresholds,
    watch_accounts,
)


def register(app: Flask) -> None:
    for command in COMMANDS:
        app.cli.add_command(command)


class _Stop(click.ClickException):
    """A sentence and exit code 1, without traceback."""

    def show(self, file=None) -> None:
        click.echo(self.message, err=True)


def _spoken(function):
    """Turn what an instance can refuse into its sentence."""

    def run(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except (SettingsError, KeyFileError, SchemaError) as error:
            raise _Stop(str(error)) from error
        except SQLAlchemyError as error:
            raise _Stop(database_sentence(error)) from error
        except PermissionError as error:
            raise _Stop(
                f"Impossible d'écrire dans le dossier de l'instance ({error.filename}). Donnez-vous le droit "
                "d'y écrire, ou choisissez-en un autre avec COUNTER_INSTANCE."
            ) from error

    run.__name__, run.__doc__ = function.__name__, function.__doc__
    return run


@click.command("init")
@_spoken
def init() -> None:
    """Prépare l'instance : dossier, clés, base à jour, jours à venir. Se relance sans danger."""
    settings = load_settings()
    prepare_instance(settings, datetime.now(UTC))
    click.echo(f"L'instance est prête : {settings.instance}")


def prepare_instance(settings: Settings, now: datetime) -> None:
    """Folder, keys, schema, fingerprint, cache and coming days; nothing that is there is replaced."""
    settings.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys = load_keys(settings.instance, create=_may_create_keys(settings))
    _migrate(settings, keys, now)
    main = Database(settings.main_url, keys.vault)
    with main.writing() as session:
        known = get_setting(session, KEY_FINGERPRINT)
        check_fingerprint(keys.vault, known)
        if known is None:
            put_setting(session, KEY_FINGERPRINT, keys.vault.fingerprint)
        prepare_free_time(session, now.date(), settings.slot_days)
    main.close()
    open_cache(settings.cache_url, keys.vault).close()
    if not settings.database_url:
        (settings.instance / "counter.sqlite").chmod(0o600)


def _may_create_keys(settings: Settings) -> bool:
    """Keys are made only beside a database that holds nothing yet: a lost key is never silently replaced."""
    engine = create_engine(settings.main_url)
    try:
        return current_revision(engine) is None
    finally:
        engine.dispose()


def _migrate(settings: Settings, keys: Keys, now: datetime) -> None:
    main = Database(settings.main_url, keys.vault)
    revision = None
    try:
        revision = current_revision(main.engine)
        if revision == head_revision():
            return
        if revision is not None:
            _refuse_newer(main)
            _refuse_another_key(main, keys)
    finally:
        main.close()
    if revision is not None and not settings.database_url:
        copy = back_up(settings.instance / "counter.sqlite", now)
        click.echo(f"Copie de la base avant la mise à jour : {copy.name}")
    migrate(settings.main_url, keys.vault)


def _refuse_newer(main: Database) -> None:
    try:
        check_schema(main)
    except SchemaError as error:
        if "plus récente" in str(error):
            raise


def _refuse_another_key(main: Database, keys: Keys) -> None:
    """Before anything is changed: what is encrypted takes another form in some updates."""
    with main.reading() as session:
        check_fingerprint(keys.vault, get_setting(session, KEY_FINGERPRINT))


@click.command("demo")
@click.option("--si-vide", is_flag=True, help="Ne fait rien, sans erreur, si la base contient déjà des données.")
@_spoken
def demo(si_vide: bool) -> None:
    """Charge des données fictives dans une base vide. Jamais dans une base qui a servi."""
    settings = load_settings()
    main, keys = _open(settings)
    with main.writing() as session:
        if not is_empty(session):
            if si_vide:
                return
            raise _Stop(
                "La base contient déjà des données : la démonstration ne s'y mélange pas. Choisissez un autre "
                "dossier avec COUNTER_INSTANCE, puis lancez « flask init » et « flask demo »."
            )
        put_setting(session, DEMONSTRATION, "oui")
        fill(session, keys.vault, datetime.now(UTC), settings.slot_days)
    click.echo("Les données de démonstration sont chargées.")


@click.command("creer-administrateur")
@click.option("--identifiant", prompt="Identifiant")
@click.option("--nom", prompt="Nom affiché")
@click.password_option("--mot-de-passe", prompt="Mot de passe", confirmation_prompt="Encore une fois")
@_spoken
def create_administrator(identifiant: str, nom: str, mot_de_passe: str) -> None:
    """Crée le premier compte d'une instance réelle."""
    if faults := password_faults(mot_de_passe, (identifiant, nom)):
        raise _Stop(f"Le mot de passe doit avoir : {', '.join(faults)}.")
    main, _ = _open(load_settings())
    try:
        with main.writing() as session:
            if is_demonstration(session):
                raise _Stop("Cette instance est une démonstration. Choisissez un autre dossier avec COUNTER_INSTANCE.")
            now = datetime.now(UTC)
            made = create_agent(session, identifiant, nom, Role.ADMINISTRATOR, mot_de_passe)
            made.opens_on = now.date()
            record(session, Act.CREATED, None, Subject.AGENT, made.id, "", now, "commande")
    except IdentifierTaken:
        raise _Stop(f"L'identifiant « {identifiant} » existe déjà. Choisissez-en un autre.") from None
    click.echo(f"Le compte « {identifiant} » est créé. Connectez-vous avec lui.")


@click.command("verifier-creneaux")
@click.option("--reparer", is_flag=True, help="Écrit la valeur juste là où elle diffère.")
@_spoken
def audit(reparer: bool) -> None:
    """Compare le temps libre avec les rendez-vous, dont il est déduit."""
    main, _ = _open(load_settings())
    with main.writing() as session:
        wrong = audit_free_time(session, repair=reparer)
    for opening_id, day, desk, found, expected in wrong:
        place = f"plage {opening_id}, {day}, guichet {desk + 1}"
        if expected is None:
            click.echo(f"{place} : deux rendez-vous se chevauchent, appelez une des personnes")
        else:
            click.echo(f"{place} : {'rien' if found is None else f'{found:b}'} au lieu de {expected:b}")
    if wrong and not reparer:
        raise _Stop(f"Différences : {len(wrong)}. Relancez avec --reparer pour les corriger.")
    click.echo(f"Différences corrigées : {len(wrong)}." if wrong else "Le temps libre est juste.")


@click.command("purger")
@click.option("--essai", is_flag=True, help="Dit seulement ce qui serait effacé.")
@_spoken
def purge_old(essai: bool) -> None:
    """Efface ce qui a dépassé sa durée. Le serveur le fait aussi tout seul, une fois par jour."""
    settings = load_settings()
    main, keys = _open(settings)
    cache, now = open_cache(settings.cache_url, keys.vault), datetime.now(UTC)
    act = past_term if essai else purge
    told = act(main, cache, settings, now.date(), now)
    for data, number in told.items():
        item = kept(data)
        click.echo(f"{item.label} : {number} ({item.term})")
    if not told:
        click.echo("Rien n'a dépassé sa durée.")
    elif essai:
        click.echo("Essai : rien n'est effacé.")


@click.command("controle")
@_spoken
def control_accounts() -> None:
    """Dit ce qui est inhabituel dans l'usage des comptes ; annonce puis ferme ceux qui ne servent plus."""
    settings, now = load_settings(), datetime.now(UTC)
    main, _ = _open(settings)
    announced, closed = watch_accounts(main, settings, now)
    with main.reading() as session:
        found = open_findings(session, thresholds(settings), None, now)
    for family in Family:
        theirs = [item for item in found if item.kind.family is family]
        if theirs:
            click.echo(f"{family.label} :")
        for item in theirs:
            who = f", agent n° {item.agent_id}" if item.agent_id else ""
            click.echo(f"  {date_long(item.on)} : {item.kind.label}{who}. {item.detail}")
    if announced or closed:
        click.echo(f"Fermetures annoncées : {announced}. Comptes fermés : {closed}.")
    click.echo(f"Constats à traiter : {len(found)}." if found else "Rien d'inhabituel.")


@click.group("journal")
def journal() -> None:
    """Qui a fait ou lu quoi."""


@journal.command("verifier")
@_spoken
def verify_journal() -> None:
    """Relit tout le journal : dit chaque ligne changée, enlevée ou ajoutée."""
    main, _ = _open(load_settings())
    found = 0
    with main.reading() as session:
        for fault in verify(session):
            click.echo(fault.sentence)
            found += 1
        last = last_mark(session)
    if found:
        raise _Stop(f"LE JOURNAL A ÉTÉ TOUCHÉ : {found}. Gardez une copie de la base.")
    click.echo("Le journal est intact.")
    if last:
        click.echo(f"Dernière ligne : {last.seq}, sceau {last.hash.hex()}. Notez-les ailleurs.")


@click.group("messages")
def messages() -> None:
    """Les e-mails et les SMS des rendez-vous."""


@messages.command("envoyer")
@_spoken
def send_messages() -> None:
    """Envoie ce qui est à envoyer maintenant. Se lance chaque minute, même à plusieurs."""
    settings = load_settings()
    main, _ = _open(settings)
    with main.reading() as session:
        if is_demonstration(session):
            click.echo("Cette instance est une démonstration : aucun message n'est envoyé.")
            return
    if not means_configured(settings):
        raise _Stop("Aucun envoi n'est configuré. Remplissez COUNTER_SMTP_HOST ou COUNTER_SMS_GATEWAY.")
    done = send_due(main, settings, lambda: datetime.now(UTC))
    click.echo(f"Messages envoyés : {done.sent}." + (f" Pas encore partis : {done.failed}." if done.failed else ""))


@click.group("sites")
def sites() -> None:
    """Les lieux qui reçoivent."""


@sites.command("importer")
@click.argument("fichier", type=click.Path(path_type=Path))
@_spoken
def import_sites(fichier: Path) -> None:
    """Importe la liste officielle des France Services (CSV). Se relance sans créer de doublon."""
    try:
        directory = read_directory(fichier.read_bytes())
    except NotADirectory as error:
        raise _Stop(str(error)) from error
    except OSError as error:
        raise _Stop(f"Le fichier « {fichier} » ne s'ouvre pas. Vérifiez son nom et son dossier.") from error
    main, _ = _open(load_settings())
    with main.writing() as session:
        done = import_directory(session, directory)
    for line, sentence in done.faults:
        click.echo(f"Ligne {line} : {sentence}.")
    click.echo(f"Lieux ajoutés : {done.added}. Mis à jour : {done.changed}. Déjà justes : {done.same}.")
    click.echo(f"Remarques : {len(done.faults)}." if done.faults else "Toutes les lignes ont été lues.")


@click.group("tutoriels")
def tutorials() -> None:
    """Les fiches pas à pas et le glossaire."""


@tutorials.command("verifier")
@click.argument("fichiers", nargs=-1, metavar="[FICHIER…]", type=click.Path(path_type=Path))
@click.option("--fautes", is_flag=True, help="Montre les fautes, sans les points à regarder.")
@_spoken
def check_tutorials(fichiers: tuple[Path, ...], fautes: bool) -> None:
    """Vérifie les règles FALC : toutes les fiches, ou les fichiers donnés. Sans Internet."""
    for path in fichiers:
        if not path.is_file():
            raise _Stop(f"Le fichier « {path} » n'existe pas. Vérifiez son nom et son dossier.")
    report = check(load_settings().sheets, _tools, knows_icon, fichiers)
    if fichiers and report.files < len(fichiers):
        raise _Stop("Une fiche est un fichier .md, un glossaire un fichier .yaml dans un dossier « glossaire ».")
    for title, findings in (("Fautes", report.faults), ("À regarder", [] if fautes else report.to_look_at)):
        if findings:
            click.echo(f"{title} :")
            for finding in findings:
                click.echo(f"  {finding}".rstrip())
    for rule in report.unchecked:
        click.echo(f"Règle non vérifiée : {rule}.")
    counted = f"Fichiers : {report.files}. Fautes : {len(report.faults)}. À regarder : {len(report.to_look_at)}."
    if report.faults:
        raise _Stop(counted)
    click.echo(counted)


def _tools(glossary: WordFinder) -> Tools:
    return Tools(glossary, word_frequency(), morphology())


@click.group("cles")
def keys() -> None:
    """Les clés qui signent les attestations."""


@keys.command("tourner")
@_spoken
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
        main, _ = _open(settings)
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
@_spoken
def verify_file(fichier: Path, cles: Path) -> None:
    """Vérifie un papier (PDF, photo, ou texte du code carré) avec les seules clés publiques, sans Internet ni base."""
    if not cles.is_dir():
        raise _Stop(f"Le dossier « {cles} » n'existe pas. Vérifiez son nom.")
    try:
        content = fichier.read_bytes()
    except OSError as error:
        raise _Stop(f"Le fichier « {fichier} » ne s'ouvre pas. Vérifiez son nom et son dossier.") from error
    for line in _verified(content, read_published(cles)):
        click.echo(line)


def _verified(content: bytes, published: Published) -> list[str]:
    """What is said of an authentic paper; _Stop for any other."""
    read = _read_file(content)
    try:
        paper = Attestation.from_signed_content(open_seal(read.seal, published.keys))
    except (Unreadable, ValueError) as error:
        raise _Stop(
            "PAPIER NON AUTHENTIQUE : le code a été changé, ou vient d'une structure dont vous n'avez pas la clé."
        ) from error
    if read.words is not None and not says_the_same(paper, read.words):
        raise _Stop(
            "PAPIER MODIFIÉ : le code carré est vrai, mais les mots du fichier ne sont pas ceux qui ont été signés."
        )
    if paper.number in published.revoked.get(key_id_of(read.seal), ()):
        raise _Stop(f"PAPIER ANNULÉ : la structure a annulé le papier n° {paper.number}.")
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
        raise _Stop(
            "Ce fichier ne s'ouvre pas : il faut un PDF, une photo JPEG ou PNG, ou le texte du code carré."
        ) from error
    if not read.seal:
        raise _Stop("Aucun code carré lisible dans ce fichier. Prenez une photo plus proche et plus nette.")
    return read


@click.group("borne")
def kiosks() -> None:
    """Les bornes du hall."""


@kiosks.command("lancer")
@_spoken
def launch_kiosk() -> None:
    """Donne la ligne de commande qui ouvre une borne en plein écran."""
    settings = load_settings()
    address = (settings.public_url or f"http://{settings.host}:{settings.port}").rstrip("/") + "/borne"
    for system, line in browser_lines(address):
        click.echo(f"{system} :\n  {line}\n")
    click.echo("La première fois, la borne demande un code : Administration, puis Les bornes.")


@kiosks.command("langues")
@_spoken
def update_languages() -> None:
    """Met les catalogues de traduction à jour : ce qui est nouveau attend, ce qui n'est plus dit s'en va."""
    said = said_by_kiosk(ROOT, load_catalogue(knows_icon=knows_icon).tutorials, every_motif())
    for language in TRANSLATED:
        missing, gone = bring_up_to_date(language, said)
        click.echo(f"{language.own_name} : {missing} à traduire sur {len(said)}, {gone} qui ne servent plus.")


COMMANDS = (
    init,
    demo,
    create_administrator,
    audit,
    purge_old,
    control_accounts,
    journal,
    messages,
    sites,
    tutorials,
    keys,
    attestation,
    kiosks,
)


def _open(settings: Settings) -> tuple[Database, Keys]:
    keys = load_keys(settings.instance, create=False)
    main = Database(settings.main_url, keys.vault)
    check_schema(main)
    with main.reading() as session:
        check_fingerprint(keys.vault, get_setting(session, KEY_FINGERPRINT))
    return main, keys


# Browsers keep some connections open while nobody clicks: of a hundred kiosks and ten desks, several hundred.
CONNECTIONS = 1000


def in_turn(app: Flask) -> OneAtATime:
    """What a server is given: the application, its requests one after the other in each process."""
    spare_the_collector()
    return OneAtATime(app)


def serve(create_app) -> None:
    """Serve with Waitress and say where; a sentence and exit code 1 when the instance is not ready."""
    app = create_app()
    if "NOT_READY" in app.config:
        sys.exit(app.config["NOT_READY"])
    services = app.extensions["counter"]
    settings = services.settings
    services.line.start()
    start_sending(services)
    start_forgetting(services)
    served = in_turn(app)
    print(f"Counter est ouvert : http://{settings.host}:{settings.port}", flush=True)
    if services.demonstration:
        print("Démonstration, données fictives. Pour se connecter :", flush=True)
        for sign_in in SIGN_INS:
            print(
                f"  {sign_in.identifier:<12} {sign_in.password}   ({sign_in.display_name}, {sign_in.role.label})",
                flush=True,
            )
    print("Pour arrêter : Ctrl + C.", flush=True)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # that a request waits a moment is no fault
    try:
        waitress_serve(
            served,
            host=settings.host,
            port=settings.port,
            threads=settings.threads,
            ident=None,
            connection_limit=CONNECTIONS,
            asyncore_use_poll=hasattr(select, "poll"),
        )
    except OSError as error:
        sys.exit(
            f"Impossible d'ouvrir le port {settings.port} ({error.strerror}). Fermez l'autre Counter, ou choisissez "
            "un autre port avec COUNTER_PORT."
        )
