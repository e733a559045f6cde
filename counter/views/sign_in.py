"""Signing in and out."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user

from counter.access import Permission
from counter.forms.sign_in import SignInForm
from counter.journal import Act, Subject
from counter.security import SignedIn, allow, safe_target
from counter.store import agents
from counter.store.journal import record
from counter.throttle import Guess
from counter.web import note, now, reading, render_form, services, writing

blueprint = Blueprint("sign_in", __name__)


@blueprint.route("/connexion", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def sign_in():
    """Ask for identifier and password; back to where the agent wanted to go."""
    form = SignInForm(suite=request.args.get("suite"))
    if current_user.is_authenticated:
        return redirect(safe_target(form.suite.data) or url_for("home.home"))
    if form.validate_on_submit():
        agent_id = _verified(form)
        if agent_id is not None:
            return _enter(agent_id, form.suite.data)
        form.password.errors = [
            "L'identifiant ou le mot de passe ne va pas. Vérifiez les deux, et la touche majuscule."
        ]
    return render_form(
        "sign_in/sign_in.html",
        form,
        expired=request.args.get("raison") == "expiree",
        pending=bool(session.get("pending")),
    )


def _verified(form: SignInForm) -> int | None:
    throttle, place = services().throttle, request.remote_addr or ""
    identifier = form.identifier.data.lower()
    throttle.check(Guess.PASSWORD, identifier)
    throttle.check(Guess.PASSWORD_FROM_PLACE, place)
    agent = agents.check_password(reading(), identifier, form.password.data)
    if agent is None:
        throttle.failed(Guess.PASSWORD, identifier)
        throttle.failed(Guess.PASSWORD_FROM_PLACE, place)
        with writing() as main:  # without what was typed: it may be a password, or anyone's name
            record(main, Act.SIGN_IN_REFUSED, None, Subject.SESSION, None, place, now())
        return None
    throttle.succeeded(Guess.PASSWORD, identifier)
    return agent.id


def _enter(agent_id: int, suite: str | None):
    pending = session.pop("pending", None)
    session.renew()
    login_user(SignedIn(agents.get_agent(reading(), agent_id)))
    with writing() as main:
        agents.record_sign_in(main, agent_id, now())
        record(main, Act.SIGNED_IN, agent_id, Subject.SESSION, None, request.remote_addr or "", now())
    if pending and pending["agent"] == agent_id:
        return render_template("sign_in/resume.html", pending=pending)
    return redirect(safe_target(suite) or url_for("home.home"))


@blueprint.post("/deconnexion")
@allow(Permission.PUBLIC)
def sign_out():
    """End the session here and on the server."""
    if current_user.is_authenticated:
        with writing() as main:
            note(main, Act.SIGNED_OUT, Subject.SESSION)
    logout_user()
    session.renew()
    session.clear()
    return redirect(url_for("sign_in.sign_in"))
