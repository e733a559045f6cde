"""`/borne`: a visitor alone before a touch screen. One blueprint, a module a path through it."""

from counter.views.kiosk import booking, demarches, device, home, lobby, mine, papers, point
from counter.views.kiosk.base import blueprint

__all__ = ["blueprint", "booking", "demarches", "device", "home", "lobby", "mine", "papers", "point"]
