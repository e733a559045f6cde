"""Follow-up figures: drawn, in a table, in a file."""

from __future__ import annotations

import re
from html import unescape

from tests.views.test_appointments import book, choose


def rows_of(page) -> dict[str, str]:
    """First cell -> second cell of every table line."""
    rows = re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td>', page.html)
    return {unescape(name): unescape(value).replace("\u00a0", " ") for name, value in rows}


def test_filling_counts_what_is_booked(camille):
    before = rows_of(camille.get("/suivi"))
    assert {"Cours La Ville", "L'Arbresle", "Tarare"} <= set(before)
    assert before["Tarare"] == "0 %" and before["L'Arbresle"] != "0 %"
    page = camille.get("/rendez-vous?motif=1&lieu=6&comment=sur-place")
    for _ in range(2):
        slot = page.form(action="/rendez-vous/creneau")["buttons"][0][1]
        camille.post("/rendez-vous/creneau", {"motif": "1", "creneau": slot})
        person = {"first_name": "A", "last_name": "B", "birth-jour": "1", "birth-mois": "1"}
        camille.submit(person, having="first_name")
        page = camille.get("/rendez-vous?motif=1&lieu=6&comment=sur-place")
    assert rows_of(camille.get("/suivi"))["Tarare"] == "3 %"


def test_the_wait_before_the_first_slot_is_said_per_motif(camille):
    rows = rows_of(camille.get("/suivi"))
    assert rows["Ma situation change"] == "aujourd'hui"
    assert "<svg" in camille.page.html


def test_searches_that_found_nothing_are_counted(camille):
    assert "Toutes les recherches ont trouvé un créneau" in camille.get("/suivi").text
    for _ in range(3):
        camille.get("/rendez-vous?motif=1&comment=visio&jour=0")
    assert rows_of(camille.get("/suivi"))["Ma situation change"] == "3"
    assert "recherches sans créneau, 30 jours;Ma situation change;3" in camille.file("/suivi/chiffres.csv").decode()


def test_the_file_opens_in_a_french_spreadsheet(camille):
    content = camille.file("/suivi/chiffres.csv")
    assert content.startswith(b"\xef\xbb\xbf") and "remplissage en %;Tarare;0" in content.decode()


def test_another_cafs_figures_stay_its_own(sacha):
    assert {"Chaumont", "Saint-Dizier"} <= set(rows_of(sacha.get("/suivi")))
    assert "Tarare" not in sacha.page.html


def test_who_did_not_come_is_told_per_motif_and_site_and_an_excuse_is_no_absence(camille):
    assert "Aucun rendez-vous passé n'a encore d'issue" in camille.get("/suivi").text
    for outcome in ("absent", "recu", "recu", "excuse"):
        choose(camille, motif=3, query="&lieu=5&comment=sur-place")
        number = book(camille).url.rsplit("/", 1)[1]
        camille.get("/agenda")
        camille.submit({"etat": outcome}, action=f"/agenda/{number}/etat")
    page = camille.get("/suivi")
    table = page.text.split("Absents, sur 30 jours")[1].split("Recherches sans créneau")[0]
    assert "Je veux savoir où en est mon dossier25 %1 sur 4 rendez-vous" in table
    assert "L'Arbresle25 %1 sur 4 rendez-vous" in table and "Tarare" not in table
    assert page.html.count("<svg", page.html.index("Absents, sur 30 jours")) >= 2
    lines = camille.file("/suivi/chiffres.csv").decode().splitlines()
    assert "absents en %, 30 jours, par lieu;L'Arbresle;25" in lines
    assert any(line.endswith("Je veux savoir où en est mon dossier, L'Arbresle;25") for line in lines)


def test_another_cafs_absences_stay_its_own(camille, sacha):
    choose(camille, query="&lieu=5&comment=sur-place")
    number = book(camille).url.rsplit("/", 1)[1]
    camille.get("/agenda")
    camille.submit({"etat": "absent"}, action=f"/agenda/{number}/etat")
    assert "100 %" in camille.get("/suivi").text
    assert "Aucun rendez-vous passé n'a encore d'issue" in sacha.get("/suivi").text
