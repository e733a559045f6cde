"""Searching, as pages: each beside a bare Flask page of the same size."""

from __future__ import annotations

from flask import Flask

from app import create_app
from counter.upkeep import spare_the_collector
from tests.benchmarks.data import PASSWORD, World
from tests.benchmarks.measure import p50, percentile, row, timed
from tests.pages import Visitor

PAGES = {
    "one site": "/rendez-vous?motif=1&lieu=5",
    "40 sites": "/rendez-vous?motif=1",
    "home": "/",
    "agenda": "/agenda",
}


def bench_pages(world: World, times: int) -> None:
    app = create_app(world.settings)
    spare_the_collector()  # as the server does
    agent = Visitor(app).sign_in("agent1", PASSWORD)
    for name, path in PAGES.items():
        answer = agent.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        client = _bare(len(answer.data)).test_client()
        values = timed(lambda path=path: agent.client.get(path), times)
        floor = timed(lambda client=client: client.get("/"), times)
        share = p50(floor) / p50(values) * 100
        figure = f"p95 {percentile(values, 95):.1f} ms, p50 {p50(values):.1f} ms"
        row(f"page, {name}, {len(answer.data) // 1024} kB", figure,
            f"bare page {p50(floor):.2f} ms: {share:.0f} % of it", "p95 ≤ 20 ms, ≥ 50 %",
            percentile(values, 95) <= 20 and share >= 50)  # fmt: skip
    services = app.extensions["counter"]
    services.main.close()
    services.cache.close()


def _bare(size: int) -> Flask:
    bare = Flask("bare")
    bare.add_url_rule("/", "page", lambda: "x" * size)
    return bare
