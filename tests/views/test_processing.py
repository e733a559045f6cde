"""The dates the Caf is treating, on the home page."""

from __future__ import annotations


def test_the_home_page_tells_what_the_caf_treats_and_since_when(camille, clock):
    text = camille.get("/").text
    assert "Les demandes de RSA et d'AAHreçues avant le 17 novembre" in text
    assert "Mis à jour le mardi 24 novembre à 9 h" in text
    clock.advance(days=8)
    camille.sign_in("camille", "Bonjour-2026")
    assert "à vérifier" in camille.get("/").text


def test_an_agent_copies_new_dates_and_an_empty_one_changes_nothing(camille, sacha):
    camille.get("/delais")
    values = {"rsa_aah-jour": "20", "rsa_aah-mois": "11", "others-jour": "", "others-mois": ""}
    text = camille.submit(values, having="rsa_aah-jour").text
    assert "AAHreçues avant le 20 novembre" in text and "demandesreçues avant le 6 novembre" in text
    assert "17 novembre" in sacha.get("/").text


def test_a_date_of_next_month_is_read_as_last_years(camille):
    camille.get("/delais")
    assert "12 décembre" in camille.submit({"rsa_aah-jour": "12", "rsa_aah-mois": "12"}, having="rsa_aah-jour").text


def test_an_impossible_date_is_said(camille):
    camille.get("/delais")
    page = camille.submit({"others-jour": "31", "others-mois": "4"}, having="others-jour", expect=422)
    assert page.errors() == ["Ce jour n'existe pas : avril a 30 jours."]
