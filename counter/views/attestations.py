"""Attestations: choose, issue, print."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for

from counter.access import Permission
from counter.attestations import Kind
from counter.formatting import day_long, hour_of
from counter.forms.attestations import AppointmentAttestationForm, VisitAttestationForm
from counter.papers import pdf_response, place, public_address, structure
from counter.pdf.attestation import attestation_pdf, current_wording, sentences
from counter.pdf.fonts import printable
from counter.security import allow
from counter.store import attestations as store
from counter.store.appointments import get_appointment, upcoming_of_visit
from counter.store.visits import open_visit
from counter.web import agent, caf_id, found, local, now, reading, render_form, services, writing

blueprint = Blueprint("attestations", __name__, url_prefix="/attestations")


@blueprint.get("")
@allow(Permission.COUNTER)
def choose():
    """Which attestation; the appointments of this visit are at hand."""
    visit = open_visit(reading(), agent().id, now())
    return render_template(
        "attestations/choose.html",
        form=VisitAttestationForm(),
        kinds=list(Kind),
        appointments=upcoming_of_visit(reading(), visit.id) if visit else [],
        latest=store.latest_attestations(reading(), agent().id),
    )


@blueprint.route("/passage", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def visit():
    """The person came today: only the name is asked."""
    form = VisitAttestationForm()
    if form.validate_on_submit():
        issued = _issue(Kind.VISIT, _visit_facts(form), form.act_key())
        return redirect(url_for("attestations.issued", attestation_id=issued))
    return render_form("attestations/visit.html", form)


def _visit_facts(form: VisitAttestationForm) -> dict[str, str]:
    current = open_visit(reading(), agent().id, now())
    site = agent().site
    return {
        "personne": f"{form.first_name.data} {form.last_name.data}",
        "jour": day_long(local().date(), year=True),
        "horaire": _span(hour_of(local(current.started_at) if current else local()), hour_of(local())),
        "lieu": f"{site.name}, {site.address}" if site else structure().name,
        "objet": (form.purpose.data or "").rstrip(" .") or "démarches auprès de la Caf",
    }


def _span(arrival: str, departure: str) -> str:
    return f"à {departure}" if arrival == departure else f"de {arrival} à {departure}"


@blueprint.route("/rendez-vous/<int:appointment_id>", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def appointment(appointment_id: int):
    """The person has this appointment: nothing is asked."""
    booked = found(get_appointment(reading(), appointment_id, caf_id()))
    form = AppointmentAttestationForm()
    if booked.is_cancelled:
        return redirect(url_for("appointments.booked", appointment_id=appointment_id))
    if form.validate_on_submit():
        issued = _issue(Kind.APPOINTMENT, store.appointment_facts(booked), form.act_key(), booked.id)
        return redirect(url_for("attestations.issued", attestation_id=issued))
    return render_form("attestations/appointment.html", form, booked=booked)


def _issue(kind: Kind, facts: dict[str, str], key: str, appointment_id: int | None = None) -> int:
    """Sealed as it is printed: a letter the paper cannot show would make a true paper look forged."""
    facts = {name: printable(text)[0] for name, text in facts.items()}
    with writing() as main:
        return store.issue_attestation(
            main,
            services().keys.signer,
            agent(),
            kind,
            facts,
            wording=current_wording(kind),
            structure=structure().name,
            place=place(),
            specimen=structure().specimen,
            key=key,
            now=local(),
            appointment_id=appointment_id,
        ).id


@blueprint.get("/<int:attestation_id>")
@allow(Permission.COUNTER)
def issued(attestation_id: int):
    """The paper on screen, to read aloud before it is printed."""
    kept = _own(attestation_id)
    return render_template(
        "attestations/issued.html",
        kept=kept,
        sentences=sentences(kept.value()),
        since=store.since_issued(reading(), kept),
    )


@blueprint.get("/<int:attestation_id>/attestation.pdf")
@allow(Permission.COUNTER)
def paper(attestation_id: int):
    kept = _own(attestation_id)
    address = public_address("verification.verify", kept.seal)
    pdf = attestation_pdf(
        kept.value(),
        address or kept.seal,
        public_address("verification.verify") or "la page « Vérifier » de notre accueil",
        structure().logo,
    )
    return pdf_response(pdf, f"attestation-{kept.number}.pdf")


def _own(attestation_id: int):
    """A paper this agent issued; another agent's is not theirs to read again."""
    kept = store.get_attestation(reading(), attestation_id)
    return found(kept if kept and kept.agent_id == agent().id else None)
