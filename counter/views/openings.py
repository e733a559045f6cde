"""When a site receives: its week, its openings, its closures. What would move appointments says which, first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for

from counter.access import Permission
from counter.formatting import day_month, plural
from counter.forms.openings import ChangeOpeningForm, ClosureForm, LiftForm, OpeningForm, told_apart
from counter.journal import Act, Subject
from counter.models import Appointment, Closure, Motif, Opening, Site, Workshop
from counter.openings import (
    Block,
    Receives,
    first_served,
    hours_shown,
    monday_of,
    seen_of,
    side_by_side,
    weekdays_of,
)
from counter.security import allow
from counter.slots import opens_on
from counter.store import closures as closure_store
from counter.store import openings as store
from counter.store import staying
from counter.store.free_time import named_holidays, prepare_horizons
from counter.store.places import list_motifs
from counter.store.workshops import workshops_shut_by
from counter.views.administration import its_site
from counter.web import (
    TO_MOVE,
    found,
    local_at,
    note,
    note_to_move,
    reading,
    receives_at,
    render_form,
    render_moving,
    seen,
    services,
    writing,
)

blueprint = Blueprint("openings", __name__, url_prefix="/administration")


@dataclass(frozen=True)
class DayColumn:
    """A day of the week as it is drawn: its blocks, or why it is shut."""

    day: date
    blocks: list[Block]
    shut: str
    slots: int


@blueprint.get("/lieux/<int:site_id>/semaine")
@allow(Permission.ADMINISTER)
def week(site_id: int):
    """`?jour=2026-11-24`: the week of that day; when not said this one, at the week-end the next."""
    site = its_site(site_id)
    today = local_at(site).date()
    monday = monday_of(_day(request.args.get("jour"), today + timedelta(days=2) if today.weekday() > 4 else today))
    openings = store.list_openings(reading(), site.id)
    columns = _columns(site, openings, monday)
    over = [opening for opening in openings if opening.has_ended(today)]
    to_move, served = _to_move(openings, site), receives_at(site)
    if to_move and served:
        seen(Subject.AGENDA, site.id, TO_MOVE)
    return render_template(
        "openings/week.html",
        site=site,
        today=today,
        monday=monday,
        step=timedelta(days=7),
        columns=columns,
        hours=hours_shown((b.starts, b.ends) for c in columns for b in c.blocks),
        current=[opening for opening in openings if opening not in over],
        over=over,
        weekdays_of=weekdays_of,
        closures=closure_store.list_closures(reading(), site.id, today),
        told=told_apart(openings, _motifs_of),
        to_move=to_move,
        lift_form=LiftForm(),
        served=served,
    )


def _motifs_of(opening_id: int) -> list[Motif]:
    return store.motifs_of_opening(reading(), opening_id)


def _day(text: str | None, today: date) -> date:
    try:
        return date.fromisoformat(text) if text and "2000-02" <= text < "2099" else today
    except ValueError:
        return today


def _columns(site: Site, openings: list[Opening], monday: date) -> list[DayColumn]:
    days = [monday + timedelta(days=n) for n in range(7)]
    closures = closure_store.list_closures(reading(), site.id, monday)
    shut = closure_store.shut_days(reading(), site, days[0], days[-1])
    why = {day: f"Férié : {s.holiday}" if s.holiday else f"Fermé : {s.reason}".rstrip(" :") for day, s in shut.items()}
    columns = [_column(day, _open_on(day, openings, closures), why.get(day, "")) for day in days]
    return columns if columns[6].blocks else columns[:6]


def _open_on(day: date, openings: list[Opening], closures: list[Closure]) -> list[Opening]:
    on = (opening for opening in openings if opens_on(day, opening.weekdays, opening.valid_from, opening.valid_to))
    return [opening for opening in on if not any(closure.shuts(opening, day) for closure in closures)]


def _column(day: date, on: list[Opening], shut: str) -> DayColumn:
    on = [] if shut else on
    slots = sum(o.desks * o.grid.intervals for o in on)
    return DayColumn(day, side_by_side([(o, o.starts, o.ends) for o in on]), shut, slots)


def _to_move(openings: list[Opening], site: Site) -> list[Appointment]:
    local = local_at(site)
    waiting = [a for o in openings for a in store.coming_appointments(reading(), o, local) if a.to_move]
    return sorted(waiting, key=lambda a: (a.day, a.minute, a.id))


# ── openings ────────────────────────────────────────────────────────────────────────────────────


@blueprint.route("/lieux/<int:site_id>/plages/nouvelle", methods=["GET", "POST"])
@allow(Permission.ADMINISTER)
def new_opening(site_id: int):
    """With the button « Compter les créneaux », only the count of what it makes; otherwise the opening is made."""
    site = its_site(site_id)
    today = local_at(site).date()
    form = OpeningForm(
        motifs=list_motifs(reading(), site.caf_id),
        today=today,
        site=site,
        others=_received_on_site(site, today),
        same=partial(store.same_opening, reading()),
    )
    right = form.validate_on_submit()
    if right and "compter" not in request.form:
        with writing() as main:
            row = form.new_opening(site.id)
            twice = store.same_opening(main, row, form.motif_ids())
            if twice is None:
                store.add_opening(main, row, form.motif_ids(), today, services().settings.slot_days)
                prepare_horizons(main, today, opening_id=row.id)
                stay = staying.take_over(main, row, form.motif_ids(), local_at(site))
                note(main, Act.CREATED, Subject.OPENING, row.id)
        flash(
            "La plage est ouverte." if twice is None else "Cette plage est déjà ouverte.", "ok" if not twice else "info"
        )
        if twice is None and stay:
            flash(plural(stay, *_KEPT_HERE), "ok")
        first = first_served(form.valid_from.data, row.weekdays)
        return redirect(url_for("openings.week", site_id=site.id, jour=first.isoformat()))
    return render_form("openings/new.html", form, site=site, made=form.made() if right else None)


def _received_on_site(site: Site, today: date, but: Opening | None = None) -> list[Receives]:
    """When people are received on site there, from today on, by the openings but one."""
    return [opening.receives for opening in store.receiving_on_site(reading(), site.id, today) if opening is not but]


def _its_opening(opening_id: int, main=None) -> Opening:
    opening = found(store.get_opening(main or reading(), opening_id))
    its_site(opening.site_id, main)
    return opening


@blueprint.route("/plages/<int:opening_id>", methods=["GET", "POST"])
@allow(Permission.ADMINISTER)
def opening(opening_id: int):
    """End an opening, change its desks or its motifs; nothing is done before the appointments to move were seen.
    With the button « Compter les créneaux », only the count of what it would make."""
    known = _its_opening(opening_id)
    site, today = known.site, local_at(known.site).date()
    form = ChangeOpeningForm(
        opening=known,
        chosen=store.motifs_of_opening(reading(), known.id),
        motifs=list_motifs(reading(), site.caf_id),
        today=today,
        others=_received_on_site(site, today, known),
    )
    stranded: list[Appointment] = []
    right = form.validate_on_submit()
    if "compter" in request.form:
        form.seen.data = ""  # the list is no longer on the page: it is shown again before anything is done
    elif right:
        with writing() as main:
            stranded, stay = _change_opening(main, opening_id, form)
        if not stranded and not form.form_errors:
            flash("La plage est changée.", "ok")
            if stay:
                flash(plural(stay, *_KEPT_ELSEWHERE), "ok")
            return redirect(url_for("openings.week", site_id=site.id))
        form.seen.data = seen_of(stranded)
    made = form.made() if right or request.method == "GET" else None
    return render_moving(
        "openings/change.html", form, stranded, site, opening=known, weekdays_of=weekdays_of, made=made
    )


_KEPT_HERE = ("rendez-vous à déplacer y garde son heure.", "rendez-vous à déplacer y gardent leur heure.")
_KEPT_ELSEWHERE = (
    "rendez-vous garde son heure, dans une autre plage de ce lieu.",
    "rendez-vous gardent leur heure, dans une autre plage de ce lieu.",
)


def _change_opening(main, opening_id: int, form: ChangeOpeningForm) -> tuple[list[Appointment], int]:
    """Change it, unless someone else did since the page, which the form then says, or there are appointments to move
    that were not seen: those are given back, with the number of those that keep their hour at another opening."""
    row = _its_opening(opening_id, main)
    store.lock(main, row)
    if form.changed_meanwhile(row, store.motifs_of_opening(main, row.id)):
        return [], 0
    valid_to, desks, local = form.valid_to.data, form.desks.number, local_at(row.site)
    lost = store.stranded_by(main, row, valid_to, desks, local)
    kept = staying.kept_elsewhere(main, row, lost)
    stranded = [item for item in lost if item.id not in kept]
    if stranded and form.seen.data != seen_of(stranded):
        note_to_move(main, stranded, row.site)
        return stranded, 0
    row.valid_to, row.desks = valid_to, desks
    store.put_motifs(main, row, {int(number) for number in form.motifs.data})
    store.settle_opening(main, row, local)
    staying.keep_elsewhere(main, kept)
    prepare_horizons(main, local.date(), opening_id=row.id)
    note(main, Act.CHANGED, Subject.OPENING, row.id)
    return [], len(kept)


# ── closures ────────────────────────────────────────────────────────────────────────────────────


@blueprint.route("/lieux/<int:site_id>/fermetures/nouvelle", methods=["GET", "POST"])
@allow(Permission.ADMINISTER)
def new_closure(site_id: int):
    site = its_site(site_id)
    today = local_at(site).date()
    openings = [o for o in store.list_openings(reading(), site.id) if o.valid_to is None or o.valid_to >= today]
    form = ClosureForm(openings=openings, motifs_of=_motifs_of, today=today)
    in_lobby = 0
    stranded: list[Appointment] = []
    sessions: list[Workshop] = []
    if form.validate_on_submit():
        closure = form.new_closure(site.id)
        with writing() as main:
            stranded, sessions = _close(main, closure, its_site(site_id, main), form.seen.data)
            in_lobby = closure_store.already_there(main, closure, today)
        if not stranded and not sessions:
            flash("La fermeture est enregistrée.", "ok")
            if in_lobby:
                there = plural(in_lobby, "personne est déjà arrivée", "personnes sont déjà arrivées")
                flash(
                    f"{there} aujourd'hui : recevez-{'la' if in_lobby == 1 else 'les'}, ou prévenez l'accueil.", "info"
                )
            return redirect(url_for("openings.week", site_id=site.id, jour=form.first.data.isoformat()))
        form.seen.data = seen_of(stranded) + seen_of(sessions)
    return render_moving("openings/closure.html", form, stranded, site, sessions)


def _close(main, closure: Closure, site: Site, shown: str | None) -> tuple[list[Appointment], list[Workshop]]:
    """The appointments and the workshops of these days to be shown first; none once it is closed."""
    if known := closure_store.same_closure(main, closure):
        if known.reason != closure.reason:
            known.reason = closure.reason
            note(main, Act.CHANGED, Subject.CLOSURE, known.id, "raison")
        return [], []
    local = local_at(site)
    stranded, sessions = closure_store.stranded_by_closure(main, closure, local), workshops_shut_by(main, closure)
    if (stranded or sessions) and shown != seen_of(stranded) + seen_of(sessions):
        note_to_move(main, stranded, site)
        return stranded, sessions
    closure_store.close_days(main, closure, local)
    note(main, Act.CREATED, Subject.CLOSURE, closure.id)
    return [], []


@blueprint.post("/lieux/<int:site_id>/fermetures/<int:closure_id>/lever")
@allow(Permission.ADMINISTER)
def lift(site_id: int, closure_id: int):
    """Open again: the free time comes back, the appointments that stayed are no longer to move."""
    site = its_site(site_id)
    with writing() as main:
        closure = closure_store.get_closure(main, site.id, closure_id)
        others = closure_store.list_closures(main, site.id, closure.first) if closure else []
        if closure is not None:
            closure_store.lift_closure(main, closure, local_at(site))
            note(main, Act.CANCELLED, Subject.CLOSURE, closure_id)
    if closure is None:
        flash("Cette fermeture est déjà levée.", "info")
        return redirect(url_for("openings.week", site_id=site.id))
    still = any(o.first <= closure.last for o in others if o.id != closure_id)
    flash(f"La fermeture est levée{_lifted(closure, site, still)}", "ok")
    return redirect(url_for("openings.week", site_id=site.id))


def _lifted(closure: Closure, site: Site, still: bool) -> str:
    """What can be booked again, and the days that stay public holidays; `still`: another closure covers some."""
    first = max(closure.first, local_at(site).date())
    off = named_holidays(site.department, first, closure.last)
    days = " ; ".join(f"{day_month(day)}, {name}" for day, name in off.items())
    if off and len(off) > (closure.last - first).days:
        stay = "ce jour reste férié" if len(off) == 1 else "ces jours restent fériés"
        return f", mais {stay} ({days}) : personne n'y est reçu."
    again = "les jours qu'aucune autre fermeture ne couvre" if still else "les créneaux"
    but = f", sauf {'le jour férié' if len(off) == 1 else 'les jours fériés'} ({days})" if off else ""
    return f" : {again} sont de nouveau proposés{but}."
