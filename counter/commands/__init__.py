"""`flask` commands and the server. Each says in French what it did, or what is missing."""

from __future__ import annotations

from flask import Flask

from counter.commands.care import audit, control_accounts, journal, messages, purge_old
from counter.commands.instance import create_administrator, demo, init
from counter.commands.kiosks import kiosks
from counter.commands.papers import attestation, keys
from counter.commands.places import sites
from counter.commands.sheets import tutorials


def register(app: Flask) -> None:
    for command in COMMANDS:
        app.cli.add_command(command)


COMMANDS = (
    init,
    demo,
    create_administrator,
    audit,
    purge_old,
    control_accounts,
    journal,
    messages,
    sites,
    tutorials,
    keys,
    attestation,
    kiosks,
)
