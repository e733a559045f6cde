"""A sheet on the visitor's own telephone: public, whole on one page, in the language it was taken in."""

from __future__ import annotations

from flask import Blueprint, render_template

from counter.access import Permission
from counter.security import allow
from counter.views.kiosk.base import words
from counter.views.kiosk.demarches import sheet_of, translated

blueprint = Blueprint("take_away", __name__, url_prefix="/fiche")
blueprint.context_processor(words)


@blueprint.get("/<slug>")
@allow(Permission.PUBLIC)
def sheet(slug: str):
    tutorial = sheet_of(slug)
    return render_template("kiosk/take_away.html", tutorial=tutorial, whole=translated(tutorial))
