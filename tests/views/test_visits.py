"""A visit: one click to start, anonymous, everything added to it, closed with a summary."""

from __future__ import annotations

from tests.papers import text_of_pdf
from tests.views.test_appointments import book, choose


def test_one_click_starts_a_visit_and_the_bar_shows_it(camille, clock):
    camille.submit(action="/accompagnement/commencer")
    assert "Accompagnement en cours à l'instant" in camille.page.root_text()
    clock.advance(minutes=6)
    assert "Accompagnement en cours depuis 6 min" in camille.get("/demarches").root_text()


def test_a_step_starts_the_visit_when_the_agent_did_not(camille):
    camille.get("/demarches/me-connecter/etape/9")
    camille.submit(action="/demarches/me-connecter/terminer")
    assert "Démarche : Me connecter à Mon Compte" in camille.page.root_text()


def test_closing_asks_nature_and_outcome_and_proposes_from_what_was_done(camille):
    camille.get("/demarches/me-connecter/etape/9")
    camille.submit(action="/demarches/me-connecter/terminer")
    page = camille.get("/accompagnement/terminer")
    assert page.form(having="nature")["values"]["nature"] == ["accompagnement"]
    page = camille.submit(having="nature", expect=422)
    assert page.errors() == ["Dites si la demande est réglée."]
    page = camille.submit({"solved": "oui"}, having="nature")
    assert page.h1 == "C'est terminé"
    assert "Nature : Accompagnement. Oui, c'est réglé." in page.text
    assert "Accompagnement en cours" not in page.root_text()


def test_the_summary_on_paper_tells_what_was_done(camille, clock):
    camille.get("/demarches/me-connecter/etape/9")
    camille.submit(action="/demarches/me-connecter/terminer")
    clock.advance(minutes=12)
    camille.get("/accompagnement/terminer")
    page = camille.submit({"nature": "information", "solved": "non"}, having="nature")
    paper = text_of_pdf(camille.file(page.link("Imprimer le résumé")))
    assert "mardi 24 novembre 2026, de 9 h à 9 h 12" in paper
    assert "9 h — Démarche : Me connecter à Mon Compte" in paper
    assert "Il reste quelque chose à faire" in paper
    assert "page 1 sur 1" in paper


def test_a_visit_closed_in_another_tab_is_not_closed_twice(camille):
    camille.submit(action="/accompagnement/commencer")
    first = camille.get("/accompagnement/terminer").form(having="nature")
    camille.submit({"nature": "information", "solved": "oui"}, having="nature")
    page = camille.post(first["action"], first["values"] | {"nature": "orientation", "solved": "non"})
    assert page.h1 == "Accompagnement" and "Aucun accompagnement en cours" in page.text


def test_a_visit_forgotten_for_hours_is_not_carried_over_to_the_next_person(camille, clock):
    camille.submit(action="/accompagnement/commencer")
    for _ in range(10):
        clock.advance(minutes=25)
        page = camille.get("/")
    assert "Accompagnement en cours" not in page.root_text()
    camille.submit(action="/accompagnement/commencer")
    assert "à l'instant" in camille.page.root_text()


def test_one_agent_never_sees_the_visit_of_another(camille, sacha):
    camille.submit(action="/accompagnement/commencer")
    camille.get("/accompagnement/terminer")
    closed = camille.submit({"nature": "information", "solved": "oui"}, having="nature").url
    sacha.get(closed, expect=404)
    sacha.file(f"{closed}/fiche.pdf", expect=404)


def test_the_bar_says_in_words_how_many_of_each_were_done(camille):
    camille.get("/demarches/me-connecter/etape/9")
    camille.submit(action="/demarches/me-connecter/terminer")
    for count in (1, 2, 3):
        choose(camille)
        book(camille, first_name=f"{'Zoé' * count}")
        said = [" ".join(item.text_content().split()) for item in bar_of(camille.page)]
        assert said[0] == "Démarche" and len(said) == 2
        assert said[1] == ("Rendez-vous : Ma situation change" if count == 1 else f"{count} rendez-vous")


def bar_of(page) -> list:
    """What the bar of the visit shows, one picture each."""
    bar = next(part for part in page.all("div") if part.get("class") == "visit")
    assert not [part for part in bar.iter("span") if "visually-hidden" in (part.get("class") or "")]
    return list(bar.iter("li"))
