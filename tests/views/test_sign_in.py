"""Signing in: who gets in, for how long, and back to where."""

from __future__ import annotations

import pytest

from counter.demonstration import PASSWORD
from tests.pages import Visitor


def test_a_wrong_password_does_not_tell_which_of_the_two_is_wrong(visitor):
    sentences = set()
    for identifier in ("camille", "inconnue"):
        visitor.get("/connexion")
        page = visitor.submit({"identifier": identifier, "password": "Mauvais-1"}, having="password", expect=422)
        sentences |= set(page.errors())
        assert page.form(having="password")["values"]["identifier"] == [identifier]
        assert "Mauvais-1" not in page.html
    assert sentences == {"L'identifiant ou le mot de passe ne va pas. Vérifiez les deux, et la touche majuscule."}


def test_after_five_failures_even_the_right_password_waits(visitor):
    for _ in range(5):
        visitor.get("/connexion")
        visitor.submit({"identifier": "camille", "password": "Mauvais-1"}, having="password", expect=422)
    visitor.get("/connexion")
    page = visitor.submit({"identifier": "Camille", "password": PASSWORD}, having="password", expect=429)
    assert "Attendez 15 minutes" in page.text
    assert page.headers["Retry-After"] == "900"


def test_a_success_forgets_the_failures_before_it(app):
    for _ in range(3):
        person = Visitor(app)
        for _ in range(3):
            person.get("/connexion")
            person.submit({"identifier": "camille", "password": "Mauvais-1"}, having="password", expect=422)
        assert "Bonjour" in person.sign_in("camille", PASSWORD).page.h1


def test_the_previous_sign_in_is_shown(app, clock):
    assert "C'est votre première connexion" in Visitor(app).sign_in("camille", PASSWORD).page.text
    clock.advance(hours=3)
    camille = Visitor(app).sign_in("camille", PASSWORD)
    for page in (camille.page, camille.get("/compte")):
        assert "Votre dernière connexion : mardi 24 novembre à 9 h. Ce n'était pas vous ?" in page.text
        assert page.link("Changez votre mot de passe") == "/compte/mot-de-passe"


def test_a_session_lives_as_long_as_it_is_used_then_ends_after_ten_hours(camille, clock):
    for _ in range(23):
        clock.advance(minutes=25)
        camille.get("/")
        assert camille.page.h1.startswith("Bonjour")
    clock.advance(minutes=26)
    assert camille.get("/").h1 == "Se connecter"
    assert "Votre session s'est terminée" in camille.page.text


def test_a_session_ends_after_thirty_minutes_without_activity(camille, clock):
    clock.advance(minutes=29)
    assert camille.get("/").h1.startswith("Bonjour")
    clock.advance(minutes=30)
    assert camille.get("/").h1 == "Se connecter"


def test_what_was_being_written_when_the_session_ended_comes_back(camille, clock):
    camille.get("/attestations/passage")
    clock.advance(minutes=45)
    page = camille.submit({"first_name": "Élise", "last_name": "Lambert"}, having="purpose")
    assert page.h1 == "Se connecter" and "Ce que vous écriviez vous attend" in page.text
    page = camille.submit({"identifier": "camille", "password": PASSWORD}, having="password")
    assert page.h1 == "Rien n'est perdu" and "Élise" in page.text and "Lambert" in page.text
    assert camille.submit(having="first_name").h1 == "Attestation de passage"
    assert "Élise Lambert" in camille.page.text


def test_what_an_agent_was_writing_is_not_shown_to_another(camille, clock):
    camille.get("/attestations/passage")
    clock.advance(minutes=45)
    camille.submit({"first_name": "Élise", "last_name": "Lambert"}, having="purpose")
    page = camille.submit({"identifier": "dominique", "password": PASSWORD}, having="password")
    assert page.h1.startswith("Bonjour") and "Lambert" not in page.html


def test_after_signing_in_the_agent_is_where_they_wanted_to_go(visitor):
    page = visitor.get("/rendez-vous?motif=2")
    assert page.h1 == "Se connecter"
    assert visitor.submit({"identifier": "camille", "password": PASSWORD}, having="password").h1 == "Choisir un créneau"


@pytest.mark.parametrize(
    "target",
    ["https://ailleurs.example", "//ailleurs.example", "/\\ailleurs.example", "javascript:alert(1)", "/\n//ailleurs"],
)
def test_nobody_is_sent_to_another_site(visitor, target):
    visitor.get("/connexion", query_string={"suite": target})
    visitor.submit({"identifier": "camille", "password": PASSWORD}, having="password")
    assert visitor.page.url == "/" and visitor.page.h1.startswith("Bonjour")


def test_the_token_changes_at_sign_in(app):
    person = Visitor(app)
    person.get("/connexion")
    before = person.client.get_cookie("counter").value
    person.sign_in("camille", PASSWORD)
    assert person.client.get_cookie("counter").value != before
    person.client.set_cookie("counter", before)
    assert person.get("/").h1 == "Se connecter"


def test_signing_out_ends_the_session_on_the_server(camille):
    token = camille.client.get_cookie("counter").value
    camille.submit(action="/deconnexion")
    assert camille.page.h1 == "Se connecter"
    camille.client.set_cookie("counter", token)
    assert camille.get("/").h1 == "Se connecter"


def test_the_cookie_and_the_cache_tell_nothing_to_whoever_reads_the_disk(camille, instance):
    camille.get("/attestations/passage")
    token = camille.client.get_cookie("counter").value
    for path in instance.glob("cache.sqlite*"):
        content = path.read_bytes()
        assert token.encode() not in content and b"csrf" not in content
