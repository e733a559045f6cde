"""What is kept about one person: found by name and birth day, given out, erased.

Names are encrypted, so each one is opened and compared: some seconds for a hundred thousand of them, for a request that
comes a few times a year.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session, joinedload

from counter.appointments import spoken_code
from counter.attestations import household_of
from counter.diagnosis import Need
from counter.formatting import birthday, date_long, day_long, hour, hour_of, phone
from counter.models import (
    Agent,
    Appointment,
    Attestation,
    DossierCopy,
    Enrolment,
    Message,
    QuotientCopy,
    Site,
    Workshop,
)
from counter.rights import Asked, Match
from counter.store import appointments, waiting
from counter.store.history import history
from counter.store.messages import messages_of
from counter.store.retention import empty_papers
from counter.store.slots import local_now
from counter.store.workshops import cancel_enrolment
from counter.workshops import Seat


@dataclass(frozen=True)
class Item:
    """One thing kept about the person; `key` is what a form sends back, `told` its parts in French."""

    key: str
    row: Appointment | Enrolment | Attestation | DossierCopy | QuotientCopy
    match: Match
    title: str
    told: dict[str, str]

    @property
    def in_cache(self) -> bool:
        return isinstance(self.row, DossierCopy | QuotientCopy)

    @property
    def number(self) -> int | str:
        """What the journal calls it; nobody's name."""
        return self.row.key if self.in_cache else self.row.id


def find(session: Session, asked: Asked, caf_id: int | None) -> list[Item]:
    """Everything that may be about them at the sites of a Caf (None: everywhere), the surest first."""
    found = [*_appointments(session, asked, caf_id), *_enrolments(session, asked, caf_id)]
    sure = {item.row.id for item in found if isinstance(item.row, Appointment) and item.match is Match.SURE}
    found += _attestations(session, asked, caf_id, sure)
    return sorted(found, key=lambda item: list(Match).index(item.match))


def _appointments(session: Session, asked: Asked, caf_id: int | None) -> Iterator[Item]:
    query = select(Appointment.id, Appointment.person).join(Appointment.site).order_by(Appointment.day, Appointment.id)
    if caf_id is not None:
        query = query.where(Site.caf_id == caf_id)
    matches = {number: match for number, person in session.execute(query) if (match := asked.match(person))}
    for number, match in matches.items():
        row = appointments.appointment_by_id(session, number)
        title = f"Rendez-vous du {day_long(row.day, year=True)}"
        yield Item(f"rdv-{row.id}", row, match, title, _of_appointment(session, row))


def _of_appointment(session: Session, row: Appointment) -> dict[str, str]:
    person = row.person
    told = {
        "Nom": row.name,
        "Naissance": birthday(person["birth_day"], person["birth_month"]),
        "Jour et heure": f"{day_long(row.day, year=True)} à {hour(row.minute)}",
        "Lieu": row.site.name,
        "Façon de venir": row.mode_value.label,
        "Motif": row.motif.plain_label,
        "État": row.status_value.label,
        "Code": spoken_code(row.code),
        "Téléphone": phone(person["phone"]) if person["phone"] else "",
        "E-mail": person["email"],
        "Proche à prévenir": person["contact_name"],
        "Besoins": ", ".join(Need(code).label for code in person["needs"]),
        "Langue": person["language"],
        "Contact prudent": "oui" if row.careful else "",
        "Pris le": _when(row.created_at, row),
    }
    for number, event in enumerate(history(session, row.id), 1):
        told[f"Étape {number}, le {_when(event.at, row)}"] = event.kind_value.label
    for number, message in enumerate(messages_of(session, row.id), 1):
        sent = f", envoyé le {_when(message.sent_at, row)}" if message.sent_at else ", non envoyé"
        label = f"Message {number}, {message.kind_value.label} par {message.channel_value.label}"
        told[label] = f"à {message.address}{sent} : {message.subject} {message.body}".strip()
    return {name: text for name, text in told.items() if text}


def _when(at: datetime, row: Appointment) -> str:
    there = local_now(at, row.site)
    return f"{day_long(there.date(), year=True)} à {hour_of(there)}"


def _enrolments(session: Session, asked: Asked, caf_id: int | None) -> Iterator[Item]:
    query = select(Enrolment).join(Enrolment.workshop).join(Workshop.site).order_by(Enrolment.id)
    query = query.options(joinedload(Enrolment.workshop).joinedload(Workshop.site))
    if caf_id is not None:
        query = query.where(Site.caf_id == caf_id)
    for row in session.scalars(query):
        if match := asked.match(row.person):
            held = row.workshop
            told = {
                "Nom": row.name,
                "Téléphone": phone(row.person["phone"]) if row.person.get("phone") else "",
                "Atelier": held.title,
                "Jour et heure": f"{day_long(held.day, year=True)} à {hour(held.minute)}",
                "Lieu": held.site.name,
                "Place": "atelier annulé" if held.is_cancelled else row.seat_value.label,
            }
            yield Item(f"ins-{row.id}", row, match, f"Inscription : {held.title}", {n: t for n, t in told.items() if t})


def _attestations(session: Session, asked: Asked, caf_id: int | None, sure: set[int]) -> Iterator[Item]:
    query = select(Attestation).where(Attestation.structure != "").order_by(Attestation.id)
    if caf_id is not None:
        theirs = select(Agent.id).outerjoin(Site, Site.id == Agent.site_id)
        query = query.where(Attestation.agent_id.in_(theirs.where(or_(Site.caf_id == caf_id, Agent.site_id.is_(None)))))
    for row in session.scalars(query):
        if row.appointment_id in sure or _names(row, asked):
            match = Match.SURE if row.appointment_id in sure else Match.SAME_NAME
            told = {"Numéro": row.number, "Faite le": date_long(row.issued_on), "Lieu": row.place}
            told |= {name.capitalize(): text for name, text in row.facts.items() if text}
            told |= {"Annulée": row.reason.label} if row.reason else {}
            yield Item(f"att-{row.id}", row, match, f"{row.kind_value.label} n° {row.number}", told)


def _names(row: Attestation, asked: Asked) -> bool:
    return asked.is_named(row.facts.get("personne", "")) or any(map(asked.is_among, household_of(row.facts)))


# ── erasing ─────────────────────────────────────────────────────────────────────────────────────


def erase(session: Session, items: list[Item], now: datetime) -> dict[str, int]:
    """Erase these. An appointment to come is cancelled first: its time goes to whoever waits for it. Returns how many
    of each kind went, by the words of the receipt."""
    done = {"rendez-vous": 0, "contacts": 0, "inscriptions": 0, "attestations": 0}
    for item in sorted(items, key=lambda item: isinstance(item.row, Appointment)):  # papers point to appointments
        if isinstance(item.row, Attestation):
            _erase_attestation(session, item.row)
            done["attestations"] += 1
        elif isinstance(item.row, Enrolment):
            _erase_enrolment(session, item.row, now)
            done["inscriptions"] += 1
        elif item.match is Match.RELATIVE:
            _forget_relative(session, item.row)
            done["contacts"] += 1
        else:
            _erase_appointment(session, item.row, now)
            done["rendez-vous"] += 1
    session.flush()
    return {kind: number for kind, number in done.items() if number}


def _erase_appointment(session: Session, row: Appointment, now: datetime) -> None:
    if row.day >= local_now(now, row.site).date():
        freed = appointments.cancel(session, row, now)
        waiting.after_change(session, row.id, freed, now)
        waiting.withdraw(session, row.id, now)  # of one that had its outcome too
    appointments.erase(session, row)


def _forget_relative(session: Session, row: Appointment) -> None:
    """The appointment is someone else's: only the relative goes, with what was sent to them."""
    session.execute(delete(Message).where(Message.appointment_id == row.id))
    gone = {"contact_name": "", "contact_shared": False}
    row.person = row.person | gone | ({"phone": "", "email": ""} if row.person["contact_shared"] else {})


def _erase_enrolment(session: Session, row: Enrolment, now: datetime) -> None:
    local = local_now(now, row.workshop.site)
    takes_place = row.workshop.day >= local.date() and not row.workshop.is_cancelled
    if takes_place and row.seat_value in {Seat.ENROLLED, Seat.WAITING}:
        cancel_enrolment(session, row, local)
    session.execute(delete(Enrolment).where(Enrolment.id == row.id))


def _erase_attestation(session: Session, row: Attestation) -> None:
    """A withdrawn paper keeps its number, and nothing else."""
    if row.revoked_at is None:
        session.execute(delete(Attestation).where(Attestation.id == row.id))
    else:
        empty_papers(session, Attestation.id == row.id)
