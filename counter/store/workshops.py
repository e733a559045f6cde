"""Workshops: places guarded by a conditional update, a waiting list in order, presence."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from counter.models import Enrolment, Site, Workshop
from counter.store.appointments import Reach
from counter.store.locks import lock_act, lock_workshop
from counter.workshops import AlreadyMarked, Seat, check_open


def upcoming_workshops(session: Session, caf_id: int, today: date) -> list[Workshop]:
    """The sessions to come at the sites of a Caf, the next first."""
    query = select(Workshop).join(Workshop.site).where(Site.caf_id == caf_id, Workshop.day >= today)
    return list(session.scalars(query.options(joinedload(Workshop.site)).order_by(Workshop.day, Workshop.minute)))


def get_workshop(session: Session, workshop_id: int, caf_id: int) -> Workshop | None:
    query = select(Workshop).join(Workshop.site).where(Workshop.id == workshop_id, Site.caf_id == caf_id)
    return session.scalar(query.options(joinedload(Workshop.site), selectinload(Workshop.enrolments)))


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


def enrol(
    session: Session, workshop: Workshop, person: dict, key: str, now: datetime, today: date, agent_id: int | None
) -> Enrolment:
    """Take a place, or the next rank on the waiting list when there is none left.

    The same key twice is one enrolment. Raises WorkshopOver.
    """
    lock_act(session, key)
    lock_workshop(session, workshop.id)
    known = session.scalar(select(Enrolment).where(Enrolment.idempotency_key == key))
    if known is not None:
        return known
    check_open(workshop.day, today)
    seat = Seat.ENROLLED if _take_place(session, workshop.id) else Seat.WAITING
    enrolment = Enrolment(
        workshop_id=workshop.id, idempotency_key=key, person=person, seat=seat, enrolled_at=now, agent_id=agent_id
    )
    session.add(enrolment)
    session.flush()
    return enrolment


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


def cancel_enrolment(session: Session, enrolment: Enrolment) -> Enrolment | None:
    """Give the place back. The first who waits gets it: that enrolment is returned, to be called.

    A second cancellation changes nothing. Raises AlreadyMarked once presence was noted.
    """
    lock_workshop(session, enrolment.workshop_id)
    session.refresh(enrolment)
    seat = enrolment.seat_value
    if seat in {Seat.PRESENT, Seat.ABSENT}:
        raise AlreadyMarked()
    changed = session.execute(
        update(Enrolment)
        .where(Enrolment.id == enrolment.id, Enrolment.seat == seat, Enrolment.seat != Seat.CANCELLED)
        .values(seat=Seat.CANCELLED, to_call=False)
        .execution_options(synchronize_session=False)
    )
    session.refresh(enrolment)
    if not changed.rowcount or not seat.holds_a_place:
        return None
    return _promote(session, enrolment.workshop_id)


def _promote(session: Session, workshop_id: int) -> Enrolment | None:
    """The place that came free goes to the first who waits, else back to the session."""
    waiting = select(Enrolment).where(Enrolment.workshop_id == workshop_id, Enrolment.seat == Seat.WAITING)
    first = session.scalar(waiting.order_by(Enrolment.id).limit(1))
    if first is None:
        freed = update(Workshop).where(Workshop.id == workshop_id).values(taken=Workshop.taken - 1)
        session.execute(freed.execution_options(synchronize_session=False))
        return None
    first.seat, first.to_call = Seat.ENROLLED, True
    session.flush()
    return first


def mark_called(session: Session, enrolment: Enrolment) -> None:
    enrolment.to_call = False
    session.flush()


def mark_presence(session: Session, workshop: Workshop, present: set[int]) -> None:
    """Note who came, by enrolment id; the others who held a place are absent."""
    for enrolment in workshop.enrolments:
        if enrolment.seat_value.holds_a_place:
            enrolment.seat = Seat.PRESENT if enrolment.id in present else Seat.ABSENT
    session.flush()
