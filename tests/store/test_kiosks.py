"""Kiosks: a code serves once and not for long; the token is the device; both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from counter.kiosk import CODE_LASTS, WrongKioskCode
from counter.models import Kiosk, Site
from counter.store import kiosks


@pytest.fixture
def kiosk(town) -> int:
    with town.database.writing() as session:
        return kiosks.add_kiosk(session, session.get_one(Site, town.site), "Hall").id


def give(town, kiosk: int) -> str:
    with town.database.writing() as session:
        return kiosks.give_code(session, town.vault, session.get_one(Kiosk, kiosk), town.clock())


def enrol(town, code: str) -> str:
    with town.database.writing() as session:
        return kiosks.enrol(session, town.vault, code, town.clock())[1]


def device(town, token: str) -> int | None:
    with town.database.reading() as session:
        known = kiosks.kiosk_of_token(session, town.vault, token)
        return known.id if known else None


def test_a_code_serves_once(town, kiosk):
    code = give(town, kiosk)
    token = enrol(town, f"{code[:4]}-{code[4:].lower()}")
    assert device(town, token) == kiosk
    with pytest.raises(WrongKioskCode):
        enrol(town, code)
    assert device(town, "another token") is None


def test_a_code_is_worth_nothing_later(town, kiosk):
    code = give(town, kiosk)
    town.clock.advance(seconds=CODE_LASTS.total_seconds())
    with pytest.raises(WrongKioskCode):
        enrol(town, code)


def test_another_machine_takes_the_place_of_the_first_one_only_when_it_is_enrolled(town, kiosk):
    first = enrol(town, give(town, kiosk))
    code = give(town, kiosk)
    assert device(town, first) == kiosk
    second = enrol(town, code)
    assert device(town, first) is None
    assert device(town, second) == kiosk


def test_a_revoked_kiosk_is_known_no_more_and_its_code_neither(town, kiosk):
    token, code = enrol(town, give(town, kiosk)), give(town, kiosk)
    with town.database.writing() as session:
        kiosks.revoke(session, session.get_one(Kiosk, kiosk), town.clock())
    assert device(town, token) is None
    with pytest.raises(WrongKioskCode):
        enrol(town, code)
    with town.database.reading() as session:
        assert kiosks.list_kiosks(session, None) == []


def test_neither_code_nor_token_can_be_read_in_the_database(town, kiosk):
    code = give(town, kiosk)
    with town.database.reading() as session:
        assert code not in str(vars(session.get_one(Kiosk, kiosk)))
    token = enrol(town, code)
    with town.database.reading() as session:
        assert token not in str(vars(session.get_one(Kiosk, kiosk)))


def test_the_sign_of_life_is_written_once_a_minute(town, kiosk):
    enrol(town, give(town, kiosk))
    with town.database.reading() as session:
        known = session.get_one(Kiosk, kiosk)
        assert kiosks.was_seen_lately(known, town.clock() + timedelta(seconds=30))
        assert not kiosks.was_seen_lately(known, town.clock() + timedelta(minutes=2))
