"""Search as an agent meets it: one box, what is found by kind, what to do when nothing is, and no trace left."""

from __future__ import annotations

import logging
import shutil

import pytest
from sqlalchemy import text

from app import create_app
from counter.demonstration import PASSWORD
from counter.models import Caf, Motif
from counter.search import Kind
from counter.views.search import PAGES, URGENT, ask
from tests.conftest import Clock, settings_for
from tests.pages import Visitor, text_of


@pytest.fixture(scope="module")
def desk(tmp_path_factory, _demo_model):
    """An application that these tests only read from: one for all of them."""
    folder = shutil.copytree(_demo_model, tmp_path_factory.mktemp("desk") / "instance")
    app = create_app(settings_for(folder), Clock())
    yield app
    app.extensions["counter"].main.close()
    app.extensions["counter"].cache.close()


@pytest.fixture(scope="module")
def reader(desk) -> Visitor:
    """A front-desk agent of the Rhône."""
    return Visitor(desk).sign_in("camille", PASSWORD)


@pytest.fixture(scope="module")
def chief(desk) -> Visitor:
    """An administrator."""
    return Visitor(desk).sign_in("dominique", PASSWORD)


def look_for(visitor: Visitor, words: str):
    return visitor.get("/recherche", query_string={"q": words})


def sheets_of(page) -> list[str]:
    return [href.removeprefix("/demarches/") for href in page.links().values() if href.startswith("/demarches/")]


def headings(page) -> list[str]:
    return [text_of(h2) for h2 in page.all("h2")]


@pytest.mark.parametrize("start", ["/", "/demarches", "/recherche"])
@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("j'ai déménagé", "changement-adresse"),
        ("ATTESTATIONS", "telecharger-attestation"),
        ("envoyer un papier", "transmettre-document"),
        ("prime d'activite", "demande-prime-activite"),
    ],
)
def test_everyday_words_find_the_sheet_from_any_box(reader, start, words, slug):
    reader.get(start)
    page = reader.submit({"q": words}, having="q")
    assert page.url == "/recherche"
    assert sheets_of(page)[0] == slug
    assert page.form(having="q")["values"]["q"] == [words]


def test_each_sheet_found_says_what_it_is(reader, desk):
    page = look_for(reader, "déménagement")
    sheet = desk.extensions["counter"].catalogue.tutorials["changement-adresse"]
    words = next(words for words, href in page.links().items() if href == "/demarches/changement-adresse")
    assert sheet.title in words and sheet.summary in words and f"{len(sheet.steps)} étapes" in words


def test_what_is_found_comes_by_kind_sheets_first(reader):
    page = look_for(reader, "prendre un rendez-vous")
    found = headings(page)
    assert "pas à pas" in found[0]
    assert found.index("Prendre un rendez-vous pour en parler") < found.index("Dans Counter")
    assert page.link("Prendre un rendez-vousSur place") == "/rendez-vous"


def test_a_word_of_the_glossary_is_explained_on_the_spot(reader, desk):
    word = desk.extensions["counter"].catalogue.glossary["RSA"]
    page = look_for(reader, "rsa")
    assert all(sentence in page.text for sentence in word.explanation)
    assert word.example in page.text


def test_a_misspelt_word_is_said_back(reader):
    page = look_for(reader, "atestassion")
    assert "Nous avons lu « attestation » pour « atestassion »." in page.text
    assert sheets_of(page)[0] == "telecharger-attestation"


def test_the_motif_of_the_agents_own_caf_is_proposed(reader, desk):
    page = look_for(reader, "j'ai une dette")
    href = page.link("Je dois de l'argent à la Caf")
    with desk.extensions["counter"].main.reading() as session:
        motif = session.get(Motif, int(href.split("=")[1]))
        assert (motif.topic, session.get(Caf, motif.caf_id).department) == ("dette", "69")


def test_a_motif_is_found_by_the_words_an_administrator_gave_it(camille, app):
    with app.extensions["counter"].main.writing() as session:
        session.query(Motif).filter_by(topic="suivi").update({"synonyms": "zigouigoui\nmon papier vert"})
    assert "Je veux savoir où en est mon dossier" in look_for(camille, "papier vert").text


def test_an_agent_without_site_is_offered_no_motif(app):
    with app.extensions["counter"].main.writing() as session:
        session.execute(text("UPDATE agent SET site_id = NULL"))
    page = look_for(Visitor(app).sign_in("camille", PASSWORD), "je dois de l'argent")
    assert "pour en parler" not in page.text


def test_pages_are_offered_to_those_who_may_open_them(reader, chief):
    for visitor, offered in ((reader, False), (chief, True)):
        page = look_for(visitor, "motifs et horaires")
        assert ("Motifs, lieux, horaires d'ouverture" in page.text) is offered


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.endpoint)
def test_each_page_proposed_opens(chief, page):
    found = look_for(chief, page.title)
    words = "Appelez maintenant avec elle" if page.endpoint == URGENT else page.title + page.what
    assert chief.get(found.link(words)).h1


@pytest.mark.parametrize("words", ["mon mari me donne des coups", "je veux mourir", "me tuer", "dormir dehors ce soir"])
def test_danger_is_answered_at_once(reader, words):
    page = look_for(reader, words)
    assert page.link("Appelez maintenant avec elle") == "/diagnostic/urgence"
    assert all(page.text.index("en danger ?") < page.text.index(heading) for heading in headings(page))


CALM = ["papa est mort", "on m'a coupé mon RSA", "ma mère vient de mourir", "bébé", "attestation", "mon mari est parti"]


@pytest.mark.parametrize("words", CALM)
def test_danger_is_not_seen_where_there_is_none(reader, words):
    assert "en danger ?" not in look_for(reader, words).text


def test_words_that_find_nothing_are_answered_kindly_with_what_to_do(reader):
    page = look_for(reader, "zzzz <b>")
    assert "Nous n'avons rien trouvé pour « zzzz <b> ». Ce n'est pas grave." in page.text
    assert "3230" in page.text and page.link("Prendre un rendez-vous") == "/rendez-vous"
    assert page.link("En parler avec un agent") == "/diagnostic"
    assert reader.get(page.link("loyer")).form(having="q")["values"]["q"] == ["loyer"]


def test_every_theme_proposed_leads_to_its_place_among_the_sheets(reader):
    page = look_for(reader, "zzzz")
    anchors = [href for href in page.links().values() if href.startswith("/demarches#")]
    assert len(anchors) >= 5
    ids = {element.get("id") for element in reader.get("/demarches").root.iter()}
    assert {href.split("#")[1] for href in anchors} <= ids


@pytest.mark.parametrize("words", ["", "   ", "\x00"])
def test_an_empty_question_says_what_to_write(reader, words):
    page = look_for(reader, words)
    assert "Écrivez ce que veut faire la personne" in page.text
    assert page.form(having="q")["values"]["q"] == [""]
    assert "Choisir un thème" in headings(page)


def test_a_very_long_question_is_cut(reader):
    page = look_for(reader, "déménagement " * 400)
    assert len(page.form(having="q")["values"]["q"][0]) <= 200
    assert sheets_of(page)[0] == "changement-adresse"


def test_what_is_asked_is_written_in_no_log_even_when_the_index_is_lost(camille, app, caplog):
    caplog.set_level(logging.DEBUG)
    for table in ("search_state", "search_word", "search_phrase"):
        look_for(camille, "Zoé Imaginaire attestation")
        with app.extensions["counter"].cache.engine.begin() as connection:
            connection.execute(text(f"DROP TABLE {table}"))
    page = camille.client.get("/recherche", query_string={"q": "Zoé Imaginaire attestation"})
    assert page.status_code in {200, 503, 500}
    assert "imaginaire" not in caplog.text.lower()


def test_what_is_asked_is_kept_nowhere(camille, instance):
    look_for(camille, "Zoé Imaginatrice attestation")
    for path in instance.rglob("*"):
        if path.is_file():
            assert b"maginatrice" not in path.read_bytes()


def test_an_index_that_was_lost_is_built_again(camille, app):
    assert sheets_of(look_for(camille, "déménagement"))[0] == "changement-adresse"
    with app.extensions["counter"].cache.engine.begin() as connection:
        connection.execute(text("DROP TABLE search_state"))
    assert sheets_of(look_for(camille, "déménagement"))[0] == "changement-adresse"


def test_the_index_follows_the_catalogue(camille, app):
    on = app.extensions["counter"]
    assert sheets_of(look_for(camille, "déménagement"))[0] == "changement-adresse"
    del on.catalogue.tutorials["changement-adresse"]
    on.search = None
    assert "changement-adresse" not in sheets_of(look_for(camille, "déménagement"))


def test_two_counters_on_one_instance_with_other_sheets_each_answer_with_their_own(instance, clock):
    one, other = (create_app(settings_for(instance), clock) for _ in range(2))
    del other.extensions["counter"].catalogue.tutorials["changement-adresse"]
    for _ in range(2):
        with one.app_context():
            assert ask("déménagement").keys[Kind.SHEET][0] == "changement-adresse"
        with other.app_context():
            assert "changement-adresse" not in ask("déménagement").keys[Kind.SHEET]
    for app in (one, other):
        app.extensions["counter"].main.close()
        app.extensions["counter"].cache.close()
