"""The waiting room: who may say « je suis là » and when, whose turn it is, how long it may take, and the calls from a
kiosk for someone to come.

Nobody is named here: a person is a number, a call is a kiosk.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

from counter.appointments import GIVEN_BACK, OUTCOMES, Status
from counter.kiosk import text
from counter.slots import Mode, Refusal

CALL_LASTS = timedelta(minutes=10)  # a call nobody answers, or an answer nobody ended: nobody waits any more
EARLIEST = 60  # minutes before the appointment from which one may say that one is there
USUAL_MINUTES = 15  # one person at one desk
DESKS_OF = timedelta(hours=1)  # a desk that called someone within this time still receives
SHOWN = 5  # numbers on the lobby's screen
LETTERS = 3  # of the last name, at most
DESK = "Accueil"  # where a number is called to when the agent wrote nothing
LONGEST_DESK = 20


# ── « je suis là » ──────────────────────────────────────────────────────────────────────────────


class Arrival(StrEnum):
    """What becomes of « je suis là »; each but WELCOME and ALREADY has its sentence."""

    WELCOME = "bienvenue"
    ALREADY = "deja"
    EARLY = "avance"
    LATE = "retard"
    OTHER_DAY = "autre-jour"
    PAST = "passe"
    OTHER_PLACE = "autre-lieu"
    BY_PHONE = "telephone"
    BY_VIDEO = "visio"
    CANCELLED = "annule"
    OVER = "fini"
    TO_MOVE = "a-deplacer"

    @property
    def sentence(self) -> str:
        """To be said with `day`, `hour`, `opens` (from when one may come back) and `place`."""
        return _SENTENCES[self]


_SENTENCES = {
    Arrival.EARLY: text("Vous êtes en avance. Votre rendez-vous est à **{hour}**. Revenez ici à partir de {opens}."),
    Arrival.LATE: text("L'heure est passée : votre rendez-vous était à **{hour}**. Un agent peut chercher avec vous."),
    Arrival.OTHER_DAY: text("Votre rendez-vous n'est pas aujourd'hui. Il est le **{day}**, à **{hour}**."),
    Arrival.PAST: text("Ce rendez-vous est passé. Il était le {day}. Vous pouvez en prendre un autre."),
    Arrival.OTHER_PLACE: text("Votre rendez-vous n'est pas ici. Il est à **{place}**, le {day}, à {hour}."),
    Arrival.BY_PHONE: text("Ce rendez-vous est par téléphone, le {day}, à **{hour}**. Nous vous appelons."),
    Arrival.BY_VIDEO: text("Ce rendez-vous est en visio, le {day}, à **{hour}**."),
    Arrival.CANCELLED: text("Ce rendez-vous est annulé. Vous pouvez en prendre un autre."),
    Arrival.TO_MOVE: text(
        "Nous ne pouvons plus vous recevoir à cette heure. Choisissez une autre heure, ou appelez un agent."
    ),
    Arrival.OVER: text("Ce rendez-vous est terminé. Prenez un numéro si vous voulez voir quelqu'un."),
}
# The same for nobody and for several people: it never tells whether somebody is expected.
NOT_FOUND = text("Nous ne trouvons pas ce rendez-vous. Vérifiez, essayez avec votre code, ou appelez un agent.")
UNKNOWN_CODE = text("Nous ne trouvons pas ce code. Regardez le papier, ou appelez un agent.")
TOO_MANY_TRIES = text("Il y a eu trop d'essais. Attendez un peu, ou appelez un agent.")
WRONG_CODE = text("Le code a 8 lettres et chiffres. Il est sur votre papier.")
WRONG_LETTERS = text("Tapez les 2 ou 3 premières lettres.")


class Expected(Protocol):
    """What is looked at of an appointment."""

    status_value: Status
    mode_value: Mode
    site_id: int
    day: date
    minute: int
    duration: int
    must_move: bool


def arrival(of: Expected, site_id: int, today: date, minute: int) -> Arrival:
    """What « je suis là » means for an appointment, at a site, on a day and at a minute of it (local time)."""
    for what, holds in (
        (Arrival.CANCELLED, of.status_value in GIVEN_BACK),
        (Arrival.TO_MOVE, of.must_move and of.day >= today),
        (Arrival.BY_PHONE, of.mode_value is Mode.PHONE),
        (Arrival.BY_VIDEO, of.mode_value is Mode.VIDEO),
        (Arrival.PAST, of.day < today),
        (Arrival.OTHER_PLACE, of.site_id != site_id),
        (Arrival.OTHER_DAY, of.day > today),
        (Arrival.ALREADY, of.status_value in (Status.ARRIVED, Status.CALLED)),
        (Arrival.OVER, of.status_value in OUTCOMES),
        (Arrival.EARLY, of.minute - minute > EARLIEST),
        (Arrival.LATE, minute >= of.minute + of.duration),
    ):
        if holds:
            return what
    return Arrival.WELCOME


def letters_of(name: str) -> str:
    """The first letters of a name as they are compared: no accents, spaces nor signs, in capitals."""
    plain = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("Œ", "OE"))
    return "".join(sign for sign in plain if sign.isalpha()).upper()[:LETTERS]


def same_letters(typed: str, name: str) -> bool:
    """Whether what was typed (2 letters at least, of any name) begins that name, or one of its words: « De La Tour »
    is found by TO."""
    wanted, parts = letters_of(typed), re.split(r"[\s'’-]+", name)
    begins = (letters_of("".join(parts[rank:])) for rank in range(len(parts)))
    return len(wanted) >= 2 and any(letters.startswith(wanted) for letters in begins)


# ── whose turn it is ────────────────────────────────────────────────────────────────────────────


class Turn(NamedTuple):
    """Someone who waits: `minute` of their appointment today, None without one; `since` when they wait in their place;
    `missed`: they were called once and did not come."""

    ticket_id: int
    since: datetime
    minute: int | None = None
    missed: bool = False

    def rank(self, minute: int) -> tuple:
        """Appointments whose hour has come, then those without, then who is early for an appointment; who missed their
        turn is among those without, since then."""
        if self.minute is None or self.missed:
            return (1, self.since, self.ticket_id)
        return (0 if self.minute <= minute else 2, self.minute, self.ticket_id)


def in_turn(turns: Iterable[Turn], minute: int) -> list[Turn]:
    """Who is to be called, the next first, at a minute of the day."""
    return sorted(turns, key=lambda turn: turn.rank(minute))


def wait_estimate(before: int, desks: int) -> int:
    """About how many minutes when `before` people are to be received first, to the five minutes above."""
    return math.ceil(before * USUAL_MINUTES / max(1, desks) / 5) * 5


def desk_name(typed: str) -> str:
    """Where a number is called to, as the screen shows it."""
    return " ".join(typed.split())[:LONGEST_DESK].strip() or DESK


# ── calls for someone to come ───────────────────────────────────────────────────────────────────


class CallState(StrEnum):
    """Where a call stands, for who made it."""

    WAITING = "attend"
    COMING = "arrive"
    ENDED = "fini"
    LAPSED = "sans-reponse"


def call_state(asked_at: datetime, answered_at: datetime | None, ended_at: datetime | None, now: datetime) -> CallState:
    """A call that was not ended lapses CALL_LASTS after it was asked, or answered."""
    if ended_at is not None:
        return CallState.ENDED if answered_at else CallState.LAPSED
    if now - (answered_at or asked_at) >= CALL_LASTS:
        return CallState.ENDED if answered_at else CallState.LAPSED
    return CallState.COMING if answered_at else CallState.WAITING


class AlreadyComing(Refusal):
    """A colleague said « j'arrive » before."""


class CallOver(Refusal):
    """Nobody waits any more for the answer to that call."""


class NobodyWaits(Refusal):
    """There is no number to call."""


class AlreadyCalled(Refusal):
    """A colleague called that number, or it is over."""
