"""Signing in, in one step or two, and out; a forgotten password."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user
from sqlalchemy.orm import Session

from counter.access import Permission
from counter.formatting import moment_long
from counter.forms.account import CodeForm, ForgottenForm
from counter.forms.sign_in import SignInForm
from counter.journal import Act, Subject
from counter.message_words import password_words
from counter.messages import PASSWORD, Channel
from counter.models import Agent
from counter.security import MUST_CHANGE, allow, safe_target, signed_in
from counter.sending import means_configured
from counter.store import agents
from counter.store.journal import record
from counter.store.messages import queue_to_agent
from counter.throttle import Guess
from counter.web import local, note, now, reading, render_form, services, writing

blueprint = Blueprint("sign_in", __name__)
_SECOND = "second_step"  # in the session: whose code is awaited
_TIME_FOR_CODE = timedelta(minutes=5)


@blueprint.route("/connexion", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def sign_in():
    """Ask for identifier and password; back to where the agent wanted to go."""
    form = SignInForm(suite=request.args.get("suite"))
    if current_user.is_authenticated:
        return redirect(safe_target(form.suite.data) or url_for("home.home"))
    if form.validate_on_submit():
        opened = _verified(form)
        if opened is not None:
            return go_on(opened, form.suite.data)
    return render_form(
        "sign_in/sign_in.html",
        form,
        expired=request.args.get("raison") == "expiree",
        pending=bool(session.get("pending")),
        proconnect=bool(services().settings.proconnect_url),
    )


def _verified(form: SignInForm) -> agents.Opened | None:
    """Whose password it is; None with a sentence under the field. An account not open today is as unknown as any."""
    throttle, place = services().throttle, request.remote_addr or ""
    identifier = form.identifier.data.lower()
    throttle.check(Guess.PASSWORD, identifier)
    throttle.check(Guess.PASSWORD_FROM_PLACE, place)
    opened = agents.open_with(reading(), identifier, form.password.data, now())
    if opened is None or signed_in(opened.agent.id) is None:
        throttle.failed(Guess.PASSWORD, identifier)
        throttle.failed(Guess.PASSWORD_FROM_PLACE, place)
        refuse(None)
        form.password.errors = [
            "L'identifiant ou le mot de passe ne va pas. Vérifiez les deux, et la touche majuscule."
        ]
        return None
    throttle.succeeded(Guess.PASSWORD, identifier)
    if opened.expired:
        refuse(opened.agent.id, "mot-de-passe provisoire depasse")
        form.password.errors = ["Ce mot de passe provisoire ne sert plus : il durait 24 heures. Demandez-en un autre."]
        return None
    return opened


def refuse(agent_id: int | None, why: str = "") -> None:
    """A refused sign-in is in the journal, without what was typed: it may be a password, or anyone's name. `agent_id`:
    whose account it was, once that was proven; not as the one who acted, for they may be someone else."""
    subject = Subject.SESSION if agent_id is None else Subject.AGENT
    with writing() as main:
        record(main, Act.SIGN_IN_REFUSED, None, subject, agent_id, request.remote_addr or "", now(), why)


def go_on(opened: agents.Opened, suite: str | None, by: str = "mot-de-passe"):
    """To the second step where there is one, else in. `by`: how the agent proved who they are, for the journal."""
    by = "mot-de-passe provisoire" if opened.provisional else by
    if not opened.agent.totp_secret:
        return _enter(opened.agent.id, suite, opened.provisional, by)
    session.renew()
    until = (now() + _TIME_FOR_CODE).isoformat()
    session[_SECOND] = {"agent": opened.agent.id, "suite": suite, "until": until, "provisional": opened.provisional,
                        "by": by}  # fmt: skip
    return redirect(url_for("sign_in.second_step"))


@blueprint.route("/connexion/code", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def second_step():
    """The code of the telephone, or a recovery code. Five minutes, five tries."""
    awaited = session.get(_SECOND)
    if current_user.is_authenticated or not awaited or now() >= datetime.fromisoformat(awaited["until"]):
        session.pop(_SECOND, None)
        return redirect(url_for("sign_in.sign_in"))
    form = CodeForm()
    if form.validate_on_submit():
        if _passes(awaited["agent"], form.code.data):
            session.pop(_SECOND)
            return _enter(awaited["agent"], awaited["suite"], awaited["provisional"], f"{awaited['by']} et code")
        form.code.errors = ["Ce code ne va pas, ou il a déjà servi. Attendez le suivant."]
    return render_form("sign_in/second_step.html", form)


def _passes(agent_id: int, code: str) -> bool:
    throttle, key = services().throttle, str(agent_id)
    throttle.check(Guess.SECOND_STEP, key)
    with writing() as main:
        agent = agents.get_agent(main, agent_id)
        passed = agent is not None and agents.pass_second_step(main, services().keys.vault, agent, code, now())
    (throttle.succeeded if passed else throttle.failed)(Guess.SECOND_STEP, key)
    if not passed:
        refuse(agent_id, "deuxieme-etape")
    return passed


def _enter(agent_id: int, suite: str | None, provisional: bool, by: str):
    pending = session.pop("pending", None)
    session.renew()
    login_user(signed_in(agent_id))
    session["device"], session["address"] = device_of(request.user_agent.string), request.remote_addr or ""
    with writing() as main:
        agents.record_sign_in(main, agent_id, now())
        record(main, Act.SIGNED_IN, agent_id, Subject.SESSION, None, request.remote_addr or "", now(), by)
    if provisional:
        session[MUST_CHANGE] = True
        return redirect(url_for("account.password"))
    if pending and pending["agent"] == agent_id:
        return render_template("sign_in/resume.html", pending=pending)
    return redirect(safe_target(suite) or url_for("home.home"))


_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac", "Mac"),
            ("Linux", "Linux"))  # fmt: skip


def device_of(user_agent: str) -> str:
    """Enough for an agent to recognise their own machine: « Firefox, Windows »."""
    named = [
        next((name for sign, name in known if sign in user_agent), "") for known in (_BROWSERS, _SYSTEMS)
    ]  # fmt: skip
    return ", ".join(name for name in named if name) or "Navigateur inconnu"


@blueprint.route("/connexion/oubli", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def forgotten():
    """A provisional password by e-mail. The answer is the same whether the address is known or not."""
    if not sends_mail():
        return render_template("sign_in/ask_administrator.html")
    form = ForgottenForm()
    if form.validate_on_submit():
        _send_provisional(form.email.data)
        flash(
            "Si cette adresse est celle d'un agent, un message part maintenant. Son mot de passe sert 24 heures.", "ok"
        )
        return redirect(url_for("sign_in.sign_in"))
    return render_form("sign_in/forgotten.html", form)


def sends_mail() -> bool:
    """Whether this counter can send an agent a password."""
    return not services().demonstration and Channel.EMAIL in means_configured(services().settings)


def post_password(main: Session, agent: Agent, password: str) -> None:
    """Queue the e-mail that brings a provisional password; it is not sent once the password opens no more."""
    until = agent.provisional_until
    words = password_words(services().settings.structure_name, agent.identifier, password, moment_long(local(until)))
    queue_to_agent(main, PASSWORD, agent.email, *words, now(), until)


def _send_provisional(email: str) -> None:
    on, place = services(), request.remote_addr or ""
    for guess, key in ((Guess.FORGOTTEN, email.lower()), (Guess.FORGOTTEN_FROM_PLACE, place)):
        on.throttle.check(guess, key)
        on.throttle.failed(guess, key)
    with writing() as main:
        agent = agents.agent_of_address(main, on.keys.vault, email)
        if agent is not None and signed_in(agent.id) is None:
            agent = None
        password = agents.give_provisional(main, agent, now())
        if agent is not None:
            post_password(main, agent, password)
            record(main, Act.CHANGED, None, Subject.AGENT, agent.id, place, now(), "mot-de-passe oublie")
        else:  # written down as well: the two answers wait for the disk alike
            record(main, Act.SIGN_IN_REFUSED, None, Subject.SESSION, None, place, now(), "mot-de-passe oublie")


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
