"""What is kept and for how long, what is past its term, and the purge."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for

from counter.access import Permission
from counter.forms.retention import PurgeForm
from counter.journal import Act
from counter.retention import NOT_PURGED, REGISTER
from counter.security import allow
from counter.store import journal
from counter.upkeep import past_term, purge
from counter.web import local, now, reading, services

blueprint = Blueprint("retention", __name__, url_prefix="/administration/conservation")
LATEST = 10


@blueprint.route("", methods=["GET", "POST"])
@allow(Permission.ADMINISTER)
def register():
    """The register; a POST removes what is past its term, which also happens by itself each day."""
    on, today, form = services(), local().date(), PurgeForm()
    if form.validate_on_submit():
        gone = purge(on.main, on.cache, on.settings, today, now())
        flash("Ce qui avait dépassé sa durée est effacé." if gone else "Rien n'avait dépassé sa durée.", "ok")
        return redirect(url_for("retention.register"))
    return render_template(
        "retention/register.html",
        register=REGISTER,
        not_purged=NOT_PURGED,
        past=past_term(on.main, on.cache, on.settings, today, now()),
        latest=journal.search(reading(), journal.Search(act=Act.PURGED), LATEST),
        form=form,
    )
