"""Several processes that serve: what is done each minute is done there too, once."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from app import create_app
from counter.config import ROOT
from counter.db import Database, open_cache
from counter.keys import load_keys
from counter.messages import CLOSING, State
from counter.models import AgentSession
from counter.store.messages import queue_to_agent
from tests.conftest import settings_for
from tests.test_commands import fetch

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Gunicorn needs POSIX")
PATIENCE = 30  # seconds


class Post:
    """A mail server."""

    def __init__(self):
        self.letters: list[bytes] = []

    async def handle_DATA(self, server, session, envelope):
        self.letters.append(envelope.content)
        return "250 OK"


@pytest.fixture
def post() -> Iterator[Post]:
    handler = Post()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    handler.port = controller.port
    yield handler
    controller.stop()


@pytest.fixture
def looks() -> Iterator[list]:
    """The other end of the line; who looked whether it is up."""
    seen, server = [], socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                connection, whence = server.accept()
            except OSError:
                return
            connection.close()
            seen.append(whence)

    threading.Thread(target=accept, daemon=True).start()
    seen_at = server.getsockname()[1]
    yield seen, seen_at
    server.shutdown(socket.SHUT_RDWR)
    server.close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def wait_for(happened) -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.05)


@contextmanager
def gunicorn(instance: Path, *more: str, **settings: object) -> Iterator[str]:
    """Two workers on the instance; the address where they answer."""
    told = {f"COUNTER_{name.upper()}": str(value) for name, value in (settings | {"instance": instance}).items()}
    words = ("--workers", "2", "--threads", "2", "--bind", (where := f"127.0.0.1:{free_port()}"), *more)
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--graceful-timeout", "1", *words, "app:application()"],
        cwd=ROOT,
        env=os.environ | told,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://{where}"
    finally:
        server.terminate()
        server.wait(20)


def leave(instance: Path) -> None:
    """A message that is due, and a visit that ended at a kiosk without a word."""
    now, vault = datetime.now(UTC), load_keys(instance, create=False).vault
    with closing(Database(settings_for(instance).main_url, vault)) as main, main.writing() as session:
        queue_to_agent(session, CLOSING, "chef@exemple.fr", "Objet", "Bonjour.", now, now + timedelta(days=1))
    then = now - timedelta(hours=1)
    with closing(open_cache(settings_for(instance).cache_url, vault)) as cache, cache.writing() as session:
        row = {"agent_id": None, "kiosk_id": 1, "started_at": then, "seen_at": then, "data": {"who": "Zébulon"}}
        session.add(AgentSession(token_hash="x" * 32, **row))


def left(instance: Path) -> tuple[list[str], int]:
    """The states of the messages, and how many visits are kept."""
    with closing(sqlite3.connect(instance / "counter.sqlite")) as main:
        states = [state for (state,) in main.execute("SELECT state FROM message")]
    with closing(sqlite3.connect(instance / "cache.sqlite")) as cache:
        return states, cache.execute("SELECT count(*) FROM agent_session").fetchone()[0]


@pytest.mark.parametrize("more", [(), ("--preload",)])
def test_each_process_does_by_itself_what_is_due_and_a_message_leaves_once(empty_instance, post, looks, more):
    leave(empty_instance)
    (seen, line), mail = looks, {"smtp_host": "127.0.0.1", "smtp_port": post.port, "smtp_tls": "none"}
    with gunicorn(
        empty_instance, *more, line_check=f"127.0.0.1:{line}", smtp_sender="accueil@exemple.fr", **mail
    ) as address:
        wait_for(lambda: len(seen) == 2 and left(empty_instance) == ([State.SENT], 0))
        assert "Se connecter" in fetch(f"{address}/connexion")
        time.sleep(2)
    assert len(post.letters) == 1, "whichever of the two took it"
    assert len(seen) == 2, "each of those that answer looks at the line, and nobody else"


def test_an_application_that_does_not_serve_starts_nothing(instance):
    on = create_app(settings_for(instance)).extensions["counter"]
    try:
        started = {"upkeep", "messages", "kiosks", "line-watch"}
        assert not started & {thread.name for thread in threading.enumerate()}
    finally:
        on.main.close()
        on.cache.close()
