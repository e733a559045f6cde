"""A département and all of France, made by bulk inserts: fictitious sites, openings, free time and appointments."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path

from argon2 import PasswordHasher
from sqlalchemy import insert, text

from counter.access import Role
from counter.appointments import new_code
from counter.commands.instance import prepare_instance
from counter.config import Settings, load_settings
from counter.db import Database
from counter.keys import Keys, load_keys
from counter.models import (
    Agent,
    Appointment,
    Caf,
    Contract,
    Convention,
    FreeTime,
    Group,
    GroupSite,
    Membership,
    Motif,
    MotifMode,
    Opening,
    OpeningMotif,
    Site,
)
from counter.models.base import Base
from counter.slots import Mode, mask_of
from counter.store.free_time import public_holidays

NOW = datetime.now(UTC)  # the server of the HTTP part reads the real clock
TODAY = NOW.date()
DAYS = 60
INTERVALS = 36  # 9 h to 15 h every 10 minutes
PASSWORD = "Bonjour-2026"
PERSON = {"first_name": "Élise", "last_name": "Lambert", "birth_day": 3, "birth_month": 9, "phone": "+33199000000",
          "email": "", "contact_name": "", "contact_shared": False, "needs": [], "language": ""}  # fmt: skip
ON_VIDEO = PERSON | {"email": "elise.lambert@exemple.fr"}


@dataclass
class World:
    """An instance full of data. `sites` of one Caf, in the order of their distance; one motif, received everywhere."""

    name: str
    settings: Settings
    keys: Keys
    sites: list[int]
    bookings: int
    made_in: float

    def open(self) -> Database:
        return Database(self.settings.main_url, self.keys.vault)


def make_world(folder: Path, url: str, name: str, sites: int, bookings: int, agents: int = 8) -> World:
    """Everything of `sites` sites × 3 modes × 60 days, the time of `bookings` appointments taken from it."""
    began = time.perf_counter()
    settings = load_settings(environ={}, instance=folder, line_check="", database_url=url)
    prepare_instance(settings, NOW)
    keys = load_keys(folder, create=False)
    database = Database(settings.main_url, keys.vault)
    if database.engine.dialect.name == "sqlite":  # bulk loading only; the counter itself opens it durably
        database = Database(settings.main_url, keys.vault, durable=False)
    with database.writing() as session:
        ids = _places(session, sites, agents)
    _free_time_and_bookings(database, sites, bookings, random.Random(2026))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if database.engine.dialect.name == "sqlite" else "VACUUM ANALYZE"))
    database.close()
    if hasattr(os, "sync"):
        os.sync()  # the disk has done with the loading before anything is timed
    return World(name, settings, keys, ids, bookings, time.perf_counter() - began)


def _places(session, sites: int, agents: int) -> list[int]:
    session.execute(insert(Caf), [{"id": 1, "name": "Caf d'Exemple", "department": "99"}])
    session.execute(insert(Site), [_site(number) for number in range(1, sites + 1)])
    motif = {"id": 1, "caf_id": 1, "code": "01", "label": "Exemple", "plain_label": "Exemple", "topic": "situation",
             "icon": "info"}  # fmt: skip
    session.execute(insert(Motif), [motif])
    session.execute(
        insert(MotifMode), [{"motif_id": 1, "mode": m, "duration": 30, "rank": r} for r, m in enumerate(Mode)]
    )
    openings = [_opening(3 * site + rank, site + 1, mode) for site in range(sites) for rank, mode in enumerate(Mode)]
    session.execute(insert(Opening), openings)
    session.execute(insert(OpeningMotif), [{"opening_id": row["id"], "motif_id": 1} for row in openings])
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    session.execute(insert(Agent), [
        {"id": n, "identifier": f"agent{n}", "display_name": f"Agent {n}", "role": Role.FRONT_DESK,
         "password_hash": quick, "site_id": 1} for n in range(1, agents + 1)
    ])  # fmt: skip
    session.execute(insert(Convention), [{"id": 1, "caf_id": 1, "structure": "Exemple", "siret": ""}])
    session.execute(insert(Contract), [{"id": 1, "convention_id": 1, "label": "Contrat"}])
    session.execute(insert(Group), [{"id": 1, "contract_id": 1, "name": "Accueil", "services": ""}])
    session.execute(insert(GroupSite), [{"group_id": 1, "site_id": 1}])
    since = TODAY - timedelta(days=1)
    members = [{"group_id": 1, "agent_id": n, "starts_on": since} for n in range(1, agents + 1)]
    session.execute(insert(Membership), members)
    return list(range(1, sites + 1))


def _site(number: int) -> dict:
    return {"id": number, "caf_id": 1, "name": f"France Services {number}", "short_name": f"Lieu {number}",
            "street": "1 rue de l'Exemple", "postal_code": "69000", "city": "Exemple", "department": "69"}  # fmt: skip


def _opening(number: int, site: int, mode: Mode) -> dict:
    return {"id": number + 1, "site_id": site, "mode": mode, "weekdays": 0b11111, "starts": 540, "ends": 900,
            "interval": 10, "desks": 1, "valid_from": TODAY,
            "prepared_until": TODAY + timedelta(days=DAYS)}  # fmt: skip


@cache
def working_days() -> list[date]:
    days = (TODAY + timedelta(days=n) for n in range(DAYS + 1))
    shut = public_holidays("69", TODAY, TODAY + timedelta(days=DAYS))
    return [day for day in days if day.weekday() < 5 and day not in shut]


def _words(sites: int, bookings: int, chance: random.Random) -> Iterator[tuple[int, date, list[int]]]:
    """(opening, day, the intervals at which appointments begin), the near days fuller than the far ones."""
    days = working_days()
    left, places = bookings, sites * 3 * len(days)
    for opening in range(1, sites * 3 + 1):
        for rank, day in enumerate(days):
            share = left / places * 2 * (1 - rank / len(days)) if places else 0
            wanted = min(int(share + chance.random()), INTERVALS // 3, left)
            yield opening, day, [3 * k for k in sorted(chance.sample(range(INTERVALS // 3), wanted))]
            left, places = left - wanted, places - 1


def _free_time_and_bookings(database: Database, sites: int, bookings: int, chance: random.Random) -> None:
    words = _words(sites, bookings, chance)
    vault = database.engine.dialect.vault
    while chunk := list(islice(words, 20_000)):
        free = [
            {"opening_id": o, "day": d, "desk": 0, "free": (1 << INTERVALS) - 1 - sum(mask_of(k, 3) for k in taken)}
            for o, d, taken in chunk
        ]
        made = [_appointment(o, d, k, vault) for o, d, taken in chunk for k in taken]
        with database.writing() as session:
            session.execute(insert(FreeTime), free)
            if made:
                session.execute(insert(Appointment), made)


def _mode_of(opening: int) -> Mode:
    return list(Mode)[(opening - 1) % 3]


def person_for(opening: int) -> dict:
    """Who comes: whoever is met on video has an address."""
    return ON_VIDEO if _mode_of(opening) is Mode.VIDEO else PERSON


def _appointment(opening: int, day: date, index: int, vault) -> dict:
    """As `book` keeps it; unique values are drawn at random, as real ones are."""
    mode = _mode_of(opening)
    unique = os.urandom(16).hex()
    return {
        "uid": f"{unique[:8]}-{unique[8:12]}-5{unique[13:16]}-8{unique[17:20]}-{unique[20:]}",
        "code_index": os.urandom(16).hex(), "person": person_for(opening) | {"code": new_code()}, "motif_id": 1,
        "agent_id": 1,
        "site_id": (opening - 1) // 3 + 1, "opening_id": opening, "mode": mode, "day": day, "desk": 0, "index": index,
        "count": 3, "minute": 540 + 10 * index, "duration": 30, "created_at": NOW,
    }  # fmt: skip


def sizes(database: Database) -> dict[str, float]:
    """Bytes of the tables with their indexes: {'appointment': …, 'free_time': …}."""
    with database.engine.connect() as connection:
        if database.engine.dialect.name == "sqlite":
            rows = connection.execute(text(
                "SELECT m.tbl_name, sum(s.pgsize) FROM dbstat s JOIN sqlite_master m ON m.name = s.name GROUP BY 1"
            ))  # fmt: skip
            return dict(rows.all())
        return {
            name: connection.execute(text("SELECT pg_total_relation_size(:t)"), {"t": name}).scalar()
            for name in Base.metadata.tables
        }
