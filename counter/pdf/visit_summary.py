"""The summary of a visit: what was done, and what is left to do. Names nobody."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from counter.formatting import date_long, day_long, hour, hour_of
from counter.message_words import or_call
from counter.models import Appointment, Visit, VisitStep
from counter.pdf.sheet import Sheet
from counter.visits import Solved, StepKind


def visit_summary_pdf(
    visit: Visit, appointments: list[Appointment], structure: str, zone: ZoneInfo, *, specimen: bool, logo=None
) -> bytes:
    start = visit.started_at.astimezone(zone)
    sheet = Sheet(
        "Ce que nous avons fait",
        structure,
        aside=date_long(start.date()),
        specimen=specimen,
        logo=logo,
        footer=visit.site.name if visit.site else "",
        falc=True,
    )
    sheet.facts(
        [
            ("Votre venue", _when(start, visit.ended_at.astimezone(zone) if visit.ended_at else None)),
            ("Lieu", visit.site.name if visit.site else ""),
            ("Adresse", visit.site.address if visit.site else ""),
        ]
    )
    sheet.heading("Fait aujourd'hui")
    if visit.steps:
        for step in visit.steps:
            sheet.paragraph(f"•  {hour_of(step.done_at.astimezone(zone))} — {_said(step)}")
    else:
        sheet.paragraph("Nous avons répondu à vos questions.")
    _next(sheet, appointments)
    sheet.heading("Et maintenant ?")
    if visit.solved_value is Solved.YES:
        sheet.paragraph("Votre demande est réglée.")
    else:
        sheet.paragraph("Il reste quelque chose à faire. Gardez cette feuille : elle nous aidera la prochaine fois.")
        sheet.paragraph("À faire, ou à apporter :")
        sheet.blanks(3)
    careful = any(item.careful for item in appointments)  # this paper may then name no Caf
    sheet.paragraph(f"Un doute, un courrier que vous ne comprenez pas ? Revenez nous voir{or_call(careful)}.")
    return sheet.to_bytes()


def _next(sheet: Sheet, appointments: list[Appointment]) -> None:
    """The appointments that were taken; each has its own paper, with the code."""
    if not appointments:
        return
    several = len(appointments) > 1
    sheet.heading("Vos prochains rendez-vous" if several else "Votre prochain rendez-vous")
    for item in appointments:
        when = f"{day_long(item.day, year=True)} à {hour(item.minute)}"
        sheet.paragraph(f"**{when}**, {item.mode_value.label.lower()}.")
    sheet.paragraph(f"Gardez aussi le papier {'de chaque' if several else 'du'} rendez-vous : il donne le code.")


def _said(step: VisitStep) -> str:
    """On paper a diagnosis is no label: the orientation sheet says what is proposed."""
    return "Nous avons fait le point ensemble" if step.kind_value is StepKind.DIAGNOSIS else step.label


def _when(start: datetime, end: datetime | None) -> str:
    day = day_long(start.date(), year=True)
    if end and hour_of(end) != hour_of(start):
        return f"{day}, de {hour_of(start)} à {hour_of(end)}"
    return f"{day}, à {hour_of(start)}"
