"""The state of this post, for an agent and for a supervising program."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from flask import Blueprint, render_template
from sqlalchemy import text

from counter.access import Permission
from counter.db import head_revision
from counter.formatting import date_long, hour_of, plural
from counter.messages import Channel
from counter.outside.api_particulier import is_configured
from counter.security import allow
from counter.sending import means_configured
from counter.store.free_time import prepared_until
from counter.store.messages import outbox
from counter.tutorials.checking import own_faults
from counter.views.messages import fault_words
from counter.web import local, now, reading, services

blueprint = Blueprint("status", __name__)
LOW_DISK_MB = 500


@dataclass(frozen=True)
class Check:
    """One line of the page: `good` True, False, or None for "to know"."""

    label: str
    value: str
    good: bool | None
    advice: str = ""


@blueprint.get("/sante")
@allow(Permission.PUBLIC)
def health():
    """`ok` when the database answers; for a supervising program."""
    reading().execute(text("SELECT 1"))
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.get("/etat")
@allow(Permission.MONITOR)
def state():
    faults = [*services().catalogue.errors, *own_faults(services().settings.sheets, services().catalogue)]
    return render_template(
        "status/state.html",
        checks=[
            _line(),
            _database(),
            _free_time(),
            _messages(Channel.EMAIL),
            _messages(Channel.SMS),
            _quotient(),
            _dossiers(),
            _disk(),
            _sheets(len(faults)),
        ],
        faults=faults,
    )


def _line() -> Check:
    line = services().line
    if line.up is None:
        return Check("Ligne Internet", "non surveillée", None)
    since = f", vérifié à {hour_of(local(line.checked_at))}"
    if line.up:
        return Check("Ligne Internet", f"en ligne{since}", True)
    return Check(
        "Ligne Internet",
        f"hors ligne{since}",
        False,
        "Le diagnostic, les fiches, les rendez-vous et les attestations marchent sans Internet.",
    )


def _database() -> Check:
    kind = {"sqlite": "SQLite, sur ce poste", "postgresql": "PostgreSQL, partagée"}
    return Check("Base de données", f"{kind[services().main.engine.dialect.name]}, version {head_revision()}", True)


def _free_time() -> Check:
    until = prepared_until(reading())
    if until is None:
        return Check("Créneaux", "aucune plage d'ouverture", None, "L'administrateur ouvre les plages de rendez-vous.")
    return Check("Créneaux", f"préparés jusqu'au {date_long(until)}", True)


def _messages(channel: Channel) -> Check:
    label = {Channel.EMAIL: "E-mails", Channel.SMS: "SMS"}[channel]
    if services().demonstration:
        return Check(label, "aucun ne part d'une démonstration", None)
    if channel not in means_configured(services().settings):
        return Check(label, "pas d'envoi sur ce poste", None, "Les personnes ont le papier et la liste d'appels.")
    box = outbox(reading(), channel, now())
    if box.last_error:
        waiting = f"{plural(box.due, 'message attend', 'messages attendent')} : {fault_words(box.last_error)}"
        return Check(label, waiting, False, "L'envoi est retenté tout seul. Vérifiez la ligne et les réglages.")
    if box.failed:
        failed = plural(box.failed, "message refusé", "messages refusés")
        return Check(label, failed, False, "Appelez ces personnes : elles sont dans la liste d'appels.")
    return Check(label, f"{plural(box.due, 'message')} à envoyer" if box.due else "tout est parti", True)


def _quotient() -> Check:
    label, last = "Quotient familial (API Particulier)", services().quotient_call
    if not is_configured(services().settings):
        return Check(label, "pas branché sur ce poste", None, "Il faut l'adresse et le jeton d'API Particulier.")
    if last.at is None:
        return Check(label, "branché, pas encore appelé depuis le démarrage", None)
    if last.failure is None:
        return Check(label, f"a répondu à {hour_of(local(last.at))}", True)
    return Check(label, f"{last.failure.told} Essayé à {hour_of(local(last.at))}.", False, last.failure.next_step)


def _dossiers() -> Check:
    if services().demonstration:
        return Check("Dossiers", "données fictives de la démonstration", None)
    return Check("Dossiers", "aucune source : seules les copies encore bonnes s'ouvrent", None)


def _disk() -> Check:
    free = shutil.disk_usage(services().settings.instance).free // 1_000_000
    return Check(
        "Place sur le disque",
        f"{free // 1000} Go libres" if free >= 10_000 else f"{free} Mo libres",
        free > LOW_DISK_MB,
        "" if free > LOW_DISK_MB else "Libérez de la place, sinon rien ne s'enregistre.",
    )


def _sheets(faults: int) -> Check:
    sheets = plural(len(services().catalogue.tutorials), "fiche")
    return Check(
        "Fiches de démarche",
        f"{sheets}, {plural(faults, 'faute')} à corriger" if faults else sheets,
        not faults,
        "Elles sont nommées ci-dessous, avec leur ligne." if faults else "",
    )
