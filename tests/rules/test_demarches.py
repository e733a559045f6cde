"""Progress through a démarche, and finding the right sheet by everyday words, over the real catalogue."""

from __future__ import annotations

import pytest

from counter.demarches import UnknownStep, find, progress, words_of
from counter.tutorials.loader import load_catalogue


@pytest.fixture(scope="module")
def sheets():
    return load_catalogue().tutorials


def test_a_person_goes_through_every_step_once_and_back(sheets):
    for sheet in sheets.values():
        number, seen = 1, []
        while number is not None:
            here = progress(sheet, number)
            assert here.previous == (number - 1 or None)
            seen.append(here.step)
            number = here.next
        assert tuple(seen) == sheet.steps
        assert progress(sheet, len(seen)).total == len(seen)


@pytest.mark.parametrize("number", [-1, 0, 999])
def test_a_step_that_does_not_exist_is_refused(sheets, number):
    with pytest.raises(UnknownStep):
        progress(sheets["me-connecter"], number)


def test_the_step_after_the_last_is_refused(sheets):
    sheet = sheets["me-connecter"]
    with pytest.raises(UnknownStep):
        progress(sheet, len(sheet.steps) + 1)


@pytest.mark.parametrize(
    ("said", "slug"),
    [
        ("j'ai déménagé", "changement-adresse"),
        ("J’AI DEMENAGE", "changement-adresse"),
        ("je change d'adresse", "changement-adresse"),
        ("nouvel appartement", "changement-adresse"),
        ("attestations", "telecharger-attestation"),
        ("attestation", "telecharger-attestation"),
        ("quotient familial", "telecharger-attestation"),
        ("la cantine", "telecharger-attestation"),
        ("mot de passe", "me-connecter"),
        ("j'ai oublié mon mot de passe", "me-connecter"),
        ("connexion", "me-connecter"),
        ("envoyer un papier", "transmettre-document"),
        ("justificatifs", "transmettre-document"),
        ("envoyer des documents", "transmettre-document"),
        ("créer un compte", "creer-mon-compte"),
        ("creer compte", "creer-mon-compte"),
        ("première fois", "creer-mon-compte"),
        ("prime d'activité", "demande-prime-activite"),
        ("PRIME ACTIVITE", "demande-prime-activite"),
        ("rsa", "dtr-rsa"),
        ("mes revenus", "dtr-rsa"),
        ("déclaration trimestrielle", "dtr-rsa"),
        ("prendre rendez-vous", "prendre-rdv-en-ligne"),
        ("rdv", "prendre-rdv-en-ligne"),
    ],
)
def test_everyday_words_find_their_sheet_first(sheets, said, slug):
    found = find(sheets.values(), said)
    assert found, f"nothing for « {said} »"
    assert found[0].slug == slug


@pytest.mark.parametrize("said", ["", "   ", "je ne sais pas", "comment faire", "de la", "?!", "xylophone", "\x00"])
def test_words_that_say_nothing_find_nothing(sheets, said):
    assert find(sheets.values(), said) == []


def test_the_title_of_each_sheet_finds_it_first(sheets):
    for sheet in sheets.values():
        assert find(sheets.values(), sheet.title)[0] is sheet
        assert find(sheets.values(), sheet.title.upper())[0] is sheet


def test_every_synonym_of_a_sheet_finds_it(sheets):
    for sheet in sheets.values():
        for words in sheet.synonyms:
            assert sheet in find(sheets.values(), words), words


def test_a_short_word_does_not_match_by_its_beginning_only(sheets):
    """« mai » is not « mail »."""
    assert find(sheets.values(), "mai") == []


def test_words_lose_accents_capitals_ligatures_and_empty_words():
    assert words_of("J'ai reçu l'œuvre de NOËL, à Pâques !") == ["recu", "oeuvre", "noel", "paques"]
    assert words_of("garçon\u00a0n°3") == ["garcon", "3"]
