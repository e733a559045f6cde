"""The paper of a démarche on hold: its code in large letters, what to bring. It names nobody."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from reportlab.lib.pagesizes import A5

from counter.appointments import spoken_code
from counter.formatting import day_long
from counter.pdf.sheet import Sheet
from counter.tutorials import Tutorial


def held_slip_pdf(
    tutorial: Tutorial,
    code: str,
    step: int,
    missing: list[str],
    until: date,
    *,
    structure: str,
    specimen: bool,
    logo: Path | None = None,
) -> bytes:
    """One A5 sheet. `step` counts from 1, 0 before the first; `missing` is what the person has not got yet."""
    sheet = Sheet("Démarche en attente", structure, specimen=specimen, falc=True, logo=logo, page=A5)
    sheet.paragraph(f"**{tutorial.title}**")
    if step:
        sheet.paragraph(f"Vous êtes à l'étape {step} sur {len(tutorial.steps)}.")
    sheet.panel([(spoken_code(code), 30)])
    sheet.paragraph(f"Votre code sert jusqu'au **{day_long(until, year=True)}**.")
    sheet.paragraph("Revenez avec ce papier : nous continuons.")
    if missing:
        sheet.heading("À apporter")
        sheet.checklist(missing)
    return sheet.to_bytes()
