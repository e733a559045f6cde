"""The foot of each screen of a kiosk: a setting is changed without leaving the screen; its language, its direction."""

from __future__ import annotations

import pytest

from counter.languages import Language
from tests.kiosks import enrolled
from tests.pages import Visitor, text_of
from tests.views.test_kiosk import book, to_the_summary, touch

PRACTICE = "/borne/entrainement/creer-mon-compte"


@pytest.fixture
def person(app) -> Visitor:
    return enrolled(app)


def larger(person: Visitor) -> str:
    """Press « Plus grand » on the screen; the address this leads to."""
    form = person.page.form("/borne/confort", having="retour")
    person._read(
        person.client.post(form["action"], data=form["values"] | {"choix": "grand"}, follow_redirects=True), 200
    )
    return person.page.url


# ── where one stays ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("url", ["/borne/fiche/dtr-rsa/etape/3", "/borne/point/4", "/borne", "/borne/langue"])
def test_a_comfort_button_stays_on_the_screen_and_changes_it(person, url):
    h1 = person.get(url).h1
    assert larger(person) == url and person.page.h1 == h1
    assert 'class="falc kiosk grand"' in person.page.html


def test_a_comfort_button_stays_on_the_screen_of_an_exercise(person):
    person.get(PRACTICE)
    person.submit({}, action=PRACTICE)
    assert person.page.url == f"{PRACTICE}/ecran/1"
    assert larger(person) == f"{PRACTICE}/ecran/1"


def test_a_comfort_button_keeps_the_appointment_and_its_code_on_the_screen(person):
    book(person)
    url, h1 = person.page.url, person.page.h1
    assert h1 == "Votre rendez-vous est noté"
    assert larger(person) == url and person.page.h1 == h1


def test_a_comfort_button_stays_among_the_choices_that_were_turned_to(person):
    person.get("/borne/demarches/sujets/demander?suite=2")
    shown = person.page.links()
    larger(person)
    assert person.page.links().keys() == shown.keys() and "Les choix d'avant" in shown


def test_a_page_that_is_not_there_leads_home_rather_than_to_itself(person):
    person.get("/borne/fiche/bailleur-loyer", expect=404)
    assert larger(person) == "/borne"


def ask_for_a_language(person: Visitor, **written: str) -> None:
    """Touch « Langue »."""
    person.post("/borne/langue", person.page.form("/borne/langue")["values"] | written)


@pytest.mark.parametrize("screen", ["mon-rendez-vous/code", "je-suis-la/code", "chercher"])
def test_what_is_being_written_comes_back_after_a_setting(person, screen):
    person.get(f"/borne/{screen}")
    values = person.page.form("/borne/confort")["values"]
    page = person.post("/borne/confort", values | {"choix": "grand", "ecrit": "ABCD"})  # as kiosk.js sends it
    assert page.url == f"/borne/{screen}" and 'value="ABCD"' in page.html
    ask_for_a_language(person, ecrit="ABCDE")
    page = touch(person, "pt", "langue")
    assert page.url == f"/borne/{screen}" and 'value="ABCDE"' in page.html and 'lang="pt"' in page.html
    person.get("/borne")
    assert "ABCDE" not in person.get(f"/borne/{screen}").html


def test_a_language_is_chosen_and_the_screen_it_was_asked_from_comes_back_in_it(person):
    person.get("/borne/demarches/sujets/demander?suite=2")
    ask_for_a_language(person)
    assert person.page.link("Retour") == "/borne/demarches/sujets/demander?suite=2"
    larger(person)
    ask_for_a_language(person)
    touch(person, "pt", "langue")
    assert person.page.url == "/borne/demarches/sujets/demander" and 'lang="pt"' in person.page.html
    assert "suite=1" in person.page.html


@pytest.mark.parametrize(
    "target", ["https://exemple.fr/", "//exemple.fr", "/connexion", "/bornes", "/borne\\..\\x", ""]
)
def test_the_way_back_is_a_page_of_the_kiosk_whoever_asks_for_another(person, target):
    for act, value in (("langue", {"langue": "fr"}), ("confort", {"choix": "grand"})):
        answer = person.client.post(f"/borne/{act}", data=value | {"retour": target})
        assert answer.headers["Location"] == "/borne"
    page = person.get("/borne/langue", query_string={"retour": target})
    assert page.link("Retour") == "/borne"
    assert page.form("/borne/langue")["values"]["retour"] == ["/borne"]


# ── in its language and direction ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("uk", "ltr"), ("fr", "ltr")])
def test_under_an_exercise_in_french_the_foot_and_the_question_say_their_own_language(person, language, direction):
    person.client.post("/borne/langue", data={"langue": language})
    page = person.get(PRACTICE)
    assert page.root.get("lang") == "fr"
    for part in (page.all("footer")[0], page.all("dialog")[0]):
        assert (part.get("lang"), part.get("dir")) == (language, direction)


@pytest.mark.parametrize(("url", "direction"), [("/borne/mon-rendez-vous/code", "ltr"), ("/borne/chercher", None)])
def test_a_code_is_written_from_left_to_right_words_as_their_language_is(person, url, direction):
    person.client.post("/borne/langue", data={"langue": "ar"})
    typed = next(field for field in person.get(url).all("input") if field.get("class") == "typed")
    assert typed.get("dir") == direction


@pytest.mark.parametrize("url", ["/borne/fiche/dtr-rsa", "/borne/point"])
def test_the_link_that_begins_says_that_it_leads_on(person, url):
    (begin,) = [link for link in person.get(url).all("a") if "Commencer" in text_of(link)]
    assert begin.get("rel") == "next"


@pytest.mark.parametrize("language", [language for language in Language if language is not Language.FRENCH])
def test_what_is_asked_for_at_a_booking_is_in_the_language_of_the_person(person, language):
    to_the_summary(person)
    person.client.post("/borne/langue", data={"langue": language})
    for screen in ("prenom", "nom", "telephone"):
        page = person.get(f"/borne/rendez-vous/{screen}")
        assert "Votre" not in page.h1 and '<span lang="fr"' not in page.html
        assert "Votre" not in text_of(page.all("label")[0])


def test_too_many_tries_are_told_in_the_language_of_the_person(person):
    person.client.post("/borne/langue", data={"langue": "en"})
    person.post("/borne/mon-rendez-vous/code", {"code": "AAAA2222", "fini": "oui"})
    for tries in range(11):
        person.post("/borne/mon-rendez-vous/naissance/jour", {"choix": "7"})
        page = person.post("/borne/mon-rendez-vous/naissance/mois", {"choix": "3"}, expect=422 if tries < 10 else 429)
    assert (
        "There were too many tries. Wait 15 minutes, then try again." in page.text
        and '<span lang="fr"' not in page.html
    )
