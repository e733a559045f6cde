"""Collective sessions (ateliers): a date, a place, so many seats, and a waiting list in order."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

from counter.rights import plain
from counter.slots import has_begun

MAX_PLACES = 200
MIDNIGHT = 24 * 60  # in minutes; a session ends on its day
LISTED_AFTER = timedelta(days=30)  # how long a session that is over stays in the list, to note who came
MOST_AHEAD = timedelta(days=731)
_YEAR_IS_SAID_BEYOND = timedelta(days=183)


class Seat(StrEnum):
    """Where an enrolment stands."""

    ENROLLED = "inscrit"
    WAITING = "attente"
    CANCELLED = "annule"
    PRESENT = "present"
    ABSENT = "absent"
    EXTRA = "en-plus"  # came without a place kept

    @property
    def label(self) -> str:
        return {
            "inscrit": "place gardée",
            "attente": "en attente",
            "annule": "inscription annulée",
            "present": "a participé",
            "absent": "absence",
            "en-plus": "a participé",
        }[self]

    @property
    def holds_a_place(self) -> bool:
        return self in {Seat.ENROLLED, Seat.PRESENT, Seat.ABSENT}

    @property
    def came(self) -> bool:
        return self in {Seat.PRESENT, Seat.EXTRA}

    @property
    def is_noted(self) -> bool:
        """Whether it is known who came of it."""
        return self.came or self is Seat.ABSENT


class News(StrEnum):
    """What someone on the list of a session is still to be told."""

    PLACE = "place"
    CHANGED = "change"
    CANCELLED = "annule"


class WorkshopCancelled(Exception):
    """The session does not take place: nobody enrols in it, nor comes."""


class TooFewPlaces(Exception):
    """A session keeps as many places as people hold, `taken`."""

    def __init__(self, taken: int):
        super().__init__(taken)
        self.taken = taken


class WorkshopOver(Exception):
    """Nobody enrols in a session whose day has passed, nor gives up a place in it."""


class NotYetHeld(Exception):
    """Nobody came yet: the session has not begun."""


class OtherNews(Exception):
    """There is other news for this person than what was shown to whoever told them."""


class NobodyTicked(Exception):
    """Nobody of the list is ticked, and it was not said that nobody came."""


class AlreadyEnrolled(Exception):
    """The same person has a place in this session, or waits for one."""

    def __init__(self, seat: Seat):
        super().__init__(seat)
        self.seat = seat


class NoNumber(Exception):
    """Who waits leaves a number to be called at, or says they will come back."""


class AlreadyAttested(Exception):
    """So many papers say the name, the partners and the duration of the session."""

    def __init__(self, papers: int):
        super().__init__(papers)
        self.papers = papers


class DayPassed(Exception):
    """A session is not prepared for a day, or an hour, that has passed."""


class HourPassed(DayPassed):
    """The day is this one, and the hour has passed."""


class YearUnsaid(Exception):
    """A day so far ahead, in another year, that its year must be written."""


class TooFarAhead(Exception):
    """Beyond two years a year is more likely a slip of the finger."""


class AlreadyMarked(Exception):
    """Presence was noted: the enrolment can no longer be cancelled."""


def check_open(day: date, today: date) -> None:
    """Raises WorkshopOver once the day of the session has passed."""
    if day < today:
        raise WorkshopOver()


def check_takes_place(cancelled: bool, day: date, today: date) -> None:
    """Raises WorkshopCancelled, or WorkshopOver once the day of the session has passed."""
    if cancelled:
        raise WorkshopCancelled()
    check_open(day, today)


def check_held(day: date, minute: int, now: datetime) -> None:
    """Raises NotYetHeld before the session begins; `now` on the wall clock of the counter."""
    if not has_begun(day, minute, now):
        raise NotYetHeld()


def check_day(day: date, year_said: bool, today: date) -> None:
    """Whether a session may be prepared for this day. Raises DayPassed, YearUnsaid or TooFarAhead.

    Without its year, a day is the next one of that date: far ahead and in another year, it is more likely a day
    that has just passed.
    """
    if day < today:
        raise DayPassed()
    if not year_said and day.year > today.year and day - today > _YEAR_IS_SAID_BEYOND:
        raise YearUnsaid()
    if day - today > MOST_AHEAD:
        raise TooFarAhead()


def check_hour(day: date, minute: int, now: datetime) -> None:
    """Raises HourPassed for an hour of this very day that has passed; `now` on the wall clock of the counter."""
    if day == now.date() and has_begun(day, minute, now):
        raise HourPassed()


def is_same_person(one: dict, other: dict) -> bool:
    """The same first and last name, whatever the case and the accents, and the same telephone, or none for both."""
    names = ("first_name", "last_name")
    return one["phone"] == other["phone"] and all(plain(one[name]) == plain(other[name]) for name in names)


def seat_noted(seat: Seat, shown: Seat | None, ticked: bool) -> Seat:
    """Where someone at `seat` stands once presence is noted on a page that showed them at `shown`, None when they were
    not on it. What another page noted meanwhile stays, unless the box was changed on this one.

    Presence says who sat there: who waited and came is noted too, on the chair of someone absent or on one more, even
    beyond the number of places. They hold none, so that a box ticked by mistake puts them back on the waiting list, and
    nobody is absent from a session they had no place in.
    """
    left_as_it_was = ticked is (shown is not None and shown.came)
    if seat is Seat.CANCELLED or shown is None or (seat is not shown and left_as_it_was):
        return seat
    if seat.holds_a_place:
        return Seat.PRESENT if ticked else Seat.ABSENT
    return Seat.EXTRA if ticked else Seat.WAITING


def places_left(places: int, taken: int) -> int:
    """Never negative, even when places were taken away after people enrolled."""
    return max(0, places - taken)
