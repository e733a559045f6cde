"""The calendar file of an appointment: stable UID, rising SEQUENCE, UTC times, no sensitive motif."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress

from counter.formatting import phone
from counter.message_words import if_video_fails
from counter.models import Appointment
from counter.slots import Mode


def starts_at(appointment: Appointment) -> datetime:
    """When it starts, in UTC, from the wall clock of its site."""
    wall = datetime.combine(appointment.day, time(appointment.minute // 60, appointment.minute % 60))
    return wall.replace(tzinfo=ZoneInfo(appointment.site.timezone)).astimezone(UTC)


def calendar_file(appointment: Appointment, structure: str, sender: str = "", discreet: bool = False) -> bytes:
    """One event, published or cancelled by `sender`, an e-mail address: a program obeys only an organizer it knows
    (RFC 5546, 3.2.1 and 3.2.5), and without one the file says no method. Lists what to bring, never the code;
    `discreet` leaves out the motif, and what to bring, which could tell it."""
    calendar = Calendar()
    calendar.add("prodid", "-//Counter//FR")
    calendar.add("version", "2.0")
    event = Event()
    if sender and not appointment.careful:
        calendar.add("method", "CANCEL" if appointment.is_cancelled else "PUBLISH")
        event.add("organizer", _organizer(structure, sender))
    start = starts_at(appointment)
    event.add("uid", f"{appointment.uid}@counter")
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", appointment.changed_at or appointment.cancelled_at or appointment.created_at)
    event.add("dtstart", start)
    event.add("dtend", start + timedelta(minutes=appointment.duration))
    event.add("status", "CANCELLED" if appointment.is_cancelled else "CONFIRMED")
    event.add("summary", _title(appointment))
    event.add("location", _where(appointment))
    event.add("description", _description(appointment, structure, discreet))
    calendar.add_component(event)
    return calendar.to_ical()


def _organizer(structure: str, sender: str) -> vCalAddress:
    organizer = vCalAddress(f"mailto:{sender}")
    organizer.params["CN"] = structure
    return organizer


def _title(appointment: Appointment) -> str:
    return "Rendez-vous" if appointment.careful else f"Rendez-vous {appointment.site.caf.name}"


def _where(appointment: Appointment) -> str:
    return {
        Mode.ON_SITE: ", ".join(filter(None, [appointment.told_place, appointment.site.address])),
        Mode.PHONE: "Par téléphone" if appointment.careful else "La Caf vous appelle",
        Mode.VIDEO: appointment.video_url or "En visio",
    }[appointment.mode_value]


def _description(appointment: Appointment, structure: str, discreet: bool) -> str:
    lines = [appointment.told_motif] if appointment.told_motif and not discreet else []
    if appointment.told_bring and not discreet:
        lines.append(f"{appointment.mode_value.bring_label} : {', '.join(appointment.told_bring)}")
    if appointment.mode_value is Mode.VIDEO:
        number = appointment.person["phone"]
        lines.append(if_video_fails(phone(number) if number else "", appointment.careful))
    return "\n".join([*lines, f"Pris avec {structure}."])


def event_for_qr(appointment: Appointment) -> str:
    """The event alone, short, as phones read it from a QR code into their calendar."""
    start = starts_at(appointment)
    end = start + timedelta(minutes=appointment.duration)
    where = "".join(f"\\{sign}" if sign in "\\,;" else sign for sign in _where(appointment))
    return (
        f"BEGIN:VEVENT\nSUMMARY:{_title(appointment)}\nLOCATION:{where}\n"
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}\nDTEND:{end:%Y%m%dT%H%M%SZ}\nEND:VEVENT"
    )
