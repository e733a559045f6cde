"""Each in turn: threads that answer, processes that write on SQLite; and nobody waits for the dead, or for long."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing

import pytest

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

from counter.config import ROOT
from counter.turns import OneAtATime, WaitingLine, begin

PATIENCE = 60  # seconds


# ── threads ─────────────────────────────────────────────────────────────────────────────────────


def test_requests_that_come_together_are_answered_one_after_the_other():
    running, most = [], []

    def app(environ, _start):
        running.append(environ)
        most.append(len(running))
        time.sleep(0.001)
        running.remove(environ)
        return [environ["name"]]

    together, barrier, answers = OneAtATime(app, PATIENCE), threading.Barrier(6), []

    def ask(name: bytes) -> None:
        barrier.wait(PATIENCE)
        answers.extend(together({"name": name}, None))

    names = [b"%d" % n for n in range(6)]
    threads = [threading.Thread(target=ask, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert sorted(answers) == names and max(most) == 1


def test_a_long_request_keeps_nobody_waiting_until_its_end_and_an_error_gives_the_turn_back():
    over, begun = threading.Event(), threading.Event()

    def app(environ, _start):
        if environ["name"] == "long":
            begun.set()
            assert over.wait(PATIENCE)
        if environ["name"] == "wrong":
            raise ZeroDivisionError
        return [environ["name"]]

    together = OneAtATime(app)
    long = threading.Thread(target=together, args=({"name": "long"}, None))
    long.start()
    assert begun.wait(PATIENCE)
    assert together({"name": "short"}, None) == ["short"], "while the long one goes on"
    over.set()
    long.join(PATIENCE)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            together({"name": "wrong"}, None)
    assert not together._turn.locked()


# ── processes ───────────────────────────────────────────────────────────────────────────────────

in_line = pytest.mark.skipif(fcntl is None, reason="the line is kept by flock")


class Asking(sqlite3.Connection):
    """A connection that tells when it was refused."""

    def execute(self, *arguments):
        try:
            return super().execute(*arguments)
        except sqlite3.OperationalError:
            self.refused.set()
            raise


@pytest.fixture
def path(tmp_path):
    with closing(sqlite3.connect(tmp_path / "base.sqlite")) as base:
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("CREATE TABLE served (name)")
    return tmp_path / "base.sqlite"


@pytest.fixture
def holder(path):
    """Someone who writes."""
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.execute("BEGIN IMMEDIATE")
        yield base


def someone_is_in_line(path) -> bool:
    with WaitingLine(path).path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def wait_for(happened) -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.005)


@in_line
def test_who_waits_first_writes_first(path, holder):
    def write(name: str, refused: threading.Event) -> None:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=0, factory=Asking)) as base:
            base.refused = refused
            line = WaitingLine(path)
            assert begin(base, line, PATIENCE)
            base.execute("INSERT INTO served VALUES (?)", (name,))
            base.execute("COMMIT")
            line.close()

    names, threads = ["premier", "deuxième", "troisième"], []
    for name in names:
        threads.append(threading.Thread(target=write, args=(name, refused := threading.Event())))
        threads[-1].start()
        assert refused.wait(PATIENCE)
        wait_for(lambda: someone_is_in_line(path))
        time.sleep(0.05)  # the line itself cannot be asked how long it is
    holder.execute("COMMIT")
    for thread in threads:
        thread.join(PATIENCE)
    assert [name for (name,) in holder.execute("SELECT name FROM served ORDER BY rowid")] == names


@in_line
def test_a_process_killed_in_line_keeps_nobody_waiting(path, holder):
    waits = (
        "import sqlite3, sys; from pathlib import Path; from counter.turns import WaitingLine, begin; "
        "begin(sqlite3.connect(sys.argv[1], isolation_level=None, timeout=0), WaitingLine(Path(sys.argv[1])), 600)"
    )
    with subprocess.Popen([sys.executable, "-c", waits, str(path)], cwd=ROOT) as child:
        wait_for(lambda: WaitingLine(path).path.exists() and someone_is_in_line(path))
        child.send_signal(signal.SIGKILL)
    line = WaitingLine(path)
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as base:
        assert not begin(base, line, 0), "the one who writes is still there"
        holder.execute("COMMIT")
        assert begin(base, line, 0)
    line.close()
