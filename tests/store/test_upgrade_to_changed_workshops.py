"""Who was to be called about a place before 0021 still is after it."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from counter.db import Database, migrate
from counter.keys import Vault
from counter.models import Enrolment, Workshop
from counter.workshops import News, Seat
from tests.store.conftest import putter

VAULT = Vault(b"1" * 32)
AT = datetime(2026, 11, 20, tzinfo=UTC)
PERSON = '{"first_name": "Zoé", "last_name": "Imaginaire", "phone": ""}'


def test_who_was_to_be_called_is_still_to_be_told_of_the_place(older):
    url = older("0021")
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        put = putter(connection)
        put("caf", id=1)
        put("site", id=5, caf_id=1)
        put("workshop", id=1, site_id=5, day=20_000, places=2, taken=2)
        for number, to_call in ((1, True), (2, False)):
            put("enrolment", id=number, workshop_id=1, idempotency_key=str(number), seat="inscrit", to_call=to_call,
                person=VAULT.encrypt(PERSON, "enrolment.person"), enrolled_at=AT)  # fmt: skip
    engine.dispose()
    migrate(url, VAULT)
    database = Database(url, VAULT)
    with database.reading() as session:
        people = session.scalars(sa.select(Enrolment).order_by(Enrolment.id)).all()
        assert [one.news for one in people] == [News.PLACE, None]
        assert people[0].name == "Zoé Imaginaire" and people[0].seat_value is Seat.ENROLLED
        assert not session.get_one(Workshop, 1).is_cancelled
    database.close()
