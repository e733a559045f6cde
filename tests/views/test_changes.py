"""Living with an appointment: moved, changed, cancelled by an agent or by the person; the waiting list."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from counter.demonstration import PASSWORD
from counter.models import Agent, Appointment
from counter.retention import RETIRED
from counter.store.free_time import audit_free_time
from tests.pages import Page, Visitor, text_of
from tests.papers import qr_codes_of_pdf, text_of_pdf
from tests.views.test_appointments import book, choose, slots_of

HERE = "&lieu=5&comment=sur-place"


@pytest.fixture(autouse=True)
def _free_time_stays_right(app):
    """After each test, the free time is exactly what the appointments leave."""
    yield
    with app.extensions["counter"].main.writing() as session:
        assert audit_free_time(session) == []


def taken(person, nth: int = 0, motif: int = 1, **values) -> str:
    """The address of an appointment just booked at the agent's site."""
    choose(person, motif=motif, nth=nth, query=HERE)
    return book(person, **values).url


def offers(person, url: str, motif: str = "") -> list[str]:
    """Keys of the slots an appointment can be moved to."""
    page = person.get(f"{url}{HERE.replace('&', '?', 1)}{motif}")
    return [
        value for name, value, words in page.form(having="key")["buttons"] if name == "creneau" and "," not in words
    ]


def when(page) -> str:
    return re.search(r"Quand(.*?\d{4} à \d+ h(?: \d\d)?)", page.text)[1]


def code(page) -> str:
    return re.search(r"\b([A-Z2-9]{4}-[A-Z2-9]{4})\b", page.text)[1]


def test_an_agent_moves_an_appointment_with_the_slot_page_and_its_filters(camille):
    url = taken(camille)
    before = camille.page
    page = camille.get(before.link("Déplacer"))
    assert page.h1 == "Déplacer le rendez-vous" and "Prévu mardi 24 novembre" in page.text
    assert page.form(having="jour")["values"]["lieu"] == ["5"], "the same place first"
    key = offers(camille, f"{url}/deplacer")[-1]
    page = camille.submit({"creneau": key}, having="key")
    assert page.url == url and page.h1 == "Le rendez-vous est déplacé" and "déplacé" in page.html.split("</title>")[0]
    assert code(page) == code(before) and when(page) != when(before)
    assert re.search(r"Déplacé : mar\. 24 nov\. .* → .*, par Camille Démo", page.text)
    calendar = camille.file(page.link("Calendrier")).decode()
    assert "SEQUENCE:1" in calendar and "STATUS:CONFIRMED" in calendar


def test_what_the_person_needs_is_beside_the_slots_of_a_move(camille):
    url = taken(camille, needs=["interprete", "fauteuil"], language="turc")
    page = camille.get(f"{url}/deplacer")
    assert "Besoins" in page.text and "(turc)" in page.text


def test_a_move_sent_three_times_is_one_move(camille):
    url = taken(camille)
    key = offers(camille, f"{url}/deplacer")[-1]
    form = camille.page.form(having="key")
    for _ in range(3):
        page = camille.post(form["action"], form["values"] | {"creneau": key})
    assert page.text.count("Déplacé :") == 1


def test_a_move_onto_a_slot_just_taken_keeps_the_time_and_offers_three(app, camille):
    url = taken(camille)
    before = when(camille.page)
    lost = offers(camille, f"{url}/deplacer")[-1]
    form = camille.page.form(having="key")
    other = Visitor(app).sign_in("dominique", "Bonjour-2026")
    other.get("/rendez-vous?motif=1")
    other.post("/rendez-vous/creneau", {"motif": "1", "creneau": lost})
    book(other)
    page = camille.post(form["action"], form["values"] | {"creneau": lost}, expect=409)
    assert "vient d'être pris" in page.text and "Les plus proches" in page.text
    near = [value for name, value, _ in page.form(having="key")["buttons"] if name == "creneau"][:3]
    assert when(camille.get(url)) == before
    camille.get(f"{url}/deplacer")
    page = camille.submit({"creneau": near[0]}, having="key")
    assert "Le rendez-vous est déplacé" in page.text


@pytest.mark.parametrize("key", ["", "abc", "99999.2026-11-24.0", "1.2030-01-08.0"])
def test_a_made_up_slot_moves_nothing(camille, key):
    url = taken(camille)
    before = when(camille.page)
    camille.get(f"{url}/deplacer")
    page = camille.submit({"creneau": key}, having="key", expect=409)
    assert page.h1 == "Déplacer le rendez-vous"
    assert when(camille.get(url)) == before


def test_a_person_without_phone_is_not_offered_calls(camille):
    url = taken(camille)
    page = camille.get(f"{url}/deplacer")
    assert "Téléphone" not in page.text and "Visio" not in page.text


def test_a_motif_that_fits_keeps_the_time_another_leads_to_the_slots(camille):
    taken(camille)
    before = when(camille.page)
    camille.get(camille.page.link("Changer le motif"))
    page = camille.submit({"motif": "3"}, having="key")
    assert page.h1 == "Le motif est changé" and "Je veux savoir où en est mon dossier" in page.text
    assert when(page).split("(")[0] == before.split("(")[0]
    assert re.search("Motif changé : Ma situation change → .*, par Camille Démo", page.text)


def test_a_longer_motif_that_does_not_fit_is_given_another_slot(camille):
    url = taken(camille, motif=3)
    taken(camille, motif=3, nth=0)
    camille.get(f"{url}/motif")
    page = camille.submit({"motif": "8"}, having="key")
    assert page.h1 == "Déplacer le rendez-vous" and "ne tient pas" in page.text
    key = [v for n, v, words in page.form(having="key")["buttons"] if n == "creneau" and "," not in words]
    page = camille.submit({"creneau": key[-1]}, having="key")
    assert "J'attends un enfant" in page.text and "Le rendez-vous est déplacé" in page.text


def test_a_number_said_wrong_is_corrected_and_the_rest_stays(camille):
    choose(camille, query="&comment=telephone")
    url, before = book(camille, phone="01 99 00 00 00").url, when(camille.page)
    code = re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}", camille.page.text)[0]
    camille.get(camille.page.link("Corriger les coordonnées"))
    page = camille.submit({"phone": "12"}, having="phone", expect=422)
    assert page.form(having="phone")["values"]["phone"] == ["12"]
    page = camille.submit({"phone": "01 99 00 11 22", "last_name": "Durand"}, having="phone")
    assert page.url == url and "01 99 00 11 22" in page.text and "Élise Durand" in page.text
    assert "01 99 00 00 00" not in page.text and code in page.text and when(page) == before
    assert "Coordonnées corrigées, par Camille Démo" in page.text
    camille.get(f"{url}/corriger")
    page = camille.submit({}, having="phone")
    assert page.text.count("Coordonnées corrigées") == 1, "nothing was changed"


def test_an_agent_cancels_with_a_reason_and_the_history_keeps_it(camille):
    url = taken(camille)
    camille.get(camille.page.link("Annuler"))
    page = camille.submit(having="reason", expect=422)
    assert page.errors() == ["Choisissez pourquoi."]
    page = camille.submit({"reason": "absence-agent"}, having="reason")
    assert page.h1 == "Rendez-vous annulé" and "Annulé : agent absent, par Camille Démo" in page.text
    assert "Déplacer" not in page.text
    assert camille.get(f"{url}/deplacer").url == url, "what is cancelled does not move"
    assert "annulé par le service" in camille.get("/agenda").text


@pytest.mark.parametrize(
    ("reason", "said"),
    [("service", "nous ne pouvons pas vous recevoir"), ("erreur", "il a été pris par erreur"), ("personne", None)],
)
def test_who_did_not_ask_for_the_cancellation_is_to_be_told(camille, reason, said):
    url = taken(camille, phone="0199001234")
    camille.get(f"{url}/annuler")
    page = camille.submit({"reason": reason}, having="reason")
    assert ("À prévenir" in page.text) is (said is not None)
    assert said is None or (said in page.text and "01 99 00 12 34" in page.text)


def test_the_paper_of_what_is_cancelled_says_only_that(camille):
    url = taken(camille)
    own = code(camille.page)
    assert own in text_of_pdf(camille.file(f"{url}/papier.pdf"))
    camille.get(f"{url}/annuler")
    camille.submit({"reason": "personne"}, having="reason")
    paper = text_of_pdf(camille.file(f"{url}/papier.pdf"))
    assert "Ce rendez-vous est annulé" in paper and "Vous voulez un autre rendez-vous ? Revenez nous voir" in paper
    assert own not in paper and "À apporter" not in paper and qr_codes_of_pdf(camille.file(f"{url}/papier.pdf")) == []


def test_the_history_says_from_which_place_to_which(camille):
    url = taken(camille, phone="0199001234")
    key = offers(camille, f"{url}/deplacer")[-1]
    page = camille.submit({"creneau": key}, having="key")
    assert re.search(r"Déplacé : [^;]*, par Camille Démo", page.text), "the same place is not said"
    calls = camille.get(f"{url}/deplacer?comment=telephone")
    call = [value for name, value, _ in calls.form(having="key")["buttons"] if name == "creneau"][-1]
    page = camille.submit({"creneau": call}, having="key")
    assert re.search(r"Déplacé : [^;]* → [^;]* ; L'Arbresle → par téléphone, par Camille Démo", page.text)
    assert "\u00a0; L" in page.html


@pytest.mark.parametrize(("after", "title"), [(-60, "Le rendez-vous est pris"), (60, "Rendez-vous à noter")])
def test_once_its_hour_has_come_it_is_no_longer_announced(app, camille, clock, after, title):
    url = taken(camille)
    hour, minute = re.search(r"à (\d+) h ?(\d\d)?", when(camille.page)).groups()
    here = clock().astimezone(ZoneInfo("Europe/Paris"))
    assert f" {here.day} novembre" in when(camille.page), "today's"
    begins = here.replace(hour=int(hour), minute=int(minute or 0), second=0, microsecond=0)
    clock.advance(seconds=(begins - here).total_seconds() + after)
    page = Visitor(app).sign_in("camille", PASSWORD).get(url)
    assert page.h1.startswith(title) and ("À dire" in page.text) is (after < 0)


def test_an_agent_of_another_caf_changes_nothing(camille, sacha):
    url = taken(camille)
    for page in ("deplacer", "motif", "annuler"):
        sacha.get(f"{url}/{page}", expect=404)
    sacha.get("/")
    sacha.post(f"{url}/attente", {"attendre": "oui"}, expect=404)


class TestThePerson:
    """With the code and the birth day."""

    @pytest.fixture
    def mine(self, camille, visitor) -> Visitor:
        taken(camille)
        visitor.get("/rendez-vous/gerer")
        visitor.submit({"code": code(camille.page), "birth-jour": "3", "birth-mois": "9"}, having="code")
        return visitor

    def test_moves_their_own_appointment_only(self, mine, camille):
        before = when(mine.page)
        form = self.press_a_slot(mine).form(having="key")
        for _ in range(2):
            page = mine.post(form["action"], form["values"] | {"reponse": "oui"})
        assert page.h1 == "Votre rendez-vous" and "Votre code reste le même" in page.text
        assert when(page) != before
        assert "SEQUENCE:1" in mine.file("/rendez-vous/gerer/rendez-vous.ics").decode()
        assert "par la personne" in camille.get(camille.page.url).text

    def press_a_slot(self, mine) -> Page:
        """The last one of the page; what follows."""
        page = mine.get(mine.page.link("Changer l'heure ou le jour"))
        self.pressed = [v for n, v, _ in page.form(having="key")["buttons"] if n == "creneau"][-1]
        return mine.submit({"creneau": self.pressed}, having="key")

    def offered(self, who) -> bool:
        return self.pressed in slots_of(who.get("/rendez-vous?motif=1&lieu=5&comment=sur-place"))

    def test_pressing_a_slot_moves_nothing_before_both_hours_are_read_and_yes_is_said(self, mine, camille):
        before = when(mine.page)
        page = self.press_a_slot(mine)
        assert page.h1 == "Changer votre rendez-vous ?" and "Rien n'est changé" in page.text
        old, new = (text_of(dd) for dd in page.all("dd"))
        assert old.startswith(before.split("(")[0].strip()) and new != old and "gardée pour vous" in page.text
        assert {words for _, _, words in page.form(having="key")["buttons"]} == {
            "Oui, changer",
            "Non, garder mon heure",
        }
        assert when(mine.get("/rendez-vous/gerer/mien")) == before
        assert not self.offered(camille), "nobody else takes it meanwhile"
        mine.get(f"/rendez-vous/gerer/relire?creneau={self.pressed}")
        page = mine.submit({"reponse": "non"}, having="key")
        assert page.h1 == "Votre rendez-vous" and when(page) == before and self.offered(camille)

    @pytest.mark.parametrize("away", ["/rendez-vous/gerer/deplacer", "fini"])
    def test_who_chooses_again_or_leaves_keeps_no_slot_from_others(self, mine, camille, away):
        self.press_a_slot(mine)
        if away == "fini":
            mine.get("/rendez-vous/gerer/mien")
            mine.submit(action="/rendez-vous/gerer/fini")
        else:
            mine.get(away)
        assert self.offered(camille)

    def test_a_yes_in_another_tab_is_asked_again_beside_the_hour_there_is_now(self, mine, camille):
        choices = [v for n, v, _ in mine.get(mine.page.link("Changer l'heure ou le jour")).form(having="key")["buttons"]
                   if n == "creneau"]  # fmt: skip
        forms = []
        for slot in (choices[-1], choices[-2]):
            mine.get("/rendez-vous/gerer/deplacer")
            forms.append(mine.submit({"creneau": slot}, having="key").form(having="key"))
        first, second = forms
        assert when(mine.post(first["action"], first["values"] | {"reponse": "oui"}))
        now = when(mine.page)
        self.pressed = choices[-2]
        assert self.offered(camille), "nothing stays kept for nobody"
        page = mine.post(second["action"], second["values"] | {"reponse": "oui"})
        assert page.h1 == "Changer votre rendez-vous ?" and "vient d'être pris" not in page.text
        assert "L'heure de votre rendez-vous a changé entre-temps : lisez de nouveau les deux heures." in page.text
        assert text_of(page.all("dd")[0]).startswith(now.split("(")[0].strip())
        page = mine.submit({"reponse": "oui"}, having="key")
        assert "Votre rendez-vous est déplacé." in page.text and when(page) != now

    @pytest.mark.parametrize("again", ["yes", "reload"])
    def test_a_slot_lost_while_it_was_read_is_told_and_the_hour_stays(self, app, mine, clock, again):
        before = when(mine.page)
        form = self.press_a_slot(mine).form(having="key")
        clock.advance(minutes=6)
        other = Visitor(app).sign_in("dominique", PASSWORD)
        other.get("/rendez-vous?motif=1")
        other.post("/rendez-vous/creneau", {"motif": "1", "creneau": self.pressed})
        book(other)
        if again == "yes":
            page = mine.post(form["action"], form["values"] | {"reponse": "oui"}, expect=409)
        else:
            page = mine.get(f"/rendez-vous/gerer/relire?creneau={self.pressed}", expect=409)
        assert "vient d'être pris" in page.text and "Les plus proches" in page.text
        near = [value for name, value, _ in page.form(having="key")["buttons"] if name == "creneau"][0]
        assert when(mine.get("/rendez-vous/gerer/mien")) == before
        mine.get("/rendez-vous/gerer/deplacer")
        assert mine.submit({"creneau": near}, having="key").h1 == "Changer votre rendez-vous ?"

    def test_one_that_must_move_is_not_asked_to_keep_its_hour(self, app, mine):
        with app.extensions["counter"].main.writing() as session:
            session.execute(update(Appointment).values(to_move=True))
        mine.get("/rendez-vous/gerer/mien")
        page = self.press_a_slot(mine)
        assert "Heure qui n'est plus possible" in page.text and "garder mon heure" not in page.text
        assert mine.submit({"reponse": "non"}, having="key").h1 == "Déplacer le rendez-vous"

    def test_without_the_code_there_is_nothing_to_move(self, visitor):
        assert visitor.get("/rendez-vous/gerer/relire?creneau=1.2026-11-24.0").h1 == "Retrouver un rendez-vous"
        assert visitor.get("/rendez-vous/gerer/deplacer").h1 == "Retrouver un rendez-vous"
        assert visitor.post("/rendez-vous/gerer/deplacer").h1 == "Retrouver un rendez-vous"

    def test_after_a_cancellation_nothing_moves(self, mine):
        mine.submit(action="/rendez-vous/gerer/annuler")
        assert mine.get("/rendez-vous/gerer/deplacer").h1 == "Rendez-vous annulé"


class TestWaiting:
    """Someone waits for an earlier place, someone else gives theirs back."""

    @pytest.fixture
    def urls(self, camille) -> tuple[str, str]:
        """The earlier appointment, and the later one that waits."""
        earlier, later = taken(camille, nth=0), taken(camille, nth=-1, phone="0199001234", last_name="Patience")
        camille.submit({"attendre": "oui"}, action=f"{later}/attente")
        assert "sur la liste d'attente depuis le mardi 24 novembre" in camille.page.text
        return earlier, later

    def test_who_waits_while_an_earlier_place_is_free_is_told_so(self, camille):
        url = taken(camille, nth=-1)
        page = camille.submit({"attendre": "oui"}, action=f"{url}/attente")
        assert "Une place plus tôt est déjà libre : " in page.text
        assert "Pour la prendre : « Déplacer »" in page.text.replace("\xa0", " ").replace("\u202f", " ")

    def test_who_waits_and_has_the_first_place_is_told_nothing(self, camille):
        url = taken(camille, nth=0)
        page = camille.submit({"attendre": "oui"}, action=f"{url}/attente")
        assert "sur la liste d'attente depuis" in page.text and "déjà libre" not in page.text

    def give_back(self, camille, url: str) -> None:
        camille.get(f"{url}/annuler")
        camille.submit({"reason": "personne"}, having="reason")

    def test_the_home_page_says_whom_to_call_and_accepting_moves(self, camille, urls):
        earlier, later = urls
        freed = when(camille.get(earlier))
        self.give_back(camille, earlier)
        page = camille.get("/")
        assert "Place plus tôt à proposer" in page.text
        assert "Appeler Élise Patience au 01 99 00 12 34" in page.text
        form = page.form(action=f"{later}/place-plus-tot")
        for _ in range(2):
            page = camille.post(form["action"], form["values"] | {"reponse": "oui"})
        assert page.url == later and when(page) == freed
        assert page.text.count("Déplacé :") == 1
        assert "Place plus tôt" not in camille.get("/").text

    def test_a_refusal_leaves_the_appointment_and_frees_the_place(self, camille, urls):
        earlier, later = urls
        before = when(camille.get(later))
        self.give_back(camille, earlier)
        camille.get("/")
        page = camille.submit({"reponse": "non"}, action=f"{later}/place-plus-tot")
        assert page.url == "/" and "Place plus tôt à proposer" not in page.text
        assert when(camille.get(later)) == before
        assert "sur la liste d'attente" in camille.page.text

    def test_a_yes_after_a_no_in_another_tab_is_not_swallowed(self, camille, urls):
        earlier, later = urls
        self.give_back(camille, earlier)
        form = camille.get("/").form(action=f"{later}/place-plus-tot")
        camille.submit({"reponse": "non"}, action=f"{later}/place-plus-tot")
        page = camille.post(form["action"], form["values"] | {"reponse": "oui"})
        assert page.url == later and "Cette place n'est plus gardée" in page.text

    def test_a_place_kept_for_someone_is_not_offered_to_others_for_a_day(self, camille, urls, clock):
        earlier, _ = urls
        free = slots_of(camille.get(f"/rendez-vous?motif=1{HERE}"))
        self.give_back(camille, earlier)
        assert slots_of(camille.get(f"/rendez-vous?motif=1{HERE}")) == free

    def test_an_offer_without_answer_is_for_the_next_who_waits_before_anyone_else(self, app, camille, clock):
        far, urls = HERE + "&des-jour=1&des-mois=12", []
        for nth, name in ((0, "Partante"), (-1, "Patience"), (-1, "Attente")):
            choose(camille, nth=nth, query=far)
            urls.append(book(camille, phone="0199001234", last_name=name).url)
            if nth:
                camille.submit({"attendre": "oui"}, action=f"{urls[-1]}/attente")
        with app.extensions["counter"].main.reading() as session:
            kept = session.get_one(Appointment, int(urls[0].rsplit("/", 1)[1])).slot.key
        self.give_back(camille, urls[0])
        clock.advance(hours=24)
        camille = Visitor(app).sign_in("camille", PASSWORD)
        assert kept not in slots_of(camille.get(f"/rendez-vous?motif=1{far}"))
        home = camille.get("/").text
        assert "Appeler Élise Attente" in home and "Appeler Élise Patience" not in home

    def test_another_motif_at_the_same_hour_leaves_the_person_on_the_list(self, camille, urls):
        earlier, later = urls
        camille.get(f"{later}/motif")
        page = camille.submit({"motif": "3"}, having="key")
        assert "Le motif est changé" in page.text and "sur la liste d'attente depuis" in page.text
        self.give_back(camille, earlier)
        assert "Appeler Élise Patience" in camille.get("/").text

    def test_another_hour_takes_the_person_off_the_list_and_says_so(self, camille, urls):
        _, later = urls
        key = offers(camille, f"{later}/deplacer")[0]
        page = camille.submit({"creneau": key}, having="key")
        assert "La personne n'est plus sur la liste d'attente" in page.text and "Mettre sur la liste" in page.text

    def test_being_taken_off_the_list_ends_the_wait(self, camille, urls):
        earlier, later = urls
        camille.get(later)
        page = camille.submit({"attendre": "non"}, action=f"{later}/attente")
        assert "Mettre sur la liste" in page.text
        self.give_back(camille, earlier)
        assert "Place plus tôt à proposer" not in camille.get("/").text

    def test_a_wrong_day_is_told(self, camille):
        url = taken(camille)
        page = camille.submit(
            {"attendre": "oui", "pas_avant-jour": "31", "pas_avant-mois": "2"}, action=f"{url}/attente", expect=422
        )
        assert page.errors() == ["Ce jour n'existe pas : février a 28 ou 29 jours."]


def test_nothing_personal_is_in_the_history(camille, database):
    taken(camille)
    with database.reading() as session:
        columns = {c.name for c in Appointment.__table__.columns}
        assert "person" in columns
        kept = session.connection().exec_driver_sql("SELECT * FROM appointment_event").fetchall()
    assert "Lambert" not in str(kept)


def test_who_booked_is_still_named_once_their_account_is_closed(app, camille):
    url = taken(camille)
    for name, said in (("Camille Démo", "Pris, par Camille Démo"), (RETIRED, "par un agent dont le compte est effacé")):
        with app.extensions["counter"].main.writing() as session:
            closed = update(Agent).where(Agent.identifier == "camille").values(active=False, display_name=name)
            session.execute(closed)
        assert said in Visitor(app).sign_in("robin", PASSWORD).get(url).text


def test_a_slot_chosen_for_what_was_cancelled_in_another_tab_is_answered(camille):
    url = taken(camille)
    key = offers(camille, f"{url}/deplacer")[-1]
    form = camille.page.form(having="key")
    camille.get(f"{url}/annuler")
    camille.submit({"reason": "personne"}, having="reason")
    page = camille.post(form["action"], form["values"] | {"creneau": key})
    assert (
        page.h1 == "Rendez-vous annulé"
        and "Rien n'est déplacé : l'état de ce rendez-vous a changé entre-temps." in page.text
    )
