"""An appointment whose place is gone: everyone who opens it is told, and nobody is sent to a closed door."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from counter.demonstration import PASSWORD
from counter.formatting import day_short, hour
from counter.models import Appointment, Closure, FreeTime, Opening, Site
from tests.pages import Visitor, text_of
from tests.papers import text_of_pdf
from tests.views.test_administration import closing
from tests.views.test_appointments import PERSON, book, choose, day_slots


@pytest.fixture
def dominique(app) -> Visitor:
    """An administrator of the Rhône, at Lyon 3."""
    return Visitor(app).sign_in("dominique", PASSWORD)


@pytest.fixture
def home(app) -> int:
    """The site of Camille."""
    with app.extensions["counter"].main.reading() as session:
        return session.scalar(select(Site.id).where(Site.short_name == "L'Arbresle"))


def number_of(person) -> int:
    return int(person.page.url.rsplit("/", 1)[1])


def row(app, number: int) -> Appointment:
    with app.extensions["counter"].main.reading() as session:
        return session.get_one(Appointment, number)


@pytest.fixture
def lost(app, camille, home) -> int:
    """An appointment of Camille's that is to be moved."""
    choose(camille, query=f"&comment=sur-place&lieu={home}")
    book(camille, phone="01 99 00 00 00")
    number = number_of(camille)
    with app.extensions["counter"].main.writing() as session:
        session.execute(update(Appointment).where(Appointment.id == number).values(to_move=True))
    return number


def test_the_agent_is_told_to_call_and_has_nothing_reassuring_to_read_out(camille, lost):
    page = camille.get(f"/rendez-vous/{lost}")
    assert page.h1 == "Rendez-vous à déplacer" and "ne peut plus avoir lieu à cette heure" in page.text
    assert "01 99 00 00 00" in page.text and "Nous ne pouvons plus vous recevoir" in page.text
    assert "Votre rendez-vous est le" not in page.text and "Imprimer le papier" not in page.links()
    assert "doit être déplacé" in text_of_pdf(camille.file(f"/rendez-vous/{lost}/papier.pdf"))
    assert "reste gardée" not in camille.get(page.link("Déplacer")).text


def test_the_person_is_told_and_moves_it_with_the_code(app, camille, lost):
    visitor = Visitor(app)
    visitor.get("/rendez-vous/gerer")
    code = row(app, lost).code
    page = visitor.submit({"code": code, "birth-jour": "3", "birth-mois": "9"}, having="code")
    assert "Nous ne pouvons plus vous recevoir à cette heure" in page.text
    visitor.get(page.link("Changer l'heure ou le jour"))
    slots = [value for name, value, _ in visitor.page.form(having="key")["buttons"] if name == "creneau"]
    page = visitor.submit({"creneau": slots[-1]}, having="key")
    assert "Heure qui n'est plus possible" in page.text and row(app, lost).to_move
    page = visitor.submit({"reponse": "oui"}, having="creneau")
    assert "ne pouvons plus" not in page.text and not row(app, lost).to_move


def test_no_paper_says_that_the_person_is_expected_then(app, camille, lost):
    page = camille.get(f"/rendez-vous/{lost}")
    assert "Attestation de rendez-vous" not in page.text
    page = camille.get(f"/attestations/rendez-vous/{lost}")
    assert "déplacez d'abord le rendez-vous" in page.text and page.url.endswith(f"/rendez-vous/{lost}")
    gone = row(app, lost)
    text = text_of_pdf(camille.file(f"/agenda/liste.pdf?jour={gone.day.isoformat()}&site={gone.site_id}"))
    assert "À déplacer. Ma situation change" in text.replace("\n", " ")


def test_cancelled_by_the_service_the_person_is_on_the_list_of_calls(app, camille, home):
    choose(camille, query=f"&comment=sur-place&lieu={home}")
    book(camille, phone="01 99 00 00 00")
    number = number_of(camille)
    camille.get(f"/rendez-vous/{number}/annuler")
    page = camille.submit({"reason": "absence-agent"}, having="reason")
    assert "01 99 00 00 00" in page.text and "Votre rendez-vous est annulé" in page.text
    gone = row(app, number)
    page = camille.get(f"/agenda/appels?jour={gone.day.isoformat()}&site={gone.site_id}")
    assert (
        "Annulés : la personne ne doit pas venir" in page.text
        and gone.name in page.text
        and "01 99 00 00 00" in page.text
    )


def test_one_opening_is_closed_by_its_name_and_the_other_goes_on(dominique, database):
    with database.reading() as session:
        booked = session.scalars(
            select(Appointment).where(Appointment.site_id == 5).order_by(Appointment.day.desc())
        ).first()
        others = session.scalars(select(Opening).where(Opening.site_id == 5, Opening.id != booked.opening_id)).all()
    dominique.get("/administration/lieux/5/fermetures/nouvelle")
    closed = closing(booked.day) | {"of": str(others[0].id)}
    page = dominique.submit(closed, having="reason", expect=409 if _meets(database, others[0], booked.day) else 200)
    if page.status == 409:
        page = dominique.submit({}, having="reason")
    assert "seulement" in page.text
    with database.reading() as session:
        assert not session.get_one(Appointment, booked.id).to_move
        assert session.scalars(select(Closure)).one().opening_id == others[0].id


def _meets(database, opening: Opening, day) -> bool:
    with database.reading() as session:
        query = select(Appointment.id).where(Appointment.opening_id == opening.id, Appointment.day == day)
        return bool(session.scalars(query.where(Appointment.status == "pris")).all())


def test_another_departement_says_first_whom_its_public_holidays_move(dominique, database, clock):
    with database.writing() as session:
        booked = session.scalars(
            select(Appointment).where(Appointment.site_id == 5, Appointment.status == "pris")
        ).first()
        day = booked.day.replace(month=12, day=26)  # Saint-Étienne, in Alsace-Moselle alone
        session.execute(update(Appointment).where(Appointment.id == booked.id).values(day=day))
    dominique.get("/administration/lieux/5")
    page = dominique.submit({"department": "67"}, having="street", expect=409)
    assert "1 rendez-vous à déplacer" in page.text and "Rien n'est encore changé" in page.text
    with database.reading() as session:
        assert session.get_one(Site, 5).department == "69"
    dominique.submit({}, having="street")
    with database.reading() as session:
        assert session.get_one(Site, 5).department == "67" and session.get_one(Appointment, booked.id).to_move


def of_nobody(page, booked: Appointment) -> bool:
    """Whether a page says when an appointment to move is, and neither whose nor what for."""
    (listed,) = [ul for ul in page.all("ul") if "stranded" in (ul.get("class") or "")]
    (line,) = [text_of(item) for item in listed.iter("li")]
    assert line == f"{day_short(booked.day)}, {hour(booked.minute)} sur place".replace("\u00a0", " ")
    return not any(word in page.html for word in (booked.name, f"/rendez-vous/{booked.id}"))


def test_who_does_not_receive_there_is_told_the_hours_and_whom_to_tell(app, dominique, camille, lost):
    booked = row(app, lost)
    week = f"/administration/lieux/{booked.site_id}/semaine"
    page = dominique.get(week)
    assert "À déplacer : 1 rendez-vous" in page.text and of_nobody(page, booked)
    assert "L'accueil de ce lieu voit cette personne dans sa liste d'appels : prévenez-le." in page.text


def test_no_name_is_shown_to_whoever_shuts_or_ends_what_they_do_not_receive_at(app, dominique, camille, lost):
    booked = row(app, lost)
    with app.extensions["counter"].main.writing() as session:
        there = update(Appointment).where(Appointment.site_id == booked.site_id)
        session.execute(there.where(Appointment.id != lost).values(status="annule"))
        in_a_week = {"day": booked.day + timedelta(days=7), "to_move": False}
        session.execute(there.where(Appointment.id == lost).values(in_a_week))
    booked = row(app, lost)
    dominique.get(f"/administration/lieux/{booked.site_id}/fermetures/nouvelle")
    page = dominique.submit(closing(booked.day), having="reason", expect=409)
    assert of_nobody(page, booked) and "l'accueil de ce lieu le voit là" in page.text
    eve = booked.day - timedelta(days=1)
    boxes = {"valid_to-jour": str(eve.day), "valid_to-mois": str(eve.month), "valid_to-annee": str(eve.year)}
    dominique.get(f"/administration/plages/{booked.opening_id}")
    page = dominique.submit(boxes, having="desks", expect=409)
    assert of_nobody(page, booked) and "1 rendez-vous à déplacer" in page.text


def test_coming_back_after_booking_leads_to_the_appointment_just_made(camille, database):
    page = camille.get("/rendez-vous?motif=1&comment=telephone")
    slot = day_slots(page)[0][0]
    camille.post("/rendez-vous/creneau", {"motif": "1", "creneau": slot})
    back = camille.page.url + f"?motif=1&creneau={slot}"
    booked = camille.submit(PERSON | {"phone": "01 99 00 00 00"}, having="first_name").url
    with database.writing() as session:  # the other desks are taken too
        session.execute(update(FreeTime).where(FreeTime.opening_id == int(slot.split(".")[0])).values(free=0))
    page = camille.get(back)
    assert page.url == booked and "Vous venez de prendre ce créneau" in page.text


def test_a_motif_without_notice_is_saved_again_as_it_stands(dominique):
    for notice in ("0", None):
        dominique.get("/administration/caf/1/motifs/1")
        values = dominique.page.form(having="notice")["values"]
        if notice is None:
            assert values["notice"] == ["0"]
        dominique.submit({} if notice is None else {"notice": notice}, having="notice")
        assert dominique.page.status == 200
