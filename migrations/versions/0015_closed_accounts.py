"""Since when an account is closed; an account nobody used yet is counted from now on."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from counter.slots import day_number

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table("agent", recreate="always" if sqlite else "never") as batch_op:
        batch_op.add_column(sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    now = datetime.now(UTC)
    agent = sa.table(
        "agent",
        sa.column("active", sa.Boolean),
        sa.column("closed_at", sa.DateTime(timezone=True)),
        sa.column("opens_on", sa.Integer),
        sa.column("signed_in_at", sa.DateTime(timezone=True)),
    )
    moment = now.replace(tzinfo=None) if sqlite else now
    op.execute(agent.update().where(sa.not_(agent.c.active)).values(closed_at=moment))
    unused = agent.c.active & agent.c.opens_on.is_(None) & agent.c.signed_in_at.is_(None)
    op.execute(agent.update().where(unused).values(opens_on=day_number(now.date())))


def downgrade() -> None:
    op.drop_column("agent", "closed_at")
