"""The person's own appointment, by its code and the day and month of birth: see it, move it, cancel it.

On a telephone a slot is easily pressed by mistake: it is kept and read beside the present hour before anything moves.
"""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for

from counter.access import Permission
from counter.appointments import WrongCode
from counter.errors import refusal_sentence
from counter.forms.appointments import ActForm, CancelForm, FindAppointmentForm
from counter.journal import Act, Subject
from counter.models import Appointment
from counter.security import allow
from counter.slots import Refusal
from counter.store import appointments as store
from counter.store import holds, taking, waiting
from counter.store.places import get_site, list_sites
from counter.views import acts
from counter.views.appointments import calendar_response, slip_response
from counter.views.messages import told_by
from counter.views.slots import Picker, give_back_expired, say_earlier_place, slots_page
from counter.web import found, local_at, note, now, reading, render_form, seen, services, writing

blueprint = Blueprint("manage", __name__, url_prefix="/rendez-vous/gerer")

_KEPT = "kept"  # in the session: {slot: token} of the one that is being read again


@blueprint.route("", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def find():
    """Ask for the code and the birth day; the answer is the same whichever is wrong."""
    form = FindAppointmentForm()
    if form.validate_on_submit():
        try:
            session["mine"] = acts.find_by_code(request.remote_addr or "", form.code.data, form.birth.data).id
            return redirect(url_for("manage.mine"))
        except WrongCode as refusal:
            form.code.errors = [refusal_sentence(refusal)]
    return render_form("appointments/find.html", form)


def _mine():
    appointment_id = session.get("mine")
    booked = found(store.appointment_by_id(reading(), appointment_id) if appointment_id else None)
    g.site_of_mine = booked.site  # its clock is the person's
    seen(Subject.APPOINTMENT, booked.id)
    return booked


@blueprint.get("/mien")
@allow(Permission.PUBLIC)
def mine():
    """The appointment that was found, for this session only."""
    if "mine" not in session:
        return redirect(url_for("manage.find"))
    booked = _mine()
    there, asked = local_at(booked.site), waiting.request_of(reading(), booked.id)
    return render_template(
        "appointments/mine.html",
        booked=booked,
        form=CancelForm(),
        waits=asked,
        offered=waiting.offered_time(reading(), asked) if waiting.is_offered(asked, now()) else None,
        told_by=told_by(booked),
        over=booked.is_over(there),
        coming=booked.is_coming(there),
        today=there.date(),
        changeable=_changeable(booked),
    )


def _changeable(booked: Appointment) -> bool:
    return booked.may_change_alone(local_at(booked.site))


@blueprint.route("/deplacer", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def move():
    """Another slot of the same motif, for this appointment only; the chosen one is kept while it is read again."""
    if "mine" not in session:
        return redirect(url_for("manage.find"))
    booked, form = _mine(), ActForm()
    if not _changeable(booked):
        return redirect(url_for("manage.mine"))
    if not form.validate_on_submit():
        _release()  # the one that was chosen before is one of those to choose from
        return _slots(booked, form)
    slot = request.form.get("creneau", "")
    if _is_there(booked, slot):
        flash("Votre rendez-vous garde son heure.", "ok")
        return redirect(url_for("manage.mine"))
    try:
        _keep(booked, slot)
    except Refusal as refusal:
        return _slots(booked, form, refusal)
    return redirect(url_for("manage.reread", creneau=slot))


def _is_there(booked: Appointment, slot: str) -> bool:
    return booked.slot.key == slot and not booked.must_move


def _slots(booked: Appointment, form: ActForm, refusal: Refusal | None = None):
    sites = list_sites(reading(), booked.site.caf_id)
    picker = Picker("manage.move", {}, url_for("manage.move"), sites, moving=booked, form=form)
    return slots_page(booked.motif, picker, refusal)


def _keep(booked: Appointment, slot: str) -> None:
    with writing() as main:
        for token in session.get(_KEPT, {}).values():
            holds.release_hold(main, token)
        kept = holds.hold_slot(main, booked.motif, slot, now(), services().settings.hold_minutes)
    session[_KEPT] = {slot: kept.token}


def _release() -> None:
    """Nothing is kept any more for who chooses again, or leaves."""
    if kept := session.pop(_KEPT, {}):
        with writing() as main:
            for token in kept.values():
                holds.release_hold(main, token)


@blueprint.route("/relire", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def reread():
    """The present hour and the chosen one, side by side: « Oui, changer » alone moves the appointment."""
    if "mine" not in session:
        return redirect(url_for("manage.find"))
    booked, form = _mine(), ActForm()
    slot = request.values.get("creneau", "")
    if not _changeable(booked):
        return redirect(url_for("manage.mine"))
    try:
        if form.validate_on_submit():
            return _answered(booked, slot, form)
        return _reread_page(booked, slot, form)
    except Refusal as refusal:
        return _slots(_mine(), ActForm(), refusal)


def _answered(booked: Appointment, slot: str, form: ActForm):
    if request.form.get("reponse") != "oui":
        _release()
        return redirect(url_for("manage.move" if booked.must_move else "manage.mine"))
    if booked.slot.key not in {request.form.get("depuis"), slot}:  # moved in another tab since it was read
        flash("L'heure de votre rendez-vous a changé entre-temps : lisez de nouveau les deux heures.", "info")
        return redirect(url_for("manage.reread", creneau=slot))
    _move(booked.id, slot, form)
    flash("Votre rendez-vous est déplacé. Votre code reste le même.", "ok")
    return redirect(url_for("manage.mine"))


def _reread_page(booked: Appointment, slot: str, form: ActForm):
    if _is_there(booked, slot):  # come back to with « Précédent », once it was moved
        return redirect(url_for("manage.mine"))
    token = session.get(_KEPT, {}).get(slot)
    chosen = holds.place_for(reading(), booked.motif, slot, token, now()).slot
    kept = token and holds.get_hold(reading(), token, now())
    if not kept:  # told now rather than after the answer
        give_back_expired()
        taking.check_free(reading(), booked.motif, slot, now())
    return render_template(
        "appointments/reread.html",
        booked=booked,
        chosen=chosen,
        site=found(get_site(reading(), chosen.site_id)),
        form=form,
        minutes=services().settings.hold_minutes if kept else 0,
    )


def _move(mine_id: int, slot: str, form: ActForm) -> None:
    kept = session.get(_KEPT, {})
    with writing() as main:
        booked = found(store.appointment_by_id(main, mine_id))
        acts.move(main, booked, slot, form.act_key(slot), hold_token=kept.get(slot))
        for token in kept.values():  # of another tab: nobody would give it back
            holds.release_hold(main, token)
    session.pop(_KEPT, None)


@blueprint.post("/place-plus-tot")
@allow(Permission.PUBLIC)
def answer():
    """What the person says of the earlier place that is kept for them; `creneau` is the one they read."""
    if "mine" not in session:
        return redirect(url_for("manage.find"))
    booked, form, said = _mine(), ActForm(), request.form.get("reponse")
    if not form.validate_on_submit() or said not in {"oui", "non"}:
        return redirect(url_for("manage.mine"))
    slot = request.form.get("creneau", "")
    with writing() as main:
        done = acts.answer_offer(main, booked.id, slot, said == "oui", form.act_key(slot))
    if not done:
        flash("Cette place n'est plus gardée pour vous. Votre rendez-vous garde l'heure écrite ici.", "info")
    elif said == "oui":
        flash("Votre rendez-vous est avancé. Votre code reste le même.", "ok")
    else:
        flash("C'est noté : votre rendez-vous garde son heure. Si une autre place se libère, on vous le dit.", "ok")
    return redirect(url_for("manage.mine"))


@blueprint.post("/attente")
@allow(Permission.PUBLIC)
def wait():
    """On the waiting list for an earlier place (`attendre=oui`), or off it."""
    if "mine" not in session:
        return redirect(url_for("manage.find"))
    booked, wanted = _mine(), request.form.get("attendre") == "oui"
    with writing() as main:
        mine = found(store.appointment_by_id(main, booked.id))
        if not wanted:
            waiting.withdraw(main, mine.id, now())
        elif _changeable(mine) and mine.motif.active and waiting.request_of(main, mine.id) is None:
            waiting.ask(main, mine, None, now())
        note(main, Act.CHANGED, Subject.APPOINTMENT, mine.id, "attente")
    if not wanted:
        flash("C'est noté : vous n'êtes plus sur la liste.", "ok")
    elif waiting.request_of(reading(), booked.id) is not None:  # not cancelled meanwhile
        flash("C'est noté : vous êtes sur la liste.", "ok")
        say_earlier_place(booked, "Changer l'heure ou le jour")
    return redirect(url_for("manage.mine"))


@blueprint.post("/annuler")
@allow(Permission.PUBLIC)
def cancel():
    if "mine" not in session:
        return redirect(url_for("manage.find"))
    booked = _mine()
    if _changeable(booked):  # else its page says why not
        with writing() as main:
            acts.cancel(main, found(store.appointment_by_id(main, booked.id)))
    return redirect(url_for("manage.mine"))


@blueprint.post("/fini")
@allow(Permission.PUBLIC)
def leave():
    """Nothing of the appointment stays in this browser's session."""
    _release()
    session.pop("mine", None)
    flash("C'est fini : rien de votre rendez-vous ne reste sur cet écran. Vous pouvez fermer cette page.", "ok")
    return redirect(url_for("manage.find"))


@blueprint.get("/papier.pdf")
@allow(Permission.PUBLIC)
def slip():
    return slip_response(_mine())


@blueprint.get("/rendez-vous.ics")
@allow(Permission.PUBLIC)
def calendar():
    return calendar_response(_mine())
