"""The state of the register of charges, and the slip that brings a provisional password."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from reportlab.lib.pagesizes import A4

from counter.formatting import date_long
from counter.habilitations import ChargeState
from counter.models import Habilitation
from counter.pdf.sheet import Sheet

_WIDTHS = [0.30, 0.30, 0.40]


def register_pdf(
    asked: list[Habilitation],
    held: list[tuple[Habilitation, ChargeState]],
    past: list[tuple[Habilitation, ChargeState]],
    *,
    day: date,
    structure: str,
    specimen: bool,
    logo: Path | None = None,
) -> bytes:
    """Who holds what on that day, what waits, what was. It says so where there is nothing."""
    title = "Registre des habilitations"
    sheet = Sheet(title, structure, aside=date_long(day), specimen=specimen, logo=logo, footer=structure, page=A4)
    sheet.paragraph(f"État au {date_long(day)}. Un rôle compte une fois validé par une deuxième personne.")
    sections = (
        ("Rôles validés", held, "Aucun rôle validé."),
        ("À valider", [(row, ChargeState.PROPOSED) for row in asked], "Rien n'attend."),
        ("Historique", past, "Aucun rôle terminé ou refusé."),
    )
    for heading, rows, nothing in sections:
        sheet.heading(heading)
        if rows:
            cells = [[f"**{row.agent.display_name}**\n{row.charge_value.short_label}".replace("\n", " – "), row.target,
                      told(row, state)] for row, state in rows]  # fmt: skip
            sheet.grid(["Personne et rôle", "Activité ou lieu", "Dates et validation"], cells, _WIDTHS)
        else:
            sheet.paragraph(nothing)
    return sheet.to_bytes()


def told(row: Habilitation, state: ChargeState) -> str:
    """From when to when, and who said yes or no."""
    dates = f"Du {date_long(row.starts_on)}" + (f" au {date_long(row.ends_on)}" if row.ends_on else "")
    by = f"Proposé par {row.proposed_by.display_name}"
    if row.validated_by:
        by += f", validé par {row.validated_by.display_name} le {date_long(row.validated_at.date())}"
    if row.refused_by:
        by += f", refusé par {row.refused_by.display_name} le {date_long(row.refused_at.date())}"
    return f"{state.label}. {dates}. {by}."


def password_slip_pdf(
    name: str, identifier: str, password: str, until: str, address: str, *, structure: str, specimen: bool,
    logo: Path | None = None,
) -> bytes:  # fmt: skip
    """For one agent alone: folded with the text inside, it is a sealed letter. `until` in words."""
    sheet = Sheet("Pli confidentiel", structure, specimen=specimen, logo=logo, footer=structure)
    sheet.paragraph(
        "**Avant de remettre ce pli :** pliez la feuille en trois, le texte à l'intérieur. Fermez-la avec de la "
        f"colle ou une agrafe. Écrivez dessus : {name}."
    )
    sheet.space(16)
    sheet.heading(f"Pour {name}")
    sheet.facts([("Adresse", address), ("Identifiant", identifier)])
    sheet.panel([("Mot de passe provisoire", 13), (password, 24)], bold_first=False)
    sheet.paragraph(f"Il sert une fois, jusqu'au **{until}**.")
    sheet.paragraph("À la connexion, vous choisissez votre mot de passe. Ensuite, déchirez ce papier.")
    sheet.paragraph("Le pli était déjà ouvert ? Ne l'utilisez pas : prévenez votre administrateur.")
    return sheet.to_bytes()
