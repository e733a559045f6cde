"""The papers of a workshop: the slip of someone enrolled, and the attendance sheet to sign."""

from __future__ import annotations

from counter.formatting import date_long, day_long, duration, hour
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
        sheet.paragraph(
            "Vous ne voulez plus attendre ? Dites-le-nous : nous enlevons votre nom de la liste."
            if waiting
            else "Vous ne pouvez pas venir ? Dites-le-nous : une autre personne aura la place."
        )
    return sheet.to_bytes()


def _how_to_know(waiting: Enrolment) -> str:
    """A call is promised only to who left a number."""
    if waiting.person["phone"]:
        return "Nous vous appelons si une place se libère."
    return "Repassez à l'accueil : nous vous dirons si une place s'est libérée."


def attendance_pdf(workshop: Workshop, structure: str, *, specimen: bool, logo=None) -> bytes:
    """One line a person who holds a place or came without one, with room to sign, and some empty lines for who comes to
    the door: fewer when the signature then stands beside names, else some go with it to the next page. Each page says
    which session it is."""
    listed = [kept for kept in workshop.enrolments if kept.seat_value.holds_a_place or kept.seat_value.came]
    names = [kept.name for kept in listed]

    def made(lines: list[str], carried: int = 0) -> tuple[int, bytes]:
        sheet = Sheet(
            "Feuille de présence",
            structure,
            aside=f"{workshop.site.short_name}, {date_long(workshop.day)}",
            specimen=specimen,
            logo=logo,
            footer=workshop.title,
        )
        _attended(sheet, workshop, lines, carried)
        pdf = sheet.to_bytes()
        return sheet.lines_by_signature, pdf

    for spare in range(_EMPTY_LINES, 0, -1):
        lines = [*names, *[""] * spare]
        signed, pdf = made(lines)
        if signed == len(lines) or signed > spare:
            return pdf
    return made([*names, *[""] * _EMPTY_LINES], _EMPTY_LINES + _CARRIED)[1]


_EMPTY_LINES = 4
_CARRIED = 2  # names that go to the last page with the empty lines and the signature


def _attended(sheet: Sheet, workshop: Workshop, lines: list[str], carried: int) -> None:
    """What the sheet says; the last lines are `carried` to another page."""
    heads = ["Nom", "Signature"]
    sheet.facts(
        [
            ("Atelier", workshop.title),
            ("Jour", day_long(workshop.day, year=True)),
            ("Heures", f"de {hour(workshop.minute)} à {hour(workshop.minute + workshop.duration)}"),
            ("Lieu", f"{workshop.site.name}, {workshop.site.address}"),
            ("Avec", workshop.partners),
        ]
    )
    sheet.signing_table(heads, lines[: len(lines) - carried])
    if carried:
        sheet.next_page()
        sheet.signing_table(heads, lines[-carried:])
    sheet.signature("Nombre de personnes présentes :", "Signature de l'animateur")


def _when(workshop: Workshop) -> str:
    return f"{day_long(workshop.day, year=True)} à {hour(workshop.minute)}"
