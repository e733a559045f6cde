"""The waiting list: a time that is given back is kept for the first person it suits, until they are asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from counter.appointments import Status
from counter.models import Appointment, Hold, MotifMode, Opening, OpeningMotif, WaitingRequest
from counter.slots import FreedTime, Refusal, SlotTaken, parse_slot_key
from counter.store.appointments import lock, move
from counter.store.holds import Held, hold_slot, release_hold
from counter.store.locks import lock_free_time
from counter.store.slots import count_for

OFFER_HOURS = 24


def request_of(session: Session, appointment_id: int) -> WaitingRequest | None:
    return session.scalar(select(WaitingRequest).where(WaitingRequest.appointment_id == appointment_id))


def ask(session: Session, appointment: Appointment, earliest: date | None, now: datetime) -> WaitingRequest | None:
    """Put it on the list, not before the day `earliest`; asked again, it keeps its place in the order. None when it is
    not on the list: cancelled, or the person came, while this was asked."""
    lock(session, appointment)
    if appointment.status != Status.BOOKED:
        return None
    request = request_of(session, appointment.id)
    if request is None:
        request = WaitingRequest(appointment_id=appointment.id, since=now)
        session.add(request)
    request.earliest = earliest
    session.flush()
    return request


def withdraw(session: Session, appointment_id: int, now: datetime) -> None:
    """Take it off the list; what was kept for it goes to the next person."""
    lock_free_time(session)
    request = request_of(session, appointment_id)
    if request is not None:
        kept = _take_back(session, request)
        session.delete(request)
        session.flush()
        _pass_on(session, kept, now)


def after_change(session: Session, appointment_id: int, freed: FreedTime | None, now: datetime) -> None:
    """After a change or a cancellation: its time is offered. It waits no more, unless only its motif is another."""
    if freed is None:
        return
    lock_free_time(session)
    request = request_of(session, appointment_id)
    if request is None or not _is_at_its_hour(session, request.appointment, freed):
        withdraw(session, appointment_id, now)
    elif request.hold_token:  # made for the motif it had
        _pass_on(session, _take_back(session, request), now)
    offer(session, freed, now)


def _is_at_its_hour(session: Session, appointment: Appointment, left: FreedTime) -> bool:
    """Whether it is still to come at the day and hour that it left, in the same mode."""
    opening = session.get_one(Opening, left.opening_id)
    was = left.day, opening.grid.minute(left.index), opening.mode
    return appointment.status == Status.BOOKED and (appointment.day, appointment.minute, appointment.mode) == was


def offer(session: Session, freed: FreedTime, now: datetime) -> WaitingRequest | None:
    """Keep the freed time for the first person it suits who did not let it pass; None when there is nobody."""
    opening = session.get_one(Opening, freed.opening_id)
    for request in _suited(session, opening, freed):
        hold = _hold_for(session, request, opening, freed, now)
        if hold is not None:
            request.hold_token, request.offered_until = hold.token, hold.expires_at
            request.offered_slot = f"{opening.id}.{hold.day.isoformat()}.{hold.index}"
            session.flush()
            return request
    return None


def _suited(session: Session, opening: Opening, freed: FreedTime) -> list[WaitingRequest]:
    """Those who wait for such a time and have no offer, in order."""
    minute = opening.grid.minute(freed.index)
    query = (
        select(WaitingRequest)
        .join(WaitingRequest.appointment)
        .join(OpeningMotif, OpeningMotif.motif_id == Appointment.motif_id)
        .join(MotifMode, (MotifMode.motif_id == Appointment.motif_id) & (MotifMode.mode == Appointment.mode))
        .options(contains_eager(WaitingRequest.appointment).joinedload(Appointment.motif))
        .where(
            OpeningMotif.opening_id == opening.id,
            Appointment.status == Status.BOOKED,
            Appointment.site_id == opening.site_id,
            Appointment.mode == opening.mode,
            Appointment.day >= freed.day,
            WaitingRequest.hold_token.is_(None),
        )
        .order_by(WaitingRequest.since, WaitingRequest.id)
    )
    return [
        request
        for request in session.scalars(query)
        if (request.appointment.day, request.appointment.minute) > (freed.day, minute)
        and (request.earliest is None or request.earliest <= freed.day)
    ]


def _hold_for(
    session: Session, request: WaitingRequest, opening: Opening, freed: FreedTime, now: datetime
) -> Held | None:
    motif, booked = request.appointment.motif, request.appointment
    count = count_for(opening, motif)
    for index in freed.starts_for(count):
        if (freed.day, opening.grid.minute(index)) >= (booked.day, booked.minute):
            continue
        if request.has_let_pass(FreedTime(opening.id, freed.day, index, count)):
            continue
        minutes = _minutes_to_answer(opening, freed.day, index, motif.notice, now)
        try:
            return hold_slot(session, motif, f"{opening.id}.{freed.day.isoformat()}.{index}", now, minutes)
        except Refusal:
            continue
    return None


def _minutes_to_answer(opening: Opening, day: date, index: int, notice: int, now: datetime) -> int:
    """A day, or less when the slot could not be booked any more by then."""
    until = datetime.combine(day, datetime.min.time()) + timedelta(minutes=opening.grid.minute(index) - notice)
    # Between moments, not between wall clocks: the night of a change of hour is an hour shorter, or longer.
    left = until.replace(tzinfo=ZoneInfo(opening.site.timezone)).astimezone(UTC) - now
    return max(1, min(OFFER_HOURS * 60, int(left.total_seconds() // 60)))


def list_offers(session: Session, site_id: int, now: datetime, agent_id: int | None = None) -> list[WaitingRequest]:
    """The people to call because a place is kept for them: those of a site, and those whose appointment that agent
    took elsewhere."""
    # The few that are offered lead: the appointments of an agent are found by no index.
    offered = session.scalars(select(WaitingRequest.appointment_id).where(WaitingRequest.offered_until > now)).all()
    if not offered:
        return []
    query = (
        select(WaitingRequest)
        .join(WaitingRequest.appointment)
        .options(contains_eager(WaitingRequest.appointment).joinedload(Appointment.motif))
        .where(Appointment.id.in_(offered), Appointment.status == Status.BOOKED)
        .order_by(WaitingRequest.offered_until)
    )
    theirs = {agent_id} if agent_id is not None else set()
    return [
        asked
        for asked in session.scalars(query)
        if asked.appointment.site_id == site_id or asked.appointment.agent_id in theirs
    ]


def is_offered(request: WaitingRequest | None, now: datetime) -> bool:
    """Whether a place is kept for that person now."""
    return request is not None and request.offered_until is not None and request.offered_until > now


def offered_time(session: Session, request: WaitingRequest) -> tuple[date, int]:
    """Day and minute of the place that is kept."""
    opening_id, day, index = parse_slot_key(request.offered_slot)
    return day, session.get_one(Opening, opening_id).grid.minute(index)


def accept(session: Session, appointment_id: int, slot: str, key: str, now: datetime, agent_id: int | None) -> bool:
    """Move the appointment to the place that is kept, the one that the person was asked about. Returns whether it
    moved: not when that place is no longer kept for them. Raises the refusals of `move`."""
    request = _offered(session, appointment_id, slot)
    if request is None:
        return False
    if late := not is_offered(request, now):
        pass_on_lapsed(session, now)
    try:
        freed = move(session, request.appointment, slot, key, now, agent_id, hold_token=request.hold_token)
    except SlotTaken:
        if late:  # it went to the next, or to anyone
            return False
        raise
    request.hold_token = request.offered_slot = request.offered_until = None
    after_change(session, appointment_id, freed, now)
    return freed is not None


def refuse(session: Session, appointment_id: int, slot: str, now: datetime) -> bool:
    """Not this one: the person goes on waiting, the first in order who was not asked about it yet is offered it.
    Returns whether it was still theirs to refuse."""
    request = _offered(session, appointment_id, slot)
    if request is not None:
        _pass_on(session, _let_pass(session, request), now)
    return request is not None


def _offered(session: Session, appointment_id: int, slot: str) -> WaitingRequest | None:
    """The request for which that place is kept, read once nobody else can change it."""
    lock_free_time(session)
    there = select(WaitingRequest).where(WaitingRequest.appointment_id == appointment_id)
    there = there.where(WaitingRequest.offered_slot == slot)
    return session.scalar(there.execution_options(populate_existing=True))


def _let_pass(session: Session, request: WaitingRequest) -> FreedTime | None:
    """What was kept for it, given back; it is not asked about it again."""
    kept = _take_back(session, request)
    if kept is not None:
        request.let_pass = f"{request.let_pass} {kept.key}".strip()
    session.flush()
    return kept


def _take_back(session: Session, request: WaitingRequest) -> FreedTime | None:
    """What was kept for it, given back."""
    token, kept = request.hold_token, _kept_time(session, request)
    request.hold_token = request.offered_slot = request.offered_until = None
    session.flush()
    if token:
        release_hold(session, token)
    return kept


def has_lapsed(session: Session, now: datetime) -> bool:
    """Whether an offer ran out without an answer."""
    return session.scalar(select(WaitingRequest.id).where(WaitingRequest.offered_until <= now).limit(1)) is not None


def pass_on_lapsed(session: Session, now: datetime) -> None:
    """Offers without an answer go on, each to the first in order who was not asked about it yet: who let one pass may
    be offered another. Nobody is offered anything else meanwhile."""
    lock_free_time(session)
    lapsed = session.scalars(
        select(WaitingRequest)
        .where(WaitingRequest.offered_until <= now)
        .options(joinedload(WaitingRequest.appointment))
        .order_by(WaitingRequest.since, WaitingRequest.id)
    ).all()
    for kept in [_let_pass(session, request) for request in lapsed]:
        _pass_on(session, kept, now)


def _pass_on(session: Session, kept: FreedTime | None, now: datetime) -> None:
    if kept is not None:
        offer(session, kept, now)


def _kept_time(session: Session, request: WaitingRequest) -> FreedTime | None:
    """What was kept for it; None when nothing was, or the motif is no longer received in that mode."""
    if not request.offered_slot:
        return None
    opening_id, day, index = parse_slot_key(request.offered_slot)
    hold = session.get(Hold, request.hold_token)
    if hold is not None:
        return FreedTime(opening_id, day, index, hold.count)
    opening, motif = session.get_one(Opening, opening_id), request.appointment.motif
    received = motif.duration(opening.mode) is not None
    return FreedTime(opening_id, day, index, count_for(opening, motif)) if received else None
