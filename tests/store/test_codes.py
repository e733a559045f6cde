"""The code on paper finds its appointment, and nothing in the file tells whose it is."""

from __future__ import annotations

from datetime import date

import cbor2
import pytest
from sqlalchemy import text

from counter.appointments import WrongCode, spoken_code
from counter.keys import Unreadable
from counter.store.appointments import Reach, find_by_code, get_appointment
from tests.store.conftest import PERSON, Town, at

WEDNESDAY = date(2026, 11, 25)


@pytest.fixture
def booked(town, half_hour, opening):
    return town.book(half_hour, at(WEDNESDAY, opening, 0))


def found(town: Town, code: str, birth_day: int = 7, birth_month: int = 11) -> int:
    with town.database.reading() as session:
        return find_by_code(session, town.vault, code, birth_day, birth_month).id


@pytest.mark.parametrize("typed", [str, str.lower, spoken_code, lambda c: f"  {c[:2]} {c[2:]} ", lambda c: "-".join(c)])
def test_a_code_finds_its_appointment_however_it_is_typed(town, booked, typed):
    assert found(town, typed(booked.code)) == booked.id


def test_a_cancelled_appointment_is_still_found_by_its_code(town, booked):
    town.cancel(booked.id)
    assert found(town, booked.code) == booked.id


@pytest.mark.parametrize(("birth_day", "birth_month"), [(8, 11), (7, 12), (11, 7), (0, 0)])
def test_the_birth_day_must_be_right_too(town, booked, birth_day, birth_month):
    with pytest.raises(WrongCode) as wrong_birth:
        found(town, booked.code, birth_day, birth_month)
    with pytest.raises(WrongCode) as wrong_code:
        found(town, "ABCDEFGH")
    assert str(wrong_birth.value) == str(wrong_code.value), "nobody learns which of the two is wrong"


@pytest.mark.parametrize("typed", ["", "    ", "%", "ABCD", "' or 1=1 --"])
def test_what_is_no_code_finds_nothing(town, booked, typed):
    with pytest.raises(WrongCode):
        found(town, typed)


def test_each_appointment_has_its_own_code(town, half_hour, opening):
    booked = [town.book(half_hour, at(WEDNESDAY, opening, index)) for index in (0, 2, 4, 6)]
    assert len({a.code for a in booked}) == len({a.uid for a in booked}) == 4
    assert [found(town, a.code) for a in booked] == [a.id for a in booked]


def test_an_appointment_is_not_shown_to_the_agents_of_another_caf_or_site(town, booked):
    with town.database.reading() as session:
        assert get_appointment(session, booked.id, Reach(town.caf, frozenset({booked.site_id}), 0)).id == booked.id
        for caf, sites, who in ((town.caf + 1, {booked.site_id}, 0), (town.caf, {booked.site_id + 1}, 0)):
            assert get_appointment(session, booked.id, Reach(caf, frozenset(sites), who)) is None


# ── what the disk says ──────────────────────────────────────────────────────────────────────────


def bytes_on_disk(folder) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("counter.sqlite*"))


@pytest.mark.sqlite
def test_nothing_that_names_a_person_is_readable_on_the_disk(town, half_hour, opening, empty_instance):
    planted = {
        "first_name": "Quetzalina",
        "last_name": "Vroumpf-Œuvrard",
        "birth_day": 29,
        "birth_month": 2,
        "phone": "+33199123987",
        "email": "quetzalina@vroumpf.example",
        "contact_name": "Barnabouth",
        "contact_shared": True,
        "needs": ["audition"],
        "language": "klingonais",
        "careful": True,
    }
    kept = town.book(half_hour, at(WEDNESDAY, opening, 0), person=planted)
    town.cancel(town.book(half_hour, at(WEDNESDAY, opening, 4), person=planted).id)
    assert town.appointment(kept.id).person == planted | {"code": kept.code}, "who has the key reads it all"
    words = [value for value in planted.values() if isinstance(value, str)] + [kept.code, spoken_code(kept.code)]
    for when in ("beside the log", "in the file alone"):
        disk = bytes_on_disk(empty_instance).lower()
        for word in words:
            for encoding in ("utf-8", "utf-16-le", "latin-1"):
                assert word.lower().encode(encoding, "replace") not in disk, f"{word} {when}"
        with town.database.engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    assert b"situation" in disk, "the scan does read what is written plainly"


def test_a_value_moved_to_another_column_does_not_open(town, booked):
    with town.database.engine.begin() as connection:
        elsewhere = town.vault.encrypt_bytes(cbor2.dumps({0: booked.code}), "enrolment.person")
        connection.execute(text("UPDATE appointment SET person = :person"), {"person": elsewhere})
    with pytest.raises(Unreadable):
        town.appointment(booked.id)


def test_two_people_of_the_same_name_leave_nothing_alike(town, half_hour, opening):
    for index in (0, 4):
        town.book(half_hour, at(WEDNESDAY, opening, index))
    with town.database.engine.connect() as connection:
        rows = connection.execute(text("SELECT person, code_index, uid FROM appointment")).all()
    assert len(rows) == 2
    assert all(first != second for first, second in zip(*rows, strict=True))
    assert PERSON["last_name"].encode() not in rows[0].person
