"""The picture beside a step, drawn once as SVG for the page and for the paper.

A schema is a small neutral drawing of a screen: what to look at is in yellow, the rest is grey lines.
Its words are large: 22 units are 22 pixels on the page and 14 points in the booklet.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.sax.saxutils import escape

from counter.tutorials import Picture

WIDTH, HEIGHT = 360, 290
INK, PAPER, SUN, GHOST, BAR, DOT = "#17212e", "#ffffff", "#ffc53d", "#ece8dd", "#e9e6dd", "#b9b3a2"
FONT = 'font-family="Verdana, DejaVu Sans, sans-serif"'
TEXT = 22
_CHAR, _CHAR_BOLD = 0.58, 0.66  # mean width of a letter, in font sizes
_LEFT, _ROOM = 22, 316  # where the content of a window begins, and how wide it may be


def draw(picture: Picture, shapes: Callable[[str], str]) -> str:
    """SVG of a picture. `shapes` gives the shapes of a named icon on a 24 × 24 grid.

    The drawing is hidden from screen readers: the page gives `picture.text` beside it.
    """
    body = _FRAMES[picture.screen](picture, shapes) if picture.screen else _big_icon(picture, shapes)
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" aria-hidden="true" '
        f'focusable="false">{body}</svg>'
    )


def is_legible(picture: Picture) -> bool:
    """Whether every word of the picture keeps its size: a mark too long for two lines shrinks to stay inside."""
    sizes = re.findall(r'font-size="([\d.]+)"', draw(picture, lambda name: ""))
    return all(float(size) >= TEXT for size in sizes)


def _big_icon(picture: Picture, shapes) -> str:
    return (
        f'<rect x="60" y="25" width="240" height="240" rx="40" fill="#fff4d6"/>'
        f"{_icon(picture.icon, shapes, 100, 65, 160, 1.6)}"
    )


def _page(picture: Picture, shapes) -> str:
    """A page: where the mark stands is where the button is on the real one."""
    width = min(_ROOM, max(150, _width(picture.shows, TEXT, bold=True) + (64 if picture.icon else 40)))
    extra = _height(_words(picture, width)) - 54  # a mark on two lines pushes the words around it
    count = max(len(picture.lines[:4]), 3 if extra else 4)
    x = {"haut-gauche": _LEFT, "haut-droite": WIDTH - _LEFT - width}.get(picture.place, (WIDTH - width) / 2)
    if picture.place.startswith("haut"):
        return _window() + _mark(picture, shapes, x, 46, width) + _lines(picture.lines, 138 + extra, count)
    if picture.place == "bas":
        return _window() + _lines(picture.lines, 62, count) + _mark(picture, shapes, x, 208 - extra, width)
    return (
        _window()
        + _lines(picture.lines[:1], 62, 1)
        + _mark(picture, shapes, x, 100 - extra / 2, width)
        + _lines(picture.lines[1:], 202 + extra / 2, 2)
    )


def _form(picture: Picture, shapes) -> str:
    fields = "".join(
        _lines(picture.lines[row : row + 1], 62 + 70 * row, 1)
        + f'<rect x="{_LEFT}" y="{74 + 70 * row}" width="{_ROOM}" height="28" rx="6" fill="{PAPER}" stroke="{DOT}" '
        f'stroke-width="2"/>'
        for row in range(2)
    )
    return _window() + fields + _mark(picture, shapes, _LEFT, 196, _ROOM)


def _menu(picture: Picture, shapes) -> str:
    items = list(picture.lines[:3])
    at = {"haut-gauche": 0, "haut-droite": 0, "bas": len(items)}.get(picture.place, min(1, len(items)))
    drawn, y = "", 42
    for index in range(len(items) + 1):
        if index == at:
            drawn += _mark(picture, shapes, _LEFT, y, _ROOM)
            y += 86
        else:
            drawn += f'<rect x="{_LEFT}" y="{y}" width="{_ROOM}" height="44" rx="8" fill="{BAR}"/>'
            drawn += _label(_cut(items.pop(0), _ROOM - 28), _LEFT + 14, y + 29, _ROOM - 28)
            y += 52
    return _window() + drawn


def _message(picture: Picture, shapes) -> str:
    envelope = (
        f'<rect x="14" y="14" width="332" height="262" rx="16" fill="{PAPER}" stroke="{INK}" stroke-width="3"/>'
        f"{_icon('mail', shapes, 32, 30, 44, 2)}{_bar(92, 40, 190)}{_bar(92, 60, 120)}"
    )
    return envelope + _lines(picture.lines, 114, 2, 34, 292) + _mark(picture, shapes, 34, 186, 292)


def _telephone(picture: Picture, shapes) -> str:
    case = (
        f'<rect x="64" y="4" width="232" height="282" rx="26" fill="{PAPER}" stroke="{INK}" stroke-width="3"/>'
        f'<rect x="155" y="16" width="50" height="8" rx="4" fill="{DOT}"/>'
    )
    return case + _lines(picture.lines, 66, 3, 82, 196) + _mark(picture, shapes, 46, 178, 268)


def _paper(picture: Picture, shapes) -> str:
    sheet = (
        f'<path d="M42 6h218l58 58v220H42z" fill="{PAPER}" stroke="{INK}" stroke-width="3"/>'
        f'<path d="M260 6v58h58" fill="{BAR}" stroke="{INK}" stroke-width="3"/>'
    )
    return (
        sheet
        + _lines(picture.lines[:1], 50, 1, 60, 190)
        + _lines(picture.lines[1:], 102, 2, 60, 244)
        + _mark(picture, shapes, 24, 178, 312)
    )


_FRAMES = {
    "page": _page,
    "formulaire": _form,
    "menu": _menu,
    "message": _message,
    "telephone": _telephone,
    "papier": _paper,
}


def _window() -> str:
    dots = "".join(f'<circle cx="{22 + 17 * i}" cy="17" r="5" fill="{DOT}"/>' for i in range(3))
    edge = HEIGHT - 4
    return (
        f'<rect x="2" y="2" width="356" height="{edge}" rx="14" fill="{PAPER}"/>'
        f'<path d="M2 30V16A14 14 0 0 1 16 2h328a14 14 0 0 1 14 14v14z" fill="{BAR}"/>{dots}'
        f'<rect x="2" y="2" width="356" height="{edge}" rx="14" fill="none" stroke="{INK}" stroke-width="3"/>'
    )


def _lines(lines: tuple[str, ...], first: float, count: int, x: float = _LEFT, room: float = _ROOM) -> str:
    """`count` lines 38 units apart, the first on the baseline `first`: words where there are, grey bars else."""
    drawn = ""
    for index in range(count):
        y = first + 38 * index
        if index < len(lines):
            drawn += _label(_cut(lines[index], room), x, y, room)
        else:
            drawn += _bar(x, y - 13, room * (0.7, 0.9, 0.55, 0.8)[index])
    return drawn


def _mark(picture: Picture, shapes, x: float, y: float, width: float) -> str:
    """The yellow box: what the reader looks at. Long words break in two lines, then shrink to stay inside."""
    if not picture.shows and not picture.icon:
        return ""
    lines = _words(picture, width)
    height = _height(lines)
    left, room = (x + 48, width - 60) if picture.icon else (x + 16, width - 32)
    icon = _icon(picture.icon, shapes, x + 14, y + height / 2 - 12, 24, 2) if picture.icon else ""
    first = y + height / 2 + 8 - (len(lines) - 1) * 13
    words = "".join(_label(line, left, first + 26 * index, room, bold=True) for index, line in enumerate(lines))
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height}" rx="10" fill="{SUN}" stroke="{INK}" '
        f'stroke-width="3"/>{icon}{words}'
    )


def _words(picture: Picture, width: float) -> list[str]:
    """The words of the mark, on the lines they take in a mark this wide."""
    return _break(picture.shows, width - (60 if picture.icon else 32))


def _height(lines: list[str]) -> int:
    return 54 if len(lines) < 2 else 76


def _break(text: str, room: float) -> list[str]:
    """The text on one line, or on two of about the same length."""
    words = text.split()
    if _width(text, TEXT, bold=True) <= room or len(words) < 2:
        return [text]
    cuts = [(" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words))]
    return list(min(cuts, key=lambda cut: max(map(len, cut))))


def _cut(text: str, room: float) -> str:
    """What stands around the mark, cut with « … » rather than written too small to read (14 points, 18 px)."""
    words = text.split()
    if _width(text, TEXT) <= room * _TOLERANCE or len(words) < 2:
        return text
    while len(words) > 1 and (_width(" ".join(words) + "…", TEXT) > room or len(words[-1]) <= 3):
        words.pop()
    return " ".join(words) + "…"


def _width(text: str, size: float, bold: bool = False) -> float:
    return len(text) * (_CHAR_BOLD if bold else _CHAR) * size


def _bar(x: float, y: float, width: float) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="14" rx="7" fill="{GHOST}"/>'


_TOLERANCE = 1.03  # the width of a letter is a guess


def _label(text: str, x: float, y: float, room: float, bold: bool = False) -> str:
    width = _width(text, TEXT, bold)
    size = TEXT if width <= room * _TOLERANCE else round(TEXT * room / width, 1)
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:g}" y="{y:g}" {FONT} font-size="{size:g}"{weight} fill="{INK}">{escape(text)}</text>'


def _icon(name: str | None, shapes, x: float, y: float, size: float, stroke: float) -> str:
    if not name:
        return ""
    return (
        f'<g transform="translate({x:g} {y:g}) scale({size / 24:g})" fill="none" stroke="{INK}" '
        f'stroke-width="{stroke:g}" stroke-linecap="round" stroke-linejoin="round">{shapes(name)}</g>'
    )
