"""An attestation on paper: the words it was issued with, its facts, its sealed QR code."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from counter.attestations import Attestation, Kind, without_blank
from counter.formatting import date_long
from counter.pdf.sheet import Sheet

WORDINGS = Path(__file__).parent / "wordings"


def current_wording(kind: Kind) -> str:
    """The newest wording of a kind: `2026-11`. Its file is never changed once a paper was issued with it."""
    return max(path.name.split(".")[1] for path in WORDINGS.glob(f"{kind}.*.md"))


@lru_cache(maxsize=64)
def _wording(kind: Kind, version: str) -> str:
    return (WORDINGS / f"{kind}.{version}.md").read_text(encoding="utf-8")


def sentences(attestation: Attestation) -> list[str]:
    """The paragraphs of the paper, the same on screen."""
    facts = {name: value.replace("**", "") for name, value in attestation.facts.items()}  # bold is the wording's
    paragraphs = [text.strip() for text in _wording(attestation.kind, attestation.wording).split("\n\n")]
    filled = {"structure": attestation.structure, **facts}
    return [text.format_map(filled).strip() for text in without_blank(paragraphs, facts) if text]


def closing(attestation: Attestation) -> str:
    """Place and date, above the signature."""
    where = f"Fait à {attestation.place}, le" if attestation.place else "Fait le"
    return f"{where} {date_long(attestation.issued_on)}."


def how_to_verify(number: str, verify_at: str) -> list[str]:
    """The words beside the code square; the same on screen."""
    return [
        "**Vérifier ce papier**",
        f"Scannez le code carré, ou allez sur {verify_at} et écrivez le numéro **{number}**.",
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
    if attestation.specimen:
        sheet.paragraph("**SPÉCIMEN** : données de démonstration, sans valeur.")
    sheet.space(8)
    for paragraph in sentences(attestation):
        sheet.paragraph(paragraph, size=14)
        sheet.space(8)
    sheet.signature(closing(attestation), "Cachet et signature")
    sheet.space(14)
    sheet.qr(qr_content, how_to_verify(attestation.number, verify_at), side=130, error="l")
    return sheet


def attestation_pdf(attestation: Attestation, qr_content: str, verify_at: str, logo=None) -> bytes:
    """One paper; the same attestation always gives the same bytes."""
    return attestation_sheet(attestation, qr_content, verify_at, logo).to_bytes()
