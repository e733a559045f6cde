"""An attestation as a value: what is signed comes back as it was, anything else is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from counter.attestations import Attestation, Kind, Verdict, number_of, parse_number
from counter.icons import icon

PAPER = Attestation(
    number="2026-000042",
    kind=Kind.APPOINTMENT,
    wording="2026-11",
    issued_on=date(2026, 11, 24),
    structure="France Services du Val",
    place="L'Arbresle",
    facts={"personne": "Zoé Durand-Démo", "jour": "mardi 1er décembre 2026", "heure": "9 h 10"},
    specimen=True,
)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("specimen", [True, False])
@pytest.mark.parametrize("facts", [PAPER.facts, {}, {"vide": "", "œ": "« 10 % »"}])
def test_what_was_signed_comes_back_as_it_was(kind, specimen, facts):
    paper = replace(PAPER, kind=kind, specimen=specimen, facts=facts)
    back = Attestation.from_signed_content(paper.signed_content())
    assert back == paper
    assert list(back.facts) == list(facts), "the order of the facts is the order on paper"


def test_every_field_of_a_paper_is_signed():
    others = {
        "number": "2026-000043",
        "kind": Kind.VISIT,
        "wording": "2027-01",
        "issued_on": date(2026, 11, 25),
        "structure": "Autre",
        "place": "Autre",
        "facts": {**PAPER.facts, "heure": "9 h 20"},
        "specimen": False,
    }
    assert set(others) == set(PAPER.__dataclass_fields__)
    signed = PAPER.signed_content()
    for name, value in others.items():
        assert replace(PAPER, **{name: value}).signed_content() != signed, name


def test_the_order_of_the_facts_is_signed():
    turned = dict(reversed(PAPER.facts.items()))
    assert replace(PAPER, facts=turned).signed_content() != PAPER.signed_content()


def changed(place: int, value) -> list:
    content = PAPER.signed_content()
    content[place] = value
    return content


@pytest.mark.parametrize(
    "content",
    [
        [],
        None,
        42,
        "2026-000042",
        PAPER.signed_content()[:-1],
        [*PAPER.signed_content(), 1],
        changed(0, 2),
        changed(0, None),
        changed(2, "quotient-familial"),
        changed(2, None),
        changed(4, "24/11/2026"),
        changed(4, "2026-02-30"),
        changed(4, 20261124),
        changed(4, None),
        changed(7, None),
        changed(7, 3),
        changed(7, ["heure"]),
        changed(7, [["heure", "9 h", "10"]]),
    ],
)
def test_another_shape_is_no_attestation_of_ours(content):
    with pytest.raises(ValueError, match="not an attestation of this application"):
        Attestation.from_signed_content(content)


def test_numbers_are_read_as_they_are_printed():
    assert number_of(2026, 42) == "2026-000042"
    assert parse_number(number_of(2026, 42)) == (2026, 42)
    assert parse_number(number_of(2030, 999_999)) == (2030, 999_999)


@pytest.mark.parametrize(
    "typed", [" 2026 - 000 042 ", "n°\u00a02026-000042", "2026000042", "2026–000042", "2026.000042"]
)
def test_a_number_is_read_however_it_is_typed(typed):
    assert parse_number(typed) == (2026, 42)


@pytest.mark.parametrize("typed", ["", "2026", "2026-42", "2026-0000420", "rendez-vous", "ABCD-EFGH"])
def test_what_cannot_be_a_number_is_none(typed):
    assert parse_number(typed) is None


@pytest.mark.parametrize("typed", ["2026-00004²", "2026-00004①"])
def test_signs_that_only_look_like_digits_are_no_number(typed):
    assert parse_number(typed) is None


def test_kinds_and_verdicts_have_words():
    assert len({kind.label for kind in Kind}) == len({kind.detail for kind in Kind}) == len(Kind)
    assert all(icon(kind.icon) for kind in Kind)
    verdicts = {"authentique", "modifiee", "inconnue", "specimen", "annulee", "oubliee"}
    assert {str(verdict) for verdict in Verdict} == verdicts
