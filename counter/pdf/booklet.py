"""The booklet of a démarche: what it is for, what to bring, each step with its picture. FALC: 14 points."""

from __future__ import annotations

from functools import lru_cache

from reportlab.lib.units import mm

from counter.formatting import duration, month_long
from counter.pdf.drawing import picture_flowable
from counter.pdf.sheet import Sheet
from counter.tutorials import Tutorial, Word

PICTURE_WIDTH = 86 * mm  # the words of a picture, 22 of its 360 units, are then 14 points


@lru_cache(maxsize=256)
def booklet_pdf(tutorial: Tutorial, structure: str, logo=None, words: tuple[Word, ...] = ()) -> bytes:
    """The whole démarche on A4; `words` are explained at the end."""
    sheet = Sheet(
        tutorial.title,
        structure,
        aside="Livret",
        falc=True,
        logo=logo,
        footer=f"Vérifié sur un document de {month_long(tutorial.checked_on)}",
    )
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
        sheet.beside(
            sheet.text_block(f"{number}. {step.title}", list(step.sentences)),
            picture_flowable(step.picture, PICTURE_WIDTH - 4 * mm),
            PICTURE_WIDTH,
        )
    sheet.heading("Et après ?")
    for sentence in tutorial.next:
        sheet.paragraph(sentence)
    sheet.heading("Vous êtes bloqué ?")
    for sentence in (*tutorial.stuck, *tutorial.helps):
        sheet.paragraph(sentence)
    if words:
        sheet.heading("Les mots difficiles")
        sheet.definitions([(word.word, list(word.explanation)) for word in words])
    sheet.paragraph(f"Source : {tutorial.source}. Écrit selon les règles FALC.")
    return sheet.to_bytes()
