"""Words on paper in the languages people speak at a counter: whole, in their letters, from the side they are read."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from itertools import pairwise

import pypdfium2
import pytest
from PIL import ImageOps
from pypdf import PdfReader

from counter.pdf.fonts import ARABIC, printable, register_fonts
from counter.pdf.letters import framed, plain
from counter.pdf.sheet import Sheet
from tests.papers import letter_sizes_of_pdf, pictures_of_pdf, text_of_pdf

WELCOME = {
    "fr": "Votre rendez-vous est mardi à 9 h 10. Où ? Ici !",
    "en": "Your appointment is on Tuesday at 9:10.",
    "uk": "Ваш запис: вівторок о 9:10. Їжак, ґанок.",
    "tr": "Randevunuz salı günü 9:10'da. Işık, ağaç, şeker, İzmir.",
    "ro": "Programarea dumneavoastră este marți la 9:10. Știți, țară, în.",
    "pt": "A sua marcação é na terça-feira às 9:10. Coração, amanhã.",
    "vi": "Nguyễn Thị Hường, Đặng Ngọc Ánh: thứ ba lúc 9:10.",
}
ARABIC_WORDS = "موعدك يوم الثلاثاء على الساعة 9:10 (أحضر بطاقة الهوية)."


def sheet_of(text: str, language: str, size: float = 12) -> bytes:
    sheet = Sheet("Titre", "Structure", language=language)
    sheet.paragraph(text, size=size)
    return sheet.to_bytes()


def words_seen(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    text = " ".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return text


def is_seen(word: str, text: str) -> bool:
    return word in text or word[::-1] in text


def ink(content: bytes, top: float, bottom: float) -> tuple[int, int]:
    """First and last column with ink, in percents of the page, between two heights in percents."""
    picture = pictures_of_pdf(content, 100)[0].convert("L")
    band = picture.crop((0, int(picture.height * top), picture.width, int(picture.height * bottom)))
    left, _, right, _ = ImageOps.invert(band).getbbox()
    return round(100 * left / picture.width), round(100 * right / picture.width)


@pytest.mark.parametrize("language", WELCOME)
def test_a_language_read_from_the_left_is_printed_letter_for_letter(language):
    assert printable(WELCOME[language])[1] == []
    assert WELCOME[language].replace(" ?", " ?") in text_of_pdf(sheet_of(WELCOME[language], language))


def test_arabic_is_printed_from_the_right_in_one_size_with_its_words_to_copy():
    content = sheet_of(ARABIC_WORDS, "ar")
    seen = words_seen(content)
    assert all(is_seen(word, seen) for word in re.findall(r"\w+", ARABIC_WORDS))
    left, right = ink(content, 0.12, 0.5)
    assert right >= 89 and left > 40, "a short line stands at the right edge"
    assert set(letter_sizes_of_pdf(content)) == {12.0, 24.0}
    assert b"/Lang (ar)" in content


@pytest.mark.parametrize(("text", "parts"), [("محمد", 1), ("م ح م د", 4)])
def test_arabic_letters_are_joined(text, parts):
    picture = pictures_of_pdf(sheet_of(text, "ar", 40), 100)[0].convert("L")
    band = picture.crop((0, int(picture.height * 0.13), picture.width, picture.height // 3))
    columns = [any(band.getpixel((x, y)) < 128 for y in range(band.height)) for x in range(band.width)]
    assert sum(dark and not before for before, dark in pairwise(columns)) == parts


def test_a_long_arabic_text_stays_on_its_lines_and_pages():
    sheet = Sheet("العنوان", "Structure", language="ar")
    for _ in range(40):
        sheet.paragraph(f"**مهم** {ARABIC_WORDS} " * 3)
    content = sheet.to_bytes()
    pages = pypdfium2.PdfDocument(content)
    assert len(pages) > 2
    pages.close()
    left, right = ink(content, 0.2, 0.9)
    assert 9 < left < 15 and right == 90, "inside the margins of 20 mm, and no line much shorter"


def test_an_arabic_name_stands_in_a_french_sentence_and_in_every_part_of_a_sheet():
    name = "محمد عبد الله"
    sheet = Sheet(f"Pour {name}", "Structure")
    sheet.paragraph(f"Structure atteste avoir reçu **{name}** le mardi 24 novembre 2026.", size=14)
    sheet.facts([("Personne", name)])
    sheet.checklist([name])
    sheet.grid(["Nom", "Jour"], [[name, "mardi"]], [0.5, 0.5])
    sheet.signing_table(["Nom", "Signature"], [name])
    sheet.addresses([name, "12 rue de l'Exemple"], ["Caf du Rhône"])
    content = sheet.to_bytes()
    seen = words_seen(content)
    assert sum(seen.count(word) for word in ("محمد", "دمحم")) == 7
    assert "Structure atteste avoir reçu" in seen
    assert ink(content, 0.13, 0.16)[0] == 10, "a French sentence begins at the left"


def test_a_name_of_80_arabic_letters_is_cut_at_the_margin_and_nowhere_lost():
    name = "محمد" * 20
    sheet = Sheet("Titre", "Structure")
    sheet.paragraph(f"reçu **{name}** ici", size=14)
    content = sheet.to_bytes()
    assert ink(content, 0.12, 0.5)[1] <= 90
    letters = re.sub(r"[^\u0600-\u06ff]", "", words_seen(content))
    assert sorted(letters) == sorted(name)


def test_the_same_text_gives_the_same_bytes_whatever_was_printed_before():
    made = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from tests.rules.test_letters import *; sheet_of('ظضط لالا ټډړ', 'ar');"
            "sys.stdout.buffer.write(sheet_of(ARABIC_WORDS, 'ar'))",
        ],
        capture_output=True,
        check=True,
    ).stdout
    assert made == sheet_of(ARABIC_WORDS, "ar")


def test_an_arabic_sheet_turns_its_columns_and_its_boxes():
    sheet = Sheet("العنوان", "Structure", language="ar")
    sheet.checklist(["بطاقة"])
    left, right = ink(sheet.to_bytes(), 0.135, 0.2)
    assert left > 75 and right == 90


def test_an_arabic_heading_goes_with_what_it_heads():
    sheet = Sheet("العنوان", "Structure", language="ar")
    sheet.space(600)
    sheet.heading("رمزك")
    sheet.qr("exemple", ["K7P-M2X"])
    document = pypdfium2.PdfDocument(sheet.to_bytes())
    first, second = (page.get_textpage().get_text_range() for page in document)
    document.close()
    assert not is_seen("رمزك", first) and is_seen("رمزك", second) and "K7P-M2X" in second


def test_french_spaces_are_for_french():
    assert plain("Où ? À 9 h 10.") == "Où\u00a0? À 9\u00a0h\u00a010."
    assert plain("Where ? 9 h", "en") == "Where ? 9 h"
    sheet = Sheet("Titre", "Structure")
    sheet.language = "en"
    sheet.paragraph("Where? At 9:10.")
    sheet.language = "fr"
    sheet.paragraph("Où ?")
    content = sheet.to_bytes()
    assert "Where? At 9:10. Où ?" in text_of_pdf(content)
    (page,) = PdfReader(io.BytesIO(content)).pages
    spoken = page.get_contents().get_data()
    assert spoken.count(b"/Lang (en)") == 1 and spoken.count(b"BDC") == spoken.count(b"EMC") == 1


def test_what_no_font_has_is_named_and_the_frame_keeps_to_latin():
    assert printable("محمد ב 王 a") == ("محمد   a", ["ב", "王"])
    assert printable("a\u202eb\u200f") == ("ab", []), "marks that turn a text are no letters"
    assert framed("Val محمد 9 h") == "Val  9\u00a0h"
    assert 0x0645 not in register_fonts() and ARABIC == "NotoSansArabic"
