"""The kiosk's other languages: everything it says is there, told to be unread, and never put on the wrong French."""

from __future__ import annotations

import re
from datetime import date

import pytest
from babel.messages.pofile import read_po

from counter.config import ROOT
from counter.demonstration import every_motif
from counter.languages import FOLDER, TRANSLATED, Language, birthday, catalogue, day_long, hour, month, say
from counter.languages.extraction import bring_up_to_date, in_module, in_template, said_by_kiosk

SCRIPTS = {Language.ARABIC: r"[\u0600-\u06ff]", Language.UKRAINIAN: r"[\u0400-\u04ff]"}


@pytest.fixture(scope="module")
def said(whole_catalogue) -> dict[str, str]:
    return said_by_kiosk(ROOT, whole_catalogue.tutorials, every_motif())


@pytest.mark.parametrize("language", TRANSLATED)
def test_everything_a_kiosk_says_is_translated_and_nothing_else_is_kept(said, language):
    known = catalogue(language)
    assert [text for text in said if text not in known] == []
    assert [text for text in known if text not in said] == []
    assert len(said) > 600


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_keeps_what_is_filled_in_what_stands_out_and_every_number(said, language):
    wrong = []
    for french, (translation, _) in catalogue(language).items():
        for pattern in (r"\{\w+\}", r"\d+"):
            if sorted(re.findall(pattern, french)) != sorted(re.findall(pattern, translation)):
                wrong.append((french, translation))
        if french.count("**") != translation.count("**"):
            wrong.append((french, translation))
        for label in re.findall(r"« \*\*(.+?)\*\* »", french):  # buttons of the site stay as the site has them
            if label not in translation:
                wrong.append((french, translation))
    assert wrong == []


@pytest.mark.parametrize("language", SCRIPTS)
def test_it_is_written_in_its_own_letters(language):
    outside = [
        text for french, (text, _) in catalogue(language).items()
        if not re.search(SCRIPTS[language], text) and re.sub(r"\{\w+\}|\*\*.+?\*\*|Mon Compte|[\W\d_]", "", french)
    ]  # fmt: skip
    assert outside == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_nobody_has_read_says_so(language):
    with (FOLDER / f"{language}.po").open("rb") as file:
        messages = [message for message in read_po(file, locale=str(language)) if message.id]
    unread = {text for text, (_, read) in catalogue(language).items() if not read}
    assert {message.id for message in messages if message.fuzzy} == unread


def test_a_text_nobody_translated_stays_in_french():
    said = say("Une phrase toute neuve ?", Language.TURKISH)
    assert said == ("Une phrase toute neuve\u00a0?", Language.FRENCH, True)
    assert say("Bonjour", Language.FRENCH).text == "Bonjour"
    assert say("Bonjour", Language.ENGLISH).language is Language.ENGLISH


def test_days_hours_and_months():
    tuesday = date(2026, 11, 24)
    assert day_long(tuesday, Language.FRENCH) == "mardi 24 novembre"
    assert day_long(tuesday, Language.ENGLISH) == "Tuesday 24 November"
    assert day_long(tuesday, Language.UKRAINIAN) == "вівторок, 24 листопада"
    assert "24" in day_long(tuesday, Language.ARABIC), "the digits of the papers"
    assert [hour(550, one) for one in (Language.FRENCH, Language.PORTUGUESE)] == ["9\u00a0h\u00a010", "09:10"]
    assert month(3, Language.ROMANIAN) == "martie"
    assert month(3, Language.FRENCH) == "mars"


def test_texts_are_found_where_they_are_said():
    template = '{{ t("Un") }}{{ plain("Deux") if x else t("Trois") }}{{ kiosk_action(u, "house", "Quatre", "Cinq") }}'
    assert sorted(in_template(template)) == ["Cinq", "Deux", "Quatre", "Trois", "Un"]
    module = 'from counter.kiosk import text\nA = text("Un")\nraise StopValidation("Deux")'
    assert list(in_module(module)) == ["Un", "Deux"]
    assert list(in_module('from sqlalchemy import text\ntext("SELECT 1")')) == []


def test_a_catalogue_is_brought_up_to_date_without_losing_what_was_read(tmp_path, monkeypatch):
    monkeypatch.setattr("counter.languages.extraction.FOLDER", tmp_path)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    path = tmp_path / "en.po"
    path.write_text(
        head
        + 'msgid "Lu"\nmsgstr "Read"\n\n#, fuzzy\nmsgid "Non lu"\nmsgstr "Unread"\n\nmsgid "Parti"\nmsgstr "Gone"\n'
    )
    assert bring_up_to_date(Language.ENGLISH, {"Lu": "ici", "Non lu": "là", "Nouveau": "ici"}) == (1, 1)
    with path.open("rb") as file:
        known = {m.id: (m.string, m.fuzzy) for m in read_po(file) if m.id}
    assert known == {"Lu": ("Read", False), "Non lu": ("Unread", True), "Nouveau": ("", False)}


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "29 février"), ("uk", "29 лютого"), ("pt", "29 de fevereiro"), ("en", "29 February")]
)
def test_a_birthday_is_said_as_a_date(language, said):
    assert birthday(29, 2, Language(language)) == said
