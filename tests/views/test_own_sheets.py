"""A structure's own sheets in `instance/tutoriels/` add to ours or take their place, and are checked the same way."""

from __future__ import annotations

import pytest

from app import create_app
from counter.demonstration import PASSWORD
from counter.tutorials.loader import CONTENT, load_catalogue
from tests.conftest import settings_for
from tests.pages import Visitor, text_of
from tests.rules.test_tutorials import SHEET, altered, line_of

OURS = load_catalogue().tutorials


@pytest.fixture
def structure(instance, clock):
    """Writes files under `tutoriels/`, then starts the application: `structure({"bus.md": …})` is an agent."""
    started = []

    def start(files: dict[str, str]) -> Visitor:
        for name, text in files.items():
            path = instance / "tutoriels" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        app = create_app(settings_for(instance), clock)
        started.append(app.extensions["counter"])
        return Visitor(app).sign_in("camille", PASSWORD)

    yield start
    for services in started:
        services.main.close()
        services.cache.close()


def faults(agent: Visitor) -> list[str]:
    page = agent.get("/etat")
    return [text_of(li) for ul in page.all("ul") if ul.get("class") == "bullets" for li in ul]


def test_a_sheet_of_the_structure_is_shown_beside_ours(structure):
    agent = structure({"prendre-le-bus.md": SHEET})
    assert faults(agent) == []
    assert f"{len(OURS) + 1} fiches" in agent.get("/etat").text
    assert agent.get("/demarches/prendre-le-bus").h1 == "Prendre le bus"
    assert "Prendre le bus" in agent.get("/demarches?q=bus").text
    assert agent.file("/demarches/prendre-le-bus/livret.pdf").startswith(b"%PDF")


def test_a_sheet_of_the_same_name_takes_the_place_of_ours(structure):
    agent = structure({"me-connecter.md": altered("Prendre le bus", "Me connecter à Mon Compte")})
    assert faults(agent) == []
    assert "Vous prenez le bus de la ville." in agent.get("/demarches/me-connecter").text
    assert f"{len(OURS)} fiches" in agent.get("/etat").text


def test_a_faulty_sheet_of_the_structure_is_named_and_ours_stays(structure):
    agent = structure({"me-connecter.md": altered("duree: 10", "duree: dix")})
    assert faults(agent) == ["tutoriels/me-connecter.md, ligne 9 : « duree » doit être un nombre entier."]
    assert agent.get("/demarches/me-connecter").h1 == OURS["me-connecter"].title
    assert "1 faute à corriger" in agent.get("/etat").text


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("Bus.md", SHEET, "petites lettres sans accent"),
        ("ME-CONNECTER.md", SHEET, "petites lettres sans accent"),
        ("bus.md", altered("Prendre le bus", "Me connecter à mon compte"), "la fiche « me-connecter » a déjà ce titre"),
        ("dico.md", SHEET, "est déjà l'adresse d'une autre page"),
        ("bus.md", SHEET + "\n```inclure nulle-part\n```\n", "« nulle-part » n'existe pas"),
    ],
)
def test_a_sheet_that_cannot_be_told_from_another_is_refused(structure, name, text, reason):
    agent = structure({name: text})
    (fault,) = [fault for fault in faults(agent) if reason in fault]
    assert fault.startswith(f"tutoriels/{name}, ligne ")
    assert f"{len(OURS)} fiches" in agent.get("/etat").text


def test_sheets_that_include_each_other_stop_nothing(structure):
    text = SHEET + "\n```inclure un\n```\n"
    agent = structure(
        {
            "communs/un.md": "```inclure deux\n```\n",
            "communs/deux.md": "```inclure un\n```\n",
            "bus.md": text,
            "car.md": altered("Prendre le bus", "Prendre le car"),
        }
    )
    told = faults(agent)
    assert any("tutoriels/communs/un.md, ligne 1 : ces étapes s'incluent en rond" in fault for fault in told)
    at = f"tutoriels/bus.md, ligne {line_of(text, '```inclure')} : « un » ne peut pas être inclus"
    assert any(fault.startswith(at) for fault in told)
    assert agent.get("/demarches/car").h1 == "Prendre le car"
    assert agent.get("/demarches/bus", expect=404)


def test_the_plain_language_rules_hold_for_the_structure_too(structure):
    agent = structure({"bus.md": altered("Faites signe.", "Venez le 12/05/2026.")})
    (fault,) = faults(agent)
    assert fault.startswith("tutoriels/bus.md, ligne 34 [dates] « 12/05/2026 »") and "12 mai 2026" in fault
    assert agent.get("/demarches/bus").h1 == "Prendre le bus", "a sheet that reads badly is shown, and told"


def test_the_structure_changes_helps_steps_and_words_everywhere(structure):
    shared = sorted(path.stem for path in (CONTENT / "communs").glob("*.md"))
    agent = structure(
        {
            "communs/aides.yaml": "agent:\n  - Venez voir Nadia au guichet 2.\n",
            "communs/mes-pas.md": "## Je sonne\n\n```icone bell\ntexte: Une cloche.\n```\n\nSonnez.\n",
            "bus.md": altered("## J'attends", "```inclure mes-pas\n```\n\n## J'attends"),
            "glossaire/nous.yaml": "- mot: RSA\n  explication: [Notre RSA à nous.]\n  exemple: Voici.\n",
        }
    )
    assert faults(agent) == []
    page = agent.get("/demarches/me-connecter")
    assert "Venez voir Nadia au guichet 2." in page.text and "Demandez de l'aide à un agent" not in page.text
    assert "13 h 15" in page.text, "the helps that are not changed stay"
    assert agent.get("/demarches/bus/etape/1").h1 == "Je sonne"
    assert "Notre RSA à nous." in agent.get("/demarches/dico").text
    assert "mes-pas" not in shared


def test_a_faulty_shared_file_of_the_structure_leaves_ours_in_place(structure):
    agent = structure({"communs/aides.yaml": "agent: [\n", "glossaire/nous.yaml": "- mot: RSA\n"})
    told = faults(agent)
    assert [fault.split(" : ")[0] for fault in told] == [
        "tutoriels/glossaire/nous.yaml, ligne 1",
        "tutoriels/communs/aides.yaml, ligne 2",
    ]
    assert "Demandez de l'aide à un agent" in agent.get("/demarches/me-connecter").text
    assert "peu d'argent" in agent.get("/demarches/dico").text


def test_the_writers_page_is_reached_from_the_guide_and_says_all_the_rules(camille):
    page = camille.get(camille.get("/aide").link("écrire ou corriger une fiche"))
    assert page.h1 == "Écrire une fiche"
    for words in ("instance/tutoriels/", "flask tutoriels verifier", "État du poste", "inclure", "verifie_le"):
        assert words in page.text
    assert "# Écrire" not in page.text
