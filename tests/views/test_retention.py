"""What is kept, for how long, and that nothing of a person stays once its term is past."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, MetaData, func, select, text

from app import create_app
from counter.demonstration import PASSWORD
from counter.journal import Act
from counter.models import (
    Appointment,
    AppointmentEvent,
    Attestation,
    Base,
    CacheBase,
    Enrolment,
    JournalLine,
    Message,
    SheetReport,
    Visit,
    WaitingRequest,
)
from counter.retention import REGISTER, Data, Where, kept, months_before
from counter.store.journal import verify
from counter.store.openings import audit_free_time
from counter.upkeep import past_term, purge
from tests.conftest import START, settings_for
from tests.pages import Visitor
from tests.views.test_appointments import book, choose
from tests.views.test_workshops import NEW

PLANTED = "Introuvable"
MAIL = {"smtp_host": "127.0.0.1", "smtp_port": 9, "smtp_tls": "none", "smtp_sender": "accueil@exemple.fr"}
ROWS = (Message, AppointmentEvent, WaitingRequest, Appointment, Enrolment, SheetReport, Visit)


@pytest.fixture
def app(real_instance, clock):
    """A counter that is no demonstration and sends messages, so that they are kept."""
    app = create_app(settings_for(real_instance, **MAIL), clock)
    yield app
    app.extensions["counter"].main.close()
    app.extensions["counter"].cache.close()


@pytest.fixture
def on(app):
    return app.extensions["counter"]


@pytest.fixture
def dominique(app) -> Visitor:
    return Visitor(app).sign_in("dominique", PASSWORD)


def columns_with(engine: Engine, metadata: MetaData, word: str) -> set[str]:
    """`table.column` of every column, decrypted, of every table there is, that holds the word."""
    found = set()
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                found |= {f"{table.name}.{name}" for name, value in row.items() if holds(value, word)}
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        for name in set(names) - set(metadata.tables):
            for row in connection.execute(text(f'SELECT * FROM "{name}"')).mappings():  # noqa: S608 our own names
                found |= {f"{name}.{column}" for column, value in row.items() if holds(value, word)}
    return found


def holds(value, word: str) -> bool:
    shown = value.decode("utf-8", "ignore") if isinstance(value, bytes) else str(value)
    return word.casefold() in shown.casefold()


def everywhere(on, word: str = PLANTED) -> set[str]:
    """Every column of both databases that holds the word."""
    return columns_with(on.main.engine, Base.metadata, word) | columns_with(on.cache.engine, CacheBase.metadata, word)


def files_with(folder, word: str = PLANTED) -> list[str]:
    """Files of the instance that hold the word in clear."""
    return [p.name for p in folder.rglob("*") if p.is_file() and word.encode() in p.read_bytes()]


def plant(app, clock) -> None:
    """One person's name wherever the application keeps one."""
    agent = Visitor(app).sign_in("camille", PASSWORD)
    choose(agent, query="&des-jour=1&des-mois=12&lieu=5&comment=sur-place")
    booked = book(
        agent, first_name="Zélie", last_name=PLANTED, email=f"zelie@{PLANTED.lower()}.fr",
        contact_of="proche", contact_name=f"Paul {PLANTED}",
    ).url  # fmt: skip
    agent.submit({"attendre": "oui"}, action=f"{booked}/attente")
    agent.get(f"/attestations/rendez-vous/{booked.rsplit('/', 1)[1]}")
    agent.submit({}, having="key")
    agent.get("/attestations/passage")
    agent.submit({"first_name": "Zélie", "last_name": PLANTED, "purpose": f"dossier {PLANTED}"}, having="purpose")
    agent.get("/attestations/2/annuler")
    agent.submit({"reason": "erreur"}, having="reason")
    agent.get("/ateliers/nouveau")
    room = agent.submit(NEW, having="places").url
    agent.get(room)
    agent.submit({"first_name": "Zélie", "last_name": PLANTED, "phone": "0199001234"}, having="first_name")
    agent.get("/demarches/dtr-rsa")
    agent.submit({"raison": "autre", "text": f"Madame {PLANTED} le dit"}, action="/demarches/dtr-rsa/erreur")
    agent.get("/attestations/passage")
    form = agent.page.form(having="last_name")
    clock.advance(minutes=31)  # what was being typed when the session ended waits in the cache
    agent.client.post(form["action"], data=form["values"] | {"last_name": PLANTED})


EVERYWHERE = {
    "agent_session.data", "appointment.person", "attestation.facts", "enrolment.person", "message.address",
    "sheet_report.text",
}  # fmt: skip


def test_a_name_planted_everywhere_is_gone_with_its_rows_when_its_term_is_past(app, on, clock, real_instance):
    plant(app, clock)
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


def past(on, clock) -> dict[Data, int]:
    return past_term(on.main, on.cache, on.settings, clock().date(), clock())


def counts(on) -> dict[str, int]:
    with on.main.reading() as session:
        return {t.__tablename__: session.scalar(select(func.count()).select_from(t)) for t in ROWS}


def test_the_number_of_a_withdrawn_paper_still_says_so_and_an_agent_sees_no_error(app, on, clock):
    plant(app, clock)
    clock.advance(days=740)
    agent = Visitor(app).sign_in("camille", PASSWORD)
    agent.get("/verifier")
    page = agent.submit({"paper": "2026-000002"}, having="paper")
    assert "annul" in page.text and PLANTED not in page.text
    assert "2026-000002" in agent.client.get("/.well-known/counter.json").text
    agent.get("/attestations")
    agent.get("/attestations/2", expect=404)
    agent.client.get("/attestations/2/attestation.pdf")


@pytest.mark.parametrize(
    ("table", "days"), [(Message, 45), (Appointment, 380), (Enrolment, 380), (SheetReport, 366), (Visit, 735)]
)
def test_nothing_goes_before_its_term(app, on, clock, table, days):
    plant(app, clock)
    start = counts(on)[table.__tablename__]
    assert start
    purge(on.main, on.cache, on.settings, (clock() + timedelta(days=days - 16)).date(), clock())
    assert counts(on)[table.__tablename__] == start
    purge(on.main, on.cache, on.settings, (clock() + timedelta(days=days)).date(), clock())
    assert counts(on)[table.__tablename__] < start


def test_the_first_page_of_a_day_removes_what_is_past_its_term(app, on, clock):
    plant(app, clock)
    clock.advance(days=740)
    Visitor(app).get("/connexion")
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


def test_only_an_administrator_sees_these_pages(app):
    camille = Visitor(app).sign_in("camille", PASSWORD)
    for path in ("conservation", "droits", "droits/personne", "droits/copie.json", "journal", "journal/journal.csv"):
        camille.get(f"/administration/{path}", expect=403)


def test_every_class_that_is_purged_is_in_the_register_once():
    assert [item.data for item in REGISTER] == list(Data)
    assert all(item.months or item.days or item.data in {Data.HELD, Data.SESSIONS} for item in REGISTER)
    assert {item.where for item in REGISTER} == set(Where)
    assert kept(Data.JOURNAL).months == 12
    assert months_before(START.date().replace(month=3, day=31), 1) == START.date().replace(month=2, day=28)
