"""Statements compiled once and run on the driver's own cursor.

For the few statements of a booking and its line in the journal, the transaction everyone waits for, and for those that
every request asks: what SQLAlchemy does around each of them takes several times longer than the database. Elsewhere
`session.execute` reads better.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ClauseElement, Connection, Dialect, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from counter.store.inserts import INSERTS


class _Compiled(NamedTuple):
    """What a driver is given: the text, whether it takes values by name, and what writes each of them (None: as it
    is), in their order; what reads each column of a SELECT, and what a row of it is."""

    sql: str
    by_name: bool
    given: tuple[tuple[str, Callable[[Any], Any] | None], ...]
    told: tuple[Callable[[Any], Any] | None, ...]
    row: type[tuple]


class Prepared:
    """A statement whose values are all bound by name; of an INSERT, `columns` are those it gives. A function makes the
    statement from the INSERT of the database (inserts.py)."""

    def __init__(
        self, statement: ClauseElement | Callable[[Callable], ClauseElement], columns: Sequence[str] | None = None
    ):
        self._statement, self._columns = statement, columns

    def run(self, session: Session, values: dict[str, Any]):
        """The driver's cursor, in the transaction of that session. Raises what `session.execute` would."""
        connection = session.bind if isinstance(session.bind, Connection) else session.connection()
        dialect = connection.dialect
        sql, by_name, given, *_ = dialect.prepared.get(self) or self._compile(dialect)
        written = [values[name] if write is None else write(values[name]) for name, write in given]
        if by_name:
            written = dict(zip((name for name, _ in given), written, strict=True))
        cursor = connection.connection.cursor()
        try:
            cursor.execute(sql, written)
        except dialect.dbapi.Error as error:
            raise DBAPIError.instance(sql, None, error, dialect.dbapi.Error, hide_parameters=True) from error
        return cursor

    def rows(self, session: Session, values: dict[str, Any]) -> list[tuple]:
        """All rows of a SELECT, their values as `session.execute` gives them, also by the names of their columns."""
        found = self.run(session, values).fetchall()
        *_, told, row = session.get_bind().dialect.prepared[self]
        return [row._make(v if read is None else read(v) for read, v in zip(told, kept, strict=True)) for kept in found]

    def first(self, session: Session, values: dict[str, Any]) -> tuple | None:
        """The only row, or the first of those there are, as the driver gives it."""
        rows = self.run(session, values).fetchall()
        return rows[0] if rows else None

    def _compile(self, dialect: Dialect) -> _Compiled:
        """Kept with the dialect of an engine, whose vault its encrypted columns are written with."""
        made = self._statement if isinstance(self._statement, ClauseElement) else self._statement(INSERTS[dialect.name])
        compiled = made.compile(dialect=dialect, column_keys=self._columns)
        kinds = {name: bound.type.dialect_impl(dialect) for name, bound in compiled.binds.items()}
        names = compiled.positiontup if compiled.positional else compiled.binds
        given = tuple((name, kinds[name].bind_processor(dialect)) for name in names)
        columns = made.selected_columns if isinstance(made, Select) else ()
        told = tuple(column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns)
        row = namedtuple("Row", (column.name for column in columns), rename=True)
        dialect.prepared[self] = _Compiled(compiled.string, not compiled.positional, given, told, row)
        return dialect.prepared[self]
