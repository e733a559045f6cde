"""The font of the papers: Noto Sans (Latin with all its marks, Cyrillic, Greek), always embedded as a subset.

It comes from the package `pymupdf-fonts`, which carries font files and nothing else.
"""

from __future__ import annotations

import io
import unicodedata
from functools import lru_cache

from pymupdf_fonts import myfont
from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD = "NotoSans", "NotoSans-Bold"
_FILES = {REGULAR: "notos", BOLD: "notosbo"}


def font_file(name: str) -> io.BytesIO:
    """The TrueType file of one of the two faces."""
    return io.BytesIO(myfont(_FILES[name]))


@lru_cache(maxsize=1)
def register_fonts() -> frozenset[int]:
    """Register the faces once; returns the code points they can print."""
    faces = [TTFont(name, font_file(name)) for name in _FILES]
    for face in faces:
        pdfmetrics.registerFont(face)
    for italic in (0, 1):  # FALC has no italic: it falls back to the upright face
        addMapping(REGULAR, 0, italic, REGULAR)
        addMapping(REGULAR, 1, italic, BOLD)
    return frozenset(set(faces[0].face.charToGlyph) & set(faces[1].face.charToGlyph))


def printable(text: str) -> tuple[str, list[str]]:
    """The text with the letters the font has, and the signs it cannot print at all.

    A letter with a mark the font lacks is printed without it: read by all, and better than a black square.
    Arabic, Hebrew, Chinese… are lost: they need letters joined or turned, which these papers do not do.
    """
    known = register_fonts()
    out, lost = [], []
    for c in unicodedata.normalize("NFC", text):
        if ord(c) in known:
            out.append(c)
            continue
        plain = _LIKE.get(c) or _without_marks(c)
        if plain and all(ord(p) in known for p in plain):
            out.append(plain)
        elif unicodedata.combining(c):
            continue
        else:
            lost.append(c)
    return "".join(out), sorted(set(lost))


_LIKE = {"\u202f": "\u00a0", "\u2011": "-", "\u2009": "\u00a0"}


def _without_marks(c: str) -> str:
    return "".join(p for p in unicodedata.normalize("NFD", c) if not unicodedata.combining(p))
