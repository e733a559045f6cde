"""Calls from the kiosks for someone to come, and the numbers of the waiting room. What concerns an appointment as well
as its number is in store/reception.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from counter.appointments import Status, normal_code
from counter.keys import Vault
from counter.lobby import (
    CALL_LASTS,
    DESKS_OF,
    SHOWN,
    AlreadyComing,
    CallOver,
    CallState,
    Turn,
    call_state,
    in_turn,
    same_letters,
    wait_estimate,
)
from counter.models import Appointment, Kiosk, KioskCall, Ticket
from counter.slots import Mode, minute_of
from counter.store.locks import lock_lobby
from counter.store.prepared import Prepared
from counter.visits import minutes_since

# ── calls ───────────────────────────────────────────────────────────────────────────────────────


def _open(now: datetime) -> ColumnElement[bool]:
    since = func.coalesce(KioskCall.answered_at, KioskCall.asked_at)
    return KioskCall.ended_at.is_(None) & (since > now - CALL_LASTS)


def open_calls(session: Session, site_id: int, now: datetime) -> list[KioskCall]:
    """Those of a site that are not over, the urgent ones first, then the oldest."""
    query = select(KioskCall).where(KioskCall.site_id == site_id, _open(now))
    query = query.options(joinedload(KioskCall.kiosk), joinedload(KioskCall.answered_by))
    return list(session.scalars(query.order_by(KioskCall.urgent.desc(), KioskCall.asked_at, KioskCall.id)))


def ask(session: Session, kiosk: Kiosk, urgent: bool, now: datetime) -> KioskCall:
    """Ask for someone to come to a kiosk: asked twice is one call, that becomes urgent when the second is."""
    lock_lobby(session, kiosk.site_id)
    call = session.scalar(select(KioskCall).where(KioskCall.kiosk_id == kiosk.id, _open(now)))
    if call is None:
        call = KioskCall(site_id=kiosk.site_id, kiosk_id=kiosk.id, urgent=urgent, asked_at=now)
        session.add(call)
    call.urgent = call.urgent or urgent
    session.flush()
    return call


def get_call(session: Session, call_id: int, site_id: int) -> KioskCall | None:
    """A call of that site, None for any other."""
    query = select(KioskCall).where(KioskCall.id == call_id, KioskCall.site_id == site_id)
    return session.scalar(query.options(joinedload(KioskCall.kiosk), joinedload(KioskCall.answered_by)))


def answer(session: Session, call: KioskCall, agent_id: int, now: datetime) -> None:
    """« J'arrive »; twice by the same agent is once. Raises AlreadyComing or CallOver."""
    mine = update(KioskCall).where(KioskCall.id == call.id, KioskCall.answered_at.is_(None), _open(now))
    taken = session.execute(mine.values(answered_at=now, answered_by_id=agent_id))
    session.refresh(call)
    if taken.rowcount or (call.answered_by_id == agent_id and call.ended_at is None):
        return
    state = call_state(call.asked_at, call.answered_at, call.ended_at, now)
    raise AlreadyComing() if state is CallState.COMING else CallOver()


def end_call(session: Session, call_id: int, now: datetime) -> None:
    """It is over, whoever says so; twice is once."""
    session.execute(update(KioskCall).where(KioskCall.id == call_id, KioskCall.ended_at.is_(None)).values(ended_at=now))


def leave(session: Session, kiosk_id: int, now: datetime) -> None:
    """The visitor left: an agent does not walk for nobody, and who comes next finds no call of another. An urgent call
    stays: who leaves quickly may be in danger."""
    left = KioskCall.kiosk_id == kiosk_id, KioskCall.ended_at.is_(None), KioskCall.urgent.is_(False)
    session.execute(update(KioskCall).where(*left).values(ended_at=now))


def has_called(session: Session, kiosk_id: int) -> bool:
    """Whether `leave` would end something."""
    left = KioskCall.kiosk_id == kiosk_id, KioskCall.ended_at.is_(None), KioskCall.urgent.is_(False)
    return session.scalar(select(KioskCall.id).where(*left).limit(1)) is not None


# ── numbers ─────────────────────────────────────────────────────────────────────────────────────


def take_number(
    session: Session,
    site_id: int,
    day: date,
    now: datetime,
    motif_id: int | None = None,
    appointment_id: int | None = None,
) -> Ticket:
    """The next number of the day at a site; an appointment keeps the one it has."""
    lock_lobby(session, site_id)
    if appointment_id is not None and (known := ticket_of(session, appointment_id)):
        return known
    last = session.scalar(select(func.max(Ticket.number)).where(Ticket.site_id == site_id, Ticket.day == day))
    ticket = Ticket(
        site_id=site_id,
        day=day,
        number=(last or 0) + 1,
        motif_id=motif_id,
        appointment_id=appointment_id,
        taken_at=now,
    )
    session.add(ticket)
    session.flush()
    return ticket


def forget_elsewhere(session: Session, appointment: Appointment) -> None:
    """The number it had on another day or at another place, before it was moved, is no longer its own."""
    ticket = ticket_of(session, appointment.id)
    if ticket is not None and (ticket.site_id, ticket.day) != (appointment.site_id, appointment.day):
        session.delete(ticket)
        session.flush()


def join(session: Session, ticket_id: int, appointment: Appointment) -> None:
    """A number that waits becomes that of an appointment, unless the appointment has one."""
    ticket = get_ticket(session, ticket_id, appointment.site_id, appointment.day)
    free = ticket is not None and ticket.appointment_id is None and ticket.called_at is None
    if free and ticket_of(session, appointment.id) is None:
        ticket.appointment_id = appointment.id
        session.flush()


def ticket_of(session: Session, appointment_id: int) -> Ticket | None:
    return session.scalar(select(Ticket).where(Ticket.appointment_id == appointment_id))


def get_ticket(session: Session, ticket_id: int, site_id: int, day: date) -> Ticket | None:
    """A number of that site and day, None for any other."""
    found = session.scalars(_tickets(site_id, day).where(Ticket.id == ticket_id))
    return found.first()


def _tickets(site_id: int, day: date) -> Select:
    """Nobody's name is read with them."""
    hour_only = joinedload(Ticket.appointment).load_only(Appointment.minute, Appointment.status)
    options = (hour_only, joinedload(Ticket.motif), joinedload(Ticket.called_by))
    return select(Ticket).options(*options).where(Ticket.site_id == site_id, Ticket.day == day)


def _standing(session: Session, site_id: int, day: date) -> tuple[list[Ticket], list[Ticket]]:
    """(who waits, who is received), in one look: what is over is left out. An appointment says where it stands."""
    not_over = or_(Ticket.ended_at.is_(None), Ticket.called_at.is_(None), Ticket.ended_at < Ticket.called_at)
    found = session.scalars(_tickets(site_id, day).where(not_over).order_by(Ticket.called_at.desc(), Ticket.id.desc()))
    waits, received = [], []
    for ticket in found:
        status = ticket.appointment.status_value if ticket.appointment else None
        if ticket.called_at is None and status in (None, Status.ARRIVED):
            waits.append(ticket)
        elif ticket.called_at is not None and status in (None, Status.CALLED):
            received.append(ticket)
    return waits, received


def _in_turn(tickets: list[Ticket], minute: int) -> list[Ticket]:
    known = {ticket.id: ticket for ticket in tickets}
    turns = [
        Turn(t.id, t.ended_at or t.taken_at, t.appointment.minute if t.appointment else None, t.missed) for t in tickets
    ]
    return [known[turn.ticket_id] for turn in in_turn(turns, minute)]


def waiting(session: Session, site_id: int, day: date, minute: int) -> list[Ticket]:
    """Who waits to be called, the next first, at a minute of the day (local time)."""
    return _in_turn(_standing(session, site_id, day)[0], minute)


def shown(session: Session, site_id: int, day: date) -> list[Ticket]:
    """The last numbers that were called, the newest first, for the lobby's screen."""
    query = _tickets(site_id, day).where(Ticket.called_at.is_not(None))
    return list(session.scalars(query.order_by(Ticket.called_at.desc(), Ticket.id.desc()).limit(SHOWN)))


def last_called_by(session: Session, site_id: int, day: date, agent_id: int) -> int:
    """The number (its row) this agent called last, 0 when none: what the page knew when « suivant » was pressed."""
    query = select(Ticket.id).where(Ticket.site_id == site_id, Ticket.day == day, Ticket.called_by_id == agent_id)
    query = query.where(Ticket.called_at.is_not(None)).order_by(Ticket.called_at.desc(), Ticket.id.desc())
    return session.scalar(query.limit(1)) or 0


def put_called(ticket: Ticket, agent_id: int | None, desk: str, now: datetime) -> None:
    """It is called now, to a desk; the call comes after the end of the one before."""
    ticket.called_at = max(now, ticket.ended_at + timedelta(microseconds=1)) if ticket.ended_at else now
    ticket.called_by_id, ticket.desk = agent_id, desk


def follow(session: Session, appointment: Appointment, now: datetime, agent_id: int | None, desk: str) -> None:
    """The number of an appointment follows where it stands, from wherever that was signalled."""
    ticket = ticket_of(session, appointment.id)
    if ticket is None:
        return
    status = appointment.status_value
    if status is Status.CALLED:
        ticket.ended_at = ticket.ended_at if ticket.missed else None
        if ticket.called_at is None:
            put_called(ticket, agent_id, desk or ticket.desk, now)
    elif status in (Status.BOOKED, Status.ARRIVED):
        ticket.called_at = None
    else:
        ticket.ended_at = now
    session.flush()


def estimate(session: Session, ticket: Ticket, minute: int, now: datetime) -> tuple[int, int]:
    """(people before that number, about how many minutes), from the desks that called someone lately."""
    ahead = [item.id for item in waiting(session, ticket.site_id, ticket.day, minute)]
    before = ahead.index(ticket.id) if ticket.id in ahead else 0
    lately = (Ticket.site_id == ticket.site_id, Ticket.day == ticket.day, Ticket.called_at > now - DESKS_OF)
    desks = session.scalar(select(func.count(Ticket.called_by_id.distinct())).where(*lately))
    return before, wait_estimate(before, desks)


# ── who is there ────────────────────────────────────────────────────────────────────────────────


def appointment_of_code(session: Session, vault: Vault, code: str) -> Appointment | None:
    index = vault.blind_index(normal_code(code), "appointment.code")
    query = select(Appointment).where(Appointment.code_index == index)
    return session.scalar(query.options(joinedload(Appointment.site)))


def appointment_of_birth(
    session: Session, site_id: int, day: date, birth: tuple[int, int], letters: str
) -> Appointment | None:
    """The appointment on site of that day of someone born that day and month, whose last name begins so; the one still
    to come when that person has several. None for nobody, and None for several people.

    None too for a careful contact, as for nobody: whoever lives with them knows their birthday and their name, and an
    hour, a state, a number in the waiting room would each tell that they come. Their code, or the desk, finds them."""
    query = select(Appointment).options(joinedload(Appointment.site)).order_by(Appointment.minute)
    here = (Appointment.site_id == site_id, Appointment.day == day, Appointment.mode == Mode.ON_SITE)
    found = [
        item
        for item in session.scalars(query.where(*here))
        if (item.person["birth_day"], item.person["birth_month"]) == birth
        and same_letters(letters, item.person["last_name"])
    ]
    if len({item.name.casefold() for item in found}) != 1 or any(item.careful for item in found):
        return None
    standing = (Status.BOOKED, Status.ARRIVED, Status.CALLED)
    return next((item for status in standing for item in found if item.status_value is status), found[0])


# ── what the agents of a site see ───────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Lobby:
    """A site's waiting room as it stands. `mark` changes with whatever a page of it shows; minutes count for calls
    only, and nobody is named in it."""

    calls: list[KioskCall]
    waiting: list[Ticket]
    called: list[Ticket]
    now: datetime

    @property
    def open_calls(self) -> list[KioskCall]:
        """Those nobody answered yet."""
        return [call for call in self.calls if call.answered_at is None]

    def number_of(self, appointment_id: int) -> int | None:
        """The number someone with an appointment waits with, or was called by."""
        held = (*self.waiting, *self.called)
        return next((ticket.number for ticket in held if ticket.appointment_id == appointment_id), None)

    def minutes(self, since: datetime) -> int:
        """Whole minutes that someone waits."""
        return minutes_since(since, self.now)

    @property
    def mark(self) -> str:
        calls = [(c.id, c.urgent, c.answered_by_id, self.minutes(c.asked_at)) for c in self.calls]
        numbers = [(t.id, t.missed, str(t.called_at), t.desk) for t in (*self.waiting, *self.called)]
        return blake2b(repr((calls, numbers, len(self.called))).encode(), digest_size=8).hexdigest()


def has_kiosk(session: Session, site_id: int) -> bool:
    return _KIOSKS.first(session, {"site": site_id}) is not None


_KIOSKS = Prepared(
    select(Kiosk.__table__.c.id).where(Kiosk.site_id == bindparam("site"), Kiosk.enrolled_at.is_not(None))
)


def look(session: Session, site_id: int, local: datetime, now: datetime) -> Lobby | None:
    """The waiting room of a site, at a moment and on its own clock; None where no kiosk was ever installed."""
    if not has_kiosk(session, site_id):
        return None
    waits, received = _standing(session, site_id, local.date())
    in_order = _in_turn(waits, minute_of(local))
    return Lobby(open_calls(session, site_id, now), in_order, received, now)
