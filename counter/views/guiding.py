"""What goes with a démarche that is followed: what is ticked, put on hold, resumed, reported."""

from __future__ import annotations

from dataclasses import asdict, replace

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for

from counter.access import Permission
from counter.appointments import normal_code
from counter.forms.guiding import HoldForm, ReportForm, ResumeForm
from counter.guiding import (
    Guiding,
    Outcome,
    ReportReason,
    View,
    WrongCode,
    held_until,
    known_marks,
    missing,
    resume,
)
from counter.models import HeldDemarche, Motif
from counter.papers import pdf_response, structure
from counter.pdf.held_slip import held_slip_pdf
from counter.security import allow
from counter.store import guiding as store
from counter.store.places import motif_to_propose
from counter.throttle import Guess
from counter.tutorials import Tutorial
from counter.web import agent, found, local, now, reading, render_form, services, visit_in_progress, whole, writing

blueprint = Blueprint("guiding", __name__, url_prefix="/demarches")


def tutorial_of(slug: str) -> Tutorial:
    return found(services().catalogue.tutorials.get(slug))


def motif_of(tutorial: Tutorial) -> Motif | None:
    """The motif of the appointment that goes with a sheet; none for an agent without site."""
    site = agent().site
    return motif_to_propose(reading(), tutorial.motif_topic, site.caf_id) if site else None


def remembered() -> Guiding:
    """What this session remembers for the visit in progress."""
    visit = visit_in_progress()
    kept = session.get("guiding")
    state = Guiding(**kept | {"view": View(kept["view"])}) if kept else Guiding()
    return state.for_visit(visit.id if visit else None)


def remember(state: Guiding) -> None:
    session["guiding"] = asdict(state)


def step_of(tutorial: Tutorial) -> int:
    """The step a form speaks of; 0 is the sheet's own page."""
    return min(whole(request.form.get("etape")) or 0, len(tutorial.steps))


def address_of(slug: str, step: int) -> str:
    """The page of a step, the sheet's own for 0."""
    return url_for("demarches.step", slug=slug, number=step) if step else url_for("demarches.sheet", slug=slug)


def _with_ticks(state: Guiding, tutorial: Tutorial) -> Guiding:
    """With the boxes of the form, when the form had any; a page without boxes changes nothing."""
    if "coches" not in request.form:
        return state
    return replace(state, ticks=state.ticks | {tutorial.slug: known_marks(tutorial, request.form.getlist("coche"))})


@blueprint.post("/<slug>/coches")
@allow(Permission.COUNTER)
def tick(slug: str):
    """What the person has at hand, for this visit only. A script that ticks quietly wants no page back."""
    tutorial = tutorial_of(slug)
    remember(_with_ticks(remembered(), tutorial))
    if request.form.get("discret"):
        return "", 204
    return redirect(address_of(slug, step_of(tutorial)))


# ── on hold ─────────────────────────────────────────────────────────────────────────────────────


@blueprint.post("/<slug>/attente")
@allow(Permission.COUNTER)
def hold(slug: str):
    """A code for later; the visit says that the démarche is to be finished."""
    tutorial, form = tutorial_of(slug), HoldForm()
    state = _with_ticks(remembered(), tutorial)
    form.validate()  # a key that is none becomes one
    key = form.act_key(slug)
    if not state.paper or state.paper["key"] != key:
        state = _held(state, tutorial, key)
    remember(state)
    return redirect(url_for("guiding.held"))


def _held(state: Guiding, tutorial: Tutorial, key: str) -> Guiding:
    slug, step, today = tutorial.slug, step_of(tutorial), local().date()
    marks = state.ticks.get(slug, [])
    with writing() as main:
        if slug in state.held:
            store.forget_held(main, state.held[slug])
        code = store.hold(main, services().keys.vault, slug, step, marks, today)
        store.record_demarche(main, agent(), tutorial.title, Outcome.LATER, now())
        row = store.find_held(main, services().keys.vault, code, today).id
    paper = {"key": key, "slug": slug, "step": step, "code": code, "marks": marks, "on": today.isoformat()}
    return replace(remembered_since(state), held=state.held | {slug: row}, paper=paper)


def remembered_since(state: Guiding) -> Guiding:
    """The same in the visit that writing in it has just opened."""
    visit = visit_in_progress()
    return state.for_visit(visit.id if visit else None)


def _paper() -> dict | None:
    """What the last code's paper says, None when there is none (any more)."""
    paper = remembered().paper
    tutorial = services().catalogue.tutorials.get(paper["slug"]) if paper else None
    if tutorial is None:
        return None
    return {
        "tutorial": tutorial,
        "code": paper["code"],
        "step": paper["step"],
        "missing": missing(tutorial, paper["marks"]),
        "until": held_until(local().date().fromisoformat(paper["on"])),
    }


@blueprint.get("/attente")
@allow(Permission.COUNTER)
def held():
    """The code that was just given, its paper, and what can be done meanwhile."""
    paper = _paper()
    if paper is None:
        return redirect(url_for("demarches.catalogue"))
    return render_template("demarches/held.html", motif=motif_of(paper["tutorial"]), **paper)


@blueprint.get("/attente.pdf")
@allow(Permission.COUNTER)
def held_slip():
    paper = found(_paper())
    pdf = held_slip_pdf(**paper, structure=structure().name, logo=structure().logo, specimen=structure().specimen)
    return pdf_response(pdf, "demarche-en-attente.pdf")


@blueprint.route("/reprendre", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def resumed():
    """Go on where a code says; the answer is the same for a wrong code and for one that is too old."""
    form = ResumeForm()
    if form.validate_on_submit():
        try:
            return _go_on(_found_held(form.code.data))
        except WrongCode:
            form.code.errors = ["Ce code n'ouvre aucune démarche. Vérifiez-le sur le papier : il sert 30 jours."]
    return render_form("demarches/resume.html", form)


def _found_held(typed: str) -> HeldDemarche:
    throttle, who, code = services().throttle, str(agent().id), normal_code(typed)
    throttle.check(Guess.HELD_CODE, who)
    throttle.check(Guess.HELD_CODE, code)
    try:
        return store.find_held(reading(), services().keys.vault, typed, local().date())
    except WrongCode:
        throttle.failed(Guess.HELD_CODE, who)
        throttle.failed(Guess.HELD_CODE, code)
        raise


def _go_on(row: HeldDemarche):
    tutorial = services().catalogue.tutorials.get(row.slug)
    if tutorial is None:
        flash("Cette fiche n'existe plus. Cherchez la démarche avec un mot : une autre fiche peut aider.", "info")
        return redirect(url_for("demarches.catalogue"))
    back, state = resume(tutorial, row.step, row.marks.split()), remembered()
    if back.changed:
        flash("Cette fiche a changé depuis la dernière fois. Vérifiez l'étape avant de continuer.", "info")
    ticks, held = state.ticks | {row.slug: back.marks}, state.held | {row.slug: row.id}
    remember(replace(state, ticks=ticks, held=held))
    return redirect(address_of(row.slug, back.step))


# ── errors ──────────────────────────────────────────────────────────────────────────────────────


@blueprint.post("/<slug>/erreur")
@allow(Permission.COUNTER)
def report(slug: str):
    """An agent says what is wrong: the reason is the button."""
    tutorial, form = tutorial_of(slug), ReportForm()
    try:
        reason = ReportReason(request.form.get("raison", ""))
    except ValueError:
        abort(422, "Choisissez ce qui ne va pas dans la fiche.")
    if not form.validate_on_submit():
        abort(422, "La précision est trop longue : 200 lettres au plus.")
    step = step_of(tutorial)
    key = form.act_key(slug, str(step), reason)
    with writing() as main:
        store.report(main, key, slug, step, reason, form.text.data or "", agent().id, now())
    flash("Merci. L'erreur est signalée à l'administrateur.", "ok")
    return redirect(address_of(slug, step))
