"""Engines and transactions: how SQLite is opened, who may write, and which schema is there."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from counter.config import ROOT
from counter.keys import Unreadable, Vault
from counter.models import CacheBase
from counter.store.journal import write_recorded
from counter.turns import WaitingLine, begin

CACHE_VERSION = 3
BUSY_SECONDS = 10


class SchemaError(RuntimeError):
    """The database cannot be used as it is; the message says what to do, in French."""


class Database:
    """One database. `reading()` sees a stable snapshot and never writes; `writing()` commits at its end what it
    did and its lines of the journal, and on SQLite takes the write lock at once. The engine keeps its connections
    open."""

    def __init__(self, url: str, vault: Vault, durable: bool = True):
        self.engine = create_engine(url, hide_parameters=True, **_engine_options(url))
        self.engine.dialect.vault, self.engine.dialect.prepared = vault, {}
        self._durable, self._on_sqlite = durable, self.engine.dialect.name == "sqlite"
        self._turns = threading.Lock()
        self._writer: Session | None = None
        if self._on_sqlite:
            self._line = WaitingLine(Path(self.engine.url.database))
            _prepare_sqlite(self.engine)
            self._read_engine = self.engine.execution_options()
            event.listen(self._read_engine, "begin", _begin_reading)
        else:
            self._read_engine = self.engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with _Reader(self._read_engine, autoflush=False) as session:
            yield session

    @contextmanager
    def writing(self, lasting: bool = True) -> Iterator[Session]:
        """With `lasting` False the commit does not wait for the disk: a power cut may take the last seconds of such
        transactions, always whole and from the end, never the middle of the journal."""
        with self._turn() as session, session.bind.begin():
            if self._on_sqlite:
                _begin_writing(session.bind, self._line, "FULL" if lasting and self._durable else "NORMAL")
            elif not lasting:
                session.bind.execute(text("SET LOCAL synchronous_commit TO OFF"))
            yield session
            session.flush()
            write_recorded(session)

    @contextmanager
    def _turn(self) -> Iterator[Session]:
        """A session on a connection of its own. On SQLite the threads of a process wait for one another here, asleep
        (nine that ask again and again keep each other, and the one that writes, from running), and use the same one in
        turn. Who waited too long asks SQLite, which says so."""
        if not (self._on_sqlite and self._turns.acquire(timeout=BUSY_SECONDS)):
            with self.engine.connect() as connection, Session(connection, expire_on_commit=False) as session:
                yield session
            return
        try:
            self._writer = self._writer or Session(self.engine.connect(), expire_on_commit=False)
            yield self._writer
            if self._writer.in_transaction():
                self._writer.close()  # it forgets its rows, and can be used again
        except BaseException:
            self._let_writer_go()  # whatever state the error left it in
            raise
        finally:
            self._turns.release()

    def _let_writer_go(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()
            writer.bind.close()

    def forget(self) -> None:
        """After an erasure: nothing of what was erased stays in the write-ahead log of SQLite, if nobody is reading it
        now (the next erasure tries again). PostgreSQL sees to its own."""
        if self._on_sqlite:
            with self.engine.connect() as connection:
                _put(connection, "busy_timeout", 0)
                connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Its connections; whoever uses it again opens others."""
        with self._turns:
            self._let_writer_go()
        if self._on_sqlite:
            self._line.close()
        self.engine.dispose()


class _Reader(Session):
    def flush(self, objects=None) -> None:
        if self.new or self.dirty or self.deleted:
            raise RuntimeError("a reading session does not write: use writing()")


# A connection for each thread of a server, else those over the number are opened and closed at each request; the one
# used last first, which still knows its statements and pages.
_POOL = {"pool_size": 20, "pool_use_lifo": True}


def _engine_options(url: str) -> dict:
    """PostgreSQL writes under READ COMMITTED (store/locks.py says who waits for whom), reads a snapshot, waits no
    longer than SQLite does, and finds a connection again after the server was restarted."""
    if url.startswith("sqlite"):
        return _POOL | {"connect_args": {"timeout": BUSY_SECONDS, "isolation_level": None}}
    waits = f"-c lock_timeout={BUSY_SECONDS}s -c timezone=UTC"
    return _POOL | {
        "connect_args": {"options": waits, "connect_timeout": BUSY_SECONDS, "application_name": "counter"},
        "isolation_level": "READ COMMITTED",
        "pool_pre_ping": True,
    }


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection, _record):
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA secure_delete=ON")  # what is erased is overwritten, not only forgotten


def _put(connection, name: str, value: str | int) -> None:
    """Set a PRAGMA of this connection of the pool; a connection that has it already is not asked again."""
    if connection.info.get(name) != value:
        connection.connection.driver_connection.execute(f"PRAGMA {name}={value}")
        connection.info[name] = value


def _begin_reading(connection) -> None:
    _put(connection, "busy_timeout", BUSY_SECONDS * 1000)
    connection.connection.driver_connection.execute("BEGIN")


def _begin_writing(connection: Connection, line: WaitingLine, synchronous: str) -> None:
    """Become the one writer. Raises OperationalError after BUSY_SECONDS."""
    _put(connection, "synchronous", synchronous)
    _put(connection, "busy_timeout", 0)
    driver = connection.connection.driver_connection
    if not (begin(driver, line, BUSY_SECONDS) and driver.in_transaction):
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # a last time, so that the refusal comes as others do


# ── the schema of the main database ─────────────────────────────────────────────────────────────


def alembic_config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = url
    return config


@cache
def head_revision() -> str:
    """The schema of this code; twenty files are read to know it."""
    return ScriptDirectory.from_config(alembic_config("")).get_current_head()


def current_revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(url: str, vault: Vault) -> None:
    """Bring the main database to the schema of this code (made if it is not there). `vault` opens what is encrypted in
    it, where that takes another form."""
    config = alembic_config(url)
    config.attributes["vault"] = vault
    command.upgrade(config, "head")


def check_schema(database: Database) -> None:
    """Raises SchemaError when the database is missing, older or newer than this code, or damaged."""
    try:
        revision = current_revision(database.engine)
    except SQLAlchemyError as error:
        raise SchemaError(database_sentence(error)) from error
    if revision == head_revision():
        return
    known = {script.revision for script in ScriptDirectory.from_config(alembic_config("")).walk_revisions()}
    if revision is None:
        raise SchemaError("La base n'est pas encore prête. Lancez « make run », ou « flask init ».")
    if revision in known:
        raise SchemaError(
            "La base date d'une version plus ancienne de Counter. Lancez « flask init » : une copie de "
            "la base est gardée avant la mise à jour."
        )
    raise SchemaError(
        "La base vient d'une version plus récente de Counter. Installez cette version, ou remettez "
        "la sauvegarde de la base."
    )


def back_up(path: Path, now: datetime) -> Path:
    """A consistent copy of a SQLite file beside it, before a migration."""
    copy = path.with_name(f"{path.stem}.avant-{now:%Y%m%d-%H%M%S}.sqlite")
    copy.touch(mode=0o600)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy


def old_copies(folder: Path, before: date) -> list[Path]:
    """The copies `back_up` made before that day, as their names say."""
    return [path for path in sorted(folder.glob("*.avant-*.sqlite")) if path.stem[-15:] < f"{before:%Y%m%d}-000000"]


def open_cache(url: str, vault: Vault) -> Database:
    """The cache database, made again when it is missing, of another version, or damaged. Processes that start together
    look one after the other: who looked while another makes it would take it for damaged, and its files away.

    Raises SchemaError when its folder cannot be written to.
    """
    path = Path(url.removeprefix("sqlite:///"))
    line = WaitingLine(path)
    try:
        with line:
            return _current_cache(url, vault) or _new_cache(path, url, vault)
    except (OSError, SQLAlchemyError) as error:
        raise SchemaError(database_sentence(error)) from error
    finally:
        line.close()


def _current_cache(url: str, vault: Vault) -> Database | None:
    database = Database(url, vault, durable=False)
    try:
        if _cache_is_current(database):
            return database
    except (SQLAlchemyError, Unreadable):
        pass
    database.close()
    return None


def _new_cache(path: Path, url: str, vault: Vault) -> Database:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    database = Database(url, vault, durable=False)
    with database.engine.begin() as connection:
        CacheBase.metadata.create_all(connection)
        connection.exec_driver_sql(f"PRAGMA user_version={CACHE_VERSION}")
    path.chmod(0o600)
    return database


def _cache_is_current(database: Database) -> bool:
    with database.engine.connect() as connection:
        version = connection.exec_driver_sql("PRAGMA user_version").scalar()
        whole = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() == "ok"
        return whole and version == CACHE_VERSION and inspect(connection).has_table("agent_session")


# ── what the disk says, in French ───────────────────────────────────────────────────────────────

_BUSY = "La base est occupée par un autre poste. Attendez quelques secondes, puis renvoyez."
_NOT_OWNER = (
    "Le compte de Counter n'a pas les droits qu'il faut dans cette base PostgreSQL : elle doit lui appartenir. La "
    "personne qui s'occupe du serveur la lui donne par « ALTER DATABASE la_base OWNER TO le_compte »."
)
_WRONG_URL = (
    "PostgreSQL n'ouvre pas la base : le compte, le mot de passe ou le nom de la base n'est pas le bon. Prévenez la "
    "personne qui s'occupe du serveur : elle vérifie COUNTER_DATABASE_URL."
)
_SENTENCES = (
    (
        "readonly",
        "La base ne peut pas être modifiée : le disque ou le fichier est en lecture seule. Prévenez la "
        "personne qui s'occupe du poste.",
    ),
    ("read-only transaction", "La base ne peut pas être modifiée. Prévenez la personne qui s'occupe du serveur."),
    ("disk is full", "Le disque du poste est plein : rien n'a été enregistré. Libérez de la place, puis renvoyez."),
    (
        "no space left",
        "Le disque du serveur est plein : rien n'a été enregistré. Prévenez qui s'en occupe.",
    ),
    ("locked", _BUSY),
    ("deadlock", _BUSY),
    ("lock timeout", _BUSY),
    (
        "unable to open",
        "La base ne s'ouvre pas : vérifiez que le dossier de l'instance existe et que vous avez le droit d'y écrire.",
    ),
    ("malformed", "Le fichier de la base est abîmé. Remettez la dernière sauvegarde."),
    ("not a database", "Le fichier de la base est abîmé. Remettez la dernière sauvegarde."),
    ("42501", _NOT_OWNER),
    ("permission denied for ", _NOT_OWNER),
    ("password authentication failed", _WRONG_URL),
    ('fatal:  role "', _WRONG_URL),
    ('fatal:  database "', _WRONG_URL),
)


_NO_ANSWER = "La base ne répond pas. Attendez quelques secondes, puis réessayez."


def database_sentence(error: Exception) -> str:
    """What happened to the database and what to do, for a person at the counter: the same for what a driver says and
    for what SQLAlchemy makes of it."""
    said = getattr(error, "orig", None) or error
    text = f"{said} {getattr(said, 'sqlstate', None) or ''}".lower()
    for sign, sentence in _SENTENCES:
        if sign in text:
            return sentence
    if not isinstance(said, sqlite3.Error) and (_is_operational(error) or _is_operational(said)):
        return _NO_ANSWER
    return "La base ne se lit pas. Prévenez la personne qui s'occupe du poste."


def _is_operational(error: Exception) -> bool:
    """By name: psycopg, which has an error of that name too, is only there where PostgreSQL is used."""
    return any(kind.__name__ in {"OperationalError", "InterfaceError"} for kind in type(error).__mro__)


def is_away(error: Exception) -> bool:
    """Whether the server of the database does not answer: nothing more is to be asked of it for this page."""
    return database_sentence(error) == _NO_ANSWER
