"""An instance: made, brought up to date, filled with demonstration data, given its first administrator."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from sqlalchemy import create_engine

from counter.access import Role, password_faults
from counter.commands.speaking import Stop, open_instance, spoken
from counter.config import Settings, load_settings
from counter.db import (
    Database,
    SchemaError,
    back_up,
    check_schema,
    current_revision,
    head_revision,
    migrate,
    open_cache,
)
from counter.demonstration import fill
from counter.journal import Act, Subject
from counter.keys import Keys, check_fingerprint, load_keys
from counter.store.agents import IdentifierTaken, create_agent
from counter.store.free_time import prepare_free_time, prepare_horizons
from counter.store.journal import record
from counter.store.settings import DEMONSTRATION, KEY_FINGERPRINT, get_setting, is_demonstration, is_empty, put_setting


@click.command("init")
@spoken
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
        prepare_horizons(session, now.date())
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
@spoken
def demo(si_vide: bool) -> None:
    """Charge des données fictives dans une base vide. Jamais dans une base qui a servi."""
    settings = load_settings()
    main, keys = open_instance(settings)
    with main.writing() as session:
        if not is_empty(session):
            if si_vide:
                return
            raise Stop(
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
@spoken
def create_administrator(identifiant: str, nom: str, mot_de_passe: str) -> None:
    """Crée le premier compte d'une instance réelle."""
    if faults := password_faults(mot_de_passe, (identifiant, nom)):
        raise Stop(f"Le mot de passe doit avoir : {', '.join(faults)}.")
    main, _ = open_instance(load_settings())
    try:
        with main.writing() as session:
            if is_demonstration(session):
                raise Stop("Cette instance est une démonstration. Choisissez un autre dossier avec COUNTER_INSTANCE.")
            now = datetime.now(UTC)
            made = create_agent(session, identifiant, nom, Role.ADMINISTRATOR, mot_de_passe)
            made.opens_on = now.date()
            record(session, Act.CREATED, None, Subject.AGENT, made.id, "", now, "commande")
    except IdentifierTaken:
        raise Stop(f"L'identifiant « {identifiant} » existe déjà. Choisissez-en un autre.") from None
    click.echo(f"Le compte « {identifiant} » est créé. Connectez-vous avec lui.")
