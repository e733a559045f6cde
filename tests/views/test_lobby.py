"""The lobby: calling someone, « je suis là », a number, the screen; and what the agents of the site see of it."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import select

from counter.demonstration import PASSWORD
from counter.models import Appointment, Kiosk, Site
from counter.store import lobby
from counter.throttle import Guess
from counter.views.lobby import HELD
from tests.kiosks import enrolled
from tests.pages import Page, Visitor, text_of


@pytest.fixture
def hall(app) -> Visitor:
    return enrolled(app, name="Hall")


@pytest.fixture
def agent(hall, camille) -> Visitor:
    """Camille, at the site of the kiosk, on the home page."""
    camille.get("/")
    return camille


@pytest.fixture
def robin(app) -> Visitor:
    """An agent of another site of the same Caf."""
    return Visitor(app).sign_in("robin", PASSWORD)


def test_the_desks_of_the_place_are_proposed_where_a_number_is_called(agent):
    (names,) = agent.page.all("datalist")
    assert [text_of(option) for option in names] == ["Guichet 1", "Bureau calme"]
    (field,) = (field for field in agent.page.all("input") if field.get("name") == "guichet")
    assert field.get("list") == names.get("id")


def todays(app, status: str = "pris", mode: str = "sur-place") -> Appointment:
    """The first appointment of today at L'Arbresle."""
    on = app.extensions["counter"]
    with on.main.reading() as session:
        query = select(Appointment).join(Appointment.site).where(Site.short_name == "L'Arbresle")
        query = query.where(Appointment.day == on.clock().date(), Appointment.status == status)
        return session.scalars(query.where(Appointment.mode == mode).order_by(Appointment.minute)).first()


def here_at(clock, appointment: Appointment, minutes: int = 0) -> None:
    """It is so many minutes after the hour of the appointment (Paris is one hour ahead in November)."""
    clock.now = clock.now.replace(hour=0, minute=0)
    clock.advance(minutes=appointment.minute - 60 + minutes)


def by_code(person: Visitor, code: str, expect: int = 200) -> Page:
    return person.post("/borne/je-suis-la/code", {"code": code, "fini": "oui"}, expect=expect)


def by_birth(person: Visitor, day: int, month: int, letters: str, expect: int = 200) -> Page:
    person.post("/borne/je-suis-la/jour", {"choix": str(day)})
    person.post("/borne/je-suis-la/mois", {"choix": str(month)})
    return person.post("/borne/je-suis-la/nom", {"nom": letters, "fini": "oui"}, expect=expect)


def take(person: Visitor, motif: str = "") -> Page:
    return person.post("/borne/ticket", {"motif": motif})


def names(app) -> set[str]:
    """First and last names of everyone who has an appointment."""
    with app.extensions["counter"].main.reading() as session:
        people = [item.person for item in session.scalars(select(Appointment))]
    found = {person[name] for person in people for name in ("first_name", "last_name")}
    assert len(found) > 5
    return found


# ── calling for someone ─────────────────────────────────────────────────────────────────────────


def test_a_call_is_seen_at_the_desk_answered_once_and_told_at_the_kiosk(hall, agent, app, clock):
    page = hall.get("/borne/parler")
    assert "Appeler un agent" in page.text and "prévenu" not in page.text
    assert "La borne appelle" not in agent.get("/").root_text(), "a page that is only looked at calls nobody"
    hall.post("/borne/parler")
    assert "Un agent est prévenu." in hall.page.text and "Vous venez d'appeler." in hall.page.text
    hall.post("/borne/parler")
    clock.advance(minutes=2)
    assert "Vous attendez depuis 2 minutes." in hall.get("/borne/parler").text
    page = agent.get("/")
    assert page.text.count("La borne appelle") == 1 and "Hall, depuis 2 min" in page.text
    assert "« Hall » appelle" in agent.get("/demarches").root_text(), "a small badge on every page"
    second = Visitor(app).sign_in("camille", PASSWORD)
    agent.get("/")
    action = next(f.get("action") for f in agent.page.all("form") if "jarrive" in (f.get("action") or ""))
    assert "affiche qu'un agent arrive" in agent.submit({}, action=action).text
    assert "Un agent arrive." in hall.get("/borne/parler").text
    part = hall.client.get("/borne/parler", headers={"X-Part": "1"}).text
    assert "Un agent arrive." in part and "<html" not in part, "the page asks for this part by itself"
    second.get("/")
    page = second.submit({}, action=action.replace("jarrive", "fini"))
    assert "borne" not in page.text.casefold().replace("bornes", "")
    assert "L'appel est terminé. Vous pouvez appeler de nouveau." in hall.get("/borne/parler").text


def test_the_second_agent_is_told_that_a_colleague_is_on_the_way(hall, agent, app):
    hall.post("/borne/parler")
    with app.extensions["counter"].main.writing() as session:
        (call,) = lobby.open_calls(session, session.scalar(select(Kiosk.site_id)), app.extensions["counter"].clock())
        lobby.answer(session, call, 3, app.extensions["counter"].clock())
    page = agent.post(f"/appels/{call.id}/jarrive")
    assert "Un collègue est déjà en route." in page.text and "Un collègue va à la borne" in page.text


def test_leaving_or_cancelling_ends_the_call_and_so_do_ten_minutes(hall, agent, clock):
    for end in (lambda: hall.post("/borne/fin"), lambda: hall.post("/borne/parler/annuler")):
        hall.post("/borne/parler")
        assert "La borne appelle" in agent.get("/").text
        end()
        assert "La borne appelle" not in agent.get("/").text
    hall.post("/borne/parler")
    clock.advance(minutes=2)
    hall.get("/borne/parler")
    clock.advance(minutes=2)
    hall.get("/borne/parler")
    for _ in range(6):
        clock.advance(minutes=1)
        hall.get("/borne/parler")
    assert "La borne appelle" not in agent.get("/").text
    hall.post("/borne/parler")
    for _ in range(10):
        clock.advance(minutes=1)
        page = hall.get("/borne/parler")
    assert "Personne n'a pu venir." in page.text and "prendre un numéro" in page.text


def test_an_urgent_call_outlives_a_quick_leaving_and_nobody_else_can_cancel_it(hall, agent):
    hall.get("/borne/urgence")
    hall.submit({"urgent": "oui"}, action="/borne/parler")
    hall.post("/borne/fin")
    page = agent.get("/")
    assert "Urgent : la borne appelle" in page.text and "numéros d'urgence" in page.text
    assert "prévenu" not in hall.get("/borne/parler").text, "who comes next sees nothing of it"
    hall.post("/borne/parler")
    hall.post("/borne/parler/annuler")
    assert "Urgent : la borne appelle" in agent.get("/").text


def test_calls_and_numbers_of_another_site_are_neither_seen_nor_touched(hall, agent, robin, app, monkeypatch):
    monkeypatch.setattr("counter.views.lobby.HELD", 0)
    enrolled(app, site="Tarare")
    hall.post("/borne/parler")
    take(hall)
    page = robin.get("/")
    assert "appelle" not in page.root_text() and "Personne n'attend avec un numéro." in page.text
    for path in ("/appels/1/jarrive", "/appels/1/fini", "/salle/1/termine", "/salle/1/absent"):
        robin.get("/")
        robin.post(path, expect=404)
    robin.get("/")
    robin.post("/salle/appeler", {"numero": "1", "guichet": "Chez moi"}, expect=404)
    assert events(robin.client.get("/appels/flux"))[0]["calls"] == []
    page = agent.get("/")
    assert "La borne appelle" in page.text and "1 personne attend" in page.text


def test_without_a_kiosk_the_pages_of_an_agent_say_nothing_of_it(camille):
    page = camille.get("/")
    assert "Salle d'attente" not in page.text and "data-stream" not in page.html


# ── told as it happens ──────────────────────────────────────────────────────────────────────────


def events(response) -> list[dict]:
    """What a stream that has ended told."""
    return [json.loads(data) for data in re.findall(r"^data: (.*)$", response.text, re.M)]


def event(chunk: bytes) -> dict:
    return json.loads(re.search(r"^data: (.*)$", chunk.decode(), re.M)[1])


def test_the_stream_tells_a_call_made_meanwhile_and_its_answer(hall, agent, monkeypatch):
    monkeypatch.setattr("counter.views.lobby.LOOK_EVERY", 0.01)
    response = agent.client.get("/appels/flux", buffered=False)
    told = iter(response.response)
    assert response.mimetype == "text/event-stream"
    first = event(next(told))
    assert first["calls"] == [] and first["mark"] == re.search(r'data-mark="(\w+)"', agent.page.html)[1]
    assert next(told).strip() == b":", "nothing is new"
    hall.post("/borne/parler")
    assert event(next(told))["calls"] == ["Hall"]
    take(hall)
    assert event(next(told))["waiting"] == 1
    agent.post("/appels/1/jarrive")
    assert event(next(told))["calls"] == []
    response.close()
    parts = agent.client.get("/appels").text
    assert "Vous allez à la borne" in parts and 'id="borne-badge"' in parts and 'id="borne-numeros"' in parts


def test_streams_hold_a_third_of_the_threads_at_most_and_give_them_back(hall, agent, app, monkeypatch):
    monkeypatch.setattr("counter.views.lobby.LOOK_EVERY", 0.01)
    assert app.extensions["counter"].settings.threads // 3 == 3

    def opened():
        response = agent.client.get("/appels/flux", buffered=False)
        told = iter(response.response)
        assert next(told).startswith(b"retry: 3000\ndata:")
        return response, told

    held = [opened() for _ in range(3)]
    assert all(next(told) for _, told in held)
    late, told = opened()
    assert list(told) == [], "who finds no place is answered at once and comes back"
    held[0][0].close()
    _, again = opened()
    assert next(again)
    for response in [late, *(response for response, _ in held)]:
        response.close()
    never_read = agent.client.get("/appels/flux", buffered=False)
    never_read.close()
    assert HELD <= 25


def test_a_stream_ends_by_itself(hall, agent, monkeypatch):
    monkeypatch.setattr("counter.views.lobby.LOOK_EVERY", 0)
    monkeypatch.setattr("counter.views.lobby.HELD", 0.05)
    assert events(agent.client.get("/appels/flux"))[0]["waiting"] == 0


def test_pages_that_ask_by_themselves_keep_nobody_signed_in(hall, agent, clock):
    for _ in range(4):
        clock.advance(minutes=9)
        agent.client.get("/appels").close()
    assert agent.client.get("/").headers["Location"].startswith("/connexion")


# ── « je suis là » ──────────────────────────────────────────────────────────────────────────────


def test_the_person_says_they_are_there_and_the_agenda_knows(hall, agent, app, clock):
    mine = todays(app)
    here_at(clock, mine, -10)
    page = by_code(hall, mine.code)
    assert page.h1 == "Votre numéro" and re.search(r"\b1\b", page.text)
    assert "L'agent sait que vous êtes là." in page.text and "Asseyez-vous" in page.text
    assert not [name for name in names(app) if name in page.html]
    assert mine.code not in page.url and "?" not in page.url
    agent = Visitor(app).sign_in("camille", PASSWORD)
    page = agent.get("/")
    assert "arrivée notée à l'instant" in page.text and "numéro 1" in page.text and "1 personne attend" in page.text
    assert "numéro 1" in agent.get("/agenda").text
    assert "par la personne" in agent.get(f"/rendez-vous/{mine.id}").text, "its history says who told it"
    hall.post("/borne/fin")
    page = by_code(hall, mine.code.lower())
    assert page.h1 == "Votre numéro" and re.search(r"\b1\b", page.text), "said twice, the same number"


def test_without_the_code_the_birthday_and_the_first_letters_are_enough(hall, app, clock):
    mine = todays(app)
    here_at(clock, mine, -10)
    person = mine.person
    page = by_birth(hall, person["birth_day"], person["birth_month"], person["last_name"][:3])
    assert page.h1 == "Votre numéro" and "L'agent sait que vous êtes là." in page.text
    assert "here" not in kept(app), "what was typed is forgotten once the number is given"


def kept(app) -> dict:
    """What the session of the kiosk holds."""
    from counter.models import AgentSession

    with app.extensions["counter"].cache.reading() as cache:
        return cache.scalars(select(AgentSession).where(AgentSession.kiosk_id.is_not(None))).one().data


def test_nothing_tells_whether_somebody_is_expected(hall, app, clock):
    mine = todays(app)
    here_at(clock, mine, -10)
    person = mine.person
    other_day = person["birth_day"] % 28 + 1
    wrong = by_birth(hall, other_day, person["birth_month"], person["last_name"][:3], expect=422)
    hall.post("/borne/fin")
    nobody = by_birth(hall, 31, 1, "xyz", expect=422)
    said = "Nous ne trouvons pas ce rendez-vous."
    assert said in wrong.text and wrong.text == nobody.text
    hall.post("/borne/fin")
    assert "Nous ne trouvons pas ce code." in by_code(hall, "AAAA-BBBB", expect=422).text


def test_the_answer_asked_for_again_once_the_time_has_come_leads_to_saying_that_one_is_here(hall, app, clock):
    mine = todays(app)
    here_at(clock, mine, -61)
    assert "Vous êtes en avance." in by_code(hall, mine.code).text
    clock.advance(minutes=1)
    assert hall.get("/borne/je-suis-la/reponse").url == "/borne/je-suis-la"
    by_code(hall, mine.code)
    assert hall.page.h1 == "Votre numéro"


def test_each_case_has_its_own_kind_sentence(hall, agent, app, clock):
    mine = todays(app)
    here_at(clock, mine, -90)
    page = by_code(hall, mine.code)
    assert "Vous êtes en avance." in page.text and "Revenez ici à partir de" in page.text
    here_at(clock, mine, mine.duration)
    assert "L'heure est passée" in by_code(hall, mine.code).text
    clock.advance(days=-1)
    page = by_code(hall, mine.code)
    assert "n'est pas aujourd'hui" in page.text and "mardi 24 novembre" in page.text
    clock.advance(days=2)
    assert "Ce rendez-vous est passé." in by_code(hall, mine.code).text
    clock.advance(days=-1)
    with app.extensions["counter"].main.writing() as session:
        session.get_one(Appointment, mine.id).status = "annule"
    page = by_code(hall, mine.code)
    assert "Ce rendez-vous est annulé." in page.text and page.link("Prendre un rendez-vous")
    elsewhere = enrolled(app, site="Tarare")
    with app.extensions["counter"].main.writing() as session:
        session.get_one(Appointment, mine.id).status = "pris"
    assert "n'est pas ici. Il est à L'Arbresle" in by_code(elsewhere, mine.code).text
    assert elsewhere.page.h1 == "Votre rendez-vous"


def test_after_too_many_tries_the_kiosk_says_so_even_to_who_is_right(hall, app, clock):
    mine = todays(app)
    here_at(clock, mine, -10)
    throttle = app.extensions["counter"].throttle
    for _ in range(20):
        throttle.failed(Guess.ARRIVAL, "1")
    assert "Il y a eu trop d'essais." in by_code(hall, mine.code, expect=422).text
    assert todays(app).id == mine.id, "nobody arrived"
    assert by_code(enrolled(app, name="Entrée"), mine.code).h1 == "Votre numéro", "another kiosk goes on"


def test_the_keys_write_without_scripts_and_a_wrong_code_is_kind(hall):
    page = hall.post("/borne/je-suis-la/code", {"code": "ABC", "touche": "D"})
    assert page.form(having="code")["values"]["code"] == ["ABCD"]
    page = hall.post("/borne/je-suis-la/code", {"code": "ABC", "fini": "oui"}, expect=422)
    assert "Le code a 8 lettres et chiffres." in page.text
    assert hall.get("/borne/je-suis-la/nom").h1 == "Votre jour de naissance ?", "one thing after the other"
    page = by_birth(hall, 3, 9, "d", expect=422)
    assert "2 ou 3 premières lettres" in page.text


def test_whatever_is_sent_is_answered_kindly(hall):
    for value in ("", "0", "99", "²", "-1", "é" * 500, "1\x00", "' OR 1=1 --"):
        for path in ("je-suis-la/mois", "je-suis-la/nom", "je-suis-la/jour", "je-suis-la/code", "ticket"):
            hall.post("/borne/je-suis-la/jour", {"choix": "3"})
            sent = {"choix": value, "nom": value, "code": value, "motif": value}
            assert hall.client.post(f"/borne/{path}", data=sent).status_code in {200, 303, 422}, (path, value)
        assert hall.client.get("/borne/ticket", query_string={"suite": value}).status_code in {200, 303}


# ── a number ────────────────────────────────────────────────────────────────────────────────────


def test_a_number_with_or_without_a_reason_and_about_how_long(hall, agent, app):
    page = hall.get("/borne/ticket")
    buttons = [words for *_, words in page.form(having=None, action="/borne/ticket")["buttons"]]
    assert len(buttons) == 6 and buttons[-1] == "Je préfère ne pas dire"
    first = page.form(action="/borne/ticket")["buttons"][0]
    assert "C'est bientôt à vous." in take(hall, first[1]).text
    assert hall.get("/borne/ticket").h1 == "Votre numéro", "a visit has one number"
    take(hall)
    hall.post("/borne/fin")
    page = take(hall)
    assert "1 personne passe avant vous. Attente : environ 15 minutes." in page.text and re.search(r"\b2\b", page.text)
    listed = agent.get("/").text
    assert "2 personnes attendent" in listed and buttons[0] in listed and "Motif non dit" in listed
    hall.post("/borne/fin")
    assert hall.get("/borne/numero").h1 == "Bonjour", "nothing is left for who comes next"


def test_agents_call_the_next_finish_and_say_absent(hall, agent, clock):
    for _ in range(3):
        take(hall)
        hall.post("/borne/fin")
    page = agent.get("/")
    page = agent.submit({"guichet": "Guichet 2"}, action="/salle/appeler")
    assert "Le numéro 1 est appelé : Guichet 2." in page.text and "2 personnes attendent" in page.text
    assert page.form(action="/salle/appeler")["values"]["guichet"] == ["Guichet 2"], "the desk is remembered"
    clock.advance(minutes=1)
    page = agent.post("/salle/1/absent")
    assert "Le numéro 1 attend de nouveau, à la fin de la file." in page.text
    page = agent.submit({}, action="/salle/appeler")
    assert "Le numéro 2 est appelé" in page.text
    agent.post("/salle/2/termine")
    page = agent.submit({"numero": "1"}, action="/salle/appeler")
    assert "Le numéro 1 est appelé" in page.text
    page = agent.post("/salle/1/absent")
    assert "Le numéro 1 n'est plus dans la file." in page.text and "1 personne attend" in page.text
    agent.submit({}, action="/salle/appeler")
    page = agent.submit({}, action="/salle/appeler")
    assert "Personne n'attend." in page.text
    agent.submit({"guichet": "G" * 60, "numero": "9" * 30}, action="/salle/appeler")


def test_the_form_of_next_sent_twice_calls_one_person(hall, agent):
    for _ in range(2):
        take(hall)
        hall.post("/borne/fin")
    agent.get("/")
    old = agent.page.form(action="/salle/appeler")["values"]
    agent.post("/salle/appeler", old)
    page = agent.post("/salle/appeler", old)
    assert "Le numéro 1 est appelé" in page.text and "1 personne attend" in page.text


# ── the lobby's screen ──────────────────────────────────────────────────────────────────────────


def test_the_screen_shows_numbers_and_desks_and_nobody(hall, agent, app, clock):
    screen = enrolled(app, name="Écran")
    assert "Personne n'est appelé pour le moment." in screen.get("/borne/appel").text
    mine = todays(app)
    here_at(clock, mine, -5)
    by_code(hall, mine.code)
    hall.post("/borne/fin")
    motif = hall.get("/borne/ticket").form(action="/borne/ticket")["buttons"][0]
    take(hall, motif[1])
    agent = Visitor(app).sign_in("camille", PASSWORD)
    agent.get("/")
    agent.submit({"guichet": "Guichet 2"}, action="/salle/appeler")
    clock.advance(minutes=1)
    agent.get("/agenda")
    agent.submit({"etat": "appele"}, action=f"/agenda/{mine.id}/etat")
    page = screen.get("/borne/appel")
    assert [text_of(li) for li in page.all("li")] == ["Numéro 1 Guichet 2", "Numéro 2 Guichet 2"]
    assert "Personne n'attend." in page.text
    assert not [name for name in names(app) if name in page.html] and motif[2] not in page.html
    part = screen.client.get("/borne/appel", headers={"X-Part": "1"}).text
    assert "Guichet 2" in part and "<html" not in part
    assert 'aria-live="polite"' in page.html and not page.all("footer")


def test_the_screen_of_another_site_shows_nothing_of_this_one(hall, agent, app):
    take(hall)
    agent.get("/")
    agent.submit({"guichet": "Guichet 2"}, action="/salle/appeler")
    assert "Guichet" not in enrolled(app, site="Tarare").get("/borne/appel").text
