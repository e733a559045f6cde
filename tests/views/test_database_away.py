"""PostgreSQL stops while agents work: nothing that was typed is lost, and the page says what happens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app import create_app
from counter.commands.instance import prepare_instance
from counter.demonstration import PASSWORD
from tests import postgres
from tests.conftest import START, fill_demonstration, settings_for
from tests.kiosks import enrolled
from tests.pages import Visitor

PERSON = {"first_name": "Élise", "last_name": "Lambert"}
SAID = "La base ne répond pas. Attendez quelques secondes, puis réessayez."


@pytest.fixture(scope="module")
def cluster() -> Iterator[postgres.Cluster]:
    with postgres.or_skip() as cluster:
        yield cluster


@pytest.fixture(scope="module")
def app(cluster, tmp_path_factory) -> Iterator[Flask]:
    """The application on a demonstration in PostgreSQL."""
    folder = tmp_path_factory.mktemp("away")
    (folder / "counter.toml").write_text(f"database_url = '{cluster.create('away')}'\n", encoding="utf-8")
    prepare_instance(settings_for(folder), START)
    fill_demonstration(folder)
    app = create_app(settings_for(folder), lambda: START)
    yield app
    app.extensions["counter"].main.close()
    app.extensions["counter"].cache.close()


@pytest.fixture
def away(cluster):
    """Stops the server; it is there again afterwards."""
    stopped = []

    def stop() -> None:
        cluster.stop()
        stopped.append(True)

    yield stop
    if stopped:
        cluster.start()


@pytest.fixture
def camille(app) -> Visitor:
    return Visitor(app).sign_in("camille", PASSWORD)


def test_what_was_typed_is_there_to_be_sent_again(camille, cluster):
    camille.get("/attestations/passage")
    cluster.stop()
    try:
        page = camille.submit(PERSON, having="purpose", expect=503)
    finally:
        cluster.start()
    assert SAID in page.text and "Ce que vous avez écrit" in page.text and "Élise" in page.text
    assert camille.submit(having="first_name").h1 == "Attestation de passage"
    assert "Élise Lambert" in camille.page.text


def test_a_page_that_is_opened_says_that_the_database_does_not_answer(camille, away):
    away()
    page = camille.get("/", expect=503)
    assert page.h1 == "La base ne répond pas" and SAID in page.text and page.link("Aller à l'accueil") == "/"


def test_a_kiosk_shows_nobody_what_the_one_before_typed(app, away):
    visitor = Visitor(app)
    visitor.client.set_cookie("borne", "un-jeton")
    away()
    answer = visitor.client.post("/borne/je-suis-la/nom", data={"last_name": "Lambert"})
    assert answer.status_code == 503 and "Lambert" not in answer.text
    assert "Cette page ne marche pas" in answer.text and "Vous pouvez recommencer, ou appeler un agent." in answer.text
    assert "base" not in answer.text.split("<main")[1] and "Aller à la connexion" not in answer.text


def test_a_kiosk_says_so_in_the_language_of_the_visit(app, away):
    visitor = enrolled(app)
    visitor.post("/borne/langue", {"langue": "en"})
    away()
    assert visitor.get("/borne/rendez-vous", expect=503).h1 == "This page is not working"


def test_a_page_made_just_before_the_database_stopped_is_shown(camille, away, monkeypatch):
    def last_page(*_args, **_context) -> str:
        away()
        return "<h1>Bonjour</h1>"

    monkeypatch.setattr("counter.views.demarches.render_template", last_page)
    assert camille.client.get("/demarches").text == "<h1>Bonjour</h1>"


def test_a_page_of_people_that_cannot_be_journalled_is_not_shown(camille, away, monkeypatch):
    def last_page(*_args, **_context) -> str:
        away()
        return "<h1>Les rendez-vous d'Élise</h1>"

    monkeypatch.setattr("counter.views.home.render_template", last_page)
    page = camille.get("/", expect=503)
    assert SAID in page.text and "Élise" not in page.html


def test_once_it_is_back_the_same_session_goes_on(camille, cluster):
    cluster.stop()
    camille.get("/", expect=503)
    cluster.start()
    assert camille.get("/").h1.startswith("Bonjour")
