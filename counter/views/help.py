"""Help: how to use the counter, and its components in development."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from counter.access import Permission
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


@blueprint.get("/composants")
@allow(Permission.COUNTER)
def components():
    """Every component with an example (development only)."""
    if not services().settings.development:
        abort(404)
    return render_template("help/components.html", sign_in=SignInForm(), diagnosis=DiagnosisForm())
