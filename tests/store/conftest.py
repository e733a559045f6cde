"""A small town made by the test: one Caf, its site, its motifs and openings, each act a transaction of its own."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, String, func, insert, select
from sqlalchemy.orm import Session

from counter.commands.instance import prepare_instance
from counter.db import Database, alembic_config
from counter.keys import Vault, load_keys
from counter.models import Agent, Appointment, Caf, FreeTime, Motif, MotifMode, Opening, OpeningMotif, Site
from counter.slots import Mode, Slot, indexes
from counter.store.agents import open_with
from counter.store.appointments import appointment_by_id, cancel
from counter.store.booking import book
from counter.store.free_time import audit_free_time, prepare_free_time
from counter.store.holds import hold_slot
from counter.store.slots import SlotFilter, SlotSearch, near_slots, search_slots
from tests import postgres
from tests.conftest import START, Clock, fill_demonstration, settings_for

WEEK, EVERY_DAY = 0b11111, 0b1111111
PERSON = {
    "first_name": "Zoé",
    "last_name": "Imaginaire",
    "birth_day": 7,
    "birth_month": 11,
    "phone": "+33199000000",
    "email": "zoe@exemple.fr",
    "contact_name": "",
    "contact_shared": False,
    "needs": ["interprete"],
    "language": "ukrainien",
}


def check_password(session: Session, identifier: str, password: str) -> Agent | None:
    """The active agent whose own password this is."""
    opened = open_with(session, identifier, password, START)
    return opened.agent if opened and not opened.provisional else None


def new_key() -> str:
    return str(uuid.uuid4())


class Town:
    """What an agent can do, by ids and slot keys; `clock` tells the time of each act."""

    def __init__(self, database: Database, vault: Vault, clock: Clock):
        self.database, self.vault, self.clock = database, vault, clock
        with database.writing() as session:
            caf = Caf(name="Caf d'Exemple", department="99")
            session.add(caf)
            session.flush()
            self.caf = caf.id
        self.site = self.add_site("Mairie")

    # what there is

    def add_site(self, name: str, department: str = "69", timezone: str = "Europe/Paris") -> int:
        site = Site(
            caf_id=self.caf,
            name=name,
            short_name=name,
            street="1 rue de l'Exemple",
            postal_code="69000",
            city="Exemple",
            department=department,
            timezone=timezone,
        )
        return self._added(site)

    def add_motif(self, code: str, notice: int = 0, horizon: int = 60, **minutes: int) -> int:
        """`minutes` by mode: on_site, phone, video."""
        modes = {"on_site": Mode.ON_SITE, "phone": Mode.PHONE, "video": Mode.VIDEO}
        motif = Motif(
            caf_id=self.caf,
            code=code,
            label=f"Motif {code}",
            plain_label=f"Motif {code}",
            topic="situation",
            icon="info",
            notice=notice,
            horizon=horizon,
            modes=[MotifMode(mode=modes[name], duration=length) for name, length in minutes.items()],
        )
        return self._added(motif)

    def add_opening(
        self,
        motifs: list[int],
        starts: int = 540,
        ends: int = 720,
        interval: int = 15,
        site: int | None = None,
        mode: Mode = Mode.ON_SITE,
        weekdays: int = WEEK,
        desks: int = 1,
        valid_from: date = date(2026, 1, 1),
        valid_to: date | None = None,
    ) -> int:
        opening = Opening(
            site_id=site or self.site,
            mode=mode,
            weekdays=weekdays,
            starts=starts,
            ends=ends,
            interval=interval,
            desks=desks,
            valid_from=valid_from,
            valid_to=valid_to,
        )
        number = self._added(opening)
        for motif in motifs:
            self._added(OpeningMotif(opening_id=number, motif_id=motif), number)
        return number

    def _added(self, row, known: int | None = None) -> int:
        with self.database.writing() as session:
            session.add(row)
            session.flush()
            return known or row.id

    def prepare(self, days: int = 30) -> int:
        with self.database.writing() as session:
            return prepare_free_time(session, self.clock().date(), days)

    # what an agent does

    def search(self, motif: int, **wanted) -> SlotSearch:
        with self.database.reading() as session:
            return search_slots(session, session.get_one(Motif, motif), SlotFilter(**wanted), self.clock())

    def hold(self, motif: int, slot: str, minutes: int = 5) -> str:
        with self.database.writing() as session:
            return hold_slot(session, session.get_one(Motif, motif), slot, self.clock(), minutes).token

    def book(
        self, motif: int, slot: str, hold: str | None = None, key: str | None = None, person: dict | None = None
    ) -> Appointment:
        with self.database.writing() as session:
            subject = session.get_one(Motif, motif)
            person = PERSON if person is None else person
            number = book(session, self.vault, subject, slot, hold, person, key or new_key(), self.clock())
        return self.appointment(number)

    def appointment(self, number: int) -> Appointment:
        with self.database.reading() as session:
            return appointment_by_id(session, number)

    def cancel(self, number: int) -> None:
        with self.database.writing() as session:
            cancel(session, appointment_by_id(session, number), self.clock())

    def near(self, motif: int, slot: Slot) -> list[Slot]:
        """What is offered instead of a lost slot."""
        with self.database.reading() as session:
            return near_slots(session, session.get_one(Motif, motif), slot, self.clock())

    # what is kept

    def words(self) -> dict[tuple[int, date, int], int]:
        """(opening, day, desk) -> the word of its free time."""
        with self.database.reading() as session:
            return {(row.opening_id, row.day, row.desk): row.free for row in session.scalars(select(FreeTime))}

    def free(self, opening: int, day: date, desk: int = 0) -> list[int]:
        """The free intervals of a desk, by index."""
        return indexes(self.words()[opening, day, desk])

    def days(self, opening: int) -> list[date]:
        """The days an opening has free time for."""
        return sorted({day for number, day, _ in self.words() if number == opening})

    def audit(self, repair: bool = False) -> list:
        with self.database.writing() as session:
            return audit_free_time(session, repair, self.clock())


def at(day: date, opening: int, index: int) -> str:
    """The key of a slot."""
    return f"{opening}.{day.isoformat()}.{index}"


def minutes_of(search: SlotSearch, day: date) -> list[int]:
    """The minutes of day that are offered."""
    return [slot.minute for slot in search.days.get(day, [])]


def count(town: Town, table) -> int:
    """How many rows there are."""
    with town.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


# ── each test on SQLite and on PostgreSQL, unless it is marked `sqlite` ─────────────────────────


def pytest_generate_tests(metafunc):
    if "server" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("sqlite")
        metafunc.parametrize("server", ["sqlite"] if only else ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    with postgres.or_skip() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def _models(cluster, tmp_path_factory) -> dict[str, Path]:
    """Prepared instances on PostgreSQL, an empty one and the demonstration; tests copy folder and database."""
    folders = {}
    for name in ("empty", "demo"):
        folder = folders[name] = tmp_path_factory.mktemp(f"postgresql-{name}")
        _point(folder, cluster.create(f"model-{name}"))
        prepare_instance(settings_for(folder), START)
        if name == "demo":
            fill_demonstration(folder)
    return folders


def _point(folder: Path, url: str) -> None:
    (folder / "counter.toml").write_text(f"database_url = '{url}'\n", encoding="utf-8")


@pytest.fixture
def server(request) -> str:
    """The kind of database the test runs on."""
    return request.param


@pytest.fixture
def copy_of(request, server, tmp_path) -> Iterator:
    """An instance of the test's own, copied from the empty model or the demonstration."""
    copied = []

    def copy(name: str) -> Path:
        if server == "sqlite":
            return shutil.copytree(request.getfixturevalue(f"_{name}_model"), tmp_path / name)
        cluster, models = request.getfixturevalue("cluster"), request.getfixturevalue("_models")
        folder = shutil.copytree(models[name], tmp_path / name)
        copied.append((cluster, f"test-{uuid.uuid4().hex[:12]}"))
        _point(folder, cluster.create(copied[-1][1], f"model-{name}"))
        return folder

    yield copy
    for cluster, name in copied:
        cluster.drop(name)


@pytest.fixture
def empty_instance(copy_of) -> Path:
    return copy_of("empty")


@pytest.fixture
def instance(copy_of) -> Path:
    return copy_of("demo")


@pytest.fixture
def blank(empty_instance) -> Database:
    """The main database of a prepared instance without data."""
    database = Database(settings_for(empty_instance).main_url, load_keys(empty_instance, create=False).vault)
    yield database
    database.close()


@pytest.fixture
def town(blank, clock) -> Town:
    """A town at START, a Tuesday, 9 h in Paris, before any opening."""
    return Town(blank, blank.engine.dialect.vault, clock)


@pytest.fixture
def half_hour(town: Town) -> int:
    """A motif of two intervals of the usual grid."""
    return town.add_motif("01", on_site=30)


@pytest.fixture
def quarter(town: Town) -> int:
    """A motif of one interval of the usual grid."""
    return town.add_motif("02", on_site=15)


@pytest.fixture
def opening(town: Town, half_hour: int, quarter: int) -> int:
    """9 h to 12 h every 15 minutes, one desk, prepared for a month."""
    number = town.add_opening([half_hour, quarter])
    town.prepare()
    return number


@pytest.fixture
def town_on(blank):
    """A town at another moment."""

    def make(now: datetime = START) -> Town:
        return Town(blank, blank.engine.dialect.vault, Clock(now))

    return make


def putter(connection: Connection) -> Callable[..., None]:
    """What puts a row into a table as it is in that database, which may be older; what is not said is empty."""
    tables = MetaData()
    tables.reflect(connection)

    def put(table: str, **row) -> None:
        columns = [c for c in tables.tables[table].columns if not c.nullable and c.server_default is None]
        empty = {c.name: "" if isinstance(c.type, String) else 0 for c in columns}
        connection.execute(insert(tables.tables[table]).values(empty | row))

    return put


@pytest.fixture
def older(request, server, tmp_path):
    """Call it with a revision: the address of an empty database whose schema is the one just before it."""
    name = f"old-{uuid.uuid4().hex[:12]}"
    cluster = request.getfixturevalue("cluster") if server == "postgresql" else None
    url = cluster.create(name) if cluster else f"sqlite:///{(tmp_path / 'old.sqlite').as_posix()}"

    def at(revision: str) -> str:
        before = ScriptDirectory.from_config(alembic_config("")).get_revision(revision).down_revision
        command.upgrade(alembic_config(url), before)
        return url

    yield at
    if cluster:
        cluster.drop(name)
