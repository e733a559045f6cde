"""Video appointments: the link, trying before, and the way out by phone, on screen, on paper and in messages."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app import create_app
from counter.demonstration import PASSWORD
from counter.models import Message, Motif, Site
from tests.conftest import settings_for
from tests.pages import Visitor, text_of
from tests.papers import qr_codes_of_pdf, text_of_pdf
from tests.views.test_appointments import book, choose

LINK = "https://visio.exemple.fr/accueil"  # of Lyon 3, in the demonstration
OWN = "https://visio.exemple.fr/naissance?salle=2"
BY_VIDEO = "&comment=visio"
MAIL = {"email": "elise@exemple.fr"}
PHONE = {"phone": "06 12 34 56 78"}


@pytest.fixture
def dominique(app) -> Visitor:
    return Visitor(app).sign_in("dominique", PASSWORD)


def put(app, table, number: int, url: str) -> None:
    with app.extensions["counter"].main.writing() as session:
        session.get_one(table, number).video_url = url


def paper_of(person, page) -> str:
    return text_of_pdf(person.file(page.link("Imprimer le papier")))


def test_the_link_and_the_way_out_are_on_the_page_the_paper_and_the_persons_own_page(camille, visitor):
    choose(camille, query=BY_VIDEO)
    page = book(camille, **MAIL, **PHONE)
    assert page.link(LINK) == LINK
    assert "« Le lien de la visio est sur votre papier. Essayez votre appareil avant. »" in page.text
    assert "nous vous appelons au 06 12 34 56 78. C'est bien votre numéro ?" in page.text
    assert page.link("Essayer l'appareil avant") == "/visio/test"
    paper = paper_of(camille, page)
    assert LINK in paper and "Si la visio ne marche pas, nous vous appelons au 06 12 34 56 78." in paper
    code = re.search(r"\b([A-Z2-9]{4}-[A-Z2-9]{4})\b", page.text)[1]
    visitor.get("/rendez-vous/gerer")
    visitor.submit({"code": code, "birth-jour": "3", "birth-mois": "9"}, having="code")
    assert visitor.page.link(LINK) == LINK and "nous vous appelons au 06 12 34 56 78" in visitor.page.text


def test_without_a_number_the_way_out_is_the_public_one(camille):
    choose(camille, query=BY_VIDEO)
    page = book(camille, **MAIL)
    assert "Si la visio ne marche pas, appelez le 3230." in page.text
    assert "Si la visio ne marche pas, appelez le 3230." in paper_of(camille, page)


def test_an_appointment_on_site_says_nothing_of_it(camille):
    choose(camille, query="&comment=sur-place")
    page = book(camille, **MAIL)
    assert "visio" not in page.text.lower() and "visio" not in paper_of(camille, page).lower()


def test_a_motifs_own_address_comes_before_the_sites(app, camille):
    put(app, Motif, 8, OWN)
    choose(camille, motif=8, query=BY_VIDEO)
    page = book(camille, **MAIL)
    assert page.link(OWN) == OWN and OWN in paper_of(camille, page) and LINK not in page.html


@pytest.mark.parametrize("hidden", [{"careful": ["prudent"]}, {"contact_of": "proche", "contact_name": "Paul Exemple"}])
def test_an_address_that_could_tell_the_motif_is_not_given_where_it_must_not_be_told(app, camille, hidden):
    put(app, Motif, 8, OWN)
    choose(camille, motif=8, query=BY_VIDEO)
    page = book(camille, **MAIL, **hidden)
    paper = paper_of(camille, page)
    assert LINK in paper and OWN not in paper
    assert "exemple.fr/naissance" not in camille.file(page.link("Calendrier")).decode()


def test_the_paper_of_a_careful_contact_names_no_caf(camille):
    choose(camille, query=BY_VIDEO)
    paper = paper_of(camille, book(camille, **MAIL, careful=["prudent"]))
    assert "revenez nous voir" in paper and "3230" not in paper and "Caf du" not in paper


def test_without_any_address_no_link_is_promised(app, camille):
    put(app, Site, 4, "")
    choose(camille, query=BY_VIDEO)
    page = book(camille, **MAIL)
    assert "« Demandez-nous le lien de la visio avant ce jour." in page.text
    assert "Demandez-nous le lien." in page.text
    assert "Demandez-nous le lien." in paper_of(camille, page)


def test_the_calendar_of_a_phone_has_the_link(app, camille):
    put(app, Site, 4, "https://visio.exemple.fr/a,b;c")
    choose(camille, query=BY_VIDEO)
    page = book(camille, **MAIL, **PHONE)
    file = camille.file(page.link("Calendrier")).decode().replace("\r\n ", "")
    assert "LOCATION:https://visio.exemple.fr/a\\,b\\;c" in file and "nous vous appelons au" in file
    (event,) = qr_codes_of_pdf(camille.file(page.link("Imprimer le papier")))
    assert "LOCATION:https://visio.exemple.fr/a\\,b\\;c\n" in event


def test_with_a_public_address_papers_and_messages_say_where_to_try(real_instance, clock):
    on = {"smtp_host": "127.0.0.1", "smtp_port": 9, "smtp_tls": "none", "smtp_sender": "accueil@exemple.fr",
          "sms_gateway": "fichier", "public_url": "https://counter.example"}  # fmt: skip
    app = create_app(settings_for(real_instance, **on), clock)
    agent = Visitor(app).sign_in("camille", PASSWORD)
    choose(agent, query=BY_VIDEO)
    page = book(agent, **MAIL, **PHONE)
    assert "https://counter.example/visio/test" in paper_of(agent, page)
    with app.extensions["counter"].main.reading() as session:
        bodies = {
            row.channel: row.body for row in session.scalars(select(Message).where(Message.kind == "confirmation"))
        }
    assert f"ouvrez ce lien :\n{LINK}" in bodies["e-mail"]
    assert "Essayez votre appareil avant : https://counter.example/visio/test" in bodies["e-mail"]
    assert "nous vous appelons au" in bodies["e-mail"] and "06" in bodies["e-mail"]
    assert f"Lien : {LINK}" in bodies["sms"] and len(bodies["sms"]) <= 160


# ── the address, set up ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("page", ["/administration/lieux/4", "/administration/caf/1/motifs/1"])
@pytest.mark.parametrize("url", ["https://visio.exemple.fr", "HTTPS://Visio.Exemple.fr:8443/salle/1?a=b&c=d#x_(y)", ""])
def test_an_https_address_is_taken(dominique, page, url):
    dominique.get(page)
    dominique.submit({"video_url": url}, having="video_url")
    assert dominique.get(page).form(having="video_url")["values"]["video_url"] == [url]


@pytest.mark.parametrize("page", ["/administration/lieux/4", "/administration/caf/1/motifs/1"])
@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://visio.exemple.fr", "L'adresse doit commencer par https://"),
        ("visio.exemple.fr", "L'adresse doit commencer par https://"),
        ("javascript:alert(1)", "L'adresse doit commencer par https://"),
        ("https://", "Cette adresse ne va pas."),
        ("https://moi:secret@visio.exemple.fr", "Cette adresse ne va pas."),
        ("https://visio.exemple.fr/a b", "Cette adresse ne va pas."),
        ("https://visio.exemple.fr/é", "Cette adresse ne va pas."),
        ("https://visio.exemple.fr/<script>", "Cette adresse ne va pas."),
        ("https://visio.exemple.fr/" + "a" * 300, "325 signes, c'est trop : 300 au plus."),
    ],
)
def test_any_other_address_is_refused_and_kept_on_the_page(dominique, page, url, sentence):
    dominique.get(page)
    answer = dominique.submit({"video_url": url}, having="video_url", expect=422)
    assert len(answer.errors()) == 1 and answer.errors()[0].startswith(sentence)
    assert answer.form(having="video_url")["values"]["video_url"] == [url]


# ── trying ──────────────────────────────────────────────────────────────────────────────────────


def test_anyone_may_try_and_the_page_alone_may_ask_for_the_microphone(visitor):
    page = visitor.get("/visio/test")
    assert page.h1 == "Essayer la visio" and "Si la visio ne marche pas" in page.text
    assert page.headers["Permissions-Policy"] == "camera=(self), microphone=(self), geolocation=()"
    assert "microphone=()" in visitor.get("/rendez-vous/gerer").headers["Permissions-Policy"]


def test_a_careful_contact_gives_no_address_since_nothing_is_sent(camille):
    choose(camille, query=BY_VIDEO)
    page = camille.submit({"first_name": "Élise", "last_name": "Lambert", "birth-jour": "3", "birth-mois": "9"},
                          having="first_name", expect=422)  # fmt: skip
    assert page.errors() == ["Pour un rendez-vous en visio, écrivez une adresse e-mail."]
    page = book(camille, careful=["prudent"])
    assert page.h1 == "Le rendez-vous est pris" and LINK in paper_of(camille, page)
    assert all(text_of(told) for told in page.all("dd")), "no term without its words"
    assert "Le lien de la visio est sur votre papier." in page.text


def test_the_address_of_a_video_stands_with_the_person_it_is_of(camille):
    choose(camille, query=BY_VIDEO)
    page = book(camille, email="elise@exemple.fr")
    terms = [text_of(term) for term in page.all("dt")]
    assert terms[: terms.index("E-mail") + 1] == ["Quand", "Comment", "Motif", "Pour", "E-mail"]
    assert terms.count("E-mail") == 1
