"""The kiosk in the lobby: who it may be opened by, when a visit ends, what a visitor may set, the numbers to call.

A visit belongs to the person before the screen and ends with them: nothing of it outlives `VISIT_ENDS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

CODE_LASTS = timedelta(minutes=30)  # to walk from the desk to the lobby, with a screen to start
WARN_AFTER = timedelta(seconds=60)  # without a touch, the page asks whether someone is still there
COUNTDOWN = timedelta(seconds=60)  # then everything is wiped (look.md)
VISIT_ENDS = WARN_AFTER + COUNTDOWN + timedelta(seconds=20)  # the server's own end, for a page without scripts
SEEN_EVERY = timedelta(minutes=1)
TAKEN_FOR_DEAD = timedelta(minutes=10)  # without a sign, the administration shows a kiosk as switched off


def text(french: str) -> str:
    """Marks a French sentence said by the kiosk from Python, so that it is found and translated with the others."""
    return french


class Comfort(StrEnum):
    """What a visitor may change for the time of the visit."""

    LARGE = "grand"
    CONTRAST = "contraste"
    CALM = "calme"
    SOUND = "son"

    @property
    def label(self) -> str:
        return {"grand": "Plus grand", "contraste": "Plus de contraste", "calme": "Sans mouvement", "son": "Écouter"}[
            self
        ]

    @property
    def icon(self) -> str:
        return {"grand": "a-large-small", "contraste": "contrast", "calme": "pause", "son": "volume-2"}[self]


@dataclass(frozen=True)
class Emergency:
    number: str
    words: str
    icon: str


# The national numbers of diagnosis.md, the ones most asked for before a kiosk first.
EMERGENCIES = (
    Emergency("115", "Je n'ai pas de toit ce soir", "house"),
    Emergency("3919", "On me fait du mal à la maison", "shield"),
    Emergency("119", "Un enfant est en danger", "baby"),
    Emergency("17", "Danger tout de suite : la police", "siren"),
    Emergency("15", "Santé, vie en danger : le Samu", "heart-pulse"),
    Emergency("114", "Par SMS, si je ne peux pas parler", "message-square-text"),
)


class KioskRefusal(ValueError):
    """What a kiosk refuses; put into French in counter/errors.py."""


class WrongKioskCode(KioskRefusal):
    """The code is not known, has served, or is too old."""


def visit_ended(seen_at: datetime, now: datetime) -> bool:
    """Whether nobody has touched the screen for so long that the visit is over."""
    return now - seen_at >= VISIT_ENDS


def is_on(seen_at: datetime | None, now: datetime) -> bool:
    """Whether a kiosk gave a sign of life lately."""
    return seen_at is not None and now - seen_at < TAKEN_FOR_DEAD


_FLAGS = (
    "--kiosk",
    "--kiosk-printing",
    "--no-first-run",
    "--disable-translate",
    "--disable-pinch",
    "--overscroll-history-navigation=0",
    "--disable-features=TranslateUI,AutofillServerCommunication,PasswordManager",
)


def browser_lines(address: str) -> tuple[tuple[str, str], ...]:
    """(system, command line) that opens `address` full screen, printing without a question.

    In a profile of its own, where the token of the device lives: a private window would forget it each morning.
    """
    flags = " ".join(_FLAGS)
    return (
        ("Debian", f'chromium {flags} --user-data-dir="$HOME/.config/borne" {address}'),
        (
            "Windows",
            f'"%ProgramFiles%\\Google\\Chrome\\Application\\chrome.exe" {flags} '
            f'--user-data-dir="%LOCALAPPDATA%\\borne" {address}',
        ),
    )
