"""Each in turn: the threads of a server, and the processes that write to one SQLite file.

Threads that run at once keep passing the interpreter to one another: nine of them take twice the processor for each
page. SQLite lets one transaction write at a time, and itself asks again later and later (up to 100 ms): under load
whoever waits longest is served last. Here who waits is asleep, and the first alone asks.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from io import FileIO
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: each process asks by itself
    fcntl = None

_ASK_EVERY = 0.0002  # seconds


class OneAtATime:
    """A WSGI application whose requests are answered one after the other. What has waited `patience` seconds goes at
    once: a long one (a thousand papers, a slow service outside) keeps nobody waiting. An answer sent bit by bit has had
    its turn when it begins."""

    def __init__(self, app: Callable, patience: float = 0.1):
        self._app, self._patience, self._turn = app, patience, threading.Lock()

    def __call__(self, environ: dict, start_response: Callable):
        mine = self._turn.acquire(timeout=self._patience)
        try:
            return self._app(environ, start_response)
        finally:
            if mine:
                self._turn.release()


class WaitingLine:
    """The line of a database, kept by the system in a file beside it: a process that is killed leaves it by itself.
    Only taken where someone has to wait."""

    def __init__(self, database: Path):
        self.path = database.with_name(f"{database.name}-line")
        self._file: FileIO | None = None

    def __enter__(self) -> None:
        with suppress(OSError):  # a disk that knows no such lock: as on Windows
            if fcntl:
                self._file = self._file or FileIO(self.path, "a", opener=partial(os.open, mode=0o600))
                fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_) -> None:
        with suppress(OSError):
            if self._file is not None:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def begin(driver: sqlite3.Connection, line: WaitingLine, seconds: float) -> bool:
    """Begin a transaction that writes; False when others kept writing for that long."""
    if _begins(driver):
        return True
    give_up = time.monotonic() + seconds
    with line:
        while not (begun := _begins(driver)) and time.monotonic() < give_up:
            time.sleep(_ASK_EVERY)
    return begun


def _begins(driver: sqlite3.Connection) -> bool:
    """False when another writes; whatever else refuses (a full disk) is left to be told by the caller."""
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY
    return True
