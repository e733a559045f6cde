"""A closure may be of one opening only."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("closure") as table:
        table.add_column(sa.Column("opening_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_closure_opening_id"), "opening", ["opening_id"], ["id"], ondelete="CASCADE")


def downgrade() -> None:
    with op.batch_alter_table("closure") as table:
        table.drop_constraint(op.f("fk_closure_opening_id"), type_="foreignkey")
        table.drop_column("opening_id")
