"""An attestation on paper: the words it was issued with, its facts, its sealed QR code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from counter.attestations import CELLS, Attestation, Kind, without_blank
from counter.formatting import date_long
from counter.pdf.sheet import Sheet

SPECIMEN = "**SPÉCIMEN**, sans valeur"
WORDINGS = Path(__file__).parent / "wordings"


def current_wording(kind: Kind) -> str:
    """The newest wording of a kind: `2026-11`. Its file is never changed once a paper was issued with it."""
    return max(path.name.split(".")[1] for path in WORDINGS.glob(f"{kind}.*.md"))


@lru_cache(maxsize=64)
def _wording(kind: Kind, version: str) -> str:
    return (WORDINGS / f"{kind}.{version}.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    words: str
    kind: str = "text"


@dataclass(frozen=True)
class Addressee:
    """Who answered at the left, to whom the paper is sent at the right: lines."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    kind: str = "addressee"


@dataclass(frozen=True)
class Rows:
    """A table; its last row is a total when `total`."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: bool
    kind: str = "rows"


Block = Text | Addressee | Rows


def blocks(attestation: Attestation) -> list[Block]:
    """What the paper says, the same on screen. A paragraph of the wording is a text; an addressee, whose lines begin
    with « < » or « > »; or a table, whose first line is « | head | head | »: a line of it that is a fact alone holds a
    row a line, its cells parted by CELLS. Such a fact inside a text is a list: « Zoé, 9 mars 1987 ; Naël, … »."""
    facts = {name: value.replace("**", "") for name, value in attestation.facts.items()}  # bold is the wording's
    paragraphs = [text.strip() for text in _wording(attestation.kind, attestation.wording).split("\n\n")]
    filled = {"structure": attestation.structure, **facts}
    return [_block(text, filled) for text in without_blank(paragraphs, facts) if text]


def _block(text: str, facts: dict[str, str]) -> Block:
    lines = text.split("\n")
    if text.startswith("| "):
        return _rows(lines, facts)
    if text.startswith(("< ", "> ")):
        sides = {side: "\n".join(line[2:].format_map(facts) for line in lines if line[0] == side) for side in "<>"}
        left, right = (tuple(filter(None, sides[side].split("\n"))) for side in "<>")
        return Addressee(left, right)
    inline = {name: fact.replace(CELLS, ", ").replace("\n", " ; ") for name, fact in facts.items()}
    return Text(text.format_map(inline).strip())


def _rows(lines: list[str], facts: dict[str, str]) -> Rows:
    table: list[tuple[str, ...]] = []
    for line in lines:
        if line.startswith("| "):
            table.append(tuple(cell.strip().format_map(facts) for cell in line.strip("| ").split(" | ")))
        else:
            table += [tuple(row.rsplit(CELLS, len(table[0]) - 1)) for row in line.format_map(facts).split("\n") if row]
    return Rows(table[0], tuple(table[1:]), lines[-1].startswith("| "))


def sentences(attestation: Attestation) -> list[str]:
    """The same, a text each: the cells of a row one after the other."""
    return [text for block in blocks(attestation) for text in _texts(block)]


def _texts(block: Block) -> list[str]:
    match block:
        case Text(words):
            return [words]
        case Addressee(left, right):
            return [*left, *right]
        case Rows(head, rows):
            return [" ".join(row) for row in (head, *rows)]


def body(attestation: Attestation) -> str:
    """All that stands between the title and the proof, in one text as it is printed on one page."""
    last = [] if attestation.kind.relayed else [closing(attestation)]  # beside the code square of a relayed one
    said = []
    for block in blocks(attestation):
        if isinstance(block, Addressee):
            said += [*block.left, *([SPECIMEN] if attestation.specimen else []), *block.right]
        else:
            said += _texts(block)
    return " ".join([*said, *last])


def closing(attestation: Attestation) -> str:
    """Place and date, above the signature."""
    where = f"Fait à {attestation.place}, le" if attestation.place else "Fait le"
    return f"{where} {date_long(attestation.issued_on)}."


def how_to_verify(number: str, verify_at: str) -> list[str]:
    """The words beside the code square; the same on screen."""
    return [
        "**Vérifier ce papier**",
        f"Scannez le code carré, ou allez sur {verify_at.removeprefix('https://')} et écrivez le numéro **{number}**.",
        "Un seul mot changé, et le code ne correspond plus.",
    ]


def attestation_sheet(attestation: Attestation, qr_content: str, verify_at: str, logo=None) -> Sheet:
    """`qr_content` is the seal (or the address that carries it), `verify_at` where a person checks it."""
    sheet = Sheet(
        attestation.kind.label,
        attestation.structure,
        aside=f"N° {attestation.number}",
        specimen=attestation.specimen,
        logo=logo,
        footer=f"Attestation n° {attestation.number}",
        bookmark=f"{attestation.kind.label} n° {attestation.number}",
    )
    said = blocks(attestation)
    if isinstance(said[0], Addressee):
        note = [SPECIMEN] if attestation.specimen else []
        sheet.addresses([*said[0].left, *note], list(said[0].right))
    elif attestation.specimen:
        sheet.paragraph("**SPÉCIMEN** : données de démonstration, sans valeur.")
    sheet.space(0 if attestation.kind.relayed else 8)
    for block in said:
        _add(sheet, block, 12 if attestation.kind is Kind.PAYMENT else 14)  # a payment's table wants the room
    words = how_to_verify(attestation.number, verify_at)
    if attestation.kind.relayed:
        sheet.proof(qr_content, words, closing(attestation), "Cachet et signature", side=130)
        return sheet
    sheet.signature(closing(attestation), "Cachet et signature")
    sheet.space(14)
    sheet.qr(qr_content, words, side=130, error="l")
    return sheet


def _add(sheet: Sheet, block: Block, size: float) -> None:
    match block:
        case Text(words):
            sheet.paragraph(words, size=size)
            sheet.space(8 if size > 12 else 0)
        case Rows(head, rows, total):
            sheet.grid(list(head), [list(row) for row in rows], [0.78, 0.22], amounts=True, total=total)
            sheet.space(8)


def attestation_pdf(attestation: Attestation, qr_content: str, verify_at: str, logo=None) -> bytes:
    """One paper; the same attestation always gives the same bytes."""
    return attestation_sheet(attestation, qr_content, verify_at, logo).to_bytes()
