"""`flask tutoriels verifier`, as a writer types it."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from counter.commands import sheets
from counter.outside.french import word_frequency
from counter.tutorials.loader import CONTENT
from tests.rules.test_tutorials import SHEET, altered, line_of


@pytest.fixture
def check(tmp_path, monkeypatch):
    """Runs the command on an instance of the test's own; gives the exit code and what is shown."""
    monkeypatch.setenv("COUNTER_INSTANCE", str(tmp_path / "instance"))

    def run(*words: str):
        done = CliRunner().invoke(sheets.tutorials, ["verifier", *map(str, words)])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.output

    return run


@pytest.fixture
def sheet(tmp_path):
    def write(text: str, name: str = "prendre-le-bus.md"):
        path = tmp_path / "brouillons" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_good_file_passes(check, sheet):
    code, shown = check(sheet(SHEET))
    assert code == 0 and shown.endswith("Fichiers : 1. Fautes : 0. À regarder : 0.\n")


def test_a_fault_is_named_with_file_line_rule_and_what_to_write_and_fails(check, sheet):
    text = altered("Faites signe.", "Venez le 12/05/2026.")
    code, shown = check(sheet(text))
    assert code == 1
    line = line_of(text, "Venez le")
    assert (
        f"brouillons/prendre-le-bus.md, ligne {line} [dates] « 12/05/2026 » est une date en chiffres. "
        "Écrivez « 12 mai 2026 »." in shown
    )
    assert "Fautes : 1." in shown


def test_points_to_look_at_are_listed_and_do_not_fail(check, sheet):
    path = sheet(altered("Faites signe.", "Venez sans papier."))
    code, shown = check(path)
    assert code == 0 and "À regarder :\n" in shown and "[négation]" in shown
    code, shown = check("--fautes", path)
    assert code == 0 and "[négation]" not in shown and "À regarder : 1." in shown


def test_a_draft_may_take_shared_steps_and_lead_to_known_sheets(check, sheet):
    text = altered("suite: []", "suite: [me-connecter]")
    assert check(sheet(text))[0] == 0
    code, shown = check(sheet(altered("suite: []", "suite: [metro]")))
    assert code == 1 and "[fichier] La suite « metro » n'existe pas" in shown


def test_a_file_of_the_catalogue_is_checked_alone(check):
    code, shown = check(CONTENT / "me-connecter.md", CONTENT / "communs" / "aides.yaml")
    assert code == 0 and "Fichiers : 2." in shown


@pytest.mark.skipif(word_frequency() is None, reason="wordfreq et simplemma manquent : make test les met")
def test_without_a_file_everything_is_checked_the_structures_own_sheets_too(check, tmp_path):
    code, shown = check()
    assert code == 0, shown
    own = tmp_path / "instance" / "tutoriels"
    own.mkdir(parents=True)
    text = altered("Faites signe.", "Attendez deux jours.")
    (own / "prendre-le-bus.md").write_text(text, encoding="utf-8")
    code, shown = check()
    assert code == 1 and f"tutoriels/prendre-le-bus.md, ligne {line_of(text, 'Attendez deux')} [nombres]" in shown


def test_a_file_that_does_not_exist_or_is_no_sheet_is_told_so(check, tmp_path):
    code, shown = check(tmp_path / "rien.md")
    assert code == 1 and "n'existe pas" in shown and "Traceback" not in shown
    (tmp_path / "note.txt").write_text("Bonjour")
    code, shown = check(tmp_path / "note.txt")
    assert code == 1 and "Une fiche est un fichier .md" in shown


def test_without_dictionary_and_grammalecte_it_says_which_rules_it_could_not_check(check, sheet, monkeypatch):
    monkeypatch.setattr(sheets, "word_frequency", lambda: None)
    monkeypatch.setattr(sheets, "morphology", lambda: None)
    code, shown = check(sheet(altered("Faites signe.", "Vous pourriez joindre un récépissé.")))
    assert code == 0
    assert "Règle non vérifiée : « mot rare »" in shown and "Règle non vérifiée : « temps »" in shown
