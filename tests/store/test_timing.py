"""A wrong password takes as long whether the account exists or not: measured, as a ratio, on real hashes. The time is
that of the processor: what else the machine does meanwhile is not in it."""

from __future__ import annotations

from time import process_time

import pytest
from argon2 import PasswordHasher

from counter.access import Role
from counter.store import agents
from tests.conftest import START

ROUNDS = 15
# About 5 ms each: what is around the hashes takes far less, and a hash left out would halve the time.
HASHER = PasswordHasher(time_cost=2, memory_cost=4096, parallelism=1)


@pytest.fixture
def hashed(monkeypatch):
    monkeypatch.setattr(agents, "_hasher", HASHER)
    nobodys = HASHER.hash("no agent has this password")
    monkeypatch.setattr(agents, "_nobodys_hash", lambda: nobodys)


@pytest.mark.sqlite
def test_a_wrong_password_takes_as_long_whoever_is_named(blank, hashed):
    with blank.writing() as session:
        agents.create_agent(session, "connue", "Connue", Role.FRONT_DESK, "Quetzal-4221")
        agents.create_agent(session, "fermee", "Fermée", Role.FRONT_DESK, "Quetzal-4221").active = False
        waiting = agents.create_agent(session, "attendue", "Attendue", Role.FRONT_DESK, "")
        agents.give_provisional(session, waiting, START)
    took: dict[str, list[float]] = {name: [] for name in ("connue", "fermee", "attendue", "inconnue")}
    with blank.reading() as session:
        for _ in range(ROUNDS):  # one of each in turn: whatever else the machine does falls on all alike
            for name, times in took.items():
                began = process_time()
                assert agents.open_with(session, name, "Mauvais-1!", START) is None
                times.append(process_time() - began)
    unknown = min(took["inconnue"])
    ratios = {name: min(times) / unknown for name, times in took.items()}
    assert all(0.7 < ratio < 1.4 for ratio in ratios.values()), ratios
