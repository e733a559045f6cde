"""Taking an appointment: motif → slot → contact details → confirmation and slip."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from flask import Blueprint, Response, redirect, render_template, request, session, url_for

from counter.access import Permission
from counter.appointments import (
    CancelReason,
    EventKind,
    Half,
    Refusal,
    Slot,
    Status,
    half_days,
    may_cancel,
    may_change,
    reachable,
    spoken_code,
)
from counter.errors import refusal_sentence
from counter.formatting import DAYS, day_short, hour, spoken_list
from counter.forms.appointments import ActForm, ContactForm, SlotFilterForm, WaitForm
from counter.messages import Kind
from counter.models import Appointment, AppointmentEvent, Motif, Site
from counter.outside.calendar_file import calendar_file, event_for_qr
from counter.papers import pdf_response, public_address, structure
from counter.pdf.appointment_slip import appointment_slip_pdf
from counter.security import allow
from counter.store import appointments as store
from counter.store import slots as slot_store
from counter.store import waiting
from counter.store.agents import get_agent
from counter.store.diagnosis import last_of_visit
from counter.store.figures import count_unmet
from counter.store.messages import queue
from counter.store.openings import weekdays_received
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
    return _slots_page(motif_of(request.args.get("motif")))


def motif_of(motif_id: str | None) -> Motif:
    return found(
        get_motif(reading(), int(motif_id), caf_id()) if (motif_id or "").isdecimal() and len(motif_id) < 10 else None
    )


@dataclass(frozen=True)
class Picker:
    """What the slots page is for: where it searches and where the chosen slot goes; `moving` is the appointment
    to move, None when a new one is taken."""

    endpoint: str
    values: dict
    act: str
    sites: list[Site]
    needs: tuple = ((), "")
    moving: Appointment | None = None
    form: ActForm = field(default_factory=ActForm)

    def address(self, **more) -> str:
        """The page itself, without any filter but these."""
        return url_for(self.endpoint, **self.values, **more)

    @property
    def page(self) -> str:
        """Its path, for the form of the filters."""
        return self.address().partition("?")[0]

    def allows(self, mode: str) -> bool:
        """Whether the person can be met in that mode."""
        person = self.moving.person if self.moving else None
        return person is None or reachable(mode, person.get("phone"), person.get("email"))


def _slots_page(motif: Motif, refusal: Refusal | None = None):
    picker = Picker(
        "appointments.choose",
        {"motif": motif.id},
        url_for("appointments.hold"),
        list_sites(reading(), caf_id()),
        _visit_needs(),
    )
    return slots_page(motif, picker, refusal)


def slots_page(motif: Motif, picker: Picker, refusal: Refusal | None = None):
    """The free slots of every site and mode, filtered by the address."""
    _give_back_expired()
    modes = [item.mode for item in motif.modes if picker.allows(item.mode)]
    form = SlotFilterForm(request.args, picker.sites, modes)
    wanted = form.wanted(local().date())
    anything = slot_store.SlotFilter(modes=frozenset(modes))
    wanted = replace(wanted, modes=wanted.modes or anything.modes)
    search = slot_store.search_slots(reading(), motif, wanted, now())
    if not search.days:
        with writing() as main:
            count_unmet(main, motif.id, local().date())
    anywhere = search if search.days else slot_store.search_slots(reading(), motif, anything, now())
    return render_template(
        "appointments/slots.html",
        motif=motif,
        picker=picker,
        filters=form,
        search=search,
        half_days=half_days,
        why=None if search.days else _why_nothing(motif, wanted),
        table=earliest_table(search, picker.sites),
        sites={site.id: site for site in picker.sites},
        today=local().date(),
        horizon=timedelta(days=motif.horizon),
        later_url=_later_url(picker, search.more_from),
        fallback=min(anywhere.earliest.values(), default=None),
        near=[slot for slot in getattr(refusal, "near", []) if picker.allows(slot.mode)],
        refusal=refusal_sentence(refusal) if refusal else None,
    ), 409 if refusal else 200


def _why_nothing(motif: Motif, wanted: slot_store.SlotFilter) -> str:
    """Why a search found nothing, in one sentence."""
    days = weekdays_received(reading(), motif.id, {str(m) for m in wanted.modes}, set(wanted.site_ids))
    if not days:
        return "Ce motif ne se prend pas ainsi dans les lieux choisis."
    if wanted.weekdays and not days & wanted.weekdays:
        return f"Ces rendez-vous ont lieu le {spoken_list([DAYS[day] for day in sorted(days)])}."
    if wanted.half:
        part = "le matin" if wanted.half is Half.MORNING else "l'après-midi"
        return f"Tout est pris, ou trop proche, {part}. Essayez un autre moment de la journée."
    return "Tout est pris, ou trop proche, avec ces choix."


def _later_url(picker: Picker, day: date | None) -> str | None:
    """The same search from a later day on."""
    if day is None:
        return None
    kept = request.args.to_dict(flat=False) | {"des-jour": str(day.day), "des-mois": str(day.month)}
    return picker.address(**{name: value for name, value in kept.items() if name not in picker.values})


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
    motif, slot = motif_of(request.form.get("motif")), request.form.get("creneau", "")
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
    motif = motif_of(request.values.get("motif"))
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
    """The appointment is made: the code, the slip, the calendar file, what can be changed and what was."""
    return booked_page(appointment_of(appointment_id), WaitForm())


def booked_page(booked: Appointment, form: WaitForm):
    today = local().date()
    waits = waiting.request_of(reading(), booked.id)
    return render_template(
        "appointments/booked.html",
        booked=booked,
        today=today,
        changeable=may_change(booked.status_value, booked.day, today),
        cancellable=may_cancel(booked.status_value),
        history=store.history(reading(), booked.id),
        booked_by=get_agent(reading(), booked.agent_id) if booked.agent_id else None,
        waits=waits,
        form=form,
        change_words=change_words,
        messages=told_messages(booked),
        why_no_message=why_no_message(booked),
    ), 422 if form.errors else 200


def change_words(event: AppointmentEvent) -> str:
    """What a line of the history says beside its kind."""
    before, _, after = event.detail.partition(">")
    if event.kind_value in {EventKind.STATUS, EventKind.BACK}:
        return Status(after).label.lower()
    if event.kind_value is EventKind.CANCELLED:
        return CancelReason(before).label.lower()
    if event.kind_value is EventKind.MOVED:
        times = ((event.from_day, event.from_minute), (event.to_day, event.to_minute))
        return " → ".join(f"{day_short(day)} {hour(minute)}" for day, minute in times)
    return ""


def appointment_of(appointment_id: int) -> Appointment:
    """An appointment of the agent's Caf, or the 404 page."""
    return found(store.get_appointment(reading(), appointment_id, caf_id()))


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
        specimen=structure().specimen,
        logo=structure().logo,
        folded=request.args.get("format") == "a5",
    )
    return pdf_response(pdf, "rendez-vous.pdf")


@blueprint.get("/<int:appointment_id>/rendez-vous.ics")
@allow(Permission.COUNTER)
def calendar(appointment_id: int):
    return calendar_response(appointment_of(appointment_id))


def calendar_response(appointment: Appointment) -> Response:
    return Response(
        calendar_file(appointment, structure().name),
        mimetype="text/calendar",
        headers={"Content-Disposition": 'attachment; filename="rendez-vous.ics"'},
    )
