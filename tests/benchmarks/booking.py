"""Booking: one transaction beside a bare durable insert, many processes, and a mixed load."""

from __future__ import annotations

import multiprocessing
import random
import time
import uuid
from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from counter.config import load_settings
from counter.db import Database
from counter.journal import Act, Subject
from counter.keys import load_keys
from counter.models import Appointment, FreeTime, JournalLine, Motif
from counter.slots import SlotTaken, parse_slot_key
from counter.store.booking import book
from counter.store.free_time import audit_free_time
from counter.store.journal import record
from counter.store.slots import SlotFilter, search_slots
from tests.benchmarks.data import INTERVALS, NOW, TODAY, World, person_for, sizes, working_days
from tests.benchmarks.measure import p50, percentile, row

spawn = multiprocessing.get_context("spawn")


def some_slot(openings: int, chance: random.Random) -> str:
    """Any slot of the last weeks, free or not."""
    day = chance.choice([day for day in working_days() if day > TODAY])
    return f"{chance.randint(1, openings)}.{day.isoformat()}.{3 * chance.randrange(INTERVALS // 3)}"


def the_motif(database: Database) -> Motif:
    """As the views give it to `book`: read before, out of the transaction that writes."""
    with database.reading() as session:
        motif = session.get_one(Motif, 1)
        _ = motif.modes
        return motif


def book_one(database: Database, motif: Motif, slot: str) -> bool:
    opening, _, _ = parse_slot_key(slot)
    with database.writing() as session:
        vault = database.engine.dialect.vault
        try:
            number = book(session, vault, motif, slot, None, person_for(opening), str(uuid.uuid4()), NOW, agent_id=1)
            record(session, Act.CREATED, 1, Subject.APPOINTMENT, number, "127.0.0.1", NOW)
        except SlotTaken:
            return False
    return True


def bench_booking(world: World, short: bool) -> float:
    """Returns bookings a second, alone."""
    database, chance = world.open(), random.Random(1)
    times = 100 if short else 1000
    values, floor = _bookings_and_floor(database, chance, times)
    rate = p50(floor) / p50(values)
    row("booking transaction, journal and indexes", f"p50 {p50(values):.2f} ms, p95 {percentile(values, 95):.2f} ms",
        f"bare durable insert {p50(floor):.2f} ms", "≥ 40 % of its rate", rate >= 0.4)  # fmt: skip
    size = sizes(database)
    with database.reading() as session:
        count, lines = (session.scalar(select(func.count()).select_from(kept)) for kept in (Appointment, JournalLine))
    database.close()
    each, line, free = size["appointment"] / count, size["journal"] / lines, size["free_time"] / 1e6
    row("disk, a booking and its line of the journal, indexes", f"{each:.0f} + {line:.0f} bytes", f"{count} bookings",
        "≤ 400 bytes", each + line <= 400)  # fmt: skip
    row(f"disk, free time of {len(world.sites)} sites", f"{free:.1f} MB", "–", "≤ 10 MB", free <= 10)
    return 1000 / p50(values)


def _bookings_and_floor(database: Database, chance: random.Random, times: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each booking of a free slot, and of each bare insert, fifty and fifty in turn: both meet the same
    disk, and each the pages its own connection has read."""
    values, floor, motif = [], [], the_motif(database)
    slots = _free_slots(database, chance, times)
    for first in range(0, times, 50):
        values += [_timed(book_one, database, motif, slot) for slot in slots[first : first + 50]]
        floor += [_timed(_bare_insert, database) for _ in slots[first : first + 50]]
    return values, floor


def _timed(act: Callable[..., bool], *arguments) -> float:
    """Milliseconds of something that succeeds."""
    start = time.perf_counter()
    assert act(*arguments)
    return (time.perf_counter() - start) * 1000


def _free_slots(database: Database, chance: random.Random, times: int) -> list[str]:
    """One of each of so many words, of any site and day to come."""
    free = 0b111 << 6
    query = select(FreeTime.opening_id, FreeTime.day).where(
        FreeTime.day > TODAY, FreeTime.free.bitwise_and(free) == free
    )
    with database.reading() as session:
        words = session.execute(query).all()
    return [f"{opening}.{day.isoformat()}.6" for opening, day in chance.sample(words, times)]


def _bare_insert(database: Database) -> bool:
    connection = database.engine.raw_connection()
    cursor, mark = connection.cursor(), "?" if database.engine.dialect.name == "sqlite" else "%s"
    if mark == "?":
        cursor.execute("BEGIN IMMEDIATE")
    cursor.execute(f"INSERT INTO setting (name, value) VALUES ({mark}, 'x')", (str(uuid.uuid4()),))  # noqa: S608
    connection.commit()
    connection.close()
    return True


# ── many processes ──────────────────────────────────────────────────────────────────────────────


def bench_crowd(world: World, short: bool) -> None:
    """Eight processes book with pauses of 5 ms."""
    answers = _together(_book_with_pauses, world, 8, 2 if short else 8)
    values, errors = [v for found, _ in answers for v in found], [e for _, found in answers for e in found]
    slow = percentile(values, 99)
    row("8 processes booking, 5 ms pauses", f"p99 {slow:.1f} ms, p50 {p50(values):.1f} ms",
        f"{len(values)} bookings, {len(errors)} errors", "p99 ≤ 10 ms", slow <= 10 and not errors)  # fmt: skip


def bench_mixed(world: World, seconds: float) -> None:
    """Four processes, 95 % searches and 5 % bookings; then every word is compared with the appointments."""
    answers = _together(_search_and_book, world, 4, seconds)
    values, errors = [v for found, _ in answers for v in found], [e for _, found in answers for e in found]
    ratio = percentile(values, 99) / p50(values)
    row(f"95 % searches, 5 % bookings, {seconds:.0f} s", f"p99 {percentile(values, 99):.1f} ms = {ratio:.1f} × p50",
        f"p50 {p50(values):.1f} ms, {len(values) / seconds:.0f} a second", "p99 ≤ 5 × p50", ratio <= 5)  # fmt: skip
    row("errors « locked » in it", str(len(errors)), "–", "0", not errors)


def check_no_double(world: World) -> None:
    """0 double bookings after all of it."""
    database = world.open()
    with database.writing() as session:
        wrong = audit_free_time(session)
    database.close()
    row("double bookings, words that differ", str(len(wrong)), "the audit command", "0", not wrong)


def _together(work, world: World, size: int, seconds: float) -> list:
    barrier = spawn.Barrier(size)
    pipes = [spawn.Pipe(duplex=False) for _ in range(size)]
    instance, url = world.settings.instance, world.settings.database_url
    args = (instance, url, 3 * len(world.sites), seconds)
    crowd = [spawn.Process(target=_run, args=(work, tell, barrier, n, *args)) for n, (_, tell) in enumerate(pipes)]
    for process in crowd:
        process.start()
    answers = [hear.recv() for hear, _ in pipes]
    for process in crowd:
        process.join()
    return answers


def _run(work, tell, barrier, number: int, instance, url: str, openings: int, seconds: float) -> None:
    settings = load_settings(environ={}, instance=instance, line_check="", database_url=url)
    database = Database(settings.main_url, load_keys(instance, create=False).vault)
    chance, values, errors, motif = random.Random(), [], [], the_motif(database)
    work(database, motif, openings, chance)  # the first opens its connections and builds its statements
    barrier.wait(120)
    end = time.perf_counter() + seconds
    while (start := time.perf_counter()) < end:
        try:
            pause = work(database, motif, openings, chance)
        except OperationalError as error:
            errors.append(str(error)[:200])
            continue
        values.append((time.perf_counter() - start) * 1000)
        time.sleep(pause)
    tell.send((values, errors))
    database.close()


def _book_with_pauses(database: Database, motif: Motif, openings: int, chance: random.Random) -> float:
    book_one(database, motif, some_slot(openings, chance))
    return 0.005


def _search_and_book(database: Database, motif: Motif, openings: int, chance: random.Random) -> float:
    if chance.random() < 0.05:
        book_one(database, motif, some_slot(openings, chance))
        return 0
    with database.reading() as session:
        sites = frozenset({chance.randint(1, openings // 3)})
        search_slots(session, motif, SlotFilter(site_ids=sites), NOW)
    return 0
