"""The SVG picture of a step as a ReportLab flowable."""

from __future__ import annotations

import io
from functools import lru_cache

from reportlab.graphics.shapes import STATE_DEFAULTS, Drawing
from svglib.fonts import register_font
from svglib.svglib import svg2rlg

from counter.icons import icon_shapes
from counter.pdf.fonts import BOLD, REGULAR, font_file, printable, register_fonts
from counter.tutorials import Picture
from counter.tutorials.pictures import FONT, draw


@lru_cache(maxsize=1)
def _name_fonts() -> None:
    """Tell svglib our two faces, so that it never goes and looks for others on the machine."""
    register_font(REGULAR, font_file(REGULAR), rlgFontName=REGULAR)
    register_font(REGULAR, font_file(BOLD), weight="bold", rlgFontName=BOLD)
    STATE_DEFAULTS["fontName"] = REGULAR


def picture_flowable(picture: Picture, width: float) -> Drawing:
    """The picture, `width` points wide, its words in the font of the paper."""
    register_fonts()
    _name_fonts()
    svg = draw(picture, icon_shapes).replace(FONT, f'font-family="{REGULAR}"')
    svg = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    drawing = svg2rlg(io.StringIO(printable(svg, latin_only=True)[0]))
    scale = width / drawing.width
    drawing.scale(scale, scale)
    drawing.width, drawing.height = drawing.width * scale, drawing.height * scale
    return drawing
