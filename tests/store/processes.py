"""What the processes of test_concurrency.py do: each opens the same database by itself."""

from __future__ import annotations

import os
import signal
from datetime import datetime
from pathlib import Path

from sqlalchemy import event, select

from counter.attestations import Kind
from counter.config import load_settings
from counter.db import Database
from counter.keys import load_keys
from counter.lobby import NobodyWaits
from counter.models import Agent, Appointment, Motif
from counter.slots import Slot, SlotTaken
from counter.store import lobby, reception
from counter.store.appointments import appointment_by_id, cancel, move
from counter.store.attestations import issue_attestation
from counter.store.booking import book
from counter.store.holds import hold_slot, release_hold
from counter.store.slots import near_slots

PATIENCE = 240  # seconds: sixteen processes start slowly on a machine that does other things
PERSON = {"first_name": "Zoé", "last_name": "Imaginaire", "birth_day": 7, "birth_month": 11}


def work(pipe, barrier) -> None:
    """A process of the crowd: runs the tasks it is given until it is given None."""
    while (task := pipe.recv()) is not None:
        function, *arguments = task
        try:
            pipe.send(function(pipe, barrier, *arguments))
        except Exception as error:
            pipe.send(repr(error))


def _open(instance: Path) -> Database:
    settings = load_settings(environ={}, instance=instance, line_check="")
    return Database(settings.main_url, load_keys(instance, create=False).vault)


def _book(database: Database, motif: int, slot: str, key: str, now: datetime) -> str:
    """One booking as a view makes it: a write transaction, committed. Returns its code."""
    with database.writing() as session:
        vault = database.engine.dialect.vault
        number = book(session, vault, session.get_one(Motif, motif), slot, None, PERSON, key, now)
        return session.get_one(Appointment, number).code


def race(_pipe, barrier, instance: Path, motif: int, slot: str, key: str, now: datetime) -> str | list[Slot]:
    """Book when everyone is at the barrier: a code, or the slots that are offered instead."""
    database = _open(instance)
    with database.reading() as session:
        session.get_one(Motif, motif)
    barrier.wait(PATIENCE)
    try:
        return _book(database, motif, slot, key, now)
    except SlotTaken as refusal:
        return _near(database, motif, refusal.slot, now)
    finally:
        database.close()


def _near(database: Database, motif: int, slot: Slot, now: datetime) -> list[Slot]:
    with database.reading() as session:
        return near_slots(session, session.get_one(Motif, motif), slot, now)


def race_to_move(_pipe, barrier, instance: Path, number: int, slot: str, key: str, now: datetime) -> str | list[Slot]:
    """Move an appointment when everyone is at the barrier: "moved", or the slots that are offered instead."""
    database = _open(instance)
    barrier.wait(PATIENCE)
    try:
        with database.writing() as session:
            move(session, appointment_by_id(session, number), slot, key, now)
        return "moved"
    except SlotTaken as refusal:
        with database.reading() as session:
            motif = appointment_by_id(session, number).motif_id
        return _near(database, motif, refusal.slot, now)
    finally:
        database.close()


def race_to_cancel(_pipe, barrier, instance: Path, number: int, now: datetime) -> str:
    """Cancel an appointment when everyone is at the barrier."""
    database = _open(instance)
    barrier.wait(PATIENCE)
    with database.writing() as session:
        cancel(session, appointment_by_id(session, number), now)
    database.close()
    return "cancelled"


def die_after_each_statement(_pipe, _barrier, instance: Path, motif: int, slots: list[str], now: datetime) -> list:
    """Book slot n in a child that kills itself after its n-th statement; what each child confirmed, or None."""
    return [_confirmed_by_child(instance, motif, slot, rank, now) for rank, slot in enumerate(slots, 1)]


def _confirmed_by_child(instance: Path, motif: int, slot: str, rank: int, now: datetime) -> str | None:
    """The code the child told after its commit; None when it died before."""
    told, tell = os.pipe()
    if (child := os.fork()) == 0:
        try:
            database = _open(instance)
            _kill_after(database, rank)
            os.write(tell, _book(database, motif, slot, f"die-{rank}", now).encode())
        finally:
            os._exit(1)
    os.close(tell)
    with os.fdopen(told, "rb") as reader:
        code = reader.read().decode()
    os.waitpid(child, 0)
    return code or None


def _kill_after(database: Database, rank: int) -> None:
    """At the `rank`-th statement of the driver: SQLite tells when one begins, the commit too; psycopg when one ended,
    and SQLAlchemy when it is about to commit."""
    done = 0

    def count(_statement) -> None:
        nonlocal done
        done += 1
        if done == rank:
            os.kill(os.getpid(), signal.SIGKILL)

    on_sqlite = database.engine.dialect.name == "sqlite"
    watch = _watch_sqlite if on_sqlite else _watch_psycopg
    event.listen(database.engine, "checkout", lambda connection, *_: watch(connection, count))
    if not on_sqlite:
        event.listen(database.engine, "commit", count)


def _watch_sqlite(connection, count) -> None:
    connection.set_trace_callback(count)


def _watch_psycopg(connection, count) -> None:
    class Telling(type(connection.cursor())):
        def execute(self, statement, *given, **named):
            answer = super().execute(statement, *given, **named)
            count(statement)
            return answer

    connection.cursor_factory = Telling


def book_until_killed(pipe, barrier, instance: Path, motif: int, slots: list[str], path: Path, now: datetime) -> None:
    """Book one slot after the other, writing each code to a file once it is committed, and saying so."""
    database = _open(instance)
    barrier.wait(PATIENCE)
    with path.open("a", encoding="ascii", buffering=1) as file:
        for slot in slots:
            try:
                code = _book(database, motif, slot, f"{path.name}-{slot}", now)
            except SlotTaken:
                continue
            file.write(code + "\n")
            pipe.send("one more")


def exchange(_pipe, barrier, instance: Path, motif: int, mine: str, wanted: str, now: datetime) -> str:
    """Give back the slot one holds and take another, in one transaction, as the page of slots does."""
    database = _open(instance)
    with database.writing() as session:
        token = hold_slot(session, session.get_one(Motif, motif), mine, now, 5).token
    barrier.wait(PATIENCE)
    with database.writing() as session:
        release_hold(session, token)
        hold_slot(session, session.get_one(Motif, motif), wanted, now, 5)
    database.close()
    return "done"


def issue(_pipe, barrier, instance: Path, identifier: str, key: str, now: datetime) -> str:
    """Issue an attestation as that agent when everyone is at the barrier; gives its number and its visit."""
    database, signer = _open(instance), load_keys(instance, create=False).signer
    with database.reading() as session:
        agent = session.scalars(select(Agent).where(Agent.identifier == identifier)).one()
    barrier.wait(PATIENCE)
    words = {"wording": "2026-11", "structure": "France Services", "place": "Lyon", "specimen": True}
    with database.writing() as session:
        made = issue_attestation(session, signer, agent, Kind.VISIT, {}, key=key, now=now, **words)
    database.close()
    return f"{made.number} {made.visit_id}"


def race_to_call(_pipe, barrier, instance: Path, site: int, agent: int, local: datetime, now: datetime) -> list[int]:
    """Call the next number until nobody waits, together with everyone at the barrier; the numbers one called."""
    database, called = _open(instance), []
    barrier.wait(PATIENCE)
    try:
        while True:
            with database.writing() as session:
                seen = lobby.last_called_by(session, site, local.date(), agent)
                called.append(reception.call_next(session, site, local, agent, "Guichet", seen, now).number)
    except NobodyWaits:
        return called
    finally:
        database.close()
