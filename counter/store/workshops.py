"""Workshops: places guarded by a conditional update, a waiting list in order, presence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from counter.attestations import key_of_enrolment
from counter.models import Closure, Enrolment, Site, Workshop
from counter.slots import has_begun
from counter.store.appointments import Reach
from counter.store.attestations import find_by_keys
from counter.store.free_time import public_holidays
from counter.store.locks import lock_act, lock_workshop
from counter.workshops import (
    LISTED_AFTER,
    AlreadyAttested,
    AlreadyEnrolled,
    AlreadyMarked,
    News,
    NobodyTicked,
    NoNumber,
    OtherNews,
    Seat,
    TooFewPlaces,
    WorkshopCancelled,
    check_held,
    check_open,
    check_takes_place,
    is_same_person,
    seat_noted,
)


@dataclass(frozen=True)
class Cancelled:
    """What a cancellation did: the seat there was before, and who got the place, to be called."""

    before: Seat
    promoted: Enrolment | None = None


def upcoming_workshops(session: Session, caf_id: int, today: date) -> list[Workshop]:
    """The sessions to come at the sites of a Caf, the next first."""
    query = _workshops(caf_id).where(Workshop.day >= today).order_by(Workshop.day, Workshop.minute)
    return list(session.scalars(query))


def past_workshops(session: Session, caf_id: int, today: date) -> list[Workshop]:
    """The sessions held lately at the sites of a Caf, the last first."""
    query = _workshops(caf_id).where(Workshop.day < today, Workshop.day >= today - LISTED_AFTER)
    return list(session.scalars(query.order_by(Workshop.day.desc(), Workshop.minute.desc())))


def workshops_shut_by(session: Session, closure: Closure) -> list[Workshop]:
    """The sessions that would be held while the whole site is closed, the next first."""
    during = (Workshop.site_id == closure.site_id, Workshop.day.between(closure.first, closure.last))
    if closure.opening_id is not None:
        return []
    query = select(Workshop).where(*during, Workshop.cancelled_at.is_(None))
    return list(session.scalars(query.order_by(Workshop.day, Workshop.minute)))


def workshops_on_new_holidays(session: Session, site: Site, department: str, today: date) -> list[Workshop]:
    """The sessions from today on, the next first, of days that become public holidays of the site with that
    département."""
    query = select(Workshop).where(Workshop.site_id == site.id, Workshop.day >= today, Workshop.cancelled_at.is_(None))
    coming = list(session.scalars(query.order_by(Workshop.day, Workshop.minute)))
    last = max((held.day for held in coming), default=today)
    off = public_holidays(department, today, last) - public_holidays(site.department, today, last)
    return [held for held in coming if held.day in off]


def _workshops(caf_id: int) -> Select[tuple[Workshop]]:
    query = select(Workshop).join(Workshop.site).where(Site.caf_id == caf_id)
    return query.options(joinedload(Workshop.site))


def unmarked(session: Session, workshop_ids: list[int]) -> set[int]:
    """Those of these sessions where someone's presence is not noted yet."""
    query = select(Enrolment.workshop_id).join(Enrolment.workshop)
    query = query.where(Workshop.id.in_(workshop_ids), Workshop.cancelled_at.is_(None))
    return set(session.scalars(query.where(Enrolment.seat == Seat.ENROLLED).distinct()))


def people_to_tell(session: Session, workshop_ids: list[int]) -> dict[int, int]:
    """How many people are still to be told something, by session; those where nobody is are left out."""
    query = select(Enrolment.workshop_id, func.count()).group_by(Enrolment.workshop_id)
    query = query.where(Enrolment.workshop_id.in_(workshop_ids), Enrolment.to_tell != "")
    return dict(map(tuple, session.execute(query)))


def get_workshop(session: Session, workshop_id: int, caf_id: int) -> Workshop | None:
    query = _workshops(caf_id).where(Workshop.id == workshop_id)
    return session.scalar(query.options(selectinload(Workshop.enrolments)))


def create_workshop(session: Session, key: str, **values) -> Workshop:
    """The same key twice makes one session. `values` are the columns of Workshop."""
    lock_act(session, key)
    known = session.scalar(select(Workshop).where(Workshop.idempotency_key == key))
    if known is not None:
        return known
    workshop = Workshop(idempotency_key=key, **values)
    session.add(workshop)
    session.flush()
    return workshop


def change_workshop(session: Session, workshop: Workshop, local_now: datetime, **values) -> bool:
    """Change a session to come. With another day, hour or site everyone on the list is to be told, and of another
    duration or things to bring before it begins: their paper says both. Places added go to those who wait, in order.
    Returns whether there is someone to tell.

    Raises WorkshopOver, WorkshopCancelled, TooFewPlaces when more people hold a place, AlreadyMarked for another day,
    hour or site once presence was noted, or AlreadyAttested for another title, duration or partners once papers say it.
    """
    _lock(session, workshop)
    check_takes_place(workshop.is_cancelled, workshop.day, local_now.date())
    if values["places"] < workshop.taken:
        raise TooFewPlaces(workshop.taken)
    moved = any(getattr(workshop, name) != values[name] for name in ("day", "minute", "site_id"))
    if moved:
        _check_unmarked(session, workshop)
    if any(getattr(workshop, name) != values[name] for name in ("title", "partners", "duration")):
        _check_unattested(session, workshop)
    before = (workshop.duration, workshop.bring_list)
    for name, value in values.items():
        setattr(workshop, name, value)
    session.flush()
    begun = has_begun(workshop.day, workshop.minute, local_now)
    more = (workshop.duration, workshop.bring_list) != before
    is_news = moved or (more and not begun)
    told = _tell_all(session, workshop, News.CHANGED) if is_news else 0
    places = workshop.taken if begun else workshop.places  # nobody is called once it has begun
    while workshop.taken < places and (first := _first_waiting(session, workshop.id)) is not None:
        _give_place(first)
        workshop.taken, told = workshop.taken + 1, told + 1
        session.flush()
    return bool(told)


def cancel_workshop(session: Session, workshop: Workshop, now: datetime, today: date) -> bool:
    """The session does not take place; everyone on its list is to be told. Twice is once: False.

    Raises WorkshopOver, or AlreadyMarked once presence was noted.
    """
    _lock(session, workshop)
    if workshop.is_cancelled:
        return False
    check_open(workshop.day, today)
    _check_unmarked(session, workshop)
    workshop.cancelled_at = now
    _tell_all(session, workshop, News.CANCELLED)
    return True


def _check_unmarked(session: Session, workshop: Workshop) -> None:
    """Raises AlreadyMarked once presence was noted."""
    marked = select(Enrolment.id).where(
        Enrolment.workshop_id == workshop.id, Enrolment.seat.in_([seat for seat in Seat if seat.is_noted])
    )
    if session.scalar(marked.limit(1)) is not None:
        raise AlreadyMarked()


def _check_unattested(session: Session, workshop: Workshop) -> None:
    """Raises AlreadyAttested while someone has a good paper of it."""
    people = session.scalars(select(Enrolment.id).where(Enrolment.workshop_id == workshop.id))
    papers = find_by_keys(session, [key_of_enrolment(number) for number in people]).values()
    if good := sum(paper.revoked_at is None for paper in papers):
        raise AlreadyAttested(good)


def _lock(session: Session, workshop: Workshop) -> None:
    """Alone with it, as it is now."""
    lock_workshop(session, workshop.id)
    session.refresh(workshop)


def _tell_all(session: Session, workshop: Workshop, news: News) -> int:
    """How many people are to be told; who was not told yet of a place hears of it with the new date."""
    people = update(Enrolment).where(Enrolment.workshop_id == workshop.id, Enrolment.seat != Seat.CANCELLED)
    if news is News.CHANGED:
        people = people.where(Enrolment.to_tell != News.PLACE)
    return session.execute(people.values(to_tell=news).execution_options(synchronize_session="fetch")).rowcount


def enrol(
    session: Session,
    workshop: Workshop,
    person: dict,
    key: str,
    now: datetime,
    today: date,
    agent_id: int | None,
    returns: bool = False,
    came_at: datetime | None = None,
) -> Enrolment:
    """Take a place, or the next rank on the waiting list when there is none left: who waits leaves a number, unless
    they said they will come back (`returns`). Who comes to the door of a session that has begun, at `came_at` on the
    wall clock of its site, is noted as there, place or not: there is nothing left to wait for.

    The same key twice is one enrolment. Raises WorkshopOver, WorkshopCancelled, NotYetHeld, AlreadyEnrolled or
    NoNumber.
    """
    lock_act(session, key)
    _lock(session, workshop)
    known = session.scalar(select(Enrolment).where(Enrolment.idempotency_key == key))
    if known is not None:
        return known
    check_takes_place(workshop.is_cancelled, workshop.day, today)
    if came_at is not None:
        check_held(workshop.day, workshop.minute, came_at)
    _check_new(session, workshop.id, person)
    with_place, without = (Seat.ENROLLED, Seat.WAITING) if came_at is None else (Seat.PRESENT, Seat.EXTRA)
    seat = with_place if _take_place(session, workshop.id) else without
    if seat is Seat.WAITING and not (person["phone"] or returns):
        raise NoNumber()
    enrolment = Enrolment(
        workshop_id=workshop.id, idempotency_key=key, person=person, seat=seat, enrolled_at=now, agent_id=agent_id
    )
    session.add(enrolment)
    session.flush()
    return enrolment


def _check_new(session: Session, workshop_id: int, person: dict) -> None:
    """Raises AlreadyEnrolled when the same person holds a place, or waits for one."""
    there = select(Enrolment).where(Enrolment.workshop_id == workshop_id, Enrolment.seat != Seat.CANCELLED)
    for other in session.scalars(there):
        if is_same_person(person, other.person):
            raise AlreadyEnrolled(other.seat_value)


def _take_place(session: Session, workshop_id: int) -> bool:
    taken = session.execute(
        update(Workshop)
        .where(Workshop.id == workshop_id, Workshop.taken < Workshop.places)
        .values(taken=Workshop.taken + 1)
        .execution_options(synchronize_session=False)
    )
    return bool(taken.rowcount)


def get_enrolment(session: Session, enrolment_id: int, reach: Reach) -> Enrolment | None:
    """One in a workshop at a site within reach, or that the agent wrote down for another site of their Caf."""
    mine = or_(Workshop.site_id.in_(reach.site_ids), Enrolment.agent_id == reach.agent_id)
    query = select(Enrolment).join(Enrolment.workshop).join(Workshop.site)
    query = query.where(Enrolment.id == enrolment_id, Site.caf_id == reach.caf_id, mine)
    return session.scalar(query.options(joinedload(Enrolment.workshop).joinedload(Workshop.site)))


def cancel_enrolment(session: Session, enrolment: Enrolment, local_now: datetime) -> Cancelled:
    """Give the place back. The first who waits gets it, and is to be called, unless the session has begun.

    A second cancellation changes nothing. Raises AlreadyMarked once presence was noted, WorkshopOver once the day of
    the session has passed, WorkshopCancelled when it does not take place.
    """
    _lock(session, enrolment.workshop)
    session.refresh(enrolment)
    seat = enrolment.seat_value
    if seat.is_noted:
        raise AlreadyMarked()
    workshop = enrolment.workshop
    check_takes_place(workshop.is_cancelled, workshop.day, local_now.date())
    changed = session.execute(
        update(Enrolment)
        .where(Enrolment.id == enrolment.id, Enrolment.seat == seat, Enrolment.seat != Seat.CANCELLED)
        .values(seat=Seat.CANCELLED, to_tell="")
        .execution_options(synchronize_session=False)
    )
    session.refresh(enrolment)
    if not changed.rowcount or not seat.holds_a_place:
        return Cancelled(seat)
    begun = has_begun(workshop.day, workshop.minute, local_now)
    return Cancelled(seat, _promote(session, enrolment.workshop_id, begun))


def _promote(session: Session, workshop_id: int, begun: bool) -> Enrolment | None:
    """The place that came free goes to the first who waits, else back to the session."""
    first = None if begun else _first_waiting(session, workshop_id)
    if first is None:
        freed = update(Workshop).where(Workshop.id == workshop_id).values(taken=Workshop.taken - 1)
        session.execute(freed.execution_options(synchronize_session=False))
        return None
    _give_place(first)
    session.flush()
    return first


def is_awaited(session: Session, workshop_id: int) -> bool:
    """Whether someone waits for a place that comes free."""
    return _first_waiting(session, workshop_id) is not None


def _first_waiting(session: Session, workshop_id: int) -> Enrolment | None:
    waiting = select(Enrolment).where(Enrolment.workshop_id == workshop_id, Enrolment.seat == Seat.WAITING)
    return session.scalar(waiting.order_by(Enrolment.id).limit(1))


def _give_place(first: Enrolment) -> None:
    first.seat, first.to_tell = Seat.ENROLLED, News.PLACE


def mark_told(session: Session, enrolment: Enrolment, mark: str) -> None:
    """They were told what `mark` names (Enrolment.news_mark); twice is once. Raises OtherNews when it is no longer what
    they are to be told."""
    _lock(session, enrolment.workshop)
    session.refresh(enrolment)
    if enrolment.to_tell and enrolment.news_mark != mark:
        raise OtherNews()
    enrolment.to_tell = ""
    session.flush()


def mark_presence(
    session: Session,
    workshop: Workshop,
    present: set[int],
    shown: dict[int, Seat],
    local_now: datetime,
    nobody: bool = False,
) -> list[Enrolment]:
    """Note who came, by enrolment id; the others `shown` on the page, each at a seat, are absent, or wait as they did.
    Noted again, the last time counts. Returns those of whom something else is kept than the page said, because the list
    changed meanwhile.

    Raises NotYetHeld before the session begins, WorkshopCancelled, NobodyTicked when none of them came and
    `nobody` was not said.
    """
    _lock(session, workshop)
    if workshop.is_cancelled:
        raise WorkshopCancelled()
    check_held(workshop.day, workshop.minute, local_now)
    everyone = _everyone_now(session, workshop.id)
    if not nobody and not any(item.id in present and item.seat_value is not Seat.CANCELLED for item in everyone):
        raise NobodyTicked()
    others = []
    for enrolment in everyone:
        ticked = enrolment.id in present
        enrolment.seat = seat = seat_noted(enrolment.seat_value, shown.get(enrolment.id), ticked)
        enrolment.to_tell = ""  # too late to call, whoever only waits too
        on_page = ticked or enrolment.id in shown
        if seat is Seat.ENROLLED or (on_page and seat.came is not ticked):
            others.append(enrolment)
    session.flush()
    return others


def _everyone_now(session: Session, workshop_id: int) -> list[Enrolment]:
    """As they are now: those of a page were read before the lock."""
    query = select(Enrolment).where(Enrolment.workshop_id == workshop_id).order_by(Enrolment.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))
