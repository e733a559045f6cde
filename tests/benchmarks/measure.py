"""How things are timed, and the table that is printed."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from sqlalchemy import event

from counter.db import Database


def timed(work: Callable[[], object], times: int) -> list[float]:
    """Milliseconds of each of `times` runs, after three that do not count."""
    for _ in range(3):
        work()
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append((time.perf_counter() - start) * 1000)
    return found


def in_turn(*works: Callable[[], object], times: int, rounds: int = 10) -> list[list[float]]:
    """As `timed` for each, some runs of one and some of the next: a machine that slows down does so for all."""
    found = [[] for _ in works]
    for _ in range(rounds):
        for values, work in zip(found, works, strict=True):
            values += timed(work, times // rounds)
    return found


def p50(values: list[float]) -> float:
    return statistics.median(values)


def percentile(values: list[float], percent: float) -> float:
    """The value below which `percent` of them are."""
    return sorted(values)[min(len(values) - 1, int(len(values) * percent / 100))]


def row(work: str, figure: str, floor: str, bar: str, reached: bool) -> None:
    """One line of the table: what was done, what it cost, beside what, and whether it is good enough."""
    print(f"{work:<50} {figure:<38} {floor:<36} {bar:<22} {'ok' if reached else 'not reached'}", flush=True)


def heading(title: str) -> None:
    print(f"\n── {title} {'─' * max(0, 150 - len(title))}", flush=True)


def statements_of(database: Database, work: Callable[[], object]) -> list[tuple]:
    """The reading statements that some work sends, with their parameters."""
    sent = []

    def keep(_connection, _cursor, statement, parameters, *_):
        if statement.startswith("SELECT"):
            sent.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", keep)
    try:
        work()
    finally:
        event.remove(database.engine, "before_cursor_execute", keep)
    return sent


def replayed(cursor, statements: list[tuple]) -> Callable[[], None]:
    """These statements on the bare driver, all rows fetched."""

    def once() -> None:
        for statement, parameters in statements:
            cursor.execute(statement, parameters)
            cursor.fetchall()

    return once
