"""Searching, in SQL: the statements of the store replayed on the bare driver, near an empty and a full region."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from counter.db import Database
from counter.models import FreeTime, Motif
from counter.store.slots import SlotFilter, earliest_of_nearest, search_slots
from tests.benchmarks.data import NOW, TODAY, World
from tests.benchmarks.measure import in_turn, p50, replayed, row, statements_of, timed

REGION = 400  # sites of a large region
BARS = {"one site and day": 0.1, "40 sites' first free": 1.0, "ten nearest with a slot": 1.0}


def searches(session: Session, motif: Motif, sites: list[int]) -> dict[str, Callable[[], object]]:
    one = SlotFilter(site_ids=frozenset(sites[4:5]), first_day=TODAY + timedelta(days=3))
    forty = SlotFilter(site_ids=frozenset(sites[:40]))
    return {
        "one site and day": lambda: search_slots(session, motif, one, NOW),
        "40 sites' first free": lambda: search_slots(session, motif, forty, NOW),
        "ten nearest with a slot": lambda: earliest_of_nearest(session, motif, sites, NOW),
    }


def bench_search(small: World, big: World) -> None:
    """The three searches in both worlds, beside one indexed read; then with a whole region full."""
    with _replayed(small) as near, _replayed(big) as far:
        for name, bar in BARS.items():
            before, values, floor = in_turn(near[name], far[name], far[_FLOOR], times=300)
            growth = p50(values) / p50(before)
            row(f"SQL, {name}, of {len(big.sites)} sites", f"p50 {p50(values):.3f} ms, worst {max(values):.2f} ms",
                f"indexed read {p50(floor):.3f} ms", f"p50 ≤ {bar} ms", p50(values) <= bar)  # fmt: skip
            row(f"growth, {name}", f"× {growth:.2f}", f"{len(small.sites)} sites: {p50(before):.3f} ms",
                "≤ 1.3 ×", growth <= 1.3)  # fmt: skip
    database = big.open()
    for name, values in _when_full(database, big).items():
        row(f"SQL, {name}, {min(REGION, len(big.sites))} sites full",
            f"p50 {p50(values):.2f} ms, worst {max(values):.2f} ms", "–", "worst ≤ 30 ms",
            max(values) <= 30)  # fmt: skip
    database.close()


_FLOOR = "one indexed read"


@contextmanager
def _replayed(world: World) -> Iterator[dict[str, Callable[[], None]]]:
    """What each search asks of that world, and one indexed read, on a bare connection."""
    database = world.open()
    with database.reading() as session:
        motif = session.get_one(Motif, 1)
        _ = motif.modes
        sent = {name: statements_of(database, work) for name, work in searches(session, motif, world.sites).items()}
    sent[_FLOOR] = [("SELECT free FROM free_time WHERE opening_id = 5 LIMIT 1", ())]
    with closing(database.engine.raw_connection()) as connection:
        cursor = connection.cursor()
        yield {name: replayed(cursor, statements) for name, statements in sent.items()}
    database.close()


def _when_full(database: Database, world: World) -> dict[str, list[float]]:
    """The nearest region has no free time at all; undone at the end."""
    found = {}
    with database.writing() as session:
        motif = session.get_one(Motif, 1)
        _ = motif.modes
        session.execute(
            update(FreeTime)
            .where(FreeTime.opening_id <= 3 * REGION)
            .values(free=0)
            .execution_options(synchronize_session=False)
        )
        cursor = session.connection().connection.cursor()
        for name, work in searches(session, motif, world.sites).items():
            found[name] = timed(replayed(cursor, statements_of(database, work)), 30)
        session.rollback()
    return found
