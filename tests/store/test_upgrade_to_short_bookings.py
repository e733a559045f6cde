"""What was written before 0019 is the same after it: the code on the paper still opens, the seals of the journal still
hold, and nothing of it can be changed."""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from counter.db import Database, migrate
from counter.journal import GENESIS, Act, Line, Subject, seal, seal_head
from counter.keys import Unreadable, Vault
from counter.models import AppointmentEvent
from counter.store import journal
from counter.store.appointments import find_by_code
from counter.store.history import history
from tests.store.conftest import putter

VAULT = Vault(b"1" * 32)
AT = datetime(2026, 11, 20, 9, 30, 0, 120, tzinfo=UTC)
ODD = datetime(2026, 11, 20, 9, 30, 1, tzinfo=UTC)
DAY = date(2026, 11, 25)
WITH_ALL = {"first_name": "Zoé", "last_name": "Imaginaire", "birth_day": 7, "birth_month": 11, "phone": "+33199000000",
            "email": "zoe@exemple.fr", "contact_name": "Ana", "contact_shared": True, "needs": ["interprete"],
            "language": "ukrainien", "careful": True}  # fmt: skip
LITTLE = {"first_name": "Élise", "last_name": "Lambert", "birth_day": 3, "birth_month": 9}
PEOPLE = {"ABCDEFGH": WITH_ALL, "23456789": LITTLE}
UIDS = {code: str(uuid.uuid4()) for code in PEOPLE}


@pytest.fixture
def old(older):
    """The address of a database as it was just before 0019, with two appointments and two lines of the journal."""
    url = older("0019")
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        put = putter(connection)
        put("caf", id=1)
        put("site", id=5, caf_id=1)
        put("motif", id=1, caf_id=1, active=True, sensitive=False)
        put("opening", id=1, site_id=5, mode="sur-place", weekdays=31, starts=540, ends=720, interval=10, desks=1)
        for number, (code, person) in enumerate(PEOPLE.items(), 1):
            put("appointment", id=number, **_sealed(code, person), uid=uuid.UUID(UIDS[code]).bytes,
                idempotency_key=bytes([number]) * 16, status="pris", motif_id=1, site_id=5, opening_id=1,
                mode="sur-place", day=DAY.toordinal() - date(1970, 1, 1).toordinal(), index=3 * number, count=3,
                created_at=int(AT.timestamp()), to_move=False)  # fmt: skip
        put("appointment_event", id=1, appointment_id=2, kind="absent", at=AT)
        last = GENESIS
        for seq, at in ((1, AT), (2, ODD)):
            line = Line(seq, at, Act.CREATED, 3, Subject.APPOINTMENT, str(seq), "10.0.0.7", "", last)
            last = seal(VAULT.journal_key, line)
            put("journal", **vars(line) | {"hash": last})
        put("journal_head", id=1, seq=2, hash=last, mark=seal_head(VAULT.journal_key, 2, last))
    engine.dispose()
    return url


def _sealed(code: str, person: dict) -> dict:
    index = VAULT.blind_index(code, "appointment.code")
    return {
        "code": VAULT.encrypt(code, "appointment.code"),
        "code_index": hashlib.blake2b(index.encode(), digest_size=16).digest(),
        "person": VAULT.encrypt(json.dumps(person, ensure_ascii=False), "appointment.person"),
    }


@pytest.fixture
def upgraded(old):
    migrate(old, VAULT)
    database = Database(old, VAULT)
    yield database
    database.close()


@pytest.mark.parametrize("code", PEOPLE)
def test_the_code_on_the_paper_still_opens_the_same_appointment(upgraded, code):
    person = PEOPLE[code]
    with upgraded.reading() as session:
        found = find_by_code(session, VAULT, code, person["birth_day"], person["birth_month"])
        kept = {name: value for name, value in found.person.items() if value}
        assert kept == person | {"code": code} and found.code == code
        assert found.uid == UIDS[code], "the calendars that hold it know it by that"
        assert (found.day, found.created_at) == (DAY, AT.replace(microsecond=0))
        assert [event.at for event in history(session, found.id)] == ([AT] if person is LITTLE else [])


def test_the_seals_of_the_journal_still_hold_and_its_chain_goes_on(upgraded):
    with upgraded.writing() as session:
        journal.record(session, Act.READ, 3, Subject.APPOINTMENT, 1, "10.0.0.7", AT)
    with upgraded.reading() as session:
        assert list(journal.verify(session)) == []
        assert [(line.seq, line.at) for line in journal.search(session, journal.Search())] == [
            (3, AT),
            (2, ODD),
            (1, AT),
        ]


@pytest.mark.parametrize("change", ["UPDATE journal SET agent_id = 1", "DELETE FROM journal",
                                    "INSERT INTO journal SELECT * FROM journal WHERE seq = 1"])  # fmt: skip
def test_nothing_of_the_journal_can_be_changed_after_it_either(upgraded, change):
    with pytest.raises(sa.exc.SQLAlchemyError), upgraded.engine.begin() as connection:
        connection.execute(sa.text(change))
    with upgraded.reading() as session:
        assert list(journal.verify(session)) == []


def test_with_another_key_nothing_is_changed(old):
    with pytest.raises(Unreadable):
        migrate(old, Vault(b"2" * 32))
    migrate(old, VAULT)
    database = Database(old, VAULT)
    with database.reading() as session:
        assert find_by_code(session, VAULT, "23456789", 3, 9).code == "23456789"
        assert session.scalar(sa.select(sa.func.count()).select_from(AppointmentEvent)) == 1
    database.close()
