"""Finding the words of the glossary in a text."""

from __future__ import annotations

import pytest

from counter.tutorials import Word
from counter.tutorials.glossary import load_glossary, overlaid
from counter.tutorials.loader import load_catalogue
from counter.tutorials.words import WordFinder, by_letter, is_quoted, texts_of


def word(name: str, *also: str) -> Word:
    return Word(name, also, (f"{name} veut dire cela.",), "Exemple.", "glossaire/essai.yaml", 1)


def finder(*words: Word) -> WordFinder:
    return WordFinder({w.word: w for w in words})


FINDER = finder(
    word("Caf"), word("RSA", "revenu de solidarité active"), word("prime"), word("prime d'activité"), word("caf.fr"),
    word("trop-perçu"), word("Paje"), word("mot de passe"), word("mail", "e-mail"), word("accès"), word("Élu"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("La Caf paie le RSA.", ["Caf", "RSA"]),
        ("La CAF et la caf.", ["Caf", "Caf"]),
        ("Le revenu de Solidarité active.", ["RSA"]),
        ("Un rsa ou un versable.", []),
        ("La prime d'activité et la prime.", ["prime d'activité", "prime"]),
        ("Les primes d’activité.", ["prime d'activité"]),
        ("Les\u00a0primes\u202fd'activité", ["prime d'activité"]),
        ("Allez sur caf.fr ou sur www.caf.fr.", ["caf.fr", "caf.fr"]),
        ("Un pré-prime ou un primeur, une primevère.", []),
        ("Un trop-perçu et des trop-perçus.", ["trop-perçu", "trop-perçu"]),
        ("La PAJE, la Paje.", ["Paje", "Paje"]),
        ("Vos mots de passe.", ["mot de passe"]),
        ("Un e-mail, des e-mails, l'accès.", ["mail", "mail", "accès"]),
        ("L'élu et les Élus.", ["Élu", "Élu"]),
        ("", []),
    ],
)
def test_a_word_is_found_in_its_spellings_and_nowhere_else(text, found):
    assert [use.word.word for use in FINDER.uses(text)] == found


def test_a_use_says_where_it_stands():
    text = "Le RSA et la prime d'activité."
    assert [text[use.start : use.end] for use in FINDER.uses(text)] == ["RSA", "prime d'activité"]


def test_without_glossary_nothing_is_found():
    assert finder().uses("Le RSA") == ()


def test_each_word_is_explained_once_at_its_first_use_outside_a_button_of_the_site():
    texts = ["Cliquez sur « **RSA** ».", "Le RSA, encore le RSA.", "La Caf.", "« **Caf** » et « **prime** »"]
    chosen = FINDER.first_uses(texts)
    assert [[use.word.word for use in uses] for uses in chosen] == [[], ["RSA"], ["Caf"], ["prime"]]
    assert chosen[1][0].start == 3
    assert is_quoted(texts[3], chosen[3][0].start) and not is_quoted(texts[1], 3)


def test_words_are_sorted_under_the_letter_a_reader_looks_for():
    letters = by_letter([word("RSA"), word("Élu"), word("école"), word("e-mail")])
    assert {letter: [w.word for w in words] for letter, words in letters.items()} == {
        "e": ["e-mail", "école", "Élu"],
        "r": ["RSA"],
    }


def test_a_structures_own_word_takes_the_place_of_ours():
    ours = {"RSA": word("RSA"), "indu": word("indu", "trop-perçu")}
    own = {"trop-perçu": word("trop-perçu"), "maison": word("maison")}
    assert list(overlaid(ours, own)) == ["maison", "RSA", "trop-perçu"]


def test_what_else_a_word_is_called_leaves_out_its_plural_and_its_feminine():
    assert word("tuteur", "tutrice", "tutelle", "gardien").other_names == ("gardien",)


GLOSSARY = load_glossary()[0]


def test_every_word_of_the_glossary_has_two_sentences_an_example_and_a_place_of_its_own():
    anchors = [w.anchor for w in GLOSSARY.values()]
    assert len(GLOSSARY) >= 80 and len(set(anchors)) == len(anchors)
    assert [w.word for w in GLOSSARY.values() if len(w.explanation) != 2 or not w.example] == []
    assert all(anchor.removeprefix("mot-") for anchor in anchors)


ASKED = """
RSA, AAH, AEEH, APL, ALF, ALS, ASF, CMG, Paje, PAJE, MNS, montant net social, DTR, déclaration trimestrielle, QF,
quotient familial, indu, foyer, allocataire, prime d'activité, Caf, MSA, MDPH, CPAM, CAF.FR, Mon Compte,
FranceConnect, Vitale, allocation, ressource, justificatif, attestation, alerte, démarche, trop-perçu, plafond,
versement, prime, titre de séjour, employeur, France Travail, identifiant, identifiant provisoire, code
confidentiel, mot de passe, télécharger, navigateur, courriel, mail, SMS, application, borne, tuteur, curateur,
mesure de protection, droit à l'erreur, fraude, pension alimentaire, intermédiation, recouvrement, conjoint,
séparation, grossesse, micro-crèche, crèche, assistante maternelle, médiateur, travailleur social, bailleur,
locataire, impayé, colocation, convention, habilitation, groupe, profil, Cdap, AFAS, Adonis, DGFIP, SIRET, CTG, Psu,
Rpe, Laep, Clas
"""


@pytest.mark.parametrize("name", ASKED.replace("\n", " ").strip().split(", "))
def test_every_word_a_caf_uses_every_day_is_explained(name):
    (use,) = WordFinder(GLOSSARY).uses(name)
    assert (use.start, use.end) == (0, len(name))


def test_the_words_of_a_sheet_are_those_its_reader_meets():
    catalogue = load_catalogue()
    used = [w.word for w in catalogue.words.words_in(texts_of(catalogue.tutorials["dtr-rsa"]))]
    assert {"ressource", "RSA", "Caf", "montant net social", "Mon Compte", "pension alimentaire"} <= set(used)
    assert len(used) == len(set(used))
