"""The frame of every paper: structure's name, title, place and date, content, page n sur m.

12 points or more (14 for FALC), left aligned, readable in black and white, language and title set,
fonts embedded, and the same content always gives the same bytes.
"""

from __future__ import annotations

import io
from pathlib import Path

from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    HRFlowable,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Spacer,
)

from counter.pdf.fonts import BOLD, REGULAR, register_fonts
from counter.pdf.letters import FRENCH, RIGHT_TO_LEFT, framed, plain, words
from counter.pdf.parts import (
    INK,
    LINE,
    MARGIN,
    NARROW_MARGIN,
    SOFT,
    TINT,
    Bookmark,
    Box,
    CountedCanvas,
    Heard,
    QrCode,
    specimen,
    table_of,
)

HEAD = 24 * mm
MANY = 12  # rows of a table
TITLE_HEIGHT = 40  # points a title of one line takes, with the space under it
WINDOW_LEFT, WINDOW_TOP = 105 * mm, 52 * mm  # where the address on a letter begins
CELL = 6  # points around the words of a cell
LEAST_SQUARE = 0.4 * mm  # of a code square on paper
FOOT = 20 * mm
FOLDED, FOLDED_MARGIN = (A4[1], A4[0]), 13 * mm


class Sheet:
    """Content added in reading order, then `to_bytes()`. Texts are plain: `**bold**` is the only mark.

    `page` is the paper's width and height in points; a `folded` one is an A4 on its side, to fold in two: the right
    half is the front of an A5 slip, the left half its back. With `falc`, 14 points and no sentence on two pages.

    `language` is a code as in `<html lang>`: "fr", "en", "ar", "uk", "tr", "ro", "pt"… It is the paper's own, and that
    of the texts that follow; set `sheet.language` before adding a part in another one. Arabic runs from right to left:
    its paragraphs, the columns of `facts`, the boxes of `checklist` and the words of `qr` begin at the right.
    After `to_bytes()`, `part_pages` gives the page on which each part begins, and `lines_by_signature` how many lines
    of the table that is signed stand on the page of the signature.
    """

    def __init__(
        self,
        title: str,
        structure: str,
        *,
        aside: str = "",
        specimen: bool = False,
        falc: bool = False,
        logo: Path | None = None,
        footer: str = "",
        page: tuple[float, float] = A4,
        bookmark: str = "",
        folded: bool = False,
        language: str = FRENCH,
    ):
        register_fonts()
        self.language = self.main_language = language
        self.title, self.structure, self.aside = title, structure, aside
        self.specimen, self.logo, self.footer = specimen, logo, footer
        self._size = 14 if falc else 12
        self._folded, self._page = folded, FOLDED if folded else page
        self._margin = FOLDED_MARGIN if folded else MARGIN if page[0] >= A4[0] else NARROW_MARGIN
        self._left = self._page[0] / 2 + self._margin if folded else self._margin  # where the front begins
        self.width = self._page[0] - self._left - self._margin
        self.part_pages: dict[str, int] = {}
        self._line_pages: list[int] = []
        self._signature_page = 0
        self.story: list[Flowable] = []
        self._add(Bookmark(plain(bookmark or title)))
        self._add(self._words(title, self._style(24, 30, bold=True, after=10)))

    def part(self, title: str) -> None:
        """A part of its own, on a new page."""
        self._add(PageBreak())
        self._add(Bookmark(plain(title), lambda number: self.part_pages.setdefault(title, number)))
        self._add(self._words(title, self._style(24, 30, bold=True, after=10)))

    def contents(self, rows: list[tuple[str, str]]) -> None:
        """What the paper holds: a title and its page a line."""
        left = self._style(self._size, self._size * 1.4)
        right = ParagraphStyle("page", parent=left, alignment=TA_RIGHT)
        self._add(
            table_of(
                [[self._words(title, left), self._words(page, right)] for title, page in rows],
                colWidths=[self.width - 28 * mm, 28 * mm],
                style=[
                    ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
                    ("LEFTPADDING", (0, 0), (0, -1), 0),
                    ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
                    ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE),
                ],
            )
        )

    def heading(self, text: str) -> None:
        self.story.append(
            self._words(text, self._style(15 if self._size < 14 else 17, 22, bold=True, before=12, after=5, keep=True))
        )

    def paragraph(self, text: str, size: float | None = None, bold: bool = False) -> None:
        size = size or self._size
        self._add(self._text(text, self._style(size, size * 1.45, bold=bold, after=6)))

    def facts(self, rows: list[tuple[str, str]], size: float | None = None) -> None:
        """Label and value, one a line, the value in bold."""
        size = size or self._size
        label, value = self._style(size, size * 1.4), self._style(size, size * 1.4, bold=True)
        cells = [self._row([self._words(name, label), self._words(text, value)]) for name, text in rows if text]
        table = table_of(
            cells,
            colWidths=self._row([self.width * 0.34, self.width * 0.66]),
            style=[
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                *self._edge(),
                ("TOPPADDING", (0, 0), (-1, -1), 5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
                ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE),
            ],
        )
        self._add(table)
        self._add(Spacer(1, 8))

    def grid(
        self, head: list[str], rows: list[list[str]], widths: list[float], amounts: bool = False, total: bool = False
    ) -> None:
        """A table with a head repeated on each page; `widths` are parts of the line. The last column is set to the
        right when it holds `amounts`; with `total`, the last row is parted from the others and never stands alone. Many
        amounts stand closer."""
        tight = amounts and len(rows) > MANY
        cell, title = self._style(12, 15.5), self._style(12, 15.5, bold=True)
        cells = [self._row(self._cells(row, style, amounts)) for style, row in zip(
            [title, *[cell] * len(rows)], [head, *rows], strict=True
        )]  # fmt: skip
        table = table_of(
            cells,
            colWidths=self._row([self.width * part for part in widths]),
            style=[
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("BACKGROUND", (0, 0), (-1, 0), TINT),
                ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE),
                ("TOPPADDING", (0, 0), (-1, -1), 2 if tight else 5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3 if tight else 6),
                ("LEFTPADDING", (0, 0), (-1, -1), 4),
                ("RIGHTPADDING", (0, 0), (-1, -1), 4),
                *([("LINEABOVE", (0, -1), (-1, -1), 1, INK), ("NOSPLIT", (0, -2), (-1, -1))] if total else []),
            ],
        )
        table.repeatRows = 1
        self._add(table)

    def _cells(self, row: list[str], style: ParagraphStyle, amounts: bool) -> list[Flowable]:
        last = ParagraphStyle("amount", parent=style, alignment=TA_RIGHT) if amounts else style
        return [*(self._words(text, style) for text in row[:-1]), self._words(row[-1], last)]

    def checklist(self, items: list[str]) -> None:
        """Boxes to tick by hand, each item a table of its own: a heading takes only the first along to a new page."""
        style = self._style(self._size, self._size * 1.4)
        for item in items:
            self._add(
                table_of(
                    [self._row([Box(self._size), self._words(item, style)])],
                    colWidths=self._row([9 * mm, self.width - 9 * mm]),
                    style=[
                        ("VALIGN", (0, 0), (-1, -1), "TOP"),
                        *self._edge(),
                        ("TOPPADDING", (0, 0), (-1, -1), 3),
                        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
                    ],
                )
            )
        self._add(Spacer(1, 6))

    def blanks(self, count: int) -> None:
        """Boxes to tick, each before an empty line to write on by hand."""
        for _ in range(count):
            table = table_of(
                [self._row([Box(self._size), ""])],
                colWidths=self._row([9 * mm, self.width - 9 * mm]),
                rowHeights=[11 * mm],
                style=[("VALIGN", (0, 0), (-1, -1), "BOTTOM"), *self._edge()],
            )
            written = 0 if self.language in RIGHT_TO_LEFT else 1
            table.setStyle([("LINEBELOW", (written, 0), (written, 0), 0.5, SOFT)])
            self._add(table)
        self._add(Spacer(1, 8))

    def panel(self, lines: list[tuple[str, float]], bold_first: bool = True) -> None:
        """A framed box for the one thing to see from afar: (text, size in points) a line."""
        cells = [
            self._words(text, self._style(size, size * 1.3, bold=bold_first and index == 0))
            for index, (text, size) in enumerate(lines)
        ]
        self._add(
            table_of(
                [[cells]],
                colWidths=[self.width],
                style=[
                    ("BOX", (0, 0), (-1, -1), 1.5, INK),
                    ("BACKGROUND", (0, 0), (-1, -1), TINT),
                    ("TOPPADDING", (0, 0), (-1, -1), 10),
                    ("BOTTOMPADDING", (0, 0), (-1, -1), 12),
                    ("LEFTPADDING", (0, 0), (-1, -1), 14),
                    ("RIGHTPADDING", (0, 0), (-1, -1), 14),
                ],
            )
        )
        self._add(Spacer(1, 10))

    def qr(
        self,
        content: str,
        caption: list[str],
        side: float = 36 * mm,
        error: str = "m",
        first_size: float = 0,
    ) -> None:
        """A QR code with its words beside it; `first_size` in points enlarges the first line."""
        size = self._size
        first_size = first_size or size
        lines = [
            self._words(
                line,
                self._style(first_size if index == 0 else size, (first_size if index == 0 else size) * 1.4, after=3),
            )
            for index, line in enumerate(caption)
        ]
        self._add(
            table_of(
                [self._row([QrCode(content, side, error), lines])],
                colWidths=self._row([side + 6 * mm, self.width - side - 6 * mm]),
                style=[("VALIGN", (0, 0), (-1, -1), "MIDDLE"), *self._edge()],
            )
        )

    def beside(self, left: list[Flowable], right: Flowable, right_width: float) -> None:
        """Text at the left, a picture at the right, never on two pages."""
        self._add(
            table_of(
                [[left, right]],
                colWidths=[self.width - right_width, right_width],
                style=[
                    ("VALIGN", (0, 0), (-1, -1), "TOP"),
                    ("LEFTPADDING", (0, 0), (0, -1), 0),
                    ("RIGHTPADDING", (1, 0), (1, -1), 0),
                    ("TOPPADDING", (0, 0), (-1, -1), 6),
                    ("BOTTOMPADDING", (0, 0), (-1, -1), 12),
                    ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE),
                ],
            )
        )

    def together(self, flowables: list[Flowable]) -> None:
        """One under the other, on one page when a page can hold them; then a line."""
        rule = HRFlowable(width="100%", thickness=0.5, color=LINE, spaceBefore=8, spaceAfter=8)
        self._add(KeepTogether([*flowables, rule]))

    def text_block(self, heading: str, sentences: list[str]) -> list[Flowable]:
        """Flowables for `beside`: a small heading and its sentences."""
        style = self._style(self._size, self._size * 1.5, after=4)
        return [
            self._words(heading, self._style(self._size + 2, 21, bold=True, after=5)),
            *(self._text(sentence, style) for sentence in sentences),
        ]

    def definitions(self, entries: list[tuple[str, list[str]]]) -> None:
        """Words and their sentences; an entry never stands on two pages."""
        style = self._style(self._size, self._size * 1.4, after=2)
        for word, sentences in entries:
            name = self._words(word, self._style(self._size, self._size * 1.4, bold=True, before=6, after=2))
            self._add(KeepTogether([name, *(self._text(sentence, style) for sentence in sentences)]))
        self._add(Spacer(1, 8))

    def signing_table(self, heads: list[str], names: list[str]) -> None:
        """A name and an empty box a line, high enough to sign in and for the name, the heads again on each page. A
        word wider than half of the page takes room from the boxes rather than be cut."""
        style = self._style(self._size, self._size * 1.3)
        widest = max(stringWidth(word, REGULAR, self._size) for word in " ".join([*heads, *names]).split())
        first = min(max(self.width * 0.5, widest + 2 * CELL + 1), self.width * 0.7)
        rows = [[self._words(f"**{head}**", style) for head in heads]]
        rows += [[self._words(name, style), ""] for name in names]
        heights = [max(14 * mm, name.wrap(first - 2 * CELL, A4[1])[1] + CELL) for name, _ in rows[1:]]
        for row in rows[1:]:
            row[0] = [row[0], Heard(self._line_pages.append)]
        table = table_of(
            rows,
            colWidths=[first, self.width - first],
            rowHeights=[9 * mm, *heights],
            style=[("GRID", (0, 0), (-1, -1), 0.8, SOFT), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")],
        )
        table.repeatRows = 1
        self._add(table)

    def lined_grid(self, heads: list[str], names: list[str]) -> None:
        """Names at the left, and empty boxes to write in by hand under each other head."""
        style = self._style(12, 15)
        rows = [[self._words(f"**{head}**", style) for head in heads]]
        rows += [[self._words(name, style), *[""] * (len(heads) - 1)] for name in names]
        first = self.width * 0.4
        table = table_of(
            rows,
            colWidths=[first, *[(self.width - first) / (len(heads) - 1)] * (len(heads) - 1)],
            rowHeights=[None, *[11 * mm] * len(names)],
            style=[
                ("GRID", (0, 0), (-1, -1), 0.8, SOFT),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("NOSPLIT", (0, 0), (-1, -1)),  # a KeepTogether would let its heading go
            ],
        )
        self._add(table)

    def addresses(self, sender: list[str], addressee: list[str]) -> None:
        """Who writes at the left, to whom at the right, just under a title of one line. Folded in three, the sheet
        shows its addressee in the window of a long envelope (110 × 220 mm), which begins 100 mm from the left and is
        45 mm high from 50 mm under the top."""
        style = self._style(12, 16)
        left, right = ([self._words(line, style) for line in lines] for lines in (sender, addressee))
        before = WINDOW_LEFT - self._margin
        table = table_of(
            [[left, right]],
            colWidths=[before, self.width - before],
            style=[
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (0, -1), 0),
                ("TOPPADDING", (1, 0), (1, 0), WINDOW_TOP - HEAD - TITLE_HEIGHT),
            ],
        )
        self._add(table)
        self._add(Spacer(1, 14))

    def signature(self, place_and_date: str, box_label: str) -> None:
        """Place and date, and a box for the stamp and signature."""
        style = self._style(12, 17)
        box = table_of(
            [[self._words(box_label, style)]],
            colWidths=[min(78 * mm, self.width / 2 - 2 * mm)],
            rowHeights=[32 * mm],
            style=[("BOX", (0, 0), (-1, -1), 0.8, SOFT), ("VALIGN", (0, 0), (-1, -1), "TOP")],
        )
        self._add(Spacer(1, 8))
        table = table_of(
            [[[self._words(place_and_date, style), Heard(self._hear_signature)], box]],
            colWidths=[self.width - min(80 * mm, self.width / 2), min(80 * mm, self.width / 2)],
            style=[("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, -1), 0)],
        )
        table.spaceAfter = 10  # a Spacer that no longer fits would begin a page with nothing on it
        self._add(table)

    def _hear_signature(self, page: int) -> None:
        self._signature_page = page

    @property
    def lines_by_signature(self) -> int:
        return self._line_pages.count(self._signature_page)

    def next_page(self) -> None:
        """What follows begins a page."""
        self._add(PageBreak())

    def proof(self, content: str, caption: list[str], place_and_date: str, box_label: str, side: float) -> None:
        """A QR code, its words, and a box for the stamp and signature, side by side. A code that holds much is drawn
        larger than `side`, so that a telephone still sees each of its squares."""
        code = QrCode(content, side, "l")
        side = min(max(side, len(code.matrix) * LEAST_SQUARE), 62 * mm)
        code.width = code.height = side
        style = self._style(12, 16, after=3)
        room, box_room = (self.width - side - 4 * mm) * 0.54, (self.width - side - 4 * mm) * 0.46
        box = table_of(
            [[self._words(box_label, style)]],
            colWidths=[box_room - 2 * mm],
            rowHeights=[28 * mm],
            style=[("BOX", (0, 0), (-1, -1), 0.8, SOFT), ("VALIGN", (0, 0), (-1, -1), "TOP")],
        )
        words = [self._words(line, style) for line in caption]
        table = table_of(
            [[code, words, [self._words(place_and_date, style), box]]],
            colWidths=[side + 4 * mm, room, box_room],
            style=[("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, -1), 0),
                   ("RIGHTPADDING", (-1, 0), (-1, -1), 0)],
        )  # fmt: skip
        self._add(Spacer(1, 6))
        self._add(table)

    def space(self, points: float) -> None:
        self._add(Spacer(1, points))

    def to_bytes(self) -> bytes:
        """The PDF."""
        return bound([self])

    def _add(self, flowable: Flowable) -> None:
        self.story.append(flowable)

    def _text(self, text: str, style: ParagraphStyle) -> Flowable:
        return words(text, style, self.language, whole=self._size >= 14)

    def _words(self, text: str, style: ParagraphStyle) -> Flowable:
        return words(text, style, self.language)

    def _row(self, cells: list) -> list:
        """The cells of a line, or their widths, in the order the language is read."""
        return cells[::-1] if self.language in RIGHT_TO_LEFT else cells

    def _style(self, size, leading, bold=False, before=0, after=0, keep=False) -> ParagraphStyle:
        return ParagraphStyle(
            "s",
            fontName=BOLD if bold else REGULAR,
            fontSize=size,
            leading=leading,
            textColor=INK,
            spaceBefore=before,
            spaceAfter=after,
            keepWithNext=keep,
            splitLongWords=1,
        )

    def _edge(self) -> list[tuple]:
        """The styles of a table whose first column begins where the text does."""
        if self.language in RIGHT_TO_LEFT:
            return [("RIGHTPADDING", (-1, 0), (-1, -1), 0), ("ALIGN", (0, 0), (-1, -1), "RIGHT")]
        return [("LEFTPADDING", (0, 0), (0, -1), 0)]

    @property
    def page(self) -> tuple[float, float]:
        """Width and height in points."""
        return self._page

    def template(self, name: str) -> PageTemplate:
        """The page of this paper; on a folded one the front comes first."""
        starts = (self._left, self._margin) if self._folded else (self._margin,)
        frames = [Frame(left, FOOT, self.width, self._page[1] - HEAD - FOOT, 0, 4, 0, 4) for left in starts]
        return PageTemplate(name, frames=frames, onPage=self._draw_frame, pagesize=self._page)

    def _draw_frame(self, canvas: Canvas, _document) -> None:
        canvas.paper, canvas.number_size = id(self), self._size
        canvas.number_right = self._page[0] - self._margin
        canvas.saveState()
        if self.specimen:
            specimen(canvas, self._page, self._folded)
        top = self._page[1] - 14 * mm
        left, right = self._left, self._page[0] - self._margin
        if self.logo:
            image = ImageReader(str(self.logo))
            wide, high = image.getSize()
            canvas.drawImage(image, left, top - 3 * mm, height=9 * mm, width=9 * mm * wide / high, mask="auto")
            left += 9 * mm * wide / high + 4 * mm
        canvas.setFillColor(INK)
        canvas.setFont(BOLD, self._size)
        aside = framed(self.aside)
        room = right - left - stringWidth(aside, REGULAR, self._size) - 4 * mm
        canvas.drawString(left, top, _fitting(framed(self.structure), self._size, room))
        canvas.setFont(REGULAR, self._size)
        canvas.drawRightString(right, top, aside)
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(1)
        canvas.line(self._left, top - 5 * mm, right, top - 5 * mm)
        canvas.setFont(REGULAR, self._size)
        canvas.setFillColor(SOFT)
        canvas.drawString(self._margin, 11 * mm, framed(self.footer))
        if self._folded:
            canvas.setStrokeColor(LINE)
            canvas.setLineWidth(0.7)
            canvas.setDash(2, 4)
            canvas.line(self._page[0] / 2, 0, self._page[0] / 2, self._page[1])
        canvas.restoreState()


def bound(sheets: list[Sheet]) -> bytes:
    """Several papers in one file, each with its own frame, its own « page n sur m » and its bookmark."""
    out = io.BytesIO()
    first = sheets[0]
    document = BaseDocTemplate(
        out,
        pagesize=first.page,
        title=plain(first.title),
        author=plain(first.structure),
        subject=plain(first.title),
        creator="Counter",
        producer="Counter",
        lang="fr-FR" if first.main_language == FRENCH else first.main_language,
        displayDocTitle=1,
        initialFontName=REGULAR,
        invariant=1,
    )
    story: list[Flowable] = []
    for number, sheet in enumerate(sheets):
        document.addPageTemplates(sheet.template(str(number)))
        story += [NextPageTemplate(str(number)), PageBreak(), *sheet.story] if number else sheet.story
    document.build(story, canvasmaker=CountedCanvas)
    return out.getvalue()


def _fitting(text: str, size: float, room: float) -> str:
    """The bold text, cut when it is wider than `room` points."""
    if stringWidth(text, BOLD, size) <= room:
        return text
    while text and stringWidth(text + "…", BOLD, size) > room:
        text = text[:-1]
    return text.rstrip() + "…"
