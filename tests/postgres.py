"""A throw-away PostgreSQL: started on a socket of its own by an ordinary account, gone with the tests."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

MISSING = "PostgreSQL is not on this machine (Debian: apt install postgresql)"
_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=64MB", "autovacuum=off")


def programs() -> Path | None:
    """The folder of `initdb` and `postgres`, None when they are not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def _account() -> dict:
    """PostgreSQL refuses to run as root: root lends it the account `postgres`, or `nobody`."""
    if os.name != "posix" or os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


class Cluster:
    """`url("name")` of one of its databases; `create` and `drop` them, from an empty or a filled model; `start` and
    `stop` its server."""

    def __init__(self, folder: Path, settings: tuple[str, ...], quiet: dict):
        self.folder, self._quiet = folder, quiet
        options = ("listen_addresses=", f"unix_socket_directories={folder}", "max_connections=120", *settings)
        self._flags = [part for option in options for part in ("-c", option)]
        self.admin = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            command = [programs() / "postgres", "-D", self.folder / "data", *self._flags]
            self._server = subprocess.Popen(command, stderr=log, **self._quiet)
        self._wait()

    def stop(self) -> None:
        """As an operator stops it: whoever is connected is sent away."""
        self.admin.dispose()
        self._server.send_signal(signal.SIGINT)
        self._server.wait(60)

    def url(self, name: str, account: str = "counter") -> str:
        return f"postgresql+psycopg://{account}@/{name}?host={self.folder}"

    def create(self, name: str, model: str = "template1") -> str:
        self._do(f'CREATE DATABASE "{name}" TEMPLATE "{model}"')
        return self.url(name)

    def drop(self, name: str) -> None:
        self._do(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _do(self, sql: str) -> None:
        with self.admin.connect() as connection:
            connection.exec_driver_sql(sql)

    def _wait(self) -> None:
        for _ in range(200):
            try:
                return self._do("SELECT 1")
            except OperationalError:
                time.sleep(0.05)
        raise RuntimeError((self.folder / "log").read_text("utf-8", "replace"))


@contextmanager
def throw_away(settings: tuple[str, ...] = _QUICK) -> Iterator[Cluster]:
    """A server in a folder of its own under /tmp, whatever happens to the tests."""
    bin_folder, account = programs(), _account()
    folder = Path(tempfile.mkdtemp(prefix="counter-pg-"))
    if account:
        os.chown(folder, account["user"], account["group"])
    quiet = {"cwd": folder, "env": {"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}, **account}
    try:
        command = [
            bin_folder / "initdb",
            "-D",
            folder / "data",
            "-U",
            "counter",
            "--auth=trust",
            "--no-sync",
            "-E",
            "UTF8",
        ]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **quiet)
        cluster = Cluster(folder, settings, quiet)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def or_skip() -> Iterator[Cluster]:
    """A server as `throw_away` makes it, or the reason why there is none."""
    if programs() is None:
        pytest.skip(MISSING)
    with throw_away() as cluster:
        yield cluster
