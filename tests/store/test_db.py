"""How the database is opened: which schema is there, who may write, and what is said when the disk refuses."""

from __future__ import annotations

import base64
import shutil
import sqlite3
import stat
from contextlib import closing
from datetime import datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData, Table, event, func, inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError

from counter import db
from counter.commands.instance import prepare_instance
from counter.config import ROOT
from counter.db import Database, SchemaError, back_up, check_schema, database_sentence, head_revision
from counter.keys import KeyFileError
from counter.models import Appointment, Base, Caf, OpeningMotif
from counter.models.base import Setting
from counter.store.settings import get_setting, put_setting
from tests.conftest import START, settings_for

DAMAGED = "Le fichier de la base est abîmé. Remettez la dernière sauvegarde."
READ_ONLY = (
    "La base ne peut pas être modifiée : le disque ou le fichier est en lecture seule. Prévenez la personne qui "
    "s'occupe du poste."
)


@pytest.fixture
def path(empty_instance):
    return empty_instance / "counter.sqlite"


@pytest.fixture
def open_at(blank):
    """Open a database at an address, closed at the end."""
    opened = []

    def make(url: str, **options) -> Database:
        opened.append(Database(url, blank.engine.dialect.vault, **options))
        return opened[-1]

    yield make
    for database in opened:
        database.close()


def refusal(database: Database) -> str:
    with pytest.raises(SchemaError) as error:
        check_schema(database)
    return str(error.value)


def write(database: Database, value: str = "oui") -> None:
    with database.writing() as session:
        put_setting(session, "essai", value)


def read(database: Database) -> str | None:
    with database.reading() as session:
        return get_setting(session, "essai")


def sentence_of_writing(database: Database) -> str:
    """What the agent is told when this database cannot be written."""
    with pytest.raises(SQLAlchemyError) as error:
        write(database, "x" * 400_000)
    assert database_sentence(error.value) == database_sentence(error.value.orig), "views and commands say the same"
    return database_sentence(error.value)


# ── the schema ──────────────────────────────────────────────────────────────────────────────────


def test_a_prepared_database_is_accepted(blank):
    check_schema(blank)


def test_migrations_and_models_agree(blank):
    options = {"compare_type": True, "compare_server_default": True}
    options["include_object"] = lambda _, name, *more: name != BY_MOMENT
    with blank.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


BY_MOMENT = "ix_journal_at"  # not on every database, which Alembic does not understand


def test_the_journal_has_an_index_of_moments_where_many_counters_write_one(blank):
    indexes = {index["name"] for index in inspect(blank.engine).get_indexes("journal")}
    assert (BY_MOMENT in indexes) == (blank.engine.dialect.name == "postgresql")
    assert "ix_journal_subject_id" in indexes


@pytest.mark.sqlite
def test_the_moment_an_appointment_was_made_outlives_its_change_of_form(open_at, tmp_path):
    """Rows as version 0011 kept them, found again by this one."""
    database = open_at(f"sqlite:///{tmp_path / 'older.sqlite'}")
    config = db.alembic_config(str(database.engine.url))
    command.upgrade(config, "0011")
    older = MetaData()
    older.reflect(database.engine)
    with database.engine.begin() as connection:
        for name in ("caf", "site", "motif", "opening", "appointment"):
            hours = {"starts": 540, "ends": 720, "interval": 15} if name == "opening" else {}
            connection.execute(older.tables[name].insert().values(anything_for(older.tables[name]) | hours))
    command.upgrade(config, "0018")
    with database.reading() as session:
        assert session.scalars(select(Appointment.created_at)).all() == [START]


def anything_for(table: Table) -> dict:
    """A value of the right kind for each column that must have one; every number is 1."""
    values = {int: 1, str: "x", bytes: bytes(16), bool: False, datetime: START.replace(tzinfo=None), float: 1.0}
    return {
        column.name: values[column.type.python_type]
        for column in table.columns
        if not column.nullable and column.server_default is None
    }


@pytest.mark.sqlite
def test_migrations_make_the_checks_of_the_models_too(blank, open_at, tmp_path):
    """`compare_metadata` does not look at CHECK constraints, nor at tables without row ids."""
    models = open_at(f"sqlite:///{tmp_path / 'models.sqlite'}")
    with models.engine.begin() as connection:
        Base.metadata.create_all(connection)

    def parts(database: Database) -> dict[str, set[str]]:
        with database.engine.connect() as connection:
            rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all()
        return {
            name: {line.strip(" \t,").replace('"', "") for line in sql.splitlines() if line.strip()}
            for name, sql in rows
            if name != "alembic_version"
        }

    assert parts(blank) == parts(models)


@pytest.mark.sqlite
def test_a_database_that_is_not_there_says_how_to_prepare_it(open_at, tmp_path):
    words = refusal(open_at(f"sqlite:///{tmp_path / 'nothing.sqlite'}"))
    assert words == "La base n'est pas encore prête. Lancez « make run », ou « flask init »."


@pytest.mark.sqlite
def test_a_folder_that_is_not_there_is_told(open_at, tmp_path):
    words = refusal(open_at(f"sqlite:///{tmp_path / 'nowhere' / 'counter.sqlite'}"))
    assert words.startswith("La base ne s'ouvre pas : vérifiez que le dossier de l'instance existe")


@pytest.mark.sqlite
def test_a_newer_database_asks_for_the_newer_application(blank, empty_instance, path):
    with blank.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'zzzz'"))
    assert refusal(blank).startswith("La base vient d'une version plus récente de Counter.")
    before = path.read_bytes()
    with pytest.raises(SchemaError, match="plus récente"):
        prepare_instance(settings_for(empty_instance), START)
    assert path.read_bytes() == before
    assert list(empty_instance.glob("*.avant-*")) == []


@pytest.fixture
def next_version(tmp_path, monkeypatch):
    """The application of tomorrow: one migration more."""
    root = tmp_path / "tomorrow"
    shutil.copytree(ROOT / "migrations", root / "migrations")
    (root / "migrations" / "versions" / "zzzz_tomorrow.py").write_text(
        f'"""tomorrow"""\nfrom alembic import op\nrevision = "zzzz"\ndown_revision = "{head_revision()}"\n'
        "branch_labels = None\ndepends_on = None\n\n\n"
        'def upgrade():\n    op.execute("CREATE TABLE tomorrow (id INT)")\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(db, "ROOT", root)
    head_revision.cache_clear()  # as at the start of another process
    yield
    head_revision.cache_clear()


def test_an_older_database_says_how_to_bring_it_up_to_date(blank, next_version):
    words = refusal(blank)
    assert words.startswith("La base date d'une version plus ancienne de Counter. Lancez « flask init »")


@pytest.mark.sqlite
def test_bringing_an_older_database_up_to_date_keeps_a_copy_of_it(blank, path, empty_instance, next_version, capsys):
    write(blank, "avant")
    prepare_instance(settings_for(empty_instance), START)
    check_schema(blank)
    assert read(blank) == "avant"
    (copy,) = empty_instance.glob("*.avant-*")
    assert copy.name == "counter.avant-20261124-080000.sqlite"
    assert copy.name in capsys.readouterr().out
    with closing(sqlite3.connect(copy)) as old:
        tables = {name for (name,) in old.execute("SELECT name FROM sqlite_master")}
        assert old.execute("SELECT value FROM setting WHERE name = 'essai'").fetchall() == [("avant",)]
    assert "tomorrow" not in tables
    prepare_instance(settings_for(empty_instance), START)
    assert len(list(empty_instance.glob("*.avant-*"))) == 1, "a second start changes nothing"


@pytest.mark.sqlite
def test_with_the_key_of_another_base_nothing_is_brought_up_to_date(blank, path, empty_instance, next_version):
    (empty_instance / "keys" / "data.key").write_bytes(base64.b64encode(b"2" * 32))
    before = path.read_bytes()
    with pytest.raises(KeyFileError, match="n'est pas celle de cette base"):
        prepare_instance(settings_for(empty_instance), START)
    assert path.read_bytes() == before and list(empty_instance.glob("*.avant-*")) == []


# ── damaged files ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.sqlite
@pytest.mark.parametrize("content", [b"x" * 8192, b"SQLite format 3\x00" + b"\xff" * 8000])
def test_a_damaged_database_says_to_restore_the_last_copy(open_at, tmp_path, content):
    (tmp_path / "damaged.sqlite").write_bytes(content)
    assert refusal(open_at(f"sqlite:///{tmp_path / 'damaged.sqlite'}")) == DAMAGED


@pytest.mark.sqlite
def test_a_database_cut_in_the_middle_says_to_restore_the_last_copy(open_at, path, tmp_path):
    (tmp_path / "cut.sqlite").write_bytes(path.read_bytes()[: 4096 * 3])
    cut = open_at(f"sqlite:///{tmp_path / 'cut.sqlite'}")
    with pytest.raises(SQLAlchemyError) as error, cut.reading() as session:
        session.execute(select(func.count()).select_from(Caf)).all()
        session.execute(text("SELECT * FROM setting, site, motif, agent, appointment")).all()
    assert database_sentence(error.value) == DAMAGED


# ── what the disk refuses ───────────────────────────────────────────────────────────────────────


@pytest.mark.sqlite
def test_a_read_only_database_is_read_and_says_why_it_is_not_written(blank, open_at, path):
    write(blank)
    closed = open_at(f"sqlite:///file:{path}?mode=ro&uri=true")
    check_schema(closed)
    assert read(closed) == "oui"
    assert sentence_of_writing(closed) == READ_ONLY


@pytest.mark.sqlite
def test_a_full_disk_says_that_nothing_was_kept(blank, path):
    event.listen(blank.engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count=1"))
    blank.close()
    assert sentence_of_writing(blank).startswith("Le disque du poste est plein : rien n'a été enregistré.")
    assert read(blank) is None


@pytest.mark.sqlite
def test_a_busy_database_says_to_wait_and_takes_the_write_lock_at_once(open_at, path, monkeypatch):
    monkeypatch.setattr(db, "BUSY_SECONDS", 0)
    first, second = open_at(f"sqlite:///{path}"), open_at(f"sqlite:///{path}")
    with first.writing() as session:
        assert get_setting(session, "essai") is None
        assert sentence_of_writing(second) == (
            "La base est occupée par un autre poste. Attendez quelques secondes, puis renvoyez."
        )
        assert read(second) is None, "who reads does not wait"
    write(second)
    assert read(first) == "oui"


def test_what_is_not_known_is_told_all_the_same():
    assert database_sentence(OperationalError("SELECT 1", {}, Exception("??"))).startswith("La base ne répond pas.")
    assert database_sentence(ValueError("??")).startswith("La base ne se lit pas.")
    for sign in ("no such table: agent", "disk I/O error"):  # a file is not a server that may come back
        wrong = sqlite3.OperationalError(sign)
        said = database_sentence(wrong)
        assert said.startswith("La base ne se lit pas.") and database_sentence(DBAPIError("?", {}, wrong)) == said
    sentences = {sentence for _, sentence in db._SENTENCES}
    assert all(s.endswith(".") and s.count(". ") + s.count(" : ") >= 1 for s in sentences)


def test_a_server_that_is_stopped_is_said_alike_by_its_driver_and_by_the_engine(tmp_path, vault):
    away = Database(f"postgresql+psycopg://counter@/counter?host={tmp_path}", vault)
    with pytest.raises(OperationalError) as error, away.reading() as session:
        session.execute(text("SELECT 1"))
    assert database_sentence(error.value) == database_sentence(error.value.orig)
    assert database_sentence(error.value) == "La base ne répond pas. Attendez quelques secondes, puis réessayez."


def test_an_error_of_the_database_never_tells_what_was_typed(blank):
    with pytest.raises(IntegrityError) as error, blank.writing() as session:
        session.add_all([Caf(name="Quetzalina", department="99"), Caf(name="Quetzalina", department="99")])
        session.flush()
    assert "Quetzalina" not in str(error.value)


# ── reading and writing ─────────────────────────────────────────────────────────────────────────


@pytest.mark.sqlite
def test_what_is_written_is_durable_and_rows_keep_their_parents(blank):
    with blank.engine.connect() as connection:
        pragmas = [connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")]
        assert pragmas == ["wal", 2], "2 is FULL: nothing is lost when the power goes"
    with pytest.raises(IntegrityError), blank.writing() as session:
        session.add(OpeningMotif(opening_id=999, motif_id=999))


def test_a_write_that_fails_leaves_nothing(blank):
    with pytest.raises(ZeroDivisionError), blank.writing() as session:
        put_setting(session, "essai", "à moitié")
        raise ZeroDivisionError
    assert read(blank) is None


def test_a_reading_session_refuses_to_write(blank):
    write(blank, "avant")
    with blank.reading() as session:
        session.get_one(Setting, "essai").value = "après"
        with pytest.raises(RuntimeError, match="use writing"):
            session.flush()
        with pytest.raises(RuntimeError, match="use writing"):
            session.commit()
        session.rollback()
        session.add(Setting(name="autre", value="x"))
        with pytest.raises(RuntimeError, match="use writing"):
            put_setting(session, "encore", "x")
    assert read(blank) == "avant"


def test_a_reading_session_sees_the_same_until_it_ends(blank):
    write(blank, "avant")
    with blank.reading() as session:
        assert get_setting(session, "essai") == "avant"
        write(blank, "après")
        assert get_setting(session, "essai") == "avant"
    assert read(blank) == "après"


@pytest.mark.sqlite
def test_a_copy_is_whole_and_for_its_owner_only(blank, path):
    """Also what is still in the write-ahead log, while a reader and a writer are at work."""
    write(blank, "gardé")
    assert path.with_name("counter.sqlite-wal").stat().st_size > 0
    with blank.reading() as reader, blank.writing() as writer:
        assert get_setting(reader, "essai") == "gardé"
        put_setting(writer, "essai", "pas encore")
        copy = back_up(path, START)
    assert copy.parent == path.parent
    assert copy.name == "counter.avant-20261124-080000.sqlite"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("SELECT value FROM setting WHERE name = 'essai'").fetchall() == [("gardé",)]
    assert read(blank) == "pas encore"
