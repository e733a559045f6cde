"""Follow-up: figures drawn, with the table under each, and as a file."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, render_template

from counter import figures
from counter.access import Permission
from counter.formatting import plural
from counter.journal import Act, Subject
from counter.papers import csv_response
from counter.security import allow
from counter.store import figures as store
from counter.web import caf_id, local, note, now, reading, writing

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
    """The same figures for a spreadsheet."""
    filling, delays, unmet, absences = _figures()
    rows = [("figure", "objet", "valeur")]
    rows += [("remplissage en %", row.site, row.percent) for row in filling]
    rows += [("jours avant le premier créneau", row.motif, row.days) for row in delays]
    rows += [("recherches sans créneau, 30 jours", row.motif, row.searches) for row in unmet]
    for part, told in (("motif", "absents en %, 30 jours, par motif"), ("site", "absents en %, 30 jours, par lieu")):
        rows += [(told, row.motif or row.site, row.percent) for row in figures.absences_by(part, absences)]
    for row in sorted(absences, key=lambda row: (row.motif, row.site)):
        rows.append(("absents en %, 30 jours, par motif et lieu", f"{row.motif}, {row.site}", row.percent))
    with writing() as main:
        note(main, Act.EXPORTED, Subject.FIGURES)
    return csv_response(rows, "suivi.csv")
