"""A site names its desks: agents call people to them, and no opening takes more of them than there are."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    anew = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("site", recreate=anew) as table:
        table.add_column(sa.Column("desk_names", sa.Text(), server_default=sa.text("''"), nullable=False))
        for name, length in (("video_url", 300), ("siret", 14)):  # made again, Alembic would write '' as ('')
            table.alter_column(name, existing_type=sa.String(length), server_default=sa.text("''"))


def downgrade() -> None:
    op.drop_column("site", "desk_names")
