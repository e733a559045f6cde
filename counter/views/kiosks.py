"""The kiosks of the Caf: name one, give it a code to be installed with, revoke it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session, url_for

from counter.access import Permission
from counter.appointments import spoken_code
from counter.forms.kiosk import KioskForm
from counter.journal import Act, Subject
from counter.kiosk import CODE_LASTS, browser_lines, is_on
from counter.models import Kiosk
from counter.security import allow
from counter.store import kiosks as store
from counter.views.administration import its_site, may_set_up, own_caf, own_sites
from counter.web import found, note, now, reading, services, writing

blueprint = Blueprint("kiosks", __name__, url_prefix="/administration/bornes")


def _its_kiosk(main, kiosk_id: int) -> Kiosk:
    kiosk = main.get(Kiosk, kiosk_id)
    known = kiosk is not None and kiosk.revoked_at is None and may_set_up(kiosk.site.caf_id)
    return found(kiosk if known else None)


@blueprint.route("", methods=["GET", "POST"])
@allow(Permission.ADMINISTER)
def manage():
    """Those there are, and a new one."""
    form = KioskForm(sites=own_sites())
    if form.validate_on_submit():
        site = its_site(int(form.site.data))
        with writing() as main:
            kiosk = store.add_kiosk(main, site, form.name.data)
            code = store.give_code(main, services().keys.vault, kiosk, now())
            note(main, Act.CREATED, Subject.KIOSK, kiosk.id)
        return _with_code(kiosk.id, code)
    shown = session.pop("kiosk_code", None)
    page = render_template(
        "administration/kiosks.html",
        form=form,
        kiosks=store.list_kiosks(reading(), own_caf()),
        is_on=lambda kiosk: is_on(kiosk.seen_at, now()),
        shown=shown,
        minutes=int(CODE_LASTS.total_seconds() // 60),
        address=_address(),
        lines=browser_lines(_address()),
    )
    return page, 422 if form.errors else 200


def _address() -> str:
    return (services().settings.public_url or request.host_url).rstrip("/") + url_for("kiosk.home")


def _with_code(kiosk_id: int, code: str):
    session["kiosk_code"] = (kiosk_id, spoken_code(code))  # shown once
    return redirect(url_for("kiosks.manage"), 303)


@blueprint.post("/<int:kiosk_id>/code")
@allow(Permission.ADMINISTER)
def new_code(kiosk_id: int):
    """Install it anew, on the same machine or another."""
    with writing() as main:
        kiosk = _its_kiosk(main, kiosk_id)
        code = store.give_code(main, services().keys.vault, kiosk, now())
        note(main, Act.CHANGED, Subject.KIOSK, kiosk.id)
    return _with_code(kiosk_id, code)


@blueprint.post("/<int:kiosk_id>/retirer")
@allow(Permission.ADMINISTER)
def revoke(kiosk_id: int):
    """Its browser reaches nothing more."""
    with writing() as main:
        kiosk = _its_kiosk(main, kiosk_id)
        name = kiosk.name
        store.revoke(main, kiosk, now())
        note(main, Act.CANCELLED, Subject.KIOSK, kiosk_id)
    flash(f"{name} n'est plus une borne.", "ok")
    return redirect(url_for("kiosks.manage"), 303)
