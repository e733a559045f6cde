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
    return [code.text for picture in pictures_of_pdf(content) for code in zxingcpp.read_barcodes(picture)]
