"""Follow-up figures: drawn, in a table, in a file."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from html import unescape
from urllib.parse import urlencode

import pytest
from sqlalchemy import delete, select, update

from counter.models import AgentSession, Appointment, Closure, FreeTime, Opening, OpeningMotif, Site
from counter.store.closures import close_days
from counter.store.retention import purge
from counter.store.slots import local_now
from tests.conftest import START
from tests.pages import text_of
from tests.views.test_appointments import book, choose

LYON, TARARE = 4, 6
FIRST = date(2026, 11, 1)
MONTH = ("2026-11-24", "2026-10-26", "2026-11-24")  # told on that day, of the last 30


def rows_of(page) -> dict[str, str]:
    """First cell -> second cell of every table line."""
    rows = re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td>', page.html)
    return {unescape(name): unescape(value).replace("\u00a0", " ") for name, value in rows}


def bars_of(page) -> dict[str, tuple[str, str]]:
    """Name of each bar -> how much of it is full, and the words beside it."""
    found = r'<span class="bar-name">(.*?)</span>.*?class="full" width="(\d+)".*?<b>(.*?)</b>'
    return {unescape(name): (full, unescape(words).replace("\u00a0", " ")) for name, full, words in
            re.findall(found, page.html)}  # fmt: skip


def wait_at(page, motif: str) -> dict[str, str]:
    """Column -> words, of the line of a motif in the table of waits."""
    (table,) = [table for table in page.all("table") if "crossed" in table.get("class", "")]
    head, *lines = [[text_of(cell) for cell in row if cell.tag != "tr"] for row in table.iter("tr")]
    return next(dict(zip(head[1:], line[1:], strict=True)) for line in lines if line[0] == motif)


def lines_of(visitor, address: str = "/suivi/chiffres.csv") -> list[tuple]:
    """The lines of the file, without its head."""
    return [tuple(row) for row in csv.reader(io.StringIO(visitor.file(address).decode("utf-8-sig")), delimiter=";")][1:]


def between(first: date, last: date) -> str:
    """The address of the page from a day to another."""
    days = {"du": first, "au": last}
    parts = {f"{name}-{part}": value for name, day in days.items()
             for part, value in (("jour", day.day), ("mois", day.month), ("annee", day.year))}  # fmt: skip
    return f"/suivi?{urlencode(parts)}"


def test_filling_counts_what_is_booked(camille):
    before = rows_of(camille.get("/suivi"))
    assert {"Cours La Ville", "L'Arbresle", "Tarare"} <= set(before)
    assert before["Tarare"] == "0 %" and before["L'Arbresle"] != "0 %"
    heads = [
        [text_of(cell) for cell in table.iter("th") if cell.get("scope") == "col"]
        for table in camille.page.all("table")
    ]
    assert ["Lieu", "Part du temps prise", "Temps pris"] in heads
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
    assert bars_of(camille.page)["Ma situation change"] == ("0", "aujourd'hui")


def test_the_wait_is_said_at_each_site_that_receives_a_motif(camille, database):
    with database.writing() as session:
        shut = select(Opening.id).where(Opening.site_id == TARARE).scalar_subquery()
        session.execute(update(FreeTime).where(FreeTime.opening_id.in_(shut)).values(free=0))
        there = select(Opening.id).where(Opening.site_id == LYON).scalar_subquery()
        session.execute(delete(OpeningMotif).where(OpeningMotif.motif_id == 1, OpeningMotif.opening_id.in_(there)))
    page = camille.get("/suivi")
    waits = wait_at(page, "Ma situation change")
    assert (waits["Au plus tôt"], waits["Tarare"], waits["Lyon 3"]) == ("aujourd'hui", "aucun créneau", "–non reçu ici")
    assert waits["L'Arbresle"] == "aujourd'hui" and "– : ce lieu ne reçoit pas pour ce motif" in page.text
    page = camille.get(f"/suivi?lieu={TARARE}")
    assert wait_at(page, "Ma situation change") == {"Au plus tôt": "aucun créneau", "Tarare": "aucun créneau"}
    assert bars_of(page)["Ma situation change"] == ("100", "aucun créneau")
    assert "Choisissez un autre lieu" in camille.get("/suivi?lieu=4&motif=1").text


def test_a_closed_day_is_neither_opened_nor_taken(camille, database):
    with database.writing() as session:
        site = session.get_one(Site, LYON)
        kept = session.scalar(
            select(Appointment.day).where(Appointment.site_id == LYON, Appointment.day > START.date())
        )
        close_days(
            session, Closure(site_id=LYON, first=date(2026, 11, 25), last=date(2027, 11, 24)), local_now(START, site)
        )
    assert kept, "there is an appointment to move"
    assert rows_of(camille.get(between(kept, kept)))["Lyon 3"] == "pas d'ouverture"
    assert ("Lyon 3", "pas d'ouverture", "0", "0") in [
        line[5:] for line in lines_of(camille, camille.page.link("tableur"))
    ]


def test_days_that_are_not_prepared_are_said_to_be_so_and_not_to_be_shut(camille):
    until, told = "23 janvier 2027", "remplissage en %, compté en minutes, calculé jusqu'au 23 janvier 2027"
    page = camille.get(between(date(2027, 2, 1), date(2027, 6, 30)))
    assert (
        f"Pas encore calculé : les créneaux de ces jours ne sont pas prêts partout. Ils le sont jusqu'au {until}."
        in (page.text)
    )
    assert "pas d'ouverture" not in page.text and "Tarare" not in bars_of(page)
    lines = [line for line in lines_of(camille, page.link("tableur")) if line[0].startswith("remplissage")]
    days = ("2026-11-24", "2027-02-01", "2027-06-30")
    assert lines == [(told, *days, "Tous les motifs", "Tous les lieux", "pas encore calculé", "", "")]
    page = camille.get(between(date(2026, 12, 1), date(2027, 6, 30)))
    assert f"Calculé jusqu'au {until} : les créneaux des jours suivants ne sont pas encore prêts partout." in page.text
    same = rows_of(page)["Tarare"]
    (line,) = [line for line in lines_of(camille, page.link("tableur")) if line[0] == told and line[5] == "Tarare"]
    assert line[1:4] == ("2026-11-24", "2026-12-01", "2027-01-23")
    page = camille.get(between(date(2026, 12, 1), date(2027, 1, 23)))
    assert rows_of(page)["Tarare"] == same and "Calculé jusqu'au" not in page.text


def test_days_whose_figures_were_erased_are_said_to_be_so_and_not_to_be_shut(camille, database):
    with database.writing() as session:
        purge(session, START.date(), START)
    page = camille.get(between(date(2025, 3, 1), date(2025, 3, 31)))
    gone = "Les chiffres de ces jours ne sont plus gardés. Ils sont effacés au bout de 12 mois."
    assert "Les premiers qui restent sont ceux du 24 novembre 2025." in page.text
    assert page.text.count(gone) == 2 and "pas d'ouverture" not in page.text and "Tarare" not in bars_of(page)
    assert "Aucun rendez-vous passé" not in page.text and "Aucune recherche n'est restée sans créneau" in page.text
    days, everything = ("2026-11-24", "2025-03-01", "2025-03-31"), ("Tous les motifs", "Tous les lieux")
    lines = lines_of(camille, page.link("tableur"))
    told = ("remplissage en %, compté en minutes", "absents en %")
    assert [line for line in lines if line[0] in told] == [
        (name, *days, *everything, "plus gardé", "", "") for name in told
    ]
    page = camille.get(between(date(2023, 3, 1), date(2023, 3, 31)))
    assert "au bout de 36 mois. Les premiers qui restent sont ceux du 24 novembre 2023." in page.text
    assert "Aucune recherche n'est restée sans créneau" not in page.text
    lines = lines_of(camille, page.link("tableur"))
    assert [line[6] for line in lines if line[0] == "recherches sans créneau"] == ["plus gardé"]


def test_of_days_that_are_kept_in_part_those_are_counted_and_the_file_says_which(camille):
    page = camille.get(between(date(2025, 3, 1), date(2026, 11, 30)))
    told = "Compté à partir du 24 novembre 2025 : les chiffres des jours d'avant ne sont plus gardés."
    assert page.text.count(told) == 2
    spans = {line[2:4] for line in lines_of(camille, page.link("tableur")) if line[0].startswith("remplissage")}
    assert spans == {("2025-11-24", "2026-11-30")}
    assert "plus gardé" not in camille.get(between(date(2025, 11, 24), date(2026, 11, 30))).text


def test_searches_that_found_nothing_are_counted(camille):
    assert "Aucune recherche n'est restée sans créneau" in camille.get("/suivi").text
    for day in ("0", "0", "1", "0"):
        camille.get(f"/rendez-vous?motif=1&comment=visio&moment=matin&lieu=5&jour={day}")
    assert rows_of(camille.get("/suivi"))["Ma situation change"] == "3"
    assert ("recherches sans créneau", *MONTH, "Ma situation change", "Tous les lieux", "3", "3", "") in lines_of(
        camille
    )
    page = camille.get("/suivi?lieu=4")
    assert rows_of(page)["Ma situation change"] == "3" and "une recherche n'est pas liée à un lieu" in page.text
    assert "Aucune recherche n'est restée" in camille.get("/suivi?motif=3").text
    assert "Aucune recherche n'est restée" in camille.get(between(FIRST, FIRST)).text


NOTHING = "/rendez-vous?motif=1&comment=visio&moment=matin&lieu=5"


def test_the_same_search_for_the_next_person_is_another_need(app, camille, clock):
    def counted() -> str:
        return rows_of(camille.get("/suivi"))["Ma situation change"]

    for _ in range(3):
        camille.get(NOTHING)
        camille.get("/agenda")
    assert counted() == "1", "shown again, it is the same need"
    camille.get("/accompagnement")
    camille.submit(action="/accompagnement/commencer")
    for _ in range(2):
        camille.get(NOTHING)
    assert counted() == "2", "a person came"
    camille.get("/accompagnement/terminer")
    camille.submit({"nature": "information", "solved": "oui"}, having="nature")
    camille.get(NOTHING)
    assert counted() == "3", "the person left"
    clock.advance(minutes=20)
    camille.get(NOTHING)
    assert counted() == "3"
    clock.advance(minutes=10)
    camille.get(NOTHING)
    assert counted() == "4", "half an hour later"


def test_a_search_remembered_by_a_session_from_before_an_update_stops_nothing(app, camille):
    camille.get(NOTHING)
    with app.extensions["counter"].cache.writing() as cache:
        row = cache.scalars(select(AgentSession).where(AgentSession.agent_id.is_not(None))).one()
        row.data = row.data | {"unmet": [1, "2026-11-24", "motif=1"]}
    camille.get(NOTHING)
    assert rows_of(camille.get("/suivi"))["Ma situation change"] == "2"


def test_the_file_opens_in_a_french_spreadsheet(camille):
    content = camille.file("/suivi/chiffres.csv")
    assert content.startswith(b"\xef\xbb\xbffigure;fait le;du;au;motif;lieu;valeur;nombre;sur\r\n")
    filled = [line for line in lines_of(camille) if line[0].startswith("remplissage") and line[5] == "Tarare"]
    ((*told, total),) = filled
    assert told[1:] == ["2026-11-24", "2026-11-24", "2026-12-08", "Tous les motifs", "Tarare", "0", "0"]
    assert int(total) > 600, "the minutes Tarare opens in 15 days"


def test_the_file_says_what_it_was_asked_and_no_line_is_there_twice(camille):
    camille.get(between(date(2026, 11, 1), date(2026, 11, 30)) + "&lieu=4&motif=1")
    lines = lines_of(camille, camille.page.link("Fichier pour un tableur"))
    assert len(lines) == len(set(lines)) == 2
    assert lines[0][1:6] == ("2026-11-24", "2026-11-01", "2026-11-30", "Ma situation change", "Lyon 3")
    assert lines[1] == (
        "jours avant le premier créneau", *["2026-11-24"] * 3, "Ma situation change", "Lyon 3", "0", "", ""
    )  # fmt: skip


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
    table = page.text.split("Absents Du 26 octobre 2026 au 24 novembre 2026.")[1].split("Recherches sans créneau")[0]
    assert "Je veux savoir où en est mon dossier25 %1 sur 4 rendez-vous" in table
    assert "L'Arbresle25 %1 sur 4 rendez-vous" in table and "Tarare" not in table
    assert bars_of(page)["Je veux savoir où en est mon dossier"] == ("25", "25 %")
    missed = [line[4:] for line in lines_of(camille) if line[0] == "absents en %"]
    motif = "Je veux savoir où en est mon dossier"
    for names in ((motif, "Tous les lieux"), ("Tous les motifs", "L'Arbresle"), (motif, "L'Arbresle")):
        assert (*names, "25", "1", "4") in missed
    assert "Aucun rendez-vous passé n'a encore d'issue" in camille.get("/suivi?lieu=4").text
    assert "25 %" in camille.get("/suivi?lieu=5&motif=3").text.split("Absents")[1]


def test_another_cafs_absences_stay_its_own(camille, sacha):
    choose(camille, query="&lieu=5&comment=sur-place")
    number = book(camille).url.rsplit("/", 1)[1]
    camille.get("/agenda")
    camille.submit({"etat": "absent"}, action=f"/agenda/{number}/etat")
    assert "100 %" in camille.get("/suivi").text
    assert "Aucun rendez-vous passé n'a encore d'issue" in sacha.get("/suivi").text


def test_each_figure_says_which_days_and_which_part_it_covers(camille):
    page = camille.get("/suivi")
    assert "Remplissage Du 24 novembre 2026 au 8 décembre 2026." in page.text
    assert "Vu aujourd'hui, mardi 24 novembre 2026." in page.text
    assert page.text.count("Du 26 octobre 2026 au 24 novembre 2026.") == 2
    page = camille.get(between(FIRST, date(2026, 12, 31)) + "&lieu=4&motif=1")
    told = "Du 1er novembre 2026 au 31 décembre 2026."
    assert page.text.count(told) == 3 and page.text.count(f"{told} Lieu : Lyon 3. Motif : Ma situation change.") == 2
    assert "quelles que soient les dates choisies" in page.text
    assert set(rows_of(page)) == {"Lyon 3", "Ma situation change"}


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("du-jour=31&du-mois=2&du-annee=2026&au-jour=1&au-mois=3&au-annee=2026", "Cette date n'existe pas."),
        ("du-jour=hier&du-mois=&du-annee=&au-jour=1&au-mois=3&au-annee=2026", "Cette date n'existe pas."),
        ("du-jour=2&du-mois=3&du-annee=2026&au-jour=1&au-mois=3&au-annee=2026", "vient avant la première. Changez"),
        ("du-jour=2&du-mois=3&du-annee=2026", "Il manque cette date. Écrivez-la, ou effacez l'autre."),
        ("au-jour=2&au-mois=3&au-annee=2026", "Il manque cette date. Écrivez-la, ou effacez l'autre."),
        ("lieu=999", "Choisissez dans la liste."),
        ("motif=x", "Choisissez dans la liste."),
    ],
)
def test_what_is_wrong_is_said_stays_written_and_the_usual_figures_are_shown(camille, asked, sentence):
    page = camille.get(f"/suivi?{asked}&_scheme=x&endpoint=y")
    assert len(page.errors()) == 1 and sentence in page.errors()[0]
    typed = dict(pair.split("=") for pair in asked.split("&") if "-" in pair)
    written = page.form(having="du-jour")["values"]
    assert {name: written[name][0] for name in typed} == typed
    assert "Remplissage Du 24 novembre 2026 au 8 décembre 2026." in page.text
    assert lines_of(camille, page.link("tableur")) == lines_of(camille)


def test_another_cafs_site_cannot_be_asked_for(sacha):
    assert sacha.get("/suivi?lieu=4").errors() == ["Choisissez dans la liste."]


def test_two_sites_of_the_same_short_name_are_two(camille, database):
    with database.writing() as session:
        for number in (LYON, TARARE):
            session.get_one(Site, number).short_name = "Mairie"
        there = select(Opening.id).where(Opening.site_id == TARARE).scalar_subquery()
        session.execute(update(FreeTime).where(FreeTime.opening_id.in_(there)).values(free=0))
        lyon = session.get_one(Site, LYON).city
    names = {f"Mairie, {lyon}", "Mairie, Tarare"}
    page = camille.get("/suivi")
    assert names <= set(rows_of(page))
    waits = wait_at(page, "Ma situation change")
    assert (waits[f"Mairie, {lyon}"], waits["Mairie, Tarare"]) == ("aujourd'hui", "aucun créneau")
    assert {line[5] for line in lines_of(camille) if line[0].startswith("remplissage")} >= names
    boxes = [text_of(label) for label in camille.get("/rendez-vous?motif=1").all("label")]
    assert names <= set(boxes)
