"""What is sent about an appointment, as the agent is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from counter.formatting import day_long, hour_of
from counter.messages import Channel, State, masked
from counter.models import Appointment, Message
from counter.sending import means_configured, outgoing
from counter.store import messages as store
from counter.web import local, local_at, now, reading, services

_FAULTS = {
    "injoignable": "le serveur ne répond pas",
    "certificat": "le certificat du serveur n'est pas reconnu",
    "adresse": "l'adresse ne va pas",
    "interrompu": "l'envoi a été interrompu plusieurs fois",
    "fichier": "le fichier des SMS ne s'écrit pas",
}


def fault_words(code: str) -> str:
    """A fault's code, in French."""
    return _FAULTS.get(code) or f"le serveur a refusé ({code})"


@dataclass(frozen=True)
class Told:
    """One line of the appointment's page."""

    icon: str
    words: str
    detail: str


def told_messages(appointment: Appointment) -> list[Told]:
    """What was sent, what will be, and what failed; what was given up says nothing."""
    rows = store.messages_of(reading(), appointment.id)
    return [_told(message) for message in rows if message.state_value is not State.ABANDONED]


def _told(message: Message) -> Told:
    """Icon, sentence, and the address half hidden with what to do."""
    what, by = message.kind_value.label, f"par {message.channel_value.label}"
    to, e = masked(message.channel_value, message.address), "" if message.kind_value.is_masculine else "e"
    fault = fault_words(message.last_error)
    if message.state_value is State.SENT:
        return Told("circle-check", f"{what} envoyé{e} {by} {_at(message.sent_at)}", to)
    if message.state_value is State.FAILED:
        return Told("circle-alert", f"{what} non envoyé{e} {by} : {fault}", f"{to}. Appelez la personne.")
    if message.appointment.must_move:
        return Told("clock-alert", f"{what} {by} : attend que le rendez-vous soit déplacé", to)
    if message.last_error:
        later = f"{to}. Nouvel essai {_at(message.next_try_at)} : {fault}."
        return Told("clock-alert", f"{what} {by} : pas encore parti{e}", later)
    if message.due_at > now():
        return Told("clock", f"{what} prévu{e} {by} {_at(message.due_at)}", to)
    return Told("send", f"{what} {by} : part dans la minute", to)


def _at(moment: datetime) -> str:
    there, today = local(moment), local().date()
    return f"à {hour_of(there)}" if there.date() == today else f"le {day_long(there.date())} à {hour_of(there)}"


def told_by(appointment: Appointment) -> list[str]:
    """The means by which that person is told of what happens to the appointment, in words; none for a careful one."""
    means = {} if appointment.careful else store.means_of(appointment.person, outgoing())
    return [channel.label for channel in Channel if channel in means]


def why_no_message(appointment: Appointment) -> str:
    """Why nothing is sent about that appointment, for the agent."""
    if appointment.careful:
        return "Contact prudent : aucun message ne part."
    if services().demonstration:
        return "Démonstration : aucun message ne part."
    if not appointment.is_coming(local_at(appointment.site)):
        return "Aucun message n'est parti."
    if not means_configured(services().settings):
        return "Ce poste n'envoie ni e-mail ni SMS. Donnez le papier."
    if store.means_of(appointment.person, outgoing()):
        return "Aucun message."
    if appointment.person.get("phone"):
        return "Pas d'e-mail ni de mobile : donnez le papier. La personne est dans la liste d'appels."
    return "Pas d'e-mail ni de téléphone : donnez le papier."
