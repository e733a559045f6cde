"""An attestation: signed, printed, with its code square, beside the least sheet that holds one."""

from __future__ import annotations

import io

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.pdfgen.canvas import Canvas

from counter.attestations import Attestation, Kind
from counter.keys import Keys
from counter.pdf.attestation import attestation_pdf, current_wording
from tests.benchmarks.data import TODAY
from tests.benchmarks.measure import p50, row, timed


def bench_attestation(keys: Keys) -> None:
    facts = {"personne": "Élise Lambert", "jour": "mardi 24 novembre 2026", "horaire": "à 9 h",
             "lieu": "France Services, 1 rue de l'Exemple", "objet": "démarches"}  # fmt: skip
    value = Attestation("2026-000001", Kind.VISIT, current_wording(Kind.VISIT), TODAY, "France Services", "Lieu", facts)
    seal = keys.signer.seal(value.signed_content())

    def least() -> None:
        canvas = Canvas(io.BytesIO())
        drawing = Drawing(130, 130)
        drawing.add(QrCodeWidget(seal, barWidth=130, barHeight=130))
        drawing.drawOn(canvas, 60, 60)
        canvas.drawString(60, 700, "Attestation")
        canvas.save()

    def whole() -> None:
        attestation_pdf(value, keys.signer.seal(value.signed_content()), "exemple")

    values, floor = timed(whole, 60), timed(least, 30)
    row("attestation, signed, with its code square", f"p50 {p50(values):.1f} ms", f"least sheet {p50(floor):.1f} ms",
        "–", True)  # fmt: skip
