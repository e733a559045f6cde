"""Freshness: old sheets say so to agents, errors are reported in two clicks and settled, use is counted by month."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from counter.models import SheetReport
from counter.tutorials.loader import load_catalogue
from tests.pages import Visitor, text_of

SHEET = load_catalogue().tutorials["dtr-rsa"]
OLD = "Fiche vérifiée sur un document de mai 2025 : contrôlez sur caf.fr avant de guider."


@pytest.fixture
def dominique(app) -> Visitor:
    """The administrator."""
    return Visitor(app).sign_in("dominique", "Bonjour-2026")


def checked_on(app, day: date) -> None:
    app.extensions["counter"].catalogue.tutorials["dtr-rsa"] = replace(SHEET, checked_on=day)


def report(agent, reason: str = "lien", step: int = 3, **more):
    agent.get(f"/demarches/dtr-rsa/etape/{step}" if step else "/demarches/dtr-rsa")
    return agent.submit({"raison": reason, **more}, action="/demarches/dtr-rsa/erreur")


def rows(app) -> list[SheetReport]:
    with app.extensions["counter"].main.reading() as session:
        return list(session.scalars(select(SheetReport).order_by(SheetReport.id)))


def test_an_old_sheet_says_so_to_the_agent_and_never_in_the_persons_view(app, camille):
    checked_on(app, date(2025, 5, 5))
    assert OLD in camille.get("/demarches/dtr-rsa").text
    assert OLD in camille.get("/demarches/dtr-rsa/etape/1?vue=agent").text
    assert "contrôlez" not in camille.get("/demarches/dtr-rsa/etape/1?vue=personne").text
    checked_on(app, date(2025, 11, 24))  # twelve months to the day
    assert "contrôlez" not in camille.get("/demarches/dtr-rsa").text
    assert "contrôlez" not in camille.get("/demarches/dtr-rsa/etape/1?vue=agent").text


def test_an_error_reported_at_a_step_reaches_the_administrator_and_is_settled(app, camille, dominique):
    page = report(camille, text="Le lien mène à une page vide.")
    assert page.h1 == SHEET.steps[2].title and "L'erreur est signalée" in page.text
    page = dominique.get("/administration/fiches")
    told = f"{SHEET.title}, étape 3 Lien mort : Le lien mène à une page vide. (Camille Démo)"
    assert told in page.text and page.link(f"{SHEET.title}, étape 3").startswith("/demarches/dtr-rsa/etape/3")
    (row,) = rows(app)
    page = dominique.submit(action=f"/administration/fiches/erreur/{row.id}")
    assert "Aucune erreur à régler." in page.text
    (row,) = rows(app)
    assert row.settled_at and row.text is None, "what was typed is forgotten once it is settled"


def test_an_error_can_be_reported_without_a_word_and_is_kept_once_when_sent_twice(app, camille):
    report(camille, "texte", step=0)
    fields = camille.get("/demarches/dtr-rsa/etape/2").form(having="text")["values"] | {"raison": "bouton"}
    for _ in range(2):
        camille.post("/demarches/dtr-rsa/erreur", fields)
    assert [(r.step, r.reason, r.text) for r in rows(app)] == [(0, "texte", None), (2, "bouton", None)]


def test_what_is_typed_in_a_report_is_encrypted(app, camille):
    report(camille, text="phrase-reconnaissable")
    database = app.extensions["counter"].settings.instance
    assert rows(app)[0].text == "phrase-reconnaissable"
    assert not any(b"phrase-reconnaissable" in file.read_bytes() for file in database.glob("counter.sqlite*"))


@pytest.mark.parametrize("values", [{"raison": "n'importe"}, {}, {"raison": "lien", "text": "x" * 201}])
def test_a_report_that_does_not_hold_is_refused_with_a_sentence(app, camille, values):
    fields = camille.get("/demarches/dtr-rsa/etape/2").form(having="text")["values"]
    camille.post("/demarches/dtr-rsa/erreur", fields | values, expect=422)
    assert rows(app) == []


def test_a_report_on_a_sheet_that_is_gone_can_still_be_settled(app, camille, dominique):
    report(camille)
    del app.extensions["counter"].catalogue.tutorials["dtr-rsa"]
    assert "Fiche enlevée : dtr-rsa" in dominique.get("/administration/fiches").text
    assert "Aucune erreur" in dominique.submit(action=f"/administration/fiches/erreur/{rows(app)[0].id}").text
    dominique.post("/administration/fiches/erreur/999", expect=404)


def test_the_oldest_sheet_comes_first_with_its_age_and_its_use(app, camille, dominique):
    checked_on(app, date(2015, 3, 1))
    camille.get("/demarches/dtr-rsa/etape/1")
    camille.post("/demarches/dtr-rsa/terminer", {"suite": "faite"})
    page = dominique.get("/administration")
    page = dominique.get(page.link("Les fiches"))
    first = page.all("tr")[1]
    assert [text_of(cell) for cell in first] == [SHEET.title, "mars 2015", "140 mois, à vérifier", "1", "1"]
    page = dominique.get(page.link(SHEET.title))
    assert [text_of(cell) for cell in page.all("tr")[1]] == ["novembre 2026", "1", "1"]
    assert "n'a pas encore servi" in dominique.get("/administration/fiches/me-connecter").text
