"""Templates: layouts → components → pages; nothing unused, nothing undefined, nothing inline."""

from __future__ import annotations

import re

import pytest
from jinja2 import StrictUndefined, UndefinedError, meta

from counter.attestations import Kind
from counter.config import ROOT
from counter.diagnosis import Need
from counter.icons import icon
from counter.slots import Mode
from counter.visits import Nature, Solved, StepKind

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
NAMES = [path.relative_to(ROOT / "templates").as_posix() for path in TEMPLATES]


def test_an_undefined_name_raises(app):
    assert app.jinja_env.undefined is StrictUndefined
    with app.test_request_context(), pytest.raises(UndefinedError):
        app.jinja_env.from_string("{{ nobody_gave_this }}").render()


def test_no_template_is_unused(app):
    used = set()
    for path in TEMPLATES:
        used |= {name for name in meta.find_referenced_templates(app.jinja_env.parse(path.read_text("utf-8"))) if name}
    for path in (ROOT / "counter").rglob("*.py"):
        code = path.read_text("utf-8")
        used |= set(re.findall(r'"([a-z_/]+\.html)"', code))
        used |= {f"components/{name}.html" for name in re.findall(r'component = "(\w+)"', code)}
        used |= {f"kiosk/{name}.html" for name in re.findall(r'\bpage\(\s*"(\w+)"', code)}
    assert len(NAMES) > 30
    assert set(NAMES) == used


@pytest.mark.parametrize("name", NAMES)
def test_a_template_has_nothing_inline_and_stays_short(name):
    text = (ROOT / "templates" / name).read_text("utf-8")
    assert " style=" not in text
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"\son\w+=", text)
    assert len(text.splitlines()) <= 120


@pytest.mark.parametrize("name", [n for n in NAMES if n.startswith(("components/", "layouts/"))])
def test_a_layout_or_component_says_what_it_takes(name):
    assert (ROOT / "templates" / name).read_text("utf-8").startswith("{#")


@pytest.mark.parametrize("name", [n for n in NAMES if n.startswith("components/")])
def test_a_component_includes_no_page(name):
    references = re.findall(r'"([a-z_]+)/[a-z_]+\.html"', (ROOT / "templates" / name).read_text("utf-8"))
    assert set(references) <= {"components"}


def test_every_icon_exists():
    texts = [path.read_text("utf-8") for path in TEMPLATES]
    texts += [path.read_text("utf-8") for path in (ROOT / "counter").rglob("*.py")]
    named = {name for text in texts for name in re.findall(r'icon\("([a-z0-9-]+)"', text)}
    named |= {enum.icon for kind in (Mode, Need, StepKind, Nature, Solved, Kind) for enum in kind}
    verify = (ROOT / "templates/verification/verify.html").read_text("utf-8")
    named |= set(re.findall(r'\("(?:ok|info|stop)", "([a-z-]+)"', verify))
    assert len(named) > 40
    for name in sorted(named):
        assert icon(name)


def test_french_spaces_are_put_in_when_templates_are_compiled(app):
    with app.test_request_context():
        shown = app.jinja_env.from_string("Qui ? « Moi » : 9 h 10").render()
    assert shown == "Qui\u00a0? «\u00a0Moi\u00a0»\u00a0: 9\u00a0h\u00a010"
