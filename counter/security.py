"""Closed by default: who reaches a view, the headers of every answer, sign-in, safe redirects."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Request, Response, abort, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from counter.access import Permission, Role
from counter.forms.fields import typed_labels
from counter.habilitations import Rights, may_with
from counter.models import Agent
from counter.store import agents
from counter.store.habilitations import rights_of
from counter.store.kiosks import kiosk_of_token
from counter.web import local_day, reading, services

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
csrf = CSRFProtect()
GROUP = "group"  # in the session: the group the agent chose to work for
MUST_CHANGE = "must_change"  # in the session: signed in with a provisional password
_OWN_PASSWORD = "account.password"  # noqa: S105 (an endpoint)


class SignedIn:
    """The agent of this session, as Flask-Login knows it; `row` is the agent itself."""

    is_authenticated = is_active = True
    is_anonymous = False

    def __init__(self, row: Agent, rights: Rights):
        self.row, self.rights = row, rights
        self.role: Role = row.role_value
        self.site = row.site

    def get_id(self) -> str:
        return str(self.row.id)

    def may(self, permission: str) -> bool:
        return may_with(self.rights, Permission(permission))


class Parameters(ImmutableMultiDict):
    """What a browser sends, in the address or in a form, without NUL: no keyboard types it, no database keeps it
    (PostgreSQL refuses the whole statement), and no paper prints it."""

    def __init__(self, mapping=None):
        if mapping is not None:
            mapping = [(plain(name), plain(value)) for name, value in MultiDict(mapping).items(multi=True)]
        super().__init__(mapping)


def plain(value):
    """The text without NUL; anything else (a file) as it is."""
    return value.replace("\0", "") if isinstance(value, str) else value


class CounterRequest(Request):
    parameter_storage_class = Parameters


def allow(permission: Permission, max_bytes: int | None = None):
    """Says for whom a view is. A view without it is refused to everyone, and the tests say so.

    `max_bytes` lets a view that takes files receive more than the others.
    """

    def mark(view):
        view.permission, view.max_bytes = permission, max_bytes
        return view

    return mark


def keeps_nothing(view):
    """Marks a view whose form is never put aside when the session has ended: what is typed there is only for practice,
    or could be a person's own by mistake."""
    view.keeps_nothing = True
    return view


def protect(app: Flask) -> None:
    """Sign-in, the access rule, CSRF, headers and plain parameters, for the whole application."""
    app.request_class = CounterRequest
    login = LoginManager(app)
    login.session_protection = None  # the token is random, renewed at sign-in and ended by the server
    login.user_loader(_load_agent)
    app.before_request(_check_access)  # before CSRF: a session that ended leads to sign-in, not to an error
    csrf.init_app(app)
    app.after_request(_add_headers)


def _load_agent(agent_id: str) -> SignedIn | None:
    return signed_in(int(agent_id))


def signed_in(agent_id: int) -> SignedIn | None:
    """The agent with the rights of this day, read anew at each request: what was withdrawn counts at once."""
    row = agents.get_agent(reading(), agent_id)
    if row is None:
        return None
    day = local_day(row.site)
    return SignedIn(row, rights_of(reading(), row.id, day, session.get(GROUP))) if row.period.holds(day) else None


def as_to_nobody() -> None:
    """Who is signed in cannot be read: the rest of this request is answered without knowing it, and does not ask."""
    g._login_user = current_app.login_manager.anonymous_user()


def permission_of(app: Flask, endpoint: str | None) -> Permission | None:
    """What the view of an endpoint asks for; None when it says nothing. Static files are public."""
    if endpoint == "static":
        return Permission.PUBLIC
    if endpoint and endpoint.startswith(KIOSK_PRACTICE):
        return Permission.KIOSK
    return getattr(app.view_functions.get(endpoint), "permission", None)


KIOSK_PRACTICE = "kiosk_practice."  # the exercises, as kiosks reach them
KIOSK_COOKIE = "borne"  # the token of a device, for years; nothing of a person
_SHARED_WITH_KIOSKS = frozenset({"static", "structure.colours", "structure.logo", "status.health"})
_ENROL = "kiosk.enrol"


def _check_access() -> Response | None:
    if token := request.cookies.get(KIOSK_COOKIE):
        g.kiosk = kiosk_of_token(reading(), services().keys.vault, token)
        return _check_kiosk()
    if request.endpoint is None:
        return None  # 404 and 405 come by themselves
    permission = permission_of(current_app, request.endpoint)
    if permission is Permission.KIOSK:
        return redirect(url_for(_ENROL))
    if permission is None:
        abort(403)
    if larger := getattr(current_app.view_functions[request.endpoint], "max_bytes", None):
        request.max_content_length = larger
    if permission is Permission.PUBLIC:
        return None
    if not current_user.is_authenticated:
        return to_sign_in()
    if session.get(MUST_CHANGE) and request.endpoint != _OWN_PASSWORD:
        return redirect(url_for(_OWN_PASSWORD))
    if not current_user.may(permission):
        abort(403)
    return None


def _check_kiosk() -> Response | None:
    """A device that is or was a kiosk: only its own pages, whoever stands before it, and none of another site's making
    (the token is of itself never sent from elsewhere: SameSite=Strict)."""
    endpoint = request.endpoint
    if endpoint in _SHARED_WITH_KIOSKS or endpoint == _ENROL:
        return None
    if endpoint is None or permission_of(current_app, endpoint) is not Permission.KIOSK:
        return redirect(url_for("kiosk.home"), 303)
    if g.kiosk is None:
        return redirect(url_for(_ENROL), 303)
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        abort(403)
    return None


def to_sign_in() -> Response:
    """To the sign-in page and back. What an agent was sending when the session ended comes back to that agent."""
    ended_agent = getattr(session, "ended_agent", None)
    reason = "expiree" if ended_agent else None
    if request.method != "POST":
        target = request.full_path.rstrip("?")
        return redirect(url_for("sign_in.sign_in", suite=target if target != "/" else None, raison=reason))
    if ended_agent and not getattr(current_app.view_functions.get(request.endpoint), "keeps_nothing", False):
        session["pending"] = pending_form() | {"agent": ended_agent}
    return redirect(url_for("sign_in.sign_in", raison=reason))


SECRET_FIELDS = frozenset({"csrf_token", "password", "current", "chosen", "again", "code"})


def pending_form() -> dict:
    """What a person sent, to be offered again: `path`, `fields` (name, value) without any password, and
    `typed`, the (label, value) of what they wrote themselves."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in SECRET_FIELDS]
    labels = typed_labels()
    typed = [(labels[name], value) for name, value in fields if name in labels and value]
    return {"path": request.full_path.rstrip("?"), "fields": fields, "typed": typed}


def safe_target(target: str | None) -> str | None:
    """`target` when it is a page of this site, None otherwise (open redirects)."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return None
    if any(ord(c) < 32 for c in target):
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else None


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if services().settings.tls:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint == "static":
        response.direct_passthrough = False
        response.get_data()  # read now, so that the file is closed with the answer
        if "v" in request.args:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers["Cache-Control"] = "no-store"
    return response
