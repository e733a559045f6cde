"""Lucide icons, drawn once each: as inline SVG for pages, as a fragment for the schemas on paper."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from zipfile import ZipFile

from lucide import IconDoesNotExist, _render_icon
from markupsafe import Markup


class UnknownIcon(LookupError):
    """No Lucide icon has this name."""


@lru_cache(maxsize=512)
def icon(name: str, size: int = 24) -> Markup:
    """Inline SVG of `size` CSS pixels, hidden from screen readers: the words beside it say it all.

    Raises UnknownIcon.
    """
    try:
        svg = _render_icon(name, size, aria_hidden="true", focusable="false")
    except IconDoesNotExist as error:
        raise UnknownIcon(name) from error
    return Markup(re.sub(r'\sclass="[^"]*"', "", re.sub(r">\s+<", "><", svg), count=1))


def knows_icon(name: str) -> bool:
    """Whether Lucide has an icon of this name."""
    return f"{name}.svg" in _files()


@cache
def _files() -> frozenset[str]:
    """The package keeps its drawings in one archive; to draw each only to know its name takes a second at the start."""
    with files("lucide").joinpath("lucide.zip").open("rb") as archive, ZipFile(archive) as drawings:
        return frozenset(drawings.namelist())


@lru_cache(maxsize=512)
def icon_shapes(name: str) -> str:
    """The shapes of an icon on its 24 × 24 grid, to be placed inside another drawing."""
    return re.search(r"<svg[^>]*>(.*)</svg>", str(icon(name)), re.S).group(1)
