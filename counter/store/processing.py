"""Processing dates of a Caf."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter.models import ProcessingDate
from counter.processing import Subject


def list_processing(session: Session, caf_id: int) -> dict[Subject, ProcessingDate]:
    """What is known, in the order of Subject."""
    rows = {row.subject: row for row in session.scalars(select(ProcessingDate).where(ProcessingDate.caf_id == caf_id))}
    return {subject: rows[subject] for subject in Subject if subject in rows}


def put_processing(session: Session, caf_id: int, subject: Subject, received_on: date, now: datetime) -> None:
    session.merge(ProcessingDate(caf_id=caf_id, subject=subject, received_on=received_on, updated_at=now))
    session.flush()
