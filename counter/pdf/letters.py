"""Words on paper, in any language our fonts have letters for, from left to right or from right to left.

`words(text, style, language)` gives what a sheet lays out: a ReportLab paragraph for a text that runs from left to
right only, `TwoWay` for one that holds a right-to-left script or is in a language written so. HarfBuzz joins Arabic
letters, the Unicode bidirectional algorithm orders them (python-bidi), and beside the drawing of each word stands the
word itself (ActualText), for whoever copies it, searches it or has it read aloud.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import getFont, stringWidth
from reportlab.platypus import Flowable, Paragraph

from counter.formatting import typo
from counter.pdf.fonts import ARABIC, BOLD, REGULAR, font_file, is_arabic, printable, register_arabic, register_fonts

FRENCH = "fr"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "ps", "ur", "ckb", "ug", "he"})  # languages, as in `<html lang>`
TURNED = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
ARABIC_WORDS = re.compile(f"{TURNED.pattern}+(?: +{TURNED.pattern}+)*")
_LEFT_MARK = "\u200e"
_BOLDER = 0.035  # of the size: the stroke that makes the Arabic face bold
_OWN_CODES = 0xE000  # private code points, one for each glyph that no letter names


def plain(text: str, language: str = FRENCH) -> str:
    """Text for the paper: French spaces in French, only letters the fonts have."""
    spaced = typo(text) if language == FRENCH else text
    return printable(spaced.replace("\u202f", "\u00a0"))[0]


def framed(text: str) -> str:
    """The same for what is drawn as it is, in Latin letters only: head and foot of a page."""
    return printable(typo(text).replace("\u202f", "\u00a0"), latin_only=True)[0]


def marked(text: str, language: str = FRENCH) -> str:
    """`plain` for ReportLab's paragraphs: escaped, `**bold**` kept."""
    return re.sub(r"\*\*(.+?)\*\*", rf'<font name="{BOLD}">\1</font>', escape(plain(text, language)))


def words(text: str, style: ParagraphStyle, language: str = FRENCH, whole: bool = False) -> Flowable:
    """A paragraph of `text` (`**bold**` is its only mark) in `language`, a code as in `<html lang>`: "ar", "uk", "tr"…

    A text in a language of RIGHT_TO_LEFT begins at the right. With `whole`, it stands on one page when a page can hold
    it. Letters that no font of ours has are left out: ask `counter.pdf.fonts.printable` before, and say so.
    """
    if language in RIGHT_TO_LEFT or TURNED.search(text):
        return TwoWay(plain(text, language), style, language, whole)
    if language != FRENCH:
        style = ParagraphStyle(style.name, parent=style, language=language)
    return (Whole if whole else Spoken)(marked(text, language), style)


TALLEST_WHOLE = 300  # points: what is higher may be split, or no page could hold it


class Spoken(Paragraph):
    """A paragraph that says its language, that of its style, when it is not French: a voice reads it well."""

    def draw(self):
        language = getattr(self.style, "language", FRENCH)
        if language == FRENCH:
            super().draw()
        else:
            with _span(self.canv, f"/Lang ({language})"):
                super().draw()


class Whole(Spoken):
    """A sentence that stands on one page."""

    def split(self, width, height):
        return super().split(width, height) if self.wrap(width, height)[1] > TALLEST_WHOLE else []


# ── a text that runs both ways ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Letter:
    """`level` is that of the bidirectional algorithm: odd runs from right to left. `c` is not mirrored yet."""

    c: str
    level: int
    bold: bool
    face: str

    @property
    def style(self) -> tuple[str, bool, bool]:
        return self.face, self.bold, self.level % 2 == 1


class TwoWay(Flowable):
    """A paragraph whose lines are broken, then turned and joined as its scripts want it."""

    def __init__(self, text: str, style: ParagraphStyle, language: str = FRENCH, whole: bool = False, lines=None):
        super().__init__()
        self.style, self.language, self._whole = style, language, whole
        self._text, self._lines = text, lines
        self.keepWithNext = style.keepWithNext  # else Flowable's own
        self._turned = language in RIGHT_TO_LEFT

    def wrap(self, width, height):
        if self._lines is None or width != getattr(self, "_laid_for", width):
            self._lines = list(_broken(self._letters(), width, self.style.fontSize))
        self.width, self._laid_for = width, width
        self.height = len(self._lines) * self.style.leading
        return width, self.height

    def _letters(self) -> list[_Letter]:
        return _letters(self._text, self._turned, self.style.fontName == BOLD)

    def split(self, width, height):
        tall = self.wrap(width, height)[1]
        fit = int(height // self.style.leading)
        if fit < 1 or (self._whole and tall <= TALLEST_WHOLE):
            return []
        if fit >= len(self._lines):
            return [self]
        return [self._part(self._lines[:fit], width), self._part(self._lines[fit:], width)]

    def _part(self, lines, width):
        part = TwoWay("", self.style, self.language, self._whole, lines)
        part._laid_for = width
        return part

    def draw(self):
        size = self.style.fontSize
        for number, line in enumerate(self._lines):
            baseline = self.height - size - number * self.style.leading
            at_right = self._turned or self.style.alignment == TA_RIGHT
            left = self.width - _width(line, size) if at_right else 0
            _draw_line(self.canv, left, baseline, line, self.style, self.language)


def _letters(text: str, turned: bool, all_bold: bool) -> list[_Letter]:
    """The letters in reading order, with their levels (Unicode Standard Annex 9); a base direction is always given."""
    from bidi import algorithm

    bare, bold = _without_marks(text)
    if not turned:
        bare, bold = _closed(bare, bold)
    storage = algorithm.get_empty_storage()
    storage["base_level"], storage["base_dir"] = (1, "R") if turned else (0, "L")
    algorithm.get_embedding_levels(bare, storage)
    for letter, thick in zip(storage["chars"], bold, strict=True):
        letter["bold"] = thick or all_bold
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    algorithm.resolve_neutral_types(storage, False)
    algorithm.resolve_implicit_levels(storage, False)
    known = register_fonts()
    out, face = [], REGULAR
    for letter in storage["chars"]:
        c = letter["ch"]
        if c == _LEFT_MARK:
            continue
        if is_arabic(c):
            face = ARABIC
        elif ord(c) in known:
            face = BOLD if letter["bold"] else REGULAR
        out.append(_Letter(c, letter["level"], letter["bold"], face))
    return out


def _without_marks(text: str) -> tuple[str, list[bool]]:
    """The text without its `**`, and which of its letters are bold."""
    bare, bold = "", []
    for number, part in enumerate(re.split(r"\*\*(.+?)\*\*", text)):
        bare += part
        bold += [number % 2 == 1] * len(part)
    return bare, bold


def _closed(bare: str, bold: list[bool]) -> tuple[str, list[bool]]:
    """A mark after each Arabic name of a text that runs from left to right: the « , 9 mars » that follows is not part
    of the name."""
    closed = ARABIC_WORDS.sub(lambda name: name[0] + _LEFT_MARK, bare)
    flags = iter(bold)
    return closed, [False if c == _LEFT_MARK else next(flags) for c in closed]


def _broken(letters: list[_Letter], width: float, size: float) -> Iterator[list[_Letter]]:
    """Lines no wider than `width` points, broken at spaces; a word wider than a line is cut."""
    line: list[_Letter] = []
    for word in _words_of(letters):
        if line and _width([*line, *word], size) > width:
            yield line
            line = []
        while _width(word, size) > width and len(word) > 1:
            room = next(n for n in range(len(word), 0, -1) if n == 1 or _width(word[:n], size) <= width)
            yield word[:room]
            word = word[room:]
        space = _Letter(" ", _between(line, word), False, REGULAR)
        line = [*line, space, *word] if line else list(word)
    yield line


def _words_of(letters: Iterable[_Letter]) -> Iterator[list[_Letter]]:
    for blank, word in groupby(letters, key=lambda letter: letter.c in " \n\t"):
        if not blank:
            yield list(word)


def _between(line: list[_Letter], word: list[_Letter]) -> int:
    """The level of the space between two words: the lower one, as a neutral between them has."""
    return min(line[-1].level, word[0].level) if line else 0


def _width(letters: list[_Letter], size: float) -> float:
    return sum(width for width, _ in _measured(letters, size))


def _measured(letters: list[_Letter], size: float) -> list[tuple[float, tuple]]:
    """(width in points, (face, bold, glyphs or text)) of each run, in the order of reading."""
    return [
        (_run_width(key, "".join(letter.c for letter in run), size), key)
        for key, run in groupby(letters, key=lambda letter: letter.style)
    ]


def _run_width(key: tuple[str, bool, bool], text: str, size: float) -> float:
    face, _, turned = key
    if face != ARABIC:
        return stringWidth(text, face, size)
    return sum(glyph.advance for glyph in _shaped(text, turned)) * size / 1000


def _draw_line(canvas, x: float, y: float, line: list[_Letter], style: ParagraphStyle, language: str) -> None:
    """Draw a line from `x`, in its language for whoever hears it."""
    with _span(canvas, f"/Lang ({language})"):
        for (face, bold, turned), run in groupby(_reordered(line), key=lambda letter: letter.style):
            text = "".join(letter.c for letter in run)
            if face == ARABIC:
                x += _draw_arabic(canvas, x, y, text[::-1] if turned else text, turned, bold, style)
            else:
                x += _draw_plain(canvas, x, y, text, face, style)


@contextmanager
def _span(canvas, properties: str):
    """What is drawn meanwhile is one piece of content with these properties."""
    canvas._code.append(f"/Span <<{properties}>> BDC")
    yield
    canvas._code.append("EMC")


def _reordered(line: list[_Letter]) -> list[_Letter]:
    """The letters of a line as they stand from left to right (rule L2), brackets of a turned run mirrored (L4; HarfBuzz
    mirrors its own)."""
    from bidi.mirror import MIRRORED

    out = [
        replace(letter, c=MIRRORED.get(letter.c, letter.c)) if letter.level % 2 and letter.face != ARABIC else letter
        for letter in line
    ]
    for level in range(max(letter.level for letter in line), 0, -1):
        parts = [(high, list(part)) for high, part in groupby(out, key=lambda letter: letter.level >= level)]
        out = [letter for high, part in parts for letter in (part[::-1] if high else part)]
    return out


def _draw_plain(canvas, x: float, y: float, text: str, face: str, style: ParagraphStyle) -> float:
    canvas.setFillColor(style.textColor)
    canvas.setFont(face, style.fontSize)
    canvas.drawString(x, y, text)
    return stringWidth(text, face, style.fontSize)


def _draw_arabic(canvas, x: float, y: float, text: str, turned: bool, bold: bool, style: ParagraphStyle) -> float:
    """Draw a word of joined letters; bold is a stroke around them, as the face has one weight.

    A glyph is a part of a letter (its dots), a letter, or several: the word itself is written beside them.
    """
    size, start = style.fontSize, x
    pen = canvas.beginText()
    pen.setFont(ARABIC, size)
    pen.setFillColor(style.textColor)
    if bold:
        pen.setStrokeColor(style.textColor)
        pen.setTextRenderMode(2)
        canvas.setLineWidth(size * _BOLDER)
    for glyph in _shaped(text, turned):
        pen.setTextOrigin(x + glyph.right * size / 1000, y + glyph.up * size / 1000)
        pen.textOut(glyph.code)
        x += glyph.advance * size / 1000
    if bold:
        pen.setTextRenderMode(0)
    with _span(canvas, f"/ActualText <{(BOM_UTF16_BE + text.encode('utf-16-be')).hex().upper()}>"):
        canvas.drawText(pen)
    return x - start


@dataclass(frozen=True)
class _Glyph:
    """`code` is the character that draws it with the Arabic face; the measures are thousandths of the size."""

    code: str
    advance: float
    right: float
    up: float


@lru_cache(maxsize=4096)
def _shaped(text: str, turned: bool) -> tuple[_Glyph, ...]:
    """The glyphs of a word in the Arabic face, from left to right."""
    import uharfbuzz

    face, font = _arabic_face()
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if turned else "ltr"
    uharfbuzz.shape(font, buffer)
    per = 1000 / face.unitsPerEm
    return tuple(
        _Glyph(_code_of(face, info.codepoint), at.x_advance * per, at.x_offset * per, at.y_offset * per)
        for info, at in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    )


@lru_cache(maxsize=1)
def _arabic_face():
    import uharfbuzz

    register_arabic()
    return getFont(ARABIC).face, uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob(font_file(ARABIC).getvalue())))


def _code_of(face, glyph: int) -> str:
    """A character that stands for this glyph: a real one when there is one, else always the same private one, so that
    the same text gives the same bytes whatever was printed before."""
    named = face.glyphToChar.get(glyph)
    if named:
        return chr(named[0])
    code = _OWN_CODES + glyph
    face.charToGlyph[code] = glyph
    face.charWidths[code] = face.hmetrics[glyph][0]
    return chr(code)
