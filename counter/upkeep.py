"""What must be done once a day, by whoever comes first: prepare the free time of the coming days."""

from __future__ import annotations

from datetime import date, timedelta
from threading import Lock

from counter.store.openings import prepare_free_time, prepared_until
from counter.web import Services, local, services

_lock = Lock()


def prepare_days(on: Services, today: date) -> None:
    """Prepare the days that are missing up to the horizon of the settings."""
    days = on.settings.slot_days
    with on.main.reading() as session:
        until = prepared_until(session)
    if until is None or until < today + timedelta(days=days):
        with on.main.writing() as session:
            prepare_free_time(session, today, days)


def daily() -> None:
    """Before a request: the first one of a day prepares the days; the others only compare two dates."""
    on, today = services(), local().date()
    if on.prepared_on == today:
        return
    with _lock:
        if on.prepared_on != today:
            prepare_days(on, today)
            on.prepared_on = today
