"""Runs the migrations on the database `counter.db.migrate` names."""

from alembic import context
from sqlalchemy import Connection, Engine, create_engine, event

from counter.models import Base
from counter.models.base import Day, Digest, Encrypted, Microsecond, Moment, Person, Second, Uid

config = context.config


def render_item(kind, item, _autogen):
    """Write our column types as the plain types they are stored in: a migration imports no application code."""
    plain = {Day: "sa.Integer()", Moment: "sa.DateTime(timezone=True)", Encrypted: "sa.LargeBinary()"}
    plain |= dict.fromkeys((Second, Microsecond), "sa.BigInteger()")
    plain |= {Uid: "sa.LargeBinary(length=16)", Person: "sa.LargeBinary()"}
    if kind == "type" and isinstance(item, Digest):
        return f"sa.LargeBinary(length={item.length})"
    return plain.get(type(item), False) if kind == "type" else False


def run() -> None:
    engine = create_engine(config.attributes["url"])
    if engine.dialect.name == "sqlite":
        _each_whole(engine)
    try:
        with engine.connect() as connection:
            _run_on(connection)
    finally:
        engine.dispose()


def _run_on(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=sqlite,
        render_item=render_item,
        transaction_per_migration=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
        raise RuntimeError(f"the migration left rows without their parent: {broken[:3]}")


def _each_whole(engine: Engine) -> None:
    """A migration that fails, or a power cut, leaves SQLite as it was before it: the driver by itself begins no
    transaction before a change of schema. Foreign keys are off: a batch migration makes a table again, and deleting the
    old one would delete its children."""

    @event.listens_for(engine, "connect")
    def connect(connection, _record):
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys=OFF")

    @event.listens_for(engine, "begin")
    def begin(connection):
        connection.exec_driver_sql("BEGIN")


run()
