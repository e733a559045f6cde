"""Birthplaces are found by name, without a line: communes with their INSEE codes, countries in good French."""

from __future__ import annotations

import pytest

from counter.outside.communes import MOST_FOUND, commune_of_code, countries, departments, find_communes


def codes(typed: str, department: str = "") -> list[str]:
    return [commune.code for commune in find_communes(typed, department)]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Tarare", "69243"), ("tarare ", "69243"), ("l’arbresle", "69010"), ("L ARBRESLE", "69010"),
        ("St-Étienne", "42218"), ("Saint Etienne", "42218"), ("Ajaccio", "2A004"), ("Lyon 3e", "69383"),
        ("Lyon 1er", "69381"), ("paris 20", "75120"), ("Marseille 13e arrondissement", "13213"),
    ],
)  # fmt: skip
def test_a_commune_is_found_as_people_write_it(typed, code):
    assert codes(typed) == [code]


def test_the_same_name_elsewhere_is_told_apart_by_its_departement():
    assert codes("Saint-Denis") == ["11339", "30247", "93066", "97411"]
    assert codes("Saint-Denis", "974") == ["97411"] and codes("Saint-Denis", "69") == []
    assert [c.department for c in find_communes("Saint-Denis")] == ["11", "30", "93", "974"]


@pytest.mark.parametrize(
    ("city", "code", "parts"), [("Paris", "75056", 20), ("Lyon", "69123", 9), ("Marseille", "13055", 16)]
)
def test_a_city_with_arrondissements_is_proposed_whole_first(city, code, parts):
    found = codes(city)
    assert found[0] == code and len(found) == parts + 1


def test_the_beginning_of_a_name_is_enough_and_a_letter_is_not():
    assert "52114" in codes("Chateauv", "52")
    assert codes("") == [] == codes("-") == codes("Zz") and len(codes("Saint")) <= MOST_FOUND


def test_what_is_shown_is_what_is_asked():
    commune = commune_of_code("69383")
    assert commune.name == "LYON, 3e arr." and commune_of_code("00000") is None


def test_countries_have_accents_a_code_and_no_france():
    known = dict(reversed(item) for item in countries())
    assert known["Algérie"] == "99352" and known["États-Unis"] == "99404" and known["Côte d'Ivoire"] == "99326"
    assert all(code.startswith("99") and len(code) == 5 and code != "99100" for code, _ in countries())
    assert len(countries()) > 200
    wrong = {"Republique", "Ile", "Iles", "Etats", "Bresil", "Algerie", "Coree", "Guinee", "Egypte"}
    assert not [name for _, name in countries() if wrong & set(name.replace("(", " ").replace(")", " ").split())]


def test_departements_have_their_names():
    assert departments()["69"] == "Rhône" and departments()["2A"] == "Corse-du-Sud"
