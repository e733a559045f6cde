"""The control plan: what to look at, what to do, and what was decided."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, abort, flash, redirect, render_template, url_for

from counter.access import Permission
from counter.control import Family, Finding, Kind, Reason
from counter.forms.control import DecisionForm
from counter.journal import Act, Subject
from counter.security import allow
from counter.store import control as store
from counter.store.agents import every_agent
from counter.upkeep import thresholds
from counter.views.administration import own_caf
from counter.web import agent, local, note, now, reading, services, writing

blueprint = Blueprint("control", __name__, url_prefix="/administration/controle")


@blueprint.route("", methods=["GET", "POST"])
@allow(Permission.ADMINISTER)
def plan():
    """What is to be dealt with; a POST says how one finding was."""
    form = DecisionForm()
    if form.validate_on_submit():
        if _decided(form.finding.data, form.reason.data):
            flash("C'est noté.", "ok")
        else:
            flash("Ce constat a déjà été traité.", "info")
        return redirect(url_for("control.plan"))
    found = _findings()
    page = render_template(
        "control/plan.html",
        families=[(family, [item for item in found if item.kind.family is family]) for family in Family],
        number=len(found),
        names={item.id: item.display_name for item in every_agent(reading(), own_caf(), siteless=True)},
        ways=_ways,
        today=local().date(),
        limits=thresholds(services().settings),
        form=form,
    )
    return page, 422 if form.errors else 200


def _decided(key: str, reason: str) -> bool:
    """Whether this decision is the one that is kept: a colleague may have been there before."""
    known = {item.key: item for item in _findings()}
    if key not in known:
        return False
    if reason not in known[key].kind.reasons:
        abort(400)
    with writing() as main:
        kept = store.decide(main, key, Reason(reason), agent().id, now())
        if kept:
            note(main, Act.DECIDED, Subject.FINDING, None, f"{key} {reason}"[:80])
    return kept


def _ways(item: Finding) -> Iterator[tuple[str, str]]:
    """Words and addresses of the pages where it can be looked at, and something done."""
    if item.kind in {Kind.HOURS, Kind.MACHINES, Kind.REFUSED}:
        yield "Voir ces connexions dans le journal", _in_journal(item)
    if item.convention_id:
        yield "Ouvrir la convention", url_for("habilitations.convention", convention_id=item.convention_id)
    if item.group_id:
        yield "Ouvrir le groupe", url_for("habilitations.group", group_id=item.group_id)
    if item.agent_id:
        yield "Ouvrir le compte", url_for("agents.change", agent_id=item.agent_id)


def _in_journal(item: Finding) -> str:
    """The sign-ins of that day."""
    act = Act.SIGN_IN_REFUSED if item.kind is Kind.REFUSED else Act.SIGNED_IN
    parts = {"jour": item.on.day, "mois": item.on.month, "annee": item.on.year}
    day = {f"{side}-{part}": number for side in ("du", "au") for part, number in parts.items()}
    return url_for("journal.search", acte=act, agent=item.agent_id, **day)


def _findings():
    return store.open_findings(reading(), thresholds(services().settings), own_caf(), now())
