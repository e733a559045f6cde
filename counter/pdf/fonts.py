"""The fonts of the papers: Noto Sans (Latin with all its marks, Vietnamese, Cyrillic, Greek) and Noto Sans Arabic,
always embedded as subsets.

They come from the packages `pymupdf-fonts` and `fontpkg-noto-sans-arabic`, which carry font files and nothing else. The
Arabic one is read when a text first needs it: most papers never do.
"""

from __future__ import annotations

import io
import unicodedata
from functools import lru_cache
from pathlib import Path

from pymupdf_fonts import myfont
from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD, ARABIC = "NotoSans", "NotoSans-Bold", "NotoSansArabic"
_FILES = {REGULAR: "notos", BOLD: "notosbo"}


def font_file(name: str) -> io.BytesIO:
    """The TrueType file of one of the faces. The Arabic one is variable: what is drawn is its default, regular."""
    if name == ARABIC:
        import fontpkg_noto_sans_arabic

        (path,) = (Path(fontpkg_noto_sans_arabic.ROOT) / "files").glob("*.ttf")
        return io.BytesIO(path.read_bytes())
    return io.BytesIO(myfont(_FILES[name]))


@lru_cache(maxsize=1)
def register_fonts() -> frozenset[int]:
    """Register the two Latin faces once; returns the code points they can print."""
    faces = [TTFont(name, font_file(name), shapable=False) for name in _FILES]
    for face in faces:
        pdfmetrics.registerFont(face)
    for italic in (0, 1):  # FALC has no italic: it falls back to the upright face
        addMapping(REGULAR, 0, italic, REGULAR)
        addMapping(REGULAR, 1, italic, BOLD)
    return frozenset(set(faces[0].face.charToGlyph) & set(faces[1].face.charToGlyph))


@lru_cache(maxsize=1)
def register_arabic() -> frozenset[int]:
    """Register the Arabic face once; returns the code points it can print."""
    font = TTFont(ARABIC, font_file(ARABIC), shapable=False)
    known = frozenset(font.face.charToGlyph)
    pdfmetrics.registerFont(font)
    for italic in (0, 1):
        for bold in (0, 1):
            addMapping(ARABIC, bold, italic, ARABIC)
    return known


def printable(text: str, latin_only: bool = False) -> tuple[str, list[str]]:
    """The text with the letters the fonts have, and the signs they cannot print at all.

    A letter with a mark the fonts lack is printed without it: read by all, and better than a black square.
    Arabic letters are printed joined and from right to left (counter.pdf.letters); `latin_only` for a text that is
    drawn as it is, such as a picture's. Hebrew, Chinese, Tamil… are lost: no font of ours has them.
    """
    known = register_fonts()
    out, lost = [], []
    for c in unicodedata.normalize("NFC", text):
        if unicodedata.category(c) == "Cf":  # joiners, marks that turn a text: nobody sees them, and they can deceive
            continue
        if ord(c) in known or (not latin_only and is_arabic(c)):
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


# What stands in for signs the font lacks; a minus sign must never vanish from an amount.
_LIKE = {"\u202f": "\u00a0", "\u2011": "-", "\u2009": "\u00a0", "\u2212": "\u2013"}
_ARABIC_BLOCKS = ((0x0600, 0x06FF), (0x0750, 0x077F), (0x08A0, 0x08FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC))


def is_arabic(c: str) -> bool:
    """Whether it is a sign of the Arabic script that the Arabic face has."""
    return any(first <= ord(c) <= last for first, last in _ARABIC_BLOCKS) and ord(c) in register_arabic()


def _without_marks(c: str) -> str:
    return "".join(p for p in unicodedata.normalize("NFD", c) if not unicodedata.combining(p))
