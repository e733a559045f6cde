"""Why each dossier was opened; the SIRET of a site."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table("site", recreate="always" if sqlite else "never") as batch_op:
        batch_op.add_column(sa.Column("siret", sa.String(length=14), server_default=sa.text("''"), nullable=False))
        # made again, Alembic would write this empty default as ('')
        batch_op.alter_column("video_url", existing_type=sa.String(300), server_default=sa.text("''"))
    op.create_table(
        "dossier_access",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("profile", sa.String(length=3), nullable=False),
        sa.Column("dossier", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("legal_basis", sa.String(length=20), nullable=False),
        sa.Column("recipient", sa.String(length=20), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_dossier_access_agent_id")),
        sa.ForeignKeyConstraint(["group_id"], ["habilitation_group.id"], name=op.f("fk_dossier_access_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_access")),
    )
    op.create_index(op.f("ix_dossier_access_agent_id"), "dossier_access", ["agent_id"])
    op.create_index(op.f("ix_dossier_access_dossier"), "dossier_access", ["dossier"])


def downgrade() -> None:
    raise NotImplementedError("who opened which dossier would be lost: put the copy made before the migration back")
