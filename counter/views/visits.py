"""A visit: start, what was done, close, its summary."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for

from counter.access import Permission
from counter.forms.visits import CloseVisitForm
from counter.papers import pdf_response, structure
from counter.pdf.visit_summary import visit_summary_pdf
from counter.security import allow
from counter.store import visits
from counter.store.appointments import upcoming_of_visit
from counter.visits import NoVisit, suggested_nature
from counter.web import agent, found, now, reading, render_form, visit_in_progress, writing, zone

blueprint = Blueprint("visits", __name__, url_prefix="/accompagnement")


@blueprint.get("")
@allow(Permission.COUNTER)
def visit():
    """What was done in the visit in progress, or how to start one."""
    return render_template("visits/visit.html", current=visit_in_progress())


@blueprint.post("/commencer")
@allow(Permission.COUNTER)
def start():
    """One click, nothing asked."""
    with writing() as main:
        visits.start_visit(main, agent(), now())
    return redirect(url_for("home.home"))


@blueprint.route("/terminer", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def close():
    """What was done, its nature, solved or not."""
    current = visit_in_progress()
    if current is None:
        return redirect(url_for("visits.visit"))
    form = CloseVisitForm(nature=suggested_nature([step.kind_value for step in current.steps]))
    if form.validate_on_submit():
        try:
            with writing() as main:
                visits.close_visit(main, agent().id, form.nature_value(), form.solved_value(), now())
        except NoVisit:
            return redirect(url_for("visits.visit"))
        return redirect(url_for("visits.closed", visit_id=current.id))
    return render_form("visits/close.html", form, current=current)


@blueprint.get("/<int:visit_id>")
@allow(Permission.COUNTER)
def closed(visit_id: int):
    """The visit is over: its summary to print."""
    return render_template("visits/closed.html", done=found(visits.get_visit(reading(), visit_id, agent().id)))


@blueprint.get("/<int:visit_id>/fiche.pdf")
@allow(Permission.COUNTER)
def summary(visit_id: int):
    done = found(visits.get_visit(reading(), visit_id, agent().id))
    pdf = visit_summary_pdf(
        done,
        upcoming_of_visit(reading(), visit_id, now()),
        structure().name,
        zone(),
        specimen=structure().specimen,
        logo=structure().logo,
    )
    return pdf_response(pdf, "ce-que-nous-avons-fait.pdf")
