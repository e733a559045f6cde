"""What a structure makes its own: two colours and a logo."""

from __future__ import annotations

from flask import Blueprint, Response, abort, send_file

from counter.access import Permission
from counter.papers import structure
from counter.security import allow
from counter.web import services

blueprint = Blueprint("structure", __name__)


@blueprint.get("/structure.css")
@allow(Permission.PUBLIC)
def colours():
    """The two colours of the settings, over those of the style sheet."""
    settings = services().settings
    return Response(
        f"@layer tokens{{:root{{--brand:{settings.colour};--brand-2:{settings.colour_dark}}}}}\n", mimetype="text/css"
    )


@blueprint.get("/structure/logo")
@allow(Permission.PUBLIC)
def logo():
    path = structure().logo
    return send_file(path) if path else abort(404)
