"""Steps of the dossier tests: give an agent's group a profile, search, say why, read."""

from __future__ import annotations

from sqlalchemy import select

from counter.models import Group, Membership
from counter.store.agents import get_agent
from tests.pages import Page, Visitor

REASONS = {"purpose": "accompagnement", "legal_basis": "mission", "recipient": "agent"}
INSTRUCTOR = "069A0100100000"


def give_profile(app, agent_id: int, profile: str | None) -> None:
    """The group of the agent has that profile from now on."""
    with app.extensions["counter"].main.writing() as session:
        assert get_agent(session, agent_id)
        query = select(Group).join(Membership).where(Membership.agent_id == agent_id)
        for group in session.scalars(query):
            group.profile = profile


def search(person: Visitor, name: str, number: str, expect: int = 200, **more: str) -> Page:
    person.get("/dossiers")
    shown = {key: value for key, value in more.items() if key in person.page.form(having="number")["names"]}
    return person.submit({"name": name, "number": number} | shown, having="number", expect=expect)


def open_dossier(person: Visitor, name: str = "Lambert", number: str = "9000001", **more: str) -> str:
    """Searched and opened; the address of its rubriques, without the last word."""
    search(person, name, number, **more)
    person.submit(REASONS, having="purpose")
    return person.page.url.rpartition("/")[0]
