"""Guided démarches: find, prepare, follow step by step, print."""

from __future__ import annotations

import logging
from dataclasses import replace

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.exc import SQLAlchemyError

from counter.access import Permission
from counter.demarches import UnknownStep, find, progress
from counter.forms.guiding import HoldForm, ReportForm, ResumeForm
from counter.guiding import Guiding, Outcome, ReportReason, View, is_stale, mark_of
from counter.papers import pdf_response, structure
from counter.pdf.booklet import booklet_pdf
from counter.security import allow
from counter.store import guiding as store
from counter.store.places import motif_of_topic
from counter.store.visits import open_visit
from counter.tutorials import Tutorial
from counter.views.guiding import remember, remembered, tutorial_of
from counter.web import agent, caf_id, local, now, reading, services, writing

blueprint = Blueprint("demarches", __name__, url_prefix="/demarches")
log = logging.getLogger("counter")


def guided(tutorial: Tutorial, state: Guiding) -> dict:
    """What the agent's tools need on every page of a sheet."""
    return {
        "tutorial": tutorial,
        "ticked": state.ticks.get(tutorial.slug, []),
        "marks": [mark_of(item) for item in tutorial.bring],
        "stale": is_stale(tutorial.checked_on, local().date()),
        "hold_form": HoldForm(),
        "report_form": ReportForm(),
        "reasons": list(ReportReason),
    }


@blueprint.get("")
@allow(Permission.COUNTER)
def catalogue():
    """All sheets by theme, or those that answer a search."""
    query = request.args.get("q", "").strip()[:200]
    sheets = services().catalogue
    return render_template(
        "demarches/catalogue.html",
        query=query,
        results=find(sheets.tutorials.values(), query),
        themes=sheets.by_theme(),
        resume=ResumeForm(formdata=None),
    )


@blueprint.get("/<slug>")
@allow(Permission.COUNTER)
def sheet(slug: str):
    """For whom, what to bring, how long, where; then the steps."""
    return render_template("demarches/sheet.html", **guided(tutorial_of(slug), remembered()))


@blueprint.get("/<slug>/etape/<int:number>")
@allow(Permission.COUNTER)
def step(slug: str, number: int):
    """One step, large, as the visitor sees it; or all of them for the agent. The choice holds for the visit."""
    try:
        here = progress(tutorial_of(slug), number)
    except UnknownStep:
        return redirect(url_for("demarches.sheet", slug=slug))
    known = remembered()
    state = _with_view(_counted(known, slug), request.args.get("vue", ""))
    if state != known:
        remember(state)
    page = "step" if state.view is View.PERSON else "agent"
    return render_template(f"demarches/{page}.html", here=here, **guided(here.tutorial, state))


def _with_view(state: Guiding, asked: str) -> Guiding:
    return replace(state, view=View(asked)) if asked in set(View) else state


def _counted(state: Guiding, slug: str) -> Guiding:
    """Count that the sheet is begun, once in a visit; going on with a code is no new beginning."""
    if slug in state.started or slug in state.held:
        return state
    try:
        with writing() as main:
            store.count_use(main, slug, local().date(), started=1)
    except SQLAlchemyError as error:  # a count is not worth a page that someone waits for
        log.warning("use not counted (%s)", type(error).__name__)
        return state
    return replace(state, started=[*state.started, slug])


@blueprint.post("/<slug>/terminer")
@allow(Permission.COUNTER)
def finish(slug: str):
    """Write in the visit that the démarche is done, or to be finished later."""
    tutorial, state = tutorial_of(slug), remembered()
    outcome = Outcome.LATER if request.form.get("suite") == Outcome.LATER else Outcome.DONE
    with writing() as main:
        changed = store.record_demarche(main, agent(), tutorial.title, outcome, now())
        if outcome is Outcome.DONE and changed:
            store.count_use(main, slug, local().date(), finished=1)
        if outcome is Outcome.DONE and slug in state.held:
            store.forget_held(main, state.held[slug])
    return redirect(url_for("demarches.finished", slug=slug))


@blueprint.get("/<slug>/fin")
@allow(Permission.COUNTER)
def finished(slug: str):
    """What happens next, and what can be done now."""
    tutorial = tutorial_of(slug)
    sheets, visit = services().catalogue.tutorials, open_visit(reading(), agent().id, now())
    return render_template(
        "demarches/finished.html",
        tutorial=tutorial,
        motif=motif_of_topic(reading(), tutorial.motif_topic, caf_id()),
        follow_ups=[sheets[s] for s in tutorial.follow_ups if s in sheets],
        visit=visit,
        outcome=store.outcome_in(visit.steps, tutorial.title) if visit else None,
        hold_form=HoldForm(),
    )


@blueprint.get("/<slug>/livret.pdf")
@allow(Permission.COUNTER)
def booklet(slug: str):
    return pdf_response(booklet_pdf(tutorial_of(slug), structure().name, structure().logo), f"{slug}.pdf")
