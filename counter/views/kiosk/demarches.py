"""Finding a sheet, following it, taking it away: on paper or on a telephone."""

from __future__ import annotations

from flask import request, session, url_for

from counter.access import Permission
from counter.demarches import UnknownStep, progress
from counter.kiosk import A_SCREEN, MOST_SEEN, part_of, pressed, text
from counter.languages import Language, say
from counter.papers import pdf_response, structure
from counter.pdf.booklet import booklet_pdf
from counter.practice.content import EXERCISES
from counter.search import Kind
from counter.security import allow
from counter.tutorials import THEMES, Tutorial
from counter.views.demarches import words_of
from counter.views.kiosk.base import blueprint, go, language, page
from counter.views.search import ask
from counter.web import found, services

_QUESTION = "question"  # in the session: what is being searched


def _for_visitors() -> dict[str, Tutorial]:
    return {slug: sheet for slug, sheet in services().catalogue.tutorials.items() if sheet.audience == "usager"}


def sheet_of(slug: str) -> Tutorial:
    """A sheet for visitors, or the 404 page."""
    return found(_for_visitors().get(slug))


def translated(sheet: Tutorial) -> bool:
    """Whether its title is said in the language of the visit: its whole is, then (tests/views/kiosk)."""
    return say(sheet.title, language()).language is language()


@blueprint.get("/demarches")
@allow(Permission.KIOSK)
def demarches():
    """Four ways to the right sheet, and one to try without risk."""
    return page("demarches")


@blueprint.get("/demarches/souvent")
@allow(Permission.KIOSK)
def often():
    sheets = _for_visitors()
    return _listed([sheets[slug] for slug in MOST_SEEN if slug in sheets], text("Les plus demandées"))


@blueprint.get("/demarches/sujets")
@allow(Permission.KIOSK)
def subjects():
    """The themes that hold something for a visitor."""
    themes = {sheet.theme for sheet in _for_visitors().values()}
    return page("subjects", themes=[(key, label) for key, label in THEMES.items() if key in themes])


@blueprint.get("/demarches/sujets/<theme>")
@allow(Permission.KIOSK)
def subject(theme: str):
    label = found(THEMES.get(theme))
    sheets = [sheet for sheet in _for_visitors().values() if sheet.theme == theme]
    return _listed(sheets, label, back=url_for("kiosk.subjects"))


def _listed(sheets: list[Tutorial], title: str, back: str = "", **more):
    shown = part_of(sheets, request.args.get("suite", ""))
    back = back or url_for("kiosk.demarches")
    return page("sheets", sheets=shown.items, title=title, back=back, part=shown, **more)


@blueprint.route("/chercher", methods=["GET", "POST"])
@allow(Permission.KIOSK)
def search():
    """In the visitor's own words, typed on the screen. What is asked is forgotten with the visit."""
    question = session.get(_QUESTION, "")
    if request.method == "POST":
        question, more = pressed(request.form.get("question", question), request.form.get("touche"))
        session[_QUESTION] = question
        return go("search") if more or not question.strip() else go("answers")
    return page("search", question=question)


@blueprint.get("/chercher/reponses")
@allow(Permission.KIOSK)
def answers():
    question = session.get(_QUESTION, "")
    if not question:
        return go("search")
    known, replies = _for_visitors(), ask(question)
    sheets = [known[slug] for slug in replies.keys[Kind.SHEET] if slug in known][:A_SCREEN]
    urgent = replies.keys[Kind.PAGE][:1] == ["diagnosis.urgent"]
    return _listed(sheets, text("Voici ce qui peut vous aider"), back=url_for("kiosk.search"), urgent=urgent)


@blueprint.get("/fiche/<slug>")
@allow(Permission.KIOSK)
def sheet(slug: str):
    """For whom, what to bring, how long; to follow, to print, to take away."""
    tutorial = sheet_of(slug)
    return page(
        "sheet",
        tutorial=tutorial,
        whole=translated(tutorial),
        phone=_phone_address(tutorial),
        practised=slug in EXERCISES,
    )


def _phone_address(tutorial: Tutorial) -> str:
    """What a telephone opens: the sheet where this counter can be reached from outside, else the official site."""
    public = services().settings.public_url.rstrip("/")
    if not public:
        return tutorial.address
    return public + url_for("take_away.sheet", slug=tutorial.slug, langue=None if _french() else language())


def _french() -> bool:
    return language() is Language.FRENCH


@blueprint.get("/fiche/<slug>/etape/<int:number>")
@allow(Permission.KIOSK)
def step(slug: str, number: int):
    """One step, one picture; before and after."""
    tutorial = sheet_of(slug)
    try:
        here = progress(tutorial, number)
    except UnknownStep:
        return go("sheet", slug=slug)
    return page("step", here=here, tutorial=tutorial, whole=translated(tutorial))


@blueprint.get("/fiche/<slug>/fin")
@allow(Permission.KIOSK)
def sheet_done(slug: str):
    """What happens next, and what helps when it does not work."""
    tutorial = sheet_of(slug)
    sheets = _for_visitors()
    follow = [sheets[other] for other in tutorial.follow_ups if other in sheets][:2]
    return page("sheet_done", tutorial=tutorial, follow=follow)


@blueprint.get("/fiche/<slug>/livret.pdf")
@allow(Permission.KIOSK)
def booklet(slug: str):
    """The booklet, in French: for a kiosk without scripts, which cannot print its own page."""
    tutorial = sheet_of(slug)
    pdf = booklet_pdf(tutorial, structure().name, structure().logo, words_of([tutorial]))
    return pdf_response(pdf, f"{slug}.pdf")
