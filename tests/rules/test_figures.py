"""Shares of all the appointments, not means of shares; waits; the days looked at."""

from __future__ import annotations

from datetime import date

from counter.figures import Absence, Bar, Delay, Filling, Period, absences_by, coming_days, past_days, waiting_bar

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


def test_a_site_is_never_more_than_full():
    assert [Filling("Tarare", taken, 120).percent for taken in (0, 45, 120, 135)] == [0, 38, 100, 100]
    assert Filling("Tarare", 0, 0).percent == 0


def test_the_wait_for_a_motif_is_the_shortest_of_its_sites():
    assert Delay("Dette", {"Tarare": None, "Givors": 3, "Décines": 0}).days == 0
    assert Delay("Dette", {"Tarare": None}).days is None and Delay("Dette").days is None


def test_the_bar_of_a_wait_is_as_long_as_the_wait_and_full_without_slot():
    assert waiting_bar(Delay("Dette", {"Tarare": 15}), 30, "15 jours") == Bar("Dette", 50, "15 jours")
    assert waiting_bar(Delay("Dette", {"Tarare": None}), 30, "aucun créneau").full == 100


def test_thirty_days_past_and_fifteen_to_come_count_today():
    today = date(2026, 11, 24)
    assert past_days(today) == Period(date(2026, 10, 26), today)
    assert coming_days(today) == Period(today, date(2026, 12, 8))
