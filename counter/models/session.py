"""Server-side sessions: the cookie holds a random token, everything else stays here, encrypted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from counter.models.base import CacheBase, Encrypted, Moment


class AgentSession(CacheBase):
    """`token_hash` is the blind index of the cookie's token; `agent_id` is empty before sign-in. `kiosk_id` says that
    it is a visitor's, before a kiosk: it ends soon and leaves nothing."""

    __tablename__ = "agent_session"

    token_hash: Mapped[str] = mapped_column(String(32), primary_key=True)
    agent_id: Mapped[int | None] = mapped_column(index=True)
    kiosk_id: Mapped[int | None] = mapped_column(index=True)
    started_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment, index=True)
    data: Mapped[dict] = mapped_column(Encrypted("agent_session.data", as_json=True))
