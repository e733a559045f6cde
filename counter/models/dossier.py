"""Copies of dossiers and of quotients (cache), and why each dossier was opened (main database)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from counter.dossiers import LegalBasis, Purpose, Reasons, Recipient
from counter.models.base import Base, CacheBase, Encrypted, Moment


class DossierCopy(CacheBase):
    """A dossier as it was on `fetched_at`, encrypted. `key` is the blind index of département and number."""

    __tablename__ = "dossier_copy"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    source: Mapped[str] = mapped_column(String(80))
    fetched_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
    content: Mapped[dict] = mapped_column(Encrypted("dossier_copy.content", as_json=True))


class DossierName(CacheBase):
    """A name that opens a copy, with the number and only with it: the blind index of the three together."""

    __tablename__ = "dossier_name"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    copy_key: Mapped[str] = mapped_column(ForeignKey("dossier_copy.key", ondelete="CASCADE"), index=True)


class QuotientCopy(CacheBase):
    """An answer of API Particulier, encrypted. `key` is the blind index of all that was asked."""

    __tablename__ = "quotient_copy"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    fetched_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
    content: Mapped[dict] = mapped_column(Encrypted("quotient_copy.content", as_json=True))


class DossierAccess(Base):
    """Why an agent opened a dossier, said once before anything was shown. `dossier` is the key of the copy: it tells
    that two accesses were to the same dossier, and nothing of whose it is."""

    __tablename__ = "dossier_access"

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("habilitation_group.id"))
    profile: Mapped[str] = mapped_column(String(3))
    dossier: Mapped[str] = mapped_column(String(32), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    legal_basis: Mapped[str] = mapped_column(String(20))
    recipient: Mapped[str] = mapped_column(String(20))
    opened_at: Mapped[datetime] = mapped_column(Moment)

    @property
    def reasons(self) -> Reasons:
        return Reasons(Purpose(self.purpose), LegalBasis(self.legal_basis), Recipient(self.recipient))
