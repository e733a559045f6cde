"""The cache: made again when it is missing, damaged or of another version, left alone otherwise."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from counter.config import ROOT
from counter.db import open_cache
from counter.keys import Vault, load_keys
from counter.models import AgentSession
from tests.conftest import START, settings_for

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

pytestmark = pytest.mark.sqlite  # the cache is SQLite everywhere


@pytest.fixture
def path(empty_instance) -> Path:
    return empty_instance / "cache.sqlite"


@pytest.fixture
def open_again(empty_instance):
    """Open the cache, as each start does; closed at the end."""
    opened = []
    vault = load_keys(empty_instance, create=False).vault

    def make(with_vault: Vault | None = None):
        opened.append(open_cache(settings_for(empty_instance).cache_url, with_vault or vault))
        return opened[-1]

    yield make
    for cache in opened:
        cache.close()


def sign_in(cache, token: str = "a" * 32) -> None:
    with cache.writing() as session:
        session.add(AgentSession(token_hash=token, agent_id=1, started_at=START, seen_at=START, data={"why": "Zoé"}))


def sessions(cache) -> int:
    with cache.reading() as session:
        found = session.scalar(select(func.count()).select_from(AgentSession))
        assert all(row.data == {"why": "Zoé"} for row in session.scalars(select(AgentSession)))
        return found


def filled(open_again, rows: int = 1) -> None:
    cache = open_again()
    for number in range(rows):
        sign_in(cache, f"{number:032d}")
    cache.close()


def test_a_good_cache_is_left_as_it_is(open_again):
    filled(open_again, 3)
    assert sessions(open_again()) == 3


def test_a_missing_cache_is_made(open_again, path):
    filled(open_again)
    path.unlink()
    cache = open_again()
    assert sessions(cache) == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    sign_in(cache)
    assert sessions(cache) == 1


OPENS = """
import sys, time
from pathlib import Path
from counter.config import ROOT
from counter.db import open_cache
from counter.keys import load_keys
instance = Path(sys.argv[1])
vault = load_keys(instance, create=False).vault
print("ready", flush=True)
sys.stdin.readline()
for number in range(20):
    time.sleep(0.1 - time.time() % 0.1)
    open_cache(f"sqlite:///{instance}/other-{number}.sqlite", vault).close()
"""


@pytest.mark.skipif(fcntl is None, reason="one process only")
def test_processes_that_start_together_share_the_cache_one_of_them_makes(empty_instance):
    command = [sys.executable, "-c", OPENS, str(empty_instance)]
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    started = [subprocess.Popen(command, cwd=ROOT, **streams) for _ in range(4)]
    for process in started:
        assert process.stdout.readline() == "ready\n"
    for process in started:
        process.stdin.write("\n")
        process.stdin.flush()
    refused = [process.communicate(timeout=60)[1] for process in started]
    assert refused == [""] * 4


@pytest.mark.parametrize("content", [b"", b"x" * 8192, b"SQLite format 3\x00" + b"\xff" * 8000])
@pytest.mark.parametrize("log", [None, b"x" * 4096])
def test_a_damaged_cache_is_made_again(open_again, path, content, log):
    filled(open_again)
    path.write_bytes(content)
    if log is not None:
        path.with_name("cache.sqlite-wal").write_bytes(log)
    cache = open_again()
    assert sessions(cache) == 0
    sign_in(cache)
    cache.close()
    assert sessions(open_again()) == 1, "and it stays"


def test_a_cache_damaged_further_on_is_made_again(open_again, path):
    filled(open_again, 200)
    content = path.read_bytes()
    assert len(content) > 4 * 4096
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    cache = open_again()
    sign_in(cache, "b" * 32)
    assert sessions(cache) == 1


def test_a_cache_of_another_version_is_made_again(open_again):
    filled(open_again)
    with open_again().engine.begin() as connection:
        connection.execute(text("PRAGMA user_version=999"))
    assert sessions(open_again()) == 0


def test_the_main_database_is_never_touched_when_the_cache_is_made_again(open_again, path):
    main = path.with_name("counter.sqlite")
    before = main.read_bytes()
    path.write_bytes(b"rien")
    open_again()
    assert main.read_bytes() == before
