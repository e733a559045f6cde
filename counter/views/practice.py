"""Practice: a fictitious Mon Compte to try on, with an agent or alone before a kiosk. Nothing is stored.

The attempt is a text sealed with the key of the instance, which only the visitor's browser holds, in a cookie of
that exercise: not a row, not an address. docs/decisions/2026-11-21-practice.md says why, and why not a hidden field.
"""

from __future__ import annotations

import base64
import json
from dataclasses import replace

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for

from counter.access import Permission
from counter.forms.practice import shown_fields
from counter.keys import Unreadable
from counter.practice import (
    KEPT_FOR,
    Attempt,
    Exercise,
    UnknownScreen,
    faults_to_tell,
    harder,
    load_attempt,
    press,
)
from counter.practice.content import EXERCISES
from counter.security import allow, keeps_nothing
from counter.store.visits import add_step
from counter.visits import StepKind
from counter.web import agent, found, now, services, writing

blueprint = Blueprint("practice", __name__, url_prefix="/entrainement")

COOKIE = "entrainement"
_LONGEST_COOKIE = 3800  # characters; browsers drop a cookie over 4096


@blueprint.get("")
@allow(Permission.COUNTER)
def exercises():
    """All that can be tried."""
    page = "kiosk/exercises.html" if g.get("kiosk") else "practice/exercises.html"
    return render_template(page, exercises=EXERCISES.values())


@blueprint.get("/<slug>")
@allow(Permission.COUNTER)
def start(slug: str):
    """Who Élise is today, and what she wants."""
    return render_template("practice/start.html", exercise=_exercise(slug))


@blueprint.post("/<slug>")
@allow(Permission.COUNTER)
@keeps_nothing
def begin(slug: str):
    """Start afresh."""
    _exercise(slug)
    return _keep(redirect(url_for(".screen", slug=slug, number=1), 303), slug, Attempt())


@blueprint.get("/<slug>/ecran/<int:number>")
@allow(Permission.COUNTER)
def screen(slug: str, number: int):
    """One screen of the fictitious site, with what the last click deserves to be told."""
    exercise, attempt = _exercise(slug), _attempt(slug)
    if attempt is None or not 1 <= number <= exercise.total:
        return redirect(url_for(".start", slug=slug))
    if number > attempt.furthest:
        return redirect(url_for(".screen", slug=slug, number=min(attempt.furthest, exercise.total)))
    here = exercise.screen(number)
    said = attempt.told_on(here)
    return render_template(
        "practice/screen.html",
        exercise=exercise,
        number=number,
        here=here,
        fields=shown_fields(here, attempt.typed_on(here), faults_to_tell(here, attempt), again=said is not None),
        clicked=here.button(said.button) if said else None,
        helped=here.key in attempt.helped and said is not None,
    )


@blueprint.post("/<slug>/ecran/<int:number>")
@allow(Permission.COUNTER)
@keeps_nothing
def click(slug: str, number: int):
    """What a click leads to; always by a redirection, so that the browser's own « back » is harmless."""
    exercise, attempt = _exercise(slug), _attempt(slug)
    try:
        here = exercise.screen(number)
    except UnknownScreen:
        attempt = None
    if attempt is None:
        return redirect(url_for(".start", slug=slug), 303)
    typed = here.read(request.form.getlist)
    helped = "montrer" in request.form
    attempt, shown = press(exercise, number, attempt, request.form.get("bouton", ""), typed, helped)
    return _keep(redirect(_address(exercise, shown), 303), slug, attempt)


@blueprint.get("/<slug>/fin")
@allow(Permission.COUNTER)
def finished(slug: str):
    """What was practised, what was harder; the browser forgets it all."""
    exercise, attempt = _exercise(slug), _attempt(slug)
    if attempt is None or attempt.furthest <= exercise.total:
        return redirect(url_for(".start", slug=slug))
    page = render_template("practice/finished.html", exercise=exercise, harder=harder(exercise, attempt))
    return forget(make_response(page), _path(slug))


@blueprint.post("/<slug>/quitter")
@allow(Permission.COUNTER)
@keeps_nothing
def leave(slug: str):
    """Stop before the end; the browser forgets it all."""
    _exercise(slug)
    return forget(redirect(url_for(".exercises"), 303), _path(slug))


@blueprint.post("/<slug>/noter")
@allow(Permission.COUNTER)
def record(slug: str):
    """Add the name of the exercise to the visit in progress, when the agent asks for it."""
    exercise = _exercise(slug)
    with writing() as main:
        add_step(main, agent(), StepKind.DEMARCHE, f"Entraînement : {exercise.title}", now())
    return redirect(url_for(".exercises"), 303)


def _exercise(slug: str) -> Exercise:
    return found(EXERCISES.get(slug))


def _address(exercise: Exercise, number: int) -> str:
    """Where screen `number` is: 0 is the page before the first, one more than there are is the end."""
    if number < 1:
        return url_for(".start", slug=exercise.slug)
    if number > exercise.total:
        return url_for(".finished", slug=exercise.slug)
    return url_for(".screen", slug=exercise.slug, number=number)


def _attempt(slug: str) -> Attempt | None:
    """The attempt the browser holds; None without one, or when it is too old or not ours."""
    try:
        sealed = base64.urlsafe_b64decode(request.cookies.get(COOKIE, ""))
        kept_at, dumped = json.loads(services().keys.vault.decrypt(sealed, _purpose(slug)))
        recent = 0 <= now().timestamp() - kept_at <= KEPT_FOR.total_seconds()
        return load_attempt(dumped) if recent else None
    except (Unreadable, ValueError, TypeError):
        return None


def _keep(response: Response, slug: str, attempt: Attempt) -> Response:
    sealed = _sealed(slug, attempt)
    if len(sealed) > _LONGEST_COOKIE:  # only by pasting long texts everywhere
        sealed = _sealed(slug, replace(attempt, typed={}))
    secure = services().settings.tls
    response.set_cookie(COOKIE, sealed, path=_path(slug), httponly=True, samesite="Strict", secure=secure)
    return response


def forget(response: Response, path: str) -> Response:
    """The attempt kept for the pages under `path` is no more."""
    response.delete_cookie(COOKIE, path=path, samesite="Strict", httponly=True)
    return response


def _sealed(slug: str, attempt: Attempt) -> str:
    text = json.dumps([int(now().timestamp()), attempt.dump()], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(services().keys.vault.encrypt(text, _purpose(slug))).decode()


def _purpose(slug: str) -> str:
    return f"practice {slug}"


def _path(slug: str) -> str:
    return url_for(".start", slug=slug)
