"""What must be done without anyone asking: once a day prepare the free time of the coming days and remove what is past
its term and close the accounts nobody uses; each minute see to those who wait for an earlier place, send the messages
that are due and forget the visits that were left at kiosks."""

from __future__ import annotations

import gc
import logging
import os
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from threading import Lock

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from counter.config import Settings
from counter.control import Thresholds
from counter.db import Database, old_copies
from counter.formatting import date_long
from counter.message_words import closing_words
from counter.messages import CLOSING, Channel
from counter.models import Agent
from counter.retention import Data, kept
from counter.sending import Post, means_configured, offers_round, post_of, send_due
from counter.store import control, retention
from counter.store.dossiers import count_expired, purge_copies
from counter.store.free_time import days_missing, prepare_free_time, prepare_horizons
from counter.store.messages import queue_to_agent
from counter.store.settings import is_demonstration
from counter.web import Services, local, now, services

EVERY_SECONDS = 60
FORKS_WITHIN = 2  # seconds
log = logging.getLogger("counter")
_lock = Lock()


def spare_the_collector() -> None:
    """Leave what the application is made of out of Python's garbage collections: each would walk through all of it
    while a person waits (100 ms on a modest machine). Call it once, when the application is put together."""
    gc.collect()
    gc.freeze()


def prepare_days(on: Services, today: date) -> None:
    """Prepare the days that are missing, as far as the settings and the horizons of the motifs say."""
    days = on.settings.slot_days
    with on.main.reading() as session:
        missing = days_missing(session, today, days)
    if missing:
        with on.main.writing() as session:
            prepare_free_time(session, today, days)
            prepare_horizons(session, today)


def past_term(main: Database, cache: Database, settings: Settings, today: date, now: datetime) -> dict[Data, int]:
    """How many of each class the purge would remove now."""
    with main.reading() as session:
        found = retention.would_go(session, today)
    with cache.reading() as session:
        found[Data.SESSIONS] = retention.count_sessions(session, now, settings.session_hours)
        found[Data.DOSSIERS] = count_expired(session, now)
        found[Data.KIOSK_VISITS] = retention.count_visits_at_kiosks(session, now)
    found[Data.COPIES] = len(old_copies(settings.instance, kept(Data.COPIES).limit(today)))
    return {data: number for data, number in found.items() if number}


def purge(main: Database, cache: Database, settings: Settings, today: date, now: datetime) -> dict[Data, int]:
    """Remove all that is past its term, in the databases and among the files; how many of each class went."""
    if not past_term(main, cache, settings, today, now):
        return {}
    copies = old_copies(settings.instance, kept(Data.COPIES).limit(today))
    for copy in copies:
        copy.unlink(missing_ok=True)
    with main.writing() as session:
        gone = retention.purge(session, today, now)
        if copies:
            retention.record_purge(session, Data.COPIES, len(copies), now)
    with cache.writing() as session:
        sessions = retention.purge_sessions(session, now, settings.session_hours)
        dossiers = purge_copies(session, now)
        visits = retention.purge_visits_at_kiosks(session, now)
    for database in (main, cache):
        database.forget()
    others = (
        (Data.SESSIONS, sessions),
        (Data.DOSSIERS, dossiers),
        (Data.KIOSK_VISITS, visits),
        (Data.COPIES, len(copies)),
    )
    return gone | {data: number for data, number in others if number}


def thresholds(settings: Settings) -> Thresholds:
    """Those of the control plan."""
    return Thresholds(
        settings.control_opens,
        settings.control_closes,
        settings.control_machines,
        settings.control_minutes,
        settings.control_refused,
        settings.inactive_months,
        settings.inactive_notice_days,
        settings.control_never_days,
        settings.control_paper_days,
        settings.control_groups,
        settings.control_rotations,
        settings.control_rotation_days,
    )


def watch_accounts(main: Database, settings: Settings, now: datetime) -> tuple[int, int]:
    """Announce the closing of accounts nobody uses, also by e-mail to their agents; close those announced long enough
    ago: how many of each."""
    with main.reading() as session:
        if not any(control.to_announce_or_close(session, thresholds(settings), now)):
            return 0, 0
    with main.writing() as session:
        mails = Channel.EMAIL in means_configured(settings) and not is_demonstration(session)

        def warn(agent: Agent, closing: date) -> None:
            if mails and agent.email:
                last = date_long(agent.signed_in_at.date()) if agent.signed_in_at else ""
                words = closing_words(settings.structure_name, agent.identifier, last, date_long(closing))
                until = datetime.combine(closing, datetime.min.time(), UTC)
                queue_to_agent(session, CLOSING, agent.email, *words, now, until)

        return control.announce_and_close(session, thresholds(settings), now, warn)


def _prepared(on: Services, today: date) -> bool:
    """Whether this day, or a later one (it is tomorrow already overseas), was begun."""
    return on.prepared_on is not None and on.prepared_on >= today


def daily() -> None:
    """Before a request: the first one of a day prepares the days; the others only compare two dates."""
    on, today = services(), local().date()
    if _prepared(on, today):
        return
    with _lock:
        if not _prepared(on, today):
            prepare_days(on, today)
            purge(on.main, on.cache, on.settings, today, now())
            watch_accounts(on.main, on.settings, now())
            on.prepared_on = today


# ── visitors before kiosks ──────────────────────────────────────────────────────────────────────


def forget_left_visits(on: Services) -> int:
    """Visits that ended without a word, at kiosks where nobody came since; how many."""
    with on.cache.reading() as cache:
        if not retention.count_visits_at_kiosks(cache, on.clock()):
            return 0
    with on.cache.writing() as cache:
        gone = retention.purge_visits_at_kiosks(cache, on.clock())
    on.cache.forget()
    return gone


# ── each minute ─────────────────────────────────────────────────────────────────────────────────


def start(app: Flask) -> None:
    """Each minute from now on, in this process, whoever is there: look whether the line is up, keep the promises made
    to those who wait for an earlier place, send what is due, forget the visits left at kiosks. Several processes may
    do it at once: a message is claimed by one of them."""
    on = app.extensions["counter"]
    on.line.start()
    post = post_of(app)
    _each_minute("offers", lambda: offers_round(post))
    _start_sending(on, post)
    _each_minute("kiosks", lambda: forget_left_visits(on))


def _start_sending(on: Services, post: Post) -> None:
    """Nothing in a demonstration, or with nothing to send by."""
    if not on.demonstration and means_configured(on.settings):
        _each_minute("messages", lambda: send_due(post))


def start_where_it_serves(app: Flask) -> None:
    """`start` in each process that answers, a moment after it was made. One that forks before that does nothing itself
    (`gunicorn --preload` puts the application together once, then makes its workers): no thread lives on in a process
    that is forked, and no connection is to be shared. Each of those it makes begins anew."""
    forked, on = threading.Event(), app.extensions["counter"]

    def close() -> None:
        on.main.close()
        on.cache.close()

    if hasattr(os, "register_at_fork"):
        again = partial(_start_unless, threading.Event(), app)
        os.register_at_fork(before=close, after_in_parent=forked.set, after_in_child=again)
    _start_unless(forked, app)


def _start_unless(forked: threading.Event, app: Flask) -> None:
    def decide() -> None:
        if not forked.wait(FORKS_WITHIN):
            start(app)

    threading.Thread(target=decide, daemon=True, name="upkeep").start()


def _each_minute(name: str, work: Callable[[], object]) -> None:
    threading.Thread(target=_for_ever, args=(name, work), daemon=True, name=name).start()


def _for_ever(name: str, work: Callable[[], object]) -> None:
    pause = threading.Event()
    while True:
        try:
            work()
        except SQLAlchemyError as error:
            log.warning("%s: the database does not answer (%s)", name, type(error).__name__)
        except Exception as error:  # a thread that died would do nothing any more, and nobody would know
            log.error("%s: %s", name, type(error).__name__)
        pause.wait(EVERY_SECONDS)
