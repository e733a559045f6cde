"""."""

from __future__ import annotations

from counter.access import Permission
from counter.security import allow
from counter.views.kiosk.base import blueprint, page


@blueprint.get("/demarches")
@allow(Permission.KIOSK)
def demarches():
    return page("someone")
