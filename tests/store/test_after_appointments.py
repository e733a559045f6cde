"""After an appointment, on both databases: what followed it, who did not come, what became of its attestation."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from counter.appointments import Status
from counter.attestations import Kind, Since
from counter.figures import Absence, Period, Scope
from counter.keys import load_keys
from counter.models import Agent, Appointment, Attestation, Motif, Site
from counter.store.appointments import cancel, move
from counter.store.attestations import appointment_facts, issue_attestation, since_issued
from counter.store.figures import absences
from counter.store.follow_ups import followed, record
from counter.store.history import history
from counter.store.slots import SlotFilter, search_slots
from tests.conftest import START
from tests.store.conftest import new_key

DAY = START.date()


@pytest.fixture
def coming(database) -> list[int]:
    """Appointments of the demonstration at L'Arbresle, in the order of time."""
    with database.reading() as session:
        query = select(Appointment.id).join(Site).where(Site.short_name == "L'Arbresle", Appointment.day > DAY)
        return list(session.scalars(query.order_by(Appointment.day, Appointment.minute)))


def test_only_the_appointment_that_was_followed_says_so(database, coming):
    with database.writing() as session:
        record(session, coming[0], session.get_one(Appointment, coming[1]), START, 1)
    with database.reading() as session:
        assert followed(session, coming) == {coming[0]}
        assert followed(session, []) == set()
        (line,) = history(session, coming[0])
        new = session.get_one(Appointment, coming[1])
        assert (line.detail, line.to_day, line.to_minute) == (str(new.id), new.day, new.minute)


def test_absences_count_the_outcomes_of_those_days_and_that_caf_only(database):
    with database.writing() as session:
        session.execute(update(Appointment).values(status=Status.BOOKED, motif_id=1, site_id=5, day=DAY))
        numbers = session.scalars(select(Appointment.id).order_by(Appointment.id)).all()
        outcomes = [Status.ABSENT, Status.SEEN, Status.SEEN, Status.EXCUSED, Status.CANCELLED, Status.ARRIVED]
        for number, status in zip(numbers, outcomes, strict=False):
            session.get_one(Appointment, number).status = status
        session.get_one(Appointment, numbers[6]).status = Status.ABSENT
        session.get_one(Appointment, numbers[6]).day = DAY - timedelta(days=40)
        away = session.get_one(Appointment, numbers[7])
        away.status, away.site_id, away.motif_id = Status.ABSENT, 7, 9
    with database.reading() as session:
        motif, site = session.get_one(Motif, 1).plain_label, session.get_one(Site, 5).short_name
        month, longer = (Period(DAY - timedelta(days=number), DAY) for number in (30, 60))
        assert absences(session, 1, month) == [Absence(motif, site, 1, 4)]
        assert [row.absent for row in absences(session, 2, month)] == [1]
        assert sum(row.total for row in absences(session, 1, longer)) == 5
        assert absences(session, 1, month, Scope(site_id=6)) == absences(session, 1, month, Scope(motif_id=2)) == []


class TestOutdated:
    @pytest.fixture
    def paper(self, database, instance, coming):
        with database.writing() as session:
            booked = session.get_one(Appointment, coming[0])
            facts = appointment_facts(booked)
            issued = issue_attestation(
                session,
                load_keys(instance, create=False).signer,
                session.get_one(Agent, 1),
                Kind.APPOINTMENT,
                facts,
                wording="2026-11",
                structure="France Services du Val",
                place="L'Arbresle",
                specimen=True,
                key=new_key(),
                now=START,
                appointment_id=booked.id,
            )
            return issued.id

    def since(self, database, paper) -> Since | None:
        with database.reading() as session:
            return since_issued(session, session.get_one(Attestation, paper))

    def test_it_stands(self, database, paper):
        assert self.since(database, paper) is None

    def test_it_was_moved(self, database, paper, coming):
        with database.writing() as session:
            booked = session.get_one(Appointment, coming[0])
            days = search_slots(session, booked.motif, SlotFilter(site_ids=frozenset({booked.site_id})), START).days
            slot = next(s for slots in days.values() for s in slots if s.day not in {DAY, booked.day})
            move(session, booked, slot.key, new_key(), START + timedelta(minutes=1), 1)
        assert self.since(database, paper) is Since.MOVED

    def test_it_was_cancelled(self, database, paper, coming):
        with database.writing() as session:
            cancel(session, session.get_one(Appointment, coming[0]), START)
        assert self.since(database, paper) is Since.CANCELLED

    def test_once_the_appointment_is_erased_the_paper_stays_and_says_nothing(self, database, paper, coming):
        with database.writing() as session:
            session.delete(session.get_one(Appointment, coming[0]))
        with database.reading() as session:
            assert session.get_one(Attestation, paper).appointment_id is None
        assert self.since(database, paper) is None
