"""Papers read back as a person and a phone would: their text, their picture, their QR code."""

from __future__ import annotations

import io

import pypdfium2
import zxingcpp
from PIL.Image import Image
from pypdf import PdfReader


def text_of_pdf(content: bytes) -> str:
    """All the words, spaces folded."""
    pages = (page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return " ".join("\n".join(pages).replace("\u00a0", " ").split())


def pictures_of_pdf(content: bytes, dots_per_inch: int = 150) -> list[Image]:
    """Each page as it would be printed."""
    document = pypdfium2.PdfDocument(content)
    pictures = [page.render(scale=dots_per_inch / 72).to_pil() for page in document]
    document.close()
    return pictures


def qr_codes_of_pdf(content: bytes) -> list[str]:
    """What a phone reads on the printed pages."""
    square = zxingcpp.BarcodeFormat.QRCode  # the bars of a chance pattern inside one are no code of ours
    return [code.text for picture in pictures_of_pdf(content) for code in zxingcpp.read_barcodes(picture, square)]


def letter_sizes_of_pdf(content: bytes) -> dict[float, str]:
    """Size in points, as printed -> the words written in it."""
    sizes: dict[float, str] = {}

    def note(text, cm, tm, _font, size) -> None:
        if text.strip():
            height = (tm[2] ** 2 + tm[3] ** 2) ** 0.5 * (cm[2] ** 2 + cm[3] ** 2) ** 0.5
            sizes[round(size * height, 1)] = sizes.get(round(size * height, 1), "") + text

    for page in PdfReader(io.BytesIO(content)).pages:
        page.extract_text(visitor_text=note)
    return sizes


def heights_of_words_in_pdf(content: bytes, words: str) -> list[float]:
    """How high on its page each line stands that has one of these words, in points."""
    heights = set()

    def note(text, cm, tm, _font, _size) -> None:
        if set(text.split()) & set(words.split()):
            heights.add(round(tm[5] * cm[3] + cm[5], 1))

    for page in PdfReader(io.BytesIO(content)).pages:
        page.extract_text(visitor_text=note)
    return sorted(heights)
