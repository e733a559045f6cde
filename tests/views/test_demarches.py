"""Guided démarches: found by their words, prepared, followed step by step, printed."""

from __future__ import annotations

import pytest

from counter.tutorials.loader import load_catalogue
from tests.papers import qr_codes_of_pdf, text_of_pdf

SHEETS = load_catalogue().tutorials


@pytest.mark.parametrize("slug", SHEETS)
def test_a_sheet_is_followed_from_its_first_step_to_its_last(camille, slug):
    sheet = SHEETS[slug]
    page = camille.get(f"/demarches/{slug}")
    assert page.h1 == sheet.title and all(item.replace("**", "") in page.text for item in sheet.bring)
    assert all(sentence.replace("**", "") in page.text for sentence in sheet.stuck + sheet.helps)
    page = camille.get(page.link("Commencer"))
    for number, step in enumerate(sheet.steps, 1):
        assert page.h1 == step.title
        assert f"étape {number} sur {len(sheet.steps)}" in page.text
        assert all(sentence.replace("**", "") in page.text for sentence in step.sentences)
        assert step.picture.text in page.text
        if number < len(sheet.steps):
            page = camille.get(page.link("Après"))
    page = camille.submit(action=f"/demarches/{slug}/terminer")
    assert page.h1 == "C'est fait" and f"Démarche : {sheet.title}" in page.root_text()
    assert all(SHEETS[follow_up].title in page.text for follow_up in sheet.follow_ups)


@pytest.mark.parametrize("slug", SHEETS)
def test_the_booklet_holds_every_step_in_fourteen_points_and_leads_to_the_official_site(camille, slug):
    sheet = SHEETS[slug]
    booklet = camille.file(f"/demarches/{slug}/livret.pdf")
    text = text_of_pdf(booklet)
    for number, step in enumerate(sheet.steps, 1):
        assert f"{number}. {step.title}" in text
    assert qr_codes_of_pdf(booklet) == [sheet.address]


def test_going_back_from_the_first_step_leads_to_the_sheet(camille):
    page = camille.get("/demarches/dtr-rsa/etape/1")
    assert page.link("Avant") == "/demarches/dtr-rsa"
    assert camille.get("/demarches/dtr-rsa/etape/0").h1 == SHEETS["dtr-rsa"].title
    assert camille.get("/demarches/dtr-rsa/etape/99").h1 == SHEETS["dtr-rsa"].title


def test_the_sheet_proposes_an_appointment_with_the_right_motif(camille):
    page = camille.get("/demarches/changement-adresse/fin")
    assert "Motif : Ma situation change" in camille.get(page.link("Prendre un rendez-vousMa situation change")).text


def test_a_person_who_is_stuck_finds_an_appointment_with_its_motif_and_the_workshops(camille):
    page = camille.get("/demarches/changement-adresse")
    assert "Motif : Ma situation change" in camille.get(page.link("Prendre un rendez-vous")).text
    assert camille.get("/demarches/changement-adresse").link("Voir les ateliers") == "/ateliers"
    assert "Prendre un rendez-vous" not in camille.get("/demarches/prendre-rdv-en-ligne").links()
