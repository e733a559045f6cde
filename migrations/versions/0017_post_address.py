"""Where a Caf takes documents by post."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table("caf", recreate="always" if sqlite else "never") as batch_op:
        batch_op.add_column(
            sa.Column("post_address", sa.String(length=300), server_default=sa.text("''"), nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("caf") as batch_op:
        batch_op.drop_column("post_address")
