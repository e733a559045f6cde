"""The waiting room as the agents of its site see it: the kiosks that call, the numbers to call, on each of their pages.

A page learns what is new by server-sent events. Each held stream keeps a thread of the server, and there are few: at
most a third of them are lent (`COUNTER_THREADS`), each for `HELD` seconds, and no transaction stays open between two
looks. Whoever finds none free is told how things stand and to come back in `RETRY` milliseconds, which the browser
does by itself: that is polling, at the cost of one short answer each time. `/appels` gives the parts of the page that
changed, also to browsers without streams. None of this keeps a session alive: an agent who left the desk is still
signed out.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for

from counter.access import Permission
from counter.errors import refusal_sentence
from counter.journal import Act, Subject
from counter.lobby import desk_name
from counter.models import Site, Ticket
from counter.security import allow
from counter.slots import Refusal
from counter.store import lobby as store
from counter.store import reception
from counter.views.agenda import AT_DESK
from counter.web import Services, agent, close_reading, found, local, note, now, reading, services, whole, writing

blueprint = Blueprint("lobby", __name__)

HELD, LOOK_EVERY = 25, 1  # seconds: of a stream, between two looks
RETRY = 3000  # milliseconds


def live_parts(who_id: int, site: Site | None) -> dict:
    """What the parts that change by themselves need."""
    last = store.last_called_by(reading(), site.id, local().date(), who_id) if site else 0
    return {"last_called": last, "own_id": who_id, "desk": session.get(AT_DESK, "")}


@blueprint.get("/appels")
@allow(Permission.COUNTER)
def parts():
    """The badge and the cards, to be put in the page in place of those that are there."""
    session.quiet = True
    return render_template("lobby/live.html", **live_parts(agent().id, agent().site))


@blueprint.get("/appels/flux")
@allow(Permission.COUNTER)
def stream():
    """How things stand, then again each time something changes."""
    session.quiet = True
    site = agent().site
    on, place = services(), (site.id, site.timezone) if site else None
    close_reading()
    answer = Response(_events(on, *place) if place else f"retry: {RETRY * 100}\n\n", mimetype="text/event-stream")
    answer.headers["X-Accel-Buffering"] = "no"  # nginx passes on each event at once
    return answer


def _events(on: Services, site_id: int, timezone: str) -> Iterator[str]:
    """The place is taken only when the answer is read, and given back however it ends."""
    mark, event = _now(on, site_id, timezone)
    yield f"retry: {RETRY}\n{event}"
    if not on.streams.take(max(1, on.settings.threads // 3)):
        return
    try:
        ends = time.monotonic() + HELD
        while time.monotonic() < ends:
            time.sleep(LOOK_EVERY)
            known, (mark, event) = mark, _now(on, site_id, timezone)
            yield event if mark != known else ":\n\n"  # a page that was left is noticed when it is written to
    finally:
        on.streams.give_back()


def _now(on: Services, site_id: int, timezone: str) -> tuple[str, str]:
    """(mark, event): the names of the kiosks that call, how many wait."""
    at = on.clock()
    with on.main.reading() as main:
        lobby = store.look(main, site_id, at.astimezone(ZoneInfo(timezone)), at)
        if lobby is None:
            return "", "data: {}\n\n"
        calls = [call.kiosk.name for call in lobby.open_calls]
        told = {"mark": lobby.mark, "calls": calls, "waiting": len(lobby.waiting)}
    return told["mark"], f"data: {json.dumps(told, ensure_ascii=False)}\n\n"


# ── the kiosk calls ─────────────────────────────────────────────────────────────────────────────


def _home():
    return redirect(url_for("home.home"), 303)


@blueprint.post("/appels/<int:call_id>/jarrive")
@allow(Permission.COUNTER)
def coming(call_id: int):
    """« J'arrive »: the kiosk says so; a second agent is told that a colleague is on the way."""
    try:
        with writing() as main:
            call = found(store.get_call(main, call_id, agent().site_id or 0))
            store.answer(main, call, agent().id, now())
            name = call.kiosk.name
        flash(f"La borne « {name} » affiche qu'un agent arrive.", "ok")
    except Refusal as refusal:
        flash(refusal_sentence(refusal), "info")
    return _home()


@blueprint.post("/appels/<int:call_id>/fini")
@allow(Permission.COUNTER)
def done(call_id: int):
    """« C'est fini », by whoever sees it."""
    with writing() as main:
        call = found(store.get_call(main, call_id, agent().site_id or 0))
        store.end_call(main, call.id, now())
    return _home()


# ── the numbers ─────────────────────────────────────────────────────────────────────────────────


@blueprint.post("/salle/appeler")
@allow(Permission.COUNTER)
def call():
    """The next number, or the one of the button (`numero`), to the desk that is written and kept for the session."""
    site = found(agent().site)
    session[AT_DESK] = desk_name(request.form.get("guichet", ""))
    try:
        with writing() as main:
            ticket = _called(main, site)
            _note(main, ticket, "appele")
            number = ticket.number
        flash(f"Le numéro {number} est appelé : {session[AT_DESK]}.", "ok")
    except Refusal as refusal:
        flash(refusal_sentence(refusal), "info")
    return _home()


def _called(main, site: Site) -> Ticket:
    desk, chosen = session[AT_DESK], whole(request.form.get("numero"))
    if chosen is None:
        seen = whole(request.form.get("vu")) or 0
        return reception.call_next(main, site.id, local(), agent().id, desk, seen, now())
    ticket = _ticket(main, chosen)
    reception.call_number(main, ticket, agent().id, desk, now())
    return ticket


def _ticket(main, ticket_id: int) -> Ticket:
    """A number of the agent's own site, today."""
    return found(store.get_ticket(main, ticket_id, agent().site_id or 0, local().date()))


def _note(main, ticket: Ticket, what: str) -> None:
    """What is done to an appointment is in the journal, as from the agenda."""
    if ticket.appointment_id:
        note(main, Act.CHANGED, Subject.APPOINTMENT, ticket.appointment_id, what)


@blueprint.post("/salle/<int:ticket_id>/termine")
@allow(Permission.COUNTER)
def finish(ticket_id: int):
    """The person was received."""
    return _act(ticket_id, lambda main, ticket: reception.finish(main, ticket, agent().id, now()), "recu")


@blueprint.post("/salle/<int:ticket_id>/absent")
@allow(Permission.COUNTER)
def missed(ticket_id: int):
    """Nobody came: the number waits again at the end, once."""

    def act(main, ticket: Ticket) -> None:
        again = reception.missed(main, ticket, agent().id, now())
        said = "attend de nouveau, à la fin de la file." if again else "n'est plus dans la file."
        flash(f"Le numéro {ticket.number} {said}", "ok")

    return _act(ticket_id, act, "absent")


def _act(ticket_id: int, act, what: str):
    try:
        with writing() as main:
            ticket = _ticket(main, ticket_id)
            act(main, ticket)
            _note(main, ticket, what)
    except Refusal as refusal:
        flash(refusal_sentence(refusal), "stop")
    return _home()
