"""Wiring: `create_app()` puts the application together; `python app.py` serves the counter, Gunicorn serves
`application()`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix

from counter import errors, security, templating, traces, upkeep
from counter.commands import register
from counter.commands.server import for_processes, serve
from counter.commands.speaking import open_instance
from counter.config import ROOT, Settings, SettingsError, load_settings
from counter.db import SchemaError, open_cache
from counter.icons import knows_icon
from counter.keys import KeyFileError
from counter.outside.line import LineWatch
from counter.sessions import ServerSessionInterface
from counter.store.settings import is_demonstration
from counter.throttle import Throttle
from counter.turns import OneAtATime
from counter.tutorials.loader import Catalogue, load_catalogue
from counter.tutorials.vocabulary import Vocabulary, load_vocabulary
from counter.views import AT_KIOSKS, BLUEPRINTS
from counter.web import RowNumber, Services, close_reading

NotReady = (SettingsError, KeyFileError, SchemaError)


def create_app(settings: Settings | None = None, clock=lambda: datetime.now(UTC)) -> Flask:
    """The application on the instance that `flask init` has prepared.

    When the instance is not ready (no database yet, a key missing…), the application still starts:
    each page says in French what is wrong and what to do, and the `flask` commands work.
    """
    app = Flask("counter", root_path=str(ROOT), template_folder="templates", static_folder="static")
    register(app)
    try:
        settings = settings or load_settings()
        services = build_services(settings, clock)
    except NotReady as problem:
        errors.explain_everywhere(app, str(problem))
        return app
    app.extensions["counter"] = services
    app.secret_key = services.keys.vault.session_secret
    app.config.update(
        MAX_CONTENT_LENGTH=1_000_000,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_I18N_ENABLED=False,
        TEMPLATES_AUTO_RELOAD=settings.development,
        COMPRESS_ALGORITHM=["gzip"],
    )
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0, x_host=0)
    app.session_interface = ServerSessionInterface(services)
    app.url_map.converters["int"] = RowNumber
    Compress(app)  # first in, so that it runs last, on answers that are whole
    templating.prepare(app)
    security.protect(app)
    errors.handle_errors(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for blueprint, name, prefix in AT_KIOSKS:
        app.register_blueprint(blueprint, name=name, url_prefix=prefix)
    app.before_request(upkeep.daily)
    app.after_request(traces.write_seen)  # last in, so that it runs first, on the page as the view made it
    app.teardown_appcontext(close_reading)
    return app


def application() -> OneAtATime:
    """`create_app()` for a server of several processes, such as Gunicorn."""
    return for_processes(create_app())


def build_services(settings: Settings, clock) -> Services:
    """Keys, databases, sheets: everything the instance holds, checked. Raises one of NotReady."""
    main, keys = open_instance(settings)
    with main.reading() as session:
        demonstration = is_demonstration(session)
    catalogue = load_catalogue(knows_icon=knows_icon, local=settings.sheets)
    return Services(
        settings,
        keys,
        main,
        open_cache(settings.cache_url, keys.vault),
        catalogue,
        everyday_language(catalogue, settings.sheets),
        Throttle(),
        LineWatch(settings.line_check, clock),
        clock,
        demonstration,
    )


def everyday_language(catalogue: Catalogue, local: Path) -> Vocabulary:
    """The vocabulary of the search; its faults join those of the sheets. A sheet that was refused is told once: what
    the vocabulary says of it is no fault."""
    refused = {Path(error.file).stem for error in catalogue.errors}
    vocabulary = load_vocabulary({*catalogue.tutorials, *refused}, local=local)
    catalogue.errors += vocabulary.errors
    return vocabulary


if __name__ == "__main__":
    serve(create_app)
