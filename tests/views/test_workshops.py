"""Workshops at the counter: prepare, enrol, wait, call, note who came."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from counter.demonstration import PASSWORD
from counter.models import Site, Workshop
from tests.pages import Visitor
from tests.papers import text_of_pdf

NEW = {"title": "Mes premiers pas", "site": "5", "day-jour": "1", "day-mois": "12", "starts": "14 h 30",
       "duration": "90", "places": "1"}  # fmt: skip


@pytest.fixture
def room(camille) -> str:
    """The address of a workshop with one place."""
    camille.get("/ateliers/nouveau")
    return camille.submit(NEW, having="places").url


def enrol(person, room: str, first: str, phone: str = ""):
    person.get(room)
    return person.submit({"first_name": first, "last_name": "Exemple", "phone": phone}, having="first_name")


def test_a_workshop_is_prepared_and_shown_with_its_places(camille, room):
    text = camille.get(room).text
    assert "Mardi 1er décembre à 14 h 30" in text and "0 sur 1 places" in text
    assert "Mes premiers pas" in camille.get("/ateliers").text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"starts": "tantôt"}, "Écrivez l'heure comme 14 h 30."),
        ({"places": "0"}, "Écrivez un nombre entre 1 et 200, en chiffres."),
        ({"duration": "²²"}, "Écrivez un nombre entre 15 et 480, en chiffres."),
        ({"day-jour": "31", "day-mois": "11"}, "Ce jour n'existe pas : ce mois a 30 jours."),
        ({"site": "7"}, "Choisissez une des réponses proposées."),
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_the_rest(camille, typed, sentence):
    camille.get("/ateliers/nouveau")
    values = NEW | typed
    form = camille.page.form(having="places")
    page = camille.post(form["action"], form["values"] | values, expect=422)
    assert page.errors() == [sentence]
    assert page.form(having="places")["values"]["title"] == ["Mes premiers pas"]


def test_a_person_is_enrolled_with_a_paper_and_the_next_waits(camille, room):
    page = enrol(camille, room, "Alix")
    assert page.h1 == "La personne est inscrite" and "Atelier : Mes premiers pas" in page.root_text()
    paper = text_of_pdf(camille.file(page.link("Imprimer le papier")))
    assert "Alix Exemple" in paper and "mardi 1er décembre 2026 à 14 h 30" in paper
    page = enrol(camille, room, "Noé", "0199001234")
    assert page.h1 == "Sur la liste d'attente"
    assert "liste d'attente" in text_of_pdf(camille.file(page.link("Imprimer le papier")))
    assert "Complet" in camille.get("/ateliers").text


def test_a_place_given_back_names_the_person_to_call(camille, room):
    first = enrol(camille, room, "Alix").url
    enrol(camille, room, "Noé", "0199001234")
    camille.get(first)
    page = camille.submit(action=f"{first}/annuler")
    assert "La place va à Noé Exemple" in page.text and "À prévenir : Noé Exemple" in page.text
    assert "01 99 00 12 34" in page.text
    form = next(f.get("action") for f in page.all("form") if (f.get("action") or "").endswith("/prevenu"))
    assert "À prévenir" not in camille.submit(action=form).text


def test_the_attendance_sheet_lists_who_holds_a_place_and_presence_is_noted(camille, room):
    enrol(camille, room, "Alix")
    enrol(camille, room, "Noé")
    sheet = text_of_pdf(camille.file(camille.get(room).link("Feuille de présence")))
    assert "Alix Exemple" in sheet and "Noé" not in sheet and "Signature" in sheet
    number = camille.page.form(action=f"{room}/presences")
    page = camille.submit({"present": "1"}, action=number["action"])
    assert "Les présences sont notées" in page.text and "présent" in page.text


def test_another_caf_does_not_see_it(camille, sacha, room):
    enrolled = enrol(camille, room, "Alix").url
    sacha.get(room, expect=404)
    sacha.get(enrolled, expect=404)
    sacha.file(f"{enrolled}/papier.pdf", expect=404)
    assert "Mes premiers pas" not in sacha.get("/ateliers").text


def test_someone_is_enrolled_at_another_site_whose_list_is_not_shown(app, camille, database):
    dominique = Visitor(app).sign_in("dominique", PASSWORD)
    with database.reading() as session:
        lyon = session.scalar(select(Workshop.id).join(Workshop.site).where(Site.short_name == "Lyon 3"))
    for person, name in ((dominique, "Fictive"), (camille, "Imaginaire")):
        person.get(f"/ateliers/{lyon}")
        page = person.submit({"first_name": "Ada", "last_name": name, "phone": "0199001234"}, having="first_name")
        assert f"Ada {name}" in page.text
    text = camille.get(f"/ateliers/{lyon}").text
    assert "2 sur 8 places" in text and "Ada Imaginaire" in text and "Fictive" not in text
    assert "Le lieu qui reçoit connaît la liste. Vous avez inscrit :" in text
    text = dominique.get(f"/ateliers/{lyon}").text
    assert "Ada Imaginaire" in text and "Ada Fictive" in text
