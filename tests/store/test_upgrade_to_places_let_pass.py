"""Who was on the waiting list before 0024 keeps their place in it, and the place that was kept for them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa

from counter.db import Database, migrate
from counter.keys import Vault
from counter.models import WaitingRequest
from counter.slots import day_number
from tests.store.conftest import putter

VAULT = Vault(b"1" * 32)
AT = datetime(2026, 11, 20, tzinfo=UTC)
FRIDAY = date(2026, 11, 27)


def test_who_waits_keeps_their_turn_and_their_offer(older):
    url = older("0024")
    engine = sa.create_engine(url)
    offer = {"hold_token": "kept", "offered_slot": "3.2026-11-25.4", "offered_until": AT + timedelta(hours=24)}
    with engine.begin() as connection:
        put = putter(connection)
        put("caf", id=1)
        put("site", id=5, caf_id=1)
        put("motif", id=2, caf_id=1)
        put("opening", id=3, site_id=5, starts=540, ends=720, interval=15, desks=1)
        for number, offered in ((1, {}), (2, offer)):
            put("appointment", id=number, uid=bytes([number] * 16), code_index=bytes([number] * 8), person=b"",
                motif_id=2, site_id=5, opening_id=3, day=day_number(FRIDAY))  # fmt: skip
            put("waiting_request", id=number, appointment_id=number, since=AT, **offered)
    engine.dispose()
    migrate(url, VAULT)
    database = Database(url, VAULT)
    with database.reading() as session:
        first, second = session.scalars(sa.select(WaitingRequest).order_by(WaitingRequest.since, WaitingRequest.id))
        assert (first.appointment_id, first.hold_token, first.let_pass) == (1, None, "")
        assert (second.hold_token, second.offered_until) == ("kept", AT + timedelta(hours=24))
    database.close()
