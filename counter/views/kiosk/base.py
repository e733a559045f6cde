"""What every page of the kiosk shares: the visit (language, comfort, what is chosen), words in its language.

No protection token is asked for in its forms: a POST is obeyed only with the device's own token, a Strict cookie that
no other site can send (security.py), so that a page left open never answers « too old » to someone in distress.
"""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, g, redirect, render_template, request, session, url_for
from markupsafe import Markup

from counter import languages
from counter.kiosk import COUNTDOWN, WARN_AFTER, Comfort
from counter.languages import Language
from counter.practice.content import EXERCISES
from counter.security import csrf
from counter.store import kiosks as store
from counter.templating import bold
from counter.views.practice import forget
from counter.web import kiosk, now, writing

blueprint = Blueprint("kiosk", __name__, url_prefix="/borne")
PRACTICE = "kiosk_practice"  # the exercises, registered a second time (views/__init__.py)
csrf.exempt(blueprint)
csrf.exempt(Blueprint(PRACTICE, __name__))

LANGUAGE, COMFORT, _WRITTEN = "langue", "confort", "ecrit"  # in the session
_WRITE = {"typed", "my_code", "here_code", "here_name", "search"}  # pages with a keyboard


def language() -> Language:
    """The language of this visit; a page that is taken away says its own in its address."""
    asked = request.args.get("langue") or session.get(LANGUAGE)
    return Language(asked) if asked in set(Language) else Language.FRENCH


def comfort() -> list[str]:
    """What the visitor changed."""
    return [choice for choice in Comfort if choice in session.get(COMFORT, [])]


def t(text: str, **values: object) -> Markup:
    """A text of the kiosk in the language of the visit; French within another language says that it is French."""
    said = languages.say(text, language(), **values)
    if not said.read:
        g.unread = True
    words = bold(said.text)
    if said.language is language():
        return words
    return Markup('<span lang="fr" dir="ltr">{}</span>').format(words)


def plain(text: str, **values: object) -> str:
    """The same where there can be no markup: a title, a label."""
    return languages.say(text, language(), **values).text.replace("**", "")


def day(of: date) -> str:
    return languages.day_long(of, language())


def hour(minute: int) -> str:
    return languages.hour(minute, language())


@blueprint.app_context_processor
def _shared() -> dict:
    """Every page a kiosk meets, errors and exercises too."""
    return words() if g.get("kiosk") or g.get("unknown_kiosk") else {}


def words() -> dict:
    """What the templates of the kiosk say things with."""
    spoken = language()
    return {
        "t": t,
        "plain": plain,
        "spoken_day": day,
        "spoken_hour": hour,
        "spoken_birthday": lambda day, month: languages.birthday(day, month, language()),
        "spoken_month": lambda number: languages.month(number, language()),
        "spoken": spoken,
        "languages": list(Language),
        "comfort": comfort(),
        "comforts": list(Comfort),
        "kiosk_body": _body(),
        "kiosk": g.get("kiosk"),
        "unread": lambda: g.get("unread", False),
    }


def _body() -> Markup:
    """What kiosk.js is told: where home and the end are, and after how many seconds it asks and wipes."""
    told = Markup('data-home="{}" data-end="{}" data-warn="{:d}" data-countdown="{:d}"')
    home, end = url_for("kiosk.home"), url_for("kiosk.end")
    return told.format(home, end, int(WARN_AFTER.total_seconds()), int(COUNTDOWN.total_seconds()))


def page(template: str, status: int = 200, /, **context) -> tuple[str, int]:
    """A page of the kiosk; one where something is written has what was being written."""
    if template in _WRITE and request.method == "GET":
        context["written"] = session.pop(_WRITTEN, None)
    return render_template(f"kiosk/{template}.html", **context), status


def keep_written(text: str | None) -> None:
    """What someone was writing when they changed a setting: the screen comes back with it."""
    if text:
        session[_WRITTEN] = text[:80]


def go(endpoint: str, **values) -> Response:
    """On to another page of the kiosk, by GET."""
    return redirect(url_for(f"kiosk.{endpoint}", **values), 303)


def alive() -> None:
    """The kiosk's sign of life, written once in a while."""
    if not store.was_seen_lately(kiosk(), now()):
        with writing(lasting=False) as main:
            store.put_seen(main, kiosk().id, now())


def wiped(response: Response) -> Response:
    """Nothing of the visit stays: not in the session, nor in what the browser keeps (but the token of the device)."""
    session.clear()
    session.renew()
    for slug in EXERCISES:
        forget(response, url_for(f"{PRACTICE}.start", slug=slug))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
