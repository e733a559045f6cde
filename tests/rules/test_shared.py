"""What sheets share: steps taken by inclusion, helps said once, notes for the agent, the glossary."""

from __future__ import annotations

import pytest

from counter.tutorials import HELPS
from counter.tutorials.glossary import load_glossary
from counter.tutorials.loader import CONTENT, load_catalogue, load_tutorial
from tests.rules.test_tutorials import SHEET, altered, line_of, other

STEP = "## {title}\n\n```icone bus\ntexte: Un bus.\n```\n\nRegardez.\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "communs").mkdir()
    (tmp_path / "bus.md").write_text(SHEET, encoding="utf-8")
    return tmp_path


def share(folder, name: str, text: str) -> None:
    (folder / "communs" / f"{name}.md").write_text(text, encoding="utf-8")


def including(name: str) -> str:
    return f"```inclure {name}\n```\n"


def told(catalogue) -> list[str]:
    return [str(error) for error in catalogue.errors]


def test_shared_steps_stand_where_they_are_included_and_know_their_file(folder):
    share(folder, "entrer", STEP.format(title="J'entre"))
    share(folder, "tout", including("entrer") + "\n" + STEP.format(title="Je sors"))
    (folder / "bus.md").write_text(altered("## Je monte", including("tout") + "\n## Je monte"), encoding="utf-8")
    steps = load_tutorial(folder / "bus.md").steps
    assert [step.title for step in steps] == ["J'attends le bus", "J'entre", "Je sors", "Je monte"]
    assert [(step.file, step.line) for step in steps[1:3]] == [("communs/entrer.md", 1), ("communs/tout.md", 4)]


def test_a_sheet_may_begin_or_end_with_an_inclusion(folder):
    share(folder, "entrer", STEP.format(title="J'entre"))
    text = altered("## J'attends", including("entrer") + "\n## J'attends") + "\n" + including("entrer")
    (folder / "bus.md").write_text(text, encoding="utf-8")
    assert [step.title for step in load_tutorial(folder / "bus.md").steps] == [
        "J'entre", "J'attends le bus", "Je monte", "J'entre",
    ]  # fmt: skip


def test_files_that_include_each_other_are_refused_with_file_and_line_and_the_others_stay(folder):
    share(folder, "un", STEP.format(title="Un") + "\n" + including("deux"))
    share(folder, "deux", including("un"))
    (folder / "fiche.md").write_text(altered("## Je monte", including("un") + "\n## Je monte"), encoding="utf-8")
    catalogue = load_catalogue(folder)
    assert list(catalogue.tutorials) == ["bus"]
    line = line_of((folder / "fiche.md").read_text(encoding="utf-8"), "```inclure")
    assert told(catalogue) == [
        "communs/deux.md, ligne 1 : « un » ne peut pas être inclus : corrigez communs/un.md, ligne 9.",
        "communs/un.md, ligne 9 : ces étapes s'incluent en rond : deux › un › deux.",
        f"fiche.md, ligne {line} : « un » ne peut pas être inclus : corrigez communs/un.md, ligne 9.",
    ]


def test_a_file_that_includes_itself_is_refused(folder):
    share(folder, "un", including("un"))
    assert told(load_catalogue(folder)) == ["communs/un.md, ligne 1 : ces étapes s'incluent en rond : un › un."]


def test_a_faulty_shared_file_is_named_once_even_when_no_sheet_takes_it(folder):
    share(folder, "un", STEP.format(title="Un").replace("Regardez.\n", ""))
    catalogue = load_catalogue(folder)
    assert told(catalogue) == ["communs/un.md, ligne 1 : l'étape « Un » n'a pas de phrase."]
    assert "bus" in catalogue.tutorials


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (including("metro"), "« metro » n'existe pas : il faut un fichier communs/metro.md."),
        (including("../bus"), "une inclusion s'écrit"),
        (including(""), "une inclusion s'écrit"),
        ("```inclure entrer\nencore\n```\n", "une inclusion s'écrit"),
        (including("entrer") + "\nUne phrase perdue.\n", "ce texte est hors d'une étape"),
    ],
)
def test_an_inclusion_that_cannot_be_done_is_told_with_its_line(folder, text, reason):
    share(folder, "entrer", STEP.format(title="J'entre"))
    (folder / "fiche.md").write_text(SHEET + "\n" + text, encoding="utf-8")
    (error,) = load_catalogue(folder).errors
    assert error.file == "fiche.md" and reason in error.reason
    assert error.line == len(SHEET.splitlines()) + (5 if "perdue" in text else 2)


def test_inclusions_that_grow_without_end_are_refused(folder):
    share(folder, "a0", STEP.format(title="Un"))
    for level in range(1, 40):
        share(folder, f"a{level}", (including(f"a{level - 1}") + "\n") * 2)
    assert any("plus de 60 étapes" in fault for fault in told(load_catalogue(folder)))


def test_shared_steps_have_no_header(folder):
    share(folder, "un", SHEET)
    assert told(load_catalogue(folder))[0].startswith("communs/un.md, ligne 1 : un fichier d'étapes communes")


# ── helps ───────────────────────────────────────────────────────────────────────────────────────


def with_helps(folder, line: str, bloque: str = "bloque: []") -> None:
    text = altered("bloque:\n  - Demandez au conducteur.", f"{bloque}\n{line}")
    (folder / "fiche.md").write_text(other(text), encoding="utf-8")


def test_a_sheet_names_its_helps_and_has_their_sentences(folder):
    with_helps(folder, "aides: [agent, 3230]")
    sheet = load_catalogue(folder).tutorials["fiche"]
    assert sheet.stuck == ()
    assert sheet.help_keys == ("agent", "3230")
    assert sheet.helps[0] == "Demandez de l'aide à un agent de cet accueil."
    assert any("13 h 15" in sentence for sentence in sheet.helps)


def test_every_help_has_its_sentences(folder):
    with_helps(folder, f"aides: [{', '.join(HELPS)}]")
    catalogue = load_catalogue(folder)
    assert catalogue.errors == []
    assert len(catalogue.tutorials["fiche"].helps) >= len(HELPS)


def test_an_unknown_help_or_nobody_who_helps_is_refused(folder):
    with_helps(folder, "aides: [agent, voisin]")
    assert "l'aide « voisin » n'est pas connue" in told(load_catalogue(folder))[0]
    with_helps(folder, "aides: []")
    assert "dites qui peut aider" in told(load_catalogue(folder))[0]


def test_a_faulty_help_is_told_and_takes_no_sheet_with_it(folder):
    (folder / "communs" / "aides.yaml").write_text("agent:\n  - Demandez.\nvoisin:\n  - Sonnez.\natelier:\n")
    with_helps(folder, "aides: [agent, atelier]")
    catalogue = load_catalogue(folder)
    assert told(catalogue) == [
        f"communs/aides.yaml, ligne 3 : l'aide « voisin » n'est pas connue : {', '.join(HELPS)}.",
        "communs/aides.yaml, ligne 5 : l'aide « atelier » est une liste de phrases.",
    ]
    assert catalogue.tutorials["fiche"].helps[0] == "Demandez."


# ── notes for the agent, names, lines written twice ─────────────────────────────────────────────


def test_a_step_may_have_one_note_for_the_agent(folder):
    note = "```agent\nDemandez si la personne\na son téléphone.\n```\n\n"
    (folder / "bus.md").write_text(altered("Montez par", note + "Montez par"), encoding="utf-8")
    first, second = load_tutorial(folder / "bus.md").steps
    assert (first.agent_note, second.agent_note) == ("", "Demandez si la personne a son téléphone.")
    assert second.sentences == ("Montez par l'avant.",)
    (folder / "fiche.md").write_text(altered("Montez par", note * 2 + "Montez par"), encoding="utf-8")
    assert "une étape n'a qu'une note pour l'agent." in told(load_catalogue(folder))[0]


@pytest.mark.parametrize("name", ["Fiche", "ma fiche", "été", "fiche_1", "-fiche"])
def test_the_name_of_a_file_is_an_address(folder, name):
    (folder / f"{name}.md").write_text(SHEET, encoding="utf-8")
    (error,) = load_catalogue(folder).errors
    assert (error.file, error.line) == (f"{name}.md", 1)
    assert "petites lettres" in error.reason


def test_a_line_written_twice_in_the_header_is_refused(folder):
    text = altered("duree: 10", "duree: 10\nresume: Autre chose.")
    (folder / "fiche.md").write_text(text, encoding="utf-8")
    (error,) = load_catalogue(folder).errors
    assert error.reason == "« resume » est écrit deux fois dans l'en-tête."
    assert error.line == line_of(text, "resume:")


# ── glossary ────────────────────────────────────────────────────────────────────────────────────

RSA = """- mot: RSA
  aussi: [revenu de solidarité active]
  explication: [Le RSA est une aide.]
  exemple: Léa a le RSA.
"""


def glossary_of(tmp_path, **files: str):
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    words, errors = load_glossary(tmp_path)
    return words, [str(error) for error in errors]


def test_a_word_of_the_glossary_is_read_whole(tmp_path):
    words, errors = glossary_of(tmp_path, dico=RSA)
    assert errors == []
    word = words["RSA"]
    assert (word.also, word.explanation) == (("revenu de solidarité active",), ("Le RSA est une aide.",))
    assert (word.example, word.file, word.line) == ("Léa a le RSA.", "glossaire/dico.yaml", 1)


def test_words_are_in_the_order_of_the_alphabet_without_accents(tmp_path):
    entry = "- mot: {}\n  explication: [Un mot.]\n  exemple: Un exemple.\n"
    words, _ = glossary_of(tmp_path, dico="".join(map(entry.format, ["foyer", "Élu", "Caf", "énergie", "état"])))
    assert list(words) == ["Caf", "Élu", "énergie", "état", "foyer"]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (RSA.replace("exemple", "example"), 4, "« example » n'est pas connu"),
        (RSA.replace("  exemple: Léa a le RSA.\n", ""), 1, "« exemple » manque"),
        (RSA.replace("[Le RSA est une aide.]", "[Un., Deux., Trois.]"), 1, "plus de 2 phrases"),
        (RSA + "- mot: Rsa\n  aussi: [Revenu de Solidarité active]\n" + RSA.split("\n", 2)[2], 5, "déjà expliqué"),
        (RSA.replace("Léa a", "Léa : elle a"), 4, "ne se lit pas"),
        (RSA + RSA, 5, "« RSA » est déjà expliqué dans glossaire/dico.yaml, ligne 1."),
        ("mot: RSA\n", 1, "un glossaire est une liste"),
        (RSA + "- RSA\n", 5, "un mot s'écrit"),
        (RSA.replace("exemple: Léa a le RSA.", "exemple:"), 4, "est vide ou se lit mal"),
    ],
)
def test_a_faulty_word_is_told_with_its_file_and_line_and_the_other_files_stay(tmp_path, text, line, reason):
    other = RSA.replace("RSA", "indu").replace("revenu de solidarité active", "dette")
    words, errors = glossary_of(tmp_path, dico=text, autre=other)
    assert "indu" in words
    assert len(errors) == 1
    assert errors[0].startswith(f"glossaire/dico.yaml, ligne {line} : ") and reason in errors[0]


def test_the_glossary_of_the_catalogue_has_no_fault():
    assert load_glossary()[1] == []
    assert load_catalogue(CONTENT).errors == []
