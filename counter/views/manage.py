"""The person's own appointment, by its code and the day and month of birth: see it, cancel it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for

from counter.access import Permission
from counter.appointments import WrongCode, normal_code
from counter.errors import refusal_sentence
from counter.forms.appointments import CancelForm, FindAppointmentForm
from counter.messages import Kind
from counter.security import allow
from counter.store import appointments as store
from counter.store.messages import queue
from counter.throttle import Guess
from counter.views.appointments import calendar_response, slip_response
from counter.views.messages import outgoing
from counter.web import found, now, reading, render_form, services, writing

blueprint = Blueprint("manage", __name__, url_prefix="/rendez-vous/gerer")


@blueprint.route("", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def find():
    """Ask for the code and the birth day; the answer is the same whichever is wrong."""
    form = FindAppointmentForm()
    if form.validate_on_submit():
        try:
            session["mine"] = _found_id(form)
            return redirect(url_for("manage.mine"))
        except WrongCode as refusal:
            form.code.errors = [refusal_sentence(refusal)]
    return render_form("appointments/find.html", form)


def _found_id(form: FindAppointmentForm) -> int:
    throttle, place, code = services().throttle, request.remote_addr or "", normal_code(form.code.data)
    throttle.check(Guess.APPOINTMENT_CODE, place)
    throttle.check(Guess.APPOINTMENT_CODE, code)
    try:
        return store.find_by_code(reading(), services().keys.vault, code, *form.birth.data).id
    except WrongCode:
        throttle.failed(Guess.APPOINTMENT_CODE, place)
        throttle.failed(Guess.APPOINTMENT_CODE, code)
        raise


def _mine():
    appointment_id = session.get("mine")
    return found(store.appointment_by_id(reading(), appointment_id) if appointment_id else None)


@blueprint.get("/mien")
@allow(Permission.PUBLIC)
def mine():
    """The appointment that was found, for this session only."""
    if "mine" not in session:
        return redirect(url_for("manage.find"))
    return render_template("appointments/mine.html", booked=_mine(), form=CancelForm())


@blueprint.post("/annuler")
@allow(Permission.PUBLIC)
def cancel():
    if "mine" not in session:
        return redirect(url_for("manage.find"))
    mine_id = _mine().id
    with writing() as main:
        appointment = found(store.appointment_by_id(main, mine_id))
        store.cancel(main, appointment, now())
        queue(main, appointment, Kind.CANCELLATION, outgoing(), now())
    return redirect(url_for("manage.mine"))


@blueprint.post("/fini")
@allow(Permission.PUBLIC)
def leave():
    """Nothing of the appointment stays in this browser's session."""
    session.pop("mine", None)
    return redirect(url_for("manage.find"))


@blueprint.get("/papier.pdf")
@allow(Permission.PUBLIC)
def slip():
    return slip_response(_mine())


@blueprint.get("/rendez-vous.ics")
@allow(Permission.PUBLIC)
def calendar():
    return calendar_response(_mine())
