"""The agenda of a site or of an agent, by day and by week; the day of reception and its close."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, session, url_for

from counter.access import Permission
from counter.appointments import OUTCOMES, WITHOUT_OUTCOME, NotNow, Status, offered_statuses
from counter.errors import refusal_sentence
from counter.formatting import plural
from counter.forms.appointments import ActForm
from counter.journal import Act, Subject
from counter.lobby import DESK
from counter.models import Agent, Appointment, Site
from counter.papers import pdf_response, structure
from counter.pdf.next_day import next_day_pdf
from counter.security import allow
from counter.slots import Refusal
from counter.store import reception
from counter.store.agents import list_agents
from counter.store.appointments import appointments_between, get_appointment
from counter.store.follow_ups import followed
from counter.store.places import get_site
from counter.views.slots import appointment_of
from counter.visits import minutes_since
from counter.web import agent, caf_id, found, local, note, now, reach, reading, seen, served_sites, whole, writing

blueprint = Blueprint("agenda", __name__, url_prefix="/agenda")

AT_DESK = "guichet"  # in the session: where this agent calls people to


@blueprint.get("")
@allow(Permission.COUNTER)
def day():
    """`?jour=2026-11-24&site=3`; today and the agent's site when not said. `?semaine=2026-11-23` shows a week,
    `?agent=2` what an agent booked or received, at every site."""
    who = _agent(request.args.get("agent"))
    site = None if who else found(_site(request.args.get("site")))
    week = "semaine" in request.args
    shown = _day(request.args.get("semaine" if week else "jour"))
    first = shown - timedelta(days=shown.weekday()) if week else shown
    last = first + timedelta(days=6) if week else shown
    listed = appointments_between(reading(), reach(), first, last, site.id if site else None, who.id if who else None)
    _saw(listed, site, first)
    context = _shared(listed) | {"day": shown, "site": site, "of": who, "first": first, "last": last}
    context |= {"before": first - timedelta(days=7 if week else 1), "after": last + timedelta(days=1)}
    if week:
        return render_template("agenda/week.html", days=_by_day(first, listed), **context)
    context["followed"] = followed(reading(), [item.id for item in listed if item.status_value is Status.SEEN])
    return render_template("agenda/day.html", appointments=listed, form=ActForm(), **context)


def _saw(listed: list[Appointment], site: Site | None, first: date) -> None:
    """A list that names people is in the journal as one line: of which site (none: an agent's) and from which day."""
    if listed:
        seen(Subject.AGENDA, site.id if site else None, first.isoformat())


def _shared(listed: list[Appointment]) -> dict:
    there = local()
    return {
        "today": there.date(),
        "sites": served_sites(),
        "agents": list_agents(reading(), caf_id()),
        "steps_of": lambda item: _steps_of(item, there),
        "waited": waited,
        "open_ones": [item for item in listed if item.status in WITHOUT_OUTCOME],
    }


def waited(item: Appointment) -> int | None:
    """Minutes since arrival, as long as the person waits: nobody does from one day to the next."""
    waits = item.status_value is Status.ARRIVED and item.arrived_at is not None and item.day == local().date()
    return minutes_since(item.arrived_at, now()) if waits else None


def _by_day(first: date, listed: list[Appointment]) -> dict[date, list[Appointment]]:
    """Monday to Friday, and the days of the weekend that have something."""
    days = {first + timedelta(days=n): [] for n in range(7)}
    for item in listed:
        days[item.day].append(item)
    return {day: items for day, items in days.items() if items or day.weekday() < 5}


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text) if text and "2000" <= text < "2100" else local().date()
    except ValueError:
        return local().date()


def _site(text: str | None) -> Site | None:
    site_id = whole(text) or agent().site_id
    site = get_site(reading(), site_id) if site_id else None
    return site if site and site.id in reach().site_ids else None


def _agent(text: str | None) -> Agent | None:
    """An agent of the same Caf, None for everyone; the 404 page for anyone else."""
    return found(_known_agent(text)) if text else None


def _known_agent(text: str | None) -> Agent | None:
    known = {item.id: item for item in list_agents(reading(), caf_id())}
    return known.get(whole(text))


# ── reception ───────────────────────────────────────────────────────────────────────────────────


def _to_line(item: Appointment):
    """Back to its line, in the agenda it was clicked in: the site's, or the agent's the form names."""
    of = _known_agent(request.form.get("agent"))
    whose = {"agent": of.id} if of else {"site": item.site_id}
    return redirect(url_for("agenda.day", jour=item.day.isoformat(), _anchor=f"rdv-{item.id}", **whose))


@blueprint.post("/<int:appointment_id>/etat")
@allow(Permission.COUNTER)
def signal(appointment_id: int):
    """One click: arrived, called, seen, absent, excused, from what the agent saw (`depuis`)."""
    item, form = appointment_of(appointment_id), ActForm()
    to, since = _status(request.form.get("etat")), request.form.get("depuis")
    if form.validate_on_submit():
        try:
            with writing() as main:
                mine = found(get_appointment(main, appointment_id, reach()))
                key, desk = form.act_key(str(appointment_id), to), session.get(AT_DESK, DESK)
                reception.signal(main, mine, to, key, now(), agent().id, desk, since and _status(since))
                note(main, Act.CHANGED, Subject.APPOINTMENT, mine.id, str(to))
        except Refusal as refusal:
            flash(refusal_sentence(refusal), "stop")
    return _to_line(item)


@blueprint.post("/<int:appointment_id>/retour")
@allow(Permission.COUNTER)
def back(appointment_id: int):
    """« Revenir en arrière » from what the agent saw (`depuis`)."""
    item, form = appointment_of(appointment_id), ActForm()
    status = _status(request.form.get("depuis"))
    if form.validate_on_submit():
        try:
            with writing() as main:
                mine = found(get_appointment(main, appointment_id, reach()))
                key = form.act_key(str(appointment_id), "retour", status)
                reception.step_back(main, mine, status, key, now(), agent().id)
                note(main, Act.CHANGED, Subject.APPOINTMENT, mine.id, "retour")
        except Refusal as refusal:
            flash(refusal_sentence(refusal), "stop")
    return _to_line(item)


def _status(text: str | None) -> Status:
    return Status(found(text if text in set(Status) else None))


@blueprint.route("/cloture", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def close():
    """Close of day: who still has no outcome, one choice each, one button. What is left blank stays open."""
    site = found(_site(request.values.get("site")))
    shown = min(_day(request.values.get("jour")), local().date())
    form = ActForm()
    if form.validate_on_submit():
        done = _close_chosen(site, shown, form)
        left = len(reception.without_outcome(reading(), site.id, shown))
        flash(_closed_sentence(done, left), "info" if left else "ok")
        return redirect(url_for("agenda.close" if left else "agenda.day", jour=shown.isoformat(), site=site.id))
    open_ones = reception.without_outcome(reading(), site.id, shown)
    listed = appointments_between(reading(), reach(), shown, shown, site.id)
    _saw(open_ones, site, shown)
    return render_template(
        "agenda/close.html",
        appointments=open_ones,
        had_any=any(not item.is_cancelled for item in listed),
        site=site,
        day=shown,
        today=local().date(),
        outcomes_of=_outcomes_of,
        form=form,
    )


def _close_chosen(site: Site, shown: date, form: ActForm) -> int:
    """Signal each outcome that was chosen; one that changed meanwhile is left as it is."""
    done = 0
    with writing() as main:
        for item in reception.without_outcome(main, site.id, shown):
            chosen = request.form.get(f"issue-{item.id}")
            if chosen in _outcomes_of(item):
                key = form.act_key(str(item.id), chosen)
                try:
                    reception.signal(main, item, Status(chosen), key, now(), agent().id)
                    note(main, Act.CHANGED, Subject.APPOINTMENT, item.id, str(chosen))
                    done += 1
                except NotNow:
                    continue
    return done


def _steps_of(item: Appointment, there: datetime) -> tuple[Status, ...]:
    return offered_statuses(item.status_value, item.mode_value, item.day, item.minute, there, item.must_move)


def _outcomes_of(item: Appointment) -> list[Status]:
    """Those a close of day may give. Nobody excused themselves from an hour at which nobody could receive: that one is
    cancelled by the service, unless they were received all the same."""
    outcomes = (Status.SEEN,) if item.must_move else OUTCOMES
    return [step for step in _steps_of(item, local()) if step in outcomes]


def _closed_sentence(done: int, left: int) -> str:
    if not done:
        todo = "Rien n'est noté : choisissez une réponse à côté d'un nom, puis « Enregistrer »."
        return todo if left else "La journée est close."
    said = f"{plural(done, 'rendez-vous noté', 'rendez-vous notés')}."
    return f"{said} Il en reste {left}." if left else f"{said} La journée est close."


@blueprint.get("/liste.pdf")
@allow(Permission.COUNTER)
def paper():
    """The list of a day on paper: `?jour=`, else the next day that has appointments."""
    site = found(_site(request.args.get("site")))
    shown = _day(request.args["jour"]) if "jour" in request.args else _next_day(site)
    listed = appointments_between(reading(), reach(), shown, shown, site.id)
    kept = [item for item in listed if not item.is_cancelled]
    _saw(kept, site, shown)
    pdf = next_day_pdf(
        kept, shown, site, structure().name, local(), specimen=structure().specimen, logo=structure().logo
    )
    return pdf_response(pdf, "rendez-vous-du-jour.pdf")


def _next_day(site: Site) -> date:
    """The next day with appointments within two weeks, else tomorrow."""
    tomorrow = local().date() + timedelta(days=1)
    coming = appointments_between(reading(), reach(), tomorrow, tomorrow + timedelta(days=13), site.id)
    return min((item.day for item in coming if not item.is_cancelled), default=tomorrow)
