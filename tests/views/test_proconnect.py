"""ProConnect, against a provider on loopback: it proves who comes, and lets in nobody who is not an agent here."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import select, update

from app import create_app
from counter.config import SettingsError
from counter.keys import load_keys
from counter.models import Agent, JournalLine
from counter.store.agents import put_address
from tests.conftest import START, settings_for
from tests.pages import Visitor
from tests.proconnect import CLIENT, SECRET, running

UNPROVEN = "ProConnect n'a pas prouvé qui vous êtes."


@pytest.fixture
def provider():
    with running() as provider:
        yield provider


@pytest.fixture
def app(instance, clock, provider, database):
    """A counter with ProConnect; camille's address is known there."""
    vault = load_keys(instance, create=False).vault
    with database.writing() as session:
        camille = session.scalar(select(Agent).where(Agent.identifier == "camille"))
        put_address(session, vault, camille, "camille@exemple.fr")
    settings = settings_for(
        instance, proconnect_url=provider.url, proconnect_client_id=CLIENT, proconnect_client_secret=SECRET,
        public_url="https://accueil.exemple.fr",
    )  # fmt: skip
    return create_app(settings, clock)


def there(person: Visitor) -> str:
    """Go to ProConnect and sign in; the address it sends the browser back to, as the counter sees it."""
    page = person.get("/connexion")
    answer = person.client.get(page.link("Entrer avec ProConnect"))
    assert answer.status_code == 302
    back = urlsplit(httpx.get(answer.headers["Location"]).headers["Location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == "https://accueil.exemple.fr/connexion/proconnect/retour"
    return f"{back.path}?{back.query}"


def test_who_is_an_agent_here_enters_without_a_password(app, provider, database):
    person = Visitor(app)
    page = person.get(there(person))
    assert page.h1 == "Bienvenue"
    assert person.get(page.link("Continuer")).h1.startswith("Bonjour")
    assert "Camille Démo" in person.page.root_text()
    assert provider.refused == []
    with database.reading() as session:
        assert session.scalar(select(Agent.proconnect_sub).where(Agent.identifier == "camille")) == provider.sub
        lines = session.scalars(select(JournalLine).where(JournalLine.act != "consultation").order_by(JournalLine.seq))
        assert [(line.act, line.subject, line.detail) for line in lines] == [
            ("modification", "agent", "proconnect"), ("connexion", "session", "proconnect"),
        ]  # fmt: skip


def test_after_the_first_time_the_person_is_known_whatever_the_address(app, provider):
    first = Visitor(app)
    first.get(there(first))
    provider.email = "camille.nouvelle@exemple.fr"
    again = Visitor(app)
    assert again.get(there(again)).h1 == "Bienvenue"


def test_an_address_that_was_given_to_someone_else_proves_nothing(app, provider):
    first = Visitor(app)
    first.get(there(first))
    provider.sub = "sub-of-someone-else"
    other = Visitor(app)
    assert "n'a pas de compte ici" in other.get(there(other), expect=403).text
    assert other.get("/").h1 == "Se connecter"


def test_who_has_no_account_gets_none(app, provider, database):
    provider.sub, provider.email = "sub-of-nobody", "personne@exemple.fr"
    person = Visitor(app)
    page = person.get(there(person), expect=403)
    assert "n'a pas de compte ici. Demandez à votre administrateur" in page.text
    with database.reading() as session:
        assert session.scalar(select(Agent.id).where(Agent.proconnect_sub == provider.sub)) is None
        (line,) = session.scalars(select(JournalLine)).all()
        assert (line.act, line.agent_id, line.detail) == ("connexion-refusee", None, "proconnect inconnu")


@pytest.mark.parametrize("closed", [{"active": False}, {"closes_on": START.date() - timedelta(days=1)}])
def test_a_closed_account_stays_closed_and_nothing_is_bound_to_it(app, database, closed):
    with database.writing() as session:
        session.execute(update(Agent).where(Agent.identifier == "camille").values(closed))
    person = Visitor(app)
    person.get(there(person), expect=403)
    assert person.get("/").h1 == "Se connecter"
    with database.reading() as session:
        assert session.scalar(select(Agent.proconnect_sub).where(Agent.identifier == "camille")) is None
        assert [line.act for line in session.scalars(select(JournalLine))] == ["connexion-refusee"]


@pytest.mark.parametrize("wrong", ["key", "nonce", "audience", "issuer", "expired", "sub", "unsigned"])
def test_an_answer_with_one_thing_wrong_lets_nobody_in(app, provider, wrong):
    provider.wrong = wrong
    person = Visitor(app)
    assert UNPROVEN in person.get(there(person), expect=403).text
    assert person.get("/").h1 == "Se connecter"


def test_an_answer_serves_one_browser_once(app):
    person, thief = Visitor(app), Visitor(app)
    back = there(person)
    assert "a trop attendu" in thief.get(back, expect=403).text, "it was asked for by another browser"
    assert person.get(back).h1 == "Bienvenue"
    person.get(back, expect=403)


def test_a_state_that_was_changed_or_a_wait_too_long_is_refused(app, clock):
    person = Visitor(app)
    back = there(person)
    assert "a trop attendu" in person.get(back + "x", expect=403).text
    clock.advance(minutes=10)
    assert "a trop attendu" in person.get(back, expect=403).text


def test_who_gives_up_there_may_try_again(app):
    person = Visitor(app)
    state = there(person).split("state=")[1]
    page = person.get(f"/connexion/proconnect/retour?error=access_denied&state={state}", expect=403)
    assert "Vous n'avez pas terminé" in page.text and page.link("Recommencer")


def test_when_proconnect_is_down_the_password_still_opens(instance, clock):
    settings = settings_for(
        instance, proconnect_url="http://127.0.0.1:9", proconnect_client_id=CLIENT, proconnect_client_secret=SECRET,
        public_url="https://accueil.exemple.fr",
    )  # fmt: skip
    person = Visitor(create_app(settings, clock))
    page = person.get("/connexion/proconnect", expect=403)
    assert "ProConnect ne répond pas. Entrez avec votre identifiant" in page.text
    assert person.sign_in("camille", "Bonjour-2026").page.h1.startswith("Bonjour")


def test_without_the_setting_nothing_of_it_is_there(instance, clock):
    visitor = Visitor(create_app(settings_for(instance), clock))
    assert "ProConnect" not in visitor.get("/connexion").html
    visitor.get("/connexion/proconnect", expect=404)
    visitor.get("/connexion/proconnect/retour?code=x&state=y", expect=404)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"proconnect_url": "http://proconnect.exemple.fr"}, "doit commencer par https://"),
        ({"proconnect_url": "https://proconnect.exemple.fr"}, "demande aussi"),
    ],
)
def test_a_setting_that_lacks_something_is_refused_at_the_start(instance, values, words):
    with pytest.raises(SettingsError, match=words):
        settings_for(instance, **values)
