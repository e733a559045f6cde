"""The papers of a workshop: the slip of someone enrolled, and the attendance sheet to sign."""

from __future__ import annotations

from counter.formatting import day_long, duration, hour
from counter.models import Enrolment, Workshop
from counter.pdf.sheet import Sheet
from counter.workshops import Seat


def enrolment_pdf(enrolment: Enrolment, structure: str, *, specimen: bool, logo=None) -> bytes:
    """When and where, or that the person is on the waiting list."""
    workshop = enrolment.workshop
    waiting = enrolment.seat_value is Seat.WAITING
    sheet = Sheet(
        "Votre atelier", structure, aside=workshop.site.caf.name, specimen=specimen, logo=logo, footer=structure
    )
    if workshop.is_cancelled:
        sheet.panel([("Cet atelier est annulé", 18)])
    elif waiting:
        sheet.panel([("Vous êtes sur la liste d'attente", 18), (_how_to_know(enrolment), 14)])
    elif enrolment.seat_value is Seat.CANCELLED:
        sheet.panel([("Cette inscription est annulée", 18)])
    sheet.panel([(workshop.title, 18), (f"**{_when(workshop)}**", 16)])
    sheet.facts(
        [
            ("Pour", enrolment.name),
            ("Durée", duration(workshop.duration)),
            ("Lieu", workshop.site.name),
            ("Adresse", workshop.site.address),
            ("Accès", workshop.site.access),
            ("Avec", workshop.partners),
        ],
        size=13,
    )
    if workshop.is_cancelled:
        sheet.paragraph("Demandez-nous la date du prochain atelier.")
    elif enrolment.seat_value is Seat.CANCELLED:
        sheet.paragraph("Vous voulez venir quand même ? Dites-le-nous : nous regardons s'il reste une place.")
    else:
        if workshop.bring_list:
            sheet.heading("À apporter")
            sheet.checklist(workshop.bring_list)
        sheet.paragraph("Vous ne pouvez pas venir ? Dites-le-nous : une autre personne aura la place.")
    return sheet.to_bytes()


def _how_to_know(waiting: Enrolment) -> str:
    """A call is promised only to who left a number."""
    if waiting.person["phone"]:
        return "Nous vous appelons si une place se libère."
    return "Repassez à l'accueil : nous vous dirons si une place s'est libérée."


def attendance_pdf(workshop: Workshop, structure: str, *, specimen: bool, logo=None) -> bytes:
    """One line a person who holds a place, with room to sign, and some empty lines."""
    sheet = Sheet("Feuille de présence", structure, aside=workshop.site.short_name, specimen=specimen, logo=logo,
                  footer=workshop.title)  # fmt: skip
    sheet.facts(
        [
            ("Atelier", workshop.title),
            ("Jour", day_long(workshop.day, year=True)),
            ("Heures", f"de {hour(workshop.minute)} à {hour(workshop.minute + workshop.duration)}"),
            ("Lieu", f"{workshop.site.name}, {workshop.site.address}"),
            ("Avec", workshop.partners),
        ]
    )
    names = [enrolment.name for enrolment in workshop.enrolments if enrolment.seat_value.holds_a_place]
    sheet.signing_table(["Nom", "Signature"], [*names, *[""] * 4])
    sheet.signature("Nombre de personnes présentes :", "Signature de l'animateur")
    return sheet.to_bytes()


def _when(workshop: Workshop) -> str:
    return f"{day_long(workshop.day, year=True)} à {hour(workshop.minute)}"
