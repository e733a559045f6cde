"""Facts of the whole database."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter.models import Agent, Appointment, Attestation, Caf, Motif, Opening, Setting, Site, Visit

KEY_FINGERPRINT = "key_fingerprint"
DEMONSTRATION = "demonstration"


def get_setting(session: Session, name: str) -> str | None:
    return session.scalar(select(Setting.value).where(Setting.name == name))


def put_setting(session: Session, name: str, value: str) -> None:
    session.merge(Setting(name=name, value=value))
    session.flush()


def is_demonstration(session: Session) -> bool:
    return get_setting(session, DEMONSTRATION) == "oui"


def is_empty(session: Session) -> bool:
    """No agent, place, appointment, visit or paper: demonstration data may come in."""
    tables = (Agent, Caf, Site, Motif, Opening, Appointment, Visit, Attestation)
    return not any(session.scalar(select(table.id).limit(1)) for table in tables)
