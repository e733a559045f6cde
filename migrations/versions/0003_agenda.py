"""Agenda: reception, history of appointments, waiting list"""

from alembic import op
import sqlalchemy as sa


revision = "0003"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENTS = ("changed_at", "arrived_at", "called_at", "ended_at")


def upgrade() -> None:
    with op.batch_alter_table("appointment") as batch_op:
        batch_op.alter_column(
            "status", existing_type=sa.String(length=10), type_=sa.String(length=14), existing_nullable=False
        )
        for name in MOMENTS:
            batch_op.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("seen_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_appointment_seen_by_id"), "agent", ["seen_by_id"], ["id"])
    op.create_table(
        "appointment_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=36), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("detail", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("from_day", sa.Integer(), nullable=True),
        sa.Column("from_minute", sa.Integer(), nullable=True),
        sa.Column("to_day", sa.Integer(), nullable=True),
        sa.Column("to_minute", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_appointment_event_agent_id")),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name=op.f("fk_appointment_event_appointment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_event")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_appointment_event_idempotency_key")),
    )
    op.create_index(op.f("ix_appointment_event_appointment_id"), "appointment_event", ["appointment_id"])
    op.create_table(
        "waiting_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("earliest", sa.Integer(), nullable=True),
        sa.Column("hold_token", sa.String(length=36), nullable=True),
        sa.Column("offered_slot", sa.String(length=40), nullable=True),
        sa.Column("offered_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_waiting_request_appointment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_request")),
        sa.UniqueConstraint("appointment_id", name=op.f("uq_waiting_request_appointment_id")),
    )


def downgrade() -> None:
    op.drop_table("waiting_request")
    op.drop_table("appointment_event")
    # The older version knows two states only: what is not cancelled goes back to booked.
    op.execute("UPDATE appointment SET status = 'annule' WHERE status = 'annule-service'")
    op.execute("UPDATE appointment SET status = 'pris' WHERE status <> 'annule'")
    with op.batch_alter_table("appointment") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_appointment_seen_by_id"), type_="foreignkey")
        for name in ("seen_by_id", *reversed(MOMENTS)):
            batch_op.drop_column(name)
        batch_op.alter_column(
            "status", existing_type=sa.String(length=14), type_=sa.String(length=10), existing_nullable=False
        )
