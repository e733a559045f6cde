"""The official list of France Services, as it is found: two encodings, words in the hours, lines cut short."""

from __future__ import annotations

import pytest

from counter.directory import DAYS, NotADirectory, department_code, hours_text, read_directory, zone_of

HEAD = (
    "MATRICULE;DEPARTEMENT;FRANCE SERVICES;ADRESSE;COMPLEMENT D'ADRESSE;CODE INSEE;CODE POSTAL;COMMUNE;LATITUDE;"
    "LONGITUDE;CONTACT MAIL;TELEPHONE;TYPE STRUCTURE PORTEUSE;STRUCTURE PORTEUSE;HORAIRES LUNDI;HORAIRES MARDI;"
    "HORAIRES MERCREDI;HORAIRES JEUDI;HORAIRES VENDREDI;HORAIRES SAMEDI;ITINERANCE;FORMAT FRANCE SERVICES"
)
TARARE = (
    "FS-69-1;69;France Services Tarare;1 rue de l'Exemple;Bâtiment B;69243;69170;Tarare;45.896;4.433;;;;;"
    "9:00 - 12:00 / 13:30 - 17:00;-;-;-;-;-;non;fixe"
)


def csv_of(*lines: str, encoding: str = "utf-8") -> bytes:
    return "\r\n".join([HEAD, *lines, ""]).encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_line_is_read_in_each_encoding(encoding):
    read = read_directory(csv_of(TARARE, encoding=encoding))
    ((line, place),) = read.places
    assert read.faults == [] and line == 2
    assert (place.matricule, place.department, place.city) == ("FS-69-1", "69", "Tarare")
    assert place.street == "1 rue de l'Exemple, Bâtiment B"
    assert place.hours == "lundi 9 h – 12 h et 13 h 30 – 17 h"
    assert (place.latitude, place.longitude) == (45.896, 4.433)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("FS-69-1", ""), "il manque MATRICULE"),
        (("69;France", "96;France"), "le département « 96 » n'existe pas"),
        (("69170", "69 17"), "le code postal « 69 17 » ne va pas"),
        (("fixe", "fixe;trop;de;cases"), "25 colonnes au lieu de 22"),
    ],
)
def test_a_broken_line_is_told_and_the_next_one_is_read(change, words):
    other = TARARE.replace("FS-69-1", "FS-69-2")
    read = read_directory(csv_of(TARARE.replace(*change), other))
    assert [place.matricule for _, place in read.places] == ["FS-69-2"]
    ((line, sentence),) = read.faults
    assert line == 2 and words in sentence and "n'est pas lue" in sentence


OTHER, THIRD = (TARARE.replace("FS-69-1", f"FS-69-{number}") for number in (2, 3))


@pytest.mark.parametrize("end", ["", '9:00"', '"9:00', '"Mairie"'], ids=["alone", "end", "begin", "cell"])
@pytest.mark.parametrize("place", ["9:00 - 12:00", "France Services Tarare", "fixe"])
def test_a_quote_that_is_not_closed_costs_its_own_line_only(place, end):
    """Whatever quote comes later: none, at the end of a cell, at the beginning of one, or both."""
    last = THIRD.replace("Bâtiment B", end) if end else THIRD
    read = read_directory(csv_of(OTHER, TARARE.replace(place, f'"{place}'), last))
    unread = [(line, sentence) for line, sentence in read.faults if "guillemet non fermé" in sentence]
    assert (3, "guillemet non fermé : la ligne n'est pas lue") in unread
    assert {place.matricule for _, place in read.places} >= {"FS-69-2"}
    if end != '"9:00':  # that line has a quote of its own that is not closed
        assert [(line, place.matricule) for line, place in read.places] == [(2, "FS-69-2"), (4, "FS-69-3")]
    assert read.departments[3] == "69" or place.startswith("France")


def test_fifty_places_below_a_quote_that_is_not_closed_are_all_read():
    below = [TARARE.replace("FS-69-1", f"FS-1-{number}") for number in range(50)]
    read = read_directory(csv_of(TARARE.replace("9:00", '"9:00'), *below))
    assert len(read.places) == 50 and [line for line, _ in read.faults] == [2]


def test_a_cell_between_two_quotes_may_hold_line_breaks():
    read = read_directory(csv_of(TARARE.replace("Bâtiment B", '"Bâtiment B\r\nau fond ; à gauche"'), OTHER))
    assert [(line, place.matricule) for line, place in read.places] == [(2, "FS-69-1"), (4, "FS-69-2")]
    assert read.faults == [] and read.places[0][1].street == "1 rue de l'Exemple, Bâtiment B au fond ; à gauche"


def test_a_line_cut_short_keeps_what_it_has():
    read = read_directory(csv_of("FS-1;1;Bourg;2 rue Haute;;01053;1000;Bourg-en-Bresse"))
    ((_, place),) = read.places
    assert (place.department, place.postal_code, place.hours, place.latitude) == ("01", "01000", "", None)


def test_the_same_matricule_twice_is_read_once():
    read = read_directory(csv_of(TARARE, TARARE))
    assert len(read.places) == 1 and "déjà plus haut" in read.faults[0][1]


@pytest.mark.parametrize("pair", ["abc;4.4", "45.9;", "145.9;4.4", "nan;4.4"])
def test_coordinates_that_make_no_sense_are_left_out_and_told(pair):
    read = read_directory(csv_of(TARARE.replace("45.896;4.433", pair)))
    assert read.places[0][1].latitude is None and "coordonnées" in read.faults[0][1]


def test_coordinates_with_a_comma_are_read():
    assert read_directory(csv_of(TARARE.replace("45.896;4.433", "45,9;4,4"))).places[0][1].latitude == 45.9


@pytest.mark.parametrize("content", [b"", b"a;b;c\n1;2;3\n", b"\xff\xfe\x00"])
def test_another_file_is_refused_in_one_sentence(content):
    with pytest.raises(NotADirectory, match="il manque MATRICULE"):
        read_directory(content)


@pytest.mark.parametrize(
    "content", [b"x" * 200_000, csv_of(TARARE) + b'"' + b"a;" * 100_000], ids=["one word", "quote"]
)
def test_what_is_no_csv_is_refused_in_one_sentence(content):
    with pytest.raises(NotADirectory, match="n'est pas un CSV"):
        read_directory(content)


def hours(**cells: str) -> tuple[str, list[str]]:
    return hours_text([cells.get(day, "-") for day in DAYS])


def test_days_with_the_same_hours_are_told_together():
    whole = dict.fromkeys(DAYS[:5], "8:30 - 12:00")
    assert hours(**whole) == ("du lundi au vendredi 8 h 30 – 12 h", [])
    assert hours(**whole | {"mercredi": "-"})[0] == "lundi et mardi 8 h 30 – 12 h ; jeudi et vendredi 8 h 30 – 12 h"


def test_a_half_day_shut_is_left_out():
    assert hours(mardi="- / 13:30 - 17:00")[0] == "mardi 13 h 30 – 17 h"
    assert hours(mardi="Fermé") == ("", [])


@pytest.mark.parametrize("cell", ["sur rendez-vous", "9:00", "25:00 - 26:00", "12:00 - 9:00", "9:00 - 12:00 (mairie)"])
def test_words_in_the_hours_are_kept_as_they_stand_and_told(cell):
    text, faults = hours(jeudi=cell)
    assert text == f"jeudi {cell}" and "horaires du jeudi" in faults[0]


def test_departements_are_put_into_their_usual_form():
    written = ("1", "01", "2a", "2B", "69", "971", "988", "0", "20", "96", "99", "1234", "Ain", "")
    assert [department_code(w) for w in written] == ["01", "01", "2A", "2B", "69", "971", "988", *[""] * 7]
    assert zone_of("974") == "Indian/Reunion" and zone_of("69") == "Europe/Paris"
