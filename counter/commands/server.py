"""The server: Waitress for one process, Gunicorn for several."""

from __future__ import annotations

import logging
import select
import sys

from flask import Flask
from waitress import serve as waitress_serve

from counter.demonstration import SIGN_INS
from counter.turns import OneAtATime
from counter.upkeep import spare_the_collector, start, start_where_it_serves

# Browsers keep some connections open while nobody clicks: of a hundred kiosks and ten desks, several hundred.
CONNECTIONS = 1000


def for_processes(app: Flask) -> OneAtATime:
    """What a server of several processes is given; each of them does what must be done without anyone asking."""
    served = _in_turn(app)
    if "NOT_READY" not in app.config:
        start_where_it_serves(app)
    return served


def _in_turn(app: Flask) -> OneAtATime:
    """The application, its requests one after the other in each process."""
    spare_the_collector()
    return OneAtATime(app)


def serve(create_app) -> None:
    """Serve with Waitress and say where; a sentence and exit code 1 when the instance is not ready."""
    app = create_app()
    if "NOT_READY" in app.config:
        sys.exit(app.config["NOT_READY"])
    services = app.extensions["counter"]
    settings = services.settings
    start(app)
    served = _in_turn(app)
    print(f"Counter est ouvert : http://{settings.host}:{settings.port}", flush=True)
    if services.demonstration:
        print("Démonstration, données fictives. Pour se connecter :", flush=True)
        for sign_in in SIGN_INS:
            print(
                f"  {sign_in.identifier:<12} {sign_in.password}   ({sign_in.display_name}, {sign_in.role.label})",
                flush=True,
            )
    print("Pour arrêter : Ctrl + C.", flush=True)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # that a request waits a moment is no fault
    try:
        waitress_serve(
            served,
            host=settings.host,
            port=settings.port,
            threads=settings.threads,
            ident=None,
            connection_limit=CONNECTIONS,
            asyncore_use_poll=hasattr(select, "poll"),
        )
    except OSError as error:
        sys.exit(
            f"Impossible d'ouvrir le port {settings.port} ({error.strerror}). Fermez l'autre Counter, ou choisissez "
            "un autre port avec COUNTER_PORT."
        )
