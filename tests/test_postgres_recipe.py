"""Counter on PostgreSQL as the README says to install it, and what is said to whoever does it otherwise."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from counter.config import ROOT
from tests import postgres
from tests.test_commands import flask, typed

PASSWORD = "Tres-long-2026"


@pytest.fixture(scope="module")
def cluster() -> Iterator[postgres.Cluster]:
    with postgres.or_skip() as cluster:
        yield cluster


def line_of_readme(begins: str, name: str) -> list[str]:
    """The words of a line of the README, as the account `postgres` runs it, for another account than the tests'."""
    line = re.search(rf"^sudo -u postgres ({begins} .+)$", (ROOT / "README.md").read_text("utf-8"), re.M)[1]
    return [name if word == "counter" else word for word in shlex.split(line, comments=True)]


def as_operator(cluster, words: list[str], answers: str = "") -> None:
    """A program of PostgreSQL, away from any terminal: a password is asked for on its standard input."""
    environ = os.environ | {"PGHOST": str(cluster.folder), "PGUSER": "counter"}
    command = [postgres.programs() / words[0], *words[1:]]
    subprocess.run(command, env=environ, input=answers, text=True, check=True, start_new_session=True, timeout=60,
                   stderr=subprocess.DEVNULL)  # fmt: skip


def instance_on(folder: Path, url: str) -> Path:
    folder.mkdir()
    (folder / "counter.toml").write_text(f"database_url = '{url}'\n", encoding="utf-8")
    return folder


def test_the_recipe_makes_a_counter_and_its_second_server_is_told_to_copy_the_keys(cluster, tmp_path):
    as_operator(cluster, line_of_readme("createuser", "guichet"), f"{PASSWORD}\n{PASSWORD}\n")
    as_operator(cluster, line_of_readme("createdb", "guichet"))
    url = cluster.url("guichet", "guichet")
    first = instance_on(tmp_path / "first", url)
    done = flask("init", instance=first)
    assert done.returncode == 0 and "L'instance est prête" in done.stdout, done.stderr
    second = instance_on(tmp_path / "second", url)
    done = flask("init", instance=second)
    assert done.returncode == 1 and "copiez ici le dossier « keys » du premier" in done.stderr
    shutil.copytree(first / "keys", second / "keys")
    assert flask("init", instance=second).returncode == 0


def test_an_account_that_does_not_own_the_database_is_told_what_to_do(cluster, tmp_path):
    as_operator(cluster, ["createuser", "passant"])
    cluster.create("autrui")
    done = typed("init", instance=instance_on(tmp_path / "stranger", cluster.url("autrui", "passant")))
    assert done.returncode == 1 and "« ALTER DATABASE la_base OWNER TO le_compte »" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("name", "account"), [("nulle-part", "counter"), ("postgres", "personne")])
def test_a_name_that_is_not_there_is_told_apart_from_a_server_that_is_stopped(cluster, tmp_path, name, account):
    done = flask("init", instance=instance_on(tmp_path / "wrong", cluster.url(name, account)))
    assert done.returncode == 1 and "COUNTER_DATABASE_URL" in done.stderr
