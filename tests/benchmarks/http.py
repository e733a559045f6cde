"""Through HTTP: a real server on loopback, agents who are really signed in."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection, RemoteDisconnected
from urllib.parse import urlencode

from sqlalchemy import select

from counter.config import ROOT
from counter.models import FreeTime
from tests.benchmarks.data import INTERVALS, PASSWORD, TODAY, World
from tests.benchmarks.measure import p50, percentile, row

CLIENTS = 50
BURSTS = 5  # of fifty bookings each: a burst takes a fifth of a second, and one of them alone says little


class Client:
    """One agent's browser: one connection kept open, one cookie."""

    def __init__(self, port: int, number: int):
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookie = self.token = ""
        self._read_token(self.send("GET", "/connexion")[1])
        form = {"identifier": f"agent{number}", "password": PASSWORD, "suite": ""}
        status, _, _ = self.send("POST", "/connexion", form)
        assert status == 302, f"agent{number} is not signed in: {status}"
        self._read_token(self.send("GET", "/rendez-vous?motif=1&lieu=1")[1])

    def send(self, method: str, path: str, form: dict | None = None) -> tuple[int, str, str]:
        """(status, body, where it leads)."""
        body = urlencode({"csrf_token": self.token} | form) if form is not None else None
        headers = {"Cookie": self.cookie} | ({"Content-Type": "application/x-www-form-urlencoded"} if body else {})
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        except (BrokenPipeError, RemoteDisconnected):  # the server closed a connection that waited, as servers do
            self.connection.close()
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for value in answer.headers.get_all("Set-Cookie") or ():
            self.cookie = value.split(";")[0]
        return answer.status, text, answer.headers.get("Location") or ""

    def _read_token(self, page: str) -> None:
        self.token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]

    def contact(self, slot: str, key: str) -> tuple[int, str, str]:
        return self.send("POST", "/rendez-vous/coordonnees", {
            "motif": "1", "creneau": slot, "key": key, "first_name": "Élise", "last_name": "Lambert",
            "birth-jour": "3", "birth-mois": "9", "contact_of": "personne",
        })  # fmt: skip

    def whole_booking(self, slot: str) -> int:
        """Hold the slot, open the form, send it. The number of the appointment, 0 when it was not made."""
        status, _, _ = self.send("POST", "/rendez-vous/creneau", {"motif": "1", "creneau": slot})
        if status != 302:
            return 0
        _, page, _ = self.send("GET", f"/rendez-vous/coordonnees?motif=1&creneau={slot}")
        key = re.search(r'name="key"[^>]*value="([^"]+)"', page)[1]
        return self._booked(slot, key)

    def one_request(self, slot: str) -> int:
        """The form that books, sent at once: whole, checked and durable, by whoever kept no slot before."""
        return self._booked(slot, str(uuid.uuid4()))

    def _booked(self, slot: str, key: str) -> int:
        return int((re.search(r"/rendez-vous/(\d+)", self.contact(slot, key)[2]) or [0, 0])[1])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


PC = ("app.py",)  # one process, as `make run`


def as_the_readme_says() -> tuple[str, ...]:
    """The words that serve several counters."""
    line = re.search(r"^gunicorn (.+)$", (ROOT / "README.md").read_text("utf-8"), re.M)[1]
    return "-m", "gunicorn", "--graceful-timeout", "1", *shlex.split(line.replace("127.0.0.1:8000", "127.0.0.1:{port}"))


@contextmanager
def served(world: World, command: tuple[str, ...] = PC):
    """The counter served by processes of its own; gives their port."""
    port = _free_port()
    environ = {"PATH": os.environ["PATH"], "COUNTER_INSTANCE": str(world.settings.instance), "COUNTER_LINE_CHECK": "",
               "COUNTER_PORT": str(port), "COUNTER_DATABASE_URL": world.settings.database_url}  # fmt: skip
    words = [sys.executable, *(word.format(port=port) for word in command)]
    server = subprocess.Popen(words, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_until_it_answers(port)
        yield port
    finally:
        server.terminate()
        server.wait(60)


def _wait_until_it_answers(port: int) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                time.sleep(4)  # several processes begin one after the other
                return
        time.sleep(0.05)
    raise RuntimeError("the server does not answer")


def bench_http(world: World, alone: float, rounds: int) -> None:
    """`alone`: bookings a second of the transaction by itself."""
    slots = _slots(world)
    for name, command in (("one process", PC), ("several processes", as_the_readme_says())):
        bursts = 2 * BURSTS * CLIENTS
        mine, slots = slots[: CLIENTS + bursts + rounds], slots[CLIENTS + bursts + rounds :]
        with served(world, command) as port, ThreadPoolExecutor(CLIENTS) as pool:
            clients = list(pool.map(lambda number, port=port: Client(port, number), range(1, CLIENTS + 1)))
            # The first pages compile their templates, those of losers too.
            _booked(Client.whole_booking, clients, pool, mine[:CLIENTS])
            list(pool.map(Client.contact, clients, [mine[0]] * CLIENTS, [str(uuid.uuid4()) for _ in clients]))
            once, whole = mine[CLIENTS : CLIENTS + bursts // 2], mine[CLIENTS + bursts // 2 : CLIENTS + bursts]
            _fifty_bookings(f"{name}: 50 bookings, the form sent", Client.one_request, clients, pool, once, alone)
            _fifty_bookings(f"{name}: slot, page and form", Client.whole_booking, clients, pool, whole, alone)
            _fifty_on_one(name, clients, pool, mine[CLIENTS + bursts :])
            for client in clients:
                client.connection.close()


def _slots(world: World) -> list[str]:
    """Slots on the spot, of days that nobody has booked yet."""
    database, full = world.open(), (1 << INTERVALS) - 1
    query = select(FreeTime.opening_id, FreeTime.day).where(
        FreeTime.free == full, FreeTime.day > TODAY + timedelta(days=1), FreeTime.opening_id % 3 == 1
    )
    with database.reading() as session:
        days = session.execute(query.order_by(FreeTime.day.desc(), FreeTime.opening_id).limit(400)).all()
    database.close()
    return [f"{opening}.{day}.{index}" for index in range(0, INTERVALS, 3) for opening, day in days]


def _booked(book: Callable, clients: list[Client], pool: ThreadPoolExecutor, slots: list[str]) -> list[int]:
    """The number of the appointment that each client made."""
    return list(pool.map(book, clients, slots))


def _fifty_bookings(
    name: str, book: Callable, clients: list[Client], pool: ThreadPoolExecutor, slots: list[str], alone: float
) -> None:
    speeds, confirmed = [], 0
    for first in range(0, len(slots), CLIENTS):
        start = time.perf_counter()
        confirmed += len(set(_booked(book, clients, pool, slots[first : first + CLIENTS])) - {0})
        speeds.append(CLIENTS / (time.perf_counter() - start))
    figure = (
        f"{p50(speeds):.0f} a second ({min(speeds):.0f} to {max(speeds):.0f}), {confirmed} of {len(slots)} confirmed"
    )
    row(name, figure, f"transaction alone {alone:.0f} a second", "≥ 300 a second, all",
        confirmed == len(slots) and p50(speeds) >= 300)  # fmt: skip


def _fifty_on_one(name: str, clients: list[Client], pool: ThreadPoolExecutor, slots: list[str]) -> None:
    rounds = len(slots)
    wins, bad, unhelped, times = [], 0, 0, []
    for slot in slots:
        start = time.perf_counter()
        answers = list(pool.map(Client.contact, clients, [slot] * CLIENTS, [str(uuid.uuid4()) for _ in clients]))
        times.append(time.perf_counter() - start)
        wins.append(sum(status == 302 for status, _, _ in answers))
        bad += sum(status not in {302, 409} for status, _, _ in answers)
        unhelped += sum(status == 409 and "autre_creneau" not in page for status, page, _ in answers)
    row(f"{name}: 50 clients on one slot, {rounds} rounds", f"{wins.count(1)} with one winner, {bad} other answers",
        f"losers not offered others: {unhelped}", "1 each, 0, 0",
        wins == [1] * rounds and not bad and not unhelped)  # fmt: skip
    figure = f"p50 {percentile(times, 50):.2f} s, worst {max(times):.2f} s"
    row(f"{name}: the time of such a round", figure, "–", "≤ 0.3 s", max(times) <= 0.3)
