"""Whose data these are: the same person however the name is written, and nobody else."""

from __future__ import annotations

from datetime import date

import pytest

from counter.retention import Data, kept
from counter.rights import Asked, Match, plain

ASKED = Asked("Jean-Noël", "D'Exemple", 7, 3)
KEPT = {"first_name": "Jean-Noël", "last_name": "D'Exemple", "birth_day": 7, "birth_month": 3, "contact_name": ""}


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({}, Match.SURE),
        ({"first_name": "JEAN NOEL", "last_name": "d exemple"}, Match.SURE),
        ({"birth_day": 8}, None),
        ({"last_name": "Exemple"}, None),
        ({"birth_day": None, "birth_month": None}, Match.SAME_NAME),
        ({"first_name": "Paul", "contact_name": "D'Exemple Jean-Noël"}, Match.RELATIVE),
        ({"first_name": "Paul", "contact_name": "Jean D'Exemple"}, None),
    ],
)
def test_a_person_is_matched_by_the_whole_name_and_the_day(changes, match):
    assert ASKED.match(KEPT | changes) is match


def test_names_are_compared_without_accents_hyphens_and_case():
    assert plain("  Éloïse-Marie  ÇELIK’Ö ") == "eloise marie celik o"
    assert not ASKED.is_named("")


def test_a_term_is_counted_in_months_of_the_calendar():
    assert kept(Data.ATTESTATIONS).limit(date(2028, 2, 29)) == date(2026, 2, 28)
    assert kept(Data.MESSAGES).limit(date(2026, 11, 24)) == date(2026, 10, 25)
