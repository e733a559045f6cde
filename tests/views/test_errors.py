"""What goes wrong says so in French, keeps what was typed, and never shows a traceback."""

from __future__ import annotations

import io
import os
import shutil
import sqlite3
from contextlib import closing

import pytest

from app import create_app
from counter.db import Database
from counter.keys import load_keys
from tests.conftest import START, settings_for
from tests.pages import Visitor, page_faults

PERSON = {"first_name": "Élise", "last_name": "Lambert"}


def test_an_address_nobody_knows(visitor, camille):
    assert visitor.get("/nulle-part", expect=404).h1 == "Page introuvable"
    page = camille.get("/demarches/inconnue", expect=404)
    assert page.h1 == "Page introuvable" and page.link("Aller à l'accueil") == "/"


@pytest.mark.parametrize(
    "url",
    [
        "/rendez-vous/99999999999999999999",
        "/diagnostic/99999999999999999999",
        "/attestations/99999999999999999999",
        "/accompagnement/99999999999999999999",
        "/attestations/rendez-vous/99999999999999999999",
        "/demarches/dtr-rsa/etape/99999999999",
        "/agenda?site=99999999999999999999",
        "/agenda?agent=" + "9" * 5000,
        "/agenda/appels?site=" + "9" * 5000,
        "/rendez-vous/creneaux?motif=" + "9" * 5000,
    ],
)
def test_a_number_out_of_this_world(camille, url):
    response = camille.client.get(url, follow_redirects=True)
    assert response.status_code in {200, 404} and "Traceback" not in response.text


def test_an_action_opened_like_a_page(camille):
    assert camille.get("/accompagnement/commencer", expect=405).h1 == "Cette action ne se fait pas ainsi"


def test_too_much_text(camille):
    camille.get("/attestations/passage")
    page = camille.post("/attestations/passage", {"first_name": "x" * 1_100_000}, expect=413)
    assert "taille permise" in page.text


def test_too_big_a_file_is_said_of_the_file_with_a_way_back(camille):
    sent = {"file": (io.BytesIO(b"x" * 8_100_000), "photo.jpg")}
    with camille.client.post("/verifier", data=sent) as answer:
        words = answer.text.replace("\u00a0", " ")
        assert answer.status_code == 413 and "Ce fichier est trop gros</h1>" in words and "Il dépasse 8 Mo" in words
        assert '<a class="btn" href="/verifier">Choisir un autre fichier</a>' in words and "le texte" not in words
        answer.request.environ["wsgi.input"].close()  # so large, it was written to a file


def test_a_stale_form_keeps_what_was_written(camille):
    camille.get("/attestations/passage")
    page = camille.submit(PERSON | {"csrf_token": "vieux"}, having="purpose", expect=400)
    assert "Rien n'est perdu" in page.text and "Élise" in page.text
    assert camille.submit(having="first_name").h1 == "Attestation de passage"
    assert "Élise Lambert" in camille.page.text


def test_what_was_written_is_shown_as_text_never_as_markup(camille):
    camille.get("/attestations/passage")
    evil = "<script>alert(1)</script>{{7*7}}"
    page = camille.submit({"first_name": evil, "csrf_token": "vieux"}, having="purpose", expect=400)
    assert evil in page.text and not [s for s in page.all("script") if not s.get("src")]


def test_a_broken_view_says_sorry_without_details(app, camille, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("détail secret")

    monkeypatch.setattr("counter.views.home.appointments_of_day", broken)
    page = camille.get("/", expect=500)
    assert "Ce n'est pas de votre faute" in page.text and "secret" not in page.html


def test_the_error_page_still_comes_when_templates_fail(app, camille, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("templates are gone")

    monkeypatch.setattr("counter.views.home.render_template", broken)
    monkeypatch.setattr("counter.errors.render_template", broken)
    page = camille.get("/", expect=500)
    assert page.h1 == "Une erreur s'est produite" and page_faults(page) == []


def test_a_full_disk_keeps_what_was_written_and_saves_nothing_by_halves(app, camille):
    camille.get("/attestations/passage")
    main = app.extensions["counter"].main
    with main.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    main.close()
    from sqlalchemy import event

    def full(connection, _record):
        connection.execute(f"PRAGMA max_page_count={pages}")

    event.listen(main.engine, "connect", full)
    sent = {"first_name": "Élise", "last_name": "Lambert", "purpose": "x" * 100}
    for _ in range(60):
        camille.get("/attestations/passage")
        form = camille.page.form(having="purpose")
        response = camille.client.post(form["action"], data=form["values"] | sent)
        if response.status_code == 503:
            break
    assert response.status_code == 503
    assert "Le disque du poste est plein" in response.text and "Élise" in response.text
    event.remove(main.engine, "connect", full)
    main.close()
    camille._read(response, 503)
    assert "Élise Lambert" in camille.submit(having="first_name").text


@pytest.mark.skipif(os.name != "posix", reason="rights of files are those of POSIX")
def test_a_read_only_database_says_so(app, camille, instance):
    main = app.extensions["counter"].main
    camille.get("/attestations/passage")
    main.close()
    from sqlalchemy import event

    event.listen(main.engine, "connect", lambda connection, _record: connection.execute("PRAGMA query_only=ON"))
    page = camille.submit({"first_name": "Élise", "last_name": "Lambert"}, having="purpose", expect=503)
    assert "lecture seule" in page.text and "Lambert" in page.text


def test_a_cache_that_cannot_be_written_says_so_instead_of_signing_in_for_nothing(app, visitor):
    from sqlalchemy import event

    cache = app.extensions["counter"].cache
    visitor.get("/connexion")
    cache.close()
    event.listen(cache.engine, "connect", lambda connection, _record: connection.execute("PRAGMA query_only=ON"))
    values = {"identifier": "camille", "password": "Bonjour-2026"}
    page = visitor.submit(values, having="password", expect=503)
    assert "lecture seule" in page.text and "Bonjour-2026" not in page.html


def test_a_page_that_was_compressed_already_says_it_readably(app):
    from sqlalchemy import event

    cache = app.extensions["counter"].cache
    cache.close()
    event.listen(cache.engine, "connect", lambda connection, _record: connection.execute("PRAGMA query_only=ON"))
    answer = app.test_client().get("/connexion", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 503 and "Content-Encoding" not in answer.headers
    assert "lecture seule" in answer.text and answer.content_length == len(answer.data)


class TestAnInstanceThatIsNotReady:
    """Every page says what to do; nothing is served half-way."""

    def sentence(self, instance, **values) -> str:
        visitor = Visitor(create_app(settings_for(instance, **values), lambda: START))
        page = visitor.get("/", expect=503)
        assert page.h1 == "Ce poste n'est pas prêt"
        return page.text

    def test_no_database_yet(self, tmp_path):
        load_keys(tmp_path / "new", create=True)
        assert "Lancez « make run », ou « flask init »" in self.sentence(tmp_path / "new")

    def test_no_instance_at_all(self, tmp_path):
        assert "La clé keys/data.key manque" in self.sentence(tmp_path / "nowhere")

    def test_a_missing_key(self, instance):
        (instance / "keys" / "data.key").unlink()
        assert "La clé keys/data.key manque. Remettez-la depuis votre sauvegarde" in self.sentence(instance)

    def test_a_damaged_key(self, instance):
        (instance / "keys" / "signing.key").write_text("abîmée")
        assert "La clé keys/signing.key est abîmée" in self.sentence(instance)

    def test_the_key_of_another_instance(self, instance, tmp_path):
        load_keys(tmp_path / "other", create=True)
        shutil.copy(tmp_path / "other" / "keys" / "data.key", instance / "keys" / "data.key")
        assert "n'est pas celle de cette base" in self.sentence(instance)

    def test_a_damaged_database(self, instance):
        (instance / "counter.sqlite").write_bytes(b"not a database" * 1000)
        assert "abîmé" in self.sentence(instance)

    def test_a_newer_database(self, instance):
        with closing(sqlite3.connect(instance / "counter.sqlite")) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
            connection.commit()
        assert "plus récente" in self.sentence(instance)

    def test_an_empty_file_for_a_database(self, instance):
        (instance / "counter.sqlite").write_bytes(b"")
        for path in instance.glob("counter.sqlite-*"):
            path.unlink()
        assert "flask init" in self.sentence(instance)

    def test_a_setting_nobody_can_use(self, instance, monkeypatch):
        monkeypatch.setenv("COUNTER_INSTANCE", str(instance))
        monkeypatch.setenv("COUNTER_PORT", "huit mille")
        page = Visitor(create_app()).get("/", expect=503)
        assert "« port » vaut « huit mille » : un nombre entier est attendu" in page.text

    def test_a_lost_cache_loses_nothing_but_the_session(self, instance, clock):
        (instance / "cache.sqlite").write_bytes(b"damaged" * 999)
        app = create_app(settings_for(instance), clock)
        assert Visitor(app).sign_in("camille", "Bonjour-2026").page.h1.startswith("Bonjour")


def test_a_corrupt_sheet_is_named_on_the_status_page_and_the_others_are_there(instance, clock, tmp_path, monkeypatch):
    from counter.tutorials import loader

    content = shutil.copytree(loader.CONTENT, tmp_path / "content")
    (content / "dtr-rsa.md").write_text("---\ntitre: [\n---\n", encoding="utf-8")
    monkeypatch.setattr("app.load_catalogue", lambda **more: loader.load_catalogue(content, **more))
    agent = Visitor(create_app(settings_for(instance), clock)).sign_in("camille", "Bonjour-2026")
    agent.get("/demarches/dtr-rsa", expect=404)
    assert "Me connecter à Mon Compte" in agent.get("/demarches").text
    assert "dtr-rsa.md, ligne" in agent.get("/etat").text
    agent.get("/")


def test_the_log_names_nobody(app, camille, monkeypatch, caplog):
    monkeypatch.setattr("counter.papers.place", lambda: 1 / 0)
    camille.get("/attestations/passage")
    camille.submit({"first_name": "Zébulon", "last_name": "Introuvable"}, having="purpose", expect=500)
    assert "ZeroDivisionError" in caplog.text
    assert "Zébulon" not in caplog.text and "Introuvable" not in caplog.text


def test_a_database_error_logs_no_parameters(instance):
    database = Database(settings_for(instance).main_url, load_keys(instance, create=False).vault)
    with pytest.raises(Exception) as raised, database.writing() as session:  # noqa: PT011
        session.connection().exec_driver_sql("INSERT INTO setting VALUES (?, ?, ?)", ("Zébulon", "x", "y"))
    assert "Zébulon" not in str(raised.value)
    database.close()
