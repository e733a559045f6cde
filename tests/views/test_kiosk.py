"""The kiosk, as someone before it sees it without scripts; what stays of them afterwards: nothing."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from counter.demonstration import PASSWORD
from counter.kiosk import MOST_SEEN, VISIT_ENDS
from counter.models import AgentSession, Appointment, Diagnosis, FreeTime, Hold, JournalLine, OpeningMotif, UnmetSearch
from counter.slots import parse_slot_key
from counter.upkeep import forget_left_visits
from tests.kiosks import HALL, code_for, enrolled
from tests.pages import Page, Visitor
from tests.planted import everywhere, files_with

NAMES = ("ZOÉ", "INTROUVABLE")
SECONDS = VISIT_ENDS.total_seconds()


@pytest.fixture
def person(app) -> Visitor:
    """Someone before the kiosk of L'Arbresle."""
    return enrolled(app)


def touch(person: Visitor, value: str, name: str = "choix") -> Page:
    """Press a button of the main form of the screen."""
    form = _form(person.page)
    assert any((n, v) == (name, value) for n, v, _ in form["buttons"]), (value, form["buttons"])
    return _send(person, form, name, value)


def _form(page: Page) -> dict:
    """The form of the main part: those of the foot change the comfort."""
    for form in page.all("form"):
        action = form.get("action") or page.url
        if action != "/borne/confort":
            return page.form(form.get("action"))
    raise AssertionError(f"no form on {page.url}")


def _send(person: Visitor, form: dict, name: str, value: str) -> Page:
    answer = person.client.post(form["action"], data=form["values"] | {name: value}, follow_redirects=True)
    return person._read(answer, answer.status_code)


def first(person: Visitor, number: int = 0, name: str = "choix") -> Page:
    """Press one of the choices of the screen."""
    values = [v for n, v, _ in _form(person.page)["buttons"] if n == name]
    return touch(person, values[number], name)


def write(person: Visitor, keys: str) -> Page:
    for key in keys:
        touch(person, key, "touche")
    return touch(person, "oui", "fini")


def book(person: Visitor, mode: str = "sur-place", names=NAMES) -> Page:
    """From the first screen to the slip, by touch alone; each address on the way is looked at."""
    person.get("/borne/rendez-vous")
    first(person)
    touch(person, mode)
    for _ in ("place", "day", "hour") if mode == "sur-place" else ("day", "hour"):
        first(person)
    for name in names:
        write(person, name)
        assert "INTROUVABLE" not in person.page.url.upper()
    touch(person, "7")
    touch(person, "3")
    if mode == "sur-place":
        touch(person, "oui", "sans")
    elif mode == "telephone":
        write(person, "0199001234")
    assert person.page.h1 == "Relisez votre rendez-vous"
    return _send(person, person.page.form("/borne/rendez-vous/relire"), "", "")


def code_on(page: Page) -> str:
    return re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}", page.text)[0]


# ── the device ──────────────────────────────────────────────────────────────────────────────────


def test_a_browser_becomes_a_kiosk_with_a_code_that_serves_once(app):
    code = code_for(app)
    visitor, other = Visitor(app), Visitor(app)
    assert visitor.get("/borne").h1 == "Installer cette borne"
    assert visitor.submit({"code": code}, having="code").h1 == "Bonjour"
    other.get("/borne")
    refused = other.submit({"code": code}, having="code", expect=422)
    assert refused.errors() == ["Ce code n'est pas bon, ou il a déjà servi. Demandez-en un autre à l'administrateur."]
    cookie = visitor.client.get_cookie("borne")
    assert cookie.http_only and cookie.same_site == "Strict"


def test_guessing_a_code_is_slowed_down(app):
    visitor = Visitor(app)
    visitor.get("/borne")
    for _ in range(10):
        visitor.submit({"code": "AAAA-2222"}, having="code", expect=422)
    visitor.submit({"code": "AAAA-2222"}, having="code", expect=429)


def test_no_agent_signs_in_on_a_kiosk_and_nothing_else_opens(app, person):
    for url in ("/connexion", "/", "/rendez-vous/gerer", "/verifier", "/aide", "/journal", "/nulle-part"):
        assert person.get(url).url == "/borne", url
    answer = person.client.post("/connexion", data={"identifier": "camille", "password": PASSWORD})
    assert answer.headers["Location"] == "/borne"
    assert person.client.get_cookie("counter") is None


def test_who_was_signed_in_on_the_machine_is_no_longer(app):
    code = code_for(app)
    agent = Visitor(app).sign_in("camille", PASSWORD)
    agent.get("/borne")
    agent.submit({"code": code}, having="code")
    agent.client.delete_cookie("borne")
    assert agent.get("/agenda").url.startswith("/connexion")


def test_a_revoked_kiosk_asks_to_be_installed_and_lets_nobody_sign_in(app, person):
    administrator = Visitor(app).sign_in("dominique", PASSWORD)
    administrator.get("/administration/bornes")
    assert "En marche" in administrator.page.text
    administrator.post("/administration/bornes/1/retirer")
    assert f"{HALL} n'est plus une borne." in administrator.page.text
    assert person.get("/borne/demarches").h1 == "Installer cette borne"
    assert person.get("/connexion").h1 == "Installer cette borne"


def test_an_administrator_sees_and_revokes_the_kiosks_of_their_own_caf_alone(app, person):
    charlie = Visitor(app).sign_in("charlie", PASSWORD)
    assert HALL in charlie.get("/administration/bornes").text
    elsewhere = [o.get("value") for o in charlie.page.all("option") if "Chaumont" in (o.text or "")]
    assert elsewhere == []
    charlie.post("/administration/bornes/99/retirer", expect=404)


def test_an_act_sent_by_another_site_is_refused(person):
    answer = person.client.post("/borne/langue", data={"langue": "uk"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert person.get("/borne").h1 == "Bonjour"


# ── languages and comfort ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("language", "hello"), [("uk", "Добрий день"), ("ar", "مرحب"), ("en", "Hello")])
def test_the_kiosk_speaks_the_chosen_language_until_the_visit_ends(person, language, hello):
    person.get("/borne/langue")
    touch(person, language, "langue")
    assert hello in person.page.h1
    assert f'lang="{language}"' in person.page.html
    assert ('dir="rtl"' in person.page.html.split("<body")[0]) is (language == "ar")
    person.get("/borne/fin")
    assert person.page.h1 == "Bonjour"


def test_an_unread_translation_says_so_and_french_does_not(person):
    assert "Traduction non relue" not in person.get("/borne/fiche/dtr-rsa").root_text()
    person.client.post("/borne/langue", data={"langue": "pt"})
    page = person.get("/borne/fiche/dtr-rsa")
    assert "Tradução" in page.root_text()


@pytest.mark.parametrize("slug", MOST_SEEN)
def test_the_most_asked_for_sheets_are_whole_in_every_language(person, slug):
    for language in ("en", "ar", "uk", "tr", "ro", "pt"):
        person.client.post("/borne/langue", data={"langue": language})
        page = person.get(f"/borne/fiche/{slug}")
        left = re.findall(r'<span lang="fr" dir="ltr">([^<]+)', page.html)
        assert left == [], (slug, language)


def test_a_sheet_in_french_only_says_so_in_the_language_of_the_person(person):
    person.client.post("/borne/langue", data={"langue": "en"})
    page = person.get("/borne/fiche/declarer-grossesse")
    assert "only in French" in page.text
    assert 'lang="fr" dir="ltr">Déclarer ma grossesse' in page.html


def test_comfort_is_kept_for_the_visit_and_taken_back(person):
    for wanted, classes in (("grand", "grand"), ("contraste", "contraste grand"), ("grand", "contraste")):
        person.client.post("/borne/confort", data={"choix": wanted, "retour": "/borne/point"})
        shown = person.get("/borne/point").html
        told = set(re.search(r'<html[^>]*class="([^"]+)"', shown)[1].split())
        assert told - {"falc", "kiosk"} == set(classes.split())
    assert 'class="falc kiosk "' in person.get("/borne/fin").html


def test_the_way_back_after_a_setting_stays_on_the_kiosk(person):
    for target in ("https://exemple.fr/", "//exemple.fr", "/connexion", ""):
        answer = person.client.post("/borne/langue", data={"langue": "fr", "retour": target})
        assert answer.headers["Location"] == "/borne"


# ── finding a sheet, a short diagnosis ──────────────────────────────────────────────────────────


def test_a_sheet_is_found_with_words_typed_on_the_screen(person):
    person.get("/borne/chercher")
    write(person, "MOT DE PASSE".replace(" ", ""))
    person.client.post("/borne/chercher", data={"question": "mot de passe perdu", "fini": "oui"})
    assert "Retrouver mon mot de passe" in person.get("/borne/chercher/reponses").text
    assert "q=" not in person.page.url


def test_danger_is_answered_with_the_numbers_to_call_before_any_sheet(person):
    person.client.post("/borne/chercher", data={"question": "il me frappe", "fini": "oui"})
    assert "Vous êtes en danger ?" in person.get("/borne/chercher/reponses").text


def test_sheets_for_partners_are_not_on_the_kiosk(person):
    assert person.get("/borne/fiche/bailleur-loyer", expect=404).h1 == "Cette page n'existe pas"


def test_each_step_has_its_picture_and_leads_to_what_comes_next(person):
    person.get("/borne/fiche/dtr-rsa")
    page = person.get(person.page.link("Commencer"))
    steps = 1
    while page.h1 != "C'est fait":
        assert '<figure class="drawing"><div lang="fr" dir="ltr"><svg' in page.html
        page = person.get(next(href for words, href in page.links().items() if words in {"Après", "C'est fait"}))
        steps += 1
    assert steps > 8
    assert "Vous êtes bloqué ?" in page.text


@pytest.mark.parametrize(("answers", "proposed"), [
    ("0" * 10, "Vous pouvez faire votre démarche ici, à votre rythme."),
    ("2" * 10, "Nous pouvons faire votre démarche avec vous."),
    (["na"] * 10, "Nous pouvons faire votre démarche avec vous."),
])  # fmt: skip
def test_the_short_diagnosis_ends_in_a_proposal_never_in_a_label(app, person, answers, proposed):
    person.get("/borne/point")
    person.get(person.page.link("Commencer"))
    for answer in answers:
        assert person.page.h1.endswith("?")
        touch(person, answer, "reponse")
    assert proposed in person.page.text
    for label in ("autonome", "Autonome", "fragile", "accompagnement social", "score", "diagnostic"):
        assert label not in person.page.root_text()
    with app.extensions["counter"].main.reading() as main:
        assert main.scalar(select(func.count()).select_from(Diagnosis)) == 0


def test_the_situation_is_never_asked_on_a_kiosk(person):
    asked = [person.get(f"/borne/point/{number}").h1 for number in range(1, 11)]
    assert len(set(asked)) == 10
    assert not [text for text in asked if "urgent" in text or "changement" in text]
    assert person.get("/borne/point/11").url == "/borne/point"


def test_practice_is_on_the_kiosk_with_its_foot_and_its_clock(person):
    assert "Créer Mon Compte" in person.get("/borne/entrainement").text
    page = person.get("/borne/entrainement/creer-mon-compte")
    assert "Appeler un agent" in page.root_text()
    assert "kiosk.js" in page.html and "counter.js" not in page.html
    begun = person.submit({}, action="/borne/entrainement/creer-mon-compte")
    assert begun.url == "/borne/entrainement/creer-mon-compte/ecran/1"
    person.client.post("/borne/fin")
    assert person.client.get_cookie("entrainement", path="/borne/entrainement/creer-mon-compte") is None


# ── a sheet on a telephone ──────────────────────────────────────────────────────────────────────


def test_a_sheet_is_read_on_a_telephone_by_anyone_in_its_language(app):
    phone = Visitor(app)
    assert phone.get("/fiche/dtr-rsa").h1 == "Déclarer mes ressources pour le RSA"
    turkish = phone.get("/fiche/dtr-rsa?langue=tr")
    assert 'lang="tr"' in turkish.html and "RSA" in turkish.h1 and "Déclarer" not in turkish.h1
    assert phone.client.get_cookie("counter") is None
    phone.get("/fiche/bailleur-loyer", expect=404)


# ── booking ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("mode", ["sur-place", "telephone"])
def test_an_appointment_is_booked_by_touch_alone(app, person, mode):
    page = book(person, mode)
    assert page.h1 == "Votre rendez-vous est noté"
    assert ("À apporter" if mode == "sur-place" else "À préparer") in page.text
    said = "Votre téléphone montre le numéro +33 32 30 : répondez, c'est la Caf."
    assert (said in page.text) is (mode == "telephone")
    code = code_on(page).replace("-", "")
    with app.extensions["counter"].main.reading() as main:
        booked = main.scalars(select(Appointment).order_by(Appointment.id.desc())).first()
        assert booked.code == code
        assert booked.name == "Zoé Introuvable"
        assert booked.agent_id is None
        assert (booked.person["birth_day"], booked.person["birth_month"]) == (7, 3)
        assert main.scalar(select(func.count()).select_from(Hold)) == 0


def test_touched_twice_it_is_booked_once(app, person):
    def count() -> int:
        with app.extensions["counter"].main.reading() as main:
            return main.scalar(select(func.count()).select_from(Appointment))

    before = count()
    book(person)
    person.client.post("/borne/rendez-vous/relire")
    assert count() == before + 1


def test_a_slot_lost_meanwhile_is_told_and_nothing_typed_is_lost(app, person):
    first_one, second = person, enrolled(app, name="Autre borne")
    for visitor in (first_one, second):
        visitor.get("/borne/rendez-vous")
        first(visitor)
        touch(visitor, "sur-place")
        first(visitor)
        first(visitor)
    hour = next(v for n, v, _ in _form(first_one.page)["buttons"] if n == "choix")
    for visitor in (first_one, second, enrolled(app, name="Troisième")):
        if visitor.page.url != "/borne/rendez-vous/heure":
            continue
        touch(visitor, hour)
    assert "Ce créneau vient d'être pris" in second.page.text
    assert second.page.url.endswith("/heure")


def test_who_finds_no_place_is_counted_once_a_visit(app, person):
    with app.extensions["counter"].main.writing() as main:
        main.execute(update(FreeTime).values(free=0))

    def counted() -> int:
        with app.extensions["counter"].main.reading() as main:
            return main.scalar(select(func.sum(UnmetSearch.searches))) or 0

    for number in (1, 2):
        person.get("/borne/rendez-vous")
        first(person)
        assert counted() == number - 1
        touch(person, "sur-place")
        assert "Il n'y a pas de place libre pour ce choix." in person.page.text
        person.get(person.page.url)
        assert counted() == number, "shown again, it is the same need"
        person.get("/borne/rendez-vous/comment")
        touch(person, "sur-place")
        assert counted() == number
        person.client.post("/borne/fin")


def test_days_later_than_the_last_one_are_no_need_that_was_not_met(app, person):
    person.get("/borne/rendez-vous")
    first(person)
    touch(person, "sur-place")
    first(person)
    assert "Il n'y a pas de place" in person.get("/borne/rendez-vous/jour?des=2030-01-01").text
    with app.extensions["counter"].main.reading() as main:
        assert main.scalar(select(func.count()).select_from(UnmetSearch)) == 0


def test_going_back_to_the_hours_offers_the_one_that_was_chosen(person):
    person.get("/borne/rendez-vous")
    first(person)
    touch(person, "sur-place")
    first(person)
    first(person)
    hours = [v for n, v, _ in _form(person.page)["buttons"] if n == "choix"]
    touch(person, hours[0])
    person.get("/borne/rendez-vous/heure")
    assert [v for n, v, _ in _form(person.page)["buttons"] if n == "choix"] == hours


def test_an_hour_that_was_closed_meanwhile_is_not_said_to_be_taken(app, person):
    person.get("/borne/rendez-vous")
    first(person)
    touch(person, "sur-place")
    first(person)
    first(person)
    hour = next(v for n, v, _ in _form(person.page)["buttons"] if n == "choix")
    opening, day, _ = parse_slot_key(hour)
    with app.extensions["counter"].main.writing() as main:
        main.execute(delete(FreeTime).where(FreeTime.opening_id == opening, FreeTime.day == day))
    page = touch(person, hour)
    assert "nous ne recevons plus à cette heure" in page.text and "vient d'être pris" not in page.text


def test_what_is_wrong_is_said_where_it_is_typed(person):
    person.get("/borne/rendez-vous")
    first(person)
    touch(person, "telephone")
    first(person)
    first(person)
    assert touch(person, "oui", "fini").errors() == ["Écrivez votre prénom."]
    for name in NAMES:
        write(person, name)
    touch(person, "31")
    assert "Ce jour n'existe pas dans ce mois." in touch(person, "2").text
    touch(person, "7")
    touch(person, "3")
    assert write(person, "0612").errors() == [
        "Ce numéro n'existe pas. Écrivez 10 chiffres, par exemple 06 12 34 56 78."
    ]
    assert person.page.all("input")[0].get("value") == "0612"


def to_the_summary(person: Visitor) -> Page:
    """On site, without a telephone."""
    begin(person)
    touch(person, "7")
    touch(person, "3")
    return touch(person, "oui", "sans")


def test_who_chose_an_hour_has_it_though_the_motif_is_taken_from_there_meanwhile(app, person):
    to_the_summary(person)
    with app.extensions["counter"].main.writing() as session:
        session.execute(delete(OpeningMotif))
    assert person.get("/borne/rendez-vous/relire").h1 == "Relisez votre rendez-vous"
    page = _send(person, person.page.form("/borne/rendez-vous/relire"), "", "")
    assert page.url == "/borne/mon-rendez-vous/voir"


def change(person: Visitor, words: str) -> Page:
    """Touch « Changer » beside something of the summary."""
    links = {
        (link.get("aria-label") or "").rpartition("\u00a0: ")[2]: link.get("href") for link in person.page.all("a")
    }
    return person.get(links[words])


def test_who_has_no_telephone_and_then_wants_a_call_is_asked_for_a_number(app, person):
    assert to_the_summary(person).h1 == "Relisez votre rendez-vous"
    change(person, "Comment")
    touch(person, "telephone")
    first(person)
    assert first(person).h1 == "Votre numéro de téléphone"
    assert touch(person, "oui", "fini").errors() == ["Écrivez le numéro où nous vous appelons."]
    assert write(person, "0199001234").h1 == "Relisez votre rendez-vous"
    page = _send(person, person.page.form("/borne/rendez-vous/relire"), "", "")
    assert "01 99 00 12 34" in page.text


def test_the_birthday_is_changed_whole_and_exists(person):
    to_the_summary(person)
    change(person, "Naissance")
    assert touch(person, "31").h1 == "Votre mois de naissance ?"
    assert "Ce jour n'existe pas dans ce mois." in touch(person, "2").text
    touch(person, "29")
    assert "29 février" in touch(person, "2").text
    assert person.page.h1 == "Relisez votre rendez-vous"


def test_why_one_comes_is_changed_and_who_comes_is_not_typed_again(person):
    to_the_summary(person)
    why = change(person, "Pourquoi")
    assert why.h1.startswith("Pourquoi") and why.link("Retour") == "/borne/rendez-vous/relire"
    assert first(person, 0).h1 == "Relisez votre rendez-vous", "the same again changes nothing"
    change(person, "Pourquoi")
    assert first(person, 1).h1 == "Comment voulez-vous ce rendez-vous ?"
    touch(person, "sur-place")
    for _ in ("place", "day", "hour"):
        first(person)
    touch(person, "oui", "sans")  # « none » was an answer to the other way of meeting
    assert person.page.h1 == "Relisez votre rendez-vous"
    assert "Ma situation change" in person.page.text and "Zoé Introuvable" in person.page.text


def test_nobody_reads_that_what_they_book_is_not_kept(person):
    said = to_the_summary(person).root_text()
    assert "Rien n'est gardé" not in said and "l'écran s'efface. Rien n'y reste." in said


def test_the_name_is_changed_whole(person):
    to_the_summary(person)
    assert change(person, "Pour").all("input")[0].get("value") == "Zoé"
    assert touch(person, "oui", "fini").h1 == "Votre nom"
    assert "Zoé Dupont" in write(person, "DUPONT").text


def test_an_address_typed_without_scripts_is_written_small(person):
    person.get("/borne/rendez-vous")
    first(person)
    touch(person, "visio")
    first(person)
    first(person)
    for name in NAMES:
        write(person, name)
    touch(person, "7")
    touch(person, "3")
    assert write(person, "ZOE@EXEMPLE.FR").h1 == "Relisez votre rendez-vous"
    assert "zoe@exemple.fr" in person.page.text


def test_screens_out_of_turn_lead_to_the_one_whose_turn_it_is(person):
    assert person.get("/borne/rendez-vous/relire").url == "/borne/rendez-vous"
    assert person.get("/borne/rendez-vous/nom").url == "/borne/rendez-vous"
    first(person)
    assert person.get("/borne/rendez-vous/nom").url == "/borne/rendez-vous/comment"
    person.client.post("/borne/rendez-vous/motif", data={"choix": "9999"})
    assert person.get("/borne/rendez-vous/n-importe-quoi").url == "/borne/rendez-vous/comment"


def test_going_back_to_the_places_offers_them_all_again(person):
    person.get("/borne/rendez-vous")
    first(person)
    touch(person, "sur-place")
    offered = [value for name, value, _ in _form(person.page)["buttons"] if name == "choix"]
    first(person)
    person.get("/borne/rendez-vous/lieu")
    assert [value for name, value, _ in _form(person.page)["buttons"] if name == "choix"] == offered
    assert len(offered) > 1


def test_names_of_other_languages_are_written_with_the_keys(person):
    begin(person)
    touch(person, "7")
    person.get("/borne/rendez-vous/nom")
    for letter in "ŒÛÍÃ":
        touch(person, letter, "touche")
    assert person.page.all("input")[0].get("value").endswith("œûíã")


def test_what_is_begun_on_one_screen_is_not_on_the_next(person):
    begin(person)
    touch(person, "7")
    person.get("/borne/rendez-vous/nom")
    touch(person, "X", "touche")
    assert person.get("/borne/rendez-vous/prenom").all("input")[0].get("value") == "Zoé"


def test_a_motif_of_another_caf_is_not_taken(app, person):
    with app.extensions["counter"].main.reading() as main:
        other = main.scalar(select(Appointment.motif_id).where(Appointment.site_id == 7))
    answer = person.client.post("/borne/rendez-vous/motif", data={"choix": str(other)})
    assert answer.headers["Location"] == "/borne/rendez-vous"


# ── the appointment again ───────────────────────────────────────────────────────────────────────


def find(person: Visitor, code: str, day: str = "7", month: str = "3") -> Page:
    person.get("/borne/mon-rendez-vous/code")
    write(person, code.replace("-", ""))
    touch(person, day)
    return touch(person, month)


def test_by_its_code_it_is_seen_moved_and_cancelled(person):
    code = code_on(book(person))
    person.get("/borne/fin")
    assert find(person, code).h1 == "Votre rendez-vous est noté"
    before = person.page.text
    person.post("/borne/mon-rendez-vous/changer")
    was = re.search(r"Quand(\w+ \d+ \w+ à \d+ h(?: \d\d)?)", before)[1]
    assert person.page.h1 == "Quel jour ?" and f"Rendez-vous prévu : {was}" in person.page.root_text()
    first(person, 1)
    assert f"Rendez-vous prévu : {was}" in person.page.root_text()
    first(person, 1)
    assert f"Heure d'avant{was}" in person.page.text and "Nouvelle heure" in person.page.text
    moved = _send(person, person.page.form("/borne/rendez-vous/relire"), "", "")
    assert moved.h1 == "Votre rendez-vous est changé"
    assert code_on(moved) == code
    assert moved.text != before
    person.get("/borne/mon-rendez-vous/annuler")
    assert person.post("/borne/mon-rendez-vous/annuler").h1 == "Ce rendez-vous est annulé"


@pytest.mark.parametrize("gone", ["motif", "mode"])
def test_an_hour_that_cannot_be_changed_is_not_offered_to_be_and_an_agent_is(app, person, gone):
    code = code_on(book(person))
    with app.extensions["counter"].main.writing() as main:
        booked = main.scalars(select(Appointment).order_by(Appointment.id.desc())).first()
        if gone == "motif":
            booked.motif.active = False
        else:
            main.delete(next(item for item in booked.motif.modes if item.mode == booked.mode))
    person.get("/borne/fin")
    page = find(person, code)
    assert "Changer le jour ou l'heure" not in page.text and "Annuler" in page.links()
    assert "Votre rendez-vous ne change pas. Pour choisir une autre heure, appelez un agent." in page.text
    assert person.get(page.link("Parler à quelqu'un")).h1 == "Parler à quelqu'un"
    assert person.post("/borne/mon-rendez-vous/changer").url == "/borne/mon-rendez-vous/voir"
    with app.extensions["counter"].main.writing() as main:
        main.execute(update(Appointment).values(to_move=True))
    page = person.get("/borne/mon-rendez-vous/voir")
    assert "Un agent peut chercher une autre heure avec vous." in page.text and "Choisissez" not in page.text


@pytest.mark.parametrize(("code", "day"), [("AAAA2222", "7"), (None, "8")])
def test_a_wrong_code_and_a_wrong_birthday_are_answered_alike(person, code, day):
    known = code_on(book(person))
    person.get("/borne/fin")
    page = find(person, code or known, day)
    said = "Aucun rendez-vous pour ce code et ce jour de naissance. Vérifiez le code, le jour et le mois."
    assert page.errors() == [said]


def test_a_kiosk_prints_no_appointment_whose_code_was_not_given_and_no_attestation(app, person):
    book(person)
    stranger = enrolled(app, name="Autre borne")
    for url in ("/borne/mon-rendez-vous/voir", "/borne/mon-rendez-vous/annuler"):
        assert stranger.get(url).url == "/borne/mon-rendez-vous/code"
    for url in ("/attestations", "/attestations/passage", "/rendez-vous/1/papier.pdf", "/rendez-vous/gerer/papier.pdf"):
        assert stranger.get(url).url == "/borne"


def test_endless_figures_are_no_birthday(person):
    person.client.post("/borne/mon-rendez-vous/code", data={"code": "AAAA2222", "fini": "oui"})
    for part, value in (("jour", "9" * 5000), ("jour", "7"), ("mois", "9" * 5000)):
        page = person.post(f"/borne/mon-rendez-vous/naissance/{part}", {"choix": value})
    assert page.h1 == "Votre mois de naissance ?"
    assert person.get("/borne/rendez-vous", query_string={"suite": "9" * 5000}).h1.startswith("Pourquoi")


# ── nothing stays ───────────────────────────────────────────────────────────────────────────────


def sessions_of_kiosks(app: Flask) -> int:
    with app.extensions["counter"].cache.reading() as cache:
        return cache.scalar(select(func.count()).select_from(AgentSession).where(AgentSession.kiosk_id.is_not(None)))


def begin(person: Visitor) -> None:
    """As far as the name, and away."""
    person.get("/borne/rendez-vous")
    first(person)
    touch(person, "sur-place")
    for _ in range(3):
        first(person)
    for name in NAMES:
        write(person, name)


def holds(app: Flask) -> int:
    with app.extensions["counter"].main.reading() as main:
        return main.scalar(select(func.count()).select_from(Hold))


def test_a_slot_kept_for_a_booking_begun_again_is_free_at_once(app, person):
    begin(person)
    assert holds(app) == 1
    person.get("/borne/rendez-vous")
    assert holds(app) == 0


def test_a_slot_kept_to_move_an_appointment_is_free_when_it_is_begun_again(app, person):
    book(person)
    for _ in range(2):
        person.post("/borne/mon-rendez-vous/changer")
        assert holds(app) == 0
        first(person, 1)
        first(person, 1)
        assert holds(app) == 1


@pytest.mark.parametrize("way", ["get", "post"])
def test_the_end_leaves_nothing_in_the_session_and_frees_the_slot(app, person, way):
    begin(person)
    assert sessions_of_kiosks(app) == 1
    answer = getattr(person.client, way)("/borne/fin")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert sessions_of_kiosks(app) == 0
    assert person.client.get_cookie("counter") is None
    assert person.client.get_cookie("borne") is not None
    with app.extensions["counter"].main.reading() as main:
        assert main.scalar(select(func.count()).select_from(Hold)) == 0
    assert person.get("/borne/rendez-vous/nom").url == "/borne/rendez-vous"


def test_a_visit_left_without_a_word_ends_by_itself(app, person, clock):
    begin(person)
    clock.advance(seconds=SECONDS - 1)
    assert person.get("/borne/rendez-vous/nom").h1 == "Votre nom"
    clock.advance(seconds=SECONDS)
    assert person.get("/borne/rendez-vous/nom").url == "/borne/rendez-vous"
    assert sessions_of_kiosks(app) <= 1
    assert "Introuvable" not in person.get("/borne").html


def test_two_hundred_abandoned_visits_leave_no_row_with_a_name(app, person, clock):
    begin(person)
    with app.extensions["counter"].cache.writing() as cache:
        left = cache.scalars(select(AgentSession).where(AgentSession.kiosk_id.is_not(None))).one()
        for number in range(199):  # as the first one, each with a token of its own
            cache.add(AgentSession(token_hash=f"{number:032}", kiosk_id=1, started_at=left.started_at,
                                   seen_at=left.seen_at, data=left.data))  # fmt: skip
    assert sessions_of_kiosks(app) == 200
    assert everywhere(app.extensions["counter"], "Introuvable") == {"agent_session.data"}
    clock.advance(seconds=SECONDS)
    person.client.delete_cookie("counter")
    person.client.post("/borne/langue", data={"langue": "uk"})  # the next visitor
    assert sessions_of_kiosks(app) == 1
    assert everywhere(app.extensions["counter"], "Introuvable") == set()
    assert files_with(app.extensions["counter"].settings.instance, "Introuvable") == []


def test_what_is_typed_is_in_no_log_and_no_line_of_the_journal(app, person, caplog):
    book(person)
    assert "introuvable" not in caplog.text.lower()
    with app.extensions["counter"].main.reading() as main:
        lines = [str(vars(line)) for line in main.scalars(select(JournalLine))]
    assert lines and not [line for line in lines if "introuvable" in line.lower()]


def test_a_name_for_screen_readers_is_written_as_it_is_said(person):
    labels = {nav.get("aria-label") for nav in person.get("/borne/mon-rendez-vous").all("nav")}
    assert "J'ai un rendez-vous" in labels


def test_every_answer_is_kept_by_nobody(person):
    for url in ("/borne", "/borne/rendez-vous", "/borne/point", "/borne/fiche/dtr-rsa", "/borne/entrainement"):
        assert person.client.get(url).headers["Cache-Control"] == "no-store"


def test_visits_left_are_forgotten_each_minute_whoever_comes(app, person, clock):
    on = app.extensions["counter"]
    begin(person)
    assert forget_left_visits(on) == 0
    clock.advance(seconds=SECONDS)
    assert forget_left_visits(on) == 1
    assert everywhere(on, "Introuvable") == set()
