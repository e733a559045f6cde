"""Closed by default: every route × every role; the headers of every answer."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import delete

from counter.access import FUNCTIONS, Permission, Role, may
from counter.demonstration import SIGN_INS
from counter.models import Membership
from counter.security import permission_of
from tests.pages import Visitor

PUBLIC = {
    "static", "sign_in.sign_in", "sign_in.sign_out", "verification.verify", "verification.published",
    "verification.keys", "verification.printed_keys", "help.guide", "status.health",
    "sign_in.second_step", "sign_in.forgotten", "proconnect.start",
    "proconnect.back",
    "structure.colours", "structure.logo", "manage.find", "manage.mine", "manage.move", "manage.cancel", "manage.leave",
    "manage.slip", "manage.calendar", "video.attempt", "kiosk.enrol", "take_away.sheet",
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


def test_a_view_that_says_nothing_is_refused_to_an_administrator(app):
    app.add_url_rule("/oubli", "oubli", lambda: "secret")
    assert Visitor(app).sign_in("dominique", SIGN_INS[0].password).client.get("/oubli").status_code == 403


# robin is a front-desk agent, and the responsable des habilitations of a group besides.
ROLES = {"robin": {Role.FRONT_DESK, Role.MANAGER}}


@pytest.mark.parametrize("sign_in", [None, *SIGN_INS], ids=lambda s: s.identifier if s else "personne")
def test_each_role_reaches_what_it_may_and_nothing_else(app, sign_in):
    roles = ROLES.get(sign_in.identifier, {sign_in.role}) if sign_in else {None}
    person = Visitor(app)
    if sign_in:
        person.sign_in(sign_in.identifier, sign_in.password)
    app.config["WTF_CSRF_ENABLED"] = False
    looked_at = 0
    # Signing out comes last, for it would close the others.
    for rule, method in sorted(routes(app), key=lambda r: r[0].endpoint == "sign_in.sign_out"):
        response = person.client.open(address(rule), method=method)
        response.close()
        if permission_of(app, rule.endpoint) is Permission.KIOSK:
            assert response.status_code == 302 and response.headers["Location"] == "/borne/installer", rule
        elif any(may(role, permission_of(app, rule.endpoint)) for role in roles):
            assert response.status_code != 403, rule
            assert "/connexion?suite" not in response.headers.get("Location", ""), rule
        elif sign_in is None:
            assert response.status_code == 302 and response.headers["Location"].startswith("/connexion"), rule
        else:
            assert response.status_code == 403, rule
        looked_at += 1
    assert looked_at > 40


def test_an_agent_in_no_group_reaches_their_own_account_and_nothing_else(app, database):
    with database.writing() as session:
        session.execute(delete(Membership))
    person = Visitor(app).sign_in("sacha", SIGN_INS[0].password)
    app.config["WTF_CSRF_ENABLED"] = False
    open_to_all = {Permission.PUBLIC, Permission.SIGNED_IN}
    refused = 0
    for rule, method in sorted(routes(app), key=lambda r: r[0].endpoint == "sign_in.sign_out"):
        if permission_of(app, rule.endpoint) is Permission.KIOSK:
            continue  # of a device, whoever is signed in
        with person.client.open(address(rule), method=method) as response:
            assert (response.status_code == 403) is (permission_of(app, rule.endpoint) not in open_to_all), rule
            refused += response.status_code == 403
    assert refused > 100


def test_the_roles_tested_are_all_there_are():
    tested = {sign_in.role for sign_in in SIGN_INS} | set().union(*ROLES.values())
    assert tested == set(Role) - {Role.KIOSK}, "a kiosk is a device: no agent signs in on it"
    assert set(FUNCTIONS) <= tested


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
