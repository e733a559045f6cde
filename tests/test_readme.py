"""The README is checked against the code: its paths, commands, settings and packages exist."""

from __future__ import annotations

import re
from dataclasses import fields

import click

from counter.commands import COMMANDS as COMMAND_LIST
from counter.config import ROOT, Settings

README = (ROOT / "README.md").read_text("utf-8")


def spoken_commands(*commands: click.Command, within: str = "") -> set[str]:
    """What a person types after `flask`: a group is not a command, each of its commands is."""
    found: set[str] = set()
    for command in commands:
        name = f"{within} {command.name}".strip()
        group = isinstance(command, click.Group)
        found |= spoken_commands(*command.commands.values(), within=name) if group else {name}
    return found


COMMANDS = spoken_commands(*COMMAND_LIST)
GROUPS = {command.split()[0] for command in COMMANDS if " " in command}


def test_every_path_named_exists():
    named = {text for text in re.findall(r"`([\w./-]+)`", README) if "/" in text and not text.startswith("/")}
    assert {"instance/README.md", "docs/tutoriels.md", ".ci/run"} <= named
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_every_make_target_and_flask_command_exists():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"make (\w+)`|^make (\w+)$", README, re.M))
    for pair in targets:
        assert re.search(rf"^{''.join(pair)}:", makefile, re.M), pair
    named = {" ".join(w) if w[0] in GROUPS else w[0] for w in re.findall(r"flask ([a-z-]+) ?([a-z-]*)", README)}
    assert named == COMMANDS
    assert len(targets) >= 4


def test_every_setting_is_documented_and_nothing_else():
    documented = set(re.findall(r"COUNTER_([A-Z_]+)`", README)) - {"BENCH_POSTGRES_URL"}  # of `make bench`
    assert documented == {item.name.upper() for item in fields(Settings)}


def test_every_setting_says_what_it_is():
    assert all(item.metadata["help"].endswith(".") for item in fields(Settings))


def test_every_package_installed_is_explained_once():
    names = set()
    parts = ("", "-postgres", "-proconnect", "-dev")
    for file in (f"requirements{part}.txt" for part in parts):
        names |= set(re.findall(r"^([a-z0-9-]+)(?:\[binary\])?==", (ROOT / file).read_text("utf-8"), re.M))
    table = README.split("## Packages")[1]
    explained = [name for row in re.findall(r"^\| ([a-z0-9, -]+) \|", table, re.M) for name in row.split(", ")]
    assert sorted(set(explained) - {"package"}) == sorted(names)
    assert len(explained) == len(set(explained))


def test_every_requirement_is_pinned():
    for file in ("requirements.txt", "requirements-postgres.txt", "requirements-dev.txt", "constraints.txt"):
        lines = [line for line in (ROOT / file).read_text("utf-8").splitlines() if line and line[0] not in "#-"]
        assert lines and all(re.fullmatch(r"[A-Za-z0-9._-]+(\[binary\])?==[\w.]+", line) for line in lines)
