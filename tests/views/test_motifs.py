"""What a Caf says of its motifs: for whom, in which words, to know before, to do after, recalled when."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from counter.demonstration import PASSWORD
from counter.messages import Channel
from counter.models import Message, Motif
from tests.pages import Visitor, text_of
from tests.papers import text_of_pdf
from tests.views.test_appointments import book, choose
from tests.views.test_messages import FAR, MOBILE, sending  # noqa: F401  (a fixture)

ALL = 8  # motifs of the Rhône in the demonstration


@pytest.fixture
def dominique(app) -> Visitor:
    return Visitor(app).sign_in("dominique", PASSWORD)


def tiles(page) -> list[str]:
    return [text_of(a) for a in page.all("a") if a.get("class") == "tile"]


def say(app, motif: int, **texts) -> None:
    with app.extensions["counter"].main.writing() as session:
        for name, text in texts.items():
            setattr(session.get_one(Motif, motif), name, text)


@pytest.mark.parametrize(
    ("said", "first"),
    [("un trop-perçu", "Je dois de l'argent"), ("BEBE", "J'attends un enfant"), ("05", "Je dois donner des documents"),
     ("mot de passe", "Je veux de l'aide pour caf.fr")],
)  # fmt: skip
def test_a_motif_is_found_with_the_words_of_the_person(camille, said, first):
    camille.get("/rendez-vous")
    page = camille.submit({"q": said}, having="q")
    assert tiles(page)[0].startswith(first) and len(tiles(page)) < ALL
    assert len(tiles(camille.get(page.link("Voir tous les motifs")))) == ALL


def test_words_that_are_nobodys_show_every_motif_and_say_so(camille):
    page = camille.get("/rendez-vous?q=zorglub")
    assert "Aucun motif pour « zorglub »" in page.text and len(tiles(page)) == ALL
    assert page.form(having="q")["values"]["q"] == ["zorglub"]


def test_a_motif_that_is_not_for_everyone_says_for_whom(camille):
    shown = {tile.split(" 0")[0].strip(): tile for tile in tiles(camille.get("/rendez-vous"))}
    assert "Les personnes sans dossier dans cette Caf" in next(
        tile for name, tile in shown.items() if name.startswith("Je n'ai pas de dossier")
    )
    assert not any("Tout le monde" in tile for tile in shown.values())
    assert "Les allocataires de cette Caf" in camille.get("/rendez-vous?motif=1").text


def test_what_to_know_and_what_to_do_after_stand_on_the_page_the_paper_and_the_persons_own_page(app, camille, visitor):
    say(app, 1, before="Arrivez 5 minutes avant.", after="Gardez la décision.\nElle arrive par courrier.")
    choose(camille, query="&lieu=5&comment=sur-place")
    page = book(camille)
    paper = text_of_pdf(camille.file(page.link("Imprimer le papier")))
    code = camille.page.html.split('class="code">')[1][:9]
    visitor.get("/rendez-vous/gerer")
    visitor.submit({"code": code, "birth-jour": "3", "birth-mois": "9"}, having="code")
    for words in (page.text, paper, visitor.page.text):
        assert "Arrivez 5 minutes avant." in words and "Gardez la décision. Elle arrive" in words.replace(
            "décision.Elle", "décision. Elle"
        )
        assert words.index("À savoir") < words.index("Arrivez") < words.index("Après le rendez-vous")


def test_a_sensitive_motif_keeps_its_texts_off_the_paper(app, camille):
    say(app, 6, before="Préparez votre budget.", after="Payez chaque mois.")
    choose(camille, motif=6)
    page = book(camille)
    assert "Payez chaque mois" in page.text
    paper = text_of_pdf(camille.file(page.link("Imprimer le papier")))
    assert "Payez" not in paper and "budget" not in paper


def test_the_messages_say_them_too_and_a_relative_does_not_learn_them(sending):  # noqa: F811
    app, agent = sending(smtp_host="127.0.0.1", smtp_port=9, smtp_tls="none", smtp_sender="accueil@exemple.fr")
    say(app, 1, before="Arrivez 5 minutes avant.", after="Gardez la décision.")
    bodies = {}
    for who, more in (("person", {}), ("relative", {"contact_of": "proche", "contact_name": "Paul Exemple"})):
        choose(agent, query=FAR)
        number = int(book(agent, email="elise@exemple.fr", **more).url.rsplit("/", 1)[1])
        with app.extensions["counter"].main.reading() as session:
            rows = session.scalars(select(Message).where(Message.appointment_id == number)).all()
            bodies[who] = {row.kind: row.body for row in rows if row.channel == Channel.EMAIL}
    assert "À savoir :\nArrivez 5 minutes avant." in bodies["person"]["confirmation"]
    assert "Après le rendez-vous :\nGardez la décision." in bodies["person"]["confirmation"]
    assert "Arrivez" in bodies["person"]["rappel"] and "Gardez la décision" not in bodies["person"]["rappel"]
    assert "Arrivez" not in bodies["relative"]["confirmation"] and "décision" not in bodies["relative"]["confirmation"]


# ── reminders ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("2, 0", "2,0"), ("0 2", "2,0"), ("7;2;7", "7,2"), ("", ""), ("30", "30"), (" 1 ,, 3 ", "3,1")],
)
def test_the_days_of_the_reminders_are_set_as_people_write_them(dominique, app, typed, kept):
    dominique.get("/administration/caf/1/motifs/1")
    assert dominique.page.form(having="plain_label")["values"]["reminder_days"] == ["2, 0"]
    dominique.submit({"reminder_days": typed}, having="plain_label")
    with app.extensions["counter"].main.reading() as session:
        assert session.get_one(Motif, 1).reminder_days == kept


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("deux", "Écrivez des nombres de 0 à 30, avec des virgules. Par exemple : 2, 0."),
        ("-1", "Écrivez des nombres de 0 à 30"),
        ("31", "Écrivez des nombres de 0 à 30"),
        ("2.5", "Écrivez des nombres de 0 à 30"),
        ("²", "Écrivez des nombres de 0 à 30"),
        ("1,2,3,4,5", "5 rappels, c'est trop : 4 au plus."),
    ],
)
def test_days_of_reminders_nobody_understands_are_said_and_kept_on_the_page(dominique, typed, sentence):
    dominique.get("/administration/caf/1/motifs/1")
    page = dominique.submit({"reminder_days": typed}, having="plain_label", expect=422)
    assert len(page.errors()) == 1 and page.errors()[0].startswith(sentence)
    assert page.form(having="plain_label")["values"]["reminder_days"] == [typed]


def test_what_someone_else_changed_meanwhile_is_not_overwritten_unseen(app, dominique):
    charlie = Visitor(app).sign_in("charlie", PASSWORD)
    for person in (dominique, charlie):
        person.get("/administration/caf/1/motifs/1")
    dominique.submit({"bring": "Le livret de famille"}, having="plain_label")
    page = charlie.submit({"notice": "90"}, having="plain_label", expect=422)
    assert (
        "Cette page a été changée depuis que vous l'avez ouverte" in page.root_text()
        and "est à corriger" not in page.text
    )
    assert "Le livret de famille" in dominique.get("/administration/caf/1/motifs/1").html, "nothing is lost yet"
    assert "Le motif est enregistré." in charlie.submit(having="plain_label").text, "said once, then it is meant"
    page = dominique.get("/administration/caf/1/motifs/1")
    assert page.form(having="plain_label")["values"]["notice"] == ["90"] and "Le livret de famille" not in page.html


def test_the_reminders_of_a_booking_are_those_of_its_motif(sending):  # noqa: F811
    app, agent = sending(sms_gateway="fichier")
    say(app, 1, reminder_days="3")
    choose(agent, query=FAR)
    text = book(agent, **MOBILE).text
    assert "Rappel prévu par SMS le samedi 28 novembre à 10 h" in text and text.count("Rappel prévu") == 1
    say(app, 1, reminder_days="")
    choose(agent, query=FAR)
    assert "Rappel prévu" not in book(agent, **MOBILE).text


def test_a_motif_shows_its_official_name_with_its_number_or_neither(camille):
    small = [text_of(part) for part in camille.get("/rendez-vous").all("span") if part.get("class") == "small soft"]
    assert small and not [words for words in small if words.isdigit()]


def test_the_demonstration_says_months_of_pregnancy_in_words(app):
    with app.extensions["counter"].main.reading() as session:
        told = " ".join(motif.after for motif in session.scalars(select(Motif)))
    assert "troisième mois" in told and "3e" not in told
