"""Taking an appointment: motif → slot → contact details → confirmation and slip."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, Response, redirect, render_template, request, session, url_for

from counter.access import Permission
from counter.appointments import Refusal, Slot, half_days, spoken_code
from counter.errors import refusal_sentence
from counter.forms.appointments import ContactForm, SlotFilterForm
from counter.messages import Kind
from counter.models import Appointment, Motif
from counter.outside.calendar_file import calendar_file, event_for_qr
from counter.papers import pdf_response, public_address, structure
from counter.pdf.appointment_slip import appointment_slip_pdf
from counter.security import allow
from counter.store import appointments as store
from counter.store import slots as slot_store
from counter.store.diagnosis import last_of_visit
from counter.store.messages import queue
from counter.store.places import get_motif, get_site, list_motifs, list_sites, motif_of_topic
from counter.store.visits import add_step, open_visit
from counter.views.messages import outgoing, told_messages, why_no_message
from counter.visits import StepKind
from counter.web import agent, caf_id, found, local, now, reading, services, writing

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
        return render_template(
            "appointments/motifs.html", motifs=list_motifs(reading(), caf_id()), missing_topic=topic is not None
        )
    return _slots_page(_motif(request.args.get("motif")))


def _motif(motif_id: str | None) -> Motif:
    return found(
        get_motif(reading(), int(motif_id), caf_id()) if (motif_id or "").isdecimal() and len(motif_id) < 10 else None
    )


def _slots_page(motif: Motif, refusal: Refusal | None = None):
    _give_back_expired()
    sites = list_sites(reading(), caf_id())
    modes = [item.mode for item in motif.modes]
    form = SlotFilterForm(request.args, sites, modes)
    wanted = form.wanted(local().date())
    search = slot_store.search_slots(reading(), motif, wanted, now())
    anywhere = search if search.days else slot_store.search_slots(reading(), motif, slot_store.SlotFilter(), now())
    return render_template(
        "appointments/slots.html",
        motif=motif,
        filters=form,
        search=search,
        half_days=half_days,
        table=earliest_table(search, sites),
        sites={site.id: site for site in sites},
        today=local().date(),
        needs=_visit_needs(),
        horizon=timedelta(days=motif.horizon),
        later_url=_later_url(search.more_from),
        fallback=min(anywhere.earliest.values(), default=None),
        near=getattr(refusal, "near", []),
        refusal=refusal_sentence(refusal) if refusal else None,
    ), 409 if refusal else 200


def _later_url(day: date | None) -> str | None:
    """The same search from a later day on."""
    if day is None:
        return None
    kept = request.args.to_dict(flat=False) | {"des-jour": str(day.day), "des-mois": str(day.month)}
    return url_for("appointments.choose", **kept)


def earliest_table(search: slot_store.SlotSearch, sites) -> dict:
    """`rows` of (site, slot on site or None); `remote` the earliest slot by phone and by video, whatever the site."""
    rows = [
        (site, search.earliest[site.id, "sur-place"]) for site in sites if (site.id, "sur-place") in search.earliest
    ]
    remote = {}
    for (_, mode), slot in search.earliest.items():
        if mode != "sur-place":
            remote[mode] = min(remote.get(mode, slot), slot)
    return {"rows": rows, "remote": dict(sorted(remote.items()))}


def _give_back_expired() -> None:
    if store.has_expired(reading(), now()):
        with writing() as main:
            store.release_expired(main, now())


def _visit_needs() -> tuple:
    visit = open_visit(reading(), agent().id, now())
    diagnosis = last_of_visit(reading(), visit.id) if visit else None
    return (diagnosis.need_values, diagnosis.language) if diagnosis else ((), "")


@blueprint.post("/creneau")
@allow(Permission.COUNTER)
def hold():
    """Keep a slot for five minutes while the contact details are typed."""
    motif, slot = _motif(request.form.get("motif")), request.form.get("creneau", "")
    try:
        with writing() as main:
            for token in _holds().values():
                store.release_hold(main, token)
            token = store.hold_slot(main, motif, slot, now(), services().settings.hold_minutes).token
    except Refusal as refusal:
        return _slots_page(motif, refusal)
    session["holds"] = {slot: token}
    return redirect(url_for("appointments.contact", motif=motif.id, creneau=slot))


def _holds() -> dict[str, str]:
    return session.get("holds", {})


@blueprint.route("/coordonnees", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def contact():
    """Who comes; then the appointment is made."""
    motif = _motif(request.values.get("motif"))
    key = request.form.get("autre_creneau") or request.values.get("creneau", "")
    try:
        slot = store.slot_of_key(reading(), motif, key)
        held = _held(motif, key, slot)
    except Refusal as refusal:
        return _slots_page(motif, refusal)
    needs, language = _visit_needs()
    form = ContactForm(
        mode=slot.mode, data={"motif": str(motif.id), "needs": [str(n) for n in needs], "language": language}
    )
    form.creneau.data = key
    if form.validate_on_submit():
        try:
            booked = _book(motif, key, form)
        except Refusal as refusal:
            return _contact_page(form, motif, slot, refusal)
        return redirect(url_for("appointments.booked", appointment_id=booked))
    return _contact_page(form, motif, slot, held=held)


def _held(motif: Motif, key: str, slot: Slot) -> bool:
    """Whether this session keeps the slot. When it does not, a page newly opened says at once if it is lost."""
    token = _holds().get(key)
    if token and store.get_hold(reading(), token, now()):
        return True
    if request.method == "GET":
        store.check_free(reading(), motif, slot, now())
    return False


def _book(motif: Motif, slot_key: str, form: ContactForm) -> int:
    act = form.act_key(slot_key)
    person = form.person()
    hidden = motif.sensitive or person["careful"]
    label = "Rendez-vous" if hidden else f"Rendez-vous : {motif.plain_label}"
    with writing() as main:
        booked = store.appointment_of_key(main, act)
        if booked is None:
            visit = add_step(main, agent(), StepKind.APPOINTMENT, label, now())
            token = _holds().get(slot_key)
            vault = services().keys.vault
            booked = store.book(main, vault, motif, slot_key, token, person, act, now(), agent().id, visit.id)
            queue(main, booked, Kind.CONFIRMATION, outgoing(), now())
    session["holds"] = {slot: token for slot, token in _holds().items() if slot != slot_key}
    return booked.id


def _contact_page(form: ContactForm, motif: Motif, slot: Slot, refusal: Refusal | None = None, held: bool = False):
    page = render_template(
        "appointments/contact.html",
        form=form,
        motif=motif,
        slot=slot,
        site=found(get_site(reading(), slot.site_id)),
        refusal=refusal_sentence(refusal) if refusal else None,
        near=getattr(refusal, "near", []),
        sites={item.id: item for item in list_sites(reading(), caf_id())},
        today=local().date(),
        minutes=services().settings.hold_minutes if held else 0,
    )
    return page, 409 if refusal else 422 if form.errors else 200


@blueprint.get("/<int:appointment_id>")
@allow(Permission.COUNTER)
def booked(appointment_id: int):
    """The appointment is made: the code, the slip, the calendar file."""
    booked = _appointment(appointment_id)
    return render_template(
        "appointments/booked.html",
        booked=booked,
        today=local().date(),
        messages=told_messages(booked),
        why_no_message=why_no_message(booked),
    )


def _appointment(appointment_id: int) -> Appointment:
    return found(store.get_appointment(reading(), appointment_id, caf_id()))


@blueprint.get("/<int:appointment_id>/papier.pdf")
@allow(Permission.COUNTER)
def slip(appointment_id: int):
    return slip_response(_appointment(appointment_id))


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
        specimen=structure().specimen,
        logo=structure().logo,
    )
    return pdf_response(pdf, "rendez-vous.pdf")


@blueprint.get("/<int:appointment_id>/rendez-vous.ics")
@allow(Permission.COUNTER)
def calendar(appointment_id: int):
    return calendar_response(_appointment(appointment_id))


def calendar_response(appointment: Appointment) -> Response:
    return Response(
        calendar_file(appointment, structure().name),
        mimetype="text/calendar",
        headers={"Content-Disposition": 'attachment; filename="rendez-vous.ics"'},
    )
