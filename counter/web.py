"""What every view shares: the services of the application, the clock, the reading session, the agent."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Lock
from zoneinfo import ZoneInfo

from flask import abort, current_app, g, render_template, request
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.routing import IntegerConverter

from counter.config import Settings
from counter.db import Database
from counter.journal import Act, Subject
from counter.keys import Keys
from counter.models import Agent, Appointment, Kiosk, Site, Workshop
from counter.outside.api_particulier import LastCall
from counter.outside.line import LineWatch
from counter.store.appointments import Reach
from counter.store.journal import record
from counter.store.places import list_sites
from counter.store.search import Index
from counter.store.slots import local_now
from counter.store.visits import open_visit
from counter.throttle import Throttle
from counter.tutorials.loader import Catalogue
from counter.tutorials.vocabulary import Vocabulary
from counter.visits import InProgress

DEFAULT_ZONE = "Europe/Paris"
log = logging.getLogger("counter")


class Streams:
    """How many answers are held open at a time in this process: each keeps a thread of the server for itself."""

    def __init__(self):
        self._lock, self._held = Lock(), 0

    def take(self, most: int) -> bool:
        """Whether one more may be held, `most` in all; whoever takes gives back."""
        with self._lock:
            if self._held >= most:
                return False
            self._held += 1
            return True

    def give_back(self) -> None:
        with self._lock:
            self._held -= 1


@dataclass
class Services:
    """What `create_app` puts together once; `clock` gives an aware UTC moment; `search` is there from the first
    question on (None again: it is made anew, from the catalogue as it is then)."""

    settings: Settings
    keys: Keys
    main: Database
    cache: Database
    catalogue: Catalogue
    vocabulary: Vocabulary
    throttle: Throttle
    line: LineWatch
    clock: Callable[[], datetime]
    demonstration: bool
    prepared_on: date | None = None
    search: Index | None = None
    quotient_call: LastCall = field(default_factory=LastCall)
    streams: Streams = field(default_factory=Streams)


def services() -> Services:
    return current_app.extensions["counter"]


def now() -> datetime:
    """The moment of this request: the same for all that is done in it."""
    if "now" not in g:
        g.now = services().clock()
    return g.now


def zone() -> ZoneInfo:
    """The zone of the agent's or the kiosk's site, or of the place where someone with their code has an appointment;
    Paris for everyone else."""
    if g.get("kiosk"):
        return ZoneInfo(g.kiosk.site.timezone)
    if g.get("site_of_mine"):
        return ZoneInfo(g.site_of_mine.timezone)
    site = current_user.site if current_user and current_user.is_authenticated else None
    return ZoneInfo(site.timezone if site else DEFAULT_ZONE)


def local_day(site: Site | None) -> date:
    """Which day it is at a site, before anyone is known to be signed in."""
    return now().astimezone(ZoneInfo(site.timezone if site else DEFAULT_ZONE)).date()


def local(moment: datetime | None = None) -> datetime:
    """A moment (by default this one) on the wall clock of the counter."""
    return (moment or now()).astimezone(zone())


def local_at(site: Site) -> datetime:
    """This moment on the wall clock of a site, without zone, as the grids count."""
    return local_now(now(), site)


def reading() -> Session:
    """The reading session of this request."""
    if "reading" not in g:
        g.reading_context = services().main.reading()
        g.reading = g.reading_context.__enter__()
    return g.reading


@contextmanager
def writing(lasting: bool = True) -> Iterator[Session]:
    """A transaction that commits at the end of its `with` block; what is read afterwards sees it. `lasting` as
    Database.writing has it."""
    try:
        with services().main.writing(lasting) as session:
            yield session
    finally:
        g.pop("visit", None)
        if "reading" in g:
            g.reading.rollback()  # the reading snapshot is older than what was just written


def note(main: Session, act: Act, subject: Subject, subject_id: int | str | None = None, detail: str = "") -> None:
    """Say in the journal what this transaction does, by the agent of this request; what people do themselves with
    their code is said without their address."""
    if current_user and current_user.is_authenticated:
        record(main, act, agent().id, subject, subject_id, request.remote_addr or "", now(), detail)
    else:
        record(main, act, None, subject, subject_id, "", now(), detail)


def seen(subject: Subject, subject_id: int | str | None = None, detail: str = "") -> None:
    """This page shows someone's data: it goes into the journal once the page is made, if it is shown (traces.py)."""
    g.setdefault("seen", {})[subject, subject_id, detail] = True


def close_reading(_error=None) -> None:
    context = g.pop("reading_context", None)
    if context is not None:
        session = g.pop("reading")
        try:
            context.__exit__(None, None, None)
        except SQLAlchemyError as error:  # nothing was to be kept, and the page is made
            log.warning("the reading session did not close (%s)", type(error).__name__)
            session.invalidate()


def agent() -> Agent:
    """The agent signed in (a view that allows an agent only)."""
    return current_user._get_current_object().row


def visit_in_progress() -> InProgress | None:
    """The open visit of the agent, read once for a request; again after something was written."""
    if "visit" not in g:
        g.visit = open_visit(reading(), agent().id, now())
    return g.visit


def kiosk() -> Kiosk:
    """The kiosk of this request (a view that allows a kiosk only)."""
    return g.kiosk


def caf_id() -> int:
    """The Caf of the agent's site; 422 with a sentence for an agent without site."""
    site = agent().site
    if site is None:
        abort(422, "Votre compte n'est rattaché à aucun site. Demandez à votre administrateur d'en choisir un.")
    return site.caf_id


def reach() -> Reach:
    """Whose appointments the agent may read: those of the sites of the group they work for, and of their own site."""
    return Reach(caf_id(), current_user.rights.site_ids | {agent().site_id}, agent().id)


def is_served(site: Site) -> bool:
    """Whether the agent serves the people of this site."""
    return site.id in reach().site_ids


def served_sites() -> list[Site]:
    """The sites within reach, by name."""
    mine = reach()
    return [site for site in list_sites(reading(), mine.caf_id) if site.id in mine.site_ids]


def whole(typed: str | None) -> int | None:
    """The whole number someone sent, of 9 figures at most so that any database takes it; None for anything else."""
    return int(typed) if typed and typed.isascii() and typed.isdecimal() and len(typed) < 10 else None


class RowNumber(IntegerConverter):
    """`<int:…>` in an address: what no row can have is not found, on any database."""

    def __init__(self, url_map, **options):
        super().__init__(url_map, **{"max": 2**31 - 1} | options)


def found(thing):
    """The thing, or the 404 page."""
    return thing if thing is not None else abort(404)


def render_form(template: str, form, **context):
    """A page with a form: 422 when it was sent back with errors, so that tests and tools see it."""
    return render_template(template, form=form, **context), 422 if form.errors else 200


def render_moving(
    template: str, form, stranded: list[Appointment], site: Site | None, sessions: Sequence[Workshop] = (), **context
):
    """The form of an act that would move appointments or fall on workshops, with those not seen yet when there are
    some: 409, nothing is done. Whoever showed them said so in the journal (`note_to_move`)."""
    moving = {"stranded": stranded, "sessions": sessions, "served": site is not None and receives_at(site)}
    page, status = render_form(template, form, site=site, **moving, **context)
    return page, 409 if stranded or sessions else status


TO_MOVE = "a-deplacer"  # in the journal, of a list of the agenda


def note_to_move(main: Session, stranded: list[Appointment], site: Site) -> None:
    """Say in the journal that the names of those to move are shown: to whoever receives there, nobody else reads
    them."""
    if stranded and receives_at(site):
        note(main, Act.READ, Subject.AGENDA, site.id, TO_MOVE)


def receives_at(site: Site) -> bool:
    """As `is_served`, also for an administrator of no site."""
    return agent().site is not None and is_served(site)
