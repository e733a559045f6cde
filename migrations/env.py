"""Runs the migrations on the database `counter.db.migrate` names."""

from alembic import context
from sqlalchemy import create_engine

from counter.models import Base
from counter.models.base import Day, Digest, Encrypted, Moment, Person, Uid

config = context.config


def render_item(kind, item, _autogen):
    """Write our column types as the plain types they are stored in: a migration imports no application code."""
    plain = {Day: "sa.Integer()", Moment: "sa.DateTime(timezone=True)", Encrypted: "sa.LargeBinary()"}
    plain |= dict.fromkeys((Digest, Uid), "sa.LargeBinary(length=16)") | {Person: "sa.LargeBinary()"}
    return plain.get(type(item), False) if kind == "type" else False


def run() -> None:
    engine = create_engine(config.attributes["url"])
    with engine.connect() as connection:
        sqlite = engine.dialect.name == "sqlite"
        if sqlite:
            # A batch migration re-creates tables: with foreign keys on, that deletes the children.
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=sqlite,
            render_item=render_item,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
            raise RuntimeError(f"the migration left rows without their parent: {broken[:3]}")
    engine.dispose()


run()
