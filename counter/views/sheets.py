"""The sheets seen by the administrator: how old they are, what agents found wrong, how often they are followed."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for

from counter.access import Permission
from counter.forms.guiding import HoldForm
from counter.guiding import is_stale, months_since
from counter.journal import Act, Subject
from counter.security import allow
from counter.store import guiding as store
from counter.web import found, local, note, now, reading, services, writing

blueprint = Blueprint("sheets", __name__, url_prefix="/administration/fiches")
YEAR = timedelta(days=365)


@blueprint.get("")
@allow(Permission.ADMINISTER)
def overview():
    """Errors to settle first, then the sheets, the one checked longest ago first, with their use."""
    today, tutorials = local().date(), services().catalogue.tutorials
    use = store.use_since(reading(), today - YEAR)
    sheets = sorted(tutorials.values(), key=lambda sheet: (sheet.checked_on, sheet.title))
    return render_template(
        "administration/sheets.html",
        sheets=[
            (s, months_since(s.checked_on, today), is_stale(s.checked_on, today), use.get(s.slug, store.Use()))
            for s in sheets
        ],
        reports=[(report, tutorials.get(report.slug)) for report in store.open_reports(reading())],
        form=HoldForm(),
    )


@blueprint.get("/<slug>")
@allow(Permission.ADMINISTER)
def use(slug: str):
    """How often a sheet was begun and followed to its end, month by month."""
    tutorial = found(services().catalogue.tutorials.get(slug))
    months = store.use_by_month(reading(), slug)
    return render_template("administration/sheet_use.html", tutorial=tutorial, months=months)


@blueprint.post("/erreur/<int:report_id>")
@allow(Permission.ADMINISTER)
def settle(report_id: int):
    """The error is dealt with."""
    with writing() as main:
        found(store.settle(main, report_id, now()))
        note(main, Act.CHANGED, Subject.SHEET, report_id, "erreur reglee")
    flash("C'est noté : l'erreur est réglée.", "ok")
    return redirect(url_for("sheets.overview"))
