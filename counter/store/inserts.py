"""The INSERT of each kind of database that says what happens to a row which is there already."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_for(session: Session) -> Callable:
    """That of the database of this session."""
    return INSERTS[session.get_bind().dialect.name]
