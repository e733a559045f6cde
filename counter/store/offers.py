"""Who is told that an earlier place is kept for them: once an offer, by every means they gave. Who gave none is called
from the home page."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from counter.formatting import day_long, hour, moment_long
from counter.message_words import Standing, offer_email, offer_sms
from counter.messages import Channel, Kind, Outgoing, Reminder, State, sending_time
from counter.models import Appointment, Message, Site, WaitingRequest
from counter.store.locks import lock_free_time
from counter.store.messages import facts_of, means_of, put
from counter.store.waiting import offered_time


def to_tell(session: Session, outgoing: Outgoing, now: datetime) -> list[WaitingRequest]:
    """The offers that stand, can be told and are not: the end of an offer says which one a message is about."""
    told = select(Message.id).where(
        Message.appointment_id == WaitingRequest.appointment_id,
        Message.kind == Kind.OFFER,
        Message.useless_at == WaitingRequest.offered_until,
        Message.state != State.ABANDONED,  # the number was corrected meanwhile
    )
    query = (
        select(WaitingRequest)
        .join(WaitingRequest.appointment)
        .where(WaitingRequest.offered_until > now, ~told.exists())
        .options(contains_eager(WaitingRequest.appointment).options(_SITE, joinedload(Appointment.motif)))
    )
    return [asked for asked in session.scalars(query) if _can_be_told(asked, outgoing, now)]


_SITE = joinedload(Appointment.site).joinedload(Site.caf)


def _can_be_told(asked: WaitingRequest, outgoing: Outgoing, now: datetime) -> bool:
    """Not a careful contact, nor whoever would hear of it when it is over: nobody is woken."""
    booked = asked.appointment
    if booked.careful or not means_of(booked.person, outgoing):
        return False
    return sending_time(Kind.OFFER, now, ZoneInfo(booked.site.timezone)) < asked.offered_until


def tell(session: Session, outgoing: Outgoing, now: datetime) -> int:
    """Queue what tells each of them. Returns how many people."""
    lock_free_time(session)  # of two processes, one
    asked = to_tell(session, outgoing, now)
    for request in asked:
        _tell(session, request, outgoing, now)
    session.flush()
    return len(asked)


def _tell(session: Session, request: WaitingRequest, outgoing: Outgoing, now: datetime) -> None:
    booked = request.appointment
    zone, (day, minute) = ZoneInfo(booked.site.timezone), offered_time(session, request)
    facts = replace(facts_of(booked, Kind.OFFER, outgoing), day=day_long(day), hour=hour(minute))
    until = moment_long(request.offered_until.astimezone(zone))
    standing = Standing(day_long(booked.day), hour(booked.minute), until)

    def words(channel: Channel) -> tuple[str, str]:
        return offer_email(facts, standing) if channel is Channel.EMAIL else ("", offer_sms(facts, standing))

    when = Reminder(_offers_told(session, booked.id), sending_time(Kind.OFFER, now, zone), request.offered_until)
    put(session, booked, Kind.OFFER, when, outgoing, words)


def _offers_told(session: Session, appointment_id: int) -> int:
    """How many offers it has heard of: each is another message."""
    of_it = Message.appointment_id == appointment_id, Message.kind == Kind.OFFER
    return session.scalar(select(func.count(Message.useless_at.distinct())).where(*of_it))
