"""The main job in a real browser: from "bonjour" to the printed papers, with and without scripts."""

from __future__ import annotations

import re

import pytest

from tests.papers import qr_codes_of_pdf, text_of_pdf


def sign_in(person, identifier: str = "camille") -> None:
    person.go("/")
    person.fill(identifier=identifier, password="Bonjour-2026")
    person.click("button:has-text('Se connecter')")


def answer_all(person, values: str) -> None:
    """One click a question; with scripts, an answered group gives way to the next by itself."""
    for number, value in enumerate(values, 1):
        person.click(f"label:has(#q{number}-{value})")
        if person.scripts and number in {3, 7}:
            person.page.wait_for_selector(f"#q{number + 1}-0", state="visible")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_whole_visit(person_with, scripts):
    person = person_with(scripts=scripts)
    sign_in(person)
    assert person.h1 == "Bonjour, que veut faire la personne ?"
    person.click("button:has-text('Commencer')")

    person.clicks = 0
    person.click("a.action:has-text('Faire le point')")
    answer_all(person, "0101011001")
    person.click("button:has-text('Voir la proposition')")
    assert "Partiellement autonome : aide numérique" in person.text
    assert "Nous vous aidons pour une partie" in text_of_pdf(person.paper("Imprimer la feuille"))
    assert person.clicks <= 14

    person.click("a.action:has-text('Faire la démarche ensemble')")
    person.click("a.tile:has-text('Me connecter à Mon Compte')")
    person.click("a:has-text('Commencer')")
    while person.page.locator(".foot a:has-text('Après')").count():
        person.click(".foot a:has-text('Après')")
    person.click('button:has-text("C\'est fait")')
    assert person.h1 == "C'est fait"

    person.click("nav a:has-text('Accueil')")
    person.clicks = 0
    person.click("a.action:has-text('Prendre un rendez-vous')")
    person.click("a.tile:has-text('Ma situation change')")
    person.click("button.slot.first")
    person.fill(first_name="Élise", last_name="Lambert", birth__jour="3", birth__mois="9")
    person.click("button:has-text('Prendre ce rendez-vous')")
    slip = text_of_pdf(person.paper("Imprimer le papier"))
    assert person.clicks <= 7
    code = re.search(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}\b", person.text)[0]
    assert code in slip and "Élise Lambert" in slip

    person.click("nav a:has-text('Accueil')")
    person.clicks = 0
    person.click("a.action:has-text('Imprimer une attestation')")
    person.fill(first_name="Élise", last_name="Lambert")
    person.click('button:has-text("Faire l\'attestation")')
    attestation = person.paper("Imprimer l'attestation")
    assert person.clicks + 1 <= 4  # « Commencer » counted too
    assert "Élise Lambert" in text_of_pdf(attestation)

    person.click(".visit a:has-text('Terminer')")
    person.click("label:has(#solved-0)")
    person.click("button:has-text('Terminer')")
    summary = text_of_pdf(person.paper("Imprimer le résumé"))
    for done in ("Nous avons fait le point", "Me connecter à Mon Compte", "Rendez-vous : Ma situation change",
                 "Attestation de passage", "Votre demande est réglée"):  # fmt: skip
        assert done in summary

    stranger = person_with(scripts=scripts)
    (seal,) = qr_codes_of_pdf(attestation)
    if scripts:  # a scanned address: what follows # never reaches the server, the page checks it by itself
        stranger.page.goto(f"{stranger.address}/verifier#{seal}")
        stranger.page.wait_for_selector("#verdict")
        assert "#" not in stranger.page.url
    else:
        stranger.go("/verifier")
        stranger.fill(paper=seal)
        stranger.click("button:has-text('Vérifier')")
    stranger.look()
    assert "spécimen" in stranger.text and "Élise Lambert" in stranger.text

    stranger.go("/rendez-vous/gerer")
    stranger.fill(code=code.lower(), birth__jour="3", birth__mois="9")
    stranger.click("button:has-text('Voir le rendez-vous')")
    assert stranger.h1 == "Votre rendez-vous"
    stranger.click("summary:has-text('Annuler')")
    stranger.click("button:has-text('Oui, annuler')")
    assert stranger.h1 == "Rendez-vous annulé"


ALL_PAGES = [
    "/",
    "/diagnostic",
    "/diagnostic/urgence",
    "/demarches",
    "/recherche?q=rsa",
    "/recherche?q=zzz",
    "/demarches/dtr-rsa",
    "/demarches/dtr-rsa/etape/4",
    "/demarches/dtr-rsa/etape/4?vue=agent",
    "/demarches/dtr-rsa/etape/4?vue=personne",
    "/demarches/dtr-rsa/fin",
    "/demarches/livret",
    "/demarches/reprendre",
    "/demarches/dico",
    "/entrainement",
    "/entrainement/dtr-rsa",
    "/rendez-vous",
    "/rendez-vous?motif=1",
    "/rendez-vous?motif=1&comment=visio&jour=0",
    "/rendez-vous/1",
    "/rendez-vous/gerer",
    "/agenda",
    "/agenda?jour=2027-03-07",
    "/attestations",
    "/attestations/passage",
    "/attestations/rendez-vous/1",
    "/diagnostic/1",
    "/verifier",
    "/accompagnement",
    "/aide",
    "/aide/fiches",
    "/etat",
    "/nulle-part",
    "/delais",
    "/ateliers",
    "/ateliers/nouveau",
    "/ateliers/1",
    "/suivi",
    "/agenda/cloture",
    "/agenda/appels",
    "/agenda?semaine=2026-11-23",
    "/agenda?agent=1",
    "/rendez-vous?q=loyer",
    "/rendez-vous?q=zzz",
    "/rendez-vous?motif=1&pres=Tarare&km=20",
    "/visio/test",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_and_error_state_is_accessible(person_with, scheme):
    person = person_with(color_scheme=scheme)
    sign_in(person)
    person.go("/diagnostic")
    person.click("button:has-text('Orienter tout de suite')")
    for path in ALL_PAGES:
        person.go(path)
    for path, button in (("/attestations/passage", "Faire l'attestation"), ("/verifier", "Vérifier"),
                         ("/rendez-vous/gerer", "Voir le rendez-vous")):  # fmt: skip
        person.go(path)
        person.met.clear()
        person.click(f'main button:has-text("{button}")')
        assert person.page.locator("#erreurs").is_visible()
        assert person.page.evaluate("document.activeElement.id") == "erreurs"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_guiding_to_a_code_and_an_error_reported_are_accessible_up_to_the_administration(person_with, scheme):
    person = person_with(color_scheme=scheme)
    sign_in(person)
    person.go("/demarches/dtr-rsa")
    with person.page.expect_response("**/coches") as kept:
        person.page.check("input[name=coche]")
    assert kept.value.status == 204
    person.go("/demarches/dtr-rsa/etape/2")
    person.page.keyboard.press("ArrowRight")
    person.page.wait_for_url("**/etape/3")
    person.clicks = 0
    person.click("summary:has-text('Signaler une erreur')")
    person.met.clear()
    person.look()
    person.click("button:has-text('Texte faux')")
    assert person.clicks == 2 and "L'erreur est signalée" in person.text
    person.click('a:has-text("Vue de l\'agent")')
    assert person.page.locator("input[name=coche]:checked").count() == 1
    person.click("button:has-text('Mettre en attente')")
    assert person.h1 == "Démarche en attente"
    administrator = person_with(color_scheme=scheme)
    sign_in(administrator, "dominique")
    administrator.go("/administration/fiches")
    assert "Texte faux" in administrator.text
    administrator.go("/administration/fiches/dtr-rsa")


def test_no_page_scrolls_sideways_on_a_narrow_screen(person_with):
    person = person_with(viewport={"width": 320, "height": 640})
    person.scripts = False  # axe has its own test
    sign_in(person)
    person.go("/diagnostic")
    person.page.click("button:has-text('Orienter tout de suite')")
    wide = {}
    for path in ALL_PAGES:
        person.go(path)
        wide[path] = person.page.evaluate("document.documentElement.scrollWidth")
    assert {path: width for path, width in wide.items() if width > 320} == {}


def test_a_question_group_gives_way_to_the_next_for_the_mouse_never_for_the_keyboard(person_with):
    person = person_with()
    sign_in(person)
    person.go("/diagnostic")
    for number in (1, 2, 3):
        person.page.focus(f"#q{number}-0")
        person.page.keyboard.press("Space")
    person.page.wait_for_timeout(600)
    assert person.page.locator("#q3-0").is_visible() and person.page.locator("#q4-0").is_hidden()
    person.click("button:has-text('Se débrouiller en ligne')")
    assert person.page.locator("#q4-0").is_visible()
    person.click("button:has-text('Le matériel')")
    assert person.page.locator("#q1-0").is_checked()


def test_the_language_of_the_interpreter_is_asked_only_when_one_is_needed(person_with):
    person = person_with(scripts=False)
    sign_in(person)
    person.go("/diagnostic")
    assert person.page.locator("#language").is_hidden()
    person.click("label:has(input[value=interprete])")
    assert person.page.locator("#language").is_visible()


def test_a_double_click_sends_once(person_with):
    person = person_with()
    sign_in(person)
    person.go("/attestations/passage")
    person.fill(first_name="Élise", last_name="Lambert")
    person.page.locator('button:has-text("Faire l\'attestation")').dblclick()
    person.page.wait_for_url(re.compile(r"/attestations/\d+$"))
    person.go("/attestations")
    assert person.page.locator(".rows a").count() == 1


def test_first_view_is_light(person_with):
    person = person_with()
    person.scripts = False
    sent = []
    person.page.on("response", lambda response: sent.append(response))
    sign_in(person)
    sent.clear()
    person.go("/rendez-vous?motif=1")
    person.page.wait_for_load_state("networkidle")
    assert len(sent) <= 8
    assert all(response.url.startswith(person.address) for response in sent)
    assert sum(response.request.sizes()["responseBodySize"] for response in sent) <= 60 * 1024
