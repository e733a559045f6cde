"""Arriving, waiting, calling for someone: what the lobby and the desk say to each other."""

from __future__ import annotations

from counter.access import Permission
from counter.security import allow
from counter.views.kiosk.base import blueprint, page


@blueprint.get("/parler")
@allow(Permission.KIOSK)
def someone():
    return page("someone")


@blueprint.get("/je-suis-la")
@allow(Permission.KIOSK)
def here():
    return page("someone")
