"""Taking an appointment: motif → slot → contact details → confirmation and slip."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for

from counter.access import Permission
from counter.appointments import Answer, CancelReason, EventKind, Status, may_cancel, may_change, spoken_code
from counter.formatting import day_short, hour, typo
from counter.forms.appointments import WaitForm
from counter.models import Appointment, AppointmentEvent
from counter.motifs import may_follow
from counter.outside.calendar_file import calendar_file, event_for_qr
from counter.papers import pdf_response, public_address, structure
from counter.pdf.appointment_slip import appointment_slip_pdf
from counter.security import allow
from counter.store import waiting
from counter.store.agents import any_agent
from counter.store.history import Stood, history, passages
from counter.store.places import motif_of_topic
from counter.views.booking import Way, choose_page, contact_page, keep_slot, motifs_page, offers_of
from counter.views.messages import told_by, told_messages, why_no_message
from counter.views.slots import appointment_of, motif_of
from counter.web import agent, caf_id, local, local_at, now, reach, reading, services

blueprint = Blueprint("appointments", __name__, url_prefix="/rendez-vous")


@blueprint.get("")
@allow(Permission.COUNTER)
def choose():
    """The motif; with `?motif=`, the free slots of every site and mode, filtered by the address."""
    topic = request.args.get("sujet")
    by_topic = motif_of_topic(reading(), topic, caf_id()) if topic else None
    if by_topic is not None:
        return redirect(url_for("appointments.choose", motif=by_topic.id))
    if "motif" not in request.args:
        return motifs_page(Way(), missing_topic=topic is not None)
    return choose_page(Way(), motif_of(request.args["motif"]))


@blueprint.post("/creneau")
@allow(Permission.COUNTER)
def hold():
    """Keep a slot for five minutes while the contact details are typed."""
    return keep_slot(Way())


@blueprint.route("/coordonnees", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def contact():
    """Who comes; then the appointment is made."""
    return contact_page(Way())


# ── the appointment that was made ───────────────────────────────────────────────────────────────


@blueprint.get("/<int:appointment_id>")
@allow(Permission.COUNTER)
def booked(appointment_id: int):
    """The appointment is made: the code, the slip, the calendar file, what can be changed and what was."""
    return booked_page(appointment_of(appointment_id), WaitForm())


def booked_page(booked: Appointment, form: WaitForm):
    today, lines = local().date(), history(reading(), booked.id)
    there = local_at(booked.site)
    led = passages(reading(), lines)
    waits = waiting.request_of(reading(), booked.id)
    return render_template(
        "appointments/booked.html",
        booked=booked,
        today=today,
        begun=booked.has_begun(there),
        coming=booked.is_coming(there),
        noted_at=_noted_at(booked),
        changeable=may_change(booked.status_value, booked.day, today),
        cancellable=may_cancel(booked.status_value),
        history=lines,
        changed=next((e.kind for e in reversed(lines) if e.kind_value in {EventKind.MOVED, EventKind.MOTIF}), ""),
        untold=_untold(lines),
        booked_by=any_agent(reading(), booked.agent_id) if booked.agent_id else None,
        waits=waits,
        offered=waiting.offered_time(reading(), waits) if waiting.is_offered(waits, now()) else None,
        told_by=told_by(booked),
        form=form,
        change_words=lambda event: change_words(event, led.get(event.id, ())),
        followable=may_follow(booked.status_value, booked.day, today),
        offers=offers_of(booked),
        messages=told_messages(booked),
        why_no_message=why_no_message(booked),
    ), 422 if form.errors else 200


def _noted_at(booked: Appointment) -> str:
    """The agenda where it is noted: that of its site, or of who booked it for another; "" for anyone else."""
    day = booked.day.isoformat()
    if booked.site_id in reach().site_ids:
        return url_for("agenda.day", jour=day, site=booked.site_id)
    return url_for("agenda.day", jour=day, agent=booked.agent_id) if booked.agent_id == agent().id else ""


def _untold(lines: list[AppointmentEvent]) -> CancelReason | None:
    """Why it was cancelled, when the person did not ask for it."""
    reasons = [event.detail for event in lines if event.kind_value is EventKind.CANCELLED]
    return CancelReason(reasons[0]) if reasons and reasons[0] != CancelReason.PERSON else None


def change_words(event: AppointmentEvent, passage: tuple[Stood, ...] = ()) -> str:
    """What a line of the history says beside its kind; `passage`, where a change led from and to."""
    before, _, after = event.detail.partition(">")
    if event.kind_value in {EventKind.STATUS, EventKind.BACK}:
        return Status(after).label.lower()
    if event.kind_value is EventKind.CANCELLED:
        return CancelReason(before).told if event.agent_id else ""
    if event.kind_value in {EventKind.MOVED, EventKind.MOTIF}:
        times = ((event.from_day, event.from_minute), (event.to_day, event.to_minute))
        said = [[f"{day_short(day)} {hour(minute)}" for day, minute in times], *zip(*passage, strict=True)]
        changed = [f"{before} → {after}" for before, after in said if before != after]
        return typo(" ; ".join(changed)) or "à la même heure"
    if event.kind_value is EventKind.PHONED:
        return Answer(before).label.lower()
    if event.kind_value is EventKind.FOLLOWED:
        return f"{day_short(event.to_day)} {hour(event.to_minute)}"
    return ""


@blueprint.get("/<int:appointment_id>/papier.pdf")
@allow(Permission.COUNTER)
def slip(appointment_id: int):
    return slip_response(appointment_of(appointment_id))


def slip_response(appointment: Appointment) -> Response:
    """The slip; its QR code leads to the appointment, or puts it into the phone's calendar."""
    address = public_address("manage.find", spoken_code(appointment.code))
    caption = (
        "Scannez ce code carré pour voir, changer ou annuler."
        if address
        else "Scannez ce code carré : le rendez-vous s'ajoute au calendrier de votre téléphone."
    )
    pdf = appointment_slip_pdf(
        appointment,
        structure().name,
        address or event_for_qr(appointment),
        caption,
        public_address("video.attempt"),
        specimen=structure().specimen,
        logo=structure().logo,
        folded=request.args.get("format") == "a5",
        over=appointment.has_begun(local_at(appointment.site)),
    )
    return pdf_response(pdf, "rendez-vous.pdf")


@blueprint.get("/<int:appointment_id>/rendez-vous.ics")
@allow(Permission.COUNTER)
def calendar(appointment_id: int):
    return calendar_response(appointment_of(appointment_id))


def calendar_response(appointment: Appointment) -> Response:
    return Response(
        calendar_file(appointment, structure().name, services().settings.smtp_sender),
        mimetype="text/calendar",
        headers={"Content-Disposition": 'attachment; filename="rendez-vous.ics"'},
    )
