"""Address of the video appointments of a site or a motif; the appointment an attestation speaks of."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # SQLite makes the tables again, so that their text reads as the models write it.
    recreate = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    for table in ("site", "motif"):
        with op.batch_alter_table(table, recreate=recreate) as batch_op:
            batch_op.add_column(sa.Column("video_url", sa.String(300), server_default=sa.text("''"), nullable=False))
            if table == "motif":  # made again, Alembic would write these empty defaults as ('')
                for name in ("synonyms", "after"):
                    batch_op.alter_column(name, existing_type=sa.Text(), server_default=sa.text("''"))
    with op.batch_alter_table("attestation", recreate=recreate) as batch_op:
        batch_op.add_column(sa.Column("appointment_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_attestation_appointment_id"), "appointment", ["appointment_id"], ["id"], ondelete="SET NULL"
        )
    op.create_index(op.f("ix_attestation_appointment_id"), "attestation", ["appointment_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_attestation_appointment_id"), "attestation")
    with op.batch_alter_table("attestation") as batch_op:
        batch_op.drop_constraint(op.f("fk_attestation_appointment_id"), type_="foreignkey")
        batch_op.drop_column("appointment_id")
    for table in ("motif", "site"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("video_url")
