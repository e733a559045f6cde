"""A person asks what is kept about them, or to be erased: one page, a copy, a receipt without a name."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from counter.demonstration import PASSWORD
from counter.journal import Act
from counter.models import Appointment, Attestation, Enrolment, JournalLine, Message
from counter.store.free_time import audit_free_time
from counter.store.journal import verify
from tests.pages import Visitor
from tests.papers import text_of_pdf
from tests.planted import PLANTED, everywhere, plant
from tests.views.test_appointments import book, choose

WHO = {"first_name": "zelie", "last_name": PLANTED.upper(), "birth-jour": "3", "birth-mois": "9"}
PAGE = "/administration/droits"


@pytest.fixture
def dominique(real_app) -> Visitor:
    return Visitor(real_app).sign_in("dominique", PASSWORD)


def ask(agent: Visitor, expect: int = 200, **values):
    agent.get(PAGE)
    return agent.submit(WHO | values, having="birth-jour", expect=expect)


def boxes(page) -> dict[str, bool]:
    """Key of each thing found -> whether it is ticked."""
    return {
        box.get("value"): box.get("checked") is not None for box in page.all("input") if box.get("name") == "choisi"
    }


def rows(on, table) -> int:
    with on.main.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_everything_about_a_person_is_found_and_only_what_is_sure_is_ticked(real_app, clock, dominique):
    plant(real_app, clock)
    dominique.sign_in("dominique", PASSWORD)
    page = ask(dominique)
    found = boxes(page)
    assert sorted(key.split("-")[0] for key in found) == ["att", "att", "dos", "ins", "quo", "rdv"]
    assert sorted(key.split("-")[0] for key, ticked in found.items() if ticked) == ["att", "dos", "quo", "rdv"]
    assert "Même nom, sans jour de naissance : vérifiez" in page.text
    assert f"zelie@{PLANTED.lower()}.fr" in page.text and "Mes premiers pas" in page.text
    assert page.url == f"{PAGE}/personne", "nobody's name is in an address"


def test_the_same_name_born_another_day_is_someone_else(real_app, clock, dominique):
    plant(real_app, clock)
    dominique.sign_in("dominique", PASSWORD)
    page = ask(dominique, **{"birth-jour": "4"})
    assert not [key for key in boxes(page) if key.startswith("rdv")] and not any(boxes(page).values())
    assert "Rien n'est gardé à ce nom" in ask(dominique, last_name="Inconnue").text


def test_a_relative_is_found_and_only_the_relative_goes(real_app, on, clock, dominique):
    plant(real_app, clock)
    dominique.sign_in("dominique", PASSWORD)
    page = ask(dominique, first_name="Paul")
    (key,) = (key for key in boxes(page) if key.startswith("rdv"))
    assert "Le nom est celui du proche à prévenir" in page.text
    dominique.submit({"choisi": [key], "checked": "y"}, action=f"{PAGE}/effacer")
    with on.main.reading() as session:
        row = session.get_one(Appointment, int(key.split("-")[1]))
        assert row.name == f"Zélie {PLANTED}" and row.person["contact_name"] == row.person["email"] == ""
    assert rows(on, Message) == 0


def test_the_copy_holds_what_is_surely_theirs_on_paper_and_for_a_computer(real_app, clock, dominique):
    plant(real_app, clock)
    dominique.sign_in("dominique", PASSWORD)
    ask(dominique)
    content = json.loads(dominique.file(f"{PAGE}/copie.json"))
    assert content["personne"]["nom"] == PLANTED.upper() and len(content["donnees"]) == 4
    copies = {item["titre"].split(",")[0]: item["contenu"] for item in content["donnees"][2:]}
    assert copies["Copie du dossier"]["Jusqu'à quand"] == "25 novembre 2026"
    assert copies["Copie du quotient familial"]["D'où elle vient"] == "API Particulier"
    assert "318" not in str(copies) and "Sans emploi" not in str(copies), "no rubrique is read by this way round"
    booked = next(item for item in content["donnees"] if item["titre"].startswith("Rendez-vous du"))["contenu"]
    assert booked["Nom"] == f"Zélie {PLANTED}" and booked["Jour et heure"].startswith("mardi 1er décembre 2026 à ")
    assert "12 mois après le jour du rendez-vous" in content["durees"].values()
    paper = text_of_pdf(dominique.file(f"{PAGE}/copie.pdf"))
    assert "Ce que nous gardons sur vous" in paper and f"Zélie {PLANTED}" in paper and "cnil.fr" in paper
    assert "Mes premiers pas" not in paper, "an enrolment without day of birth may be someone else's"


def test_erasing_asks_for_the_identity_and_for_a_choice(real_app, on, clock, dominique):
    plant(real_app, clock)
    dominique.sign_in("dominique", PASSWORD)
    page = ask(dominique)
    keys = list(boxes(page))
    page = dominique.submit({"choisi": keys}, action=f"{PAGE}/effacer", expect=422)
    assert page.errors() == ["Vérifiez l'identité de la personne, puis cochez la case."]
    assert all(boxes(page).values()), "what was ticked stays ticked"
    page = dominique.submit({"choisi": [], "checked": "y"}, action=f"{PAGE}/effacer", expect=422)
    assert page.errors() == ["Cochez au moins une ligne à effacer."]
    assert everywhere(on)


def test_erased_everywhere_with_a_receipt_and_a_journal_that_name_nobody(real_app, on, clock, dominique):
    plant(real_app, clock)
    dominique.sign_in("dominique", PASSWORD)
    kept = rows(on, Appointment)
    page = ask(dominique)
    page = dominique.submit({"choisi": list(boxes(page)), "checked": "y"}, action=f"{PAGE}/effacer")
    assert page.h1 == "C'est effacé" and "1 rendez-vous" in page.text and "2 attestations" in page.text
    receipt = text_of_pdf(dominique.file(f"{PAGE}/recu.pdf"))
    assert "Reçu d'effacement" in receipt and "1 inscription" in receipt and PLANTED.lower() not in receipt.lower()
    assert everywhere(on) == {"agent_session.data", "sheet_report.text"}, (
        "what an agent typed elsewhere goes by its term"
    )
    assert (rows(on, Appointment), rows(on, Enrolment), rows(on, Attestation)) == (kept - 1, 0, 1)
    with on.main.writing() as session:
        assert audit_free_time(session) == [] and list(verify(session)) == []
        lines = session.scalars(select(JournalLine).where(JournalLine.act == Act.ERASED)).all()
        assert len(lines) == 7 and f"Numéro du reçu : {lines[-1].subject_id}" in page.text
        assert lines[-1].detail == "rendez-vous 1 inscriptions 1 attestations 2 copies 2"
        assert PLANTED.lower() not in str([vars(line) for line in session.scalars(select(JournalLine))]).lower()
    page = dominique.get(f"{PAGE}/personne")
    assert page.h1 == "La demande d'une personne", "the name typed is forgotten once the request is dealt with"


def test_the_time_of_an_erased_appointment_can_be_booked_again(real_app, on, clock, dominique):
    plant(real_app, clock)
    agent = Visitor(real_app).sign_in("camille", PASSWORD)
    dominique.sign_in("dominique", PASSWORD)
    dominique.submit({"choisi": list(boxes(ask(dominique))), "checked": "y"}, action=f"{PAGE}/effacer")
    choose(agent, query="&des-jour=1&des-mois=12&lieu=5&comment=sur-place")
    assert book(agent).h1


def test_only_what_was_found_can_be_erased(real_app, on, clock, dominique):
    plant(real_app, clock)
    dominique.sign_in("dominique", PASSWORD)
    with on.main.reading() as session:
        other = session.scalars(select(Appointment.id).order_by(Appointment.id)).first()
    before = rows(on, Appointment)
    ask(dominique)
    dominique.post(f"{PAGE}/effacer", {"choisi": [f"rdv-{other}"], "checked": "y"})
    assert rows(on, Appointment) == before


def test_another_caf_finds_nothing_of_it(real_app, on, clock):
    from counter.models import Agent
    from counter.store.agents import create_agent

    plant(real_app, clock)
    with on.main.writing() as session:
        site = session.scalar(select(Agent.site_id).where(Agent.identifier == "sacha"))
        create_agent(session, "ailleurs", "Admin d'ailleurs", "administrateur", PASSWORD, site)
    agent = Visitor(real_app).sign_in("ailleurs", PASSWORD)
    assert "Rien n'est gardé à ce nom" in ask(agent).text


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"last_name": ""}, "Écrivez le nom."),
        ({"birth-jour": "31", "birth-mois": "2"}, "Ce jour n'existe pas : février a 28 ou 29 jours."),
    ],
)
def test_what_is_wrong_in_the_question_is_said(dominique, values, sentence):
    assert ask(dominique, expect=422, **values).errors() == [sentence]


def test_without_a_request_there_is_nothing_to_copy_nor_erase(dominique):
    dominique.get(f"{PAGE}/copie.pdf", expect=404)
    assert dominique.get(f"{PAGE}/recu").h1 == "La demande d'une personne"
    assert dominique.post(f"{PAGE}/effacer", {"choisi": ["rdv-1"], "checked": "y"}).h1 == "La demande d'une personne"
