"""The list of a day's appointments, printed the day before: who, when, which needs, why if it may be told."""

from __future__ import annotations

from datetime import date, datetime

from counter.appointments import OUTCOMES, WITHOUT_OUTCOME, needs_words
from counter.formatting import day_long, day_month, duration, hour, hour_of, plural
from counter.models import Appointment, Site
from counter.pdf.sheet import Sheet


def next_day_pdf(
    appointments: list[Appointment],
    day: date,
    site: Site,
    structure: str,
    printed_at: datetime,
    *,
    specimen: bool,
    logo=None,
) -> bytes:
    """One table, the head repeated on each page. For the agents: it names people, and says so."""
    sheet = Sheet(
        f"Rendez-vous du {day_long(day)}",
        structure,
        aside=site.short_name,
        specimen=specimen,
        logo=logo,
        footer=f"Imprimé le {day_month(printed_at.date())} à {hour_of(printed_at)}. À détruire ensuite.",
    )
    if not appointments:
        sheet.paragraph(f"Aucun rendez-vous ce jour-là, à {site.short_name}.")
        return sheet.to_bytes()
    sheet.paragraph(f"{site.name} : {_counted(appointments)}.")
    sheet.grid(
        ["Heure", "Personne", "Motif", "Besoins"], [_row(item) for item in appointments], [0.13, 0.29, 0.34, 0.24]
    )
    return sheet.to_bytes()


def _counted(appointments: list[Appointment]) -> str:
    """How many, and how many of them are still to be received."""
    said = plural(len(appointments), "rendez-vous", "rendez-vous")
    left = sum(item.status in WITHOUT_OUTCOME for item in appointments)
    return said if left == len(appointments) else f"{said}, dont {left} à recevoir" if left else f"{said}, tous notés"


def _row(item: Appointment) -> list[str]:
    motif = f"{item.told_motif}. " if item.told_motif else ""
    mark = item.status_value.label if item.status in OUTCOMES else "À déplacer" if item.must_move else ""
    motif = f"**{mark}.** {motif}" if mark else motif
    return [
        f"**{hour(item.minute)}**",
        f"**{item.name}**",
        f"{motif}{item.mode_value.label}, {duration(item.duration)}",
        needs_words(item.person),
    ]
