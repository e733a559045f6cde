"""The everyday language: the file that is there has no fault; each fault gives its line, the rest is read."""

from __future__ import annotations

import pytest

from counter.search import words_of
from counter.tutorials.loader import load_catalogue
from counter.tutorials.vocabulary import VOCABULARY, load_vocabulary

GOOD = """dire:
  - mots: [j'ai faim, plus rien à manger]
    fiches: [travail-social, rendez-vous-des-droits]
pareil:
  - [boulot, travail]
court:
  mdp: mot de passe
public:
  bailleur: [mon locataire]
souvent: [travail-social]
discret: [rendez-vous-des-droits]
"""
SLUGS = {"travail-social", "rendez-vous-des-droits"}


def read(tmp_path, text: str | bytes):
    path = tmp_path / "vocabulaire.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_vocabulary(SLUGS, path)


def test_a_good_file_is_read_whole(tmp_path):
    found = read(tmp_path, GOOD)
    assert found.errors == []
    assert found.sayings[0].words == ("j'ai faim", "plus rien à manger")
    assert found.sayings[0].sheets == ("travail-social", "rendez-vous-des-droits")
    assert (found.alike, found.short) == ([("boulot", "travail")], {"mdp": "mot de passe"})
    assert found.audiences == {"bailleur": ("mon locataire",)}
    assert (found.often, found.discreet) == (("travail-social",), ("rendez-vous-des-droits",))


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("[travail-social, rendez-vous", "[travail-sociale, rendez-vous", 3, "« travail-sociale » n'existe pas"),
        ("souvent: [travail-social]", "souvent: [inconnue]", 10, "« inconnue » n'existe pas"),
        ("    fiches: [travail-social, rendez-vous-des-droits]\n", "", 2, "a « mots » et « fiches »"),
        ("[boulot, travail]", "[boulot, gagne pain]", 5, "deux mots seuls"),
        ("[boulot, travail]", "[nouveau-né, bébé]", 5, "deux mots seuls"),
        ("[boulot, travail]", "[boulot]", 5, "deux mots seuls"),
        ("  mdp: mot de passe", "  mon mdp: mot de passe", 7, "« mdp: mot de passe »"),
        ("  mdp: mot de passe", "  mdp: [mot, passe]", 7, "« mdp: mot de passe »"),
        ("  bailleur:", "  usager:", 9, "n'est pas un public"),
        ("  bailleur:", "  voisin:", 9, "n'est pas un public"),
        ("souvent:", "parfois:", 10, "« parfois » n'est pas connu"),
        ("pareil:\n  - [boulot, travail]", "pareil: boulot", 4, "est une liste"),
        ("court:\n  mdp: mot de passe", "court: [mdp]", 6, "se lit mal"),
        ("[j'ai faim, plus rien à manger]", "[j'ai faim, '']", 2, "est vide"),
        ("    fiches: [travail-social, rendez", "    fiche: [travail-social, rendez", 2, "et rien d'autre"),
    ],
)
def test_each_fault_is_told_with_its_line_and_the_rest_is_read(tmp_path, old, new, line, says):
    assert old in GOOD
    found = read(tmp_path, GOOD.replace(old, new))
    assert len(found.errors) == 1, found.errors
    assert (found.errors[0].file, found.errors[0].line) == ("vocabulaire.yaml", line)
    assert says in str(found.errors[0])
    assert sum(map(bool, (found.sayings, found.alike, found.short, found.audiences, found.often, found.discreet))) >= 5


def test_the_same_saying_twice_is_refused_the_second_time(tmp_path):
    twice = GOOD.replace("pareil:", "  - mots: [J'ai faim]\n    fiches: [rendez-vous-des-droits]\npareil:")
    found = read(tmp_path, twice)
    assert [str(error) for error in found.errors] == ["vocabulaire.yaml, ligne 4 : « J'ai faim » est déjà dit ligne 2."]
    assert len(found.sayings) == 1


@pytest.mark.parametrize("text", ["", "- une liste", "dire: [", b"dire: \xff", "du texte"])
def test_a_file_that_cannot_be_read_is_one_fault_and_no_vocabulary(tmp_path, text):
    found = read(tmp_path, text)
    assert len(found.errors) == 1
    assert not found.sayings


def test_a_file_that_is_not_there_is_a_fault(tmp_path):
    assert len(load_vocabulary(SLUGS, tmp_path / "rien.yaml").errors) == 1


def test_a_structure_adds_its_own_words_and_has_the_last_one(tmp_path):
    own = tmp_path / "tutoriels"
    own.mkdir()
    (own / "vocabulaire.yaml").write_text(
        "dire:\n  - mots: [J'ai faim, épicerie]\n    fiches: [rendez-vous-des-droits, disparue]\n"
        "court:\n  mdp: mot de la fin\n",
        encoding="utf-8",
    )
    path = tmp_path / "vocabulaire.yaml"
    path.write_text(GOOD, encoding="utf-8")
    found = load_vocabulary(SLUGS, path, own)
    assert [(saying.words, saying.sheets[0]) for saying in found.sayings] == [
        (("J'ai faim", "épicerie"), "rendez-vous-des-droits"),
        (("plus rien à manger",), "travail-social"),
    ]
    assert found.short == {"mdp": "mot de la fin"} and found.alike == [("boulot", "travail")]
    assert [(error.file, error.line) for error in found.errors] == [("tutoriels/vocabulaire.yaml", 3)]


@pytest.fixture(scope="module")
def vocabulary(whole_catalogue):
    return load_vocabulary(whole_catalogue.tutorials)


def test_the_vocabulary_has_no_fault(vocabulary):
    assert [str(error) for error in vocabulary.errors] == []


def test_every_sheet_has_everyday_words(vocabulary, whole_catalogue):
    said = {slug for saying in vocabulary.sayings for slug in saying.sheets[:1]}
    assert set(whole_catalogue.tutorials) - said == set()


def test_nothing_that_is_said_is_empty_once_its_small_words_are_gone(vocabulary):
    said = [words for saying in vocabulary.sayings for words in saying.words]
    said += list(vocabulary.short.values())
    assert len(said) > 700
    assert [words for words in said if not words_of(words)] == []


def test_the_file_is_beside_the_sheets():
    assert VOCABULARY.exists() and load_catalogue().tutorials
