"""Démarches on hold, errors reported in sheets, how often sheets are followed."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "held_demarche",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_index", sa.LargeBinary(length=16), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("marks", sa.String(length=400), nullable=False),
        sa.Column("until", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_demarche")),
        sa.UniqueConstraint("code_index", name=op.f("uq_held_demarche_code_index")),
    )
    op.create_index(op.f("ix_held_demarche_until"), "held_demarche", ["until"])
    op.create_table(
        "sheet_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_sheet_report_agent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_report")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_sheet_report_idempotency_key")),
    )
    op.create_table(
        "sheet_use",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("started", sa.Integer(), nullable=False),
        sa.Column("finished", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("slug", "month", name=op.f("pk_sheet_use")),
    )


def downgrade() -> None:
    op.drop_table("sheet_use")
    op.drop_table("sheet_report")
    op.drop_table("held_demarche")
