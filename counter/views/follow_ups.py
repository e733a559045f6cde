"""Another appointment for the person of this one: nothing is typed again, nothing personal is in the address."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for

from counter.access import Permission
from counter.motifs import may_follow
from counter.security import allow
from counter.views.booking import Way, choose_page, contact_page, keep_slot, motifs_page
from counter.views.slots import appointment_of, motif_of
from counter.web import local

blueprint = Blueprint("follow_ups", __name__, url_prefix="/rendez-vous/<int:appointment_id>/suite")


def _way(appointment_id: int) -> Way | None:
    """None as long as the appointment is still to come: it is moved, not followed."""
    after = appointment_of(appointment_id)
    return Way(after) if may_follow(after.status_value, after.day, local().date()) else None


def _back(appointment_id: int):
    return redirect(url_for("appointments.booked", appointment_id=appointment_id))


@blueprint.get("")
@allow(Permission.COUNTER)
def choose(appointment_id: int):
    """The motif, the usual one first; with `?motif=`, its free slots."""
    way = _way(appointment_id)
    if way is None:
        return _back(appointment_id)
    return choose_page(way, motif_of(request.args["motif"])) if "motif" in request.args else motifs_page(way)


@blueprint.post("/creneau")
@allow(Permission.COUNTER)
def hold(appointment_id: int):
    way = _way(appointment_id)
    return keep_slot(way) if way else _back(appointment_id)


@blueprint.route("/coordonnees", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def contact(appointment_id: int):
    way = _way(appointment_id)
    return contact_page(way) if way else _back(appointment_id)
