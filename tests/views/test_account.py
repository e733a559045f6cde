"""The own account: password chosen, forgotten, provisional; open sessions; the second step."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
from flask import request
from sqlalchemy import select

from app import create_app
from counter.db import Database
from counter.demonstration import PASSWORD
from counter.keys import load_keys
from counter.models import Agent, JournalLine, Message, RecoveryCode
from counter.store import agents
from counter.store.agents import put_address
from tests.conftest import settings_for
from tests.pages import Visitor

OWN = "Quetzal-4221"
WRONG = "L'identifiant ou le mot de passe ne va pas. Vérifiez les deux, et la touche majuscule."


def choose(person: Visitor, current: str, chosen: str, again: str | None = None, expect: int = 200):
    person.get("/compte/mot-de-passe")
    values = {"current": current, "chosen": chosen, "again": chosen if again is None else again}
    return person.submit(values, having="chosen", expect=expect)


def refused(app, identifier: str, password: str) -> list[str]:
    person = Visitor(app)
    person.get("/connexion")
    page = person.submit({"identifier": identifier, "password": password}, having="password", expect=422)
    return page.errors()


def provisional(database, identifier: str, now) -> str:
    with database.writing() as session:
        agent = session.scalar(select(Agent).where(Agent.identifier == identifier))
        return agents.give_provisional(session, agent, now)


# ── my password ─────────────────────────────────────────────────────────────────────────────────


def test_the_new_password_opens_and_the_old_one_no_more(app, camille):
    assert "Votre mot de passe est changé" in choose(camille, PASSWORD, OWN).text
    assert refused(app, "camille", PASSWORD) == [WRONG]
    assert Visitor(app).sign_in("camille", OWN).page.h1.startswith("Bonjour")


def test_changing_the_password_ends_the_other_sessions(app, camille):
    other = Visitor(app).sign_in("camille", PASSWORD)
    choose(camille, PASSWORD, OWN)
    assert camille.get("/").h1.startswith("Bonjour")
    assert other.get("/").h1 == "Se connecter"


@pytest.mark.parametrize(
    ("chosen", "again", "sentence"),
    [
        ("court-A1", "court-A2", "Les deux nouveaux mots de passe ne sont pas pareils."),
        ("quetzal-4221", None, "Il faut : une majuscule."),
        ("Quetzal-4221€", None, "Il faut : aucun signe de monnaie."),
        ("Motdepasse1!", None, "Il faut : un mot de passe moins connu."),
        ("Camille-4221", None, "Il faut : un mot de passe sans votre nom"),
        (PASSWORD, None, "C'est le même que l'actuel."),
    ],
)
def test_a_password_that_will_not_do_is_told_why_and_changes_nothing(app, camille, chosen, again, sentence):
    page = choose(camille, PASSWORD, chosen, again, expect=422)
    assert len(page.errors()) == 1 and sentence in page.errors()[0]
    assert chosen not in page.html
    assert Visitor(app).sign_in("camille", PASSWORD).page.h1.startswith("Bonjour")


def test_a_session_left_open_does_not_let_guess_the_password(camille):
    for _ in range(5):
        page = choose(camille, "Mauvais-1", OWN, expect=422)
        assert page.errors() == ["Ce n'est pas votre mot de passe actuel. Vérifiez la touche majuscule."]
    choose(camille, PASSWORD, OWN, expect=429)


# ── provisional ─────────────────────────────────────────────────────────────────────────────────


def test_a_provisional_password_leads_to_choosing_ones_own_and_then_opens_no_more(app, database, clock):
    given = provisional(database, "camille", clock())
    person = Visitor(app).sign_in("camille", given)
    assert person.page.h1 == "Choisir mon mot de passe"
    assert person.get("/agenda").h1 == "Choisir mon mot de passe"
    assert person.get("/compte").h1 == "Choisir mon mot de passe"
    assert choose(person, given, OWN).h1.startswith("Bonjour")
    assert refused(app, "camille", given) == [WRONG]


def test_a_provisional_password_lasts_twenty_four_hours(app, database, clock):
    given = provisional(database, "camille", clock())
    clock.advance(hours=23, minutes=59)
    assert Visitor(app).sign_in("camille", given).page.h1 == "Choisir mon mot de passe"
    clock.advance(minutes=1)
    assert refused(app, "camille", given) == [
        "Ce mot de passe provisoire ne sert plus : il durait 24 heures. Demandez-en un autre."
    ]


def test_the_own_password_still_opens_while_a_provisional_one_waits(app, database, clock):
    provisional(database, "camille", clock())
    assert Visitor(app).sign_in("camille", PASSWORD).page.h1.startswith("Bonjour")


def test_as_many_hashes_are_compared_whoever_is_named(app, database, clock, monkeypatch):
    """What takes the time of a sign-in: as long for an unknown name, a closed account, a provisional password."""
    provisional(database, "sacha", clock())
    with database.writing() as session:
        session.scalar(select(Agent).where(Agent.identifier == "alex")).active = False
    compared = []
    verify = agents._verifies
    monkeypatch.setattr(agents, "_verifies", lambda kept, typed: compared.append(typed) or verify(kept, typed))
    counts = set()
    for name in ("camille", "sacha", "alex", "inconnue"):
        compared.clear()
        assert refused(app, name, "Mauvais-1!") == [WRONG]
        counts.add(len(compared))
    assert counts == {2}


# ── forgotten ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def with_mail(real_instance, clock):
    """A counter that sends e-mails, and camille's address."""
    settings = settings_for(real_instance, smtp_host="127.0.0.1", smtp_sender="accueil@exemple.fr")
    vault = load_keys(real_instance, create=False).vault
    main = Database(settings.main_url, vault)
    with main.writing() as session:
        camille = session.scalar(select(Agent).where(Agent.identifier == "camille"))
        put_address(session, vault, camille, "camille@exemple.fr")
    yield create_app(settings, clock), main
    main.close()


def forget(app, email: str, expect: int = 200):
    person = Visitor(app)
    person.get("/connexion/oubli")
    return person.submit({"email": email}, having="email", expect=expect)


def test_a_forgotten_password_is_answered_alike_for_a_known_and_an_unknown_address(with_mail):
    app, main = with_mail
    pages = [forget(app, address) for address in ("camille@exemple.fr", "personne@exemple.fr")]
    assert len({page.text for page in pages}) == 1
    assert "Si cette adresse est celle d'un agent" in pages[0].text
    with main.reading() as session:
        (message,) = session.scalars(select(Message).where(Message.kind == "mot-de-passe"))
        assert message.address == "camille@exemple.fr" and "camille" in message.body
        given = re.search(r"\n    (\S+)\n", message.body)[1]
        told = session.scalars(select(JournalLine).order_by(JournalLine.seq))
        assert [(line.act, line.agent_id, line.subject_id, line.detail) for line in told] == [
            ("modification", None, "1", "mot-de-passe oublie"), ("connexion-refusee", None, "", "mot-de-passe oublie"),
        ]  # fmt: skip
    assert Visitor(app).sign_in("camille", given).page.h1 == "Choisir mon mot de passe"


def test_the_address_is_found_however_it_is_written(with_mail):
    app, main = with_mail
    forget(app, "Camille@Exemple.FR")
    with main.reading() as session:
        assert session.scalar(select(Message.address).where(Message.kind == "mot-de-passe")) == "camille@exemple.fr"


def test_nobody_floods_a_mailbox_nor_learns_by_it(with_mail):
    app, _ = with_mail
    for address in ("camille@exemple.fr", "personne@exemple.fr"):
        for _ in range(3):
            forget(app, address)
        assert "Attendez" in forget(app, address, expect=429).text


def test_a_closed_account_gets_no_password(with_mail):
    app, main = with_mail
    with main.writing() as session:
        session.scalar(select(Agent).where(Agent.identifier == "camille")).active = False
    forget(app, "camille@exemple.fr")
    with main.reading() as session:
        assert session.scalar(select(Message.id).where(Message.kind == "mot-de-passe")) is None


def test_without_mail_the_page_says_whom_to_ask(visitor):
    visitor.get("/connexion")
    page = visitor.get(visitor.page.link("Mot de passe oublié"))
    assert "Demandez à votre administrateur" in page.text and not page.all("input")


# ── sessions ────────────────────────────────────────────────────────────────────────────────────


def test_i_see_my_sessions_and_end_the_one_i_do_not_know(app, camille, clock):
    clock.advance(minutes=5)
    other = Visitor(app)
    other.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko Firefox/128.0"
    other.client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    other.sign_in("camille", PASSWORD)
    page = camille.get("/compte")
    assert "Firefox, Windows" in page.text and "depuis 192.0.2.7" in page.text
    assert page.text.count("(celle-ci)") == 1
    assert "C'est terminé" in camille.submit({}, having="session").text
    assert "Firefox, Windows" not in camille.page.text
    assert other.get("/").h1 == "Se connecter"
    assert camille.get("/").h1.startswith("Bonjour")


def test_all_the_others_are_ended_in_one_go(app, camille):
    others = [Visitor(app).sign_in("camille", PASSWORD) for _ in range(2)]
    sacha = Visitor(app).sign_in("sacha", PASSWORD)
    camille.get("/compte")
    camille.post("/compte/sessions/terminer")
    assert [person.get("/").h1 for person in others] == ["Se connecter"] * 2
    assert camille.get("/").h1.startswith("Bonjour") and sacha.get("/").h1.startswith("Bonjour")


def test_nobody_ends_the_session_of_another(app, camille):
    sacha = Visitor(app).sign_in("sacha", PASSWORD)
    Visitor(app).sign_in("sacha", PASSWORD)
    token = sacha.get("/compte").form(having="session")["values"]["session"][0]
    camille.get("/compte")
    assert "déjà terminée" in camille.post("/compte/sessions/terminer", {"session": token}).text
    assert len(sacha.get("/compte").text.split("Mes sessions ouvertes")[1].split("Ouverte")) == 3


def test_a_session_that_went_idle_is_not_listed(app, camille, clock):
    Visitor(app).sign_in("camille", PASSWORD)
    clock.advance(minutes=20)
    camille.get("/")
    clock.advance(minutes=15)
    assert camille.get("/compte").text.count("Vue ") == 1


# ── second step ─────────────────────────────────────────────────────────────────────────────────


def enrolled(person: Visitor, clock) -> tuple[pyotp.TOTP, list[str]]:
    """The telephone and the recovery codes of someone who has just added the second step."""
    page = person.get("/compte/deuxieme-etape")
    totp = pyotp.TOTP(re.search(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", page.text)[0].replace(" ", ""))
    page = person.submit({"code": totp.at(clock())}, having="code")
    assert page.h1 == "Vos codes de secours"
    return totp, re.findall(r"<b class=\"secret-key\">([A-Z2-9]{5}-[A-Z2-9]{5})</b>", page.html)


def second_step(app, identifier: str = "camille") -> Visitor:
    person = Visitor(app).sign_in(identifier, PASSWORD)
    assert person.page.h1 == "Deuxième étape"
    return person


def test_with_a_second_step_the_password_alone_does_not_open(app, camille, clock):
    totp, _ = enrolled(camille, clock)
    clock.advance(minutes=2)
    person = second_step(app)
    assert person.get("/agenda").h1 == "Se connecter"
    person = second_step(app)
    assert person.submit({"code": totp.at(clock())}, having="code").h1.startswith("Bonjour")


def test_a_wrong_first_code_adds_nothing(app, camille):
    camille.get("/compte/deuxieme-etape")
    page = camille.submit({"code": "000000"}, having="code", expect=422)
    assert "Vérifiez l'heure du téléphone" in page.errors()[0]
    assert Visitor(app).sign_in("camille", PASSWORD).page.h1.startswith("Bonjour")


def test_a_code_serves_once_even_within_its_thirty_seconds(app, camille, clock):
    totp, _ = enrolled(camille, clock)
    person = second_step(app)
    page = person.submit({"code": totp.at(clock())}, having="code", expect=422)
    assert page.errors() == ["Ce code ne va pas, ou il a déjà servi. Attendez le suivant."]


@pytest.mark.parametrize(("seconds", "opens"), [(-30, True), (0, True), (30, True), (-90, False), (90, False)])
def test_the_telephone_may_be_half_a_minute_off_not_more(app, camille, clock, seconds, opens):
    totp, _ = enrolled(camille, clock)
    clock.advance(minutes=10)
    code = totp.at(clock() + timedelta(seconds=seconds))
    page = second_step(app).submit({"code": code}, having="code", expect=200 if opens else 422)
    assert page.h1.startswith("Bonjour") is opens


def test_each_recovery_code_opens_once(app, camille, clock):
    _, codes = enrolled(camille, clock)
    assert len(set(codes)) == 10
    person = second_step(app)
    assert person.submit({"code": codes[3].lower().replace("-", " ")}, having="code").h1.startswith("Bonjour")
    assert "9 codes de secours" in person.get("/compte").text
    page = second_step(app).submit({"code": codes[3]}, having="code", expect=422)
    assert "a déjà servi" in page.errors()[0]


def test_five_wrong_codes_and_even_the_right_one_waits(app, camille, clock):
    totp, _ = enrolled(camille, clock)
    clock.advance(minutes=2)
    person = second_step(app)
    for _ in range(5):
        person.submit({"code": "123"}, having="code", expect=422)
    person.submit({"code": totp.at(clock())}, having="code", expect=429)


def test_the_code_is_awaited_for_five_minutes(app, camille, clock):
    totp, _ = enrolled(camille, clock)
    person = second_step(app)
    clock.advance(minutes=5)
    assert person.submit({"code": totp.at(clock())}, having="code").h1 == "Se connecter"


def test_stopping_the_second_step_takes_the_password(app, camille, clock, database):
    enrolled(camille, clock)
    camille.get("/compte/deuxieme-etape/arreter")
    camille.submit({"current": "Mauvais-1"}, having="current", expect=422)
    assert "est arrêtée" in camille.submit({"current": PASSWORD}, having="current").text
    assert Visitor(app).sign_in("camille", PASSWORD).page.h1.startswith("Bonjour")
    with database.reading() as session:
        assert session.scalar(select(RecoveryCode.id)) is None


def test_new_recovery_codes_replace_the_old_ones(app, camille, clock):
    _, old = enrolled(camille, clock)
    camille.get("/compte/deuxieme-etape/codes")
    page = camille.submit({"current": PASSWORD}, having="current")
    new = re.findall(r"<b class=\"secret-key\">([A-Z2-9]{5}-[A-Z2-9]{5})</b>", page.html)
    assert len(new) == 10 and not set(new) & set(old)
    second_step(app).submit({"code": old[0]}, having="code", expect=422)
    assert second_step(app).submit({"code": new[0]}, having="code").h1.startswith("Bonjour")


def test_neither_the_secret_nor_a_code_can_be_read_on_the_disk(camille, clock, instance):
    totp, codes = enrolled(camille, clock)
    disk = b"".join(path.read_bytes() for path in instance.glob("*.sqlite*"))
    for text in (totp.secret, codes[0], codes[0].replace("-", "")):
        assert text.encode() not in disk


def test_an_administrator_sends_a_new_password_by_mail_instead_of_paper(with_mail):
    app, main = with_mail
    chief = Visitor(app).sign_in("dominique", PASSWORD)
    chief.get("/agents/1")
    page = chief.submit({}, action="/agents/1/mot-de-passe")
    given = page.text.split("Mot de passe provisoire : ")[1].split()[0]
    assert "part par e-mail à Camille Démo" in chief.submit({}, action="/agents/1/pli/envoyer").text
    with main.reading() as session:
        (message,) = session.scalars(select(Message).where(Message.kind == "mot-de-passe"))
        assert message.address == "camille@exemple.fr" and given in message.body
    assert "a déjà été remis" in chief.post("/agents/1/pli/envoyer").text


def test_the_mail_with_a_password_arrives_and_nothing_of_it_stays_in_the_outbox(with_mail, monkeypatch, clock):
    from counter import sending

    app, main = with_mail
    forget(app, "camille@exemple.fr")
    sent = []
    monkeypatch.setattr(sending, "send_mail", lambda settings, letter: sent.append(letter))
    assert sending.send_due(sending.post_of(app)).sent == 1
    text = sent[0].get_content()
    given = re.search(r"\n    (\S+)\n", text.replace("\r", ""))[1]
    assert sent[0]["To"] == "camille@exemple.fr" and "jusqu'au mercredi 25 novembre" in text
    assert Visitor(app).sign_in("camille", given).page.h1 == "Choisir mon mot de passe"
    with main.reading() as session:
        assert session.scalars(select(Message.body).where(Message.kind == "mot-de-passe")).all() == [""]


def test_a_session_that_was_ended_does_not_come_back_with_a_request_that_was_under_way(app, camille):
    """The request reads its session, the agent ends it from elsewhere, the request then writes what it changed."""
    from counter.store.agent_sessions import end_sessions

    on = app.extensions["counter"]
    with app.test_request_context("/", headers={"Cookie": f"counter={camille.client.get_cookie('counter').value}"}):
        opened = app.session_interface.open_session(app, request)
        with on.cache.writing() as cache:
            end_sessions(cache, opened.row.agent_id)
        opened["more"] = "typed"
        app.session_interface.save_session(app, opened, app.response_class())
    assert camille.get("/").h1 == "Se connecter"
