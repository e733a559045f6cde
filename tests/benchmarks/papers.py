"""Attestations: signed, printed, with their code square, beside the least sheet that holds one; a large workshop."""

from __future__ import annotations

import io
import resource
import time
from dataclasses import replace

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.pdfgen.canvas import Canvas

from counter.attestations import Attestation, Kind, number_of
from counter.keys import Keys
from counter.pdf.attestation import attestation_pdf, attestation_sheet, current_wording
from counter.pdf.bundle import zipped
from counter.pdf.parts import QrCode
from counter.pdf.reading import read_paper
from counter.pdf.sheet import bound
from tests.benchmarks.data import TODAY
from tests.benchmarks.measure import p50, row, timed

FACTS = {"personne": "Élise Lambert", "jour": "mardi 24 novembre 2026", "horaire": "de 9 h à 9 h 25",
         "lieu": "France Services, 1 rue de l'Exemple", "objet": "démarches", "atelier": "Mes premiers pas",
         "demarche": "Déclarer mes ressources", "resultat": "la démarche est faite", "suite": "", "caf": "Caf du Rhône",
         "heure": "9 h 10", "mode": "sur place", "partenaires": ""}  # fmt: skip
RELAYED = {
    "caf": "Caf du Rhône", "organisme": "Caf du Rhône", "reference": "", "numero": "9000001",
    "destinataire": "Élise Lambert\n12 rue de l'Exemple\n69210 L'Arbresle", "personne": "Élise Lambert",
    "quotient": "318 €", "mois": "octobre 2026", "donneur": "la Caf du Rhône", "copie": "24 novembre 2026 à 9 h",
    "calcule": "", "personnes": "Élise Lambert | 9 mars 1987\nNaël Lambert | 21 septembre 2016",
    "prestations": "RSA | 482,10 €\nAide au logement | 271,04 €", "total": "753,14 €", "remarque": "",
    "paye_le": "5 novembre 2026", "paye_a": "la personne", "quotient_mois": "de novembre 2026",
    "source": "API Particulier",
}  # fmt: skip


def paper_of(kind: Kind, rank: int = 1) -> Attestation:
    facts = RELAYED if kind.relayed else FACTS
    return Attestation(
        number_of(2026, rank), kind, current_wording(kind), TODAY, "France Services du Val", "Ville", facts
    )


def bench_attestation(keys: Keys) -> None:
    """Each kind beside the least sheet that holds its code square, drawn as one path; once, the usual recipe."""
    usual = p50(timed(lambda: _with_widget(_seal(keys, paper_of(Kind.VISIT))), 10))
    row("a sheet with ReportLab's own code square", f"p50 {usual:.1f} ms", "–", "–", True)
    for kind in Kind:
        value = paper_of(kind)
        seal = _seal(keys, value)
        floor = p50(timed(lambda s=seal: _least(s), 30))
        took = p50(timed(lambda v=value: _whole(keys, v), 30))
        row(f"{kind.label.lower()}, signed, with its code square", f"p50 {took:.1f} ms ({took / floor:.2f}×)",
            f"least ReportLab sheet {floor:.1f} ms", "≤ 2×", took <= 2 * floor)  # fmt: skip
    content = _whole(keys, paper_of(Kind.VISIT))
    row("reading back the code square and words of a PDF", f"p50 {p50(timed(lambda: read_paper(content), 10)):.1f} ms",
        "–", "–", True)  # fmt: skip
    bench_workshop(keys, p50(timed(lambda: _least(_seal(keys, paper_of(Kind.WORKSHOP))), 30)))


def _with_widget(seal: str) -> None:
    canvas = Canvas(io.BytesIO())
    drawing = Drawing(130, 130)
    drawing.add(QrCodeWidget(seal, barWidth=130, barHeight=130))
    drawing.drawOn(canvas, 60, 60)
    canvas.drawString(60, 700, "Attestation")
    canvas.save()


def _least(seal: str) -> None:
    canvas = Canvas(io.BytesIO())
    QrCode(seal, 130, "l").drawOn(canvas, 60, 60)
    canvas.drawString(60, 700, "Attestation")
    canvas.save()


def _seal(keys: Keys, value: Attestation) -> str:
    return keys.signer.seal(value.signed_content())


def _whole(keys: Keys, value: Attestation) -> bytes:
    return attestation_pdf(value, keys.signer.seal(value.signed_content()), "exemple")


def bench_workshop(keys: Keys, floor: float, people: int = 1000) -> None:
    """A thousand papers, apart in a zip sent while it is made, then in one file. Memory: growth of the peak between
    the first hundred and the last."""
    start, size, early = time.perf_counter(), 0, 0
    names = (replace(paper_of(Kind.WORKSHOP, rank), facts=FACTS | {"personne": f"Personne {rank}"})
             for rank in range(1, people + 1))  # fmt: skip
    papers = ((f"{v.number}.pdf", v.issued_on, lambda v=v: _whole(keys, v)) for v in names)
    for rank, chunk in enumerate(zipped(papers), 1):
        size += len(chunk)
        if rank == people // 10:
            early = peak()
    took, grown = time.perf_counter() - start, peak() - early
    row(f"{people} workshop attestations, a zip", f"{took:.1f} s, {size / 1e6:.0f} MB, memory +{grown:.1f} MB",
        f"{people} least sheets {floor * people / 1000:.1f} s", "≤ 2×, ≤ 5 MB more",
        took <= 2 * floor * people / 1000 and grown <= 5)  # fmt: skip
    before, start = peak(), time.perf_counter()
    sheets = [attestation_sheet(v, keys.signer.seal(v.signed_content()), "exemple")
              for v in (paper_of(Kind.WORKSHOP, rank) for rank in range(1, 201))]  # fmt: skip
    size = len(bound(sheets))
    figure = f"{time.perf_counter() - start:.1f} s, {size / 1e6:.1f} MB, memory +{peak() - before:.0f} MB"
    row("200 workshop attestations, one file (a full room)", figure, "–", "–", True)


def peak() -> float:
    """The most memory this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
