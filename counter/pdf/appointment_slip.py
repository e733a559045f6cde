"""The slip of an appointment: when, where, what to bring, the code. Nothing else on the person."""

from __future__ import annotations

from counter.appointments import Status, needs_words, spoken_code
from counter.formatting import NBSP, day_long, duration, hour, phone
from counter.message_words import if_video_fails, or_call
from counter.models import Appointment
from counter.pdf.sheet import Sheet
from counter.slots import Mode


def appointment_slip_pdf(
    appointment: Appointment,
    structure: str,
    qr_content: str,
    qr_caption: str,
    try_url: str = "",
    *,
    specimen: bool,
    logo=None,
    folded: bool = False,
    over: bool = False,
) -> bytes:
    """One A4 sheet, or (`folded`) an A5 slip. A sensitive motif is not printed; for a careful contact, neither the Caf
    nor what to bring. `over`: its hour has come. `try_url` is where a video call is tried beforehand, "" when visitors
    reach no page of ours."""
    aside = "" if appointment.careful else appointment.site.caf.name
    sheet = Sheet(
        "Votre rendez-vous", structure, aside=aside, specimen=specimen, logo=logo, footer=structure, folded=folded
    )
    if warning := _warning(appointment, over):
        sheet.panel([(warning, 18)])
    sheet.panel([(f"{day_long(appointment.day, year=True).capitalize()} à{NBSP}{hour(appointment.minute)}", 19)])
    sheet.facts(_facts(appointment), size=13)
    if appointment.void or over:
        sheet.paragraph(f"Vous voulez un autre rendez-vous ? Revenez nous voir{or_call(appointment.careful)}.")
        return sheet.to_bytes()
    if appointment.mode_value is Mode.VIDEO:
        _video(sheet, appointment, try_url)
    if appointment.told_bring:
        sheet.heading(appointment.mode_value.bring_label)
        sheet.checklist(appointment.told_bring)
    for head, text in (("À savoir", appointment.told_before), ("Après le rendez-vous", appointment.told_after)):
        if text:
            sheet.heading(head)
            for line in text.splitlines():
                sheet.paragraph(line)
    _code(sheet, appointment, qr_content, qr_caption)
    return sheet.to_bytes()


def _warning(appointment: Appointment, over: bool) -> str:
    """Why nobody is expected with this paper any more, "" when the person is."""
    if appointment.is_cancelled:
        return "Ce rendez-vous est annulé"
    if appointment.status_value is Status.EXCUSED:
        return "Vous ne venez pas à ce rendez-vous"
    if over:
        return "L'heure de ce rendez-vous est passée"
    return "Ce rendez-vous doit être déplacé" if appointment.must_move else ""


def _code(sheet: Sheet, appointment: Appointment, qr_content: str, qr_caption: str) -> None:
    """The code, what it serves for, and where one can ask instead."""
    sheet.heading("Votre code")
    sheet.qr(
        qr_content,
        [
            f"**{spoken_code(appointment.code)}**",
            "Avec ce code, le jour et le mois de votre naissance, vous pouvez voir, "
            "déplacer ou annuler ce rendez-vous. Gardez-le pour vous. "
            f"Vous pouvez aussi revenir nous voir{or_call(appointment.careful, 'appeler')}.",
            qr_caption,
        ],
        first_size=24,
    )


def _video(sheet: Sheet, appointment: Appointment, try_url: str) -> None:
    """How to join, to try before, and what happens when it does not work."""
    sheet.heading("La visio")
    if link := appointment.video_url:
        sheet.paragraph(f"Le jour du rendez-vous, ouvrez ce lien : **{link}**")
    else:
        sheet.paragraph("Demandez-nous le lien.")
    if try_url:
        sheet.paragraph(f"Essayez votre appareil avant, sur {try_url}")
    number = appointment.person["phone"]
    sheet.paragraph(if_video_fails(phone(number) if number else "", appointment.careful))


def _facts(appointment: Appointment) -> list[tuple[str, str]]:
    person, site, mode = appointment.person, appointment.site, appointment.mode_value
    rows = [("Pour", appointment.name)]
    if appointment.told_motif:
        rows.append(("Motif", appointment.told_motif))
    if appointment.is_cancelled:
        return rows  # nobody comes, and nobody is called
    rows += {
        Mode.ON_SITE: [
            ("Comment", "Sur place"),
            ("Lieu", appointment.told_place),
            ("Adresse", site.address),
            ("Accès", site.access),
        ],
        Mode.PHONE: [
            ("Comment", "Par téléphone" if appointment.careful else "Par téléphone : la Caf vous appelle"),
            ("Numéro appelé", phone(person["phone"]) if person["phone"] else ""),
            ("Votre téléphone montre", "" if appointment.careful else "+33 32 30 : répondez, c'est la Caf"),
        ],
        Mode.VIDEO: [("Comment", "En visio"), ("E-mail", person["email"])],
    }[mode]
    rows.append(("Durée", duration(appointment.duration)))
    return [*rows, ("Pour bien vous recevoir", needs_words(person))]
