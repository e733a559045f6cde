"""Agents, as an administrator makes, changes, closes and reopens them; provisional passwords."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, session, url_for

from counter.access import Permission, Role
from counter.formatting import moment_long
from counter.forms.habilitations import AgentForm, ButtonForm
from counter.habilitations import HabilitationRefused, Period
from counter.journal import Act, Subject
from counter.models import Agent
from counter.papers import pdf_response, structure
from counter.pdf.habilitations import password_slip_pdf
from counter.security import allow
from counter.store import agent_sessions
from counter.store import agents as store
from counter.store.agents import AddressTaken, IdentifierTaken
from counter.store.habilitations import open_groups, open_groups_of
from counter.store.journal import changed
from counter.views.administration import may_set_up, own_caf, own_sites
from counter.views.sign_in import post_password, sends_mail
from counter.web import agent, found, local, note, now, reading, render_form, services, writing

blueprint = Blueprint("agents", __name__, url_prefix="/agents")
_WORDS = {"display_name": "nom", "role": "fonction", "site_id": "lieu", "mobility": "poste", "opens_on": "dates",
          "closes_on": "dates"}  # fmt: skip
_SLIP = "slip"  # in the session: the provisional password, until its slip was printed once


def its_agent(agent_id: int, main=None) -> Agent:
    """An agent of the administrator's Caf, or any for an administrator of no site in particular."""
    known = store.any_agent(main or reading(), agent_id)
    known = found(known if known and not known.retired else None)
    here = agent().site is None or (known.site is not None and may_set_up(known.site.caf_id))
    return found(known if here else None)


@blueprint.get("")
@allow(Permission.ADMINISTER)
def everyone():
    """Every agent the administrator looks after, with their groups of today."""
    today = local().date()
    known = [row for row in store.every_agent(reading(), own_caf()) if not row.retired]
    groups = open_groups(reading(), [row.id for row in known], today)
    shown = [(row, groups[row.id]) for row in known]
    return render_template("agents/everyone.html", shown=shown, today=today)


@blueprint.route("/nouveau", methods=["GET", "POST"])
@allow(Permission.ADMINISTER)
def create():
    """A new agent, with a provisional password told once."""
    form = AgentForm(sites=own_sites(), everywhere=agent().site is None)
    if form.validate_on_submit():
        made = _made(form)
        if made is not None:
            return _hand_over(*made)
    return render_form("agents/agent.html", form, row=None)


def _made(form: AgentForm) -> tuple[int, str] | None:
    """Id and provisional password; None with a sentence under the field."""
    site_id = int(form.site.data) if form.site.data else None
    try:
        with writing() as main:
            row = store.create_agent(
                main, form.identifier.data, form.display_name.data, Role(form.role.data), "", site_id
            )
            form.fill(row)
            row.opens_on = row.opens_on or local().date()  # an account nobody ever uses is counted from then on
            store.put_address(main, services().keys.vault, row, form.email.data or "")
            note(main, Act.CREATED, Subject.AGENT, row.id, "mot-de-passe provisoire")
            return row.id, store.give_provisional(main, row, now())
    except IdentifierTaken:
        form.identifier.errors = ["Cet identifiant est déjà pris. Ajoutez par exemple une lettre."]
    except (AddressTaken, HabilitationRefused) as refused:
        _say(form, refused)
    return None


def _say(form: AgentForm, refused: Exception) -> None:
    if isinstance(refused, AddressTaken):
        form.email.errors = ["Un autre agent a déjà cette adresse."]
    else:
        form.role.errors = [str(refused)]


@blueprint.route("/<int:agent_id>", methods=["GET", "POST"])
@allow(Permission.ADMINISTER)
def change(agent_id: int):
    """Change an agent; a closing date that is past ends the sessions at the next click."""
    known = its_agent(agent_id)
    form = AgentForm(sites=own_sites(), everywhere=agent().site is None, obj=known)
    if form.validate_on_submit():
        try:
            with writing() as main:
                _change(main, its_agent(agent_id, main), form)
            flash("C'est enregistré.", "ok")
            return redirect(url_for("agents.everyone"))
        except (AddressTaken, HabilitationRefused) as refused:
            _say(form, refused)
    groups = open_groups_of(reading(), agent_id, local().date())
    return render_form(
        "agents/agent.html", form, row=its_agent(agent_id), groups=groups, act=ButtonForm(), me=agent().id
    )


def _change(main, row: Agent, form: AgentForm) -> None:
    _keep_an_administrator(row, form)
    form.fill(row)
    what, address = changed(row, _WORDS), row.email_index
    main.flush()
    store.settle_seat(main, row)
    store.put_address(main, services().keys.vault, row, form.email.data or "")
    what = f"{what} adresse".strip() if row.email_index != address else what
    if what:
        note(main, Act.CHANGED, Subject.AGENT, row.id, what)


def _keep_an_administrator(row: Agent, form: AgentForm) -> None:
    """Nobody takes the function of administrator from themselves, nor their own days, or there might be none left."""
    asked = Period(form.opens_on.data, form.closes_on.data)
    if row.id == agent().id and not asked.holds(local().date()):
        raise HabilitationRefused("Vous ne pouvez pas fermer votre propre compte : l'autre administrateur le peut.")
    if row.id == agent().id and form.role.data != row.role:
        raise HabilitationRefused("Vous ne pouvez pas changer votre propre fonction : l'autre administrateur le peut.")


@blueprint.post("/<int:agent_id>/fermer")
@allow(Permission.ADMINISTER)
def close(agent_id: int):
    """Close at once, or reopen. Nobody closes the own account: someone must be able to open it again."""
    if agent_id == agent().id:
        flash("Vous ne pouvez pas fermer votre propre compte : l'autre administrateur peut le faire.", "stop")
        return redirect(url_for("agents.change", agent_id=agent_id))
    try:
        with writing() as main:
            row = its_agent(agent_id, main)
            closed = row.active
            if closed:
                store.close_account(main, row, now())
            else:
                store.reopen_account(main, row, local().date())
            note(main, Act.CLOSED if closed else Act.CHANGED, Subject.AGENT, row.id, "" if closed else "rouvert")
    except HabilitationRefused as refused:
        flash(str(refused), "stop")
        return redirect(url_for("agents.change", agent_id=agent_id))
    if closed:
        _end_sessions(agent_id)
    flash("Le compte est fermé." if closed else "Le compte est rouvert.", "ok")
    return redirect(url_for("agents.change", agent_id=agent_id))


@blueprint.post("/<int:agent_id>/mot-de-passe")
@allow(Permission.ADMINISTER)
def provisional(agent_id: int):
    """A new provisional password, told once; with it the second step is asked no more: a lost telephone."""
    with writing() as main:
        row = its_agent(agent_id, main)
        password = store.give_provisional(main, row, now())
        stopped = " deuxieme-etape arretee" if row.totp_secret else ""
        store.stop_second_step(main, row)
        note(main, Act.CHANGED, Subject.AGENT, row.id, f"mot-de-passe provisoire{stopped}")
    _end_sessions(agent_id)
    return _hand_over(agent_id, password)


def _end_sessions(agent_id: int) -> None:
    with services().cache.writing() as cache:
        agent_sessions.end_sessions(cache, agent_id)


def _hand_over(agent_id: int, password: str):
    session[_SLIP] = {"agent": agent_id, "password": password}
    row = its_agent(agent_id)
    return render_template("agents/slip.html", row=row, password=password, by_mail=bool(row.email) and sends_mail())


def _given(row: Agent) -> str | None:
    """The password just given to that agent, once: printed or sent, it is forgotten here."""
    kept = session.get(_SLIP)
    if not kept or kept["agent"] != row.id or row.provisional_until is None:
        flash("Ce mot de passe a déjà été remis. Donnez-en un nouveau.", "stop")
        return None
    session.pop(_SLIP)
    return kept["password"]


@blueprint.post("/<int:agent_id>/pli/envoyer")
@allow(Permission.ADMINISTER)
def send(agent_id: int):
    """Send it by e-mail instead of printing it."""
    with writing() as main:
        row = its_agent(agent_id, main)
        password = _given(row) if row.email and sends_mail() else None
        if password:
            post_password(main, row, password)
            note(main, Act.EXPORTED, Subject.AGENT, row.id, "mot-de-passe provisoire e-mail")
            flash(f"Le mot de passe part par e-mail à {row.display_name}.", "ok")
    return redirect(url_for("agents.change", agent_id=agent_id))


@blueprint.get("/<int:agent_id>/pli.pdf")
@allow(Permission.ADMINISTER)
def slip(agent_id: int):
    """The slip of the password just given."""
    row = its_agent(agent_id)
    password = _given(row)
    if password is None:
        return redirect(url_for("agents.change", agent_id=agent_id))
    with writing() as main:
        note(main, Act.EXPORTED, Subject.AGENT, row.id, "mot-de-passe provisoire pli")
    paper, until = structure(), moment_long(local(row.provisional_until))
    address = services().settings.public_url
    pdf = password_slip_pdf(row.display_name, row.identifier, password, until, address,
                            structure=paper.name, specimen=paper.specimen, logo=paper.logo)  # fmt: skip
    return pdf_response(pdf, "pli-confidentiel.pdf")
