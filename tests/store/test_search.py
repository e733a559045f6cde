"""The index and what it answers: real ways of saying things, misspelt words, hostile ones; when it is built again."""

from __future__ import annotations

import csv
import random
import re
from pathlib import Path

import pytest
from sqlalchemy import text

from counter.db import open_cache
from counter.keys import load_keys
from counter.search import Entry, Kind, Language, language_of, sheet_entries, word_entries
from counter.store.search import Index, OutdatedIndex
from counter.store.search_index import build, fingerprint_of, is_current
from counter.store.words import stem_of
from counter.tutorials.vocabulary import load_vocabulary
from counter.views.search import PAGES, page_entries
from tests.conftest import settings_for

PHRASES = list(csv.DictReader((Path(__file__).parent / "phrases.csv").read_text("utf-8").splitlines(), delimiter=";"))


@pytest.fixture(scope="module")
def cache(tmp_path_factory, _empty_model):
    vault = load_keys(_empty_model, create=False).vault
    database = open_cache(settings_for(tmp_path_factory.mktemp("search")).cache_url, vault)
    yield database
    database.close()


class Search:
    """The index of some entries, asked as a page asks it."""

    def __init__(self, cache, entries: list[Entry], language: Language):
        self.cache, self.entries, self.language = cache, entries, language
        with cache.writing() as session:
            build(session, entries, language)
        with cache.reading() as session:
            self.index = Index(session, entries, language)

    def found(self, question: str):
        with self.cache.reading() as session:
            return self.index.ask(session, question)

    def sheets(self, question: str) -> list[str]:
        return self.found(question).keys[Kind.SHEET]


@pytest.fixture(scope="module")
def search(cache, whole_catalogue) -> Search:
    vocabulary = load_vocabulary(whole_catalogue.tutorials)
    entries = sheet_entries(whole_catalogue.tutorials, vocabulary)
    return Search(cache, [*entries, *word_entries(whole_catalogue.glossary), *page_entries()], language_of(vocabulary))


# ── what people say ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("part", "first_bar", "among_bar"), [("tuning", 0.80, 0.95), ("held-out", 0.80, 0.95), ("unseen", 0.65, 0.85)]
)
def test_what_people_say_finds_its_sheet(search, part, first_bar, among_bar):
    """The bars of issue 4. `tuning` is what weights and vocabulary were made on; `held-out` was written with it and
    kept apart; `unseen` is whole sentences written after the last line of the vocabulary, and nothing was changed
    for them: what a sentence nobody thought of may expect. docs/decisions tells the figures."""
    said = [row for row in PHRASES if row["part"] == part]
    found = {row["phrase"]: search.sheets(row["phrase"])[:3] for row in said}
    first = sum(found[row["phrase"]][:1] == [row["sheet"]] for row in said)
    among = sum(row["sheet"] in found[row["phrase"]] for row in said)
    missed = {row["phrase"]: found[row["phrase"]] for row in said if row["sheet"] not in found[row["phrase"]]}
    assert among >= among_bar * len(said), missed
    assert first >= first_bar * len(said)


def test_the_phrases_are_many_different_and_about_every_sheet(whole_catalogue):
    assert len({row["phrase"].casefold() for row in PHRASES}) == len(PHRASES) >= 160
    assert {row["sheet"] for row in PHRASES} == set(whole_catalogue.tutorials)
    apart = sum(row["part"] != "tuning" for row in PHRASES)
    assert apart >= len(PHRASES) / 3


@pytest.mark.parametrize(
    ("said", "sheet"),
    [
        ("chômage", "changement-professionnel"),
        ("mon loyer", "demande-aide-logement"),
        ("j'ai déménagé", "changement-adresse"),
        ("bébé", "declarer-naissance"),
        ("plus d'argent", "travail-social"),
        ("papa est mort", "declarer-deces"),
        ("la cantine", "telecharger-attestation"),
        ("rsa", "demande-rsa"),
        ("rdv", "prendre-rdv-en-ligne"),
    ],
)
@pytest.mark.parametrize(
    "shape", [str, str.upper, lambda said: f"  « {said} » !  "], ids=["as is", "capitals", "marks"]
)
def test_everyday_words_lead_to_the_right_sheet_first(search, said, sheet, shape):
    assert search.sheets(shape(said))[0] == sheet


def test_the_title_of_each_sheet_finds_it_first(search, whole_catalogue):
    titles = {slug: sheet.title for slug, sheet in whole_catalogue.tutorials.items()}
    assert {slug: search.sheets(title)[:1] for slug, title in titles.items()} == {slug: [slug] for slug in titles}


def test_nearly_every_synonym_of_a_sheet_finds_it_among_the_first_three(search, whole_catalogue):
    """Not all: the same words may be written in several sheets, and only three come first."""
    said = [(words, slug) for slug, sheet in whole_catalogue.tutorials.items() for words in sheet.synonyms]
    missed = [(words, slug) for words, slug in said if slug not in search.sheets(words)[:3]]
    assert len(said) > 500
    assert len(missed) <= 0.05 * len(said), missed


def test_partners_find_their_sheets_by_their_words_and_visitors_theirs(search):
    assert search.sheets("mot de passe oublié")[0] == "mot-de-passe-oublie"
    assert search.sheets("mot de passe oublié partenaire")[0] == "mcp-mot-de-passe"
    assert search.sheets("loyer impayé")[0] == "prevention-expulsion"
    assert search.sheets("mon locataire ne paie pas son loyer")[0] == "bailleur-impaye"
    assert search.sheets("attestation")[0] == "telecharger-attestation"
    assert search.sheets("attestation Cdap")[0] == "cdap-attestation"


def test_who_looks_for_a_baby_is_not_shown_death(search):
    assert "declarer-deces" not in search.sheets("bébé")
    assert "declarer-deces" not in search.sheets("mon enfant")
    assert search.sheets("mon bébé est mort")[0] == "declarer-deces"


def test_who_mourns_is_not_shown_a_birth(search):
    for said in ("papa est mort", "ma mère est morte", "mon bébé est mort"):
        assert search.sheets(said) == ["declarer-deces", "travail-social"], said


def test_who_wants_to_die_is_not_shown_how_to_declare_a_death(search):
    for said in ("je veux mourir", "envie de mourir", "idées noires"):
        assert search.sheets(said)[0] == "travail-social", said
        assert "declarer-deces" not in search.sheets(said), said


def test_words_pages_and_sheets_are_found_apart(search):
    found = search.found("prendre un rendez-vous")
    assert found.keys[Kind.SHEET][0] == "prendre-rdv-en-ligne"
    assert found.keys[Kind.PAGE][0] == "appointments.choose"
    assert search.found("quotient familial").keys[Kind.SHEET][0] == "telecharger-attestation"


def test_a_word_of_the_glossary_is_found_by_its_spellings(search, whole_catalogue):
    words = whole_catalogue.glossary
    spelt = [(spelling, name) for name, word in words.items() for spelling in (word.word, *word.also)]
    missed = [(spelling, name) for spelling, name in spelt if name not in search.found(spelling).keys[Kind.WORD]]
    assert len(spelt) > 150
    assert len(missed) <= 0.05 * len(spelt), missed


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.endpoint)
def test_each_page_is_found_first_by_its_title(search, page):
    assert search.found(page.title).keys[Kind.PAGE][:1] == [page.endpoint]


# ── misspelt words ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("lojement", "logement"),
        ("separassion", "séparation"),
        ("atestation", "attestation"),
        ("grosesse", "grossesse"),
        ("déclartion", "déclaration"),
        ("quotiant", "quotient"),
        ("pansion", "pension"),
    ],
)
def test_a_misspelt_word_is_read_and_said_back_with_its_accents(search, typed, read):
    assert search.found(typed).corrections == ((typed, read),)


def test_a_word_that_is_well_written_is_not_corrected(search):
    for said in ("déclaration", "déclarations", "DECLARATION", "j'ai déménagé", "jattends un enfant", "mdp", "tél"):
        assert search.found(said).corrections == (), said


@pytest.mark.parametrize(
    "said", ["jattends un enfant", "changementadresse", "jai perdu mon mot de passe", "micro entreprise"]
)
def test_words_glued_or_parted_are_read_all_the_same(search, said):
    expected = {
        "jattends un enfant": "declarer-grossesse",
        "changementadresse": "changement-adresse",
        "jai perdu mon mot de passe": "mot-de-passe-oublie",
        "micro entreprise": "chiffre-affaires",
    }
    assert search.sheets(said)[0] == expected[said]


def test_the_beginning_of_a_word_is_enough(search):
    assert search.sheets("attesta")[0] == "telecharger-attestation"
    assert search.sheets("déménag")[0] == "changement-adresse"


def mistakes(word: str, chance: random.Random) -> list[str]:
    """A letter left out, two swapped, one doubled, one beside it on the keyboard."""
    at = chance.randrange(1, len(word) - 1)
    return [
        word[:at] + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at] + word[at:],
        word[:at] + chance.choice("aeirstnlu") + word[at + 1 :],
    ]


def test_a_typing_error_hides_few_sheets(search):
    """One mistake in one word of each phrase of the tuning part: nine in ten still find their sheet."""
    chance, wrong, looked_at = random.Random(4), [], 0
    for row in PHRASES:
        words = [word for word in re.findall(r"\w+", row["phrase"]) if len(word) > 4]
        if row["part"] != "tuning" or not words or row["sheet"] not in search.sheets(row["phrase"])[:3]:
            continue
        word = chance.choice(words)
        for mistake in mistakes(word, chance):
            looked_at += 1
            if row["sheet"] not in search.sheets(row["phrase"].replace(word, mistake, 1))[:3]:
                wrong.append(row["phrase"].replace(word, mistake, 1))
    assert looked_at > 500
    assert len(wrong) <= 0.10 * looked_at, wrong


@pytest.mark.parametrize(
    ("one", "other"),
    [("loyer", "loyers"), ("separee", "separe"), ("paye", "paie"), ("impayes", "impaye"), ("demenage", "demenager"),
     ("attestation", "attestations"), ("handicape", "handicapee")],
)  # fmt: skip
def test_the_forms_of_a_word_have_one_stem(one, other):
    assert stem_of(one) == stem_of(other)


# ── nothing to find, and hostile questions ──────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "said",
    ["", "   ", "je ne sais pas", "comment faire", "de la", "?!", "xylophone", "\x00", "pizza", "pas", "plus rien",
     "12", "carte grise", "mutuelle", "😀", "مساعدة", "допомога"],
)  # fmt: skip
def test_words_that_say_nothing_find_no_sheet(search, said):
    assert search.sheets(said) == []


@pytest.mark.parametrize(
    "said",
    ['"', 'loyer"', "loyer' OR 1=1 --", "NEAR(loyer, aide)", "loyer*", "loyer AND NOT", "title:loyer", "{loyer}", "(",
     "^loyer", "loyer\x00aide", "a" * 5000, "loyer " * 500, "j' l' d' qu'", "\ud83d", "ﬀ", "½", "İstanbul",
     "%s %d {0} {{q}}"],
    ids=range(19),
)  # fmt: skip
def test_hostile_words_are_only_words(search, said):
    found = search.found(said)
    if said.replace("\x00", " ").split(" ")[0].strip("\"'*{}^") == "loyer":
        assert "demande-aide-logement" in found.keys[Kind.SHEET]


def test_what_is_beyond_two_hundred_characters_is_not_read(search):
    assert search.sheets("je " * 60 + "bébé")[0] == "declarer-naissance"
    assert search.sheets("je " * 70 + "bébé") == []


# ── building ────────────────────────────────────────────────────────────────────────────────────


def an_entry(key: str, title: str, **others) -> Entry:
    return Entry(Kind.SHEET, key, title, **others)


@pytest.fixture
def own_cache(empty_instance):
    database = open_cache(settings_for(empty_instance).cache_url, load_keys(empty_instance, create=False).vault)
    yield database
    database.close()


def test_the_index_is_current_only_for_what_it_was_built_from(own_cache):
    entries, language = [an_entry("bus", "Prendre le bus")], Language()
    with own_cache.reading() as session:
        assert not is_current(session, fingerprint_of(entries, language))
    Search(own_cache, entries, language)
    with own_cache.reading() as session:
        assert is_current(session, fingerprint_of(entries, language))
        assert not is_current(session, fingerprint_of([an_entry("bus", "Prendre le car")], language))
        assert not is_current(session, fingerprint_of(entries, Language(short=(("tgv", "train"),))))


def test_built_again_it_finds_what_is_new_and_no_longer_what_went(own_cache):
    before = Search(own_cache, [an_entry("bus", "Prendre le bus")], Language())
    assert before.sheets("le bus") == ["bus"]
    after = Search(own_cache, [an_entry("train", "Prendre le train")], Language())
    assert after.sheets("train") == ["train"] and after.sheets("bus") == []


def test_an_index_that_another_one_replaced_says_so_instead_of_answering_wrong(own_cache):
    old = Search(own_cache, [an_entry("bus", "Prendre le bus")], Language())
    Search(own_cache, [an_entry("train", "Prendre le bus de nuit")], Language())
    with pytest.raises(OutdatedIndex):
        old.found("bus")


def test_an_index_that_was_lost_says_so(own_cache):
    search = Search(own_cache, [an_entry("bus", "Prendre le bus")], Language())
    with own_cache.engine.begin() as connection:
        connection.execute(text("DROP TABLE search_state"))
    with pytest.raises(OutdatedIndex):
        search.found("bus")


def test_an_index_of_nothing_finds_nothing(own_cache):
    assert Search(own_cache, [], Language()).sheets("bus") == []


def test_what_is_asked_for_often_comes_first_when_all_else_is_equal(own_cache):
    entries = [an_entry("a", "Prendre le bus"), an_entry("b", "Prendre le bus", often=True)]
    assert Search(own_cache, entries, Language()).sheets("bus") == ["b", "a"]


def test_the_title_counts_more_than_a_synonym_and_a_synonym_more_than_the_text(own_cache):
    entries = [
        an_entry("text", "Autre chose", body="Vous montez dans le bus."),
        an_entry("synonym", "Une ligne", said=(("bus", 1.0),)),
        an_entry("title", "Bus"),
    ]
    assert Search(own_cache, entries, Language()).sheets("bus")[:2] == ["title", "synonym"]


def test_what_is_asked_is_nowhere_in_the_cache(own_cache, empty_instance):
    search = Search(own_cache, [an_entry("bus", "Prendre le bus")], Language())
    search.found("bus madame Imaginaire")
    own_cache.close()
    for path in empty_instance.glob("cache.sqlite*"):
        assert b"maginaire" not in path.read_bytes()
