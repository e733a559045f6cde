"""The dates the Caf is treating: read on the home page, copied here by an agent."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for

from counter.access import Permission
from counter.forms.processing import ProcessingForm, field_name
from counter.journal import Act, Subject
from counter.security import allow
from counter.store import processing as store
from counter.web import caf_id, local, note, now, reading, render_form, writing

blueprint = Blueprint("processing", __name__)


@blueprint.route("/delais", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def dates():
    known = store.list_processing(reading(), caf_id())
    form = ProcessingForm(
        data={field_name(s): (row.received_on.day, row.received_on.month) for s, row in known.items()}
    )
    if form.validate_on_submit():
        caf = caf_id()
        with writing() as main:
            for subject, received_on in form.dates(local().date()).items():
                store.put_processing(main, caf, subject, received_on, now())
            note(main, Act.CHANGED, Subject.CAF, caf, "delais")
        return redirect(url_for("home.home"))
    return render_form("processing/dates.html", form)
