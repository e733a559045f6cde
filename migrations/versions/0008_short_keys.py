"""Identifiers and keys of appointments in 16 bytes instead of 32 or 36 letters."""

import hashlib
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    shorten("appointment", {"uid": _bytes_of, "idempotency_key": _digest, "code_index": _digest})
    shorten("appointment_event", {"idempotency_key": _digest})


def shorten(table: str, columns: dict) -> None:
    bind = op.get_bind()
    sqlite = bind.dialect.name == "sqlite"
    change = sa.text(f"UPDATE {table} SET {', '.join(f'{c} = :{c}' for c in columns)} WHERE id = :id")  # noqa: S608
    for row in bind.execute(sa.text(f"SELECT id, {', '.join(columns)} FROM {table}")).mappings().all():  # noqa: S608
        short = {name: make(row[name]) if row[name] else None for name, make in columns.items()}
        bind.execute(change, {"id": row["id"], **{k: v if sqlite or v is None else v.hex() for k, v in short.items()}})
    with op.batch_alter_table(table, recreate="always" if sqlite else "never") as batch_op:
        if "uid" in columns:
            batch_op.drop_constraint(op.f(f"uq_{table}_uid"), type_="unique")
        for name in columns:
            length = 32 if name == "code_index" else 36
            batch_op.alter_column(
                name,
                existing_type=sa.String(length=length),
                type_=sa.LargeBinary(length=16),
                existing_nullable=table == "appointment_event",
                postgresql_using=f"decode({name}, 'hex')",
            )


def _bytes_of(text: str) -> bytes:
    return uuid.UUID(text).bytes


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def downgrade() -> None:
    raise NotImplementedError("a digest cannot be turned back: put the copy made before the migration back")
