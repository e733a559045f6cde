"""Answers of API Particulier: kept encrypted until they expire, found by all that was asked."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter.keys import Vault
from counter.models import QuotientCopy
from counter.quotient import Identity, Period, query


def answer_key(vault: Vault, identity: Identity, period: Period, recipient: str) -> str:
    """The blind index of a question: the same only when everything asked is the same, by the same structure."""
    return vault.blind_index(json.dumps(query(identity, period, recipient), ensure_ascii=False), "quotient")


def keep_answer(cache: Session, key: str, content: dict, now: datetime, days: int) -> None:
    """Keep an answer for so many days, in place of an older one."""
    cache.merge(QuotientCopy(key=key, fetched_at=now, expires_at=now + timedelta(days=days), content=content))
    cache.flush()


def get_answer(cache: Session, key: str, now: datetime) -> QuotientCopy | None:
    """An answer while it is good."""
    return cache.scalar(select(QuotientCopy).where(QuotientCopy.key == key, QuotientCopy.expires_at > now))
