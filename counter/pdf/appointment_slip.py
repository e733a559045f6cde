"""The slip of an appointment: when, where, what to bring, the code. Nothing else on the person."""

from __future__ import annotations

from counter.appointments import Mode, spoken_code
from counter.diagnosis import Need
from counter.formatting import day_long, duration, hour, phone
from counter.models import Appointment
from counter.pdf.sheet import Sheet


def appointment_slip_pdf(
    appointment: Appointment,
    structure: str,
    qr_content: str,
    qr_caption: str,
    *,
    specimen: bool,
    logo=None,
    folded: bool = False,
) -> bytes:
    """One A4 sheet, or (`folded`) an A5 slip. A sensitive motif is not printed; for a careful contact, neither the Caf
    nor what to bring."""
    aside = "" if appointment.careful else appointment.site.caf.name
    sheet = Sheet(
        "Votre rendez-vous", structure, aside=aside, specimen=specimen, logo=logo, footer=structure, folded=folded
    )
    if appointment.is_cancelled:
        sheet.panel([("Ce rendez-vous est annulé", 18)])
    sheet.panel([(f"{day_long(appointment.day, year=True).capitalize()} à {hour(appointment.minute)}", 19)])
    sheet.facts(_facts(appointment), size=13)
    bring = appointment.told_bring
    if bring:
        sheet.heading("À apporter" if appointment.mode_value is Mode.ON_SITE else "À préparer")
        sheet.checklist(bring)
    sheet.heading("Votre code")
    sheet.qr(
        qr_content,
        [
            f"**{spoken_code(appointment.code)}**",
            "Avec ce code et votre jour de naissance, vous pouvez voir, "
            "déplacer ou annuler ce rendez-vous. Gardez-le pour vous. Vous pouvez aussi revenir nous voir.",
            qr_caption,
        ],
        first_size=24,
    )
    return sheet.to_bytes()


def _facts(appointment: Appointment) -> list[tuple[str, str]]:
    person, site, mode = appointment.person, appointment.site, appointment.mode_value
    rows = [("Pour", appointment.name)]
    if appointment.told_motif:
        rows.append(("Motif", appointment.told_motif))
    rows += {
        Mode.ON_SITE: [
            ("Comment", "Sur place"),
            ("Lieu", site.name),
            ("Adresse", site.address),
            ("Accès", site.access),
        ],
        Mode.PHONE: [
            ("Comment", "Par téléphone" if appointment.careful else "Par téléphone : la Caf vous appelle"),
            ("Numéro appelé", phone(person["phone"]) if person["phone"] else ""),
            ("Numéro affiché", "" if appointment.careful else "+33 32 30"),
        ],
        Mode.VIDEO: [("Comment", "En visio : vous recevez un lien"), ("E-mail", person["email"])],
    }[mode]
    rows.append(("Durée", duration(appointment.duration)))
    needs = [Need(code).label for code in person["needs"]]
    if person["language"]:
        needs = [f"{label} ({person['language']})" if label == Need.INTERPRETER.label else label for label in needs]
    return [*rows, ("Pour bien vous recevoir", ", ".join(needs))]
