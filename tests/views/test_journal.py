"""The journal as administrators see it, and that what people do and read is in it."""

from __future__ import annotations

import csv
import io

import pytest
from sqlalchemy import select, text

from app import create_app
from counter.demonstration import PASSWORD
from counter.journal import Act, Subject
from counter.models import Agent, Appointment, JournalLine
from counter.store.journal import record, verify
from tests.conftest import START, settings_for
from tests.pages import Visitor, text_of
from tests.views.test_administration import closing

HERE, LYON = 5, 4  # where camille receives, and where dominique does


@pytest.fixture
def dominique(app) -> Visitor:
    """An administrator of the Rhône, signed in."""
    return Visitor(app).sign_in("dominique", PASSWORD)


@pytest.fixture
def journal(database):
    """The lines as (act, agent, subject, number), those of `after` on."""

    def lines(after: int = 0) -> list[tuple]:
        with database.reading() as session:
            found = session.scalars(select(JournalLine).where(JournalLine.seq > after).order_by(JournalLine.seq)).all()
            assert list(verify(session)) == []
            return [(line.act, line.agent_id, line.subject, line.subject_id) for line in found]

    return lines


def number_of(database, identifier: str) -> int:
    with database.reading() as session:
        return session.scalar(select(Agent.id).where(Agent.identifier == identifier))


@pytest.fixture
def booked(database) -> int:
    with database.reading() as session:
        query = select(Appointment.id).where(Appointment.site_id == HERE).order_by(Appointment.day.desc())
        return session.scalars(query).first()


# ── what is written ─────────────────────────────────────────────────────────────────────────────


def test_signing_in_and_out_and_a_wrong_password_are_written_without_what_was_typed(app, database, journal):
    person = Visitor(app)
    person.get("/connexion")
    person.submit({"identifier": "Madame Introuvable", "password": "Motdepasse-9!"}, having="password", expect=422)
    assert journal() == [("connexion-refusee", None, "session", "")]
    person.sign_in("camille", PASSWORD)
    me = number_of(database, "camille")
    assert ("connexion", me, "session", "") in journal()
    person.submit({}, action="/deconnexion")
    assert journal()[-1] == ("deconnexion", me, "session", "")
    with database.reading() as session:
        lines = session.scalars(select(JournalLine)).all()
        assert {line.address for line in lines} == {"127.0.0.1"}
        assert "ntrouvable" not in str([vars(line) for line in lines])


def test_reading_an_appointment_its_paper_and_the_agenda_is_written(camille, database, journal, booked):
    me, before = number_of(database, "camille"), len(journal())
    camille.get(f"/rendez-vous/{booked}")
    camille.file(f"/rendez-vous/{booked}/papier.pdf")
    camille.file(f"/rendez-vous/{booked}/rendez-vous.ics")
    camille.get(f"/agenda?site={HERE}")
    read = ("consultation", me, "rendez-vous", str(booked))
    assert journal(before) == [read, read, read, ("consultation", me, "agenda", str(HERE))]


def test_what_shows_nobody_is_no_reading(camille, journal):
    before = len(journal())
    for url in ("/rendez-vous?motif=1", "/demarches", "/suivi", "/etat", "/aide"):
        camille.get(url)
    assert journal(before) == []


def test_the_names_of_those_to_move_are_a_reading_before_and_after_anything_is_done(dominique, database, journal):
    with database.reading() as session:
        query = select(Appointment).where(Appointment.site_id == LYON).order_by(Appointment.day.desc())
        day = session.scalars(query).first().day
    dominique.get(f"/administration/lieux/{LYON}/fermetures/nouvelle")
    before, read = len(journal()), ("consultation", number_of(database, "dominique"), "agenda", str(LYON))
    dominique.submit(closing(day), having="reason", expect=409)
    assert journal(before) == [read]
    dominique.submit({}, having="reason")  # leads to the week
    assert [line for line in journal(before) if line[0] == "consultation"] == [read, read]


def test_hours_without_names_are_no_reading(dominique, database, journal, booked):
    with database.reading() as session:
        day = session.get_one(Appointment, booked).day
    dominique.get(f"/administration/lieux/{HERE}/fermetures/nouvelle")
    before = len(journal())
    dominique.submit(closing(day), having="reason", expect=409)
    dominique.submit({}, having="reason")
    assert "consultation" not in {line[0] for line in journal(before)}


def test_what_is_refused_was_not_read(sacha, journal, booked):
    before = len(journal())
    sacha.get(f"/rendez-vous/{booked}", expect=404)
    assert journal(before) == []


def test_cancelling_is_written_once(camille, database, journal, booked):
    me = number_of(database, "camille")
    camille.get(f"/rendez-vous/{booked}/annuler")
    camille.submit({"reason": "personne"}, having="reason")
    assert journal().count(("annulation", me, "rendez-vous", str(booked))) == 1


def test_a_booking_sent_twice_is_one_line(camille, journal):
    page = camille.get("/rendez-vous?motif=1&lieu=6&comment=sur-place")
    slot = page.form(action="/rendez-vous/creneau")["buttons"][0][1]
    camille.post("/rendez-vous/creneau", {"motif": "1", "creneau": slot})
    form = camille.page.form(having="first_name")
    data = form["values"] | {"first_name": "A", "last_name": "B", "birth-jour": "1", "birth-mois": "1"}
    for _ in range(2):
        camille.client.post(form["action"], data=data)
    assert [line[0] for line in journal() if line[2] == "rendez-vous"].count("creation") == 1


def test_an_attestation_issued_read_and_withdrawn_is_written(camille, database, journal):
    me, before = number_of(database, "camille"), len(journal())
    camille.get("/attestations/passage")
    camille.submit({"first_name": "Zoé", "last_name": "Imaginaire"}, having="last_name")
    camille.file("/attestations/1/attestation.pdf")
    camille.get("/attestations/1/annuler")
    camille.submit({"reason": "erreur"}, having="reason")
    paper = ("attestation", "1")
    assert [line[0] for line in journal(before) if line[2:] == paper] == [
        "creation", "consultation", "consultation", "annulation", "consultation",
    ]  # fmt: skip
    assert {line[1] for line in journal(before)} == {me}


def test_verifying_a_paper_is_a_reading_for_an_agent_who_is_shown_its_words(app, camille, database, journal):
    camille.get("/attestations/passage")
    camille.submit({"first_name": "Zoé", "last_name": "Imaginaire"}, having="last_name")
    colleague = Visitor(app).sign_in("robin", PASSWORD)
    before = len(journal())
    colleague.get("/verifier")
    assert "Imaginaire" in colleague.submit({"paper": "2026-000001"}, having="paper").text
    assert journal(before) == [("consultation", number_of(database, "robin"), "attestation", "1")]
    anyone = Visitor(app)
    anyone.get("/verifier")
    assert "Imaginaire" not in anyone.submit({"paper": "2026-000001"}, having="paper").text
    assert len(journal(before)) == 1


def test_what_a_person_does_with_their_code_names_no_agent_and_no_machine(app, database, journal, booked):
    with database.reading() as session:
        row = session.get_one(Appointment, booked)
        code, day, month = row.code, row.person["birth_day"], row.person["birth_month"]
    person = Visitor(app)
    person.get("/rendez-vous/gerer")
    person.submit({"code": code, "birth-jour": str(day), "birth-mois": str(month)}, having="code")
    person.submit({}, action="/rendez-vous/gerer/annuler")
    assert [line[:2] for line in journal()] == [("consultation", None), ("annulation", None), ("consultation", None)]
    with database.reading() as session:
        assert {line.address for line in session.scalars(select(JournalLine))} == {""}


def test_setting_up_is_written(dominique, database, journal):
    me = number_of(database, "dominique")
    dominique.get("/administration/lieux/4")
    dominique.submit({"hours": "9 h à 12 h"}, having="street")
    assert ("modification", me, "lieu", "4") in journal()


@pytest.mark.parametrize(("proxies", "address"), [(0, "127.0.0.1"), (1, "10.0.0.7")])
def test_the_machine_is_the_one_a_trusted_proxy_names(instance, clock, database, proxies, address):
    person = Visitor(create_app(settings_for(instance, proxies=proxies), clock))
    token = person.get("/connexion").form(having="password")["values"]["csrf_token"]
    typed = {"identifier": "x", "password": "Motdepasse-9!", "csrf_token": token}
    person.client.post("/connexion", data=typed, headers={"X-Forwarded-For": "1.2.3.4, 10.0.0.7"})
    with database.reading() as session:
        assert session.scalars(select(JournalLine.address)).all() == [address]


def test_a_page_that_cannot_be_written_down_is_not_shown(camille, app, booked, instance):
    with app.extensions["counter"].main.engine.connect() as connection:
        connection.execute(text("CREATE TRIGGER jam BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'jam'); END"))
        connection.commit()
    page = camille.get(f"/rendez-vous/{booked}", expect=503)
    assert "Code" not in page.text and "La base ne" in page.text
    camille.get("/demarches")


# ── what is shown ───────────────────────────────────────────────────────────────────────────────


def test_an_administrator_finds_who_read_an_appointment(dominique, camille, booked):
    camille.get(f"/rendez-vous/{booked}")
    page = dominique.get("/administration/journal")
    assert "Connexion" in page.text and "127.0.0.1" in page.text
    page = dominique.submit({"objet": "rendez-vous", "numero": str(booked)}, having="numero")
    rows = page.all("tr")[1:]
    assert len(rows) == 1 and f"Rendez-vous n° {booked}" in page.text and "Camille" in page.text
    page = dominique.submit({"objet": "rendez-vous", "numero": "999"}, having="numero")
    assert "Aucune ligne pour cette recherche" in page.text


def test_a_word_that_is_no_choice_is_told_and_left_out(dominique):
    page = dominique.get("/administration/journal?agent=None")
    assert page.errors() == ["Choisissez dans la liste."] and "Connexion" in page.text


def test_who_did_it_is_said_when_it_was_no_agent(dominique, database):
    acts = ((Act.PURGED, "rendez-vous 3"), (Act.CREATED, "commande"), (Act.SIGN_IN_REFUSED, ""), (Act.CANCELLED, ""))
    with database.writing() as session:
        for act, detail in acts:
            record(session, act, None, Subject.AGENT, 1, "", START, detail)
    page = dominique.get("/administration/journal")
    rows = [[text_of(cell) for cell in row.iter("td")] for row in page.all("tr")]
    assert [row[2] for row in rows[1:5]] == ["La personne", "Inconnu", "Counter", "Counter"]


def test_days_are_those_of_the_wall_clock_and_wrong_ones_are_said(dominique, clock):
    today = {"du-jour": "24", "du-mois": "11", "du-annee": "2026", "au-jour": "24", "au-mois": "11", "au-annee": "2026"}
    dominique.get("/administration/journal")
    assert "Connexion" in [cell.text for cell in dominique.submit(today, having="numero").all("td")]
    page = dominique.submit(today | {"au-jour": "23"}, having="numero")
    assert page.errors() == ["Cette date vient avant la première. Changez l'une des deux."]
    page = dominique.submit(today | {"du-jour": "31"}, having="numero")
    assert page.errors()[0].startswith("Cette date n'existe pas")
    dominique.get("/administration/journal?acte=rien&agent=x&avant=-3&numero=<b>")
    assert len(dominique.page.errors()) == 3


def test_older_lines_follow_on_another_page(dominique):
    for _ in range(60):
        dominique.client.get("/administration/journal")
    page = dominique.get("/administration/journal")
    first = [cell.text for cell in page.all("td") if cell.get("class") == "num"]
    assert len(first) == 50
    page = dominique.get(page.link("Lignes plus anciennes"))
    second = [cell.text for cell in page.all("td") if cell.get("class") == "num"]
    assert second and max(map(int, second)) == min(map(int, first)) - 1


def test_an_administrator_does_not_see_what_agents_of_another_caf_did(dominique, sacha, app):
    page = dominique.get("/administration/journal")
    assert "Sacha" not in page.text and page.text.count("Connexion") >= 1
    with app.extensions["counter"].main.reading() as session:
        theirs = session.scalar(select(Agent.id).where(Agent.identifier == "sacha"))
    dominique.get(f"/administration/journal?agent={theirs}")
    assert dominique.page.errors() == ["Choisissez dans la liste."]
    rows = list(csv.reader(io.StringIO(dominique.file("/administration/journal/journal.csv").decode()), delimiter=";"))
    assert str(theirs) not in {row[3] for row in rows}


def test_the_file_holds_every_line_with_its_seal_and_no_formula(dominique, database):
    with database.writing() as session:
        session.scalar(select(Agent).where(Agent.identifier == "dominique")).display_name = "=HYPERLINK(1)"
    content = dominique.file("/administration/journal/journal.csv?acte=connexion").decode()
    rows = list(csv.reader(io.StringIO(content.removeprefix("\ufeff")), delimiter=";"))
    assert content.startswith("\ufeffligne;date;heure") and rows[1][5] == "Connexion" and len(rows[1][10]) == 32
    assert rows[1][1:3] == ["2026-11-24", "09:00:00"]
    assert rows[1][4] == "'=HYPERLINK(1)"
    with database.reading() as session:
        last = session.scalars(select(JournalLine).order_by(JournalLine.seq.desc())).first()
        assert (last.act, last.subject) == ("export", "journal")


def test_the_page_says_whether_the_journal_is_intact(dominique, database):
    dominique.get("/administration/journal")
    page = dominique.submit({}, action="/administration/journal/verification")
    assert page.h1 == "Le journal est intact"
    with database.engine.connect() as connection:
        connection.execute(text("DROP TRIGGER journal_update"))
        connection.execute(text("UPDATE journal SET agent_id = 7 WHERE seq = 1"))
        connection.commit()
    dominique.get("/administration/journal")
    page = dominique.submit({}, action="/administration/journal/verification")
    assert page.h1 == "Le journal a été touché" and "La ligne n° 1 a été changée." in page.text
