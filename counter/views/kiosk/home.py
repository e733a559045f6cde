"""The first screen, the language, the comfort, and the end of a visit."""

from __future__ import annotations

from flask import Response, redirect, request, session, url_for

from counter.access import Permission
from counter.kiosk import EMERGENCIES, Comfort
from counter.languages import Language
from counter.security import allow, safe_target
from counter.views.kiosk.base import COMFORT, LANGUAGE, alive, blueprint, comfort, go, keep_written, page, wiped
from counter.views.kiosk.booking import release
from counter.views.kiosk.lobby import left


@blueprint.get("")
@allow(Permission.KIOSK)
def home():
    """Five actions. The kiosk says by it that it is alive."""
    alive()
    return page("home")


@blueprint.get("/langue")
@allow(Permission.KIOSK)
def choose_language():
    """`?retour=`: the page it is asked from."""
    return page("language", retour=_on_kiosk(request.args.get("retour")))


@blueprint.post("/langue")
@allow(Permission.KIOSK)
def set_language():
    """For the visit only; the page it was asked from comes back in that language. Without one, it is asked."""
    asked = request.form.get("langue")
    keep_written(request.form.get("ecrit"))
    if asked is None:
        return go("choose_language", retour=_on_kiosk(request.form.get("retour")))
    if asked in set(Language):
        session[LANGUAGE] = asked
    return _back()


@blueprint.post("/confort")
@allow(Permission.KIOSK)
def set_comfort():
    """Change one thing, or change it back."""
    keep_written(request.form.get("ecrit"))
    asked = request.form.get("choix")
    if asked in set(Comfort):
        session[COMFORT] = sorted(set(comfort()) ^ {asked})
    return _back()


def _back() -> Response:
    return redirect(_on_kiosk(request.form.get("retour")), 303)


def _on_kiosk(asked: str | None) -> str:
    """The page of the kiosk that is asked for; its first screen for any other address."""
    home, target = url_for("kiosk.home"), safe_target(asked)
    return target if target and f"{target.partition('?')[0]}/".startswith(f"{home}/") else home


@blueprint.get("/urgence")
@allow(Permission.KIOSK)
def urgent():
    """The numbers to call, from every screen."""
    return page("urgent", numbers=EMERGENCIES)


@blueprint.route("/fin", methods=["GET", "POST"])
@allow(Permission.KIOSK)
def end():
    """The visit is over: by « J'ai fini », « Quitter vite » or the clock. Also by GET: a page without scripts links
    here, and forgetting twice is harmless."""
    left()
    release()
    return wiped(go("home"))
