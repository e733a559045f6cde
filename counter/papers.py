"""What views share to hand out a paper: the structure that signs it, the answer that carries it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flask import Response, url_for

from counter.web import agent, services


@dataclass(frozen=True)
class Structure:
    """Who hands out the paper. `specimen` marks papers made from demonstration data."""

    name: str
    specimen: bool
    logo: Path | None


def structure() -> Structure:
    settings = services().settings
    logo = settings.instance / settings.logo if settings.logo else None
    return Structure(settings.structure_name, services().demonstration, logo if logo and logo.is_file() else None)


def place() -> str:
    """The town papers are made in."""
    site = agent().site
    return services().settings.structure_city or (site.city if site else "")


def pdf_response(content: bytes, name: str) -> Response:
    """Shown in the browser, never kept by it."""
    return Response(content, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})


def public_address(endpoint: str, fragment: str = "") -> str:
    """The address of a page as visitors reach it; empty when the site has none outside this machine."""
    base = services().settings.public_url.rstrip("/")
    return f"{base}{url_for(endpoint)}{'#' + fragment if fragment else ''}" if base else ""
