"""`make bench`: what the main job costs, each figure beside a floor measured in the same run.

Ratios travel from one machine to another; milliseconds do not. `--short` (`make bench SHORT=1`) makes a smaller
country and shorter runs. On PostgreSQL too where COUNTER_BENCH_POSTGRES_URL names a server: two databases,
counter_bench_small and counter_bench_big, are made there and dropped.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url

from tests.benchmarks.booking import bench_booking, bench_crowd, bench_mixed, check_no_double
from tests.benchmarks.data import World, make_world
from tests.benchmarks.http import CLIENTS, bench_http
from tests.benchmarks.kiosks import bench_kiosks
from tests.benchmarks.measure import heading
from tests.benchmarks.pages import bench_pages
from tests.benchmarks.papers import bench_attestation
from tests.benchmarks.search import bench_search
from tests.benchmarks.sheets import bench_sheets

SMALL, BIG, BIG_SHORT = (40, 10_000), (2900, 1_000_000), (2900, 60_000)
NEEDED_GB = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="under a minute")
    parser.add_argument("--seconds", type=float, help="of the mixed load (60; 5 when short)")
    options = parser.parse_args()
    seconds = options.seconds or (5 if options.short else 60)
    url = os.environ.get("COUNTER_BENCH_POSTGRES_URL", "")
    with tempfile.TemporaryDirectory() as folder:
        free = shutil.disk_usage(folder).free / 1e9
        print(f"In {folder}, {free:.0f} GB free; at most {NEEDED_GB} GB are used, and nothing is left.")
        if free < NEEDED_GB:
            raise SystemExit("Not enough room: set TMPDIR to a larger folder.")
        run("SQLite", Path(folder) / "sqlite", ("", ""), options.short, seconds)
        if url:
            with databases(url) as urls:
                run("PostgreSQL", Path(folder) / "postgresql", urls, options.short, seconds)
        else:
            print("\nPostgreSQL: not measured, COUNTER_BENCH_POSTGRES_URL is not set.")


def run(title: str, folder: Path, urls: tuple[str, str], short: bool, seconds: float) -> None:
    worlds = []
    for name, url, (sites, bookings) in zip(("small", "big"), urls, (SMALL, BIG_SHORT if short else BIG), strict=True):
        worlds.append(make_world(folder / name, url, name, sites, bookings, CLIENTS))
        print(f"{title}, {name}: {sites} sites, {bookings} bookings, made in {worlds[-1].made_in:.0f} s", flush=True)
    measure(title, *worlds, short, seconds)


def measure(title: str, small: World, big: World, short: bool, seconds: float) -> None:
    heading(f"{title}: searching")
    bench_search(small, big)
    heading(f"{title}: pages of a département of {len(small.sites)} sites")
    bench_pages(small, 40 if short else 200)
    heading(f"{title}: booking in the country of {len(big.sites)} sites")
    alone = bench_booking(big, short)
    bench_crowd(big, short)
    heading(f"{title}: through HTTP, in the département")
    bench_http(small, alone, 5 if short else 20)
    heading(f"{title}: the lobby and the desk, in the département")
    bench_kiosks(small, 8 if short else 30)
    heading(f"{title}: searches and bookings together, in the country")
    bench_mixed(big, seconds)
    check_no_double(small if short else big)
    if title == "SQLite":
        heading("sheets, searched with the words of people")
        bench_sheets(small.settings.instance)
        heading("papers")
        bench_attestation(small.keys)


@contextmanager
def databases(url: str) -> Iterator[tuple[str, str]]:
    """Two databases of our own on that server."""
    names = ("counter_bench_small", "counter_bench_big")
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            for name in names:
                connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name}")
                connection.exec_driver_sql(f"CREATE DATABASE {name}")
        yield tuple(make_url(url).set(database=name).render_as_string(hide_password=False) for name in names)
    finally:
        with admin.connect() as connection:
            for name in names:
                connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.dispose()


if __name__ == "__main__":
    main()
