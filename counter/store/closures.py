"""Closures of a site or of one opening: the appointments they would move, the free time they take and give back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from counter.appointments import Status
from counter.models import Appointment, Closure, Site
from counter.store.free_time import named_holidays, public_holidays
from counter.store.locks import lock_free_time
from counter.store.openings import list_openings, settle_opening, would_move


def list_closures(session: Session, site_id: int, since: date) -> list[Closure]:
    """Those not over yet on that day."""
    query = select(Closure).where(Closure.site_id == site_id, Closure.last >= since)
    return list(session.scalars(query.options(joinedload(Closure.opening)).order_by(Closure.first, Closure.id)))


class Shut(NamedTuple):
    """Why a whole site is shut on a day: the public holiday's name, or else (`holiday` "") the reason of its closure,
    "" when none was written."""

    holiday: str
    reason: str


def shut_days(session: Session, site: Site, first: date, last: date) -> dict[date, Shut]:
    """The days between two, both included, on which the whole site is shut."""
    shut = {}
    for closure in list_closures(session, site.id, first):
        if closure.opening_id is None:
            begin, days = max(first, closure.first), (min(last, closure.last) - max(first, closure.first)).days
            shut |= {begin + timedelta(days=n): Shut("", closure.reason) for n in range(days + 1)}
    return shut | {day: Shut(name, "") for day, name in named_holidays(site.department, first, last).items()}


def get_closure(session: Session, site_id: int, closure_id: int) -> Closure | None:
    return session.scalar(select(Closure).where(Closure.id == closure_id, Closure.site_id == site_id))


def same_closure(session: Session, closure: Closure) -> Closure | None:
    """One that is already there with the same days: a form sent twice, or another reason. Nobody closes meanwhile."""
    lock_free_time(session)
    same = (Closure.site_id == closure.site_id, Closure.opening_id.is_not_distinct_from(closure.opening_id))
    same += (Closure.first == closure.first, Closure.last == closure.last)
    return session.scalar(select(Closure).where(*same).limit(1))


def stranded_by_closure(session: Session, closure: Closure, local_now: datetime) -> list[Appointment]:
    """The appointments to move if it came to be, in the order of time."""
    lock_free_time(session)
    return would_move(session, list_openings(session, closure.site_id), local_now, closure.shuts)


def already_there(session: Session, closure: Closure, today: date) -> int:
    """How many people of a day it closes have said that they are there, and still wait."""
    waiting = select(Appointment).where(
        Appointment.site_id == closure.site_id,
        Appointment.day == today,
        Appointment.status.in_([Status.ARRIVED, Status.CALLED]),
    )
    shut = {item.id for item in list_openings(session, closure.site_id) if closure.shuts(item, today)}
    return sum(item.opening_id in shut for item in session.scalars(waiting))


def stranded_by_department(session: Session, site_id: int, department: str, local_now: datetime) -> list[Appointment]:
    """The appointments to move if the public holidays of the site became those of that département."""
    lock_free_time(session)
    today = local_now.date()
    off = public_holidays(department, today, today + timedelta(days=2 * 366))
    return would_move(session, list_openings(session, site_id), local_now, lambda _, day: day in off)


def close_days(session: Session, closure: Closure, local_now: datetime) -> None:
    """Close: no free time is left on these days; the appointments stay, marked to move."""
    lock_free_time(session)
    session.add(closure)
    session.flush()
    settle_site(session, closure.site_id, local_now)


def lift_closure(session: Session, closure: Closure, local_now: datetime) -> None:
    """Give the time of a closure back, from today on; the appointments that stayed keep theirs."""
    lock_free_time(session)
    session.delete(closure)
    session.flush()
    settle_site(session, closure.site_id, local_now)


def settle_site(session: Session, site_id: int, local_now: datetime) -> None:
    """Make the free time of all its openings what the openings, the closures and the public holidays say.
    Nobody adds one meanwhile."""
    lock_free_time(session)
    for opening in list_openings(session, site_id):
        settle_opening(session, opening, local_now)
