"""Workshops: the list, one session with who is enrolled, its papers."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for

from counter.access import Permission
from counter.attestations import key_of_enrolment
from counter.formatting import day_long, spoken_list
from counter.forms.workshops import EnrolForm, PresenceForm, WorkshopForm
from counter.journal import Act, Subject
from counter.models import Site, Workshop
from counter.papers import pdf_response, structure
from counter.pdf.workshop import attendance_pdf, enrolment_pdf
from counter.security import allow
from counter.slots import has_begun
from counter.store import workshops as store
from counter.store.attestations import find_by_keys
from counter.store.closures import shut_days
from counter.store.visits import add_step
from counter.visits import StepKind
from counter.web import (
    agent,
    caf_id,
    found,
    is_served,
    local,
    local_at,
    note,
    now,
    reach,
    reading,
    render_form,
    seen,
    served_sites,
    whole,
    writing,
)
from counter.workshops import (
    AlreadyAttested,
    AlreadyEnrolled,
    AlreadyMarked,
    NobodyTicked,
    NoNumber,
    NotYetHeld,
    OtherNews,
    Seat,
    TooFewPlaces,
    WorkshopCancelled,
    WorkshopOver,
    check_takes_place,
)

blueprint = Blueprint("workshops", __name__, url_prefix="/ateliers")

_TOO_EARLY = "Cet atelier n'a pas encore commencé : les présences se notent ensuite."


@blueprint.get("")
@allow(Permission.COUNTER)
def upcoming():
    """The sessions to come, with the places left, and those held lately, where who came can still be noted."""
    session, today = reading(), local().date()
    coming, past = (find(session, caf_id(), today) for find in (store.upcoming_workshops, store.past_workshops))
    return render_template(
        "workshops/upcoming.html", workshops=coming, past=past,
        to_tell=store.people_to_tell(session, [item.id for item in coming if is_served(item.site)]),
        to_mark=store.unmarked(session, [item.id for item in past if is_served(item.site)]),
    )  # fmt: skip


@blueprint.route("/nouveau", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def create():
    form = WorkshopForm(sites=served_sites(), now=local())
    if form.validate_on_submit() and _is_open(form):
        with writing() as main:
            made = store.create_workshop(main, form.act_key(), **form.values()).id
            note(main, Act.CREATED, Subject.WORKSHOP, made)
        return redirect(url_for("workshops.workshop", workshop_id=made))
    return render_form("workshops/form.html", form, shown=None, to_tell=False)


@blueprint.route("/<int:workshop_id>/changer", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def change(workshop_id: int):
    """Another day, hour, site, number of places…; those on the list are then to be told."""
    shown = its_workshop(workshop_id)
    form = WorkshopForm(sites=served_sites(), now=local(), shown=shown)
    try:
        check_takes_place(shown.is_cancelled, shown.day, local_at(shown.site).date())
        if form.validate_on_submit() and _is_open(form, shown):
            with writing() as main:
                mine = its_workshop(workshop_id, main)
                to_tell = store.change_workshop(main, mine, local_at(mine.site), **form.values())
                note(main, Act.CHANGED, Subject.WORKSHOP, workshop_id)
            flash(f"L'atelier est changé.{' Des personnes sont à prévenir.' if to_tell else ''}", "ok")
            return redirect(url_for("workshops.workshop", workshop_id=workshop_id))
    except AlreadyMarked:
        form.say_already_marked()
    except AlreadyAttested as refusal:
        form.say_attested(refusal.papers)
    except TooFewPlaces as refusal:
        form.ask_for_places(refusal.taken)
    except (WorkshopCancelled, WorkshopOver) as refusal:
        flash(f"{_gone(refusal)} : préparez-en un autre.", "stop")
        return redirect(url_for("workshops.workshop", workshop_id=workshop_id))
    begun = has_begun(shown.day, shown.minute, local_at(shown.site))
    return render_form("workshops/form.html", form, shown=shown, to_tell=shown.taken and not begun)


def _is_open(form: WorkshopForm, shown: Workshop | None = None) -> bool:
    """Whether the place is open that day, or the session is meant to be held all the same; one that stays is not asked
    about again."""
    where, day = form.where_and_when()
    if shown is not None and (where, day) == (shown.site_id, shown.day):
        return True
    return form.is_meant(_why_shut(where, day))


def _why_shut(site_id: int, day: date) -> str:
    """Why nobody is received at a site on that day, in a sentence; empty when it is open as usual."""
    site, said = reading().get_one(Site, site_id), day_long(day, year=day.year != local().year)
    shut = shut_days(reading(), site, day, day).get(day)
    if shut is None:
        return ""
    if shut.holiday:
        return f"Le {said} est un jour férié ({shut.holiday})."
    reason = shut.reason.rstrip(" .")
    return f"Le lieu est fermé le {said}{f' : {reason}' if reason else ''}."


def _gone(refusal: Exception) -> str:
    """Why nothing is done any more, as a beginning of a sentence."""
    return f"Cet atelier est {'annulé' if isinstance(refusal, WorkshopCancelled) else 'passé'}"


@blueprint.post("/<int:workshop_id>/annuler")
@allow(Permission.COUNTER)
def cancel_workshop(workshop_id: int):
    """The session does not take place: its list stays, to tell everyone."""
    try:
        with writing() as main:
            mine = its_workshop(workshop_id, main)
            if store.cancel_workshop(main, mine, now(), local_at(mine.site).date()):
                note(main, Act.CANCELLED, Subject.WORKSHOP, workshop_id)
    except (AlreadyMarked, WorkshopOver):
        flash("Cet atelier a eu lieu : il ne s'annule plus.", "stop")
    return redirect(url_for("workshops.workshop", workshop_id=workshop_id))


@blueprint.route("/<int:workshop_id>", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def workshop(workshop_id: int):
    """One session: enrol someone, see who comes and who waits. Elsewhere than where one serves, only those one
    enrolled oneself are seen."""
    form = EnrolForm()
    if form.validate_on_submit():
        try:
            return redirect(url_for("workshops.enrolled", enrolment_id=_enrol(workshop_id, form)))
        except (WorkshopOver, WorkshopCancelled) as refusal:
            flash(f"{_gone(refusal)} : choisissez le prochain.", "stop")
            return redirect(url_for("workshops.upcoming"))
        except NotYetHeld:
            flash(_TOO_EARLY, "stop")
            return redirect(url_for("workshops.workshop", workshop_id=workshop_id))
        except AlreadyEnrolled as there:
            form.say_already_enrolled(there.seat)
        except NoNumber:
            form.ask_for_a_number()
    return _page(workshop_id, form)


def _page(workshop_id: int, form: EnrolForm, nobody_ticked: bool = False):
    """One session; `nobody_ticked` asks whether nobody came before it is noted."""
    shown, me = found(store.get_workshop(reading(), workshop_id, caf_id())), agent().id
    here, there = is_served(shown.site), local_at(shown.site)
    listed = [item for item in shown.enrolments if here or item.agent_id == me]
    if listed:
        seen(Subject.WORKSHOP, shown.id)
    form.phone.flags.required = not shown.left
    held = has_begun(shown.day, shown.minute, there)
    if here and held:
        form.for_who_comes()
    over = shown.day < there.date()
    shut = "" if over or shown.is_cancelled else _why_shut(shown.site_id, shown.day)
    return render_form(
        "workshops/workshop.html", form, shown=shown, presence=PresenceForm(), here=here, listed=listed,
        over=over, shut=shut, held=held, nobody_ticked=nobody_ticked,
        untrue=_untrue_papers(shown) if here else [],
    )  # fmt: skip


def _untrue_papers(shown) -> list[tuple]:
    """(enrolment, paper, whether the agent may withdraw it) of those who have one and were since noted absent."""
    absent = {key_of_enrolment(item.id): item for item in shown.enrolments if item.seat_value is Seat.ABSENT}
    papers = find_by_keys(reading(), list(absent)) if absent else {}
    return [(absent[key], paper, paper.agent_id == agent().id) for key, paper in papers.items() if not paper.revoked_at]


def its_workshop(workshop_id: int, main=None):
    """A workshop at a site the agent serves: who comes elsewhere is not theirs to note, nor to certify."""
    shown = found(store.get_workshop(main or reading(), workshop_id, caf_id()))
    return found(shown if is_served(shown.site) else None)


def _enrol(workshop_id: int, form: EnrolForm) -> int:
    caf, who = caf_id(), agent()
    with writing() as main:
        session = found(store.get_workshop(main, workshop_id, caf))
        before, there = len(session.enrolments), local_at(session.site)
        came_at = there if form.is_at_door() and is_served(session.site) else None
        made = store.enrol(
            main, session, form.person(), form.act_key(), now(), there.date(), who.id, form.will_return(), came_at
        )
        main.refresh(session)
        if len(session.enrolments) > before:
            add_step(main, who, StepKind.WORKSHOP, f"Atelier : {session.title}", now())
            note(main, Act.CREATED, Subject.ENROLMENT, made.id)
        return made.id


@blueprint.get("/inscription/<int:enrolment_id>")
@allow(Permission.COUNTER)
def enrolled(enrolment_id: int):
    """Enrolled, or waiting: said clearly, with the paper."""
    kept = _enrolment(enrolment_id)
    there = local_at(kept.workshop.site)
    over, begun = kept.workshop.day < there.date(), has_begun(kept.workshop.day, kept.workshop.minute, there)
    awaited = not begun and store.is_awaited(reading(), kept.workshop_id)
    return render_template("workshops/enrolled.html", kept=kept, cancel=PresenceForm(), over=over, awaited=awaited)


def _enrolment(enrolment_id: int):
    kept = found(store.get_enrolment(reading(), enrolment_id, reach()))
    seen(Subject.ENROLMENT, kept.id)
    return kept


@blueprint.get("/inscription/<int:enrolment_id>/papier.pdf")
@allow(Permission.COUNTER)
def paper(enrolment_id: int):
    pdf = enrolment_pdf(
        _enrolment(enrolment_id), structure().name, specimen=structure().specimen, logo=structure().logo
    )
    return pdf_response(pdf, "atelier.pdf")


@blueprint.post("/inscription/<int:enrolment_id>/annuler")
@allow(Permission.COUNTER)
def cancel(enrolment_id: int):
    """Give the place back; the first who waits gets it and must be called."""
    try:
        with writing() as main:
            mine = found(store.get_enrolment(main, enrolment_id, reach()))
            workshop_id = mine.workshop_id
            done = store.cancel_enrolment(main, mine, local_at(mine.workshop.site))
            if done.before is not Seat.CANCELLED:
                note(main, Act.CANCELLED, Subject.ENROLMENT, enrolment_id)
            said = _cancelled_sentence(done, is_served(mine.workshop.site))
    except AlreadyMarked:
        flash("La présence est déjà notée : l'inscription ne s'annule plus.", "stop")
        return redirect(url_for("workshops.enrolled", enrolment_id=enrolment_id))
    except (WorkshopOver, WorkshopCancelled) as refusal:
        flash(f"{_gone(refusal)} : l'inscription ne s'annule plus.", "stop")
        return redirect(url_for("workshops.enrolled", enrolment_id=enrolment_id))
    flash(said, "ok")
    return redirect(url_for("workshops.workshop", workshop_id=workshop_id))


def _cancelled_sentence(done: store.Cancelled, here: bool) -> str:
    """What a cancellation did. Who waited is named to those who see the whole list, or enrolled them."""
    if done.before is Seat.CANCELLED:
        return "L'inscription était déjà annulée."
    if done.before is Seat.WAITING:
        return "Son nom n'est plus sur la liste d'attente."
    if done.promoted is None:
        return "La place est libre."
    if here or done.promoted.agent_id == agent().id:
        return f"La place va à {done.promoted.name}, qui attendait : prévenez cette personne."
    return "La place va à la première personne qui attendait. Le lieu qui reçoit la prévient."


@blueprint.post("/inscription/<int:enrolment_id>/prevenu")
@allow(Permission.COUNTER)
def told(enrolment_id: int):
    """The person knows what the page said; what is new since they are still to be told."""
    try:
        with writing() as main:
            mine = found(store.get_enrolment(main, enrolment_id, reach()))
            workshop_id, name = mine.workshop_id, mine.name
            store.mark_told(main, mine, request.form.get("news", ""))
            note(main, Act.CHANGED, Subject.ENROLMENT, enrolment_id, "appel")
    except OtherNews:
        flash(f"Il y a du nouveau depuis que vous avez ouvert cette page : dites-le aussi à {name}.", "stop")
    return redirect(url_for("workshops.workshop", workshop_id=workshop_id))


@blueprint.post("/<int:workshop_id>/presences")
@allow(Permission.COUNTER)
def presence(workshop_id: int):
    """Who came, once the session has begun; noted again, it is corrected."""
    present, nobody = _numbers("present"), "nobody" in request.form
    shown = {number: seat for seat in Seat for number in _numbers(f"shown-{seat}")}
    try:
        with writing() as main:
            held = its_workshop(workshop_id, main)
            others = store.mark_presence(main, held, present, shown, local_at(held.site), nobody)
            names = spoken_list([other.name for other in others])
            note(main, Act.CHANGED, Subject.WORKSHOP, workshop_id, "presences")
    except NotYetHeld:
        flash(_TOO_EARLY, "stop")
        return redirect(url_for("workshops.workshop", workshop_id=workshop_id))
    except WorkshopCancelled:
        flash("Cet atelier est annulé : personne n'y est venu.", "stop")
        return redirect(url_for("workshops.workshop", workshop_id=workshop_id))
    except NobodyTicked:
        return _page(workshop_id, EnrolForm(formdata=None), nobody_ticked=True)[0], 409
    if names:
        flash(f"La liste a changé depuis que vous avez ouvert cette page : vérifiez pour {names}.", "info")
    flash("Les présences sont notées.", "ok")
    return redirect(url_for("workshops.workshop", workshop_id=workshop_id))


def _numbers(name: str) -> set[int]:
    """The enrolments sent under that name."""
    return set(map(whole, request.form.getlist(name))) - {None}


@blueprint.get("/<int:workshop_id>/emargement.pdf")
@allow(Permission.COUNTER)
def attendance(workshop_id: int):
    shown = its_workshop(workshop_id)
    if shown.enrolments:
        seen(Subject.WORKSHOP, shown.id)
    pdf = attendance_pdf(shown, structure().name, specimen=structure().specimen, logo=structure().logo)
    return pdf_response(pdf, "emargement.pdf")
