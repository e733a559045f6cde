"""The booklet of a démarche: what it is for, what to bring, each step with its picture. FALC: 14 points."""

from __future__ import annotations

from functools import lru_cache

from reportlab.lib.pagesizes import A4, A5
from reportlab.lib.units import mm

from counter.formatting import duration, of_month, plural
from counter.pdf.drawing import picture_flowable
from counter.pdf.sheet import Sheet
from counter.tutorials import Tutorial, Word

PICTURE_WIDTH = 86 * mm  # the words of a picture, 22 of its 360 units, are then 14 points
MOST_SHEETS = 20  # in one booklet: it still holds with staples, and is made while one waits


@lru_cache(maxsize=256)
def booklet_pdf(tutorial: Tutorial, structure: str, logo=None, words: tuple[Word, ...] = (), small=False) -> bytes:
    """The whole démarche on A4, on A5 when `small`; `words` are explained at the end."""
    document = f"document {of_month(tutorial.checked_on)}"
    footer = document.capitalize() if small else f"Vérifié sur un {document}"
    sheet = _sheet(tutorial.title, structure, logo, footer, small)
    _fill(sheet, tutorial, small)
    _explain(sheet, words)
    sheet.paragraph(f"Source : {tutorial.source}. Écrit selon les règles FALC.")
    return sheet.to_bytes()


def booklet_of_many(
    tutorials: tuple[Tutorial, ...], structure: str, logo=None, words: tuple[Word, ...] = (), small=False
) -> bytes:
    """Several démarches in one booklet, after the list of what it holds; `words` are explained once, at the end.

    Made twice: the pages of the parts are known once they are laid out.
    """
    pages: dict[str, int] = {}
    for _ in range(2):
        sheet = _sheet("Votre livret", structure, logo, plural(len(tutorials), "fiche"), small)
        sheet.heading("Dans ce livret")
        parts = [*(tutorial.title for tutorial in tutorials), *(["Les mots difficiles"] if words else [])]
        sheet.contents([(title, f"page {pages.get(title, 0)}") for title in parts])
        for tutorial in tutorials:
            sheet.part(tutorial.title)
            _fill(sheet, tutorial, small)
            sheet.paragraph(f"Source : {tutorial.source}. Document {of_month(tutorial.checked_on)}.")
        if words:
            sheet.part("Les mots difficiles")
            sheet.definitions([(word.word, list(word.explanation)) for word in words])
        sheet.paragraph("Écrit selon les règles FALC.")
        made = sheet.to_bytes()
        pages = sheet.part_pages
    return made


def _sheet(title: str, structure: str, logo, footer: str, small: bool) -> Sheet:
    page = A5 if small else A4
    return Sheet(title, structure, aside="Livret", falc=True, logo=logo, footer=footer, page=page)


def _fill(sheet: Sheet, tutorial: Tutorial, small: bool) -> None:
    sheet.paragraph(tutorial.summary)
    sheet.heading("Pour qui ?")
    for sentence in tutorial.for_whom:
        sheet.paragraph(sentence)
    sheet.heading("Combien de temps ?")
    sheet.paragraph(f"Environ {duration(tutorial.minutes)}.")
    if tutorial.bring:
        sheet.heading("Ce que vous avez avec vous")
        sheet.checklist(list(tutorial.bring))
    sheet.qr(tutorial.address, [f"**{tutorial.path}**", "Ce code carré ouvre le site officiel."])
    for number, step in enumerate(tutorial.steps, 1):
        block = sheet.text_block(f"{number}. {step.title}", list(step.sentences))
        picture = picture_flowable(step.picture, PICTURE_WIDTH - 4 * mm)
        if small:  # too narrow for two columns
            sheet.together([*block, picture])
        else:
            sheet.beside(block, picture, PICTURE_WIDTH)
    sheet.heading("Et après ?")
    for sentence in tutorial.next:
        sheet.paragraph(sentence)
    sheet.heading("Vous êtes bloqué ?")
    for sentence in (*tutorial.stuck, *tutorial.helps):
        sheet.paragraph(sentence)


def _explain(sheet: Sheet, words: tuple[Word, ...]) -> None:
    if words:
        sheet.heading("Les mots difficiles")
        sheet.definitions([(word.word, list(word.explanation)) for word in words])
