"""An earlier place, for the person who waits for one: told by a message, read and answered with their code."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import select

from app import create_app
from counter.models import Appointment, Message
from counter.sending import offers_round, post_of
from tests.conftest import settings_for
from tests.kiosks import enrolled
from tests.pages import Visitor
from tests.views.test_appointments import book
from tests.views.test_changes import when
from tests.views.test_kiosk import find
from tests.views.test_messages import FAR, send

MOBILE = "06 12 34 56 78"


class Waiting:
    """A counter that sends SMS; Élise Patience has a late appointment, someone else an early one."""

    def __init__(self, instance, clock):
        self.instance, self.clock = instance, clock
        self.app = create_app(settings_for(instance, sms_gateway="fichier", public_url="https://rdv.exemple.fr"), clock)
        self.agent = Visitor(self.app).sign_in("camille", "Bonjour-2026")
        self.early = self.taken(0, last_name="Avance", phone="0199001234")
        self.late = self.taken(-1, last_name="Patience", phone=MOBILE)
        self.hours = {url: when(self.agent.get(url)) for url in (self.early, self.late)}

    def taken(self, nth: int, **person) -> str:
        slots = self.agent.get(f"/rendez-vous?motif=1{FAR}").form(action="/rendez-vous/creneau")
        offered = [value for name, value, _ in slots["buttons"] if name == "creneau"]
        self.agent.submit({"creneau": offered[nth]}, action="/rendez-vous/creneau")
        return book(self.agent, **person).url

    def person(self) -> Visitor:
        """Élise Patience, at home, with her code."""
        visitor = Visitor(self.app)
        visitor.get("/rendez-vous/gerer")
        visitor.submit({"code": self.code, "birth-jour": "3", "birth-mois": "9"}, having="code")
        return visitor

    @property
    def code(self) -> str:
        return re.search(r"\b([A-Z2-9]{4}-[A-Z2-9]{4})\b", self.agent.get(self.late).text)[1]

    def waits(self) -> Visitor:
        visitor = self.person()
        visitor.submit({"attendre": "oui"}, action="/rendez-vous/gerer/attente")
        return visitor

    def comes_back(self) -> None:
        self.agent.get(f"{self.early}/annuler")
        self.agent.submit({"reason": "personne"}, having="reason")

    def round(self) -> None:
        """What the server does each minute."""
        offers_round(post_of(self.app))
        send(self.app)

    def sms(self) -> list[str]:
        file = self.instance / "sms.jsonl"
        return [json.loads(line)["text"] for line in file.read_text("utf-8").splitlines()] if file.exists() else []


@pytest.fixture
def waiting(real_instance, clock) -> Waiting:
    return Waiting(real_instance, clock)


def test_a_person_asks_to_be_told_hears_of_the_place_and_takes_it(waiting):
    visitor = waiting.waits()
    assert "Vous êtes sur la liste" in visitor.page.text and "Vous recevez un SMS" in visitor.page.text
    waiting.comes_back()
    waiting.round()
    waiting.round()
    (offer,) = [text for text in waiting.sms() if text.startswith("Une place plus tot ?")]
    assert "Oui : https://rdv.exemple.fr/rendez-vous/gerer" in offer and "Sinon rien ne change." in offer
    page = visitor.get("/rendez-vous/gerer/mien")
    assert "Une place plus tôt est gardée pour vous" in page.text and "Sans réponse, rien ne change" in page.text
    assert waiting.hours[waiting.early].split(" 2026")[0] in page.text
    form = visitor.page.form(action="/rendez-vous/gerer/place-plus-tot")
    for _ in range(2):
        page = visitor.post(form["action"], form["values"] | {"reponse": "oui"})
        assert "Votre rendez-vous est avancé" in page.text and "gardée pour vous" not in page.text
    assert when(waiting.agent.get(waiting.late)) == waiting.hours[waiting.early]
    waiting.round()
    assert waiting.sms()[-1].startswith("Votre rendez-vous a changé")


def test_a_no_keeps_the_hour_and_the_place_on_the_list(waiting):
    visitor = waiting.waits()
    waiting.comes_back()
    visitor.get("/rendez-vous/gerer/mien")
    page = visitor.submit({"reponse": "non"}, action="/rendez-vous/gerer/place-plus-tot")
    assert "garde son heure" in page.text and "Vous êtes sur la liste" in page.text
    assert when(waiting.agent.get(waiting.late)) == waiting.hours[waiting.late]


def test_a_yes_to_a_place_that_is_no_longer_kept_changes_nothing_and_says_so(waiting):
    visitor = waiting.waits()
    waiting.comes_back()
    visitor.get("/rendez-vous/gerer/mien")
    form = visitor.page.form(action="/rendez-vous/gerer/place-plus-tot")
    waiting.agent.get(waiting.late)
    waiting.agent.submit({"reponse": "non"}, action=f"{waiting.late}/place-plus-tot")
    page = visitor.post(form["action"], form["values"] | {"reponse": "oui"})
    assert "n'est plus gardée pour vous" in page.text
    assert when(waiting.agent.get(waiting.late)) == waiting.hours[waiting.late]


def test_leaving_the_list(waiting):
    visitor = waiting.waits()
    page = visitor.submit({"attendre": "non"}, action="/rendez-vous/gerer/attente")
    assert "vous n'êtes plus sur la liste" in page.text
    waiting.comes_back()
    waiting.round()
    assert not [text for text in waiting.sms() if text.startswith("Une place")]
    assert "gardée pour vous" not in visitor.get("/rendez-vous/gerer/mien").text


def test_who_is_cancelled_while_they_ask_to_be_told_is_not_said_to_be_on_the_list(waiting):
    visitor = waiting.person()
    waiting.agent.get(f"{waiting.late}/annuler")
    waiting.agent.submit({"reason": "personne"}, having="reason")
    page = visitor.submit({"attendre": "oui"}, action="/rendez-vous/gerer/attente")
    assert "vous êtes sur la liste" not in page.text and "annulé" in page.text


def test_the_agent_sees_that_a_message_goes_too(waiting):
    waiting.waits()
    waiting.comes_back()
    page = waiting.agent.get("/")
    assert "Appeler Élise Patience" in page.text and "Un SMS le lui propose aussi" in page.text
    waiting.round()
    assert re.search(r"Proposition envoyée par SMS à \d+ h", waiting.agent.get(waiting.late).text)


def test_a_number_corrected_after_the_offer_gets_it(waiting):
    waiting.waits()
    waiting.comes_back()
    offers_round(post_of(waiting.app))
    waiting.agent.get(f"{waiting.late}/corriger")
    waiting.agent.submit({"phone": "06 99 99 99 99"}, having="phone")
    waiting.round()
    with waiting.app.extensions["counter"].main.reading() as session:
        sent = session.scalars(select(Message).where(Message.kind == "proposition", Message.state == "envoye")).all()
    assert [message.address[-2:] for message in sent] == ["99"]


def test_a_careful_contact_reads_of_it_on_their_page_only(waiting):
    with waiting.app.extensions["counter"].main.writing() as session:
        booked = session.get_one(Appointment, int(waiting.late.rsplit("/", 1)[1]))
        booked.person = booked.person | {"careful": True}
    visitor = waiting.waits()
    assert "Pour le savoir, regardez cette page" in visitor.page.text
    waiting.comes_back()
    waiting.round()
    assert not [text for text in waiting.sms() if text.startswith("Une place")]
    assert "Une place plus tôt est gardée pour vous" in visitor.get("/rendez-vous/gerer/mien").text


@pytest.mark.parametrize("said", ["oui", "non"])
def test_it_is_read_and_answered_before_a_kiosk(waiting, said):
    waiting.waits()
    waiting.comes_back()
    visitor = enrolled(waiting.app)
    page = find(visitor, waiting.code, "3", "9")
    assert "Une place plus tôt est gardée pour vous" in page.text and "Sans réponse, rien ne change" in page.text
    form = page.form("/borne/mon-rendez-vous/place-plus-tot")
    for _ in range(2):
        page = visitor.post(form["action"], form["values"] | {"reponse": said})
    assert page.h1 == ("Votre rendez-vous est changé" if said == "oui" else "Votre rendez-vous est noté")
    assert "gardée pour vous" not in page.text
    stands = waiting.early if said == "oui" else waiting.late
    assert when(waiting.agent.get(waiting.late)) == waiting.hours[stands]


def test_who_must_move_is_not_told_that_nothing_changes(waiting):
    visitor = waiting.waits()
    waiting.comes_back()
    with waiting.app.extensions["counter"].main.writing() as session:
        session.get_one(Appointment, int(waiting.late.rsplit("/", 1)[1])).to_move = True
    for page in (visitor.get("/rendez-vous/gerer/mien"), find(enrolled(waiting.app), waiting.code, "3", "9")):
        assert "Une place plus tôt est gardée pour vous" in page.text
        assert "rien ne change" not in page.text and "mon heure" not in page.text


def test_without_the_code_there_is_nothing_to_answer(visitor):
    for page in ("place-plus-tot", "attente"):
        visitor.get("/rendez-vous/gerer")
        token = visitor.page.form(having="code")["values"]["csrf_token"]
        assert visitor.post(f"/rendez-vous/gerer/{page}", {"csrf_token": token}).h1 == "Retrouver un rendez-vous"


def test_the_next_who_waits_is_asked_when_an_offer_runs_out_though_nobody_opens_a_page(waiting):
    other = waiting.taken(-1, last_name="Suivant", phone="06 98 76 54 32")
    waiting.waits()
    waiting.clock.advance(minutes=1)
    waiting.agent.get(other)
    waiting.agent.submit({"attendre": "oui"}, action=f"{other}/attente")
    waiting.comes_back()
    offers_round(post_of(waiting.app))
    waiting.clock.advance(hours=25)
    offers_round(post_of(waiting.app))
    with waiting.app.extensions["counter"].main.reading() as session:
        told = session.scalars(select(Message.appointment_id).where(Message.kind == "proposition")).all()
    assert sorted(told) == sorted(int(url.rsplit("/", 1)[1]) for url in (waiting.late, other))
