"""Booking the next appointment of the same person, from the appointment that was just held."""

from __future__ import annotations

import re

import pytest
from flask import request, request_started
from sqlalchemy import func, select

from counter.models import Appointment, Motif
from tests.pages import Visitor
from tests.views.test_appointments import book, choose

HERE = "&lieu=5&comment=sur-place"
KNOWN = {
    "phone": "01 99 00 12 34",
    "email": "elise@exemple.fr",
    "contact_of": "proche",
    "contact_name": "Paul Exemple",
    "needs": ["interprete", "audition"],
    "language": "ukrainien",
    "careful": ["prudent"],
}


def held(person, motif: int = 1, status: str = "recu", **values) -> str:
    """The address of an appointment of today that has this outcome, booked with these contact details."""
    choose(person, motif=motif, query=HERE)
    url = book(person, **values).url
    person.get("/agenda")
    person.submit({"etat": status}, action=f"/agenda/{url.rsplit('/', 1)[1]}/etat")
    return url


def follow_up(app, motif: int, other: int | None) -> None:
    with app.extensions["counter"].main.writing() as session:
        session.get_one(Motif, motif).follow_up_id = other


def take(person, page) -> None:
    """The first slot of a slots page."""
    form = page.form(having="motif", action=page.url.split("?")[0] + "/creneau")
    person.submit({"creneau": form["buttons"][0][1]}, action=form["action"])


def test_seen_in_the_agenda_one_click_leads_to_the_next_appointment_and_nothing_is_typed_again(app, camille):
    follow_up(app, 1, 3)
    url = held(camille, **KNOWN)
    page = camille.get(camille.get("/agenda").link("Suite : un autre rendez-vous pour Élise Lambert"))
    assert page.url == f"{url}/suite" and page.h1 == "Un autre rendez-vous"
    offered = [" ".join(words.split()[:6]) for words in page.links() if words.startswith(("La suite", "Le même"))]
    assert offered == ["La suite habituelle Je veux savoir", "Le même motif Ma situation change"]
    page = camille.get(page.link("La suite habituelle"))
    take(camille, page)
    page = camille.page
    assert page.h1 == "Est-ce toujours juste ?" and "Rien n'est à retaper" in page.text
    fields = page.form(having="first_name")["values"]
    assert fields["first_name"] == ["Élise"] and fields["last_name"] == ["Lambert"]
    assert (fields["birth-jour"], fields["birth-mois"]) == (["3"], ["9"])
    for name, value in KNOWN.items():
        assert [v.replace("\u00a0", " ") for v in fields[name]] == (value if isinstance(value, list) else [value]), name
    page = camille.submit(having="first_name")
    assert page.h1 == "Le rendez-vous est pris" and page.url != url
    with app.extensions["counter"].main.reading() as session:
        before, after = (session.get_one(Appointment, int(u.rsplit("/", 1)[1])) for u in (url, page.url))
        assert before.person | {"code": after.code} == after.person and after.motif_id == 3


def test_no_address_of_the_way_names_the_person(app, camille):
    url = held(camille, **KNOWN)
    seen = []

    def look(_app, **_):
        seen.append(request.full_path)

    with request_started.connected_to(look, app):
        take(camille, camille.get(f"{url}/suite?motif=1"))
        camille.submit(having="first_name")
    assert len(seen) >= 4 and not any(re.search("lise|ambert|exemple|99|ukrainien", path) for path in seen)


def test_the_first_appointment_says_what_followed_and_the_agenda_no_longer_asks(camille):
    url = held(camille)
    take(camille, camille.get(f"{url}/suite?motif=1"))
    new = camille.submit(having="first_name").url
    page = camille.get(url)
    assert re.search(r"Suite prise : \w{3}\. \d+ \w+\.? \d+ h( \d\d)?, par Camille Démo", page.text)
    assert new in page.links().values()
    page = camille.get("/agenda")
    assert "suite prise" in page.text and not any(w.startswith("Suite :") for w in page.links())


def test_a_follow_up_sent_twice_is_one_appointment_and_one_line(app, camille):
    url = held(camille)
    take(camille, camille.get(f"{url}/suite?motif=1"))
    form = camille.page.form(having="first_name")
    urls = {camille.post(form["action"], form["values"]).url for _ in range(3)}
    assert len(urls) == 1 and camille.get(url).text.count("Suite prise") == 1


def test_the_seen_appointment_itself_proposes_the_usual_follow_up_then_the_same_motif(app, camille):
    follow_up(app, 1, 3)
    url = held(camille)
    page = camille.get(url)
    assert "Et la suite ?" in page.text
    assert page.link("La suite habituelle : Je veux savoir où en est mon dossier") == f"{url}/suite?motif=3"
    assert page.link("Le même motif : Ma situation change") == f"{url}/suite?motif=1"
    assert page.link("Choisir un autre motif") == f"{url}/suite"


def test_whoever_did_not_come_is_offered_the_same_motif_first(app, camille):
    follow_up(app, 1, 3)
    page = camille.get(held(camille, status="absent"))
    text = page.text
    assert "Un autre rendez-vous ?" in text
    assert text.index("Le même motif : Ma situation change") < text.index("La suite habituelle")


def test_a_closed_follow_up_motif_is_not_proposed(app, camille):
    follow_up(app, 1, 3)
    url = held(camille)
    with app.extensions["counter"].main.writing() as session:
        session.get_one(Motif, 3).active = False
    assert "La suite habituelle" not in camille.get(url).text
    assert "La suite habituelle" not in camille.get(f"{url}/suite").text


@pytest.mark.parametrize("page", ["suite", "suite?motif=1", "suite/coordonnees?motif=1&creneau=1.2026-11-24.0"])
def test_an_appointment_to_come_is_moved_not_followed(camille, page):
    choose(camille, query=HERE)
    url = book(camille).url
    assert "Et la suite ?" not in camille.page.text
    assert camille.get(f"{url}/{page}").url == url


def test_another_cafs_appointment_is_not_followed(camille, sacha):
    url = held(camille)
    for page in ("suite", "suite?motif=9", "suite/coordonnees?motif=9&creneau=x"):
        sacha.get(f"{url}/{page}", expect=404)


def test_a_lost_slot_keeps_the_person_and_offers_three(app, camille, clock):
    url = held(camille)
    take(camille, camille.get(f"{url}/suite?motif=1&des-jour=1&des-mois=12{HERE}"))
    slow = camille.page.form(having="first_name")
    clock.advance(minutes=6)
    other = Visitor(app).sign_in("dominique", "Bonjour-2026")
    other.get("/rendez-vous?motif=1")
    other.post("/rendez-vous/creneau", {"motif": "1", "creneau": slow["values"]["creneau"][0]})
    book(other)
    page = camille.post(slow["action"], slow["values"], expect=409)
    assert "vient d'être pris" in page.text and page.form(having="first_name")["values"]["last_name"] == ["Lambert"]
    near = [value for name, value, _ in page.form(having="first_name")["buttons"] if name == "autre_creneau"]
    assert camille.submit({"autre_creneau": near[0]}, having="first_name").h1 == "Le rendez-vous est pris"
    assert camille.get(url).text.count("Suite prise") == 1


def test_a_follow_up_by_phone_asks_for_the_number_that_is_missing(app, camille):
    url = held(camille)
    page = camille.get(f"{url}/suite?motif=1&comment=telephone")
    take(camille, page)
    page = camille.submit(having="first_name", expect=422)
    assert page.errors() == ["Pour un rendez-vous par téléphone, écrivez le numéro à appeler."]
    page = camille.submit({"phone": "0199001234"}, having="first_name")
    assert "C'est bien votre numéro ?" in page.text


def test_a_refused_slot_books_nothing(app, camille):
    url = held(camille)
    with app.extensions["counter"].main.reading() as session:
        before = session.scalar(select(func.count()).select_from(Appointment))
    camille.get(f"{url}/suite?motif=1")
    page = camille.post(f"{url}/suite/creneau", {"motif": "1", "creneau": "1.2026-02-31.0"}, expect=409)
    assert page.h1 == "Choisir un créneau" and "Élise Lambert" in page.text
    with app.extensions["counter"].main.reading() as session:
        assert session.scalar(select(func.count()).select_from(Appointment)) == before
