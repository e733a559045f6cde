"""Whom to call because no message reaches them: the list of a day, and who was called."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, redirect, render_template, request, url_for

from counter.access import Permission
from counter.appointments import Answer
from counter.forms.appointments import ActForm
from counter.journal import Act, Subject
from counter.messages import Outgoing
from counter.security import allow
from counter.sending import outgoing
from counter.store import phone_calls as store
from counter.store.appointments import get_appointment
from counter.store.places import get_site
from counter.web import agent, found, local, note, now, reach, reading, seen, served_sites, services, whole, writing

blueprint = Blueprint("phone_calls", __name__, url_prefix="/agenda/appels")


@blueprint.get("")
@allow(Permission.COUNTER)
def people():
    """Whom to call the day before: `?jour=2026-11-24&site=3`; without a day, the next one with appointments."""
    site = found(_site(request.args.get("site")))
    day = _day(request.args.get("jour")) or store.next_day_with_people(reading(), site.id, local().date())
    day = day or local().date() + timedelta(days=1)
    means = Outgoing(True, True, "") if services().demonstration else outgoing()
    people = store.not_reached(reading(), site.id, day, means)
    cancelled = store.not_told(reading(), site.id, day, means)
    to_move = store.to_move(reading(), site.id, day)
    if people or cancelled or to_move:
        seen(Subject.AGENDA, site.id, f"appels {day.isoformat()}")
    return render_template(
        "phone_calls/people.html",
        day=day,
        site=site,
        sites=served_sites(),
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        cancelled=cancelled,
        called=store.last_phone_calls(reading(), [*people, *cancelled, *to_move]),
        to_move=to_move,
        form=ActForm(),
        answers={answer: answer.label for answer in Answer},
        people=[item for item in people if item.person.get("phone")],
        unreachable=[item for item in people if not item.person.get("phone")],
    )


@blueprint.post("/<int:appointment_id>")
@allow(Permission.COUNTER)
def called(appointment_id: int):
    """The person was called: they answered, or not."""
    form, answer = ActForm(), request.form.get("reponse")
    with writing() as main:
        mine = found(get_appointment(main, appointment_id, reach()))
        if form.validate_on_submit() and answer in list(Answer):
            key = form.act_key(str(appointment_id), answer)
            store.record_phone_call(main, mine, Answer(answer), key, now(), agent().id)
            note(main, Act.CHANGED, Subject.APPOINTMENT, mine.id, f"appel {answer}")
    return redirect(
        url_for("phone_calls.people", jour=mine.day.isoformat(), site=mine.site_id, _anchor=f"appel-{mine.id}")
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text and "2000" <= text < "2100" else None
    except ValueError:
        return None


def _site(text: str | None):
    number = whole(text)
    site_id = agent().site_id if number is None else number
    site = get_site(reading(), site_id) if site_id else None
    return site if site and site.id in reach().site_ids else None
