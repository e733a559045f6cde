"""A workshop may be cancelled; who enrolled is told that, or a new date, or that a place came free."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    anew = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("workshop", recreate=anew) as table:
        table.add_column(sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True))
    enrolment = sa.table("enrolment", sa.column("id"), sa.column("to_call", sa.Boolean), sa.column("to_tell"))
    promoted = op.get_bind().scalars(sa.select(enrolment.c.id).where(enrolment.c.to_call)).all()
    with op.batch_alter_table("enrolment", recreate=anew) as table:
        table.add_column(sa.Column("to_tell", sa.String(10), nullable=False, server_default=""))
        table.drop_column("to_call")
    op.execute(enrolment.update().where(enrolment.c.id.in_(promoted)).values(to_tell="place"))


def downgrade() -> None:
    op.add_column("enrolment", sa.Column("to_call", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE enrolment SET to_call = TRUE WHERE to_tell <> ''")
    op.drop_column("enrolment", "to_tell")
    op.drop_column("workshop", "cancelled_at")
