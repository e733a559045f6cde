"""The person's own appointment, by its code and the day and month of birth: see it, move it, cancel it."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for

from counter.access import Permission
from counter.appointments import WrongCode
from counter.errors import refusal_sentence
from counter.forms.appointments import ActForm, CancelForm, FindAppointmentForm
from counter.journal import Subject
from counter.models import Appointment
from counter.security import allow
from counter.slots import Refusal
from counter.store import appointments as store
from counter.store.places import list_sites
from counter.views import acts
from counter.views.appointments import calendar_response, slip_response
from counter.views.slots import Picker, slots_page
from counter.web import found, local_at, reading, render_form, seen, writing

blueprint = Blueprint("manage", __name__, url_prefix="/rendez-vous/gerer")


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
    there = local_at(booked.site)
    return render_template(
        "appointments/mine.html",
        booked=booked,
        form=CancelForm(),
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
    """Another slot of the same motif, for this appointment only."""
    if "mine" not in session:
        return redirect(url_for("manage.find"))
    booked, form, refusal = _mine(), ActForm(), None
    if form.validate_on_submit() and _changeable(booked):
        try:
            _move(booked.id, request.form.get("creneau", ""), form)
            flash("Votre rendez-vous est déplacé. Votre code reste le même.", "ok")
            return redirect(url_for("manage.mine"))
        except Refusal as error:
            refusal, booked = error, _mine()
    if not _changeable(booked):
        return redirect(url_for("manage.mine"))
    sites = list_sites(reading(), booked.site.caf_id)
    picker = Picker("manage.move", {}, url_for("manage.move"), sites, moving=booked, form=form)
    return slots_page(booked.motif, picker, refusal)


def _move(mine_id: int, slot: str, form: ActForm) -> None:
    with writing() as main:
        booked = found(store.appointment_by_id(main, mine_id))
        acts.move(main, booked, slot, form.act_key(slot))


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
