"""A browser becomes the kiosk of a site, with a code that serves once."""

from __future__ import annotations

from flask import request, session

from counter.access import Permission
from counter.forms.kiosk import EnrolForm
from counter.journal import Act, Subject
from counter.kiosk import WrongKioskCode
from counter.security import KIOSK_COOKIE, allow
from counter.store import kiosks as store
from counter.throttle import Guess
from counter.views.kiosk.base import blueprint, go, page
from counter.web import note, now, services, writing

_YEARS = 5 * 365 * 24 * 3600


@blueprint.route("/installer", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def enrol():
    """Ask for the code. Whoever was signed in on this machine no longer is."""
    form = EnrolForm()
    if form.validate_on_submit():
        throttle, place = services().throttle, request.remote_addr or ""
        throttle.check(Guess.KIOSK_CODE, place)
        try:
            return _enrolled(form.code.data)
        except WrongKioskCode:
            throttle.failed(Guess.KIOSK_CODE, place)
            form.code.errors = ["Ce code n'est pas bon, ou il a déjà servi. Demandez-en un autre à l'administrateur."]
    return page("enrol", 422 if form.errors else 200, form=form)


def _enrolled(code: str):
    with writing() as main:
        kiosk, token = store.enrol(main, services().keys.vault, code, now())
        note(main, Act.CREATED, Subject.KIOSK, kiosk.id)
    session.clear()
    session.renew()
    response = go("home")
    response.set_cookie(
        KIOSK_COOKIE, token, max_age=_YEARS, path="/", httponly=True, samesite="Strict", secure=services().settings.tls
    )
    return response
