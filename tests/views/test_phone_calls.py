"""The list of calls: who was called, by whom, and who is to be called again."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select, update

from counter.demonstration import PASSWORD
from counter.models import Appointment, AppointmentEvent, Site
from tests.pages import Visitor
from tests.views.test_appointments import book, choose


@pytest.fixture
def landline(app, camille, database) -> Appointment:
    """The appointment of someone who only has a landline, on the spot at Camille's site."""
    with database.reading() as session:
        home = session.scalar(select(Site.id).where(Site.short_name == "L'Arbresle"))
    choose(camille, query=f"&comment=sur-place&lieu={home}")
    book(camille, phone="01 99 00 00 00")
    with database.reading() as session:
        return session.get_one(Appointment, int(camille.page.url.rsplit("/", 1)[1]))


def calls_of(booked: Appointment) -> str:
    return f"/agenda/appels?jour={booked.day.isoformat()}&site={booked.site_id}"


def call(person, booked: Appointment, answer: str):
    """Open the list and say how the call ended."""
    person.get(calls_of(booked))
    return person.submit({"reponse": answer}, action=f"/agenda/appels/{booked.id}")


def line_of(page, booked: Appointment) -> str:
    return next(
        " ".join(" ".join(row.itertext()).split()) for row in page.all("tr") if row.get("id") == f"appel-{booked.id}"
    )


def test_a_person_who_answered_is_not_called_again_by_another_agent(app, camille, landline):
    assert "Jointe" in line_of(call(camille, landline, "jointe"), landline)
    other = Visitor(app).sign_in("camille", PASSWORD).get(calls_of(landline))
    assert re.search("Jointe .*, par Camille Démo Corriger", line_of(other, landline)), "the buttons are put away"
    page = camille.get(f"/rendez-vous/{landline.id}")
    assert "Personne appelée : jointe, par Camille" in page.root_text()


def test_without_answer_one_calls_again(camille, landline):
    assert line_of(call(camille, landline, "sans-reponse"), landline).count("Pas de réponse") > 1, "and the buttons"
    assert "Jointe mar. 24 nov." in line_of(call(camille, landline, "jointe"), landline)


def test_the_same_click_twice_is_one_call(camille, landline, database):
    camille.get(calls_of(landline))
    form = camille.page.form(action=f"/agenda/appels/{landline.id}")
    for _ in range(2):
        camille.post(form["action"], form["values"] | {"reponse": "jointe"})
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(AppointmentEvent)) == 1


def test_cancelled_after_the_call_the_person_is_to_be_told(camille, landline):
    call(camille, landline, "jointe")
    camille.get(f"/rendez-vous/{landline.id}/annuler")
    camille.submit({"reason": "absence-agent"}, having="reason")
    line = line_of(camille.get(calls_of(landline)), landline)
    assert "par Camille" not in line and "Jointe" in line, "the button, not the call of before"


def test_a_call_nobody_may_note_is_not_noted(camille, sacha, landline, database):
    form = camille.get(calls_of(landline)).form(action=f"/agenda/appels/{landline.id}")
    token = sacha.get("/ateliers/nouveau").form(having="places")["values"]["csrf_token"]
    sacha.post(form["action"], {"csrf_token": token, "reponse": "jointe"}, expect=404)
    camille.post(form["action"], form["values"] | {"reponse": "bientôt"})
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(AppointmentEvent)) == 0


def test_an_hour_that_is_lost_is_not_said_to_stand(camille, landline, database):
    call(camille, landline, "jointe")
    with database.writing() as session:
        session.execute(update(Appointment).where(Appointment.id == landline.id).values(to_move=True))
    page = camille.get(calls_of(landline))
    assert "À déplacer : l'heure n'est plus possible" in page.root_text()
    assert "par Camille" not in line_of(page, landline), "she was called before it was lost"
    assert "par Camille" in line_of(call(camille, landline, "sans-reponse"), landline)
    with database.writing() as session:
        session.execute(update(Appointment).where(Appointment.id == landline.id).values(to_move=False))
    assert "Jointe" in line_of(camille.get(calls_of(landline)), landline)
    assert "par Camille" not in line_of(camille.page, landline), "it stands again: she is told so"
