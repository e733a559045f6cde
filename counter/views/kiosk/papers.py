"""What a kiosk prints: the slip of an appointment whose code is given, and sheets. Attestations are an agent's."""

from __future__ import annotations

from counter.access import Permission
from counter.security import allow
from counter.views.kiosk.base import blueprint, page


@blueprint.get("/papier")
@allow(Permission.KIOSK)
def papers():
    return page("papers")
