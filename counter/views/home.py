"""The agent's home: search, four actions, the day."""

from __future__ import annotations

from flask import Blueprint, render_template

from counter.access import Permission
from counter.appointments import Status
from counter.processing import is_stale
from counter.security import allow
from counter.store.appointments import appointments_of_day
from counter.store.processing import list_processing
from counter.web import agent, local, now, reading

blueprint = Blueprint("home", __name__)

OFTEN = (
    ("déclarer ses ressources", "dtr-rsa"),
    ("déménager", "changement-adresse"),
    ("attestation", "telecharger-attestation"),
    ("mot de passe", "me-connecter"),
)


@blueprint.get("/")
@allow(Permission.COUNTER)
def home():
    """Where every visit begins."""
    who = agent()
    today = local()
    appointments = appointments_of_day(reading(), who.site_id, today.date()) if who.site_id else []
    booked = [item for item in appointments if item.status == Status.BOOKED]
    minute = today.hour * 60 + today.minute
    coming = [item for item in booked if item.minute + item.duration >= minute]
    treated = list_processing(reading(), who.site.caf_id) if who.site else {}
    stale = any(is_stale(row.updated_at, now()) for row in treated.values())
    return render_template(
        "home/home.html", coming=coming, count=len(booked), often=OFTEN, treated=treated, stale=stale
    )
