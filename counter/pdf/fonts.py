"""The font of the papers: Bitstream Vera, bundled with ReportLab, always embedded."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD = "Vera", "VeraBd"


@lru_cache(maxsize=1)
def register_fonts() -> frozenset[int]:
    """Register the faces once; returns the code points they can print."""
    faces = [TTFont(REGULAR, "Vera.ttf"), TTFont(BOLD, "VeraBd.ttf")]
    for face in faces:
        pdfmetrics.registerFont(face)
    for italic in (0, 1):  # FALC has no italic: it falls back to the upright face
        addMapping(REGULAR, 0, italic, REGULAR)
        addMapping(REGULAR, 1, italic, BOLD)
    return frozenset(set(faces[0].face.charToGlyph) & set(faces[1].face.charToGlyph))


def printable(text: str) -> tuple[str, list[str]]:
    """The text with the letters the font has, and the signs it cannot print at all.

    A letter with a mark the font lacks (ş, ł, ộ) is printed without it: read by all, and better
    than a black square.
    """
    known = register_fonts()
    out, lost = [], []
    for c in unicodedata.normalize("NFC", text):
        if ord(c) in known:
            out.append(c)
            continue
        plain = _without_marks(c)
        if plain and all(ord(p) in known for p in plain):
            out.append(plain)
        elif unicodedata.combining(c):
            continue
        else:
            lost.append(c)
    return "".join(out), sorted(set(lost))


_NO_DECOMPOSITION = {
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ħ": "h",
    "Ħ": "H",
    "ŧ": "t",
    "Ŧ": "T",
    "ı": "i",
    "\u202f": "\u00a0",
    "\u2011": "-",
    "\u2009": "\u00a0",
}


def _without_marks(c: str) -> str:
    if c in _NO_DECOMPOSITION:
        return _NO_DECOMPOSITION[c]
    return "".join(p for p in unicodedata.normalize("NFD", c) if not unicodedata.combining(p))
