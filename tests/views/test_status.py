"""The state of the post, help, and the structure's own colours."""

from __future__ import annotations

import socket

import pytest

from app import create_app
from counter.config import SettingsError
from counter.db import head_revision
from counter.outside.line import LineWatch
from counter.tutorials.loader import load_catalogue
from tests.conftest import START, settings_for
from tests.pages import Visitor


def test_health_answers_ok(visitor):
    assert visitor.file("/sante") == b"ok\n"
    assert "Set-Cookie" not in visitor.client.get("/sante").headers


def test_the_status_page_tells_what_works(camille):
    text = camille.get("/etat").text
    assert f"SQLite, sur ce poste, version {head_revision()}" in text
    assert "préparés jusqu'au 23 janvier 2027" in text
    assert f"{len(load_catalogue().tutorials)} fiches" in text and "libres" in text and "non surveillée" in text


def test_days_are_prepared_as_time_goes_by(app, camille, clock):
    clock.advance(days=50)
    camille.sign_in("camille", "Bonjour-2026")
    assert "préparés jusqu'au 14 mars 2027" in camille.get("/etat").text
    assert "janvier" in camille.get("/rendez-vous?motif=1").text


def test_the_line_is_seen_up_then_down(app, camille):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        line = app.extensions["counter"].line = LineWatch(f"127.0.0.1:{port}", lambda: START)
        assert line.look() is True
        assert "En ligne" in camille.get("/").root_text()
    assert line.look() is False
    page = camille.get("/etat")
    assert "Hors ligne" in page.root_text() and "marchent sans Internet" in page.text


def test_a_structure_shows_its_colours_and_its_logo(instance, clock):
    from PIL import Image

    Image.new("RGB", (60, 30), "#5a1846").save(instance / "logo.png")
    settings = settings_for(
        instance, colour="#5a1846", colour_dark="#3b0f2e", logo="logo.png", structure_name="Mairie & Cie"
    )
    agent = Visitor(create_app(settings, clock)).sign_in("camille", "Bonjour-2026")
    assert "Mairie & Cie" in agent.page.root_text()
    style = next(link.get("href") for link in agent.page.all("link") if "structure" in link.get("href"))
    assert b"--brand:#5a1846" in agent.file(style)
    with agent.client.get("/structure/logo") as response:
        assert response.mimetype == "image/png" and response.data.startswith(b"\x89PNG")
    assert agent.file("/demarches/dtr-rsa/livret.pdf").startswith(b"%PDF")


def test_a_colour_nobody_could_read_on_is_refused(instance):
    with pytest.raises(SettingsError, match="trop claire"):
        settings_for(instance, colour="#ffc53d")


def test_help_is_open_and_the_components_are_for_development(camille, visitor, instance, clock):
    assert visitor.get("/aide").h1 == "Aide"
    camille.get("/aide/composants", expect=404)
    agent = Visitor(create_app(settings_for(instance, development=True), clock)).sign_in("camille", "Bonjour-2026")
    assert agent.get("/aide/composants").h1 == "Composants"
