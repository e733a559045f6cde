"""The picture beside a step, drawn once as SVG for the page and for the paper.

A schema is a small neutral drawing of a screen: what to look at is in yellow, the rest is grey lines.
"""

from __future__ import annotations

from collections.abc import Callable
from xml.sax.saxutils import escape

from counter.tutorials import Picture

WIDTH, HEIGHT = 360, 250
INK, PAPER, SUN, GHOST, BAR, DOT = "#17212e", "#ffffff", "#ffc53d", "#ece8dd", "#e9e6dd", "#b9b3a2"
FONT = 'font-family="Verdana, DejaVu Sans, sans-serif"'
_CHAR = 0.62  # mean width of a bold letter, in font sizes


def draw(picture: Picture, shapes: Callable[[str], str]) -> str:
    """SVG of a picture. `shapes` gives the shapes of a named icon on a 24 × 24 grid.

    The drawing is hidden from screen readers: the page gives `picture.text` beside it.
    """
    body = _FRAMES[picture.screen](picture, shapes) if picture.screen else _big_icon(picture, shapes)
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" aria-hidden="true" '
        f'focusable="false">{body}</svg>'
    )


def _big_icon(picture: Picture, shapes) -> str:
    return (
        f'<rect x="70" y="15" width="220" height="220" rx="36" fill="#fff4d6"/>'
        f"{_icon(picture.icon, shapes, 105, 50, 150, 1.6)}"
    )


def _page(picture: Picture, shapes) -> str:
    return _window() + _ghosts(picture, 58) + _mark(picture, shapes, *_spot(picture))


def _form(picture: Picture, shapes) -> str:
    rows, y = "", 52
    for line in (*picture.lines[:2], *("",) * (2 - len(picture.lines[:2]))):
        rows += _label(line, 22, y + 12, 13) if line else _bar(22, y + 3, 110)
        rows += (
            f'<rect x="22" y="{y + 18}" width="316" height="26" rx="6" fill="{PAPER}" stroke="{DOT}" stroke-width="2"/>'
        )
        y += 56
    return _window() + rows + _mark(picture, shapes, 22, 176, 316)


def _menu(picture: Picture, shapes) -> str:
    items = list(picture.lines[:3])
    at = {"haut-gauche": 0, "haut-droite": 0, "bas": len(items)}.get(picture.place, min(1, len(items)))
    drawn, y = "", 48
    for index in range(len(items) + 1):
        if index == at:
            drawn += _mark(picture, shapes, 22, y, 316)
            y += 54
        else:
            drawn += _row(items.pop(0), y)
            y += 44
    return _window() + drawn


def _message(picture: Picture, shapes) -> str:
    envelope = (
        f'<rect x="40" y="20" width="280" height="210" rx="16" fill="{PAPER}" stroke="{INK}" stroke-width="3"/>'
        f"{_icon('mail', shapes, 58, 34, 40, 2)}{_bar(112, 44, 150)}{_bar(112, 62, 100)}"
    )
    texts = "".join(_label(line, 60, 104 + 24 * i, 14) for i, line in enumerate(picture.lines[:2]))
    ghosts = "".join(_bar(60, 96 + 22 * i, 230 - 40 * i) for i in range(len(picture.lines[:2]), 3))
    return envelope + texts + ghosts + _mark(picture, shapes, 60, 166, 240)


def _telephone(picture: Picture, shapes) -> str:
    case = (
        f'<rect x="110" y="4" width="140" height="242" rx="20" fill="{PAPER}" stroke="{INK}" stroke-width="3"/>'
        f'<rect x="160" y="12" width="40" height="6" rx="3" fill="{DOT}"/>'
    )
    texts = "".join(_label(line, 124, 52 + 26 * i, 12) for i, line in enumerate(picture.lines[:3]))
    ghosts = "".join(_bar(124, 44 + 26 * i, 100 - 18 * i) for i in range(len(picture.lines[:3]), 3))
    return case + texts + ghosts + _mark(picture, shapes, 80, 150, 200)


def _paper(picture: Picture, shapes) -> str:
    sheet = (
        f'<path d="M70 6h170l50 50v188H70z" fill="{PAPER}" stroke="{INK}" stroke-width="3"/>'
        f'<path d="M240 6v50h50" fill="{BAR}" stroke="{INK}" stroke-width="3"/>'
    )
    texts = "".join(_label(line, 90, 52 + 28 * i, 13) for i, line in enumerate(picture.lines[:3]))
    ghosts = "".join(_bar(90, 42 + 28 * i, 130 + 20 * i) for i in range(len(picture.lines[:3]), 4))
    return sheet + texts + ghosts + _mark(picture, shapes, 56, 158, 248)


_FRAMES = {
    "page": _page,
    "formulaire": _form,
    "menu": _menu,
    "message": _message,
    "telephone": _telephone,
    "papier": _paper,
}


def _window() -> str:
    dots = "".join(f'<circle cx="{22 + 17 * i}" cy="19" r="5" fill="{DOT}"/>' for i in range(3))
    return (
        f'<rect x="2" y="2" width="356" height="246" rx="14" fill="{PAPER}"/>'
        f'<path d="M2 34V16A14 14 0 0 1 16 2h328a14 14 0 0 1 14 14v18z" fill="{BAR}"/>{dots}'
        f'<rect x="2" y="2" width="356" height="246" rx="14" fill="none" stroke="{INK}" stroke-width="3"/>'
    )


def _ghosts(picture: Picture, top: int) -> str:
    y = top + (58 if picture.place.startswith("haut") else 0)
    rows = ""
    for index in range(5):
        if picture.place == "centre" and 110 <= y + 14 <= 186:
            y = 190
        if y > (170 if picture.place == "bas" else 225):
            break
        label = picture.lines[index] if index < len(picture.lines) else ""
        rows += _label(label, 20, y + 12, 13) if label else _bar(20, y, (230, 300, 190, 260, 210)[index])
        y += 28
    return rows


def _spot(picture: Picture) -> tuple[int, int, int]:
    wide = min(316, max(150, _text_width(picture.shows, 17) + (62 if picture.icon else 36)))
    x = {"haut-gauche": 20, "haut-droite": WIDTH - 20 - wide}.get(picture.place, (WIDTH - wide) // 2)
    y = {"haut-gauche": 48, "haut-droite": 48, "bas": 190}.get(picture.place, 122)
    return x, y, wide


def _mark(picture: Picture, shapes, x: int, y: int, width: int) -> str:
    """The yellow box: what the reader looks at. Its words shrink, then break in two, to stay inside."""
    if not picture.shows and not picture.icon:
        return ""
    room = width - (56 if picture.icon else 28)
    lines, size = _fit(picture.shows, room)
    height = 46 if len(lines) < 2 else 54
    left = x + (44 if picture.icon else 14)
    icon = _icon(picture.icon, shapes, x + 13, y + height / 2 - 11, 22, 2) if picture.icon else ""
    first = y + height / 2 + size * 0.36 - (len(lines) - 1) * size * 0.6
    words = "".join(_label(line, left, first + index * size * 1.2, size, bold=True) for index, line in enumerate(lines))
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="10" fill="{SUN}" stroke="{INK}" '
        f'stroke-width="3"/>{icon}{words}'
    )


def _fit(text: str, room: float) -> tuple[list[str], float]:
    for size in (17, 16, 15, 14):
        if _text_width(text, size) <= room:
            return [text], size
    words, lines = text.split(), [""]
    for word in words:
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and _text_width(longer, 14) > room and len(lines) < 2:
            lines.append(word)
        else:
            lines[-1] = longer
    size = min(14.0, room / max(1.0, max(_text_width(line, 1) for line in lines)))
    return lines, round(size, 1)


def _text_width(text: str, size: float) -> float:
    return len(text) * _CHAR * size


def _row(text: str, y: int) -> str:
    return f'<rect x="22" y="{y}" width="316" height="36" rx="8" fill="{BAR}"/>{_label(text, 36, y + 23, 14)}'


def _bar(x: float, y: float, width: float) -> str:
    return f'<rect x="{x}" y="{y}" width="{width}" height="12" rx="6" fill="{GHOST}"/>'


def _label(text: str, x: float, y: float, size: float, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:g}" y="{y:g}" {FONT} font-size="{size:g}"{weight} fill="{INK}">{escape(text)}</text>'


def _icon(name: str | None, shapes, x: float, y: float, size: float, stroke: float) -> str:
    if not name:
        return ""
    scale = size / 24
    return (
        f'<g transform="translate({x:g} {y:g}) scale({scale:g})" fill="none" stroke="{INK}" '
        f'stroke-width="{stroke:g}" stroke-linecap="round" stroke-linejoin="round">{shapes(name)}</g>'
    )
