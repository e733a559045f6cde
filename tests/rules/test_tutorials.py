"""Reading sheets: each kind of fault gives the file and its line, and the other sheets still load."""

from __future__ import annotations

import re

import pytest

from counter.config import ROOT
from counter.tutorials import AUDIENCES, HELPS, THEMES, TOPICS
from counter.tutorials.loader import TutorialError, load_catalogue, load_tutorial

SHEET = """---
titre: Prendre le bus
theme: naviguer
public: usager
canal: guichet
resume: Vous prenez le bus de la ville.
pour_qui:
  - Vous allez au travail.
duree: 10
icone: bus
a_apporter:
  - Votre carte
adresse: https://www.exemple.fr
chemin: Arrêt › Bus
motif: renseignement
synonymes: [car, navette]
source: Plan de la ville
verifie_le: 2026-05-31
ensuite:
  - Vous arrivez.
bloque:
  - Demandez au conducteur.
suite: []
relu_par: Un groupe de lecture
---

## J'attends le bus

```icone bus
texte: Un bus arrive.
```

Attendez à l'**arrêt**.
Faites signe.

## Je monte

```ecran page
montre: Monter
icone: log-in
place: bas
lignes: [Ligne 1, Ligne 2]
texte: La porte est ouverte.
```

Montez par l'avant.
"""
NEXT = "\n## Je descends\n\n```icone bus\ntexte: Le bus est arrêté.\n```\n\nDescendez.\n"


@pytest.fixture
def folder(tmp_path):
    """A folder with one good sheet, « bus »."""
    (tmp_path / "bus.md").write_text(SHEET, encoding="utf-8")
    return tmp_path


def fault_of(folder, text: str | bytes) -> TutorialError:
    """The fault of a sheet, checked to be told with its file and line while the good sheet still loads."""
    path = folder / "fiche.md"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    catalogue = load_catalogue(folder)
    assert "bus" in catalogue.tutorials, "a faulty sheet takes a good one with it"
    assert len(catalogue.errors) == 1, catalogue.errors
    error = catalogue.errors[0]
    assert error.file == "fiche.md"
    assert str(error) == f"fiche.md, ligne {error.line} : {error.reason}"
    return error


def altered(old: str, new: str) -> str:
    assert SHEET.count(old) == 1, old
    return SHEET.replace(old, new)


def other(text: str) -> str:
    """The same sheet with a title of its own."""
    return text.replace("titre: Prendre le bus", "titre: Prendre le car")


def line_of(text: str, start: str) -> int:
    """Number of the last line that begins so."""
    return max(number for number, line in enumerate(text.splitlines(), 1) if line.startswith(start))


def test_a_good_sheet_is_read_whole(folder):
    sheet = load_tutorial(folder / "bus.md")
    assert (sheet.slug, sheet.title, sheet.minutes, sheet.synonyms) == ("bus", "Prendre le bus", 10, ("car", "navette"))
    assert sheet.checked_on.isoformat() == "2026-05-31"
    first, second = sheet.steps
    assert (first.title, first.picture.icon, first.picture.screen) == ("J'attends le bus", "bus", None)
    assert first.sentences == ("Attendez à l'**arrêt**.", "Faites signe.")
    assert (second.picture.screen, second.picture.shows, second.picture.place) == ("page", "Monter", "bas")
    assert second.picture.lines == ("Ligne 1", "Ligne 2")
    assert [step.line for step in sheet.steps] == [line_of(SHEET, "## J'att"), line_of(SHEET, "## Je monte")]


def test_optional_lines_may_be_left_out(folder):
    text = re.sub(r"(?m)^(synonymes|suite|relu_par): .*\n", "", SHEET)
    (folder / "bus.md").write_text(text, encoding="utf-8")
    sheet = load_tutorial(folder / "bus.md")
    assert (sheet.synonyms, sheet.follow_ups, sheet.proofread_by) == ((), (), "")


def test_a_sheet_written_on_windows_is_read_the_same(folder):
    before = load_tutorial(folder / "bus.md")
    (folder / "bus.md").write_bytes(SHEET.replace("\n", "\r\n").encode("utf-8-sig"))
    assert load_tutorial(folder / "bus.md") == before


def test_the_example_of_the_writers_guide_is_a_good_sheet(tmp_path):
    guide = (ROOT / "docs" / "tutoriels.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"(?ms)^````\n(---\n.*?)^````$", guide)
    (tmp_path / "communs").mkdir()
    (tmp_path / "communs" / "ouvrir-mon-compte.md").write_text(
        "## J'ouvre\n\n```icone globe\ntexte: Un site.\n```\n\nOuvrez le site.\n", encoding="utf-8"
    )
    (tmp_path / "me-connecter.md").write_text(example, encoding="utf-8")
    sheet = load_tutorial(tmp_path / "me-connecter.md")
    assert (sheet.title, [step.title for step in sheet.steps]) == (
        "Me connecter à Mon Compte", ["J'ouvre", "Je me connecte"],
    )  # fmt: skip
    assert sheet.helps and sheet.steps[1].agent_note


@pytest.mark.parametrize(
    ("label", "known"), [("Rubriques", tuple(THEMES)), ("Pour qui", AUDIENCES), ("Sujets", TOPICS), ("Qui aide", HELPS)]
)
def test_the_writers_guide_lists_what_may_be_written(label, known):
    guide = (ROOT / "docs" / "tutoriels.md").read_text(encoding="utf-8")
    (listed,) = re.findall(rf"(?m)^- \*\*{label}[^:]*: ([^.]*)\.", guide)
    assert tuple(listed.split(", ")) == known


# ── faults, each with the line where the writer finds it ────────────────────────────────────────

FAULTS = {
    "wrong type, a word for a list": ("bloque:\n  - Demandez au conducteur.", "bloque: non", "bloque:", "une liste"),
    "wrong type, words for a number": ("duree: 10", "duree: dix minutes", "duree:", "un nombre entier"),
    "wrong type, a number for a text": ("titre: Prendre le bus", "titre: 12", "titre:", "un texte"),
    "wrong type, a year for a date": ("verifie_le: 2026-05-31", "verifie_le: 2026", "verifie_le:", "une date"),
    "unknown key": ("duree: 10", "duree: 10\ncouleur: bleu", "couleur:", "« couleur » n'est pas connu"),
    "unknown theme": ("theme: naviguer", "theme: voyager", "theme:", "« theme » vaut « voyager »"),
    "unknown audience": ("public: usager", "public: touriste", "public:", "« public » vaut « touriste »"),
    "empty theme": ("theme: naviguer", "theme:", "theme:", "« theme » vaut"),
    "bad https": ("https://www.exemple.fr", "http://www.exemple.fr", "adresse:", "doit commencer par https://"),
    "step without picture": ("```icone bus\ntexte: Un bus arrive.\n```\n", "", "## J'attends", "n'a pas d'image"),
    "step without sentence": ("\nMontez par l'avant.\n", NEXT, "## Je monte", "« Je monte » n'a pas de phrase"),
    "last step without sentence": ("\nMontez par l'avant.\n", "", "## Je monte", "n'a pas de phrase"),
    "two pictures": (
        "Montez par l'avant.",
        "Montez.\n\n```icone car\ntexte: Un car.\n```",
        "```icone car",
        "une étape n'a qu'une image",
    ),
    "a list in a step": ("Faites signe.", "Puis :\n\n- faites signe\n- montez", "- faites", "que des phrases"),
    "a numbered list": ("Faites signe.", "Puis :\n\n1. faites signe", "1. faites", "que des phrases"),
    "a quotation": ("Faites signe.", "\n> Faites signe.", "> Faites", "que des phrases"),
    "raw html": ("Faites signe.", "\n<div>Faites signe.</div>", "<div>", "que des phrases"),
    "text before the first step": ("## J'attends", "Bonjour.\n\n## J'attends", "Bonjour.", "avant la première étape"),
    "a title of another level": ("## Je monte", "# Je monte", "# Je monte", "seuls les titres d'étape"),
    "picture without words": ("texte: Un bus arrive.", "montre: Un bus", "```icone bus", "l'image doit dire"),
    "picture that does not read": ("texte: Un bus arrive.", "texte: [Un", "```icone bus", "l'image ne se lit pas"),
    "picture with an unknown key": ("place: bas", "couleur: bleu", "```ecran page", "« couleur » n'est pas connu"),
    "picture of an unknown kind": ("ecran page", "photo bus", "```photo", "image « photo bus » inconnue"),
    "picture of an unknown screen": ("ecran page", "ecran montre", "```ecran", "image « ecran montre » inconnue"),
    "picture at an unknown place": ("place: bas", "place: milieu", "```ecran page", "« place » vaut « milieu »"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "at", "words"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_with_its_file_and_line(folder, old, new, at, words):
    text = altered(old, new)
    error = fault_of(folder, text)
    assert words in error.reason
    assert error.line == line_of(text, at)


BROKEN = {
    "a colon in a sentence": ("resume: Vous prenez", "resume: Retenez : vous prenez", "resume:"),
    "a tabulation": ("  - Vous allez au travail.", "\t- Vous allez au travail.", "\t- Vous"),
    "a colon on the last line": ("relu_par: Un groupe", "relu_par: Lecture : un groupe", "relu_par:"),
}


@pytest.mark.parametrize(("old", "new", "at"), BROKEN.values(), ids=BROKEN)
def test_a_header_that_does_not_read_is_told_so(folder, old, new, at):
    error = fault_of(folder, altered(old, new))
    assert error.reason == "l'en-tête ne se lit pas : vérifiez les deux-points, les tirets et les guillemets."


@pytest.mark.parametrize(("old", "new", "at"), BROKEN.values(), ids=BROKEN)
def test_a_header_that_does_not_read_is_told_with_its_line(folder, old, new, at):
    text = altered(old, new)
    assert fault_of(folder, text).line == line_of(text, at)


REQUIRED = re.findall(r"(?m)^([a-z_]+):", SHEET.split("---")[1])[:-1]


@pytest.mark.parametrize("key", [key for key in REQUIRED if key not in {"synonymes", "suite"}])
def test_a_missing_line_of_the_header_is_named(folder, key):
    text = re.sub(rf"(?m)^{key}:.*\n(  - .*\n)*", "", SHEET, count=1)
    error = fault_of(folder, text)
    assert (error.line, error.reason) == (1, f"« {key} » manque dans l'en-tête.")


@pytest.mark.parametrize("text", ["", "\n\n", "## Un titre\n", "---\n---\n## Un titre\n", SHEET.replace("---", "", 1)])
def test_a_sheet_without_header_is_told_so(folder, text):
    error = fault_of(folder, text)
    assert (error.line, error.reason) == (1, "l'en-tête manque : la première ligne doit être « --- ».")


def test_a_sheet_without_any_step_is_told_so(folder):
    text = SHEET[: SHEET.index("## J'attends")]
    error = fault_of(folder, text)
    assert error.reason == "aucune étape : commencez par « ## … »."
    assert line_of(text, "---") <= error.line <= len(text.splitlines()) + 1


def test_a_sheet_in_another_encoding_is_told_so(folder):
    error = fault_of(folder, SHEET.encode("cp1252"))
    assert error.reason == "le fichier n'est pas enregistré en UTF-8."


def test_a_sheet_that_cannot_be_read_is_told_so(folder):
    (folder / "dossier.md").mkdir()
    catalogue = load_catalogue(folder)
    assert [str(error) for error in catalogue.errors] == ["dossier.md, ligne 1 : le fichier ne peut pas être lu."]
    assert list(catalogue.tutorials) == ["bus"]


def test_a_follow_up_that_does_not_exist_is_named_and_the_sheet_stays(folder):
    (folder / "fiche.md").write_text(other(altered("suite: []", "suite: [bus, metro]")), encoding="utf-8")
    catalogue = load_catalogue(folder)
    assert set(catalogue.tutorials) == {"bus", "fiche"}
    assert [(e.file, e.reason) for e in catalogue.errors] == [
        ("fiche.md", "la suite « metro » n'existe pas dans le catalogue.")
    ]


def test_a_follow_up_that_does_not_exist_is_told_with_its_line(folder):
    text = other(altered("suite: []", "suite: [metro]"))
    assert fault_of(folder, text).line == line_of(text, "suite:")


def test_sheets_are_shown_by_theme_then_by_title(folder):
    (folder / "avion.md").write_text(altered("Prendre le bus", "Prendre l'avion"), encoding="utf-8")
    (folder / "compte.md").write_text(other(altered("theme: naviguer", "theme: mon-compte")), encoding="utf-8")
    themes = load_catalogue(folder).by_theme()
    assert {label: [sheet.slug for sheet in sheets] for label, sheets in themes.items()} == {
        "Naviguer sur caf.fr": ["avion", "bus"],
        "Mon Compte": ["compte"],
    }


def test_two_sheets_of_one_title_are_not_both_shown(folder):
    text = altered("titre: Prendre le bus", "titre: prendre  le Bus")
    error = fault_of(folder, text)
    assert (error.line, error.reason) == (
        2, "la fiche « bus » a déjà ce titre : changez-le, ou nommez ce fichier bus.md.",
    )  # fmt: skip


# ── faults that go through today ────────────────────────────────────────────────────────────────

CRASHES = {
    "a day that does not exist": ("verifie_le: 2026-05-31", "verifie_le: 2026-02-30", "verifie_le:"),
    "lines left empty in a picture": ("lignes: [Ligne 1, Ligne 2]", "lignes:", "```ecran page"),
    "a number of lines in a picture": ("lignes: [Ligne 1, Ligne 2]", "lignes: 3", "```ecran page"),
}
SILENT = {
    "an empty title": ("titre: Prendre le bus", "titre:", "titre:"),
    "an empty duration": ("duree: 10", "duree:", "duree:"),
    "a picture that shows nothing": ("montre: Monter", "montre:", "```ecran page"),
    "a colon that makes of a sentence something else": ("- Votre carte", "- Apportez : votre carte", "a_apporter:"),
    "one line of a picture without brackets": ("lignes: [Ligne 1, Ligne 2]", "lignes: Ligne 1", "```ecran page"),
    "an indented sentence, that disappears": ("Faites signe.", "\n    Faites signe.", "    Faites"),
    "a picture before the first step, that disappears": (
        "## J'attends",
        "```icone car\ntexte: Un car.\n```\n\n## J'attends",
        "```icone car",
    ),
}


@pytest.mark.parametrize(("old", "new", "at"), CRASHES.values(), ids=CRASHES)
def test_a_fault_never_stops_the_other_sheets(folder, old, new, at):
    text = altered(old, new)
    assert fault_of(folder, text).line in {1, line_of(text, at)}, "YAML does not say where a date is wrong"


@pytest.mark.parametrize(("old", "new", "at"), SILENT.values(), ids=SILENT)
def test_a_fault_is_never_shown_to_a_visitor(folder, old, new, at):
    text = altered(old, new)
    assert fault_of(folder, text).line == line_of(text, at)
