"""Setting up: what a motif says more, sites of the official list, appointments to move."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # SQLite makes the table again, so that its text reads as the models write it.
    recreate = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("motif", recreate=recreate) as batch_op:
        batch_op.add_column(sa.Column("synonyms", sa.Text(), server_default=sa.text("''"), nullable=False))
        batch_op.add_column(sa.Column("after", sa.Text(), server_default=sa.text("''"), nullable=False))
        batch_op.add_column(sa.Column("audience", sa.String(length=40), server_default="tous", nullable=False))
        batch_op.add_column(sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column("follow_up_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_motif_follow_up_id"), "motif", ["follow_up_id"], ["id"])
    with op.batch_alter_table("site", recreate=recreate) as batch_op:
        batch_op.add_column(sa.Column("matricule", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("latitude", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("longitude", sa.Double(), nullable=True))
        batch_op.create_unique_constraint(op.f("uq_site_matricule"), ["matricule"])
    with op.batch_alter_table("appointment", recreate=recreate) as batch_op:
        batch_op.add_column(sa.Column("to_move", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("appointment") as batch_op:
        batch_op.drop_column("to_move")
    with op.batch_alter_table("site") as batch_op:
        batch_op.drop_constraint(op.f("uq_site_matricule"), type_="unique")
        for name in ("longitude", "latitude", "matricule"):
            batch_op.drop_column(name)
    with op.batch_alter_table("motif") as batch_op:
        batch_op.drop_constraint(op.f("fk_motif_follow_up_id"), type_="foreignkey")
        for name in ("follow_up_id", "active", "audience", "after", "synonyms"):
            batch_op.drop_column(name)
