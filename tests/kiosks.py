"""A kiosk of the demonstration, enrolled as an administrator and someone in the lobby do it."""

from __future__ import annotations

import re

from flask import Flask

from counter.demonstration import PASSWORD
from tests.pages import Visitor, text_of

HALL = "Hall d'entrée"


def code_for(app: Flask, site: str = "L'Arbresle", name: str = HALL) -> str:
    """The code an administrator is shown for a new kiosk of a site."""
    administrator = Visitor(app).sign_in("dominique", PASSWORD)
    administrator.get("/administration/bornes")
    sites = {text_of(option): option.get("value") for option in administrator.page.all("option")}
    said = administrator.submit({"name": name, "site": sites[site]}, having="name")
    return re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}", said.text)[0]


def enrolled(app: Flask, **where) -> Visitor:
    """Someone before a kiosk of L'Arbresle (or `site`)."""
    visitor = Visitor(app)
    visitor.get("/borne")
    visitor.submit({"code": code_for(app, **where)}, having="code")
    return visitor
