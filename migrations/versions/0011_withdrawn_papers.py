"""Attestations can be withdrawn, with a reason, and replaced by another."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table("attestation", recreate="always" if sqlite else "never") as batch_op:
        batch_op.add_column(sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("revoked_reason", sa.String(length=10), server_default=sa.text("''"), nullable=False)
        )
        batch_op.add_column(sa.Column("revoked_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("replaces_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_attestation_revoked_by_id"), "agent", ["revoked_by_id"], ["id"])
        batch_op.create_foreign_key(op.f("fk_attestation_replaces_id"), "attestation", ["replaces_id"], ["id"])
        batch_op.create_unique_constraint(op.f("uq_attestation_replaces_id"), ["replaces_id"])


def downgrade() -> None:
    raise NotImplementedError("a withdrawn paper would be good again: put the copy made before the migration back")
