"""A hundred visitors before kiosks and ten agents at their desks, at the pace of people, on one server."""

from __future__ import annotations

import random
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.client import HTTPConnection
from urllib.parse import urlencode

from counter.models import Site
from counter.store import kiosks as store
from tests.benchmarks.data import World
from tests.benchmarks.http import Client, served
from tests.benchmarks.measure import p50, percentile, row

KIOSKS, AGENTS, BAR = 100, 10, 100  # bar: milliseconds, issue 7
TOUCH_EVERY, CLICK_EVERY = 4.0, 3.0  # seconds, on average: someone who reads fast
READING = ("/borne", "/borne/demarches", "/borne/demarches/souvent", "/borne/fiche/dtr-rsa",
           "/borne/fiche/dtr-rsa/etape/2", "/borne/fiche/dtr-rsa/etape/3", "/borne/urgence")  # fmt: skip
AT_DESK = ("/", "/agenda", "/rendez-vous?motif=1&lieu=1", "/demarches/dtr-rsa")


class AtKiosk:
    """One visitor: reads a sheet, then books as far as the name, and leaves."""

    def __init__(self, port: int, token: str, chance: random.Random):
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.token, self.session, self.chance = token, "", chance
        self.walk = iter(())

    def send(self, method: str, path: str, form: dict | None = None) -> str:
        headers = {"Cookie": f"borne={self.token}" + (f"; {self.session}" if self.session else "")}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, urlencode(form) if form is not None else None, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        assert answer.status < 400, (path, answer.status)
        for value in answer.headers.get_all("Set-Cookie") or ():
            if value.startswith("counter="):
                self.session = "" if 'counter=""' in value or "counter=;" in value else value.split(";")[0]
        return text

    def touch(self) -> float:
        """Milliseconds of the next touch of a visit."""
        step = next(self.walk, None)
        if step is None:
            self.walk = self._visit()
            step = next(self.walk)
        return step

    def _visit(self):
        for path in READING:
            yield self._timed("GET", path)
        yield self._timed("POST", "/borne/rendez-vous/motif", {"choix": "1"})
        for screen in ("comment", "lieu", "jour", "heure"):
            began = time.perf_counter()
            page = self.send("GET", f"/borne/rendez-vous/{screen}")
            yield (time.perf_counter() - began) * 1000
            choices = re.findall(r'name="choix" value="([^"]+)"', page)
            if not choices:
                break
            yield self._timed("POST", f"/borne/rendez-vous/{screen}", {"choix": self.chance.choice(choices[:5])})
        yield self._timed("POST", "/borne/fin", {})

    def _timed(self, method: str, path: str, form: dict | None = None) -> float:
        began = time.perf_counter()
        self.send(method, path, form)
        return (time.perf_counter() - began) * 1000


def bench_kiosks(world: World, seconds: float) -> None:
    """Each page as the visitor and the agent wait for it."""
    tokens = _enrolled(world)
    with served(world) as port, ThreadPoolExecutor(KIOSKS + AGENTS) as pool:
        agents = list(pool.map(lambda number: Client(port, number), range(1, AGENTS + 1)))
        visitors = [AtKiosk(port, token, random.Random(n)) for n, token in enumerate(tokens)]
        until = time.perf_counter() + seconds
        lobby = [pool.submit(_at_pace, one.touch, TOUCH_EVERY, until, n) for n, one in enumerate(visitors)]
        desk = [pool.submit(_at_pace, _clicks(one), CLICK_EVERY, until, n) for n, one in enumerate(agents)]
        for name, work in (("kiosk", lobby), ("desk", desk)):
            times = [value for done in work for value in done.result()]
            figure = f"p95 {percentile(times, 95):.0f} ms, p50 {p50(times):.0f} ms, {len(times) / seconds:.0f} a second"
            row(f"page at the {name}, {KIOSKS} kiosks beside {AGENTS} agents", figure, "-", f"p95 ≤ {BAR} ms",
                percentile(times, 95) <= BAR)  # fmt: skip


def _at_pace(work, every: float, until: float, seed: int) -> list[float]:
    chance, times = random.Random(seed), []
    time.sleep(chance.random() * every)
    while time.perf_counter() < until:
        times.append(work())
        time.sleep(chance.uniform(0.5, 1.5) * every)
    return times


def _clicks(agent: Client):
    chance = random.Random(agent.cookie)

    def click() -> float:
        began = time.perf_counter()
        status, _, _ = agent.send("GET", chance.choice(AT_DESK))
        assert status == 200
        return (time.perf_counter() - began) * 1000

    return click


def _enrolled(world: World) -> list[str]:
    database, tokens = world.open(), []
    now = datetime.now(UTC)
    with database.writing() as session:
        site = session.get_one(Site, 1)
        for number in range(KIOSKS):
            kiosk = store.add_kiosk(session, site, f"Borne {number}")
            code = store.give_code(session, world.keys.vault, kiosk, now)
            tokens.append(store.enrol(session, world.keys.vault, code, now)[1])
    database.close()
    return tokens
