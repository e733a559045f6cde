"""Dossiers: the matrix, the instructor number, who may open what, and what each rubrique says."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from counter.config import ROOT
from counter.dossiers import Check, Rubrique, normal_name, normal_number, profile_of, profiles
from counter.dossiers.checks import BadInstructor, Shown, fits, normal_landlord, read_instructor
from counter.dossiers.contents import Note, Table, Tone, blocks
from counter.habilitations import PROFILES
from counter.outside.fictitious_dossiers import LANDLORD, OUR_SIRET, fictitious_dossiers

TODAY = date(2026, 11, 24)
DOSSIERS = {content["numero"]: content for content in fictitious_dossiers(TODAY)}

# The same matrix as profils.csv, in another shape: what each profile opens, as the portal's table reads.
OPENED = {
    "T1": "synthese paiements dossier famille droits logement ressources rsa creances courriers complements "
    "attestation",
    "T2": "synthese",
    "T4": "synthese famille droits ressources rsa complements",
    "T5": "synthese famille droits ressources rsa complements",
    "T6": "synthese couverture-rsa couverture-ressources",
    "T8": "synthese couverture-rsa couverture-ressources",
    "T9": "synthese paiements dossier famille droits logement ressources rsa creances complements attestation",
    "T10": "synthese",
    "T11": "synthese paiements dossier famille droits creances complements",
    "T12": "synthese paiements dossier famille complements",
    "T13": "synthese paiements dossier famille droits logement ressources creances courriers complements",
    "T14": "synthese",
    "T15": "synthese",
    "T16": "synthese dossier famille droits logement ressources complements",
    "T18": "synthese dossier famille droits logement ressources",
    "T19": "synthese paiements dossier famille droits ressources rsa creances courriers complements attestation",
}


def test_the_matrix_is_the_one_of_the_portal():
    assert {code: " ".join(profile.shown) for code, profile in profiles().items()} == OPENED
    assert set(profiles()) == set(PROFILES)
    assert len(Rubrique) == 14


def test_the_matrix_file_has_nothing_but_crosses():
    with (ROOT / "counter" / "dossiers" / "profils.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row[r] for row in rows for r in Rubrique} == {"x", ""}


def test_no_profile_and_an_unknown_one_open_nothing():
    assert profile_of(None) is None and profile_of("T3") is None and profile_of("") is None


@pytest.mark.parametrize(
    ("typed", "number"),
    [("1234567", "1234567"), (" 123 45 67 a ", "1234567"), ("123456", None), ("12345678", None), ("1234567AB", None),
     ("١٢٣٤٥٦٧", None), ("", None)],
)  # fmt: skip
def test_an_allocataire_number_is_read_as_it_is_written_on_letters(typed, number):
    assert normal_number(typed) == number


@pytest.mark.parametrize("typed", ["Lefèvre d'Œuvre", "LEFEVRE D OEUVRE", " lefevre  d’oeuvre", "Lefèvre-d'œuvre"])
def test_a_name_is_compared_without_accents_nor_signs(typed):
    assert normal_name(typed) == "LEFEVRE D OEUVRE"


# ── the instructor number (T4) ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("typed", ["069A0100100000", "069 a 010 01 00000", " 069A-01001-00000"])
def test_an_instructor_number_is_read_in_its_parts(typed):
    number = read_instructor(typed)
    assert (number.department, number.kind, number.commune, number.rank) == ("069", "A", "010", "01")
    assert number.service == "069A01001"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Ce numéro a 0 caractère : il en faut 14"),
        ("069A010010000", "Ce numéro a 13 caractères : il en faut 14"),
        ("69AA0100100000", "Les caractères 1 à 3 sont le département : "
         "3 chiffres, par exemple 069. Vous avez écrit « 69A »."),
        ("06910100100000", "Le caractère 4 est le type d'instructeur : "
         "1 lettre, par exemple A. Vous avez écrit « 1 »."),
        ("069AO100100000", "Les caractères 5 à 7 sont la commune : "
         "3 chiffres, par exemple 010. Vous avez écrit « O10 »."),
        ("069A0100A00000", "Les caractères 8 à 9 sont l'agrément ou le rang : "
         "2 chiffres, par exemple 01. Vous avez écrit « 0A »."),
        ("069A0100100001", "Les caractères 10 à 14 sont la fin : 5 zéros. Vous avez écrit « 00001 »."),
        ("٠69A0100100000", "Les caractères 1 à 3"),
    ],
)  # fmt: skip
def test_a_wrong_instructor_number_says_which_part_is_wrong(typed, told):
    with pytest.raises(BadInstructor) as fault:
        read_instructor(typed)
    assert str(fault.value).startswith(told)


def test_a_landlord_number_has_six_digits_or_is_a_siret():
    assert normal_landlord("690 123") == "690123" and normal_landlord("999 000 037 00013") == "99900003700013"
    assert normal_landlord("69012") is None and normal_landlord("69O123") is None and normal_landlord("") is None


# ── which dossier opens for which profile ───────────────────────────────────────────────────────


def opens(profile: str, number: str, today: date = TODAY, **shown) -> bool:
    return fits(profiles()[profile], DOSSIERS[number], Shown(**shown), today)


def test_an_instructor_opens_only_what_their_service_instructed():
    ours, theirs = read_instructor("069A0100100000"), read_instructor("052B1210200000")
    assert opens("T4", "9000001", instructor=ours) and opens("T4", "8000001", instructor=theirs)
    assert not opens("T4", "9000001", instructor=theirs)
    assert not opens("T4", "9000002", instructor=ours), "instructed by nobody"
    assert not opens("T4", "9000001")


def test_a_guardian_opens_whom_they_protect_now_or_protected_before():
    assert opens("T9", "9000009", siret=OUR_SIRET) and opens("T9", "9000010", siret=OUR_SIRET)
    assert not opens("T9", "9000009", siret="99900001100018") and not opens("T9", "9000001", siret=OUR_SIRET)
    assert not opens("T9", "9000009", siret="")


def test_a_landlord_opens_only_their_tenants():
    assert opens("T10", "9000013", landlord=LANDLORD) and opens("T10", "9000013", landlord="99900003700013")
    assert not opens("T10", "9000013", landlord="690124")
    assert not opens("T10", "9000002", landlord=LANDLORD), "a dossier without housing"
    assert not opens("T10", "9000013")


@pytest.mark.parametrize("profile", ["T18", "T19"])
def test_rsa_agents_open_rsa_of_now_or_of_the_last_two_years(profile):
    assert opens(profile, "9000001") and opens(profile, "9000011")
    assert not opens(profile, "9000012") and not opens(profile, "9000002")


@pytest.mark.parametrize(("ended", "opened"), [("2024-11-24", True), ("2024-11-23", False), ("2027-01-01", True)])
def test_two_years_are_counted_to_the_day(ended, opened):
    content = {"rsa": {"periodes": [{"du": "2020-01-01", "au": ended}]}}
    assert fits(profiles()["T18"], content, Shown(), TODAY) is opened
    future = {"rsa": {"periodes": [{"du": "2026-12-01", "au": None}]}}
    assert not fits(profiles()["T18"], future, Shown(), TODAY)


def test_two_years_before_a_29th_of_february_is_the_28th():
    content = {"rsa": {"periodes": [{"du": "2020-01-01", "au": "2026-02-28"}]}}
    assert fits(profiles()["T19"], content, Shown(), date(2028, 2, 29))


def test_the_other_profiles_have_no_check():
    assert {code for code, profile in profiles().items() if profile.check} == {"T4", "T9", "T10", "T18", "T19"}
    assert opens("T1", "9000014") and profiles()["T4"].check is Check.INSTRUCTOR


# ── what a rubrique says ────────────────────────────────────────────────────────────────────────


def said(number: str, rubrique: Rubrique) -> str:
    """All that a rubrique shows, as one text."""
    return repr(blocks(DOSSIERS[number], rubrique, TODAY))


@pytest.mark.parametrize("number", DOSSIERS)
@pytest.mark.parametrize("rubrique", Rubrique)
def test_every_rubrique_of_every_dossier_says_something(number, rubrique):
    shown = blocks(DOSSIERS[number], rubrique, TODAY)
    assert shown
    assert all(block.text if isinstance(block, Note) else block.rows or block.empty for block in shown)
    assert "None" not in [repr(cell) for b in shown if isinstance(b, Table) for row in b.rows for cell in row]


def test_there_are_dossiers_for_every_edge():
    assert len(DOSSIERS) >= 12
    assert "Aucun paiement" in said("9000003", Rubrique.PAYMENTS)
    assert "98000" in said("9000004", Rubrique.DEBTS) and "aucune remise" in said("9000004", Rubrique.DEBTS)
    assert "suspendu" in said("9000005", Rubrique.RIGHTS)
    assert "plus petit que 15 €" in said("9000006", Rubrique.RIGHTS)
    assert "En alternance" in said("9000007", Rubrique.FAMILY)
    assert "Amina Specimen est fini" in said("9000008", Rubrique.MORE)
    assert "Omar Specimen est fini" not in said("9000008", Rubrique.MORE)
    assert "Tutelle" in said("9000009", Rubrique.MORE)
    assert "impayé" in said("9000013", Rubrique.HOUSING)
    assert "fermé" in said("9000014", Rubrique.SUMMARY)
    assert "pas d'attestation" in said("9000003", Rubrique.PAYMENT_CERTIFICATE)


def test_twenty_four_months_of_payments_are_there_the_latest_first():
    (table,) = blocks(DOSSIERS["9000001"], Rubrique.PAYMENTS, TODAY)
    months = [row[0].first for row in table.rows]
    assert len(months) == 24 and months == sorted(months, reverse=True) and months[0] == date(2026, 10, 1)
    assert table.total == sum(row[-1] for row in table.rows)


def test_the_certificate_is_of_the_last_month_paid():
    facts, table = blocks(DOSSIERS["9000004"], Rubrique.PAYMENT_CERTIFICATE, TODAY)
    assert facts.rows[0][1].first == date(2026, 10, 1)
    assert table.total == 14200 - 4900


def test_a_permit_ends_the_day_after_its_last_day():
    content = {**DOSSIERS["9000008"]}
    content["complements"] = {"sejour": [{"qui": "A", "titre": "Visiteur", "du": "2025-01-01", "au": "2026-11-24"}]}
    assert not [b for b in blocks(content, Rubrique.MORE, TODAY) if isinstance(b, Note)]
    notes = [b for b in blocks(content, Rubrique.MORE, date(2026, 11, 25)) if isinstance(b, Note)]
    assert [note.tone for note in notes] == [Tone.STOP]
