"""The public keys on paper: fingerprints to compare, and each key in a code square."""

from __future__ import annotations

from datetime import date

from counter.formatting import date_long
from counter.pdf.sheet import Sheet


def public_keys_pdf(
    keys: list[tuple[str, bool, str, str]], structure: str, day: date, *, specimen: bool, logo=None
) -> bytes:
    """`keys` are (id, in use, fingerprint, PEM)."""
    sheet = Sheet("Nos clés publiques", structure, aside=date_long(day), specimen=specimen, logo=logo, footer=structure)
    sheet.paragraph(
        "Une clé publique sert à vérifier nos attestations. Elle n'est pas secrète : elle peut être copiée."
    )
    for key_id, in_use, fingerprint, pem in keys:
        sheet.heading(f"Clé {key_id}")
        sheet.paragraph(
            "Nos nouveaux papiers sont signés avec elle." if in_use else "Ancienne clé : ses papiers restent bons."
        )
        sheet.qr(pem, ["**Empreinte**", fingerprint], side=120)
    return sheet.to_bytes()
