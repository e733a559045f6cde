"""Workshops at the counter: prepare, enrol, wait, call, note who came."""

from __future__ import annotations

import io
from itertools import pairwise

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from counter.demonstration import PASSWORD
from counter.models import Site, Workshop
from tests.pages import Visitor
from tests.papers import heights_of_words_in_pdf, text_of_pdf

NEW = {"title": "Mes premiers pas", "site": "5", "day-jour": "1", "day-mois": "12", "starts": "14 h 30",
       "duration": "90", "places": "1"}  # fmt: skip


@pytest.fixture
def room(camille) -> str:
    """The address of a workshop with one place."""
    camille.get("/ateliers/nouveau")
    return camille.submit(NEW, having="places").url


def enrol(person, room: str, first: str, phone: str = ""):
    person.get(room)
    return person.submit({"first_name": first, "last_name": "Exemple", "phone": phone}, having="first_name")


def told_form(page) -> str:
    """Where the first « C'est fait » of the page goes."""
    return next(f.get("action") for f in page.all("form") if (f.get("action") or "").endswith("/prevenu"))


def test_a_workshop_is_prepared_and_shown_with_its_places(camille, room):
    text = camille.get(room).text
    assert "Mardi 1er décembre à 14 h 30" in text and "0 sur 1 places" in text
    assert "Mes premiers pas" in camille.get("/ateliers").text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"starts": "tantôt"}, "Écrivez l'heure comme 14 h 30."),
        ({"places": "0"}, "Écrivez le nombre de places en chiffres, entre 1 et 200."),
        (
            {"starts": "23 h 30", "duration": "480"},
            "L'atelier finirait après minuit : écrivez une durée plus courte, ou une heure plus tôt.",
        ),
        ({"places": ""}, "Écrivez le nombre de places."),
        ({"duration": "²²"}, "Écrivez la durée en minutes, en chiffres, entre 15 et 480."),
        ({"day-jour": "31", "day-mois": "11"}, "Ce jour n'existe pas : novembre a 30 jours."),
        ({"site": "7"}, "Choisissez une des réponses proposées."),
        (
            {"day-jour": "20", "day-mois": "11"},
            "Le 20 novembre est passé : écrivez un jour à venir, avec son année s'il est l'année prochaine.",
        ),
        (
            {"day-jour": "20", "day-mois": "11", "day-annee": "2026"},
            "Le 20 novembre 2026 est passé : écrivez un jour à venir.",
        ),
        (
            {"day-jour": "29", "day-mois": "2"},
            "Il n'y a pas de 29 février avant 2028 : écrivez un autre jour, ou ajoutez l'année.",
        ),
        ({"day-jour": "29", "day-mois": "2", "day-annee": "2027"}, "Ce jour n'existe pas : février 2027 a 28 jours."),
        ({"day-annee": "27"}, "Écrivez l'année avec ses quatre chiffres, par exemple 2027."),
        ({"day-annee": "2062"}, "Le 1er décembre 2062, c'est dans plus de deux ans : vérifiez l'année."),
        (
            {"day-jour": "24", "day-mois": "11", "starts": "9 h"},
            "Cette heure est déjà passée : écrivez une heure à venir, ou un autre jour.",
        ),
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_the_rest(camille, typed, sentence):
    camille.get("/ateliers/nouveau")
    values = NEW | typed
    form = camille.page.form(having="places")
    page = camille.post(form["action"], form["values"] | values, expect=422)
    assert page.errors() == [sentence]
    assert page.form(having="places")["values"]["title"] == ["Mes premiers pas"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"day-jour": "24", "day-mois": "11", "starts": "9 h 30"}, "mardi 24 novembre à 9 h 30"),
        ({"day-jour": "20", "day-mois": "4"}, "mardi 20 avril 2027 à 14 h 30"),
        ({"day-jour": "20", "day-mois": "11", "day-annee": "2027"}, "samedi 20 novembre 2027 à 14 h 30"),
        ({"day-jour": "29", "day-mois": "2", "day-annee": "2028"}, "mardi 29 février 2028 à 14 h 30"),
    ],
)
def test_the_list_says_the_year_of_a_session_of_another_year(camille, typed, said):
    camille.get("/ateliers/nouveau")
    camille.submit(NEW | typed, having="places")
    assert f"{said}, " in camille.get("/ateliers").text


def test_a_person_is_enrolled_with_a_paper_and_the_next_waits(camille, room):
    page = enrol(camille, room, "Alix")
    assert page.h1 == "La personne est inscrite" and "Atelier : Mes premiers pas" in page.root_text()
    paper = text_of_pdf(camille.file(page.link("Imprimer le papier")))
    assert "Alix Exemple" in paper and "mardi 1er décembre 2026 à 14 h 30" in paper
    page = enrol(camille, room, "Noé", "0199001234")
    assert page.h1 == "Sur la liste d'attente"
    assert "liste d'attente" in text_of_pdf(camille.file(page.link("Imprimer le papier")))
    assert "Complet" in camille.get("/ateliers").text


def test_a_place_given_back_names_the_person_to_call(camille, room):
    first = enrol(camille, room, "Alix").url
    enrol(camille, room, "Noé", "0199001234")
    camille.get(first)
    page = camille.submit(action=f"{first}/annuler")
    paper = text_of_pdf(camille.file(f"{first}/papier.pdf"))
    assert "Cette inscription est annulée" in paper and "Vous ne pouvez pas venir" not in paper
    assert "La place va à Noé Exemple" in page.text and "À prévenir : Noé Exemple" in page.text
    assert "01 99 00 12 34" in page.text
    assert "À prévenir" not in camille.submit(action=told_form(page)).text


def test_before_it_is_given_back_it_is_said_who_gets_the_place(camille, room):
    first = enrol(camille, room, "Alix")
    assert "La place sera libre." in first.text and "qui attend" not in first.text
    enrol(camille, room, "Noé", "0199001234")
    text = camille.get(first.url).text
    assert "La place va à la première personne qui attend." in text and "sera libre" not in text


def test_cancelled_in_another_tab_the_place_is_not_said_free_again(camille, room):
    first = enrol(camille, room, "Alix").url
    form = camille.page.form(action=f"{first}/annuler")
    assert "La place est libre." in camille.post(form["action"], form["values"]).text
    page = camille.post(form["action"], form["values"])
    assert "L'inscription était déjà annulée." in page.text and "La place est libre." not in page.text


def test_who_only_waits_leaves_the_list(camille, room):
    enrol(camille, room, "Alix")
    waiting = enrol(camille, room, "Noé", "0199001234")
    assert "Son nom est enlevé de la liste d'attente." in waiting.text
    page = camille.submit(action=f"{waiting.url}/annuler")
    assert "Son nom n'est plus sur la liste d'attente." in page.text and "libre" not in page.text


def test_who_gets_a_place_elsewhere_is_not_named_to_who_did_not_enrol_them(app, camille, database):
    with database.writing() as session:
        lyon = session.scalar(select(Workshop).join(Workshop.site).where(Site.short_name == "Lyon 3"))
        lyon.places, room = 1, f"/ateliers/{lyon.id}"
    first = enrol(camille, room, "Alix").url
    enrol(Visitor(app).sign_in("dominique", PASSWORD), room, "Noé", "0199001234")
    camille.get(first)
    page = camille.submit(action=f"{first}/annuler")
    assert "Le lieu qui reçoit la prévient." in page.text and "Noé" not in page.text


def test_the_same_person_typed_again_takes_no_second_place(camille):
    camille.get("/ateliers/nouveau")
    room = camille.submit(NEW | {"places": "4"}, having="places").url
    enrol(camille, room, "Alix", "01 99 00 12 34")
    camille.get(room)
    page = camille.submit(
        {"first_name": "alix", "last_name": "EXEMPLE", "phone": "0199001234"}, having="first_name", expect=422
    )
    assert page.errors() == [
        "Une personne de ce nom, avec ce numéro, est déjà dans la liste des inscrits. Si c'est quelqu'un d'autre, "
        "ajoutez son deuxième prénom."
    ]
    assert page.form(having="first_name")["values"]["last_name"] == ["EXEMPLE"] and "1 sur 4 places" in page.text
    assert "La personne est inscrite" in enrol(camille, room, "Alix Noé", "0199001234").h1


def test_a_form_sent_twice_is_one_enrolment(camille, room):
    form = camille.get(room).form(having="first_name")
    typed = form["values"] | {"first_name": "Alix", "last_name": "Exemple"}
    assert camille.post(form["action"], typed).url == camille.post(form["action"], typed).url
    assert "1 sur 1 places" in camille.get(room).text


def test_who_waits_without_a_number_is_not_promised_a_call(camille, room):
    enrol(camille, room, "Alix")
    assert "Téléphone (facultatif)" not in camille.get(room).text
    noe = {"first_name": "Noé", "last_name": "Exemple"}
    page = camille.submit(noe, having="first_name", expect=422)
    assert page.errors() == [
        "L'atelier est complet. Écrivez un numéro pour prévenir la personne, ou cochez qu'elle repassera."
    ]
    page = camille.submit({"returns": "repassera"}, having="first_name")
    assert page.h1 == "Sur la liste d'attente"
    paper = text_of_pdf(camille.file(page.link("Imprimer le papier")))
    assert "Repassez à l'accueil" in paper and "appelons" not in paper


def test_the_last_place_taken_meanwhile_a_number_is_asked_for(app, camille, room):
    form = camille.get(room).form(having="first_name")
    assert "returns" not in form["names"]
    enrol(Visitor(app).sign_in("camille", PASSWORD), room, "Alix")
    page = camille.post(form["action"], form["values"] | {"first_name": "Noé", "last_name": "Essai"}, expect=422)
    assert "cochez qu'elle repassera" in page.text and "returns" in page.form(having="first_name")["names"]


def on_the_day(app, clock, days: int = 7, hours: int = 6) -> Visitor:
    """Camille, so many days later; half an hour after it began, when not said otherwise."""
    clock.advance(days=days, hours=hours)
    return Visitor(app).sign_in("camille", PASSWORD)


def test_the_attendance_sheet_lists_who_holds_a_place_and_presence_is_noted(app, clock, camille, room):
    enrol(camille, room, "Alix")
    enrol(camille, room, "Noé", "0199001234")
    camille = on_the_day(app, clock)
    sheet = text_of_pdf(camille.file(camille.get(room).link("Feuille de présence")))
    assert "Alix Exemple" in sheet and "Noé" not in sheet and "Signature" in sheet
    number = camille.page.form(action=f"{room}/presences")
    page = camille.submit({"present": "1"}, action=number["action"])
    assert "Les présences sont notées." in page.text and "Alix Exemple a participé" in page.text


def test_a_long_name_stands_whole_in_its_own_line_of_the_attendance_sheet(camille, room):
    first = "Marie-Clémentine Anne Louise Charlotte Joséphine Élisabeth Antoinette"
    last = "Rakotondramanana-Andriamihajasoa-Ravelo"
    camille.get(f"{room}/changer")
    camille.submit({"places": "4"}, having="places")
    for again in ("Alix", "Bao", "Chloé"):
        camille.get(room)
        camille.submit({"first_name": f"{first} {again}", "last_name": last}, having="first_name")
    sheet = camille.file(camille.get(room).link("Feuille de présence"))
    lines = heights_of_words_in_pdf(sheet, f"{first} {last} Alix Bao Chloé")
    assert len(lines) == 9 and all(above - under > 12 for under, above in pairwise(lines)), "no line on another"
    assert text_of_pdf(sheet).count(last) == 3, "no word is cut"


def test_presence_is_not_offered_before_the_hour_and_is_refused(app, clock, camille, room):
    enrolled = enrol(camille, room, "Alix").url
    camille = on_the_day(app, clock, hours=4)
    page = camille.get(room)
    assert "Noter les présences" not in page.text
    assert "Les présences se notent à partir de 14 h 30, le jour de l'atelier." in page.text
    page = camille.post(f"{room}/presences", {"present": "1"})
    assert "Cet atelier n'a pas encore commencé" in page.text and "Alix Exemple place gardée" in page.text
    assert "Annuler l'inscription" in camille.get(enrolled).text


def test_with_nobody_ticked_presence_is_noted_only_once_it_is_said_that_nobody_came(app, clock, camille, room):
    enrol(camille, room, "Alix")
    camille = on_the_day(app, clock)
    camille.get(room)
    page = camille.submit(action=f"{room}/presences", expect=409)
    assert (
        "Aucune personne de la liste n'est cochée : rien n'est changé." in page.text
        and "Alix Exemple place gardée" in page.text
    )
    page = camille.submit({"nobody": "oui"}, action=f"{room}/presences")
    assert "Les présences sont notées." in page.text and "Alix Exemple absence" in page.text


def test_who_was_enrolled_since_the_page_was_opened_stays_to_be_noted(app, clock, camille):
    camille.get("/ateliers/nouveau")
    room = camille.submit(NEW | {"places": "2"}, having="places").url
    enrol(camille, room, "Alix")
    camille = on_the_day(app, clock)
    stale = camille.get(room).form(action=f"{room}/presences")
    camille.submit({"first_name": "Noé", "last_name": "Exemple", "at_door": ""}, having="first_name")
    page = camille.post(stale["action"], stale["values"] | {"present": "1"})
    assert "La liste a changé depuis que vous avez ouvert cette page : vérifiez pour Noé Exemple." in page.text
    assert "Alix Exemple a participé" in page.text and "Noé Exemple place gardée" in page.text
    assert "Les présences sont notées, mais pas toutes." in page.text
    page = camille.submit({"present": ["1", "2"]}, action=stale["action"])
    assert "Noé Exemple a participé" in page.text and "vérifiez" not in page.text and "pas toutes" not in page.text


def test_presence_is_noted_and_corrected_the_next_day_from_the_list_of_past_sessions(app, clock, camille, room):
    cancelled = enrol(camille, room, "Alix").url
    camille = on_the_day(app, clock, days=8)
    page = camille.get("/ateliers")
    assert "Passés" in page.text and "Présences à noter" in page.text
    camille.get(page.link("Mes premiers pas"))
    camille.submit({"present": "1"}, action=f"{room}/presences")
    assert "Alix Exemple a participé" in camille.page.text
    camille.submit({"present": []}, action=f"{room}/presences", expect=409)
    page = camille.submit({"nobody": "oui"}, action=f"{room}/presences")
    assert "Alix Exemple absence" in page.text and "Annuler" not in camille.get(cancelled).text
    assert "1 inscrit" in camille.get("/ateliers").text and "à noter" not in camille.page.text


def test_a_session_over_takes_back_no_place_and_calls_nobody(app, clock, camille, room):
    first = enrol(camille, room, "Alix").url
    enrol(camille, room, "Noé", "0199001234")
    camille = on_the_day(app, clock, days=8)
    assert "Annuler" not in camille.get(first).text
    assert "l'inscription ne s'annule plus" in camille.post(f"{first}/annuler").text
    assert "À prévenir" not in camille.get(room).text


def test_another_caf_does_not_see_it(camille, sacha, room):
    enrolled = enrol(camille, room, "Alix").url
    sacha.get(room, expect=404)
    sacha.get(enrolled, expect=404)
    sacha.file(f"{enrolled}/papier.pdf", expect=404)
    assert "Mes premiers pas" not in sacha.get("/ateliers").text


def test_someone_is_enrolled_at_another_site_whose_list_is_not_shown(app, camille, database):
    dominique = Visitor(app).sign_in("dominique", PASSWORD)
    with database.reading() as session:
        lyon = session.scalar(select(Workshop.id).join(Workshop.site).where(Site.short_name == "Lyon 3"))
    for person, name in ((dominique, "Fictive"), (camille, "Imaginaire")):
        person.get(f"/ateliers/{lyon}")
        page = person.submit({"first_name": "Ada", "last_name": name, "phone": "0199001234"}, having="first_name")
        assert f"Ada {name}" in page.text
    text = camille.get(f"/ateliers/{lyon}").text
    assert "2 sur 8 places" in text and "Ada Imaginaire" in text and "Fictive" not in text
    assert "Le lieu qui reçoit connaît la liste. Vous avez inscrit :" in text
    text = dominique.get(f"/ateliers/{lyon}").text
    assert "Ada Imaginaire" in text and "Ada Fictive" in text


def test_another_day_asks_to_tell_the_people_of_the_list(camille, room):
    enrol(camille, room, "Alix", "0199001234")
    camille.get(camille.get(room).link("Changer l'atelier"))
    assert camille.page.form(having="places")["values"]["starts"] == ["14\u00a0h\u00a030"]
    page = camille.submit({"day-jour": "3", "bring": "Votre téléphone\nSon chargeur"}, having="places")
    assert "Jeudi 3 décembre à 14 h 30" in page.text and "Des personnes sont à prévenir." in page.text
    assert "À prévenir : Alix Exemple" in page.text and "01 99 00 12 34" in page.text
    assert "À apporter : votre téléphone, son chargeur." in page.text
    assert "1 personne à prévenir" in camille.get("/ateliers").text
    camille.get(room)
    page = camille.submit(action=told_form(camille.page))
    assert "À prévenir" not in page.text
    paper = text_of_pdf(camille.file(camille.get(page.link("place gardée")).link("Imprimer le papier")))
    assert "jeudi 3 décembre 2026 à 14 h 30" in paper and "Son chargeur" in paper


def test_another_duration_and_other_things_to_bring_are_told_too(camille, room):
    enrol(camille, room, "Alix", "0199001234")
    page = camille.get(f"{room}/changer")
    assert "la durée, le lieu ou ce qu'il faut apporter ? Les personnes de la liste sont à prévenir" in page.text
    page = camille.submit({"duration": "120", "bring": "Votre téléphone"}, having="places")
    assert "À prévenir : Alix Exemple" in page.text and "Durée : 2 h. À apporter : votre téléphone." in page.text
    camille.submit(action=told_form(page))
    camille.get(f"{room}/changer")
    page = camille.submit({"title": "Un autre nom", "bring": "Votre téléphone\r\n"}, having="places")
    assert "L'atelier est changé." in page.text and "À prévenir" not in page.text


def test_who_gets_a_place_in_a_session_that_moved_hears_its_day_hour_and_place(camille, room):
    first = enrol(camille, room, "Alix").url
    enrol(camille, room, "Noé", "0199001234")
    camille.get(first)
    camille.submit(action=f"{first}/annuler")
    camille.get(f"{room}/changer")
    page = camille.submit({"day-jour": "3", "starts": "16 h"}, having="places")
    assert "Une place s'est libérée pour cette personne. À dire : jeudi 3 décembre à 16 h, France Services" in page.text


def test_who_was_told_of_a_change_is_still_to_be_told_that_it_is_cancelled(camille, room):
    enrol(camille, room, "Alix", "0199001234")
    camille.get(f"{room}/changer")
    page = camille.submit({"day-jour": "3"}, having="places")
    stale = page.form(action=told_form(page))
    camille.submit(action=f"{room}/annuler")
    page = camille.post(stale["action"], stale["values"])
    assert "Il y a du nouveau depuis que vous avez ouvert cette page : dites-le aussi à Alix Exemple." in page.text
    assert "À prévenir : Alix Exemple" in page.text and "il ne faut pas venir" in page.text
    page = camille.submit(action=told_form(page))
    assert "À prévenir" not in page.text and "du nouveau" not in page.text


def test_two_agents_who_change_it_at_once_do_not_overwrite_each_other_unseen(app, camille, room):
    other = Visitor(app).sign_in("camille", PASSWORD)
    for person in (camille, other):
        person.get(f"{room}/changer")
    camille.submit({"starts": "16 h"}, having="places")
    page = other.submit({"title": "Autre nom"}, having="places", expect=422)
    assert "Cette page a été changée depuis que vous l'avez ouverte" in page.root_text()
    assert "à 16 h" in camille.get(room).root_text()


def test_a_change_sent_twice_is_not_said_to_be_lost(camille, room):
    camille.get(f"{room}/changer")
    sent = camille.page.form(having="places")["values"] | {"starts": "16h30", "bring": "Un  stylo"}
    for _ in range(2):
        page = camille.post(f"{room}/changer", sent)
        assert "L'atelier est changé." in page.text and "à 16 h 30" in page.root_text()


def test_fewer_places_than_people_are_refused_with_what_was_typed(app, camille):
    camille.get("/ateliers/nouveau")
    room = camille.submit(NEW | {"places": "2"}, having="places").url
    for name in ("Alix", "Noé"):
        enrol(camille, room, name)
    camille.get(f"{room}/changer")
    page = camille.submit({"title": "Autre nom", "places": "1"}, having="places", expect=422)
    assert page.errors() == ["2 personnes ont déjà une place : écrivez 2 ou plus, ou annulez d'abord des inscriptions."]
    assert page.form(having="places")["values"]["title"] == ["Autre nom"]


def test_an_hour_that_has_begun_stays_and_the_past_is_not_changed(app, clock, camille, room):
    camille = on_the_day(app, clock)
    camille.get(f"{room}/changer")
    assert "L'atelier est changé." in camille.submit({"title": "Le bon nom"}, having="places").text
    camille.get(f"{room}/changer")
    page = camille.submit({"starts": "9 h"}, having="places", expect=422)
    assert page.errors() == ["Cette heure est déjà passée : écrivez une heure à venir, ou un autre jour."]
    camille = on_the_day(app, clock, days=1, hours=0)
    assert "Changer l'atelier" not in camille.get(room).text
    assert "Cet atelier est passé : préparez-en un autre." in camille.get(f"{room}/changer").text


def test_a_session_that_is_cancelled_says_whom_to_tell_and_takes_nobody(app, camille, room):
    first = enrol(camille, room, "Alix", "0199001234").url
    enrol(camille, room, "Noé", "0199001235")
    stale = camille.get(room).form(having="first_name")
    assert "sont à prévenir\u00a0: leurs numéros" in camille.page.html
    page = camille.submit(action=f"{room}/annuler")
    assert "Cet atelier est annulé." in page.text and "À prévenir\u00a0: 2 personnes" in page.html
    assert "01 99 00 12 34" in page.text and "sur la liste d'attente" in page.text
    assert "Inscrire" not in page.text and "Feuille de présence" not in page.text
    assert "Annulé, 2 personnes à prévenir" in camille.get("/ateliers").text
    late = camille.post(stale["action"], stale["values"] | {"first_name": "Ada", "last_name": "Exemple"})
    assert "Cet atelier est annulé : choisissez le prochain." in late.text
    assert "Cet atelier est annulé : préparez-en un autre." in camille.get(f"{room}/changer").text
    page = camille.get(first)
    assert page.h1 == "Atelier annulé" and "Annuler l'inscription" not in page.text
    paper = text_of_pdf(camille.file(page.link("Imprimer le papier")))
    assert "Cet atelier est annulé" in paper and "Vous ne pouvez pas venir" not in paper


def test_who_serves_elsewhere_neither_changes_nor_cancels_it(app, camille, database):
    with database.reading() as session:
        lyon = session.scalar(select(Workshop.id).join(Workshop.site).where(Site.short_name == "Lyon 3"))
    page = camille.get(f"/ateliers/{lyon}")
    assert "Changer l'atelier" not in page.text and "Annuler l'atelier" not in page.text
    camille.get(f"/ateliers/{lyon}/changer", expect=404)
    camille.post(f"/ateliers/{lyon}/annuler", page.form(having="first_name")["values"], expect=404)


# ── a place that is shut that day ───────────────────────────────────────────────────────────────


def close(agent, day: int, site: int = 5) -> dict:
    """What closes a place, L'Arbresle when not said otherwise, on a day of December."""
    agent.get(f"/administration/lieux/{site}/fermetures/nouvelle")
    return {"first-jour": str(day), "first-mois": "12", "first-annee": "2026", "reason": "travaux"}


@pytest.mark.parametrize(
    ("day", "why"),
    [("2", "Le lieu est fermé le mercredi 2 décembre : travaux."),
     ("25", "Le vendredi 25 décembre est un jour férié (Noël).")],
)  # fmt: skip
def test_a_workshop_on_a_day_the_place_is_shut_is_asked_about_once(app, camille, day, why):
    dominique = Visitor(app).sign_in("dominique", PASSWORD)
    dominique.submit(close(dominique, 2), having="reason")
    camille.get("/ateliers/nouveau")
    page = camille.submit(NEW | {"day-jour": day}, having="places", expect=422)
    assert page.errors() == [f"{why} Écrivez un autre jour. L'atelier a quand même lieu ? Validez de nouveau."]
    page = camille.submit({}, having="places")
    assert page.h1 == "Mes premiers pas" and why in page.text
    camille.get(f"{page.url}/changer")
    assert "L'atelier est changé." in camille.submit({"title": "Un autre nom"}, having="places").text


def test_another_day_that_is_shut_too_is_asked_about_again(camille):
    camille.get("/ateliers/nouveau")
    camille.submit(NEW | {"day-jour": "25"}, having="places", expect=422)
    page = camille.submit({"day-mois": "1", "day-jour": "1"}, having="places", expect=422)
    assert page.errors()[0].startswith("Le vendredi 1er janvier 2027 est un jour férié (Jour de l'an).")
    assert camille.submit({"day-jour": "5"}, having="places").h1 == "Mes premiers pas"


def test_closing_a_place_shows_first_the_workshops_of_these_days_and_cancels_none(app, database):
    with database.reading() as session:
        lyon = session.scalar(select(Site.id).where(Site.short_name == "Lyon 3"))
    dominique = Visitor(app).sign_in("dominique", PASSWORD)
    dominique.get("/ateliers/nouveau")
    room = dominique.submit(NEW | {"site": str(lyon), "day-jour": "12"}, having="places").url
    enrol(dominique, room, "Alix")
    page = dominique.submit(close(dominique, 12, lyon), having="reason", expect=409)
    assert "1 atelier pendant la fermeture" in page.text and "1 inscrit" in page.text
    assert "changez-le ou annulez-le sur sa page" in page.text and page.link("Mes premiers pas") == room
    page = dominique.submit({}, having="reason")
    assert "La fermeture est enregistrée." in page.text
    page = dominique.get(room)
    assert "Le lieu est fermé le samedi 12 décembre : travaux. L'atelier n'a pas lieu ? Changez-le" in page.text
    assert "Annuler l'atelier" in page.text
    assert "fermé" not in dominique.submit(action=f"{room}/annuler").text


def test_who_closes_a_place_they_do_not_serve_tells_its_desk_of_the_workshops(app, camille, room):
    dominique = Visitor(app).sign_in("dominique", PASSWORD)
    page = dominique.submit(close(dominique, 1), having="reason", expect=409)
    assert "Mes premiers pas" in page.text and "prévenez l'accueil de ce lieu" in page.text
    assert room not in page.links().values()


def test_another_departement_shows_first_the_workshops_of_its_public_holidays(app, database, camille):
    """The day after Christmas, in Alsace-Moselle alone; Christmas is shut already."""
    camille.get("/ateliers/nouveau")
    room = camille.submit(NEW | {"day-jour": "26"}, having="places").url
    camille.get("/ateliers/nouveau")
    camille.submit(NEW | {"title": "Noël", "day-jour": "25"}, having="places", expect=422)
    camille.submit({}, having="places")
    dominique = Visitor(app).sign_in("dominique", PASSWORD)
    dominique.get("/administration/lieux/5")
    page = dominique.submit({"department": "67"}, having="street", expect=409)
    assert "1 atelier pendant un jour qui devient férié" in page.text and "Mes premiers pas" in page.text
    assert "Changer de département n'annule pas l'atelier : prévenez l'accueil de ce lieu." in page.text
    assert "Noël" not in page.text
    with database.reading() as session:
        assert session.get_one(Site, 5).department == "69"
    assert "Le lieu est enregistré." in dominique.submit({}, having="street").text
    assert "est un jour férié" in camille.get(room).text


def test_a_workshop_prepared_since_the_closure_was_shown_is_shown_first(app, camille, room):
    dominique = Visitor(app).sign_in("dominique", PASSWORD)
    dominique.submit(close(dominique, 1), having="reason", expect=409)
    camille.get("/ateliers/nouveau")
    camille.submit(NEW | {"title": "La suite", "starts": "16 h"}, having="places")
    page = dominique.submit({}, having="reason", expect=409)
    assert "2 ateliers pendant la fermeture" in page.text and "La suite" in page.text


def test_a_closure_of_other_days_or_of_one_opening_does_not_speak_of_the_workshop(app, camille, room):
    dominique = Visitor(app).sign_in("dominique", PASSWORD)
    dominique.submit(close(dominique, 2), having="reason")
    values = close(dominique, 1)
    opening = next(option.get("value") for option in dominique.page.all("option") if option.get("value"))
    assert "La fermeture est enregistrée." in dominique.submit(values | {"of": opening}, having="reason").text
    assert "fermé" not in camille.get(room).text


def test_who_waits_gets_a_box_once_it_has_begun_and_then_an_attestation(app, clock, camille, room):
    enrol(camille, room, "Alix")
    enrol(camille, room, "Noé", "0199001234")
    camille = on_the_day(app, clock)
    page = camille.get(room)
    assert "Cochez qui est venu, liste d'attente comprise." in page.text
    page = camille.submit({"present": ["2"]}, action=f"{room}/presences")
    assert "Alix Exemple absence" in page.text and "Noé Exemple a participé" in page.text
    assert "Noé Exemple" in camille.get(page.link("Attestations")).text
    camille.get(room)
    page = camille.submit({"present": ["1"]}, action=f"{room}/presences")
    assert "Alix Exemple a participé" in page.text and "Noé Exemple en attente" in page.text, "put right"


def test_who_comes_to_the_door_once_it_has_begun_is_enrolled_as_there(app, clock, camille, room):
    enrol(camille, room, "Alix")
    camille = on_the_day(app, clock)
    assert "Mettre en attente" not in camille.get(room).text
    assert enrol(camille, room, "Noé").h1 == "La personne est venue"
    page = camille.get(room)
    assert "Noé Exemple a participé" in page.text and "Alix Exemple place gardée" in page.text
    assert "Il y a déjà autant de personnes que de places" in page.text
    assert "Noé Exemple" in text_of_pdf(camille.file(page.link("Feuille de présence")))
    enrol(camille, room, "Bao")
    camille.get(room)
    page = camille.submit({"first_name": "Bao", "last_name": "Exemple"}, having="first_name", expect=422)
    assert "Si c'est elle, cochez son nom dans la liste." in page.errors()[0]


def test_a_page_opened_before_the_session_began_notes_nobody_present(app, clock, camille, room):
    enrol(camille, room, "Alix")
    assert camille.get(room).form(having="first_name")["values"]["at_door"] == [""]
    camille = on_the_day(app, clock)
    typed = {"first_name": "Noé", "last_name": "Exemple", "phone": "0199001234"}
    camille.get(room)
    assert camille.submit(typed | {"at_door": ""}, having="first_name").h1 == "Sur la liste d'attente"
    camille.get("/ateliers/nouveau")
    later = camille.submit(NEW | {"starts": "20 h"}, having="places").url
    camille.get(later)
    page = camille.post(later, camille.page.form(having="first_name")["values"] | typed | {"at_door": "oui"})
    assert "n'a pas encore commencé" in page.text and "Noé" not in page.text


def test_elsewhere_nobody_is_put_on_the_list_of_a_full_session_that_has_begun(app, clock, camille, room):
    enrol(camille, room, "Alix")
    on_the_day(app, clock)
    page = Visitor(app).sign_in("dominique", PASSWORD).get(room)
    assert "il est complet : proposez le prochain" in page.text and "Mettre en attente" not in page.text


def test_the_slip_of_who_waits_does_not_speak_of_their_place(camille, room):
    enrol(camille, room, "Alix")
    slip = text_of_pdf(camille.file(enrol(camille, room, "Noé", "0199001234").link("Imprimer le papier")))
    assert "une autre personne aura la place" not in slip and "nous enlevons votre nom de la liste" in slip


@pytest.mark.parametrize(("people", "pages"), [(8, 1), (10, 2)])
def test_the_signature_of_the_attendance_sheet_stands_beside_names_and_the_day(camille, room, people, pages):
    camille.get(f"{room}/changer")
    camille.submit({"places": str(people)}, having="places")
    for number in range(people):
        enrol(camille, room, f"Alix {'ABCDEFGHIJ'[number]}")
    sheet = PdfReader(io.BytesIO(camille.file(camille.get(room).link("Feuille de présence"))))
    last = sheet.pages[-1].extract_text()
    assert len(sheet.pages) == pages and "Signature de l'animateur" in last
    assert f"Alix {'ABCDEFGHIJ'[people - 1]} Exemple" in last and "1er décembre 2026" in last
