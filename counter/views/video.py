"""Trying camera, microphone and sound before a video appointment. Open to anyone; nothing is sent or kept."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template

from counter.access import Permission
from counter.security import HEADERS, allow

blueprint = Blueprint("video", __name__, url_prefix="/visio")
PERMISSIONS = HEADERS["Permissions-Policy"].replace("microphone=()", "microphone=(self)")


@blueprint.get("/test")
@allow(Permission.PUBLIC)
def attempt() -> Response:
    """The only page that may ask for the microphone."""
    page = make_response(render_template("video/attempt.html"))
    page.headers["Permissions-Policy"] = PERMISSIONS
    return page
