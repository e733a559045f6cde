"""The day of a site: who comes, when, with which needs."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, render_template, request

from counter.access import Permission
from counter.diagnosis import Need
from counter.security import allow
from counter.store.appointments import appointments_of_day
from counter.store.places import get_site, list_sites
from counter.web import agent, caf_id, found, local, reading

blueprint = Blueprint("agenda", __name__, url_prefix="/agenda")


@blueprint.get("")
@allow(Permission.COUNTER)
def day():
    """`?jour=2026-11-24&site=3`; today and the agent's site when not said."""
    shown = _day(request.args.get("jour"))
    site = found(_site(request.args.get("site")))
    return render_template(
        "agenda/day.html",
        day=shown,
        site=site,
        sites=list_sites(reading(), caf_id()),
        today=local().date(),
        before=shown - timedelta(days=1),
        after=shown + timedelta(days=1),
        need_label=lambda code: Need(code).label,
        appointments=appointments_of_day(reading(), site.id, shown),
    )


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text) if text and "2000" <= text < "2100" else local().date()
    except ValueError:
        return local().date()


def _site(text: str | None):
    site_id = int(text) if text and text.isdecimal() and len(text) < 10 else agent().site_id
    site = get_site(reading(), site_id) if site_id else None
    return site if site and site.caf_id == caf_id() else None
