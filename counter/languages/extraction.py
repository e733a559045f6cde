"""Every French text a kiosk says, found where it is written: what the catalogues must hold.

In templates the first text of `t(…)`, `plain(…)` and of the components that say theirs; in Python `text("…")`; the
labels of what is shown; the most asked for sheets, whole.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, nodes

from counter.diagnosis import SCORED
from counter.kiosk import EMERGENCIES, MOST_SEEN, Comfort
from counter.languages import FOLDER, Language
from counter.slots import Mode
from counter.tutorials import THEMES, Tutorial

# What is said: which arguments of which call, by place and by name.
_PLACES = {"t": (0,), "plain": (0,), "kiosk_action": (2, 3), "kiosk_typing": (2,), "line": (1,)}
_NAMES = frozenset({"submit", "hint"})
_MODULES = ("kiosk.py", "lobby.py", "views/kiosk/*.py", "forms/kiosk.py", "forms/validators.py", "errors.py")


def in_template(source: str) -> Iterator[str]:
    """Texts said by a template of the kiosk."""
    for call in Environment(autoescape=True).parse(source).find_all(nodes.Call):
        places = _PLACES.get(getattr(call.node, "name", ""))
        if places is None:
            continue
        said = [call.args[place] for place in places if place < len(call.args)]
        said += [argument.value for argument in call.kwargs if argument.key in _NAMES]
        for argument in said:
            yield from (const.value for const in _consts(argument) if isinstance(const.value, str) and const.value)


def _consts(argument: nodes.Node) -> list[nodes.Const]:
    return [argument] if isinstance(argument, nodes.Const) else list(argument.find_all(nodes.Const))


def in_module(source: str) -> Iterator[str]:
    """Texts marked by `text("…")` of counter.kiosk in Python; what a field and a booking refuse with."""
    tree = ast.parse(source)
    marked = any(isinstance(n, ast.ImportFrom) and n.module == "counter.kiosk" for n in ast.walk(tree))
    for node in ast.walk(tree):
        called = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
        if (called == "text" and marked) or called in {"StopValidation", "Required"}:
            yield from (a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str))
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "_REFUSALS":
            yield from (value.value for value in node.value.values)


def in_sheet(sheet: Tutorial) -> Iterator[str]:
    """A sheet as a kiosk shows it: all but what is for the agent."""
    yield from (sheet.title, sheet.summary, *sheet.for_whom, *sheet.bring)
    for step in sheet.steps:
        yield from (step.title, *step.sentences, step.picture.text)
    yield from (*sheet.next, *sheet.stuck, *sheet.helps)


def labels() -> Iterator[str]:
    """What the choices are called."""
    yield from (choice.label for choice in (*Comfort, *Mode))
    yield from (emergency.words for emergency in EMERGENCIES)
    for question in SCORED:
        yield from (question.text, *question.answers)
    yield from (label for key, label in THEMES.items() if key not in _NOT_FOR_VISITORS)


def said_by_kiosk(root: Path, sheets: dict[str, Tutorial], motifs: Iterable[str] = ()) -> dict[str, str]:
    """Text -> where it is said, in that order; `root` is the folder of the application."""
    found: dict[str, str] = {}
    templates = sorted((root / "templates").rglob("*kiosk*/*.html")) + sorted((root / "templates").rglob("kiosk*.html"))
    for path in dict.fromkeys(templates):
        for said in in_template(path.read_text(encoding="utf-8")):
            found.setdefault(said, path.relative_to(root).as_posix())
    for path in (path for pattern in _MODULES for path in sorted((root / "counter").glob(pattern))):
        for said in in_module(path.read_text(encoding="utf-8")):
            found.setdefault(said, path.relative_to(root).as_posix())
    for said in labels():
        found.setdefault(said, "réponses et titres")
    for slug in MOST_SEEN:
        if slug in sheets:
            for said in in_sheet(sheets[slug]):
                found.setdefault(said, slug)
    for said in motifs:
        found.setdefault(said, "motif")
    return found


def bring_up_to_date(language: Language, said: dict[str, str]) -> tuple[int, int]:
    """Put what is said into the catalogue of a language: (texts without translation, texts no longer said).

    What is new waits empty; what is no longer said is left out; what was translated and read stays as it is.
    """
    path = FOLDER / f"{language}.po"
    old = Catalog(locale=str(language))
    if path.exists():
        with path.open("rb") as file:
            old = read_po(file, locale=str(language))
    new = Catalog(locale=str(language), project="Counter", header_comment=_HEAD, fuzzy=False)
    new.creation_date, new.revision_date = old.creation_date, old.revision_date
    for words, where in said.items():
        known = old.get(words)
        string, flags = (known.string, known.flags) if known and known.string else ("", ())
        new.add(words, string, flags=[flag for flag in flags if flag == "fuzzy"], auto_comments=[where])
    with path.open("wb") as file:
        write_po(file, new, width=0)
    gone = sum(1 for message in old if message.id and message.id not in said)
    return sum(1 for message in new if message.id and not message.string), gone


_NOT_FOR_VISITORS = {"tuteurs", "partenaires", "bailleurs", "elus"}
_HEAD = "# What the kiosk says (counter/languages). « fuzzy » : nobody who speaks it has read it yet."
