"""A paper sent to be verified: a PDF or a photo, read back to the text of its code square and to its words."""

from __future__ import annotations

import io
import re
import struct
import threading
import zlib
from dataclasses import dataclass

import pypdfium2
import zxingcpp
from PIL import Image

from counter.attestations import Attestation
from counter.formatting import date_long
from counter.pdf.attestation import body, sentences
from counter.pdf.letters import TURNED, plain

MAX_PAGES = 8
MAX_PIXELS = 40_000_000
_LONGEST_SIDE = 3000  # pixels a page is drawn in: 250 dots an inch on A4, more than a code square needs
_PDFIUM = threading.Lock()  # the library reads one document at a time, whatever the number of threads
_WORD = re.compile(r"""[^\s.,;:!?()«»"'’-]+""")
_SEAL = re.compile(r"(?:[^#\s]*#)?([A-Za-z0-9_-]{100,4000})")


_BROKEN = (OSError, SyntaxError, ValueError, EOFError, MemoryError, struct.error, zlib.error)  # what Pillow raises


class NotReadable(ValueError):
    """Not a PDF or a photo that can be opened."""


@dataclass(frozen=True)
class ReadPaper:
    """`seal` is "" when no code square of ours was found. `words` are the PDF's own words when Counter made the file,
    None for a photo or a scan."""

    seal: str
    words: str | None


def read_paper(content: bytes) -> ReadPaper:
    """Read the first pages of a PDF, or a JPEG or PNG picture. Raises NotReadable."""
    if content.lstrip()[:5] != b"%PDF-":
        return ReadPaper(_seal_in(_picture(content)), None)
    with _PDFIUM:
        return _read_pdf(content)


def _read_pdf(content: bytes) -> ReadPaper:
    try:
        document = pypdfium2.PdfDocument(content)
        try:
            pages = [document[number] for number in range(min(MAX_PAGES, len(document)))]
            seal = next(filter(None, (_seal_in(_drawn(page)) for page in pages)), "")
            ours = document.get_metadata_value("Creator") == "Counter"
            return ReadPaper(seal, " ".join(page.get_textpage().get_text_range() for page in pages) if ours else None)
        finally:
            document.close()
    except (pypdfium2.PdfiumError, ValueError, MemoryError) as error:
        raise NotReadable() from error


def _drawn(page) -> Image.Image:
    return page.render(scale=min(4, _LONGEST_SIDE / max(1, *page.get_size())), grayscale=True).to_pil()


def _picture(content: bytes) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(content), formats=("JPEG", "PNG"))
        if picture.width * picture.height > MAX_PIXELS:
            raise NotReadable()
        return picture.convert("L")
    except (*_BROKEN, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NotReadable() from error


def _seal_in(picture: Image.Image) -> str:
    for code in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode):
        if found := _SEAL.fullmatch(code.text.strip()):
            return found[1]
    return ""


def says_the_same(paper: Attestation, words: str) -> bool:
    """Whether a PDF's words are those that were signed: each sentence, the number, the place and the date. On one page
    nothing may stand between two sentences either."""
    seen = _letters(words)
    expected = [*sentences(paper), paper.number, paper.structure, date_long(paper.issued_on), paper.kind.label]
    whole = body(paper)
    if "page1sur1" in seen and not TURNED.search(whole):
        expected.append(whole)
    return all(_is_seen(text.replace("**", ""), seen) for text in expected)


def _is_seen(text: str, seen: str) -> bool:
    """A text that holds a right-to-left script is looked for word by word, both ways round: PDFium gives the words of
    such a line in the order of the paper or of the reading, as it guesses."""
    if not TURNED.search(text):
        return _letters(text) in seen
    return all(word in seen or word[::-1] in seen for word in map(_letters, _WORD.findall(text)))


def _letters(text: str) -> str:
    """Without spaces: a line ends anywhere on paper."""
    return re.sub(r"[\s\u00ad\ufffe]+", "", plain(text))
