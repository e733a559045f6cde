"""Closed by default: every route × every role; the headers of every answer."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import delete, select

from app import create_app
from counter.access import FUNCTIONS, Permission, Role, may
from counter.demonstration import PASSWORD
from counter.models import Agent, Membership
from counter.security import permission_of
from tests.conftest import settings_for
from tests.pages import Visitor

PUBLIC = {
    "static", "sign_in.sign_in", "sign_in.sign_out", "verification.verify", "verification.published",
    "verification.keys", "verification.printed_keys", "help.guide", "status.health",
    "sign_in.second_step", "sign_in.forgotten", "proconnect.start",
    "proconnect.back",
    "structure.colours", "structure.logo", "manage.find", "manage.mine", "manage.move", "manage.reread",
    "manage.cancel", "manage.answer", "manage.leave", "manage.wait", "manage.slip", "manage.calendar",
    "video.attempt", "kiosk.enrol",
    "take_away.sheet",
}  # fmt: skip
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def address(rule) -> str:
    """A URL of the rule with plausible values."""
    values = {"slug": "dtr-rsa", "number": "1", "filename": "style.css"}
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda m: values.get(m[1], "1"), rule.rule)


def routes(app):
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield rule, method


def test_every_view_says_for_whom_it_is(app):
    silent = [rule.endpoint for rule, _ in routes(app) if permission_of(app, rule.endpoint) is None]
    assert silent == []


def test_only_these_pages_are_open_to_anyone(app):
    assert {r.endpoint for r, _ in routes(app) if permission_of(app, r.endpoint) is Permission.PUBLIC} == PUBLIC


def test_a_view_that_says_nothing_is_refused_to_an_administrator(instance, clock):
    app = create_app(settings_for(instance), clock)
    app.add_url_rule("/oubli", "oubli", lambda: "secret")
    assert Visitor(app).sign_in("dominique", PASSWORD).client.get("/oubli").status_code == 403


# What each route asks for, by blueprint or by endpoint: a view that is added, or asks for less, fails here first.
ASKED = {
    "account": "connecte", "home": "connecte",
    "agenda": "accueil", "appointments": "accueil", "attestations": "accueil", "changes": "accueil",
    "demarches": "accueil", "diagnosis": "accueil", "dossiers": "accueil", "follow_ups": "accueil",
    "guiding": "accueil", "lobby": "accueil", "phone_calls": "accueil", "practice": "accueil", "processing": "accueil",
    "quotient": "accueil", "search": "accueil", "visits": "accueil", "working": "accueil", "workshops": "accueil",
    "administration": "administration", "agents": "administration", "control": "administration",
    "journal": "administration", "openings": "administration", "retention": "administration",
    "rights": "administration", "sheets": "administration",
    "habilitations": "administration", "habilitations.groups": "habilitations", "habilitations.group": "habilitations",
    "help": "accueil", "help.guide": "public",
    "workshop_papers": "accueil", "figures": "suivi", "status": "etat", "status.health": "public",
    "manage": "public", "proconnect": "public", "sign_in": "public", "static": "public", "structure": "public",
    "verification": "public", "video": "public",
    "kiosk": "borne", "kiosk.enrol": "public", "kiosk_practice": "borne", "kiosks": "administration",
    "take_away": "public",
}  # fmt: skip
AT_THE_COUNTER = {"public", "connecte", "accueil", "etat", "suivi"}
ALL = {str(permission) for permission in Permission} - {"borne"}  # of a device, whoever is signed in
# Who -> (account, in a group, what they reach). An administrator, or a responsable des habilitations, serves nobody
# without a group of their own.
PEOPLE = {
    "nobody": (None, False, {"public"}),
    "front desk": ("camille", True, AT_THE_COUNTER),
    "social worker": ("sacha", True, AT_THE_COUNTER),
    "front desk, responsable": ("robin", True, AT_THE_COUNTER | {"habilitations"}),
    "referent": ("alex", True, {"public", "connecte", "etat", "suivi"}),
    "administrator": ("dominique", True, ALL),
    "deputy without group": ("charlie", False, {"public", "connecte", "administration", "habilitations", "etat"}),
    "responsable without group": ("robin", False, {"public", "connecte", "habilitations"}),
    "front desk without group": ("camille", False, {"public", "connecte"}),
}  # fmt: skip


def asked(endpoint: str) -> str:
    return ASKED.get(endpoint) or ASKED[endpoint.split(".")[0]]


def test_each_route_asks_for_what_the_table_says(app):
    assert {r.endpoint: str(permission_of(app, r.endpoint)) for r, _ in routes(app)} == {
        rule.endpoint: asked(rule.endpoint) for rule, _ in routes(app)
    }


@pytest.mark.parametrize("who", PEOPLE)
def test_each_role_reaches_what_it_may_and_nothing_else(app, database, who):
    identifier, in_group, reached = PEOPLE[who]
    person = Visitor(app)
    if identifier:
        person.sign_in(identifier, PASSWORD)
    if identifier and not in_group:
        with database.writing() as session:
            me = session.scalar(select(Agent.id).where(Agent.identifier == identifier))
            session.execute(delete(Membership).where(Membership.agent_id == me))
    app.config["WTF_CSRF_ENABLED"] = False
    looked_at = 0
    # Signing out comes last, for it would close the others.
    for rule, method in sorted(routes(app), key=lambda r: r[0].endpoint == "sign_in.sign_out"):
        with person.client.open(address(rule), method=method) as response:
            if permission_of(app, rule.endpoint) is Permission.KIOSK:
                assert response.status_code == 302 and response.headers["Location"] == "/borne/installer", rule
            elif asked(rule.endpoint) in reached:
                assert response.status_code != 403, rule
                assert "/connexion?suite" not in response.headers.get("Location", ""), rule
            elif identifier is None:
                assert response.status_code == 302 and response.headers["Location"].startswith("/connexion"), rule
            else:
                assert response.status_code == 403, rule
        looked_at += 1
    assert looked_at > 150


def test_the_table_is_what_the_rules_of_roles_say():
    """`may` gives each role, alone, what the table gives to who has it."""
    rows = {
        Role.FRONT_DESK: "front desk", Role.SOCIAL_WORKER: "social worker", Role.REFERENT: "referent",
        Role.ADMINISTRATOR: "administrator", Role.MANAGER: "responsable without group",
    }  # fmt: skip
    for role, who in rows.items():
        assert {str(p) for p in Permission if may(role, p)} == PEOPLE[who][2], role
    assert set(rows) == set(Role) - {Role.KIOSK}, "a kiosk is a device: no agent signs in on it"
    assert set(FUNCTIONS) <= set(rows)
    assert {str(p) for p in Permission if may(None, p)} == PEOPLE["nobody"][2] == {"public"}


@pytest.mark.parametrize("url", ["/", "/connexion", "/verifier", "/diagnostic", "/demarches/dtr-rsa", "/introuvable"])
def test_each_answer_carries_exactly_these_protections(camille, url):
    headers = camille.client.get(url).headers
    assert {name: headers.get(name) for name in HEADERS} == HEADERS
    assert "Server" not in headers


def test_papers_are_never_kept_by_the_browser(camille):
    response = camille.client.get("/demarches/dtr-rsa/livret.pdf")
    assert response.headers["Cache-Control"] == "no-store"


def test_the_style_is_kept_for_ever_under_an_address_that_changes(camille):
    style = re.search(r'href="(/static/style\.css\?v=\w+)"', camille.page.html)[1]
    with camille.client.get(style) as response:
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_the_session_cookie_is_out_of_reach(app):
    cookie = Visitor(app).client.get("/connexion").headers["Set-Cookie"]
    assert re.fullmatch(r"counter=[\w-]{32}; HttpOnly; Path=/; SameSite=Strict", cookie)


def test_over_tls_the_cookie_is_secure_and_the_browser_told_to_stay(instance, clock):
    from app import create_app
    from tests.conftest import settings_for

    response = create_app(settings_for(instance, tls=True), clock).test_client().get("/connexion")
    assert "Secure" in response.headers["Set-Cookie"]
    assert response.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize("endpoint", ["/accompagnement/commencer", "/diagnostic", "/rendez-vous/creneau"])
def test_a_post_without_protection_changes_nothing(camille, endpoint):
    page = camille.post(endpoint, {"csrf_token": "", "nature": "information"}, expect=400)
    assert "Rien n'est perdu" in page.text
    assert "Accompagnement en cours" not in camille.get("/").html
