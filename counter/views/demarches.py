"""Guided démarches: find, prepare, follow step by step, print."""

from __future__ import annotations

import logging
from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.exc import SQLAlchemyError

from counter.access import Permission
from counter.demarches import UnknownStep, progress
from counter.forms.guiding import HoldForm, ReportForm, ResumeForm
from counter.guiding import Guiding, Outcome, ReportReason, View, is_stale, mark_of
from counter.papers import pdf_response, structure
from counter.pdf.booklet import MOST_SHEETS, booklet_of_many, booklet_pdf
from counter.security import allow
from counter.store import guiding as store
from counter.tutorials import Tutorial, Word
from counter.tutorials.words import by_letter, in_order, texts_of
from counter.views.guiding import motif_of, remember, remembered, tutorial_of
from counter.web import agent, local, now, services, visit_in_progress, writing

blueprint = Blueprint("demarches", __name__, url_prefix="/demarches")
log = logging.getLogger("counter")


def guided(tutorial: Tutorial, state: Guiding) -> dict:
    """What the agent's tools need on every page of a sheet."""
    return {
        "tutorial": tutorial,
        "ticked": state.ticks.get(tutorial.slug, []),
        "tick_marks": [mark_of(item) for item in tutorial.bring],
        "in_booklet": tutorial.slug in state.booklet,
        "stale": is_stale(tutorial.checked_on, local().date()),
        "hold_form": HoldForm(),
        "report_form": ReportForm(),
        "reasons": list(ReportReason),
    }


@blueprint.get("")
@allow(Permission.COUNTER)
def catalogue():
    """All sheets by theme, and the box of a code to go on."""
    themes = services().catalogue.by_theme()
    return render_template("demarches/catalogue.html", themes=themes, resume=ResumeForm(formdata=None))


@blueprint.get("/dico")
@allow(Permission.COUNTER)
def glossary():
    """Every hard word, by letter."""
    words = services().catalogue.glossary.values()
    return render_template("demarches/glossary.html", letters=by_letter(words))


@blueprint.get("/<slug>")
@allow(Permission.COUNTER)
def sheet(slug: str):
    """For whom, what to bring, how long, where; then the steps."""
    tutorial = tutorial_of(slug)
    known = guided(tutorial, remembered())
    motif = motif_of(tutorial) if "rendez-vous" in tutorial.help_keys else None
    return render_template("demarches/sheet.html", motif=motif, **known)


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
    page = "demarches/step.html" if state.view is View.PERSON else "demarches/agent.html"
    return render_template(page, here=here, **guided(here.tutorial, state))


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
    sheets, visit = services().catalogue.tutorials, visit_in_progress()
    return render_template(
        "demarches/finished.html",
        tutorial=tutorial,
        motif=motif_of(tutorial),
        follow_ups=[sheets[s] for s in tutorial.follow_ups if s in sheets],
        visit=visit,
        outcome=store.outcome_in(visit.steps, tutorial.title) if visit else None,
        hold_form=HoldForm(),
    )


@blueprint.get("/<slug>/livret.pdf")
@allow(Permission.COUNTER)
def booklet(slug: str):
    """The whole sheet on paper, with the words it uses; on A5 when asked."""
    tutorial = tutorial_of(slug)
    pdf = booklet_pdf(tutorial, structure().name, structure().logo, words_of([tutorial]), small=asks_small())
    return pdf_response(pdf, f"{slug}.pdf")


def asks_small() -> bool:
    return request.args.get("format") == "a5"


def words_of(tutorials: list[Tutorial]) -> tuple[Word, ...]:
    """The hard words that these sheets use, in the order of a dictionary."""
    texts = [text for tutorial in tutorials for text in texts_of(tutorial)]
    return tuple(in_order(services().catalogue.words.words_in(texts)))


# ── a booklet of several sheets ─────────────────────────────────────────────────────────────────


@blueprint.route("/livret", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def choose_booklet():
    """Tick the sheets to print together; kept for the visit."""
    sheets, state = services().catalogue, remembered()
    if request.method == "POST":
        asked = dict.fromkeys(request.form.getlist("fiche"))
        state = replace(state, booklet=[slug for slug in asked if slug in sheets.tutorials])
        remember(state)
        return redirect(url_for("demarches.choose_booklet"))
    chosen = [sheets.tutorials[slug] for slug in state.booklet if slug in sheets.tutorials]
    return render_template("demarches/booklet.html", themes=sheets.by_theme(), chosen=chosen, most=MOST_SHEETS)


@blueprint.post("/<slug>/livret")
@allow(Permission.COUNTER)
def add_to_booklet(slug: str):
    """This sheet joins the booklet of the visit, or leaves it."""
    tutorial, state = tutorial_of(slug), remembered()
    inside = slug in state.booklet
    rest = [other for other in state.booklet if other != slug]
    remember(replace(state, booklet=rest if inside else [*rest, slug]))
    flash("Fiche enlevée du livret." if inside else "Fiche ajoutée au livret de plusieurs fiches.", "ok")
    return redirect(url_for("demarches.sheet", slug=tutorial.slug))


@blueprint.get("/livret.pdf")
@allow(Permission.COUNTER)
def chosen_booklet():
    """The sheets chosen in this visit, in one booklet."""
    sheets = services().catalogue.tutorials
    chosen = [sheets[slug] for slug in remembered().booklet if slug in sheets][:MOST_SHEETS]
    if not chosen:
        return redirect(url_for("demarches.choose_booklet"))
    words = words_of(chosen)
    pdf = booklet_of_many(tuple(chosen), structure().name, structure().logo, words, small=asks_small())
    return pdf_response(pdf, "livret.pdf")
