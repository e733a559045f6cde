"""What is kept, for how long, and that nothing of a person stays once its term is past."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from counter.demonstration import PASSWORD
from counter.journal import Act
from counter.models import (
    Adhesion,
    Agent,
    Appointment,
    AppointmentEvent,
    Attestation,
    Base,
    CacheBase,
    Contract,
    Convention,
    DossierAccess,
    Enrolment,
    Group,
    Habilitation,
    JournalLine,
    Membership,
    Message,
    RecoveryCode,
    SheetReport,
    Visit,
    WaitingRequest,
)
from counter.retention import REGISTER, RETIRED, Data, Where, kept
from counter.store import retention
from counter.store.free_time import audit_free_time
from counter.store.journal import verify
from counter.upkeep import past_term, purge
from tests.conftest import START
from tests.pages import Visitor
from tests.planted import PLANTED_AGENT, everywhere, files_with, plant, plant_agent

ROWS = (Message, AppointmentEvent, WaitingRequest, Appointment, Enrolment, SheetReport, Visit, DossierAccess)


@pytest.fixture
def dominique(real_app) -> Visitor:
    return Visitor(real_app).sign_in("dominique", PASSWORD)


EVERYWHERE = {
    "agent_session.data", "appointment.person", "attestation.facts", "dossier_copy.content", "enrolment.person",
    "message.address", "quotient_copy.content", "sheet_report.text",
}  # fmt: skip


def test_a_name_planted_everywhere_is_gone_with_its_rows_when_its_term_is_past(real_app, on, clock, real_instance):
    plant(real_app, clock)
    assert everywhere(on) == EVERYWHERE, "the name is where this test believes, and the search finds it"
    assert files_with(real_instance) == [], "never in clear on the disk"
    clock.advance(days=740)
    before = counts(on)
    assert past(on, clock) and counts(on) == before, "the rehearsal changes nothing"
    purge(on.main, on.cache, on.settings, clock().date(), clock())
    assert everywhere(on) == set() and files_with(real_instance) == []
    assert set(counts(on).values()) == {0}
    with on.main.writing() as session:
        (paper,) = session.scalars(select(Attestation)).all()
        assert paper.number == "2026-000002" and paper.revoked_at and paper.facts == {} and paper.seal == ""
        assert audit_free_time(session) == []
        assert list(verify(session)) == []
    assert past(on, clock) == {}


def test_an_agent_whose_account_is_closed_leaves_a_number_and_nothing_else(real_app, on, clock, real_instance):
    plant_agent(real_app, clock)
    assert everywhere(on, PLANTED_AGENT) >= {"agent.identifier", "agent.display_name", "agent.email", "message.address"}
    assert set(files_with(real_instance, PLANTED_AGENT)) & {"counter.sqlite", "counter.sqlite-wal"}
    before = agent_rows(on)
    assert all(before.values()), before
    clock.advance(days=725)
    purge(on.main, on.cache, on.settings, clock().date(), clock())
    assert everywhere(on, PLANTED_AGENT) == {"agent.identifier", "agent.display_name", "agent.email"}, "not yet"
    clock.advance(days=15)
    told = past(on, clock)
    assert told[Data.ACCOUNTS] == 1 and told[Data.HABILITATIONS] == 2
    purge(on.main, on.cache, on.settings, clock().date(), clock())
    assert everywhere(on, PLANTED_AGENT) == set()
    assert files_with(real_instance, PLANTED_AGENT) == [], "nor among the bytes that the base has freed"
    assert not any(agent_rows(on).values()), agent_rows(on)
    with on.main.reading() as session:
        (row,) = session.scalars(select(Agent).where(Agent.display_name == RETIRED))
        empty = row.password_hash, row.email, row.totp_secret, row.provisional_hash, row.proconnect_sub
        assert not any(empty) and not row.active
        assert list(verify(session)) == []
    chief = Visitor(real_app).sign_in("dominique", PASSWORD)
    assert RETIRED not in chief.get("/agents").text, "nobody opens it again"
    chief.get(f"/agents/{row.id}", expect=404)


def agent_rows(on) -> dict[str, int]:
    """Rows that say something of the planted agent, the last one made."""
    with on.main.reading() as session:
        number = session.scalar(select(func.max(Agent.id)))
        wheres = {
            "membership": Membership.agent_id == number, "habilitation": Habilitation.agent_id == number,
            "recovery": RecoveryCode.agent_id == number, "manager": Group.manager_id == number,
        }  # fmt: skip
        return {name: session.scalar(select(func.count()).where(when)) for name, when in wheres.items()}


def test_every_table_is_purged_or_said_to_stay():
    """A table that is added must be thought of here, and in the register."""
    today = START.date()
    purged = {old.table.__tablename__ for old in retention._old(today)} | {"agent", "recovery_code", "journal"}
    purged |= {"agent_session", "dossier_copy", "dossier_name", "quotient_copy"}  # the cache
    with_their_parent = {"appointment_event", "waiting_request", "visit_step", "diagnosis", "follow_up", "hold"}
    stays = {
        "caf", "site", "motif", "motif_mode", "opening", "opening_motif", "closure", "workshop", "processing_date",
        "setting", "convention", "contract", "adhesion", "activity", "habilitation_group", "group_site",
        "journal_head", "journal_cut", "attestation_counter", "kiosk",
    }  # fmt: skip
    tables = set(Base.metadata.tables) | set(CacheBase.metadata.tables)
    assert tables - purged - with_their_parent - stays == set()
    assert purged | stays <= tables


def past(on, clock) -> dict[Data, int]:
    return past_term(on.main, on.cache, on.settings, clock().date(), clock())


def counts(on) -> dict[str, int]:
    with on.main.reading() as session:
        return {t.__tablename__: session.scalar(select(func.count()).select_from(t)) for t in ROWS}


def test_the_number_of_a_withdrawn_paper_still_says_so_and_an_agent_sees_no_error(real_app, on, clock):
    plant(real_app, clock)
    with on.main.reading() as session:
        good, seal = session.scalars(select(Attestation.seal).order_by(Attestation.id)).all()
    clock.advance(days=740)
    with on.main.writing() as session:  # renewed meanwhile: an agent has rights only under a convention
        for table in (Convention, Contract, Adhesion):
            session.execute(update(table).values(ends_on=None))
    agent = Visitor(real_app).sign_in("camille", PASSWORD)
    for paper in ("2026-000002", seal):
        agent.get("/verifier")
        page = agent.submit({"paper": paper}, having="paper")
        assert "Ce papier a été annulé" in page.text, "a withdrawn paper never becomes good again"
    agent.get("/verifier")
    assert "Ce papier n'est plus gardé ici" in agent.submit({"paper": "2026-000001"}, having="paper").text
    agent.get("/verifier")
    assert "Ce papier est authentique" in agent.submit({"paper": good}, having="paper").text
    agent.get("/verifier")
    assert "Ce numéro n'existe pas ici" in agent.submit({"paper": "2026-000009"}, having="paper").text
    assert "2026-000002" in agent.client.get("/.well-known/counter.json").text
    agent.get("/attestations")
    agent.get("/attestations/2", expect=404)
    agent.client.get("/attestations/2/attestation.pdf")


@pytest.mark.parametrize(
    ("table", "days"), [(Message, 45), (Appointment, 380), (Enrolment, 380), (SheetReport, 366), (Visit, 735)]
)
def test_nothing_goes_before_its_term(real_app, on, clock, table, days):
    plant(real_app, clock)
    start = counts(on)[table.__tablename__]
    assert start
    purge(on.main, on.cache, on.settings, (clock() + timedelta(days=days - 16)).date(), clock())
    assert counts(on)[table.__tablename__] == start
    purge(on.main, on.cache, on.settings, (clock() + timedelta(days=days)).date(), clock())
    assert counts(on)[table.__tablename__] < start


def test_the_first_page_of_a_day_removes_what_is_past_its_term(real_app, on, clock):
    plant(real_app, clock)
    clock.advance(days=740)
    Visitor(real_app).get("/connexion")
    assert everywhere(on) == set()
    with on.main.reading() as session:
        purged = session.scalars(select(JournalLine.detail).where(JournalLine.act == Act.PURGED)).all()
    assert "inscriptions 1" in purged and "attestations 2" in purged


def test_copies_of_the_base_go_after_a_month(on, clock, real_instance):
    for name in ("counter.avant-20261001-080000.sqlite", "counter.avant-20261120-080000.sqlite"):
        (real_instance / name).write_bytes(b"")
    assert past(on, clock) == {Data.COPIES: 1}
    purge(on.main, on.cache, on.settings, clock().date(), clock())
    assert [p.name for p in real_instance.glob("*avant*")] == ["counter.avant-20261120-080000.sqlite"]


def test_the_page_shows_the_whole_register_and_removes_on_demand(dominique, on, real_instance):
    page = dominique.get("/administration/conservation")
    assert all(item.label in page.text for item in REGISTER)
    assert "12 mois après le jour du rendez-vous" in page.text and "il n'y a rien à faire" in page.text
    (real_instance / "counter.avant-20261001-080000.sqlite").write_bytes(b"")
    page = dominique.get("/administration/conservation")
    assert "1 élément a dépassé sa durée" in page.text
    page = dominique.submit({}, action="/administration/conservation")
    assert "Ce qui avait dépassé sa durée est effacé." in page.text and "copies 1" in page.text


def test_only_an_administrator_sees_these_pages(real_app):
    camille = Visitor(real_app).sign_in("camille", PASSWORD)
    for path in ("conservation", "droits", "droits/personne", "droits/copie.json", "journal", "journal/journal.csv"):
        camille.get(f"/administration/{path}", expect=403)


def test_every_class_that_is_purged_is_in_the_register_once():
    assert [item.data for item in REGISTER] == list(Data)
    by_themselves = {Data.HELD, Data.SESSIONS, Data.DOSSIERS, Data.KIOSK_VISITS}
    assert all(item.months or item.days or item.data in by_themselves for item in REGISTER)
    assert {item.where for item in REGISTER} == set(Where)
    assert kept(Data.JOURNAL).months == 12
