"""The journal: append-only by trigger, chained by its seals; where it ends; where it was lawfully cut. Decisions on the findings of
the control plan."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = ("journal", "journal_head", "journal_cut")
# (table, event, when it is refused). A purge writes its sealed cut first: only what a cut covers may be deleted.
# The refusal of old numbers also stops SQLite's INSERT OR REPLACE, which deletes without any trigger.
REFUSED = (
    ("journal", "UPDATE", ""),
    ("journal", "DELETE", "OLD.seq > COALESCE((SELECT MAX(last) FROM journal_cut), 0)"),
    ("journal", "INSERT", "NEW.seq <= COALESCE((SELECT MAX(seq) FROM journal), 0)"),
    ("journal_head", "UPDATE", "NEW.seq <= OLD.seq"),
    ("journal_head", "DELETE", ""),
    ("journal_cut", "UPDATE", ""),
    ("journal_cut", "DELETE", ""),
    ("journal_cut", "INSERT", "NEW.last <= COALESCE((SELECT MAX(last) FROM journal_cut), 0)"),
)


def upgrade() -> None:
    op.create_table(
        "journal",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("detail", sa.String(length=80), nullable=False),
        sa.Column("previous", sa.LargeBinary(length=16), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_journal")),
    )
    op.create_index(op.f("ix_journal_at"), "journal", ["at"])
    op.create_index(op.f("ix_journal_agent_id"), "journal", ["agent_id"])
    op.create_index(op.f("ix_journal_subject"), "journal", ["subject", "subject_id"])
    op.create_table(
        "journal_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=16), nullable=False),
        sa.Column("mark", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_head")),
    )
    op.create_table(
        "journal_cut",
        sa.Column("last", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mark", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("last", name=op.f("pk_journal_cut")),
    )
    op.create_table(
        "control_decision",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_control_decision_agent_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_control_decision")),
    )
    op.create_index(op.f("ix_control_decision_at"), "control_decision", ["at"])
    if op.get_bind().dialect.name == "sqlite":
        _refuse_on_sqlite()
    else:
        _refuse_on_postgresql()


def _refuse_on_sqlite() -> None:
    for table, event, when in REFUSED:
        only = f"WHEN {when} " if when else ""
        op.execute(
            f"CREATE TRIGGER {table}_{event.lower()} BEFORE {event} ON {table} {only}"
            "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
        )


def _refuse_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION journal_refuses() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$"
    )
    for table, event, when in REFUSED:
        _postgresql_trigger(table, event, when)
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION journal_refuses()"
        )


def _postgresql_trigger(table: str, event: str, when: str) -> None:
    """PostgreSQL takes no sub-query in WHEN: the condition goes into a function of its own."""
    function = "journal_refuses"
    if when:
        function = f"{table}_{event.lower()}_refuses"
        kept = "OLD" if event == "DELETE" else "NEW"
        op.execute(
            f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {when} THEN "
            f"RAISE EXCEPTION 'the journal is append-only'; END IF; RETURN {kept}; END $$"
        )
    op.execute(
        f"CREATE TRIGGER {table}_{event.lower()} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()"
    )


def downgrade() -> None:
    raise NotImplementedError("the journal is not taken away: put the copy made before the migration back")
