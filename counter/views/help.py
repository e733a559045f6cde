"""Help: how to use the counter, and its components in development."""

from __future__ import annotations

import re
from functools import cache

from flask import Blueprint, abort, render_template
from markdown_it import MarkdownIt
from markupsafe import Markup

from counter.access import Permission
from counter.config import ROOT
from counter.formatting import typo
from counter.forms.diagnosis import DiagnosisForm
from counter.forms.sign_in import SignInForm
from counter.security import allow
from counter.web import services

blueprint = Blueprint("help", __name__, url_prefix="/aide")


@blueprint.get("")
@allow(Permission.PUBLIC)
def guide():
    """One page: the visit from greeting to paper, and who to call."""
    return render_template("help/guide.html")


@blueprint.get("/fiches")
@allow(Permission.COUNTER)
def writing_sheets():
    """How to add or correct a sheet: docs/tutoriels.md, the page that writers read."""
    return render_template("help/sheets.html", guide=_writers_guide())


@cache
def _writers_guide() -> Markup:
    """The guide as HTML, without its title, which is the page's."""
    text = (ROOT / "docs" / "tutoriels.md").read_text(encoding="utf-8").split("\n", 1)[1]
    rendered = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    parts = re.split(r"(<pre>.*?</pre>)", rendered, flags=re.DOTALL)  # what is copied keeps its own spaces
    return Markup("".join(_reachable(part) if part.startswith("<pre>") else typo(part) for part in parts))


def _reachable(example: str) -> str:
    """An example wider than the screen is scrolled with the keyboard too."""
    return example.replace("<pre>", '<pre tabindex="0" role="group" aria-label="Exemple à recopier">', 1)


@blueprint.get("/composants")
@allow(Permission.COUNTER)
def components():
    """Every component with an example (development only)."""
    if not services().settings.development:
        abort(404)
    return render_template("help/components.html", sign_in=SignInForm(), diagnosis=DiagnosisForm())
