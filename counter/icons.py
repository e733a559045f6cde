"""Lucide icons, drawn once each: as inline SVG for pages, as a fragment for the schemas on paper."""

from __future__ import annotations

import io
import re
from functools import cache, lru_cache
from importlib.resources import files
from zipfile import ZipFile

from markupsafe import Markup

# What each drawing of the package says of itself, but for its size.
_DRAWN = (
    'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" '
    'stroke-linejoin="round"'
)


class UnknownIcon(LookupError):
    """No Lucide icon has this name."""


@lru_cache(maxsize=512)
def icon(name: str, size: int = 24) -> Markup:
    """Inline SVG of `size` CSS pixels, hidden from screen readers: the words beside it say it all.

    Raises UnknownIcon.
    """
    said = f'width="{size}" height="{size}" {_DRAWN} aria-hidden="true" focusable="false"'
    return Markup(f"<svg {said}>{icon_shapes(name)}</svg>")


@lru_cache(maxsize=512)
def icon_shapes(name: str) -> str:
    """The shapes of an icon on its 24 × 24 grid, to be placed inside another drawing. Raises UnknownIcon."""
    try:
        drawing = _drawings().read(f"{name}.svg").decode()
    except KeyError as error:
        raise UnknownIcon(name) from error
    return re.sub(r">\s+<", "><", re.search(r"<svg[^>]*>(.*)</svg>", drawing, re.S)[1].strip())


def knows_icon(name: str) -> bool:
    """Whether Lucide has an icon of this name."""
    try:
        _drawings().getinfo(f"{name}.svg")
    except KeyError:
        return False
    return True


@cache
def _drawings() -> ZipFile:
    """The package keeps its 1,700 drawings in one archive, which its own functions open again for each: 10 ms an icon,
    a third of a second for the first page after a start."""
    return ZipFile(io.BytesIO(files("lucide").joinpath("lucide.zip").read_bytes()))
