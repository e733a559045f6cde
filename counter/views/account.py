"""The agent's own account: rights as they stand, password, second step, open sessions, the group one works for."""

from __future__ import annotations

import pyotp
from flask import Blueprint, flash, redirect, render_template, session, url_for
from flask_login import current_user

from counter.access import Permission, session_ended
from counter.forms.account import PasswordForm, SecondStepForm, SessionForm, StopForm
from counter.journal import Act, Subject
from counter.models import Agent
from counter.security import GROUP, MUST_CHANGE, allow
from counter.store import agent_sessions, agents
from counter.store.habilitations import get_group, open_groups_of
from counter.throttle import Guess
from counter.web import agent, found, local, note, now, reading, render_form, services, writing

blueprint = Blueprint("account", __name__, url_prefix="/compte")
_SECRET = "totp_secret"  # noqa: S105 (in the session, until a first code proves that the telephone has it)


@blueprint.get("")
@allow(Permission.SIGNED_IN)
def mine():
    """What I may do and through which group; my password, my second step, my sessions."""
    rights = current_user.rights
    return render_template(
        "account/mine.html",
        rights=rights,
        group=get_group(reading(), rights.group_id) if rights.group_id else None,
        groups=open_groups_of(reading(), agent().id, local().date()),
        codes_left=agents.recovery_codes_left(reading(), agent().id) if agent().totp_secret else 0,
        sessions=_open_sessions(),
        this_one=session.row.token_hash if session.row else "",
    )


def _open_sessions() -> list:
    settings = services().settings
    with services().cache.reading() as cache:
        known = agent_sessions.list_sessions(cache, agent().id)
    limits = settings.idle_minutes, settings.session_hours
    return [row for row in known if not session_ended(row.started_at, row.seen_at, now(), *limits)]


@blueprint.post("/sessions/terminer")
@allow(Permission.SIGNED_IN)
def end_session():
    """End one of my sessions; with none named, all the others."""
    form = SessionForm()
    here = session.row.token_hash if session.row else ""
    with services().cache.writing() as cache:
        if form.session.data:
            ended = agent_sessions.end_session(cache, agent().id, form.session.data)
        else:
            ended = agent_sessions.end_sessions(cache, agent().id, but=here)
    if ended:
        with writing() as main:
            note(main, Act.CLOSED, Subject.SESSION, None, f"sessions {int(ended)}")
    flash("C'est terminé : il faudra se reconnecter." if ended else "Cette session était déjà terminée.", "ok")
    return redirect(url_for("account.mine"))


@blueprint.post("/groupe/<int:group_id>")
@allow(Permission.SIGNED_IN)
def work_for(group_id: int):
    """Work for another of my groups: one profile at a time."""
    group = next((g for g in open_groups_of(reading(), agent().id, local().date()) if g.id == group_id), None)
    session[GROUP] = found(group).id
    with writing() as main:
        note(main, Act.CHANGED, Subject.SESSION, None, f"groupe {group.id}")
    flash(f"Vous travaillez maintenant pour le groupe « {group.name} ».", "ok")
    return redirect(url_for("account.mine"))


# ── password ────────────────────────────────────────────────────────────────────────────────────


@blueprint.route("/mot-de-passe", methods=["GET", "POST"])
@allow(Permission.SIGNED_IN)
def password():
    """Choose my password; the other sessions end. A provisional password leads here and nowhere else."""
    form = PasswordForm(personal=personal_words(agent()))
    if form.validate_on_submit() and _is_mine(form.current):
        with writing() as main:
            agents.choose_password(main, agents.get_agent(main, agent().id), form.chosen.data)
            note(main, Act.CHANGED, Subject.AGENT, agent().id, "mot-de-passe")
        session.pop(MUST_CHANGE, None)
        with services().cache.writing() as cache:
            agent_sessions.end_sessions(cache, agent().id, but=session.row.token_hash if session.row else None)
        flash("Votre mot de passe est changé.", "ok")
        return redirect(url_for("home.home"))
    return render_form("account/password.html", form, first=bool(session.get(MUST_CHANGE)))


def _is_mine(field) -> bool:
    """Whether it is the password of the agent; slowed down like sign-in, for who finds a session left open."""
    throttle, key = services().throttle, agent().identifier
    throttle.check(Guess.PASSWORD, key)
    if agents.is_own_password(agent(), field.data):
        throttle.succeeded(Guess.PASSWORD, key)
        return True
    throttle.failed(Guess.PASSWORD, key)
    field.errors = ["Ce n'est pas votre mot de passe actuel. Vérifiez la touche majuscule."]
    return False


def personal_words(who: Agent) -> tuple[str, ...]:
    """What anyone may know of an agent."""
    site = who.site
    places = (site.short_name, site.city) if site else ()
    return (who.identifier, who.display_name, who.email or "", services().settings.structure_name, *places)


# ── second step ─────────────────────────────────────────────────────────────────────────────────


@blueprint.route("/deuxieme-etape", methods=["GET", "POST"])
@allow(Permission.SIGNED_IN)
def second_step():
    """Show the code square to the telephone; a first code proves that it works."""
    if agent().totp_secret:
        return redirect(url_for("account.mine"))
    secret = session.setdefault(_SECRET, pyotp.random_base32())
    session.modified = True
    form = SecondStepForm()
    if form.validate_on_submit():
        step = agents.totp_step(secret, form.code.data, now())
        if step is not None:
            with writing() as main:
                who = agents.get_agent(main, agent().id)
                codes = agents.start_second_step(main, services().keys.vault, who, secret, step)
                note(main, Act.CHANGED, Subject.AGENT, who.id, "deuxieme-etape ajoutee")
            session.pop(_SECRET)
            return render_template("account/recovery_codes.html", codes=codes)
        form.code.errors = ["Ce code ne va pas. Vérifiez l'heure du téléphone, puis écrivez le code suivant."]
    name = f"{services().settings.structure_name} ({agent().identifier})"
    address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Counter")
    spelt = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    return render_form("account/second_step.html", form, address=address, spelt=spelt)


@blueprint.route("/deuxieme-etape/arreter", methods=["GET", "POST"])
@allow(Permission.SIGNED_IN)
def stop_second_step():
    form = StopForm()
    if form.validate_on_submit() and _is_mine(form.current):
        with writing() as main:
            agents.stop_second_step(main, agents.get_agent(main, agent().id))
            note(main, Act.CHANGED, Subject.AGENT, agent().id, "deuxieme-etape arretee")
        flash("La deuxième étape est arrêtée.", "ok")
        return redirect(url_for("account.mine"))
    return render_form("account/stop_second_step.html", form)


@blueprint.route("/deuxieme-etape/codes", methods=["GET", "POST"])
@allow(Permission.SIGNED_IN)
def recovery_codes():
    """Ten new recovery codes, told once; those of before open no more."""
    if not agent().totp_secret:
        return redirect(url_for("account.mine"))
    form = StopForm()
    if form.validate_on_submit() and _is_mine(form.current):
        with writing() as main:
            codes = agents.new_recovery_codes(main, services().keys.vault, agents.get_agent(main, agent().id))
            note(main, Act.CHANGED, Subject.AGENT, agent().id, "codes-de-secours")
        return render_template("account/recovery_codes.html", codes=codes)
    return render_form("account/new_codes.html", form)
