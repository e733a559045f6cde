"""« Contact prudent »: why the person comes is on their own page, for the agent, and nowhere else."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import update

from counter.models import Agent, Appointment, Site
from tests.kiosks import enrolled
from tests.pages import Visitor
from tests.papers import text_of_pdf
from tests.views.test_appointments import PERSON, book, choose
from tests.views.test_kiosk import find as find_at_kiosk
from tests.views.test_kiosk import first
from tests.views.test_lobby import by_birth, by_code, here_at, todays

WHY, MOTIF = "mon dossier", 3  # Je veux savoir où en est mon dossier: not a sensitive motif
HERE = "&lieu=5&comment=sur-place"


@pytest.fixture
def url(app, camille) -> str:
    """A careful contact, today at the agent's site; nobody else comes for that motif."""
    with app.extensions["counter"].main.writing() as session:
        session.execute(update(Appointment).where(Appointment.motif_id == MOTIF).values(motif_id=1))
    choose(camille, motif=MOTIF, query=HERE)
    return book(camille, careful=["prudent"], phone="06 12 34 56 78").url


def test_the_own_page_tells_the_agent_why(camille, url):
    assert WHY in camille.get(url).text


@pytest.mark.parametrize(
    "page",
    [
        "/agenda",
        "/agenda?agent=1",
        "/agenda?semaine=2026-11-24",
        "/agenda?semaine=2026-11-24&agent=1",
        "/agenda/cloture",
        "/",
        "{url}/deplacer",
        "{url}/motif",
        "{url}/annuler",
        "/attestations",
        "/attestations/rendez-vous/{id}",
    ],
)
def test_no_list_and_no_other_page_tells_it(camille, url, page):
    shown = camille.get(page.format(url=url, id=url.rsplit("/", 1)[1]))
    assert WHY not in shown.root_text()
    assert "Élise Lambert" in shown.root_text() or "deplacer" in page or page == "/attestations"


def test_the_next_appointment_of_a_careful_contact_is_careful_too(camille, url):
    camille.get("/agenda")
    camille.submit({"etat": "recu"}, action=f"/agenda/{url.rsplit('/', 1)[1]}/etat")
    assert WHY not in camille.page.text
    page = camille.get(f"{url}/suite?motif={MOTIF}")
    keys = [value for name, value, _ in page.form(action=f"{url}/suite/creneau")["buttons"] if name == "creneau"]
    camille.submit({"creneau": keys[0]}, action=f"{url}/suite/creneau")
    page = camille.submit(having="first_name")
    assert WHY not in text_of_pdf(camille.file(page.link("Imprimer le papier")))


def test_the_call_list_leaves_a_careful_contact_alone(camille, url):
    page = camille.get("/agenda/appels?jour=2026-11-24")
    assert "Élise Lambert" not in page.text and WHY not in page.text


def test_who_waits_is_not_to_be_called_either(camille, url):
    page = camille.get(url)
    assert "contact prudent, personne n'appelle" in page.text and "rappelle la personne" not in page.text


@pytest.mark.parametrize("paper", ["/agenda/liste.pdf?jour=2026-11-24", "{url}/papier.pdf"])
def test_no_paper_tells_it(camille, url, paper):
    text = text_of_pdf(camille.file(paper.format(url=url)))
    assert "Élise Lambert" in text and WHY not in text


def test_the_calendar_file_does_not_tell_it(camille, url):
    assert WHY not in camille.file(f"{url}/rendez-vous.ics").decode()


def test_the_summary_of_the_visit_does_not_tell_it(camille, url):
    camille.get("/accompagnement/terminer")
    page = camille.submit({"nature": "rendez-vous", "solved": "oui"}, having="nature")
    assert WHY not in page.root_text()
    assert WHY not in text_of_pdf(camille.file(page.link("Imprimer le résumé")))


def test_those_to_move_before_a_closure_are_listed_without_it(app, camille, url):
    with app.extensions["counter"].main.writing() as session:  # who receives there: the others see no name
        session.execute(update(Agent).where(Agent.identifier == "dominique").values(site_id=5))
    chief = Visitor(app).sign_in("dominique", "Bonjour-2026")
    chief.get("/administration/lieux/5/fermetures/nouvelle")
    day = {"first-jour": "24", "first-mois": "11", "first-annee": "2026"}
    page = chief.submit(day, having="reason", expect=409)
    assert "Élise Lambert" in page.text and WHY not in page.text
    chief.submit(having="reason")
    page = chief.get("/administration/lieux/5/semaine?jour=2026-11-24")
    assert "Élise Lambert" in page.text and WHY not in page.text


def test_the_own_page_by_the_code_and_its_move_do_not_tell_it(app, camille, url, visitor):
    code = re.search(r"\b([A-Z2-9]{4}-[A-Z2-9]{4})\b", camille.get(url).text)[1]
    visitor.get("/rendez-vous/gerer")
    visitor.submit(
        {"code": code, "birth-jour": PERSON["birth-jour"], "birth-mois": PERSON["birth-mois"]}, having="code"
    )
    assert visitor.page.h1 == "Votre rendez-vous" and WHY not in visitor.page.text
    assert WHY not in visitor.get("/rendez-vous/gerer/deplacer").text


def code_of(page) -> str:
    return re.search(r"\b([A-Z2-9]{4}-[A-Z2-9]{4})\b", page.text)[1]


def test_neither_the_own_page_nor_the_kiosk_and_its_sheet_name_the_caf_of_the_place(app, camille, url, visitor):
    with app.extensions["counter"].main.writing() as session:
        session.get_one(Site, 5).name = "Caf du Rhône, L'Arbresle"
    code = code_of(camille.get(url))
    assert "Caf du Rhône, L'Arbresle" in camille.page.text, "the agent knows where"
    visitor.get("/rendez-vous/gerer")
    typed = {"code": code, "birth-jour": PERSON["birth-jour"], "birth-mois": PERSON["birth-mois"]}
    page = visitor.submit(typed, having="code")
    assert "1 rue de l'Exemple" in page.text and "Caf du Rhône, L'Arbresle" not in page.text
    page = visitor.get(page.link("Changer l'heure ou le jour"))
    page = visitor.submit(
        {"creneau": [v for n, v, _ in page.form(having="key")["buttons"] if n == "creneau"][-1]}, having="key"
    )
    assert page.text.count("1 rue de l'Exemple") == 2 and "Caf du Rhône, L'Arbresle" not in page.text
    hall = enrolled(app)
    for language in ("fr", "en"):
        hall.client.post("/borne/langue", data={"langue": language})
        page = find_at_kiosk(hall, code, PERSON["birth-jour"], PERSON["birth-mois"])
        sheets = [node for node in page.all("article") if "on-paper" in node.get("class")]
        assert len(sheets) == (1 if language == "fr" else 2)
        assert page.text.count("1 rue de l'Exemple") == len(sheets) + 1 and "Caf du Rhône, L'Arbresle" not in page.html
    hall.post("/borne/mon-rendez-vous/changer")
    first(hall)
    first(hall)
    assert "rue de l'Exemple" in hall.page.text and "Caf du Rhône, L'Arbresle" not in hall.page.html


@pytest.mark.parametrize(
    ("minutes", "state"), [(-10, "pris"), (-200, "pris"), (120, "pris"), (-10, "annule"), (-10, "arrive")]
)
def test_a_birthday_and_a_name_tell_nothing_of_a_careful_contact_at_the_kiosk(app, clock, minutes, state):
    hall, mine = enrolled(app), todays(app)
    with app.extensions["counter"].main.writing() as session:
        booked = session.get_one(Appointment, mine.id)
        booked.person, booked.status = booked.person | {"careful": True}, state
    here_at(clock, mine, minutes)
    birth = mine.person["birth_day"], mine.person["birth_month"]
    known = by_birth(hall, *birth, mine.person["last_name"][:3], expect=422)
    nobody = by_birth(hall, *birth, "XQZ", expect=422)
    assert known.h1 == nobody.h1 and known.errors() == nobody.errors()
    assert "un agent" in known.errors()[0] and "/borne/parler" in known.links().values()
    assert hall.get("/borne/numero").url == "/borne", "no number tells that someone came"
    if state != "annule":
        assert by_code(hall, mine.code).h1 != known.h1, "their code still serves"


@pytest.mark.parametrize("how", [{"careful": ["prudent"]}, {"contact_of": "proche", "contact_name": "Ana"}, {}])
def test_what_to_bring_is_said_aloud_only_where_it_may_be_heard(camille, how):
    choose(camille, query=HERE)
    page = book(camille, phone="06 12 34 56 78", **how)
    assert ("« Apportez : " in page.text) is (not how)
