"""French on screen and paper: dates, hours, no-break spaces, telephone numbers, numbers with nouns."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from counter.formatting import (
    NBSP,
    date_long,
    day_brief,
    day_long,
    day_near,
    day_near_full,
    day_short,
    duration,
    hour,
    hour_of,
    moment_long,
    month_long,
    normal_phone,
    phone,
    plural,
    since,
    spoken_list,
    typo,
)

TUESDAY = date(2026, 11, 24)
FIRST = date(2026, 12, 1)


def spaced(text: str) -> str:
    """`_` stands for a no-break space."""
    return text.replace("_", NBSP)


# ── dates and hours ─────────────────────────────────────────────────────────────────────────────


def test_dates_are_written_as_the_french_say_them():
    assert day_long(TUESDAY) == "mardi 24 novembre"
    assert day_long(TUESDAY, year=True) == "mardi 24 novembre 2026"
    assert date_long(TUESDAY) == "24 novembre 2026"
    assert month_long(TUESDAY) == "novembre 2026"
    assert day_short(TUESDAY) == "mar. 24 nov."


def test_the_first_of_a_month_is_premier():
    assert day_long(FIRST) == "mardi 1er décembre"
    assert date_long(FIRST) == "1er décembre 2026"
    assert day_short(FIRST) == "mar. 1er déc."
    assert day_long(date(2027, 1, 11)) == "lundi 11 janvier"


def test_the_twelve_months_and_seven_days_all_differ():
    year = [date(2028, month, 28) for month in range(1, 13)]
    assert len({month_long(day) for day in year}) == len({day_short(day)[8:] for day in year}) == 12
    assert len({day_long(TUESDAY + timedelta(days=n)).split()[0] for n in range(7)}) == 7
    assert day_long(date(2028, 2, 29)) == "mardi 29 février"


def test_today_and_tomorrow_are_called_so_and_no_other_day():
    near = [day_near(TUESDAY + timedelta(days=n), TUESDAY) for n in range(-1, 3)]
    assert near == ["lundi 23 novembre", "aujourd'hui", "demain", "jeudi 26 novembre"]


def test_a_heading_says_the_day_in_full():
    assert day_near_full(TUESDAY, TUESDAY) == "Aujourd'hui, mardi 24 novembre"
    assert day_near_full(FIRST, TUESDAY) == "Mardi 1er décembre"


def test_a_brief_day_shows_its_month_when_the_number_alone_would_mislead():
    brief = {n: day_brief(TUESDAY + timedelta(days=n), TUESDAY) for n in (0, 1, 2, 7, 27, 28)}
    assert brief == {
        0: "aujourd'hui",
        1: "demain",
        2: "jeu. 26",
        7: "mar. 1er",
        27: "lun. 21",
        28: "mar. 22 déc.",
    }


@pytest.mark.parametrize(
    ("minute", "words"), [(0, "0_h"), (545, "9_h_05"), (550, "9_h_10"), (660, "11_h"), (1439, "23_h_59")]
)
def test_hours_hold_together_on_a_line(minute, words):
    assert hour(minute) == spaced(words)
    assert hour_of(datetime(2026, 11, 24, minute // 60, minute % 60, 59)) == spaced(words)


def test_a_moment_says_its_day_and_hour():
    assert moment_long(datetime(2026, 12, 1, 9, 10)) == spaced("mardi 1er décembre à 9_h_10")


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "0_minute"),
        (1, "1_minute"),
        (20, "20_minutes"),
        (59, "59_minutes"),
        (60, "1_h"),
        (90, "1_h_30"),
        (65, "1_h_05"),
    ],
)
def test_a_duration_is_said_in_minutes_then_in_hours(minutes, words):
    assert duration(minutes) == spaced(words)


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0_créneau"), (1, "1_créneau"), (2, "2_créneaux"), (21, "21_créneaux")]
)
def test_zero_and_one_are_singular_in_french(count, words):
    assert plural(count, "créneau", "créneaux") == spaced(words)


def test_a_noun_without_its_own_plural_takes_an_s():
    assert plural(3, "étape") == spaced("3_étapes")


def test_a_list_is_said_with_commas_and_et():
    lists = [[], ["bail"], ["bail", "contrat"], ["bail", "contrat", "jugement"]]
    assert [spoken_list(items) for items in lists] == ["", "bail", "bail et contrat", "bail, contrat et jugement"]


# ── typography ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Où ?", "Où_?"),
        ("Bonjour ! Ça va ?", "Bonjour_! Ça va_?"),
        ("À noter : venez ; merci", "À noter_: venez_; merci"),
        ("10 % et 5 €", "10_% et 5_€"),
        ("« oui »", "«_oui_»"),
        ("«oui »", "«_oui_»"),
        ("dites «\u202foui\u202f» \u00a0!", "dites «_oui_»_!"),
        ("de 9 h à 12 h.", "de 9_h à 12_h."),
        ("à 13 h 15 ou 16 h 30", "à 13_h_15 ou 16_h_30"),
        ("le papier n° 2026-000002", "le papier n°_2026-000002"),
    ],
)
def test_spaces_that_must_not_break_do_not(written, shown):
    assert typo(written) == spaced(shown)
    assert typo(typo(written)) == spaced(shown)


@pytest.mark.parametrize("text", ["https://www.caf.fr", "Mot:sens", "8 heures", "3 hommes", "9h10", "", "a\nb"])
def test_text_that_needs_nothing_stays_as_it_is(text):
    assert typo(text) == text


# ── telephone numbers ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        ("06 12 34 56 78", "+33612345678", "06_12_34_56_78"),
        ("0612345678", "+33612345678", "06_12_34_56_78"),
        ("06.12.34.56.78", "+33612345678", "06_12_34_56_78"),
        ("06-12-34-56-78", "+33612345678", "06_12_34_56_78"),
        ("+33 (0)6 12 34 56 78", "+33612345678", "06_12_34_56_78"),
        ("0033 6 12 34 56 78", "+33612345678", "06_12_34_56_78"),
        ("01 99 00 00 00", "+33199000000", "01_99_00_00_00"),
        ("0690 12 34 56", "+590690123456", "0690_12_34_56"),
        ("0590 12 34 56", "+590590123456", "0590_12_34_56"),
        ("0692 12 34 56", "+262692123456", "0692_12_34_56"),
        ("0262 12 34 56", "+262262123456", "0262_12_34_56"),
        ("0639 01 23 45", "+262639012345", "0639_01_23_45"),
        ("0694 20 12 34", "+594694201234", "0694_20_12_34"),
        ("0696 20 12 34", "+596696201234", "0696_20_12_34"),
        ("+41 22 345 67 89", "+41223456789", "+41_22_345_67_89"),
    ],
)
def test_a_number_is_kept_in_one_form_and_shown_as_people_write_it(typed, kept, shown):
    assert normal_phone(typed) == kept
    assert phone(kept) == spaced(shown)
    assert normal_phone(phone(kept)) == kept


@pytest.mark.parametrize(
    "typed", ["", "12", "06 12 34 56 7", "06 12 34 56 789", "bonjour", "+33 1", "3230", "0000000000"]
)
def test_what_cannot_be_called_is_no_number(typed):
    assert normal_phone(typed) is None


def test_a_number_that_does_not_read_is_shown_as_it_was_kept():
    assert phone("poste 12") == "poste 12"


def test_how_long_someone_waits_is_never_read_as_a_time_of_the_day():
    assert [since(minutes) for minutes in (0, 1, 25, 60, 512)] == [
        "à l'instant",
        spaced("depuis 1_min"),
        spaced("depuis 25_min"),
        spaced("depuis 1_h_00_min"),
        spaced("depuis 8_h_32_min"),
    ]
