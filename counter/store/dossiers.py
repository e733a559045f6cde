"""Copies of dossiers: kept encrypted until they expire, found by name and number together; and why they were opened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from counter.dossiers import Reasons
from counter.keys import Vault
from counter.models import Contract, Convention, DossierAccess, DossierCopy, DossierName, Group, QuotientCopy

_COPIES = (DossierCopy, QuotientCopy)

# ── copies, in the cache ────────────────────────────────────────────────────────────────────────


def copy_key(vault: Vault, department: str, number: str) -> str:
    """The blind index of a dossier."""
    return vault.blind_index(f"{department}|{number}", "dossier")


def _name_key(vault: Vault, department: str, name: str, number: str) -> str:
    return vault.blind_index(f"{department}|{number}|{name}", "dossier.name")


def keep_copy(
    cache: Session, vault: Vault, content: dict, names: Iterable[str], source: str, now: datetime, hours: int
) -> str:
    """Keep a dossier for so many hours, in place of an older copy; `names` (normal_name) open it. Returns its key."""
    department, number = content["departement"], content["numero"]
    key = copy_key(vault, department, number)
    cache.execute(delete(DossierName).where(DossierName.copy_key == key))
    expires_at = now + timedelta(hours=hours)
    cache.merge(DossierCopy(key=key, source=source, fetched_at=now, expires_at=expires_at, content=content))
    cache.flush()
    cache.add_all(DossierName(key=_name_key(vault, department, name, number), copy_key=key) for name in names)
    cache.flush()
    return key


def find_copy(
    cache: Session, vault: Vault, department: str, name: str, number: str, now: datetime
) -> DossierCopy | None:
    """The copy that this name and this number open together, while it is good."""
    name_key = _name_key(vault, department, name, number)
    key = cache.scalar(select(DossierName.copy_key).where(DossierName.key == name_key))
    return get_copy(cache, key, now) if key else None


def get_copy(cache: Session, key: str, now: datetime) -> DossierCopy | None:
    """A copy while it is good: an expired one is never read again."""
    return cache.scalar(select(DossierCopy).where(DossierCopy.key == key, DossierCopy.expires_at > now))


def count_expired(cache: Session, now: datetime) -> int:
    """How many dossiers and quotients have expired."""
    counts = (select(func.count()).select_from(table).where(table.expires_at <= now) for table in _COPIES)
    return sum(cache.scalar(count) for count in counts)


def purge_copies(cache: Session, now: datetime) -> int:
    """Erase the dossiers and quotients that have expired. Returns how many."""
    return sum(cache.execute(delete(table).where(table.expires_at <= now)).rowcount for table in _COPIES)


# ── accesses, in the main database ──────────────────────────────────────────────────────────────


def record_access(
    session: Session, agent_id: int, group_id: int | None, profile: str, dossier: str, reasons: Reasons, now: datetime
) -> DossierAccess:
    """Write down why an agent opens a dossier."""
    access = DossierAccess(
        agent_id=agent_id,
        group_id=group_id,
        profile=profile,
        dossier=dossier,
        purpose=reasons.purpose,
        legal_basis=reasons.legal_basis,
        recipient=reasons.recipient,
        opened_at=now,
    )
    session.add(access)
    session.flush()
    return access


def get_access(session: Session, access_id: int) -> DossierAccess | None:
    return session.get(DossierAccess, access_id)


def siret_of_group(session: Session, group_id: int | None) -> str:
    """The SIRET of the structure a group belongs to, "" when it is not known."""
    if group_id is None:
        return ""
    query = select(Convention.siret).join(Convention.contracts).join(Contract.groups).where(Group.id == group_id)
    return session.scalar(query) or ""
