"""The control plan: what to look at, what to do, and what was decided."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for

from counter.access import Permission
from counter.control import Kind, Reason
from counter.forms.control import DecisionForm
from counter.journal import Act, Subject
from counter.security import allow
from counter.store import control as store
from counter.store.agents import every_agent
from counter.upkeep import thresholds
from counter.web import agent, note, now, reading, services, writing

blueprint = Blueprint("control", __name__, url_prefix="/administration/controle")


@blueprint.route("", methods=["GET", "POST"])
@allow(Permission.ADMINISTER)
def plan():
    """What is to be dealt with; a POST says how one finding was."""
    form = DecisionForm()
    if form.validate_on_submit():
        known = {item.key for item in _findings()}
        if form.finding.data in known:
            with writing() as main:
                store.decide(main, form.finding.data, Reason(form.reason.data), agent().id, now())
                note(main, Act.DECIDED, Subject.FINDING, None, f"{form.finding.data} {form.reason.data}"[:80])
            flash("C'est noté.", "ok")
        else:
            flash("Ce constat a déjà été traité.", "info")
        return redirect(url_for("control.plan"))
    page = render_template(
        "control/plan.html",
        findings=_findings(),
        names={item.id: item.display_name for item in every_agent(reading(), _caf())},
        kinds=Kind,
        reasons=Reason,
        limits=thresholds(services().settings),
        form=form,
    )
    return page, 422 if form.errors else 200


def _caf() -> int | None:
    site = agent().site
    return site.caf_id if site else None


def _findings():
    return store.open_findings(reading(), thresholds(services().settings), _caf(), now())
