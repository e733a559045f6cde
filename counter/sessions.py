"""Sessions kept on the server: the cookie holds a random token, the rest is encrypted in the cache.

They end after 30 minutes without activity and after 10 hours (settings), whatever the cookie says. A visitor's before
a kiosk ends as counter.kiosk says, and its row goes at once.
"""

from __future__ import annotations

import logging
import secrets
from datetime import datetime, timedelta

from flask import Flask, Request, Response, g
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import CallbackDict

from counter import errors
from counter.access import session_ended
from counter.db import database_sentence
from counter.kiosk import visit_ended
from counter.models import AgentSession
from counter.store.prepared import Prepared
from counter.store.retention import purge_sessions, purge_visits_at_kiosks
from counter.web import Services

log = logging.getLogger("counter")

COOKIE = "counter"
_SEEN_EVERY = timedelta(seconds=15)
_NO_SESSION = ("/static/", "/sante")
_OF_THE_CONTENT = ("Location", "Content-Encoding", "Content-Disposition", "ETag", "Last-Modified", "Accept-Ranges")


# Asked at each request.
_sessions = AgentSession.__table__
_ROW = Prepared(select(_sessions).where(_sessions.c.token_hash == bindparam("hash")))
_GONE_ON = ("agent_id", "kiosk_id", "seen_at", "data")
_KEEP = Prepared(update(_sessions).where(_sessions.c.token_hash == bindparam("hash")), _GONE_ON)


class ServerSession(CallbackDict, SessionMixin):
    """`token` None: nothing kept yet. `row`: as AgentSession. `ended_agent` is whose session was found to be over just
    now. `quiet`: the page asks by itself, nobody touched it; that does not keep a session alive."""

    quiet = False

    def __init__(self, initial=None, token: str | None = None, row=None, ended_agent: int | None = None):
        def changed(_):
            self.modified = True

        super().__init__(initial or {}, changed)
        self.token, self.row, self.ended_agent = token, row, ended_agent
        self.modified = False
        self.accessed = True
        self.old_token: str | None = None

    def renew(self) -> None:
        """Change the token (at sign-in and sign-out), so that a token seen before is worth nothing."""
        self.old_token, self.token, self.row = self.token, None, None
        self.modified = True


def _say_instead(response: Response, page: Response) -> None:
    """Make an answer that is whole already, even compressed, say what another page says."""
    response.direct_passthrough = False
    response.set_data(page.get_data())
    response.status_code, response.content_type = page.status_code, page.content_type
    for name in _OF_THE_CONTENT:
        response.headers.pop(name, None)


class ServerSessionInterface(SessionInterface):
    def __init__(self, services: Services):
        self._services = services

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        token = request.cookies.get(COOKIE)
        if not token or request.path.startswith(_NO_SESSION):
            return ServerSession()
        with self._services.cache.reading() as cache:
            found = _ROW.rows(cache, {"hash": self._hash(token)})
        if not found:
            return ServerSession()
        row = found[0]
        if self._ended(row):
            self._delete(token)
            return ServerSession(ended_agent=row.agent_id)
        return ServerSession(row.data, token, row)

    def _ended(self, row) -> bool:
        now, settings = self._services.clock(), self._services.settings
        if row.kiosk_id is not None:
            return visit_ended(row.seen_at, now)
        return session_ended(row.started_at, row.seen_at, now, settings.idle_minutes, settings.session_hours)

    def save_session(self, app: Flask, session: ServerSession, response: Response) -> None:
        """Keep what changed. When the disk refuses, the answer says so instead of losing it in silence."""
        try:
            self._save(session, response)
        except SQLAlchemyError as error:
            log.error("session not kept", exc_info=error)
            if session.modified and response.status_code < 500:
                _say_instead(response, errors.error_page(503, database_sentence(error), keep=True))

    def _save(self, session: ServerSession, response: Response) -> None:
        if session.old_token:
            self._delete(session.old_token)
        if not session:
            if session.modified and (session.token or session.old_token):
                self._delete(session.token)
                response.delete_cookie(COOKIE, path="/", samesite="Strict", httponly=True)
            return
        if session.quiet and not session.modified:
            return
        now = self._services.clock()
        if session.modified or not session.row or now - session.row.seen_at >= _SEEN_EVERY:
            self._write(session, response, now)

    def _write(self, session: ServerSession, response: Response, now: datetime) -> None:
        new = session.token is None
        session.token = session.token or secrets.token_urlsafe(24)
        agent_id = session.get("_user_id")
        row = {
            "agent_id": int(agent_id) if agent_id else None,
            "kiosk_id": g.kiosk.id if g.get("kiosk") else None,
            "seen_at": now,
            "data": dict(session),
        }
        with self._services.cache.writing() as cache:
            if not new:  # one that was ended from elsewhere while this request ran does not come back to life
                _KEEP.run(cache, row | {"hash": self._hash(session.token)})
                return
            cache.add(AgentSession(token_hash=self._hash(session.token), started_at=now, **row))
            cache.flush()
            purge_sessions(cache, now, self._services.settings.session_hours)
            purge_visits_at_kiosks(cache, now)
        response.set_cookie(
            COOKIE, session.token, httponly=True, samesite="Strict", path="/", secure=self._services.settings.tls
        )

    def _hash(self, token: str) -> str:
        return self._services.keys.vault.blind_index(token, "session")

    def _delete(self, token: str | None) -> None:
        if token:
            with self._services.cache.writing() as cache:
                cache.execute(delete(AgentSession).where(AgentSession.token_hash == self._hash(token)))
