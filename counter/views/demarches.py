"""Guided démarches: find, prepare, follow step by step, print."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for

from counter.access import Permission
from counter.demarches import UnknownStep, progress
from counter.models import Motif
from counter.papers import pdf_response, structure
from counter.pdf.booklet import booklet_pdf
from counter.security import allow
from counter.store.places import motif_of_topic
from counter.store.visits import add_step
from counter.tutorials import Tutorial
from counter.tutorials.words import by_letter, in_order, texts_of
from counter.visits import StepKind
from counter.web import agent, caf_id, found, now, reading, services, writing

blueprint = Blueprint("demarches", __name__, url_prefix="/demarches")


def tutorial_of(slug: str):
    return found(services().catalogue.tutorials.get(slug))


@blueprint.get("")
@allow(Permission.COUNTER)
def catalogue():
    """All sheets by theme."""
    return render_template("demarches/catalogue.html", themes=services().catalogue.by_theme())


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
    return render_template("demarches/sheet.html", tutorial=tutorial, motif=_motif_of(tutorial))


def _motif_of(tutorial: Tutorial) -> Motif | None:
    """The motif of the appointment that the sheet proposes as a help; none for an agent without site."""
    site = agent().site
    if "rendez-vous" not in tutorial.help_keys or site is None:
        return None
    return motif_of_topic(reading(), tutorial.motif_topic, site.caf_id)


@blueprint.get("/<slug>/etape/<int:number>")
@allow(Permission.COUNTER)
def step(slug: str, number: int):
    """One step, large, as the visitor sees it."""
    try:
        here = progress(tutorial_of(slug), number)
    except UnknownStep:
        return redirect(url_for("demarches.sheet", slug=slug))
    return render_template("demarches/step.html", here=here)


@blueprint.post("/<slug>/terminer")
@allow(Permission.COUNTER)
def finish(slug: str):
    """Add the démarche to the visit, and offer what comes next."""
    tutorial = tutorial_of(slug)
    with writing() as main:
        add_step(main, agent(), StepKind.DEMARCHE, f"Démarche : {tutorial.title}", now())
    return redirect(url_for("demarches.finished", slug=slug))


@blueprint.get("/<slug>/fin")
@allow(Permission.COUNTER)
def finished(slug: str):
    """What happens next, and what can be done now."""
    tutorial = tutorial_of(slug)
    sheets = services().catalogue.tutorials
    return render_template(
        "demarches/finished.html",
        tutorial=tutorial,
        motif=motif_of_topic(reading(), tutorial.motif_topic, caf_id()),
        follow_ups=[sheets[s] for s in tutorial.follow_ups if s in sheets],
    )


@blueprint.get("/<slug>/livret.pdf")
@allow(Permission.COUNTER)
def booklet(slug: str):
    """The whole sheet on paper, with the words it uses."""
    tutorial = tutorial_of(slug)
    words = tuple(in_order(services().catalogue.words.words_in(texts_of(tutorial))))
    return pdf_response(booklet_pdf(tutorial, structure().name, structure().logo, words), f"{slug}.pdf")
