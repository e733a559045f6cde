"""Places of a workshop: guarded by the database, given to the first who waits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from counter.models import Enrolment, Site, Workshop
from counter.store.workshops import cancel_enrolment, create_workshop, enrol, get_workshop, mark_presence
from counter.workshops import AlreadyMarked, Seat, WorkshopOver
from tests.conftest import START

TODAY = START.date()


def person(number: int) -> dict:
    return {"first_name": "Alix", "last_name": f"Numéro-{number}", "phone": ""}


class Room:
    """A workshop of two places, by ids."""

    def __init__(self, database, places: int = 2, days: int = 3):
        self.database = database
        with database.writing() as session:
            site = session.scalars(select(Site).order_by(Site.id)).first()
            self.caf = site.caf_id
            made = create_workshop(session, f"key {places} {days}", site_id=site.id, title="Essai", minute=600,
                                   duration=60, places=places, day=TODAY + timedelta(days=days))  # fmt: skip
            self.id = made.id

    def enrol(self, number: int, key: str | None = None) -> tuple[int, str]:
        with self.database.writing() as session:
            kept = enrol(session, session.get(Workshop, self.id), person(number), key or f"key {number}", START, TODAY,
                         None)  # fmt: skip
            return kept.id, kept.seat

    def cancel(self, enrolment: int) -> int | None:
        with self.database.writing() as session:
            promoted = cancel_enrolment(session, session.get(Enrolment, enrolment))
            return promoted.id if promoted else None

    def seats(self) -> tuple[int, list[str]]:
        with self.database.reading() as session:
            shown = get_workshop(session, self.id, self.caf)
            return shown.taken, [enrolment.seat for enrolment in shown.enrolments]


@pytest.fixture
def room(database) -> Room:
    return Room(database)


def test_who_comes_after_the_last_place_waits_in_order(room):
    assert [room.enrol(n)[1] for n in range(4)] == ["inscrit", "inscrit", "attente", "attente"]
    assert room.seats() == (2, ["inscrit", "inscrit", "attente", "attente"])


def test_a_place_given_back_goes_to_the_first_who_waits_and_must_be_called(room):
    ids = [room.enrol(n)[0] for n in range(4)]
    assert room.cancel(ids[0]) == ids[2]
    assert room.seats() == (2, ["annule", "inscrit", "inscrit", "attente"])
    with room.database.reading() as session:
        assert [session.get(Enrolment, i).to_call for i in ids] == [False, False, True, False]


def test_a_place_nobody_waits_for_is_free_again(room):
    first, _ = room.enrol(0)
    assert room.cancel(first) is None
    assert room.seats() == (0, ["annule"])
    assert room.cancel(first) is None, "a second cancellation changes nothing"
    assert room.seats() == (0, ["annule"])


def test_who_waits_and_gives_up_takes_nobodys_place(room):
    ids = [room.enrol(n)[0] for n in range(3)]
    assert room.cancel(ids[2]) is None
    assert room.seats() == (2, ["inscrit", "inscrit", "annule"])


def test_the_same_form_sent_twice_takes_one_place(room):
    assert room.enrol(0, "same") == room.enrol(0, "same")
    assert room.seats()[0] == 1


def test_nobody_enrols_in_a_workshop_of_yesterday(database):
    with pytest.raises(WorkshopOver):
        Room(database, days=-1).enrol(0)


def test_presence_is_noted_once_for_those_who_held_a_place(room):
    ids = [room.enrol(n)[0] for n in range(3)]
    with room.database.writing() as session:
        mark_presence(session, session.get(Workshop, room.id), {ids[0], ids[2], 999})
    assert room.seats()[1] == [Seat.PRESENT, Seat.ABSENT, Seat.WAITING]
    with pytest.raises(AlreadyMarked):
        room.cancel(ids[0])


def test_names_are_encrypted(room, instance):
    with room.database.writing() as session:
        named = {"first_name": "Zébulon", "last_name": "Introuvable", "phone": ""}
        enrol(session, session.get(Workshop, room.id), named, "secret", START, TODAY, None)
    content = b"".join(path.read_bytes() for path in instance.glob("counter.sqlite*"))
    assert b"Introuvable" not in content
