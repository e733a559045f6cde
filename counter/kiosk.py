"""The kiosk in the lobby: who it may be opened by, when a visit ends, what a visitor may set, the numbers to call.

A visit belongs to the person before the screen and ends with them: nothing of it outlives `VISIT_ENDS`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

from counter.slots import Mode

CODE_LASTS = timedelta(minutes=30)  # to walk from the desk to the lobby, with a screen to start
WARN_AFTER = timedelta(seconds=60)  # without a touch, the page asks whether someone is still there
COUNTDOWN = timedelta(seconds=60)  # then everything is wiped (look.md)
VISIT_ENDS = WARN_AFTER + COUNTDOWN + timedelta(seconds=20)  # the server's own end, for a page without scripts
SEEN_EVERY = timedelta(minutes=1)
TAKEN_FOR_DEAD = timedelta(minutes=10)  # without a sign, the administration shows a kiosk as switched off


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


# ── what is chosen and typed, a screen at a time ────────────────────────────────────────────────

# The sheets most asked for at counters, whole in every language (counter/languages).
MOST_SEEN = (
    "me-connecter", "creer-mon-compte", "mot-de-passe-oublie", "telecharger-attestation", "dtr-rsa", "demande-rsa",
    "demande-prime-activite", "demande-aide-logement",
)  # fmt: skip
A_SCREEN = 5  # choices (look.md)
T = TypeVar("T")


@dataclass(frozen=True)
class Part(Generic[T]):
    """The choices of one screen; `next` and `previous` number the screens beside it, None where there is none."""

    items: list[T]
    next: int | None
    previous: int | None


def part_of(items: Sequence[T], asked: str, size: int = A_SCREEN) -> Part[T]:
    """The screen that was asked for (counted from 1); the first for anything else."""
    last = max(1, -(-len(items) // size))
    number = next((number for number in range(1, last + 1) if str(number) == asked), 1)
    begin = (number - 1) * size
    return Part(list(items[begin : begin + size]), number + 1 if number < last else None, number - 1 or None)


def text(words: str) -> str:
    """Marks a French text that a page says in the language of the visit, so that it is offered for translation."""
    return words


ERASE, SPACE, LONGEST = "effacer", "espace", 80


def pressed(typed: str, key: str | None, names: bool = False) -> tuple[str, bool]:
    """(what stands there now, whether a key of the screen was touched). In a name only first letters are capitals.

    The keyboard of the page does the same by itself where there are scripts (static/kiosk.js).
    """
    if not key:
        return typed[:LONGEST], False
    if key == ERASE:
        return typed[:-1], True
    sign = " " if key == SPACE else key[:1]
    if names and typed[-1:].isalpha():
        sign = sign.lower()
    return (typed + sign)[:LONGEST], True


# ── booking, one choice a screen ────────────────────────────────────────────────────────────────


class Choose(StrEnum):
    """The screens of a booking, in their order; the values are their addresses and the keys of the draft."""

    MOTIF = "motif"
    MODE = "comment"
    SITE = "lieu"
    DAY = "jour"
    SLOT = "heure"
    FIRST_NAME = "prenom"
    LAST_NAME = "nom"
    BIRTH_DAY = "jour-de-naissance"
    BIRTH_MONTH = "mois-de-naissance"
    PHONE = "telephone"
    EMAIL = "e-mail"


WHO = (Choose.FIRST_NAME, Choose.LAST_NAME, Choose.BIRTH_DAY, Choose.BIRTH_MONTH)
WHEN = (Choose.MOTIF, Choose.MODE, Choose.SITE, Choose.DAY, Choose.SLOT)


def screens(draft: Mapping[str, object]) -> tuple[Choose, ...]:
    """Those this booking goes through: a call or a video has no place to choose, and needs a number or an address;
    an appointment that moves keeps its motif, its mode and its person."""
    on_site = draft.get(Choose.MODE) in {None, Mode.ON_SITE}
    when = WHEN if on_site else tuple(screen for screen in WHEN if screen is not Choose.SITE)
    if "moving" in draft:
        return tuple(screen for screen in when if screen not in {Choose.MOTIF, Choose.MODE})
    last = Choose.EMAIL if draft.get(Choose.MODE) == Mode.VIDEO else Choose.PHONE
    return (*when, *WHO, last)


def next_screen(draft: Mapping[str, object]) -> Choose | None:
    """The first one that is not answered yet; None when all is said. An empty text is an answer: nothing to give."""
    return next((screen for screen in screens(draft) if draft.get(screen) is None), None)


def screen_before(draft: Mapping[str, object], here: Choose) -> Choose | None:
    """Where « Retour » leads."""
    way = screens(draft)
    place = way.index(here) if here in way else 0
    return way[place - 1] if place else None


def chosen(draft: Mapping[str, object], screen: Choose, value: object) -> dict[str, object]:
    """The draft with this answer; another motif, mode, place or day makes what hung on it be chosen again, and what is
    read together (a name, a birthday) is said again together."""
    after = set(WHEN[WHEN.index(screen) + 1 :] if screen in WHEN and draft.get(screen) != value else ())
    after |= {_PAIRS[screen]} if screen in _PAIRS else set()
    if screen is Choose.MODE and not draft.get(Choose.PHONE):
        after.add(Choose.PHONE)  # « I have none » was an answer where none was needed
    return {key: kept for key, kept in draft.items() if key not in after} | {screen: value}


_PAIRS = {Choose.FIRST_NAME: Choose.LAST_NAME, Choose.BIRTH_DAY: Choose.BIRTH_MONTH}
