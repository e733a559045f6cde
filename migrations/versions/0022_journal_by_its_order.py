"""On SQLite the lines of the journal are read in their order: an index of their moments cost every booking a page."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.drop_index("ix_journal_at", "journal")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.create_index("ix_journal_at", "journal", ["at"])
