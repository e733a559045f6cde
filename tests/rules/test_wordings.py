"""Wordings are dated and never change: a paper printed again says what it said the first time, word for word."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest

from counter.attestations import Attestation, Kind, without_blank
from counter.pdf.attestation import WORDINGS, Text, blocks, current_wording, sentences

# The beginning of the SHA-256 of every wording ever used. A new wording is a new file and a new line here.
USED = {
    "accompagnement.2026-11": "d48fa6ad5fd825f5",
    "atelier.2026-11": "12a431f6891417d3",
    "paiement.2026-11": "87f044b1abdc873d",
    "passage.2026-11": "ab2e78c5e84abbd6",
    "presence.2026-11": "cb595e1910424574",
    "quotient.2026-11": "fd3c82b704cde5c5",
    "rendez-vous.2026-11": "20c736049a30f37d",
}


def test_no_wording_was_changed_or_taken_away():
    found = {path.stem: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in WORDINGS.glob("*.md")}
    assert found == USED


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_words_and_its_name_on_each_paper(kind):
    names = ["personne", "jour", "horaire", "lieu", "objet", "demarche", "resultat", "suite", "caf", "heure", "mode"]
    names += [
        "atelier",
        "partenaires",
        "organisme",
        "reference",
        "destinataire",
        "quotient",
        "mois",
        "donneur",
        "copie",
    ]
    names += ["calcule", "personnes", "source", "numero", "prestations", "total", "remarque", "paye_le", "paye_a"]
    facts = dict.fromkeys([*names, "quotient_mois"], "X")
    paper = Attestation("2026-000001", kind, current_wording(kind), date(2026, 11, 24), "Structure", "Lieu", facts)
    lines = [block.words for block in blocks(paper) if isinstance(block, Text)]
    assert lines[0].startswith("Structure atteste") and "**X**" in lines[0]
    assert lines[-1].startswith("Cette attestation est remise à la personne")
    assert not any("{" in line for line in sentences(paper))


def test_a_newer_wording_leaves_older_papers_as_they_were(tmp_path, monkeypatch):
    for path in WORDINGS.glob("passage.*.md"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    facts = {"personne": "Zoé", "jour": "mardi", "horaire": "à 9 h", "lieu": "ici", "objet": "RSA"}
    old = Attestation("2026-000001", Kind.VISIT, "2026-11", date(2026, 11, 24), "Structure", "Lieu", facts)
    before = sentences(old)
    monkeypatch.setattr("counter.pdf.attestation.WORDINGS", tmp_path)
    (tmp_path / "passage.2027-03.md").write_text("Autres mots pour **{personne}**.", "utf-8")
    assert current_wording(Kind.VISIT) == "2027-03"
    assert sentences(old) == before


def test_a_paragraph_with_nothing_to_say_is_left_out():
    paragraphs = ["{structure} et {a}", "Suite : {b}.", "Des mots.", "{b}{a}"]
    assert without_blank(paragraphs, {"a": "x", "b": ""}) == [paragraphs[0], "Des mots.", paragraphs[3]]
