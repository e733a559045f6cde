"""The agent's home: search, four actions, the day."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask_login import current_user

from counter.access import Permission
from counter.appointments import WITHOUT_OUTCOME, Status
from counter.forms.appointments import ActForm
from counter.journal import Subject
from counter.processing import is_stale
from counter.security import allow
from counter.slots import minute_of
from counter.store import waiting
from counter.store.appointments import appointments_of_day
from counter.store.places import list_cafs
from counter.store.processing import list_processing
from counter.views.agenda import waited
from counter.views.lobby import live_parts
from counter.views.messages import told_by
from counter.web import agent, local, now, reading, seen, writing

blueprint = Blueprint("home", __name__)

OFTEN = (
    ("déclarer ses ressources", "dtr-rsa"),
    ("déménager", "changement-adresse"),
    ("attestation", "telecharger-attestation"),
    ("mot de passe", "me-connecter"),
)


@blueprint.get("/")
@allow(Permission.SIGNED_IN)
def home():
    """Where every visit begins. A référent, or an agent in no group yet, goes to what is open to them."""
    if not current_user.may(Permission.COUNTER):
        if current_user.may(Permission.FIGURES):
            return redirect(url_for("figures.follow_up"))
        return render_template("home/without_group.html", cafs=list_cafs(reading()))
    who = agent()
    today = local()
    appointments = appointments_of_day(reading(), who.site_id, today.date()) if who.site_id else []
    expected = [item for item in appointments if not item.is_cancelled and item.status_value is not Status.EXCUSED]
    minute = minute_of(today)
    coming = [
        item
        for item in expected
        if item.status in WITHOUT_OUTCOME and (item.status != Status.BOOKED or item.minute + item.duration >= minute)
    ]
    treated = list_processing(reading(), who.site.caf_id) if who.site else {}
    stale = any(is_stale(row.updated_at, now()) for row in treated.values())
    if coming:
        seen(Subject.AGENDA, who.site_id, today.date().isoformat())
    return render_template(
        "home/home.html",
        coming=coming,
        count=len(expected),
        often=OFTEN,
        treated=treated,
        stale=stale,
        waited=waited,
        offers=_offers(who.site_id, who.id) if who.site_id else [],
        form=ActForm(),
        **live_parts(who.id, who.site),
    )


def _offers(site_id: int, agent_id: int) -> list[tuple]:
    """Who is to be called because an earlier place is kept for them, with its day and minute, and by which means
    they are told of it too."""
    if waiting.has_lapsed(reading(), now()):
        with writing() as main:
            waiting.pass_on_lapsed(main, now())
    offers = waiting.list_offers(reading(), site_id, now(), agent_id)
    return [(asked, *waiting.offered_time(reading(), asked), told_by(asked.appointment)) for asked in offers]
