"""The journal, for administrators: searched, taken away as a file, verified."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request

from counter.access import Permission
from counter.db import Database
from counter.forms.journal import JournalForm
from counter.journal import Act, Subject
from counter.models import Agent, JournalLine
from counter.papers import csv_response
from counter.security import allow
from counter.store import journal as store
from counter.store.agents import every_agent
from counter.views.administration import own_caf
from counter.web import note, reading, seen, services, whole, writing, zone

blueprint = Blueprint("journal", __name__, url_prefix="/administration/journal")
PAGE = 50
MOST_FAULTS = 100
_HEAD = (
    "ligne", "date", "heure", "agent n°", "agent", "acte", "objet", "objet n°", "machine", "précision", "sceau",
)  # fmt: skip


def _agents() -> list[Agent]:
    return every_agent(reading(), own_caf(), siteless=True)


@blueprint.get("")
@allow(Permission.ADMINISTER)
def search():
    """The lines that suit, the newest first; `?avant=` goes on after the last line shown."""
    agents = _agents()
    form = JournalForm(request.args, agents)
    before = whole(request.args.get("avant"))
    lines = store.search(reading(), form.wanted(own_caf(), zone(), before), PAGE + 1)
    seen(Subject.JOURNAL)
    asked = {name: value for name, value in request.args.items() if value and name.partition("-")[0] in form}
    return render_template(
        "journal/search.html",
        form=form,
        lines=lines[:PAGE],
        names={item.id: item.display_name for item in agents},
        asked=asked,
        older=lines[PAGE - 1].seq if len(lines) > PAGE else None,
        last=store.last_mark(reading()),
    )


@blueprint.get("/journal.csv")
@allow(Permission.ADMINISTER)
def export():
    """The same lines for a spreadsheet, the oldest first."""
    agents = _agents()
    wanted = JournalForm(request.args, agents).wanted(own_caf(), zone())
    names = {item.id: item.display_name for item in agents}
    there = zone()
    with writing() as main:
        note(main, Act.EXPORTED, Subject.JOURNAL)
    return csv_response(_rows(services().main, wanted, names, there), "journal.csv")


def _rows(main: Database, wanted: store.Search, names: dict[int, str], there: ZoneInfo) -> Iterator[tuple]:
    """Read as they are sent, in a session of their own: that of the request ends with the view."""
    yield _HEAD
    with main.reading() as session:
        for line in store.each_line(session, wanted):
            yield _row(line, names, line.at.astimezone(there))


def _row(line: JournalLine, names: dict[int, str], there: datetime) -> tuple:
    return (
        line.seq,
        there.date().isoformat(),
        f"{there:%H:%M:%S}",
        line.agent_id,
        names.get(line.agent_id, ""),
        line.act_label,
        line.subject_label,
        line.subject_id,
        line.address,
        line.detail,
        bytes(line.hash).hex(),
    )


@blueprint.post("/verification")
@allow(Permission.ADMINISTER)
def verify():
    """Every line is read again and compared with its seal."""
    faults = []
    for fault in store.verify(reading()):
        faults.append(fault)
        if len(faults) == MOST_FAULTS:
            break
    return render_template("journal/verified.html", faults=faults, most=MOST_FAULTS, last=store.last_mark(reading()))
