"""What is past its term: counted for `--essai`, removed by the purge. The terms are those of counter.retention."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from counter.journal import Act
from counter.kiosk import VISIT_ENDS
from counter.models import (
    Agent,
    AgentSession,
    Appointment,
    Attestation,
    ControlDecision,
    DossierAccess,
    Enrolment,
    FreeTime,
    Group,
    Habilitation,
    HeldDemarche,
    KioskCall,
    Membership,
    Message,
    RecoveryCode,
    SheetReport,
    SheetUse,
    Ticket,
    UnmetSearch,
    Visit,
    Workshop,
)
from counter.retention import RETIRED, Data, kept
from counter.store import journal
from counter.store.locks import lock_free_time

_SESSION_KEPT_AFTER_ITS_END = timedelta(hours=24)  # long enough to tell the agent whose session it was


@dataclass(frozen=True)
class _Old:
    """Rows of a table that are past their term; `counted` False: they go with others that are counted."""

    data: Data
    table: type
    when: ColumnElement[bool]
    counted: bool = True


def _old(today: date) -> list[_Old]:
    """What goes, what points elsewhere first."""

    def day(data: Data) -> date:
        return kept(data).limit(today)

    def start(data: Data) -> datetime:
        return datetime.combine(day(data), time.min, tzinfo=UTC)

    gone_workshops = select(Workshop.id).where(Workshop.day < day(Data.ENROLMENTS))
    return [
        _Old(Data.MESSAGES, Message, Message.useless_at < start(Data.MESSAGES)),
        _Old(Data.ENROLMENTS, Enrolment, Enrolment.workshop_id.in_(gone_workshops)),
        _Old(Data.ATTESTATIONS, Attestation, _old_paper(day(Data.ATTESTATIONS)) & Attestation.revoked_at.is_(None)),
        _Old(Data.LOBBY, KioskCall, KioskCall.asked_at < start(Data.LOBBY)),
        _Old(Data.LOBBY, Ticket, Ticket.day < day(Data.LOBBY)),
        _Old(Data.APPOINTMENTS, Appointment, Appointment.day < day(Data.APPOINTMENTS)),
        _Old(Data.APPOINTMENTS, FreeTime, FreeTime.day < day(Data.APPOINTMENTS), counted=False),
        _Old(Data.VISITS, Visit, Visit.started_at < start(Data.VISITS)),
        _Old(Data.HELD, HeldDemarche, HeldDemarche.until < day(Data.HELD)),
        _Old(Data.REPORTS, SheetReport, SheetReport.reported_at < start(Data.REPORTS)),
        _Old(Data.ACCESSES, DossierAccess, DossierAccess.opened_at < start(Data.ACCESSES)),
        _Old(Data.HABILITATIONS, Membership, Membership.ends_on < day(Data.HABILITATIONS)),
        _Old(
            Data.HABILITATIONS,
            Habilitation,
            or_(Habilitation.ends_on < day(Data.HABILITATIONS), Habilitation.refused_at < start(Data.HABILITATIONS)),
        ),
        _Old(Data.FINDINGS, ControlDecision, ControlDecision.at < start(Data.FINDINGS)),
        _Old(Data.COUNTS, UnmetSearch, UnmetSearch.day < day(Data.COUNTS)),
        _Old(Data.COUNTS, SheetUse, SheetUse.month < day(Data.COUNTS)),
    ]


def _old_paper(limit: date) -> ColumnElement[bool]:
    return Attestation.issued_on < limit


def _withdrawn(today: date) -> ColumnElement[bool]:
    """Old papers that were withdrawn and still name someone: an emptied one has no structure."""
    limit = kept(Data.ATTESTATIONS).limit(today)
    return _old_paper(limit) & Attestation.revoked_at.is_not(None) & (Attestation.structure != "")


def _retired(today: date) -> ColumnElement[bool]:
    """Accounts closed long enough ago, by hand or by their last day, that still say whose they were."""
    limit = kept(Data.ACCOUNTS).limit(today)
    closed = Agent.closed_at < datetime.combine(limit, time.min, tzinfo=UTC)
    return or_(closed, Agent.closes_on < limit) & (Agent.display_name != RETIRED)


def _late_passwords(today: date) -> ColumnElement[bool]:
    """Kept a little longer than they open, so that who comes too late is told so."""
    limit = datetime.combine(kept(Data.PROVISIONAL).limit(today), time.min, tzinfo=UTC)
    return Agent.provisional_until < limit


def would_go(session: Session, today: date) -> dict[Data, int]:
    """How many rows of each class are past their term; nothing is changed."""
    found: dict[Data, int] = {}
    for old in _old(today):
        if old.counted:
            number = session.scalar(select(func.count()).select_from(old.table).where(old.when))
            found[old.data] = found.get(old.data, 0) + number
    withdrawn = session.scalar(select(func.count()).select_from(Attestation).where(_withdrawn(today)))
    found[Data.ATTESTATIONS] += withdrawn
    for data, when in ((Data.ACCOUNTS, _retired(today)), (Data.PROVISIONAL, _late_passwords(today))):
        found[data] = session.scalar(select(func.count()).select_from(Agent).where(when))
    found[Data.JOURNAL] = journal.lines_to_cut(session, today, kept(Data.JOURNAL).months)
    return {data: number for data, number in found.items() if number}


def purge(session: Session, today: date, now: datetime) -> dict[Data, int]:
    """Remove what is past its term, and say so in the journal. Returns how many rows of each class went.

    A paper that was withdrawn is emptied, not removed: its number must go on saying that it is worth nothing.
    """
    lock_free_time(session)
    gone: dict[Data, int] = {}
    gone[Data.ATTESTATIONS] = empty_papers(session, _withdrawn(today))
    for old in _old(today):
        removed = session.execute(delete(old.table).where(old.when).execution_options(synchronize_session=False))
        if old.counted:
            gone[old.data] = gone.get(old.data, 0) + removed.rowcount
    gone[Data.ACCOUNTS] = _retire(session, today)
    gone[Data.PROVISIONAL] = _forget_passwords(session, today)
    gone[Data.JOURNAL] = journal.cut(session, today, kept(Data.JOURNAL).months, now)
    gone = {data: number for data, number in gone.items() if number}
    for data, number in gone.items():
        record_purge(session, data, number, now)
    return gone


def _retire(session: Session, today: date) -> int:
    """Take everything but the number out of accounts: other rows point to it. Returns how many."""
    ids = list(session.scalars(select(Agent.id).where(_retired(today))))
    theirs = {"synchronize_session": False}
    session.execute(delete(RecoveryCode).where(RecoveryCode.agent_id.in_(ids)).execution_options(**theirs))
    session.execute(update(Group).where(Group.manager_id.in_(ids)).values(manager_id=None).execution_options(**theirs))
    for number in ids:
        emptied = {
            "identifier": f"retire-{number}", "display_name": RETIRED, "password_hash": "", "active": False,
            "admin_seat": None, "email": None, "email_index": None, "provisional_hash": None,
            "provisional_until": None, "totp_secret": None, "totp_step": 0, "proconnect_sub": None,
        }  # fmt: skip
        session.execute(update(Agent).where(Agent.id == number).values(**emptied).execution_options(**theirs))
    return len(ids)


def _forget_passwords(session: Session, today: date) -> int:
    """Provisional passwords that came too late."""
    late = update(Agent).where(_late_passwords(today)).values(provisional_hash=None, provisional_until=None)
    return session.execute(late.execution_options(synchronize_session=False)).rowcount


def record_purge(session: Session, data: Data, number: int, now: datetime) -> None:
    """A line of the journal: so many of a class were removed."""
    journal.record(session, Act.PURGED, None, kept(data).subject, None, "", now, f"{data} {number}")


def empty_papers(session: Session, when: ColumnElement[bool]) -> int:
    """Take everything but the number, the day and the withdrawal out of papers. Returns how many."""
    emptied = update(Attestation).where(when).values(facts={}, seal="", structure="", place="")
    return session.execute(emptied.execution_options(synchronize_session=False)).rowcount


# ── the cache ───────────────────────────────────────────────────────────────────────────────────


def old_sessions(now: datetime, session_hours: int) -> ColumnElement[bool]:
    """Sessions that ended long enough ago, whatever happened in them."""
    return AgentSession.started_at < now - timedelta(hours=session_hours) - _SESSION_KEPT_AFTER_ITS_END


def count_sessions(cache: Session, now: datetime, session_hours: int) -> int:
    return cache.scalar(select(func.count()).select_from(AgentSession).where(old_sessions(now, session_hours)))


def purge_sessions(cache: Session, now: datetime, session_hours: int) -> int:
    return cache.execute(delete(AgentSession).where(old_sessions(now, session_hours))).rowcount


def _left(now: datetime) -> ColumnElement[bool]:
    """Visits that were left without a word."""
    return AgentSession.kiosk_id.is_not(None) & (AgentSession.seen_at <= now - VISIT_ENDS)


def count_visits_at_kiosks(cache: Session, now: datetime) -> int:
    return cache.scalar(select(func.count()).select_from(AgentSession).where(_left(now)))


def purge_visits_at_kiosks(cache: Session, now: datetime) -> int:
    return cache.execute(delete(AgentSession).where(_left(now))).rowcount
