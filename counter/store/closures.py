"""Closures of a site: the appointments they would move, the free time they take away and give back."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter.models import Appointment, Closure
from counter.store.openings import coming_appointments, list_openings, settle_opening


def list_closures(session: Session, site_id: int, since: date) -> list[Closure]:
    """Those not over yet on that day."""
    return list(
        session.scalars(
            select(Closure).where(Closure.site_id == site_id, Closure.last >= since).order_by(Closure.first, Closure.id)
        )
    )


def get_closure(session: Session, closure_id: int) -> Closure | None:
    return session.get(Closure, closure_id)


def same_closure(session: Session, closure: Closure) -> Closure | None:
    """One that is already there with the same days: a form sent twice."""
    return session.scalar(
        select(Closure)
        .where(Closure.site_id == closure.site_id, Closure.first == closure.first, Closure.last == closure.last)
        .limit(1)
    )


def stranded_by_closure(
    session: Session, site_id: int, first: date, last: date, local_now: datetime
) -> list[Appointment]:
    """The appointments to move if the site closed on these days, in the order of time."""
    found = [
        item
        for opening in list_openings(session, site_id)
        for item in coming_appointments(session, opening, local_now)
        if first <= item.day <= last
    ]
    return sorted(found, key=lambda item: (item.day, item.minute, item.id))


def close_site(session: Session, closure: Closure, local_now: datetime) -> None:
    """Close: no free time is left on these days; the appointments stay, marked to move."""
    session.add(closure)
    session.flush()
    settle_site(session, closure.site_id, local_now)


def lift_closure(session: Session, closure: Closure, local_now: datetime) -> None:
    """Give the time of a closure back, from today on; the appointments that stayed keep theirs."""
    session.delete(closure)
    session.flush()
    settle_site(session, closure.site_id, local_now)


def settle_site(session: Session, site_id: int, local_now: datetime) -> None:
    """Make the free time of all its openings what the openings, the closures and the public holidays say."""
    for opening in list_openings(session, site_id):
        settle_opening(session, opening, local_now)
