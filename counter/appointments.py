"""Appointments: where one stands and what may follow, for whom, how it is reached, and its code."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid5

from counter.diagnosis import Need
from counter.slots import Mode, Refusal, has_begun

CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 8


class Audience(StrEnum):
    """For whom a motif is."""

    ALL = "tous"
    KNOWN = "allocataires"
    UNKNOWN = "non-allocataires"

    @property
    def label(self) -> str:
        return {
            "tous": "Tout le monde",
            "allocataires": "Les allocataires de cette Caf",
            "non-allocataires": "Les personnes sans dossier dans cette Caf",
        }[self]


class Status(StrEnum):
    """Where an appointment stands, from booking to its outcome."""

    BOOKED = "pris"
    ARRIVED = "arrive"
    CALLED = "appele"
    SEEN = "recu"
    ABSENT = "absent"
    EXCUSED = "excuse"
    CANCELLED = "annule"
    CANCELLED_BY_SERVICE = "annule-service"

    @property
    def label(self) -> str:
        """Of the appointment, not of the person: it stands beside names, and nobody's gender is known."""
        return {
            "pris": "Rendez-vous pris",
            "arrive": "Arrivée notée",
            "appele": "Appel fait",
            "recu": "Entretien fait",
            "absent": "Absence",
            "excuse": "Absence excusée",
            "annule": "Rendez-vous annulé",
            "annule-service": "Rendez-vous annulé par le service",
        }[self]

    @property
    def icon(self) -> str:
        return {
            "pris": "calendar-check",
            "arrive": "door-open",
            "appele": "megaphone",
            "recu": "circle-check",
            "absent": "circle-x",
            "excuse": "message-circle",
            "annule": "calendar-x",
            "annule-service": "calendar-x",
        }[self]


# A cancelled appointment gives its time back; an absent or excused one keeps it, for it can be undone.
GIVEN_BACK = (Status.CANCELLED, Status.CANCELLED_BY_SERVICE)
OUTCOMES = (Status.SEEN, Status.ABSENT, Status.EXCUSED)
WITHOUT_OUTCOME = (Status.BOOKED, Status.ARRIVED, Status.CALLED)
_OUTCOMES_OF_WHO_CAME = (Status.SEEN, Status.EXCUSED)


class CancelReason(StrEnum):
    PERSON = "personne"
    SERVICE = "service"
    MISTAKE = "erreur"
    AGENT_AWAY = "absence-agent"

    @property
    def label(self) -> str:
        return {
            "personne": "La personne",
            "service": "Le service",
            "erreur": "Une erreur",
            "absence-agent": "Un agent absent",
        }[self]

    @property
    def told(self) -> str:
        """As the history of the appointment says it."""
        return {
            "personne": "à la demande de la personne",
            "service": "le service ne peut pas recevoir",
            "erreur": "pris par erreur",
            "absence-agent": "agent absent",
        }[self]

    @property
    def detail(self) -> str:
        return {
            "personne": "Elle ne peut pas, ou ne veut plus venir.",
            "service": "Fermeture, réunion, panne.",
            "erreur": "Le rendez-vous n'aurait pas dû être pris.",
            "absence-agent": "Personne ne peut recevoir.",
        }[self]

    @property
    def icon(self) -> str:
        return {
            "personne": "user-round-x",
            "service": "building-2",
            "erreur": "eraser",
            "absence-agent": "user-round-minus",
        }[self]

    @property
    def status(self) -> Status:
        """The service cancelled, or the person did (a mistake counts against nobody)."""
        service = {CancelReason.SERVICE, CancelReason.AGENT_AWAY}
        return Status.CANCELLED_BY_SERVICE if self in service else Status.CANCELLED


class EventKind(StrEnum):
    """What happened to an appointment after it was booked."""

    MOVED = "deplace"
    MOTIF = "motif"
    CANCELLED = "annule"
    STATUS = "etat"
    BACK = "retour"
    FOLLOWED = "suite"
    DETAILS = "coordonnees"
    PHONED = "appel"

    @property
    def label(self) -> str:
        return {
            "deplace": "Déplacé",
            "motif": "Motif changé",
            "annule": "Annulé",
            "etat": "Accueil",
            "retour": "Retour en arrière",
            "suite": "Suite prise",
            "coordonnees": "Coordonnées corrigées",
            "appel": "Personne appelée",
        }[self]


class Answer(StrEnum):
    """How a call to the person ended."""

    REACHED = "jointe"
    NONE = "sans-reponse"

    @property
    def label(self) -> str:
        return {"jointe": "Jointe", "sans-reponse": "Pas de réponse"}[self]


class NotNow(Refusal):
    """What is asked does not go with where the appointment stands (already cancelled, seen, past…)."""


class Unreachable(Refusal):
    """A call without number, or a video link without e-mail address."""


class WrongCode(Refusal):
    """No appointment for this code and birth day: never says which of the two is wrong."""


def offered_statuses(
    status: Status, mode: Mode, day: date, minute: int, now: datetime, to_move: bool = False
) -> tuple[Status, ...]:
    """Those of `next_statuses` to offer in one click: nobody is absent before their hour, nor (`to_move`) where nobody
    could receive them. `now` is on the wall clock of the counter."""
    may_be_absent = has_begun(day, minute, now) and not to_move
    return tuple(to for to in next_statuses(status, mode, day, now.date()) if may_be_absent or to is not Status.ABSENT)


def next_statuses(status: Status, mode: Mode, day: date, today: date) -> tuple[Status, ...]:
    """What reception may signal of an appointment that stands at `status`, the usual one first.

    Nothing before its day; from the day after on, only how it ended. Nobody arrives for a call, and nobody who has
    arrived is absent before they were called in vain.
    """
    if day > today or status not in WITHOUT_OUTCOME:
        return ()
    outcomes = _OUTCOMES_OF_WHO_CAME if status is Status.ARRIVED else OUTCOMES
    if day < today or status is Status.CALLED:
        return outcomes
    if status is Status.ARRIVED:
        return (Status.CALLED, *outcomes)
    return (Status.ARRIVED if mode is Mode.ON_SITE else Status.CALLED, *OUTCOMES)


def check_status(status: Status, to: Status, mode: Mode, day: date, today: date) -> None:
    """Raises NotNow when `to` may not follow `status` today."""
    if to not in next_statuses(status, mode, day, today):
        raise NotNow()


def status_before(status: Status, arrived: bool, called: bool) -> Status:
    """Where « revenir en arrière » leads, from what was signalled before. Raises NotNow: a cancellation is final."""
    if status in OUTCOMES and called:
        return Status.CALLED
    if status in (*OUTCOMES, Status.CALLED):
        return Status.ARRIVED if arrived else Status.BOOKED
    if status is Status.ARRIVED:
        return Status.BOOKED
    raise NotNow()


def may_change(status: Status, day: date, today: date) -> bool:
    """Whether it can be moved or get another motif: booked, and its day not past."""
    return status is Status.BOOKED and day >= today


def may_cancel(status: Status) -> bool:
    """Whether an agent can cancel it: as long as it has no outcome, even once its hour has come (nobody could
    receive)."""
    return status in WITHOUT_OUTCOME


def reachable(mode: Mode, person: dict) -> bool:
    """Whether that person (as ContactForm.person says who comes) can be met in that mode: a call needs a number, a
    video the address its link goes to. A careful contact gets no message: the link is on paper only."""
    if mode is Mode.PHONE:
        return bool(person.get("phone"))
    return mode is not Mode.VIDEO or bool(person.get("email") or person.get("careful"))


def new_code() -> str:
    """A confidential code, easy to read aloud: 8 letters and digits without 0, O, 1, I."""
    drawn = secrets.token_bytes(CODE_LENGTH)  # 256 is a multiple of the 32 signs: each is as likely
    return "".join(CODE_ALPHABET[byte % len(CODE_ALPHABET)] for byte in drawn)


_UIDS = UUID("7f6e2f5a-0f0b-4b43-9c53-0d6f6a1f7a55")  # drawn once, for the uids of appointments


def uid_of(key: str) -> str:
    """The uid of the appointment that the form with this idempotency key makes (RFC 9562, version 5): sent twice, the
    form names the same one."""
    return str(uuid5(_UIDS, key))


def spoken_code(code: str) -> str:
    """`ABCDEFGH` as printed and said: `ABCD-EFGH`."""
    return f"{code[:4]}-{code[4:]}"


def normal_code(typed: str) -> str:
    """What a person typed, as it is kept: capitals, without spaces or dashes."""
    return "".join(c for c in typed.upper() if c.isalnum())


def needs_words(person: dict) -> str:
    """`Interprète (ukrainien), Entend mal`."""
    language = person.get("language")
    labels = [
        f"{Need(code).label} ({language})" if code == Need.INTERPRETER and language else Need(code).label
        for code in person.get("needs", ())
    ]
    return ", ".join(labels)
