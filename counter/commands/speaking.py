"""What every command shares: the instance opened, and each refusal in one sentence."""

from __future__ import annotations

import click
from sqlalchemy.exc import SQLAlchemyError

from counter.config import Settings, SettingsError
from counter.db import Database, SchemaError, check_schema, database_sentence
from counter.keys import KeyFileError, Keys, check_fingerprint, load_keys
from counter.store.settings import KEY_FINGERPRINT, get_setting


class Stop(click.ClickException):
    """A sentence and exit code 1, without traceback."""

    def show(self, file=None) -> None:
        click.echo(self.message, err=True)


def spoken(function):
    """Turn what an instance can refuse into its sentence."""

    def run(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except (SettingsError, KeyFileError, SchemaError) as error:
            raise Stop(str(error)) from error
        except SQLAlchemyError as error:
            raise Stop(database_sentence(error)) from error
        except PermissionError as error:
            raise Stop(
                f"Impossible d'écrire dans le dossier de l'instance ({error.filename}). Donnez-vous le droit "
                "d'y écrire, ou choisissez-en un autre avec COUNTER_INSTANCE."
            ) from error

    run.__name__, run.__doc__ = function.__name__, function.__doc__
    return run


def open_instance(settings: Settings) -> tuple[Database, Keys]:
    """The main database and the keys it was made with, both checked. Raises KeyFileError or SchemaError."""
    keys = load_keys(settings.instance, create=False)
    main = Database(settings.main_url, keys.vault)
    check_schema(main)
    with main.reading() as session:
        check_fingerprint(keys.vault, get_setting(session, KEY_FINGERPRINT))
    return main, keys
