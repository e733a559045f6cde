"""The moment an appointment was made in 5 bytes instead of 27."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    if sqlite:
        op.execute("UPDATE appointment SET created_at = CAST(strftime('%s', created_at) AS INTEGER)")
    with op.batch_alter_table("appointment", recreate="always" if sqlite else "never") as batch_op:
        batch_op.alter_column(
            "created_at",
            existing_type=sa.DateTime(timezone=True),
            type_=sa.BigInteger(),
            existing_nullable=False,
            postgresql_using="extract(epoch FROM created_at)::bigint",
        )


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table("appointment", recreate="always" if sqlite else "never") as batch_op:
        batch_op.alter_column(
            "created_at",
            existing_type=sa.BigInteger(),
            type_=sa.DateTime(timezone=True),
            existing_nullable=False,
            postgresql_using="to_timestamp(created_at)",
        )
    if sqlite:
        op.execute("UPDATE appointment SET created_at = strftime('%Y-%m-%d %H:%M:%S.000000', created_at, 'unixepoch')")
