"""Follow-up: figures drawn, with the table under each, and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template, request

from counter import figures
from counter.access import Permission
from counter.figures import Absence, Asked, Bar, Counted, Delay, Filling, Period, Unmet
from counter.formatting import NBSP, date_long, plural
from counter.forms.figures import FiguresForm
from counter.journal import Act, Subject
from counter.papers import csv_response
from counter.retention import Data, kept
from counter.security import allow
from counter.store import figures as store
from counter.store.places import list_motifs, list_sites
from counter.web import caf_id, local, note, now, reading, writing

blueprint = Blueprint("figures", __name__, url_prefix="/suivi")
NO_SLOT, NOT_OPEN, NOT_YET, GONE = "aucun créneau", "pas d'ouverture", "pas encore calculé", "plus gardé"
_HEAD = ("figure", "fait le", "du", "au", "motif", "lieu", "valeur", "nombre", "sur")


@dataclass(frozen=True)
class _Figures:
    """What is shown: `opened` is what the filling counts of the days `asked` about, None when they are no longer kept;
    `past` and `searched` are the days of absences and of unmet searches; the delays are those of `today`."""

    today: date
    asked: Asked
    opened: Counted | None
    past: Asked
    searched: Asked
    filling: list[Filling]
    delays: list[Delay]
    unmet: list[Unmet]
    absences: list[Absence]


@blueprint.get("")
@allow(Permission.FIGURES)
def follow_up():
    """How full the sites are, how long one waits, who did not come, what nobody could be offered."""
    form = _form()
    shown = _figures(form)
    parts = {"Par motif": "motif", "Par lieu": "site"}
    longest = max([30, *(delay.days or 0 for delay in shown.delays)])  # a month wide, more when one waits longer
    return render_template(
        "figures/follow_up.html",
        form=form,
        shown=shown,
        months_kept=kept(Data.APPOINTMENTS).months,
        months_counted=kept(Data.COUNTS).months,
        wait=_wait,
        sites=sorted({site for delay in shown.delays for site in delay.by_site}),
        missed={name: figures.absences_by(part, shown.absences) for name, part in parts.items()},
        filling_bars=[Bar(row.site, row.percent, _share(row)) for row in shown.filling],
        delay_bars=[figures.waiting_bar(row, longest, _wait(row.days)) for row in shown.delays],
        absence_bar=lambda row: Bar(row.motif or row.site, row.percent, _share(row)),
    )


def _form() -> FiguresForm:
    main, caf = reading(), caf_id()
    return FiguresForm(request.args, list_sites(main, caf), list_motifs(main, caf, closed=True))


def _figures(form: FiguresForm) -> _Figures:
    main, caf, today, scope = reading(), caf_id(), local().date(), form.scope
    appointments, counts = kept(Data.APPOINTMENTS).limit(today), kept(Data.COUNTS).limit(today)
    asked = Asked(form.period or figures.coming_days(today), appointments)
    past, searched = (Asked(form.period or figures.past_days(today), since) for since in (appointments, counts))
    opened = store.counted(main, caf, asked.kept, scope) if asked.kept else None
    return _Figures(
        today,
        asked,
        opened,
        past,
        searched,
        store.filling(main, caf, opened.period, scope) if opened and opened.period else [],
        store.delays(main, caf, now(), scope),
        store.unmet(main, caf, searched.kept, scope) if searched.kept else [],
        store.absences(main, caf, past.kept, scope) if past.kept else [],
    )


def _share(row: Filling | Absence) -> str:
    return f"{row.percent}{NBSP}%" if row.total else NOT_OPEN


def _wait(days: int | None) -> str:
    if days is None:
        return NO_SLOT
    return {0: "aujourd'hui", 1: "demain"}.get(days) or plural(days, "jour")


@blueprint.get("/chiffres.csv")
@allow(Permission.FIGURES)
def export():
    """The same figures for a spreadsheet."""
    form = _form()
    shown = _figures(form)
    with writing() as main:
        note(main, Act.EXPORTED, Subject.FIGURES)
    rows = dict.fromkeys(_rows(shown, *form.names))  # of one site or one motif alone, two ways to add up say the same
    return csv_response([_HEAD, *rows], f"suivi-{shown.today.isoformat()}.csv")


def _rows(shown: _Figures, site: str, motif: str) -> Iterator[tuple]:
    """Each row tells what it covers; `site` and `motif` are what is looked at, where the figure does not divide it."""
    yield from _filling_rows(shown, site, motif)
    today = shown.today.isoformat()
    for row in shown.delays:
        for place, days in {site: row.days, **row.by_site}.items():
            value = NO_SLOT if days is None else days
            yield ("jours avant le premier créneau", today, today, today, row.motif, place, value, "", "")
    searched = _told(shown, shown.searched)
    if not shown.searched.kept:
        yield ("recherches sans créneau", *searched, motif, "Tous les lieux", GONE, "", "")
    for row in shown.unmet:
        yield ("recherches sans créneau", *searched, row.motif, "Tous les lieux", row.searches, row.searches, "")
    past = _told(shown, shown.past)
    if not shown.past.kept:
        yield ("absents en %", *past, motif, site, GONE, "", "")
    added = [row for part in ("motif", "site") for row in figures.absences_by(part, shown.absences)]
    for row in [*added, *sorted(shown.absences, key=lambda row: (row.motif, row.site))]:
        yield ("absents en %", *past, row.motif or motif, row.site or site, row.percent, row.absent, row.total)


def _filling_rows(shown: _Figures, site: str, motif: str) -> Iterator[tuple]:
    told, known = "remplissage en %, compté en minutes", shown.opened
    if known is None:
        yield (told, *_told(shown, shown.asked), motif, site, GONE, "", "")
        return
    span = _span(shown, known.period or known.asked)
    told += "" if known.whole else f", calculé jusqu'au {date_long(known.until)}"
    for row in shown.filling:
        value = row.percent if row.total else NOT_OPEN
        yield (told, *span, motif, row.site, value, row.taken, row.total)
    if known.period is None:
        yield (told, *span, motif, site, NOT_YET, "", "")


def _told(shown: _Figures, asked: Asked) -> tuple[str, str, str]:
    """Made on which day, from which one to which: those that are kept when some are."""
    return _span(shown, asked.kept or asked.days)


def _span(shown: _Figures, days: Period) -> tuple[str, str, str]:
    return (shown.today.isoformat(), days.first.isoformat(), days.last.isoformat())
