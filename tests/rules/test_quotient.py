"""The quotient familial: birth dates as they come, months that may be asked, what is sent."""

from __future__ import annotations

from datetime import date

import pytest

from counter.quotient import (
    Born,
    Failure,
    Identity,
    Period,
    first_names,
    months,
    names_differ,
    query,
    read_answer,
    read_born,
)


@pytest.mark.parametrize(
    ("came", "born"),
    [
        ("1985-03-09", Born(1985, 3, 9)), ("19850309", Born(1985, 3, 9)), ("1985-03-09T00:00:00", Born(1985, 3, 9)),
        ("1985-03-00", Born(1985, 3)), ("1985-00-00", Born(1985)), ("1985-00-12", Born(1985)),
        ("1985-13-01", Born(1985)),
        ("1985", Born(1985)), ("1985-03", Born(1985, 3)), ("0000-00-00", Born()), ("00", Born()), ("", Born()),
        (None, Born()), (3, Born()), ("hier", Born()), ("1985-03-45", Born(1985, 3)),
    ],
)  # fmt: skip
def test_a_birth_date_gives_what_can_be_known_of_it(came, born):
    assert read_born(came) == born


def test_the_months_are_this_one_and_24_before():
    found = months(date(2026, 1, 31))
    assert found[0] == date(2026, 1, 1) and found[1] == date(2025, 12, 1) and found[-1] == date(2024, 1, 1)
    assert len(found) == 25


@pytest.mark.parametrize(
    ("typed", "names"),
    [("Élise", ("Élise",)), ("Jean-Paul, Marie  Rose", ("Jean-Paul", "Marie", "Rose")), ("", ()), (" , ", ())],
)
def test_first_names_are_apart_and_hyphens_stay(typed, names):
    assert first_names(typed) == names


def test_what_is_not_known_is_not_sent():
    asked = dict(query(Identity("Lambert", ("Élise",), "F"), Period(2026, 3), "12345678200010"))
    assert set(asked) == {
        "recipient", "nomNaissance", "prenoms[]", "sexeEtatCivil", "codeCogInseePaysNaissance", "annee", "mois"
    }  # fmt: skip


def test_neither_a_social_security_nor_an_allocataire_number_can_be_sent():
    names = Identity.__dataclass_fields__
    assert not [name for name in names if "number" in name or "nir" in name]


@pytest.mark.parametrize(
    ("asked", "differs"), [("Lambert", False), ("LÂMBERT", False), ("Modele", False), ("Lamb", True), ("Dupont", True)]
)
def test_a_name_is_the_same_with_or_without_accents(asked, differs):
    adults = [{"prenoms": "ELISE", "nom_naissance": "MODELE", "nom_usage": "Lambert"}]
    assert names_differ(asked, read_answer({"allocataires": adults})) is differs


def test_an_answer_without_adults_does_not_differ():
    assert not names_differ("Lambert", read_answer({}))


@pytest.mark.parametrize(
    ("came", "value"), [(318, 318), ("318", 318), (318.4, 318), (0, 0), (None, None), ("", None), (True, None),
                        ([], None),                        ("1e999", None)]
)  # fmt: skip
def test_a_value_is_a_whole_number_or_nothing(came, value):
    assert read_answer({"quotient_familial": {"valeur": came}}).value == value


def test_each_failure_tells_what_happened_and_what_to_do():
    for failure in Failure:
        assert failure.told.endswith(".") and failure.next_step.endswith((".", "?")), failure
