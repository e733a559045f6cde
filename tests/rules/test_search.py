"""The words of a question, the sound of a word, and what makes a phrase near a question."""

from __future__ import annotations

import pytest

from counter.search import (
    NOT,
    Likeness,
    Term,
    length_of,
    plain,
    rarity,
    sheet_entries,
    sound_of,
    spellings_of,
    words_of,
)
from counter.tutorials.loader import load_catalogue
from counter.tutorials.vocabulary import Saying, Vocabulary


def test_words_lose_accents_capitals_ligatures_and_empty_words():
    assert words_of("J'ai reçu l'œuvre de NOËL, à Pâques !") == ["recu", "oeuvre", "noel", "paques"]
    assert words_of("garçon\u00a0n°3") == ["garcon", "3"]
    assert plain("Cœur, ÉTÉ, ﬁche") == "coeur, ete, fiche"


@pytest.mark.parametrize("said", ["plus d'argent", "pas d'argent", "sans argent", "aucun argent", "rien, zéro argent"])
def test_all_the_ways_to_say_that_there_is_none_are_one_word(said):
    assert set(words_of(said)) == {NOT, "argent"}


def test_an_apostrophe_of_any_kind_or_none_parts_the_same_words():
    assert (
        words_of("voir quelqu'un") == words_of("voir quelqu’un") == words_of("voir quelqu un") == ["voir", "quelquun"]
    )
    assert words_of("l'aide") == words_of("l’aide") == ["aide"]


def test_a_word_is_shown_back_as_it_was_written():
    assert spellings_of("Déclarer, une SÉPARATION")["separation"] == "séparation"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("lojement", "logement"),
        ("separassion", "separation"),
        ("conection", "connexion"),
        ("pansion", "pension"),
        ("grosesse", "grossesse"),
        ("kreche", "creche"),
        ("fotografie", "photographie"),
        ("chomaje", "chomage"),
        ("atestassion", "attestation"),
    ],
)
def test_two_spellings_of_one_sound_sound_the_same(written, meant):
    assert sound_of(written) == sound_of(meant)


@pytest.mark.parametrize(("one", "other"), [("code", "chose"), ("mari", "mairie"), ("rue", "roue")])
def test_other_words_sound_otherwise(one, other):
    assert sound_of(one) != sound_of(other)


def terms(*stems: str) -> list[Term]:
    return [Term(stem, stem, {stem: 1.0}) for stem in stems]


WEIGHT = {"compt": 0.5, "oubli": 2.0, "pass": 2.0, "mort": 3.0}


def test_the_same_words_are_wholly_alike_and_others_not_at_all():
    asked = Likeness(terms("oubli", "pass"), WEIGHT)
    assert asked.to(["pass", "oubli"], length_of(["pass", "oubli"], WEIGHT)) == pytest.approx(1.0)
    assert asked.to(["mort"], length_of(["mort"], WEIGHT)) == 0.0


def test_a_rare_word_in_common_counts_more_than_a_common_one():
    asked = Likeness(terms("compt", "mort"), WEIGHT)
    rare, common = (asked.to([stem, "pass"], length_of([stem, "pass"], WEIGHT)) for stem in ("mort", "compt"))
    assert rare > 2 * common > 0


def test_a_word_that_means_nearly_the_same_counts_less_than_the_word_itself():
    near = [Term("papa", "papa", {"papa": 1.0, "mort": 0.7})]
    weight = WEIGHT | {"papa": 3.0}
    length = length_of(["mort"], weight)
    assert 0 < Likeness(near, weight).to(["mort"], length) < Likeness(terms("mort"), weight).to(["mort"], length)


def test_words_that_nothing_weighs_are_like_nothing():
    assert Likeness(terms("inconnu"), WEIGHT).to(["mort"], 3.0) == 0.0
    assert Likeness([], WEIGHT).to(["mort"], 3.0) == 0.0


def test_a_word_that_everything_holds_weighs_little():
    assert rarity(100, 1) > rarity(100, 10) > rarity(100, 100) > 0
    assert rarity(0, 0) == 0.0


def test_a_saying_counts_more_for_the_first_sheet_it_names_and_unknown_sheets_are_passed_over():
    sheets = {slug: load_catalogue().tutorials[slug] for slug in ("me-connecter", "creer-mon-compte")}
    vocabulary = Vocabulary(sayings=[Saying(("entrer",), ("disparue", "me-connecter", "creer-mon-compte"))])
    weight = {
        entry.key: dict(entry.said)["entrer"]
        for entry in sheet_entries(sheets, vocabulary)
        if "entrer" in dict(entry.said)
    }
    assert weight["me-connecter"] > 1.0 > weight["creer-mon-compte"]
