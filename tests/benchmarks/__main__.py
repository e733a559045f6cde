"""`make bench`: what the main job costs, each figure beside a floor measured in the same run.

Ratios travel from one machine to another; milliseconds do not.
"""

from __future__ import annotations

import io
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import insert, select

from app import create_app
from counter.appointments import Mode
from counter.attestations import Attestation, Kind
from counter.commands import prepare_instance
from counter.config import Settings, load_settings
from counter.db import Database
from counter.demonstration import PASSWORD, fill
from counter.keys import Keys, load_keys
from counter.models import FreeTime, Motif, Setting
from counter.pdf.attestation import attestation_pdf, current_wording
from counter.store.appointments import book, hold_slot
from counter.store.settings import DEMONSTRATION, put_setting
from counter.store.slots import SlotFilter, search_slots
from tests.pages import Visitor

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
PERSON = {"first_name": "Élise", "last_name": "Lambert", "birth_day": 3, "birth_month": 9, "phone": "", "email": "",
          "contact_name": "", "contact_shared": False, "needs": [], "language": ""}  # fmt: skip


def timed(work: Callable[[], object], times: int) -> list[float]:
    """Milliseconds of each of `times` runs, after three that do not count."""
    for _ in range(3):
        work()
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append((time.perf_counter() - start) * 1000)
    return found


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def line(name: str, values: list[float], floor_name: str, floor: list[float]) -> None:
    ratio = statistics.median(values) / statistics.median(floor)
    print(
        f"{name:<44} p50 {statistics.median(values):7.2f} ms  p95 {p95(values):7.2f} ms   "
        f"{ratio:6.1f} × {floor_name} ({statistics.median(floor):.2f} ms)"
    )


def demonstration(folder: Path) -> tuple[Settings, Keys]:
    settings = load_settings(environ={}, instance=folder, line_check="")
    prepare_instance(settings, NOW)
    keys = load_keys(folder, create=False)
    database = Database(settings.main_url, keys.vault)
    with database.writing() as session:
        put_setting(session, DEMONSTRATION, "oui")
        fill(session, keys.vault, NOW, settings.slot_days)
    database.close()
    return settings, keys


def bench_pages(settings: Settings) -> None:
    app = create_app(settings, lambda: NOW)
    agent = Visitor(app).sign_in("camille", PASSWORD)
    bare = Flask("bare")
    for path in ("/", "/diagnostic", "/demarches/dtr-rsa/etape/4", "/rendez-vous", "/rendez-vous?motif=1", "/agenda"):
        size = len(agent.client.get(path).data)
        bare = Flask("bare")
        bare.add_url_rule("/", "page", lambda size=size: "x" * size)
        client = bare.test_client()
        line(f"page {path}", timed(lambda: agent.client.get(path), 60), "bare page", timed(lambda: client.get("/"), 60))  # noqa: B023


def bench_search(database: Database) -> None:
    with database.reading() as session:
        motif = session.scalars(select(Motif).order_by(Motif.id)).first()
        read = select(FreeTime.free).where(FreeTime.opening_id == 1).limit(1)
        floor = timed(lambda: session.execute(read).all(), 200)
        line("search, 6 sites and 3 modes", timed(lambda: search_slots(session, motif, SlotFilter(), NOW), 200),
             "indexed read", floor)  # fmt: skip


def bench_booking(database: Database, keys: Keys) -> None:
    with database.reading() as session:
        motif = session.scalars(select(Motif).order_by(Motif.id)).first()
        _ = motif.modes
        days = search_slots(session, motif, SlotFilter(modes=frozenset({Mode.PHONE})), NOW).days
        slots = [slot for day in days.values() for slot in day[::2]]

    def one() -> None:
        slot = slots.pop()
        with database.writing() as session:
            kind = session.get(Motif, motif.id)
            token = hold_slot(session, kind, slot.key, NOW, 5).token
            book(session, keys.vault, kind, slot.key, token, PERSON, str(uuid.uuid4()), NOW)

    def bare() -> None:
        with database.writing() as session:
            session.execute(insert(Setting).values(name=str(uuid.uuid4()), value="x"))

    count = min(60, len(slots) - 4)
    line("hold and book, durable", timed(one, count), "durable insert", timed(bare, count))


def bench_attestation(keys: Keys) -> None:
    facts = {"personne": "Élise Lambert", "jour": "mardi 24 novembre 2026", "horaire": "à 9 h",
             "lieu": "France Services, 1 rue de l'Exemple", "objet": "démarches"}  # fmt: skip
    value = Attestation(
        "2026-000001", Kind.VISIT, current_wording(Kind.VISIT), NOW.date(), "France Services", "Lieu", facts
    )
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

    line(
        "attestation, signed, with its code square",
        timed(whole, 60),
        "one-page sheet with a QR widget",
        timed(least, 30),
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings, keys = demonstration(Path(folder))
        bench_pages(settings)
        database = Database(settings.main_url, keys.vault)
        bench_search(database)
        bench_booking(database, keys)
        database.close()
        bench_attestation(keys)


if __name__ == "__main__":
    main()
