"""What booking is made of, whoever books: the motif, a slot kept, the contact details, the appointment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import flash, redirect, render_template, request, session, url_for

from counter.diagnosis import Need
from counter.errors import refusal_sentence
from counter.forms.appointments import ContactForm, typed_of
from counter.models import Appointment, Motif
from counter.motifs import Offer, find, offers_after
from counter.places import site_names
from counter.slots import Refusal, Slot, SlotTaken
from counter.store import booking, follow_ups, holds, taking
from counter.store.appointments import appointment_by_id
from counter.store.diagnosis import last_of_visit
from counter.store.places import get_site, list_motifs, list_sites
from counter.store.visits import add_step
from counter.views import acts
from counter.views.slots import Picker, give_back_expired, motif_of, near_lost, slots_page
from counter.visits import StepKind
from counter.web import agent, caf_id, found, local, now, reading, services, visit_in_progress, writing

_JUST_NOW = timedelta(minutes=30)


@dataclass(frozen=True)
class Way:
    """The pages a booking goes through; `after` is the appointment it follows, whose person is known already."""

    after: Appointment | None = None

    def url(self, page: str, **values) -> str:
        """The address of `choose`, `hold` or `contact`."""
        if self.after is None:
            return url_for(f"appointments.{page}", **values)
        return url_for(f"follow_ups.{page}", appointment_id=self.after.id, **values)

    @property
    def fixed(self) -> dict:
        """What the addresses of this way carry."""
        return {} if self.after is None else {"appointment_id": self.after.id}


# ── the motif and the slot ──────────────────────────────────────────────────────────────────────


def motifs_page(way: Way, missing_topic: bool = False):
    """The motifs of the Caf, or (`?q=`) those that hold the words; after an appointment, the usual one first."""
    motifs = list_motifs(reading(), caf_id())
    query = request.args.get("q", "").strip()[:200]
    results = find(motifs, query)
    return render_template(
        "appointments/motifs.html",
        way=way,
        motifs=results or motifs,
        query=query,
        results=results,
        offers=offers_of(way.after, motifs) if way.after and not query else [],
        missing_topic=missing_topic,
    )


def offers_of(after: Appointment, motifs: list[Motif] | None = None) -> list[tuple[Offer, Motif]]:
    """The motifs to propose first after an appointment, among those the Caf still offers."""
    known = {motif.id: motif for motif in motifs or list_motifs(reading(), caf_id())}
    offers = offers_after(after.status_value, after.motif_id, after.motif.follow_up_id, known)
    return [(offer, known[motif_id]) for offer, motif_id in offers]


def choose_page(way: Way, motif: Motif, refusal: Refusal | None = None):
    """The free slots of a motif, and where the chosen one goes."""
    fixed = way.fixed | {"motif": motif.id}
    endpoint = "appointments.choose" if way.after is None else "follow_ups.choose"
    sites, needs = list_sites(reading(), caf_id()), needs_of(way)
    return slots_page(motif, Picker(endpoint, fixed, way.url("hold"), sites, needs, after=way.after), refusal)


def needs_of(way: Way) -> tuple:
    """(needs, language of the interpreter): those of the appointment it follows, or of the diagnosis just made."""
    if way.after is not None:
        person = way.after.person
        return tuple(Need(code) for code in person["needs"]), person["language"]
    visit = visit_in_progress()
    diagnosis = last_of_visit(reading(), visit.id) if visit else None
    return (diagnosis.need_values, diagnosis.language) if diagnosis else ((), "")


def keep_slot(way: Way):
    """Keep the slot that was clicked while the contact details are typed."""
    motif, slot = motif_of(request.form.get("motif")), request.form.get("creneau", "")
    try:
        with writing() as main:
            for token in _holds().values():
                holds.release_hold(main, token)
            token = holds.hold_slot(main, motif, slot, now(), services().settings.hold_minutes).token
    except Refusal as refusal:
        return choose_page(way, motif, refusal)
    session["holds"] = {slot: token}
    return redirect(way.url("contact", motif=motif.id, creneau=slot))


def _holds() -> dict[str, str]:
    return session.get("holds", {})


# ── the person ──────────────────────────────────────────────────────────────────────────────────


def contact_page(way: Way):
    """Who comes, then the appointment is made. After another appointment nothing is to be typed again."""
    motif = motif_of(request.values.get("motif"))
    key = request.form.get("autre_creneau") or request.values.get("creneau", "")
    try:
        slot = holds.place_for(reading(), motif, key, _holds().get(key), now()).slot
        held = _held(motif, key, slot)
    except Refusal as refusal:
        return _own_booking(refusal) or choose_page(way, motif, refusal)
    known = {} if way.after is None and request.method == "POST" else _known(way)
    form = ContactForm(mode=slot.mode, data={"motif": str(motif.id)} | known)
    form.creneau.data = key
    if form.validate_on_submit():
        try:
            if not held and not booking.is_booked(reading(), form.act_key(key)):
                _check_free(motif, slot.key)  # what is lost is told without making others wait
            booked = _book(way, motif, key, form)
        except Refusal as refusal:
            return _contact(way, form, motif, slot, refusal)
        return redirect(url_for("appointments.booked", appointment_id=booked))
    return _contact(way, form, motif, slot, held=held)


def _own_booking(refusal: Refusal):
    """To the appointment, when the lost slot is the one this agent has just booked and came back from; else None."""
    if request.method != "GET" or not isinstance(refusal, SlotTaken):
        return None
    booked = booking.booked_by(reading(), refusal.slot, agent().id, now() - _JUST_NOW)
    if booked is None:
        return None
    flash("Vous venez de prendre ce créneau : voici le rendez-vous.", "info")
    return redirect(url_for("appointments.booked", appointment_id=booked))


def _known(way: Way) -> dict:
    """What the form is filled with before anyone types."""
    if way.after is not None:
        return typed_of(way.after.person)
    needs, language = needs_of(way)
    return {"needs": [str(need) for need in needs], "language": language}


def _held(motif: Motif, key: str, slot: Slot) -> bool:
    """Whether this session keeps the slot. When it does not, a page newly opened says at once if it is lost."""
    token = _holds().get(key)
    if token and holds.get_hold(reading(), token, now()):
        return True
    if request.method == "GET":
        _check_free(motif, slot.key)
    return False


def _check_free(motif: Motif, key: str) -> None:
    """Raises what `hold_slot` would; what only a hold that ran out keeps, one's own perhaps, is free."""
    try:
        taking.check_free(reading(), motif, key, now())
    except SlotTaken:
        give_back_expired()
        taking.check_free(reading(), motif, key, now())


def _book(way: Way, motif: Motif, slot_key: str, form: ContactForm) -> int:
    act = form.act_key(slot_key)
    person = form.person()
    hidden = motif.sensitive or person["careful"]
    label = "Rendez-vous" if hidden else f"Rendez-vous : {motif.plain_label}"
    with writing() as main:
        booked = booking.number_of_key(main, act)
        if booked is None:
            visit_id = add_step(main, agent(), StepKind.APPOINTMENT, label, now())
            token = _holds().get(slot_key)
            vault = services().keys.vault
            booked = booking.book(main, vault, motif, slot_key, token, person, act, now(), agent().id, visit_id)
            acts.tell_booked(main, booked, person)
            if way.after is not None:
                follow_ups.record(main, way.after.id, appointment_by_id(main, booked), now(), agent().id)
    if slot_key in _holds():
        session["holds"] = {slot: token for slot, token in _holds().items() if slot != slot_key}
    return booked


def _contact(way: Way, form: ContactForm, motif: Motif, slot: Slot, refusal: Refusal | None = None, held: bool = False):
    near = near_lost(motif, refusal)
    page = render_template(
        "appointments/contact.html",
        way=way,
        form=form,
        motif=motif,
        slot=slot,
        site=found(get_site(reading(), slot.site_id)),
        refusal=refusal_sentence(refusal) if refusal else None,
        near=near,
        names=site_names(list_sites(reading(), caf_id())) if near else {},
        today=local().date(),
        minutes=services().settings.hold_minutes if held else 0,
    )
    return page, 409 if refusal else 422 if form.errors else 200
