"""Absences added up: shares of all the appointments, not means of shares."""

from __future__ import annotations

from counter.figures import Absence, absences_by

ROWS = [
    Absence("Dette", "Tarare", 1, 2),
    Absence("Dette", "Givors", 0, 8),
    Absence("Logement", "Tarare", 3, 10),
]


def test_the_share_of_a_motif_counts_every_appointment_once_and_the_highest_comes_first():
    assert [(r.motif, r.site, r.absent, r.total, r.percent) for r in absences_by("motif", ROWS)] == [
        ("Logement", "", 3, 10, 30),
        ("Dette", "", 1, 10, 10),
    ]


def test_the_same_by_site():
    assert [(r.site, r.percent) for r in absences_by("site", ROWS)] == [("Tarare", 33), ("Givors", 0)]


def test_nobody_expected_is_no_absence():
    assert absences_by("site", []) == [] and Absence("", "", 0, 0).percent == 0
