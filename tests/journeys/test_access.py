"""Who may do what, before a real screen: dossiers, quotient, groups, agents, journal, control, requests."""

from __future__ import annotations

from datetime import timedelta

import pytest

from counter.demonstration import PASSWORD
from counter.journal import Act, Subject
from counter.models import Convention
from counter.store.journal import record
from tests.conftest import START
from tests.journeys.test_whole_visit import sign_in

OF_AGENTS = ["/dossiers", "/quotient", "/compte", "/compte/mot-de-passe", "/compte/deuxieme-etape"]
OF_ADMINISTRATORS = [
    "/administration", "/habilitations", "/habilitations/groupes/1", "/habilitations/groupes/1/changer",
    "/habilitations/groupes/nouveau/1", "/habilitations/conventions", "/habilitations/conventions/nouvelle",
    "/habilitations/conventions/1", "/habilitations/conventions/1/activite", "/habilitations/registre",
    "/habilitations/registre/nouveau", "/agents", "/agents/1", "/agents/nouveau", "/administration/controle",
    "/administration/conservation", "/administration/journal", "/administration/droits",
]  # fmt: skip


@pytest.fixture
def to_look_at(database) -> None:
    """A finding of two of the families."""
    with database.writing() as session:
        session.get_one(Convention, 1).ends_on = START.date() + timedelta(days=20)
        record(session, Act.SIGNED_IN, 1, Subject.SESSION, None, "10.0.0.9", START - timedelta(hours=3))


def open_dossier(person) -> None:
    person.go("/dossiers")
    person.fill(name="Lambert", number="9000001")
    person.click("main form button.btn")
    for name in ("purpose", "legal_basis", "recipient"):
        person.page.locator(f"label:has([name={name}])").first.click()
    person.click("button:has-text('Ouvrir le dossier')")


def test_every_page_of_access_and_its_errors_are_accessible(person_with, to_look_at):
    person = person_with()
    person.go("/connexion/oubli")
    sign_in(person)
    for path in OF_AGENTS:
        person.go(path)
    for path, button in (("/dossiers", "Chercher ce dossier"), ("/quotient", "Demander le quotient"),
                         ("/compte/mot-de-passe", "Changer mon mot de passe")):  # fmt: skip
        person.go(path)
        person.met.clear()
        person.click(f'main button:has-text("{button}")')
        assert person.page.locator("#erreurs").is_visible()
    open_dossier(person)
    assert person.h1 == "Dossier de Élise Lambert"
    for words in ("Paiements", "Famille", "Données complémentaires"):
        person.met.clear()
        person.click(f'nav a:has-text("{words}")')
    chief = person_with()
    sign_in(chief, "dominique")
    for path in OF_ADMINISTRATORS:
        chief.go(path)
    for path, button in (
        ("/administration/controle", "C'est traité"), ("/agents/nouveau", "Ajouter"),
        ("/habilitations/registre/nouveau", "Proposer"), ("/administration/droits", "Chercher"),
    ):  # fmt: skip
        chief.go(path)
        chief.met.clear()
        chief.click(f'main button:has-text("{button}")')
        assert chief.page.locator(".error").first.is_visible()
    chief.fill(first_name="Élise", last_name="Lambert")
    chief.page.fill("[name=birth-jour]", "9")
    chief.page.fill("[name=birth-mois]", "3")
    chief.click("main button:has-text('Chercher')")
    assert "Copie du dossier" in chief.text


def test_the_pages_with_their_own_colours_are_accessible_in_the_dark(person_with, to_look_at):
    person = person_with(color_scheme="dark")
    sign_in(person)
    open_dossier(person)
    assert person.h1 == "Dossier de Élise Lambert"
    chief = person_with(color_scheme="dark")
    sign_in(chief, "dominique")
    for path in ("/administration/controle", "/habilitations/registre", "/administration/journal"):
        chief.go(path)


def test_no_page_of_access_scrolls_sideways_on_a_narrow_screen(person_with, to_look_at):
    wide = {}
    for identifier, paths in (("camille", OF_AGENTS), ("dominique", OF_ADMINISTRATORS)):
        person = person_with(viewport={"width": 320, "height": 640})
        person.scripts = False  # axe has its own test
        sign_in(person, identifier)
        for path in paths:
            person.go(path)
            wide[path] = person.page.evaluate("document.documentElement.scrollWidth")
    assert {path: width for path, width in wide.items() if width > 320} == {}


def test_a_new_agent_enters_and_works_without_scripts(person_with):
    chief = person_with(scripts=False)
    sign_in(chief, "dominique")
    chief.go("/agents/nouveau")
    chief.fill(display_name="Noa Essai", identifier="noa")
    chief.page.locator("label:has([name=role][value=agent-accueil])").click()
    chief.page.select_option("[name=site]", label="France Services L'Arbresle")
    chief.click("main button:has-text('Ajouter')")
    given = chief.page.locator(".secret-key").inner_text()
    chief.go("/habilitations/groupes/1")
    chief.page.select_option("[name=agent]", label="Noa Essai")
    chief.click("main button:has-text('Ajouter')")
    noa = person_with(scripts=False)
    noa.go("/connexion")
    noa.fill(identifier="noa", password=given)
    noa.click("main button:has-text('Se connecter')")
    assert noa.h1 == "Choisir mon mot de passe"
    noa.fill(current=given, chosen="Quetzal-4221", again="Quetzal-4221")
    noa.click("main button:has-text('Changer mon mot de passe')")
    open_dossier(noa)
    assert noa.h1 == "Dossier de Élise Lambert" and given != PASSWORD
