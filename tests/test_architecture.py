"""The ranks of counter/__init__.py: a module imports only downwards, and only views and commands commit."""

from __future__ import annotations

import ast
import importlib
import sys
from pathlib import Path
from types import ModuleType

from counter.config import ROOT

# fmt: off
RANKS = (
    {"config"},
    {
        "diagnosis",
        "appointments",
        "slots",
        "free_days",
        "months",
        "openings",
        "directory",
        "dossiers",
        "quotient",
        "demarches",
        "guiding",
        "attestations",
        "access",
        "habilitations",
        "journal",
        "kiosk",
        "lobby",
        "retention",
        "control",
        "rights",
        "visits",
        "processing",
        "search",
        "shown",
        "workshops",
        "figures",
        "messages",
        "message_words",
        "motifs",
        "places",
        "tutorials",
        "practice",
    },
    {"formatting", "icons", "keys", "languages", "models", "turns"},
    {"store", "pdf", "outside"},
    {"forms", "demonstration"},
    {"db", "throttle"},
    {"web"},
    {"papers", "security", "sessions", "errors", "templating", "traces", "sending", "upkeep"},
    {"views", "commands"},
)
# fmt: on
RANK = {name: number for number, names in enumerate(RANKS) for name in names}
RULES = RANKS[1]
LOADER_PACKAGES = {  # the sheets are files: their readers alone need more than the standard library
    f"counter.tutorials.{name}": {"frontmatter", "markdown_it", "yaml"}
    for name in ("glossary", "helps", "loader", "passages", "reading", "steps", "vocabulary")
}
WITHOUT_FLASK = {*RANKS[0], *RANKS[1], *RANKS[2], *RANKS[3], "db", "demonstration", "throttle"}
_TELL_THEM_IN_THEIR_PAGE = ("agenda", "booking", "kiosk.booking", "kiosk.mine", "lobby", "manage", "slots")
MAY_WRITE = {"views", "commands", "sessions", "traces", "sending", "upkeep"}


def modules() -> dict[str, ast.Module]:
    """Dotted name -> parsed module, for everything under counter/."""
    found = {}
    for path in sorted((ROOT / "counter").rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def imports(tree: ast.Module) -> set[str]:
    """Dotted names a module imports."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def concept(module: str) -> str:
    """`counter.store.slots` -> `store`."""
    return module.split(".")[1]


def test_every_module_has_a_rank_and_the_ranks_were_looked_at():
    concepts = {concept(name) for name in modules() if name != "counter"}
    assert concepts == set(RANK)


def test_a_module_imports_only_downwards():
    wrong, looked_at = [], 0
    for name, tree in modules().items():
        for imported in imports(tree):
            if name == "counter" or not imported.startswith("counter."):
                continue
            looked_at += 1
            if RANK[concept(imported)] > RANK[concept(name)]:
                wrong.append(f"{name} imports {imported}, which is above it")
    assert not wrong
    assert looked_at > 200


def test_no_modules_import_each_other_in_a_circle():
    known = modules()
    edges = {name: {i for i in imports(tree) if i in known and i != name} for name, tree in known.items()}
    # A package's __init__ gathers its modules; they are looked at by themselves.
    edges = {name: {i for i in found if not name.startswith(i + ".")} for name, found in edges.items()}
    done: set[str] = set()

    def walk(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " → ".join((*path, name))
        if name not in done:
            for other in edges[name]:
                walk(other, (*path, name))
            done.add(name)

    for name in edges:
        walk(name, ())


def test_rules_use_the_standard_library_only():
    for name, tree in modules().items():
        if name == "counter" or concept(name) not in RULES:
            continue
        allowed = LOADER_PACKAGES.get(name, set())
        packages = {imported.split(".")[0] for imported in imports(tree)} - {"counter"}
        assert packages <= set(sys.stdlib_module_names) | allowed, name


def test_rules_are_handed_the_time_they_never_ask_for_it():
    for name, tree in modules().items():
        if name != "counter" and concept(name) in RULES:
            asked = [n for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr in {"now", "today", "utcnow"}]
            assert not asked, name


def test_flask_stays_in_the_web_ranks():
    for name, tree in modules().items():
        if name != "counter" and concept(name) in WITHOUT_FLASK:
            assert not {i for i in imports(tree) if i.split(".")[0].startswith("flask")}, name


def test_only_views_and_commands_open_a_writing_transaction():
    writers = set()
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
                assert called != "commit", f"{name} commits by hand"
                if called == "writing":
                    writers.add(concept(name))
    assert writers - {"web"} <= MAY_WRITE
    assert "views" in writers


def test_only_one_module_puts_refusals_into_french():
    for name, tree in modules().items():
        if name in {"counter.errors", *(f"counter.views.{view}" for view in _TELL_THEM_IN_THEIR_PAGE)}:
            continue
        assert "counter.errors.refusal_sentence" not in imports(tree), name


def test_functions_stay_short():
    """Guards against the tail: half of the functions in 10 lines, nine in ten in 25, none over 60."""
    sizes = sorted(
        node.end_lineno - node.lineno + 1
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    )
    assert sizes[len(sizes) // 2] <= 10
    assert sizes[int(len(sizes) * 0.9)] <= 25
    assert sizes[-1] <= 60


def test_what_is_taken_from_a_module_of_ours_is_there():
    """A function that moves to another module leaves no `old_module.function` behind: Python says it only when run."""
    missing, looked_at = [], 0
    for path in [*(ROOT / "counter").rglob("*.py"), *(ROOT / "tests").rglob("*.py"), ROOT / "app.py"]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        ours = modules_taken(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ours:
                looked_at += 1
                if not hasattr(ours[node.value.id], node.attr):
                    missing.append(f"{path.relative_to(ROOT)}:{node.lineno}: {node.value.id}.{node.attr}")
    assert not missing
    assert looked_at > 500


def modules_taken(tree: ast.Module) -> dict[str, ModuleType]:
    """The modules of ours imported whole, by the name they have in this file."""
    taken = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in {"counter", "tests"}:
            package = importlib.import_module(node.module)
            for alias in node.names:
                if not hasattr(package, alias.name):
                    importlib.import_module(f"{node.module}.{alias.name}")  # which makes it the package's
                if isinstance(value := getattr(package, alias.name), ModuleType):
                    taken[alias.asname or alias.name] = value
    return taken


def test_public_modules_and_functions_of_rules_and_store_explain_themselves():
    for name, tree in modules().items():
        assert ast.get_docstring(tree), f"{name} has no docstring"


def test_the_top_level_is_the_one_asked_for():
    assert {p.name for p in ROOT.iterdir()} >= {
        "app.py", "counter", "templates", "static", "instance", "tests", "requirements.txt", "README.md", "Makefile",
        "migrations", "docs", ".ci",
    }  # fmt: skip
    assert Path(ROOT / "instance" / "README.md").read_text(encoding="utf-8").startswith("# What lives here")
