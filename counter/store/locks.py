"""Who waits for whom on PostgreSQL.

SQLite lets one transaction write at a time, so these do nothing there. PostgreSQL lets many: a transaction
takes the locks it needs here, always in this order (an act, a workshop, an agent, a waiting room, the free time,
the journal), and gives them back at its end. Without the order, two people who exchange their slots would wait for
each other.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, String, bindparam, func, literal_column, select
from sqlalchemy.orm import Session

from counter.store.prepared import Prepared

_FREE_TIME, _JOURNAL = 1_400_000_000, 1_400_000_001  # any numbers, the same for every process


def lock_act(session: Session, key: str) -> None:
    """Wait for whoever does the same act (a form sent twice): what it made is then seen."""
    _lock(session, key)


def lock_booking(session: Session, key: str) -> None:
    """The act, then the free time, in one question."""
    if _is_shared(session):
        _BOTH.run(session, {"text": key, "number": _FREE_TIME})


def lock_agent(session: Session, agent_id: int) -> None:
    """One transaction at a time opens or closes an agent's visit."""
    _lock(session, f"agent {agent_id}")


def lock_workshop(session: Session, workshop_id: int) -> None:
    """One transaction at a time gives, takes back or passes on the places of a workshop."""
    _lock(session, f"workshop {workshop_id}")


def lock_lobby(session: Session, site_id: int) -> None:
    """One transaction at a time takes, calls or ends the numbers of a site's waiting room."""
    _lock(session, f"lobby {site_id}")


def lock_free_time(session: Session) -> None:
    """One transaction at a time takes time or gives it back. The conditional update already forbids two
    winners; this keeps transactions that touch several words from waiting for each other in a circle."""
    _lock(session, _FREE_TIME)


def lock_journal(session: Session) -> None:
    """One transaction at a time joins its lines to the chain; taken last, just before the commit."""
    _lock(session, _JOURNAL)


def _is_shared(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


_OF_NUMBER = func.pg_advisory_xact_lock(bindparam("number", type_=BigInteger))
_OF_TEXT = func.pg_advisory_xact_lock(func.hashtextextended(bindparam("text", type_=String), literal_column("0")))
_NUMBER, _TEXT, _BOTH = (Prepared(select(*columns)) for columns in ((_OF_NUMBER,), (_OF_TEXT,), (_OF_TEXT, _OF_NUMBER)))


def _lock(session: Session, key: int | str) -> None:
    if _is_shared(session):
        (_TEXT if isinstance(key, str) else _NUMBER).run(session, {"text": key, "number": key})
