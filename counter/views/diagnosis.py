"""The autonomy diagnosis: ask, propose, let the agent choose, print."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for

from counter.access import Permission
from counter.diagnosis import Outcome, Override, next_actions, orient
from counter.forms.diagnosis import DiagnosisForm, OverrideForm
from counter.papers import pdf_response, structure
from counter.pdf.orientation import orientation_pdf, orientation_words
from counter.security import allow
from counter.store import diagnosis as store
from counter.web import agent, found, local, now, reading, render_form, writing

blueprint = Blueprint("diagnosis", __name__, url_prefix="/diagnostic")


@blueprint.route("", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def ask():
    """The grid; « Orienter tout de suite » skips what is left of it."""
    form = DiagnosisForm()
    if form.validate_on_submit():
        orientation = orient(form.answers(urgent_now="urgence" in request.form))
        with writing() as main:
            kept = store.record_diagnosis(
                main, agent(), orientation, form.need_values(), form.language.data or "", form.act_key(), now()
            )
        # Why it was proposed is shown once to this agent, and never stored with the diagnosis.
        session["why"] = {
            "id": kept.id,
            "explanation": orientation.explanation,
            "right_now": orientation.right_now,
            "offer_social": orientation.offer_social,
        }
        return redirect(url_for("diagnosis.proposal", diagnosis_id=kept.id))
    return render_form("diagnosis/ask.html", form)


@blueprint.route("/<int:diagnosis_id>", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def proposal(diagnosis_id: int):
    """What is proposed and why, what to do next, and the agent's own choice."""
    kept = found(store.get_diagnosis(reading(), diagnosis_id, agent().id))
    form = OverrideForm()
    if form.validate_on_submit():
        with writing() as main:
            mine = found(store.get_diagnosis(main, diagnosis_id, agent().id))
            store.override_diagnosis(main, mine, Outcome(form.chosen.data), Override(form.reason.data))
        return redirect(url_for("diagnosis.proposal", diagnosis_id=diagnosis_id))
    why = session.get("why") or {}
    why = why if why.get("id") == diagnosis_id else {}
    helps = () if kept.chosen else kept.help_values
    title, words = orientation_words(kept.outcome_value, helps)
    actions = next_actions(kept.outcome_value, helps, why.get("right_now", False), why.get("offer_social", False))
    return render_form("diagnosis/proposal.html", form, kept=kept, why=why, title=title, words=words, actions=actions)


@blueprint.get("/<int:diagnosis_id>/fiche.pdf")
@allow(Permission.COUNTER)
def sheet(diagnosis_id: int):
    """The orientation sheet."""
    kept = found(store.get_diagnosis(reading(), diagnosis_id, agent().id))
    site = agent().site
    pdf = orientation_pdf(
        kept.outcome_value,
        () if kept.chosen else kept.help_values,
        kept.need_values,
        kept.language,
        structure().name,
        site.name if site else structure().name,
        local(kept.made_at).date(),
        specimen=structure().specimen,
        logo=structure().logo,
    )
    return pdf_response(pdf, "orientation.pdf")


@blueprint.get("/urgence")
@allow(Permission.COUNTER)
def urgent():
    """The numbers to call now."""
    return render_template("diagnosis/urgent.html")
