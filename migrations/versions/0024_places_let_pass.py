"""The waiting list remembers which places each person was asked about and let pass."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    anew = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("waiting_request", recreate=anew) as table:
        table.add_column(sa.Column("let_pass", sa.Text(), server_default=sa.text("''"), nullable=False))


def downgrade() -> None:
    op.drop_column("waiting_request", "let_pass")
