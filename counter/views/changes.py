"""What an agent changes of an appointment: its time, its motif, its cancellation, its place on the waiting list."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from counter.access import Permission
from counter.appointments import may_cancel, may_change
from counter.diagnosis import Need
from counter.forms.appointments import ActForm, CancelReasonForm, ContactForm, WaitForm, typed_of
from counter.journal import Act, Subject
from counter.models import Appointment, Motif
from counter.security import allow
from counter.slots import ModeNotAllowed, OffGrid, Refusal, SlotTaken
from counter.store import appointments as store
from counter.store import waiting
from counter.store.places import get_motif, list_motifs, list_sites
from counter.views import acts
from counter.views.appointments import booked_page
from counter.views.slots import Picker, appointment_of, motif_of, say_earlier_place, slots_page
from counter.web import agent, caf_id, found, local, local_at, note, now, reach, reading, render_form, writing

blueprint = Blueprint("changes", __name__, url_prefix="/rendez-vous/<int:appointment_id>")


def _back(appointment_id: int):
    return redirect(url_for("appointments.booked", appointment_id=appointment_id))


def _changeable(booked: Appointment) -> bool:
    return may_change(booked.status_value, booked.day, local().date())


@blueprint.route("/deplacer", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def move(appointment_id: int):
    """Another slot, of the same motif or (`?motif=`) of another."""
    booked = appointment_of(appointment_id)
    motif = motif_of(request.values["motif"]) if "motif" in request.values else booked.motif
    form = ActForm()
    refusal = None
    if form.validate_on_submit():
        slot = request.form.get("creneau", "")
        try:
            waited = waiting.request_of(reading(), booked.id) is not None
            if not _move(appointment_id, slot, form.act_key(slot, str(motif.id)), motif):
                flash("Le rendez-vous garde son heure et son code.", "ok")
                return _back(appointment_id)
            flash("Le rendez-vous est déplacé. Le code reste le même : imprimez le nouveau papier.", "ok")
            if waited and waiting.request_of(reading(), booked.id) is None:
                said = "La personne n'est plus sur la liste d'attente."
                flash(f"{said} Remettez-l'y si elle veut encore plus tôt.", "info")
            return _back(appointment_id)
        except Refusal as error:
            refusal = error
            booked = appointment_of(appointment_id)
    if not _changeable(booked):
        if refusal:
            flash("Rien n'est déplacé : l'état de ce rendez-vous a changé entre-temps.", "info")
        return _back(appointment_id)
    return slots_page(motif, _picker(booked, motif, form), refusal)


def _picker(booked: Appointment, motif: Motif, form: ActForm) -> Picker:
    values = {"appointment_id": booked.id} | ({"motif": motif.id} if motif.id != booked.motif_id else {})
    act = url_for("changes.move", appointment_id=booked.id)
    needs = tuple(Need(code) for code in booked.person["needs"]), booked.person["language"]
    return Picker("changes.move", values, act, list_sites(reading(), caf_id()), needs, moving=booked, form=form)


def _move(appointment_id: int, slot: str, key: str, motif: Motif) -> bool:
    """Whether something changes for the person."""
    with writing() as main:
        booked = found(store.get_appointment(main, appointment_id, reach()))
        other = None if motif.id == booked.motif_id else get_motif(main, motif.id, caf_id())
        return acts.move(main, booked, slot, key, agent_id=agent().id, motif=other)


@blueprint.route("/motif", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def motif(appointment_id: int):
    """Another motif: the same time when it is long enough, else the slots of that motif."""
    booked, form = appointment_of(appointment_id), ActForm()
    if form.validate_on_submit():
        other = motif_of(request.form.get("motif"))
        try:
            _move(appointment_id, booked.slot.key, form.act_key(str(other.id)), other)
            flash("Le motif est changé. L'heure et le code restent les mêmes : imprimez le nouveau papier.", "ok")
            return _back(appointment_id)
        except (SlotTaken, OffGrid, ModeNotAllowed):
            why = "" if booked.must_move else "Ce motif ne tient pas à cette heure ou à cet endroit. "
            flash(f"{why}Choisissez un autre créneau.", "info")
            return redirect(url_for("changes.move", appointment_id=appointment_id, motif=other.id))
    if not _changeable(booked):
        return _back(appointment_id)
    others = [item for item in list_motifs(reading(), caf_id()) if item.id != booked.motif_id]
    return render_template("appointments/motif.html", booked=booked, motifs=others, form=form)


@blueprint.route("/corriger", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def correct(appointment_id: int):
    """Who comes: a number said wrong, a name written wrong, another need."""
    booked = appointment_of(appointment_id)
    if not _changeable(booked):
        return _back(appointment_id)
    typed = {} if request.method == "POST" else typed_of(booked.person)
    form = ContactForm(mode=booked.mode_value, data=typed)
    if form.validate_on_submit():
        with writing() as main:
            mine = found(store.get_appointment(main, appointment_id, reach()))
            acts.correct(main, mine, form.person(), agent().id)
        flash("C'est corrigé. Imprimez le nouveau papier si le nom ou le numéro a changé.", "ok")
        return _back(appointment_id)
    return render_form("appointments/correct.html", form, booked=booked)


@blueprint.route("/annuler", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def cancel(appointment_id: int):
    """Cancel, saying why; the time goes to whoever waits for it."""
    booked = appointment_of(appointment_id)
    begun = booked.has_begun(local_at(booked.site))
    form = CancelReasonForm(begun=begun)
    if form.validate_on_submit():
        with writing() as main:
            mine = found(store.get_appointment(main, appointment_id, reach()))
            if not acts.cancel(main, mine, form.reason_value(), agent().id):
                flash("Rien n'est annulé : l'état de ce rendez-vous a changé entre-temps.", "info")
        return _back(appointment_id)
    if not may_cancel(booked.status_value):
        return _back(appointment_id)
    return render_form("appointments/cancel.html", form, booked=booked, begun=begun)


@blueprint.post("/attente")
@allow(Permission.COUNTER)
def wait(appointment_id: int):
    """Put it on the waiting list (`attendre=oui`), or take it off."""
    booked, form = appointment_of(appointment_id), WaitForm()
    if not form.validate_on_submit() or not form.comes_before(booked.day, local().date()):
        return booked_page(booked, form)
    with writing() as main:
        mine = found(store.get_appointment(main, appointment_id, reach()))
        if request.form.get("attendre") != "oui":
            waiting.withdraw(main, mine.id, now())
        elif _changeable(mine) and mine.motif.active and mine.is_coming(local_at(mine.site)):
            waiting.ask(main, mine, form.earliest(local().date()), now())
        note(main, Act.CHANGED, Subject.APPOINTMENT, mine.id, "attente")
    if waiting.request_of(reading(), booked.id) is not None:
        say_earlier_place(booked, "Déplacer", form.earliest(local().date()))
    return _back(appointment_id)


@blueprint.post("/place-plus-tot")
@allow(Permission.COUNTER)
def answer(appointment_id: int):
    """What the person said of the earlier place that is kept for them; `creneau` is the one they were asked about."""
    appointment_of(appointment_id)
    form, said = ActForm(), request.form.get("reponse")
    if not form.validate_on_submit() or said not in {"oui", "non"}:
        abort(400)
    slot = request.form.get("creneau", "")
    with writing() as main:
        done = acts.answer_offer(main, appointment_id, slot, said == "oui", form.act_key(slot), agent().id)
    if not done:
        flash(_no_longer_kept(appointment_of(appointment_id)), "info")
    elif said == "oui":
        flash("Le rendez-vous est avancé. Le code reste le même.", "ok")
    else:
        flash("C'est noté : la place ira à quelqu'un d'autre.", "ok")
        return redirect(url_for("home.home"))
    return _back(appointment_id)


def _no_longer_kept(booked: Appointment) -> str:
    if booked.is_cancelled:
        return "Rien n'est changé : ce rendez-vous a été annulé entre-temps."
    return "Cette place n'est plus gardée : l'heure du rendez-vous est celle écrite ici."
