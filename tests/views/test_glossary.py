"""Hard words: explained where they stand, listed on a page of their own, printed at the end of the booklet."""

from __future__ import annotations

import re

import pytest

from app import create_app
from counter.tutorials.glossary import load_glossary
from counter.tutorials.loader import load_catalogue
from counter.tutorials.words import texts_of
from tests.conftest import settings_for
from tests.pages import Page, Visitor, text_of
from tests.papers import letter_sizes_of_pdf, text_of_pdf
from tests.rules.test_tutorials import SHEET

CATALOGUE = load_catalogue()
STEPS = [(slug, n) for slug, sheet in CATALOGUE.tutorials.items() for n in range(1, len(sheet.steps) + 1)]


def opened(page: Page) -> dict[str, str]:
    """Words of each button that opens an explanation -> that explanation, as the browser pairs them."""
    meanings = {div.get("id"): div for div in page.all("div") if div.get("popover") is not None}
    buttons = [b for b in page.all("button") if "word" in (b.get("class") or "").split()]
    assert [b.get("popovertarget") for b in buttons] and len(buttons) == len(meanings)
    names = {b: (b.get("aria-label") or text_of(b)).replace("\u00a0", " ") for b in buttons}
    return {names[b]: text_of(meanings[b.get("popovertarget")]) for b in buttons}


@pytest.fixture
def reader(instance, clock):
    """An agent where the first step of a sheet says these sentences."""

    def start(sentence: str, **others: str) -> Visitor:
        """`others`: other words of the sheet, by the words they take the place of."""
        (instance / "tutoriels").mkdir()
        text = SHEET.replace("Faites signe.", sentence)
        for old, new in others.items():
            text = text.replace(old.replace("_", " "), new)
        (instance / "tutoriels" / "bus.md").write_text(text, encoding="utf-8")
        return Visitor(create_app(settings_for(instance), clock)).sign_in("camille", "Bonjour-2026")

    return start


def test_a_hard_word_opens_its_explanation_without_script(reader):
    told = opened(reader("Vous avez le RSA, un « **Mon Compte** » et la Caf.").get("/demarches/bus/etape/1"))
    assert "Le RSA est une aide pour les personnes qui ont peu d'argent." in told["RSA"]
    assert "Exemple : Karim cherche du travail, il reçoit le RSA." in told["RSA"]
    assert "Mon Compte est votre espace" in told["Expliquer : Mon Compte"], "a button of the site keeps its own look"
    assert told.keys() == {"RSA", "Expliquer : Mon Compte", "Caf"}


HARD = [
    ("Le RSA et le RSA de la Caf.", ["RSA", "Caf"]),
    ("Cliquez sur « **Caf, RSA et prime** ».", ["Expliquer : Caf", "Expliquer : RSA", "Expliquer : prime"]),
    ("Cliquez sur « Caf » puis « RSA » : la prime.", ["Expliquer : Caf", "Expliquer : RSA", "prime"]),
    ("Cliquez sur «RSA».", ["Expliquer : RSA"]),
    ("Cliquez sur «**RSA**», la Caf.", ["Expliquer : RSA", "Caf"]),
    ("Lisez **la Caf et le RSA** !", ["Caf", "RSA"]),
    ("Une « phrase RSA mal fermée.", ["RSA"]),
    ("La Caf & le <b>RSA</b> d'un indu.", ["Caf", "RSA", "indu"]),
    ("RSA", ["RSA"]),
    ("L'identifiant provisoire, l'identifiant ?", ["identifiant provisoire", "identifiant"]),
]


def tight(text: str) -> str:
    return text.replace("« ", "«").replace(" »", "»")


@pytest.mark.parametrize(("sentence", "names"), HARD)
def test_buttons_stand_in_a_sentence_without_changing_its_words(reader, sentence, names):
    page = reader(sentence).get("/demarches/bus/etape/1")
    assert list(opened(page)) == names
    (aloud,) = [div for div in page.all("div") if div.get("class") == "aloud"]
    shown = [text_of(p) for p in aloud.iter() if p.tag == "p"][1]
    assert tight(shown) == tight(sentence.replace("**", ""))
    assert len(list(aloud.iter("b"))) == 1 + sentence.count("**") // 2


def test_each_word_is_explained_once_in_each_step_and_the_sentences_stay_as_they_are(camille):
    for slug, number in STEPS[:: max(1, len(STEPS) // 25)]:
        page = camille.get(f"/demarches/{slug}/etape/{number}")
        step = CATALOGUE.tutorials[slug].steps[number - 1]
        wanted = [word.anchor for word in CATALOGUE.words.words_in(step.sentences)]
        buttons = [b.get("popovertarget") for b in page.all("button") if "word" in (b.get("class") or "").split()]
        assert sorted(buttons) == sorted(wanted)
        (aloud,) = [div for div in page.all("div") if div.get("class") == "aloud"]
        shown = [text_of(p) for p in aloud.iter() if p.tag == "p"]
        assert shown == [sentence.replace("**", "") for sentence in step.sentences]


def test_the_lines_to_tick_have_their_explanation_beside_the_label(reader):
    page = reader("Attendez.", Votre_carte="Votre mot de passe").get("/demarches/bus")
    told = opened(page)
    assert "code secret" in told["Expliquer : mot de passe"]
    assert not [b for label in page.all("label") for b in label.iter() if b.tag == "button"]


def test_what_comes_next_explains_its_words_too(reader):
    agent = reader("Attendez.", Vous_arrivez="Le droit à l'erreur vous aide")
    assert list(opened(agent.get("/demarches/bus/fin"))) == ["droit à l'erreur"]


def test_the_page_of_words_lists_them_all_under_their_letter(camille):
    page = camille.get(camille.get("/demarches/dtr-rsa").link("Tous les mots difficiles"))
    assert page.url.endswith("/demarches/dico") and page.h1 == "Le dico de la Caf"
    names = {dt.get("id"): text_of(dt) for dt in page.all("dt")}
    assert len(names) == len(CATALOGUE.glossary)
    assert names["mot-indu"] == "indu ou trop-perçu, trop perçu"
    assert all(sentence in page.text for word in CATALOGUE.glossary.values() for sentence in word.explanation)
    (nav,) = [nav for nav in page.all("nav") if nav.get("class") == "letters"]
    letters = [text_of(link) for link in nav.iter() if link.get("href")]
    assert letters == sorted(letters) and {"A", "R"} <= set(letters)
    assert {f"lettre-{letter.lower()}" for letter in letters} <= {h2.get("id") for h2 in page.all("h2")}


def test_a_page_of_the_app_keeps_its_address(tmp_path):
    (tmp_path / "dico.md").write_text("", encoding="utf-8")
    assert "« dico » est déjà l'adresse d'une autre page" in str(load_catalogue(tmp_path).errors[0])


@pytest.mark.parametrize("slug", ["dtr-rsa", "telecharger-attestation", "creer-mon-compte"])
def test_the_booklet_ends_with_the_words_it_uses_and_no_other(camille, slug):
    end = text_of_pdf(camille.file(f"/demarches/{slug}/livret.pdf")).split("Les mots difficiles")[1]
    used = {word.word for word in CATALOGUE.words.words_in(texts_of(CATALOGUE.tutorials[slug]))}
    for name, word in CATALOGUE.glossary.items():
        assert (word.explanation[0] in end) == (name in used), name


@pytest.mark.parametrize("slug", ["dtr-rsa", "telecharger-attestation", "creer-mon-compte"])
def test_a_booklet_is_written_in_fourteen_points_or_more(camille, slug):
    sizes = letter_sizes_of_pdf(camille.file(f"/demarches/{slug}/livret.pdf"))
    assert len(sizes) > 1
    assert {size: words[:80] for size, words in sizes.items() if size < 14} == {}


def test_words_of_a_structure_are_escaped(instance, clock):
    folder = instance / "tutoriels" / "glossaire"
    folder.mkdir(parents=True)
    (folder / "nous.yaml").write_text(
        "- mot: compte\n  explication: [C'est <b>de</b> l'or & du cuivre., Gardez-le.]\n  exemple: Un <i>euro</i>.\n"
    )
    agent = Visitor(create_app(settings_for(instance), clock)).sign_in("camille", "Bonjour-2026")
    assert "C'est <b>de</b> l'or & du cuivre." in opened(agent.get("/demarches/me-connecter"))["compte"]


def test_the_style_sheet_keeps_falc_texts_straight_left_and_whole():
    from counter.config import ROOT

    style = (ROOT / "static" / "style.css").read_text("utf-8")
    for forbidden in ("italic", "justify;", "text-align: justify", "hyphens: auto", "text-transform", "small-caps"):
        assert forbidden not in style
    assert re.search(r"\.sheet \{[^}]*font-size: 1\.375rem", style)


def test_every_word_has_a_place_in_the_page_of_words(camille):
    page = camille.get("/demarches/dico")
    ids = {element.get("id") for element in page.all("dt")}
    assert {word.anchor for word in load_glossary()[0].values()} <= ids
