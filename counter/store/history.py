"""The history of an appointment: its lines, what they tell, and whether an act was already done."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from counter.appointments import EventKind
from counter.models import Appointment, AppointmentEvent, Motif, Opening, Site
from counter.slots import Mode


def act_done(session: Session, key: str) -> bool:
    """Whether the act of this idempotency key was already done."""
    return session.scalar(select(AppointmentEvent.id).where(AppointmentEvent.idempotency_key == key)) is not None


def record(
    session: Session,
    appointment: Appointment,
    kind: EventKind,
    detail: str,
    key: str | None,
    now: datetime,
    agent_id: int | None,
    to: tuple[date, int] | None = None,
) -> None:
    """A line of its history: from where it stands, to another day and minute when it is moved. `detail` and `key` as
    AppointmentEvent says them."""
    event = AppointmentEvent(
        appointment_id=appointment.id,
        idempotency_key=key,
        kind=kind,
        detail=detail,
        at=now,
        agent_id=agent_id,
        from_day=appointment.day,
        from_minute=appointment.minute,
        to_day=to[0] if to else None,
        to_minute=to[1] if to else None,
    )
    session.add(event)
    session.flush()


def history(session: Session, appointment_id: int) -> list[AppointmentEvent]:
    """What happened to it since it was booked, the oldest first."""
    return list(
        session.scalars(
            select(AppointmentEvent)
            .where(AppointmentEvent.appointment_id == appointment_id)
            .options(joinedload(AppointmentEvent.agent))
            .order_by(AppointmentEvent.id)
        )
    )


class Stood(NamedTuple):
    """Where an appointment stood before or after a change."""

    motif: str
    place: str


def passages(session: Session, events: Sequence[AppointmentEvent]) -> dict[int, tuple[Stood, Stood]]:
    """Of each move and change of motif among these lines, by its number: where it stood before, and after."""
    changes = (EventKind.MOVED, EventKind.MOTIF)
    ends = {event.id: _ends(event.detail) for event in events if event.kind_value in changes and "@" in event.detail}
    stood = [end for pair in ends.values() for end in pair]
    motifs = _motif_words(session, {motif for motif, _ in stood})
    places = _place_words(session, {opening for _, opening in stood})
    return {
        key: tuple(Stood(motifs.get(motif, ""), places.get(opening, "")) for motif, opening in pair)
        for key, pair in ends.items()
    }


def _ends(detail: str) -> list[tuple[int, int]]:
    """`3@12>5@12`: motif and opening before and after."""
    return [tuple(int(number) for number in end.split("@")) for end in detail.split(">")]


def _motif_words(session: Session, motif_ids: Collection[int]) -> dict[int, str]:
    return dict(session.execute(select(Motif.id, Motif.plain_label).where(Motif.id.in_(motif_ids))).all())


def _place_words(session: Session, opening_ids: Collection[int]) -> dict[int, str]:
    """The site's name of an opening where one comes, else how one is met."""
    query = select(Opening.id, Opening.mode, Site.short_name).join(Opening.site).where(Opening.id.in_(opening_ids))
    rows = session.execute(query)
    return {key: name if mode == Mode.ON_SITE else Mode(mode).label.lower() for key, mode, name in rows}
