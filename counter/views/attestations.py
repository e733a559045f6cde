"""Attestations: choose, issue, print, withdraw, make again."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from counter.access import Permission
from counter.appointments import WITHOUT_OUTCOME, Status
from counter.attestations import AlreadyRevoked, Attestation, Kind
from counter.formatting import day_long, hour, hour_of
from counter.forms.attestations import (
    AppointmentAttestationForm,
    PresenceAttestationForm,
    ReissueForm,
    RevokeForm,
    SupportAttestationForm,
    VisitAttestationForm,
)
from counter.journal import Act, Subject
from counter.models import Appointment
from counter.models import Attestation as StoredAttestation
from counter.papers import as_printed, issue, note_made, pdf_response, place, public_address, structure
from counter.pdf.attestation import (
    attestation_pdf,
    blocks,
    closing,
    how_to_verify,
)
from counter.security import allow
from counter.store import attestations as store
from counter.store.agents import any_agent
from counter.store.appointments import upcoming_of_visit
from counter.views.slots import appointment_of
from counter.visits import StepKind
from counter.web import (
    agent,
    found,
    local,
    local_at,
    note,
    now,
    reading,
    render_form,
    seen,
    services,
    visit_in_progress,
    writing,
)

blueprint = Blueprint("attestations", __name__, url_prefix="/attestations")


@blueprint.get("")
@allow(Permission.COUNTER)
def choose():
    """Which attestation; the appointments of this visit are at hand."""
    visit = visit_in_progress()
    return render_template(
        "attestations/choose.html",
        form=VisitAttestationForm(),
        kinds=Kind,
        appointments=upcoming_of_visit(reading(), visit.id, now()) if visit else [],
        latest=store.latest_attestations(reading(), agent().id),
    )


# ── what is issued one by one ───────────────────────────────────────────────────────────────────


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
    return {
        "personne": form.person(),
        **_today_here(),
        "objet": (form.purpose.data or "").rstrip(" .") or "démarches auprès de la Caf",
    }


def _today_here() -> dict[str, str]:
    """The day, from the beginning of the visit until now, and where."""
    current = visit_in_progress()
    site = agent().site
    return {
        "jour": day_long(local().date(), year=True),
        "horaire": _span(hour_of(local(current.started_at) if current else local()), hour_of(local())),
        "lieu": f"{site.name}, {site.address}" if site else structure().name,
    }


def _span(arrival: str, departure: str) -> str:
    return f"à {departure}" if arrival == departure else f"de {arrival} à {departure}"


@blueprint.route("/accompagnement", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def support():
    """Help was given for a démarche: which one, and where it stands."""
    form = SupportAttestationForm(demarche=_demarche_in_progress())
    if form.validate_on_submit():
        issued = _issue(Kind.SUPPORT, _support_facts(form), form.act_key())
        return redirect(url_for("attestations.issued", attestation_id=issued))
    return render_form("attestations/support.html", form)


def _demarche_in_progress() -> str:
    """The last démarche of this visit, or the sheet that led here."""
    sheet = services().catalogue.tutorials.get(request.args.get("fiche", ""))
    if sheet:
        return sheet.title
    current = visit_in_progress()
    done = [step.label for step in current.steps if step.kind_value is StepKind.DEMARCHE] if current else []
    return done[-1].removeprefix("Démarche : ") if done else ""


def _support_facts(form: SupportAttestationForm) -> dict[str, str]:
    return {
        "personne": form.person(),
        **_today_here(),
        "demarche": form.demarche.data.rstrip(" ."),
        "resultat": form.result_value().label[0].lower() + form.result_value().label[1:],
        "suite": (form.next_step.data or "").rstrip(" ."),
    }


@blueprint.route("/rendez-vous/<int:appointment_id>", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def appointment(appointment_id: int):
    """The person has this appointment: nothing is asked."""
    booked = appointment_of(appointment_id)
    form = AppointmentAttestationForm()
    if not booked.is_coming(local_at(booked.site)):
        if booked.must_move and not booked.has_begun(local_at(booked.site)):
            flash("Cette heure n'est plus possible : déplacez d'abord le rendez-vous.", "stop")
        elif booked.must_move:
            flash("Ce rendez-vous n'a pas eu lieu : il n'y a pas d'attestation.", "stop")
        elif booked.status_value in WITHOUT_OUTCOME:
            noted = f"notez « {Status.SEEN.label} » dans l'agenda, puis faites l'attestation de présence."
            flash(f"L'heure est passée : {noted}", "stop")
        return redirect(url_for("appointments.booked", appointment_id=appointment_id))
    if form.validate_on_submit():
        issued = _issue(Kind.APPOINTMENT, store.appointment_facts(booked), form.act_key(), booked.id)
        return redirect(url_for("attestations.issued", attestation_id=issued))
    return render_form("attestations/appointment.html", form, booked=booked)


@blueprint.route("/presence/<int:appointment_id>", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def presence(appointment_id: int):
    """The person came to this appointment and was received: from when to when."""
    booked = appointment_of(appointment_id)
    if booked.status_value is not Status.SEEN:
        flash("Notez d'abord que la personne a été reçue : l'attestation de présence se fait ensuite.", "stop")
        return redirect(url_for("appointments.booked", appointment_id=appointment_id))
    form = PresenceAttestationForm(**_received(booked))
    if form.validate_on_submit():
        issued = _issue(Kind.PRESENCE, _presence_facts(booked, form), form.act_key())
        return redirect(url_for("attestations.issued", attestation_id=issued))
    return render_form("attestations/presence.html", form, booked=booked)


def _received(booked: Appointment) -> dict[str, str]:
    """From the call to the end, as the agenda knows them."""
    came = booked.called_at or booked.arrived_at
    starts = hour_of(local(came)) if came else hour(booked.minute)
    ends = hour_of(local(booked.ended_at)) if booked.ended_at else hour(booked.minute + booked.duration)
    return {"starts": starts, "ends": ends}


def _presence_facts(booked: Appointment, form: PresenceAttestationForm) -> dict[str, str]:
    facts = store.appointment_facts(booked)
    return {
        "personne": facts["personne"],
        "jour": facts["jour"],
        "horaire": f"de {hour(form.starts.minute)} à {hour(form.ends.minute)}",
        "mode": facts["mode"],
        "lieu": facts["lieu"],
    }


def _issue(kind: Kind, facts: dict[str, str], key: str, appointment_id: int | None = None) -> int:
    with writing() as main:
        return issue(main, kind, facts, key, appointment_id=appointment_id).id


# ── a paper that was issued ─────────────────────────────────────────────────────────────────────


@blueprint.get("/<int:attestation_id>")
@allow(Permission.COUNTER)
def issued(attestation_id: int):
    """The paper on screen, word for word: to read aloud before it is printed, and for whoever cannot read a PDF."""
    kept = _own(attestation_id)
    value = kept.value()
    return render_template(
        "attestations/issued.html",
        kept=kept,
        blocks=blocks(value),
        closing=closing(value),
        how_to_verify=how_to_verify(kept.number, _verify_at()),
        since=store.since_issued(reading(), kept),
        newer=store.replacement_of(reading(), kept),
        older=store.get_attestation(reading(), kept.replaces_id) if kept.replaces_id else None,
    )


@blueprint.get("/<int:attestation_id>/attestation.pdf")
@allow(Permission.COUNTER)
def paper(attestation_id: int):
    kept = _own(attestation_id)
    if kept.revoked_at:
        abort(409, "Ce papier a été annulé : il ne s'imprime plus.")
    return pdf_response(attestation_pdf(*printed(kept.value(), kept.seal)), f"attestation-{kept.number}.pdf")


def _verify_at() -> str:
    return public_address("verification.verify") or "la page « Vérifier » de notre accueil"


def printed(value: Attestation, seal: str) -> tuple:
    """What attestation_pdf asks for."""
    return value, public_address("verification.verify", seal) or seal, _verify_at(), structure().logo


def _own(attestation_id: int) -> StoredAttestation:
    """A paper this agent issued; another agent's is not theirs to read again, nor one that was emptied."""
    kept = store.get_attestation(reading(), attestation_id)
    mine = found(kept if kept and kept.agent_id == agent().id and not kept.emptied else None)
    seen(Subject.ATTESTATION, mine.id)
    return mine


@blueprint.route("/<int:attestation_id>/annuler", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def revoke(attestation_id: int):
    """Withdraw a paper, with a reason: its agent, or an administrator. The page names nobody."""
    kept = _withdrawable(attestation_id)
    form = RevokeForm()
    if form.validate_on_submit():
        try:
            with writing() as main:
                store.revoke(main, store.get_attestation(main, kept.id), form.reason_value(), agent().id, now())
                note(main, Act.CANCELLED, Subject.ATTESTATION, kept.id)
            flash(f"Le papier n° {kept.number} est annulé. Qui le vérifie le sait maintenant.", "ok")
        except AlreadyRevoked:
            flash(f"Le papier n° {kept.number} était déjà annulé.", "info")
        mine = kept.agent_id == agent().id
        return redirect(
            url_for("attestations.issued", attestation_id=kept.id) if mine else url_for("verification.verify")
        )
    return render_form("attestations/revoke.html", form, kept=kept)


def _withdrawable(attestation_id: int) -> StoredAttestation:
    kept = found(store.get_attestation(reading(), attestation_id))
    return found(kept if kept.agent_id == agent().id or _looks_after(kept.agent_id) else None)


def _looks_after(agent_id: int) -> bool:
    """Whether this administrator is that of the agent's Caf, or of all of them."""
    issuer, mine = any_agent(reading(), agent_id), agent().site
    same = mine is None or (issuer.site is not None and issuer.site.caf_id == mine.caf_id)
    return current_user.may(Permission.ADMINISTER) and same


@blueprint.route("/<int:attestation_id>/refaire", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def reissue(attestation_id: int):
    """Another paper in place of this one: the words an agent had written are corrected, the rest stays."""
    kept = _own(attestation_id)
    kind = kept.kind_value
    form = ReissueForm(kind=kind, **{name: kept.facts.get(name, "") for name in kind.typed})
    if form.validate_on_submit():
        try:
            made = _reissue(kept.id, form)
        except AlreadyRevoked:
            flash("Ce papier était déjà annulé : il ne se refait pas. Faites une nouvelle attestation.", "stop")
            return redirect(url_for("attestations.issued", attestation_id=kept.id))
        return redirect(url_for("attestations.issued", attestation_id=made))
    return render_form("attestations/reissue.html", form, kept=kept)


def _reissue(attestation_id: int, form: ReissueForm) -> int:
    with writing() as main:
        old = store.get_attestation(main, attestation_id)
        facts = old.facts | as_printed(form.facts(old.kind_value))
        made = store.reissue(
            main, services().keys.signer, agent(), old, facts, form.reason_value(), place=place(), key=form.act_key(),
            now=local(),
        )  # fmt: skip
        note_made(main, made)
        if made.issued_at == now():
            note(main, Act.CANCELLED, Subject.ATTESTATION, attestation_id, "refaite")
        return made.id
