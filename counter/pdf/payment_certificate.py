"""The payment certificate of a dossier: the last month paid, as the Caf said it, with the source and the date of the
copy. The structure relays it and signs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from counter.dossiers.contents import paid_month
from counter.formatting import date_long, euros, hour_of, month_long
from counter.pdf.sheet import Sheet


def certificate_pdf(
    content: Mapping, paid: Mapping, source: str, fetched_at: datetime, structure: str, *, specimen: bool, logo=None
) -> bytes:
    """`paid` is contents.last_paid; `fetched_at` is on the wall clock of the counter. Same facts, same bytes."""
    holder, lines = content["responsable"], paid["lignes"]
    sheet = Sheet(
        "Attestation de paiement",
        structure,
        aside=date_long(fetched_at.date()),
        specimen=specimen,
        logo=logo,
        footer=f"Source : {source}",
    )
    month = month_long(paid_month(paid))
    sheet.facts(
        [
            ("Responsable du dossier", f"{holder['prenom']} {holder['nom']}"),
            ("Numéro d'allocataire", content["numero"]),
            ("Caf", content["caf"]),
            ("Mois", month),
            ("Payé le", date_long(date.fromisoformat(paid["le"]))),
            ("Payé à", paid["a"]),
        ]
    )
    sheet.heading(f"Ce qui a été payé pour {month}")
    rows = [[line["droit"], euros(line["montant"])] for line in lines]
    total = euros(sum(line["montant"] for line in lines))
    sheet.grid(["Droit", "Montant"], [*rows, ["**Total**", f"**{total}**"]], [0.7, 0.3])
    sheet.space(14)
    sheet.paragraph(
        f"La structure recopie ce que la Caf a dit le {date_long(fetched_at.date())} à {hour_of(fetched_at)}. "
        f"Source : {source}. Les montants ont pu changer depuis."
    )
    return sheet.to_bytes()
