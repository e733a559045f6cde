"""What the agent sees of the messages, the call list, and the careful contact."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time

import pytest
from sqlalchemy import select, update

from app import create_app
from counter.config import ROOT, SettingsError
from counter.messages import Kind, State
from counter.models import Appointment, JournalLine, Message
from counter.sending import post_of, send_due
from counter.store import waiting
from counter.store.appointments import appointment_by_id
from counter.views import acts
from tests.conftest import settings_for
from tests.pages import Visitor, text_of
from tests.papers import text_of_pdf
from tests.views.test_appointments import book, choose

MOBILE = {"phone": "06 12 34 56 78"}
MAIL = {"smtp_host": "127.0.0.1", "smtp_port": 9, "smtp_tls": "none", "smtp_sender": "accueil@exemple.fr"}
FAR = "&des-jour=1&des-mois=12&lieu=5&comment=sur-place"


@pytest.fixture
def sending(real_instance, clock):
    """The application of a counter that sends, and its agent."""

    def start(**settings):
        app = create_app(settings_for(real_instance, **settings), clock)
        return app, Visitor(app).sign_in("camille", "Bonjour-2026")

    return start


def send(app) -> None:
    send_due(post_of(app))


def rows(app) -> list[Message]:
    with app.extensions["counter"].main.reading() as session:
        return list(session.scalars(select(Message).order_by(Message.due_at)))


def test_the_agent_is_told_what_was_sent_and_what_will_be(sending, real_instance):
    app, agent = sending(sms_gateway="fichier")
    choose(agent, query=FAR)
    page = book(agent, **MOBILE)
    assert "Confirmation par SMS : part dans la minute•• 78" in page.text
    assert re.search(r"Rappel prévu par SMS le dimanche 29 novembre à 10 h", page.text)
    send(app)
    page = agent.get(page.url)
    assert "Confirmation envoyée par SMS à 9 h•• 78" in page.text
    assert "612345678" not in page.text.split("Messages")[1].replace(" ", "")
    (line,) = (real_instance / "sms.jsonl").read_text("utf-8").splitlines()
    assert "Votre rendez-vous est pris : mardi 1er décembre 2026 à" in json.loads(line)["text"]


def test_the_agent_and_the_status_page_tell_that_the_mail_server_does_not_answer(sending):
    app, agent = sending(**MAIL)
    choose(agent, query=FAR)
    url = book(agent, email="elise@exemple.fr").url
    assert "1 message à envoyer" in agent.get("/etat").text
    send(app)
    page = agent.get(url)
    assert "Confirmation par e-mail : pas encore partiee•••@exemple.fr. Nouvel essai à 9 h 01" in page.text
    assert "1 message attend : le serveur ne répond pas" in agent.get("/etat").text


def test_a_booking_sent_twice_queues_one_confirmation(sending):
    app, agent = sending(**MAIL)
    choose(agent)
    form = agent.page.form(having="first_name")
    typed = form["values"] | {"first_name": "Élise", "last_name": "Lambert", "birth-jour": "3", "birth-mois": "9"}
    for _ in range(2):
        agent.post(form["action"], typed | {"email": "elise@exemple.fr"})
    assert [row.kind for row in rows(app) if row.kind == Kind.CONFIRMATION] == [Kind.CONFIRMATION]


def test_a_corrected_number_gets_what_the_wrong_one_will_no_longer_get(sending):
    app, agent = sending(sms_gateway="fichier")
    choose(agent, query=FAR)
    agent.get(book(agent, **MOBILE).link("Corriger les coordonnées"))
    agent.submit({"phone": "06 99 99 99 99"}, having="phone")
    waiting = {(row.kind, row.address[-2:]) for row in rows(app) if row.state != "abandonne"}
    assert waiting == {(Kind.CONFIRMATION, "99"), (Kind.REMINDER, "99")}
    agent.get(f"{agent.page.url}/corriger")
    agent.submit({"careful": ["prudent"]}, having="phone")
    assert {row.state for row in rows(app)} == {"abandonne"}, "nothing leaves to a careful contact"


def test_cancelling_with_the_code_tells_it_and_drops_the_reminders(sending):
    app, agent = sending(sms_gateway="fichier")
    choose(agent, query=FAR)
    page = book(agent, **MOBILE)
    code = re.search(r"\b([A-Z2-9]{4}-[A-Z2-9]{4})\b", page.text)[1]
    agent.get("/rendez-vous/gerer")
    agent.submit({"code": code, "birth-jour": "3", "birth-mois": "9"}, having="code")
    agent.submit(action="/rendez-vous/gerer/annuler")
    states = {(row.kind, row.state) for row in rows(app)}
    assert states == {("confirmation", "abandonne"), ("rappel", "abandonne"), ("annulation", "a-envoyer")}
    text = agent.get(page.url).text
    assert "Annulation par SMS" in text and "Rappel" not in text


def test_a_demonstration_queues_nothing_and_says_so(app, camille):
    choose(camille, query=FAR)
    page = book(camille, email="elise@exemple.fr", **MOBILE)
    assert "Démonstration : aucun message ne part." in page.text and rows(app) == []
    assert "aucun ne part d'une démonstration" in camille.get("/etat").text


def test_the_command_sends_nothing_of_a_demonstration(instance):
    environ = os.environ | {"COUNTER_INSTANCE": str(instance), "COUNTER_SMS_GATEWAY": "fichier"}
    done = subprocess.run(
        [sys.executable, "-m", "flask", "messages", "envoyer"],
        cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0 and "démonstration : aucun message n'est envoyé" in done.stdout


def test_a_counter_with_nothing_to_send_by_says_to_give_the_paper(sending):
    app, agent = sending()
    choose(agent)
    assert "Ce poste n'envoie ni e-mail ni SMS" in book(agent, email="elise@exemple.fr").text
    assert "pas d'envoi sur ce poste" in agent.get("/etat").text and rows(app) == []


def test_nobody_is_said_to_be_on_the_call_list_once_there_is_nothing_to_tell(sending):
    _, agent = sending(sms_gateway="fichier")
    choose(agent, query=FAR)
    url = book(agent).url
    assert "Pas d'e-mail ni de téléphone : donnez le papier." in agent.get(url).text
    choose(agent, query=FAR)
    url = book(agent, phone="01 99 00 12 34").url
    assert "La personne est dans la liste d'appels" in agent.get(url).text
    agent.get(f"{url}/annuler")
    page = agent.submit({"reason": "personne"}, having="reason")
    assert "Aucun message n'est parti." in page.text and "liste d'appels" not in page.text


def test_the_reminder_of_an_hour_that_is_lost_is_said_to_wait(sending):
    app, agent = sending(sms_gateway="fichier")
    choose(agent, query=FAR)
    book(agent, **MOBILE)
    assert "Rappel prévu par SMS" in agent.page.root_text()
    with app.extensions["counter"].main.writing() as session:
        session.execute(update(Appointment).where(Appointment.status == "pris").values(to_move=True))
    page = agent.get(agent.page.url)
    assert "Rappel par SMS : attend que le rendez-vous soit déplacé" in page.root_text()
    assert "prévu par SMS" not in page.root_text()


def test_the_call_list_names_who_has_neither_email_nor_mobile(sending):
    app, agent = sending(sms_gateway="fichier", **MAIL)
    for last_name, contact in (
        ("Fixe", {"phone": "01 99 00 12 34"}),
        ("Rien", {}),
        ("Mobile", MOBILE),
        ("Prudente", {"phone": "01 99 00 12 34", "careful": ["prudent"]}),
        ("Voisine", {"phone": "01 99 00 55 66", "contact_of": "proche", "contact_name": "Paul Exemple"}),
    ):
        choose(agent, query=FAR)
        book(agent, last_name=last_name, **contact)
    page = agent.get("/agenda/appels?jour=2026-12-01&site=5")
    assert page.h1 == "À appeler avant mardi 1er décembre"
    lines = [text_of(row) for row in page.all("tr")[1:]]
    called = [re.search(r"Élise (\w+)Sur place", line)[1] for line in lines if "Élise" in line]
    assert called == ["Fixe", "Voisine"]
    assert any("01 99 00 12 34" in line for line in lines) and any("Paul Exemple" in line for line in lines)
    assert "Élise Rien" in page.text and "Élise Mobile" not in page.text and "Prudente" not in page.text
    assert "Lambert" not in page.url


def test_the_call_list_is_reached_from_the_agenda_and_understands_any_address(camille):
    page = camille.get(camille.get("/agenda?jour=2026-11-25").link("À appeler"))
    assert page.h1 == "À appeler avant mercredi 25 novembre"
    for query in ("jour=2026-02-31", "jour=abc", ""):
        assert camille.get(f"/agenda/appels?{query}").h1.startswith("À appeler avant")
    assert "à appeler" in camille.get("/agenda/appels?jour=2027-08-01").text
    camille.get("/agenda/appels?site=7", expect=404)


class TestCarefulContact:
    """« Contact prudent » : no message, papers that do not say why."""

    @pytest.fixture
    def page(self, sending):
        self.app, self.agent = sending(sms_gateway="fichier", **MAIL)
        choose(self.agent, query=FAR)
        return book(self.agent, careful=["prudent"], email="elise@exemple.fr", **MOBILE)

    def test_nothing_is_sent(self, page):
        assert "Contact prudent : aucun message ne part." in page.text and rows(self.app) == []

    def test_the_slip_and_the_calendar_tell_neither_the_motif_nor_the_caf(self, page):
        paper = text_of_pdf(self.agent.file(page.link("Imprimer le papier")))
        assert "Élise Lambert" in paper and "1 rue de l'Exemple" in paper and "Votre code" in paper
        calendar = self.agent.file(page.link("Calendrier")).decode().replace("\r\n ", "")
        assert "SUMMARY:Rendez-vous\r\n" in calendar
        for words in ("situation", "Motif", "Caf du Rhône", "Caf", "bail", "allocataire"):
            assert words not in paper.replace(self.site_name(), ""), words
            assert words not in calendar.replace(self.site_name(), ""), words

    def site_name(self) -> str:
        with self.app.extensions["counter"].main.reading() as session:
            return session.scalars(select(Appointment).order_by(Appointment.id.desc())).first().site.name

    def test_the_person_s_page_and_the_summary_do_not_tell_it_either(self, page):
        code = re.search(r"\b([A-Z2-9]{4}-[A-Z2-9]{4})\b", page.text)[1]
        assert "Rendez-vous : Ma situation" not in self.agent.get("/accompagnement").text
        self.agent.get("/rendez-vous/gerer")
        mine = self.agent.submit({"code": code, "birth-jour": "3", "birth-mois": "9"}, having="code")
        assert mine.h1 == "Votre rendez-vous" and "situation" not in mine.text and "allocataire" not in mine.text


def test_the_box_stays_ticked_when_the_form_comes_back(camille):
    choose(camille)
    page = camille.submit({"careful": ["prudent"]}, having="first_name", expect=422)
    assert page.form(having="first_name")["values"]["careful"] == ["prudent"]


def test_serving_sends_by_itself(sending, real_instance):
    """The thread of the real server, at this machine's time: nothing is due, nothing breaks, the file appears."""
    app, agent = sending(sms_gateway="fichier")
    choose(agent, query=FAR)
    book(agent, **MOBILE)
    with app.extensions["counter"].main.writing() as session:
        for row in session.scalars(select(Message).where(Message.kind == Kind.CONFIRMATION)):
            row.next_try_at = row.next_try_at.replace(year=2020)
            row.useless_at = row.useless_at.replace(year=2100)
    environ = {"COUNTER_INSTANCE": str(real_instance), "COUNTER_SMS_GATEWAY": "fichier", "COUNTER_PORT": "8766"}
    server = subprocess.Popen(
        [sys.executable, "app.py"], cwd=ROOT, env=os.environ | environ | {"COUNTER_LINE_CHECK": ""},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until = time.monotonic() + 30
        while not (real_instance / "sms.jsonl").exists() and time.monotonic() < until:
            time.sleep(0.05)
        assert (real_instance / "sms.jsonl").exists()
    finally:
        server.terminate()
        server.wait(10)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"smtp_host": "mail.exemple.fr"}, "smtp_sender"),
        ({"smtp_tls": "oui"}, "starttls, ssl ou none"),
        ({"smtp_port": 0}, "Le port 0"),
        ({"sms_gateway": "http://sms.exemple.fr"}, "https://"),
        ({"sms_gateway": "ftp://x"}, "https://"),
    ],
)
def test_a_setting_that_could_not_send_is_refused_at_the_start(tmp_path, settings, sentence):
    with pytest.raises(SettingsError, match=sentence):
        settings_for(tmp_path, **settings)


def test_passwords_are_never_shown(tmp_path):
    settings = settings_for(tmp_path, smtp_password="tres-secret", sms_token="tres-secret")
    assert "tres-secret" not in repr(settings) and settings.smtp_password == "tres-secret"


def test_who_cancels_while_an_agent_says_yes_for_them_hears_of_the_cancellation_only(sending, monkeypatch):
    """PostgreSQL lets both write: the cancellation is there once the agent's turn comes."""
    app, agent = sending(sms_gateway="fichier")
    choose(agent, query=FAR)
    earlier = book(agent).url
    choose(agent, query=FAR)
    later = book(agent, **MOBILE).url
    agent.submit({"attendre": "oui"}, action=f"{later}/attente")
    agent.get(f"{earlier}/annuler")
    agent.submit({"reason": "personne"}, having="reason")
    agent.get("/")
    lock = waiting.lock_free_time

    def wait_for_the_person(session) -> None:
        monkeypatch.setattr(waiting, "lock_free_time", lock)
        acts.cancel(session, appointment_by_id(session, int(later.rsplit("/", 1)[1])))

    monkeypatch.setattr(waiting, "lock_free_time", wait_for_the_person)
    page = agent.submit({"reponse": "oui"}, action=f"{later}/place-plus-tot")
    assert page.h1 == "Rendez-vous annulé" and "ce rendez-vous a été annulé entre-temps" in page.text
    assert "Le rendez-vous est avancé" not in page.text
    assert [row.kind for row in rows(app) if row.state == State.TO_SEND] == [Kind.CANCELLATION]
    with app.extensions["counter"].main.reading() as session:
        assert not session.scalar(select(JournalLine.seq).where(JournalLine.detail.startswith("place-plus-tot")))
