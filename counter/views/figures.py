"""Follow-up: figures drawn, with the table under each, and as a file."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

from flask import Blueprint, Response, render_template

from counter import figures
from counter.access import Permission
from counter.formatting import plural
from counter.security import allow
from counter.store import figures as store
from counter.web import caf_id, local, now, reading

blueprint = Blueprint("figures", __name__, url_prefix="/suivi")
AHEAD, BEHIND = timedelta(days=14), timedelta(days=30)


@blueprint.get("")
@allow(Permission.FIGURES)
def follow_up():
    """How full the sites are, how long one waits, who did not come, what nobody could be offered."""
    filling, delays, unmet, absences = _figures()
    parts = {"Par motif": "motif", "Par lieu": "site"}
    missed = {name: figures.absences_by(part, absences) for name, part in parts.items()}
    longest = max([30, *(delay.days or 0 for delay in delays)])  # a month wide, more when one waits longer
    return render_template(
        "figures/follow_up.html",
        filling=filling,
        delays=delays,
        unmet=unmet,
        wait=_wait,
        missed=missed,
        missed_drawn={
            name: figures.bars([(a.motif or a.site, a.percent / 100, f"{a.percent}\u00a0%") for a in rows])
            for name, rows in missed.items()
        },
        filling_drawn=figures.bars([(f.site, f.percent / 100, f"{f.percent}\u00a0%") for f in filling]),
        delays_drawn=figures.bars(
            [(d.motif, 1 if d.days is None else d.days / longest, _wait(d.days)) for d in delays]
        ),
    )


def _figures():
    main, caf, today = reading(), caf_id(), local().date()
    return (
        store.filling(main, caf, today, today + AHEAD),
        store.delays(main, caf, now(), today),
        store.unmet(main, caf, today - BEHIND),
        store.absences(main, caf, today - BEHIND, today),
    )


def _wait(days: int | None) -> str:
    if days is None:
        return "complet"
    return {0: "aujourd'hui", 1: "demain"}.get(days) or plural(days, "jour")


@blueprint.get("/chiffres.csv")
@allow(Permission.FIGURES)
def export():
    """The same figures for a spreadsheet: `;`, UTF-8 with its mark, as French Excel opens them."""
    filling, delays, unmet, absences = _figures()
    out = io.StringIO()
    sheet = csv.writer(out, delimiter=";")
    sheet.writerow(["figure", "objet", "valeur"])
    sheet.writerows(["remplissage en %", row.site, row.percent] for row in filling)
    sheet.writerows(["jours avant le premier créneau", row.motif, row.days] for row in delays)
    sheet.writerows(["recherches sans créneau, 30 jours", row.motif, row.searches] for row in unmet)
    for part, told in (("motif", "absents en %, 30 jours, par motif"), ("site", "absents en %, 30 jours, par lieu")):
        sheet.writerows([told, row.motif or row.site, row.percent] for row in figures.absences_by(part, absences))
    for row in sorted(absences, key=lambda row: (row.motif, row.site)):
        sheet.writerow(["absents en %, 30 jours, par motif et lieu", f"{row.motif}, {row.site}", row.percent])
    disposition = {"Content-Disposition": 'attachment; filename="suivi.csv"'}
    return Response("\ufeff" + out.getvalue(), mimetype="text/csv", headers=disposition)
