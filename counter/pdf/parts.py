"""What papers are drawn with: ink and margins, tables, boxes to tick, code squares, page numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

import segno
from reportlab.lib.colors import HexColor, black, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Table

from counter.pdf.fonts import BOLD, REGULAR

MARGIN, NARROW_MARGIN = 20 * mm, 14 * mm  # of an A4, of anything smaller
INK, SOFT, LINE, TINT = (HexColor(c) for c in ("#17212e", "#414c5c", "#8c8776", "#f1efe8"))


def table_of(cells: list, colWidths: list, style: list, rowHeights=None) -> Table:
    """A table that never names a font of the reader's (ReportLab's cells start with Helvetica)."""
    return Table(
        cells, colWidths=colWidths, rowHeights=rowHeights, style=[("FONTNAME", (0, 0), (-1, -1), REGULAR), *style]
    )


def specimen(canvas: Canvas, page: tuple[float, float], folded: bool) -> None:
    """« SPÉCIMEN » across the page, on each half of a folded one."""
    wide = page[0] / 2 if folded else page[0]
    for middle in (wide / 2, wide * 3 / 2) if folded else (wide / 2,):
        canvas.saveState()
        canvas.translate(middle, page[1] / 2)
        canvas.rotate(52)
        canvas.setFont(BOLD, 92 * wide / A4[0])
        canvas.setFillColor(HexColor("#ececec"))
        canvas.drawCentredString(0, -30, "SPÉCIMEN")
        canvas.restoreState()


class CountedCanvas(Canvas):
    """Keeps the pages until their number is known, then writes « page n sur m » on each, paper by paper. The frame of
    a page says to which paper it belongs, in which size its number is written, and up to where."""

    paper, number_size, number_right = 0, 12, A4[0] - MARGIN

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._pages: list[dict] = []

    def showPage(self):
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self):
        totals = Counter(page["paper"] for page in self._pages)
        seen: Counter[int] = Counter()
        for page in self._pages:
            self.__dict__.update(page)
            seen[self.paper] += 1
            self.setFont(REGULAR, self.number_size)
            self.setFillColor(SOFT)
            self.drawRightString(self.number_right, 11 * mm, f"page {seen[self.paper]} sur {totals[self.paper]}")
            super().showPage()
        super().save()


class Bookmark(Flowable):
    """An entry in the reader's table of contents; `told` hears on which page it stands."""

    def __init__(self, title: str, told=None):
        super().__init__()
        self.title, self.width, self.height, self.told = title, 0, 0, told

    def draw(self):
        if self.told:
            self.told(self.canv.getPageNumber())
        self.canv.bookmarkPage(self.title)
        self.canv.addOutlineEntry(self.title, self.title, 0)


class Heard(Flowable):
    """Takes no room; `told` hears on which page it stands."""

    def __init__(self, told):
        super().__init__()
        self.width, self.height, self.told = 0, 0, told

    def draw(self):
        self.told(self.canv.getPageNumber())


class Box(Flowable):
    """An empty box to tick by hand (the font has no ☐)."""

    def __init__(self, size: float):
        super().__init__()
        self.width = self.height = size + 2

    def draw(self):
        self.canv.setStrokeColor(INK)
        self.canv.setLineWidth(1.3)
        self.canv.rect(0, 1, self.width - 2, self.height - 2)


class QrCode(Flowable):
    """A QR code drawn as one path, black on white, with its quiet zone inside `side` points."""

    def __init__(self, content: str, side: float, error: str = "m"):
        super().__init__()
        self.matrix = segno.make(content, error=error, boost_error=False, micro=False).matrix
        self.width = self.height = side

    def draw(self):
        modules, canvas = len(self.matrix) + 8, self.canv
        canvas.setFillColor(white)
        canvas.rect(0, 0, self.width, self.height, stroke=0, fill=1)
        canvas.setFillColor(black)
        canvas.saveState()
        canvas.scale(self.width / modules, self.height / modules)
        # Whole numbers, written at once: ReportLab's paths spend most of a paper's time on their decimals.
        canvas._code.append(" ".join(f"{x + 4} {modules - y - 5} {wide} 1 re" for x, y, wide in self._bars()) + " f")
        canvas.restoreState()

    def _bars(self) -> Iterator[tuple[int, int, int]]:
        """Dark runs: first column, row, and how many squares."""
        for y, line in enumerate(self.matrix):
            x = 0
            for dark, run in groupby(line):
                wide = len(list(run))
                if dark:
                    yield x, y, wide
                x += wide
