"""An instance with demonstration data, made once and copied for each test; a clock the test moves."""

from __future__ import annotations

import gc
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from app import build_services, create_app
from counter.commands.instance import prepare_instance
from counter.config import Settings, load_settings
from counter.db import Database
from counter.demonstration import PASSWORD, fill
from counter.icons import knows_icon
from counter.keys import Vault, load_keys
from counter.sessions import ServerSessionInterface
from counter.store import agents
from counter.store.settings import DEMONSTRATION, put_setting
from counter.tutorials.loader import Catalogue, load_catalogue
from counter.tutorials.vocabulary import Vocabulary, load_vocabulary
from counter.web import Services
from tests.pages import Visitor

WHOLE_CATALOGUE = 91
# A Tuesday, 9 h in Paris: every site of the demonstration is open.
START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


class Clock:
    """The time of the test: `clock()` tells it, `clock.advance(minutes=31)` moves it."""

    def __init__(self, now: datetime = START):
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


def settings_for(instance: Path, **values) -> Settings:
    """Settings that read nothing of this machine's environment."""
    return load_settings(environ={}, instance=instance, line_check="", **values)


@pytest.fixture(scope="session", autouse=True)
def _spare_the_collector(_read_once):
    """What is read once is not walked through again at each of the thousands of collections of the suite."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords():
    """The least costly Argon2: the suite signs in hundreds of times. One test looks at the real cost."""
    with pytest.MonkeyPatch.context() as patch:
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(agents, "_hasher", quick)
        yield


@pytest.fixture(scope="session", autouse=True)
def _read_once(tmp_path_factory):
    """Our sheets and their vocabulary are read once, our templates and addresses compiled once, for the thousands of
    applications of the suite. An instance with sheets of its own reads them all, as it does when it serves.
    """
    ours = load_catalogue(knows_icon=knows_icon)
    words = load_vocabulary(set(ours.tutorials))
    build, builders = Rule._compile_builder, {}

    def load(local: Path, **others) -> Catalogue:
        if local.is_dir() and any(local.rglob("*.*")):
            return load_catalogue(local=local, **others)
        same = Catalogue(dict(ours.tutorials), list(ours.errors), dict(ours.glossary))
        same.words = ours.words
        return same

    def vocabulary(slugs: set[str], local: Path) -> Vocabulary:
        return load_vocabulary(slugs, local=local) if local.is_dir() or slugs != set(ours.tutorials) else words

    def compiled_once(rule: Rule, append_unknown: bool = True):
        """How an address is written depends on its rule alone."""
        key = rule.rule, append_unknown
        if rule.defaults or rule.subdomain or rule.host:
            return build(rule, append_unknown)
        if key not in builders:
            builders[key] = build(rule, append_unknown)
        return builders[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.load_catalogue", load)
        patch.setattr("app.load_vocabulary", vocabulary)
        patch.setattr(Rule, "_compile_builder", compiled_once)
        compiled = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": compiled})
        yield


@pytest.fixture(scope="session", autouse=True)
def _compile_statements_once():
    """The statements of the thousands of SQLite databases of the suite are compiled once for all that have the same
    key: a compiled statement holds what encrypts its values."""
    made, dialects, compiled = Database.__init__, {}, LRUCache(10_000)

    def opened(database: Database, url: str, vault: Vault, durable: bool = True) -> None:
        made(database, url, vault, durable)
        if database.engine.dialect.name == "sqlite":
            dialect = dialects.setdefault(vault.fingerprint, database.engine.dialect)
            for engine in (database.engine, database._read_engine):
                engine.dialect, engine._compiled_cache = dialect, compiled

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "__init__", opened)
        yield


@pytest.fixture(scope="session")
def whole_catalogue() -> Catalogue:
    """The sheets, all of them: what is said of the whole catalogue is said of the whole."""
    catalogue = load_catalogue()
    if len(catalogue.tutorials) < WHOLE_CATALOGUE - 10:
        pytest.skip(f"only {len(catalogue.tutorials)} sheets of {WHOLE_CATALOGUE} are written")
    return catalogue


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def _empty_model(tmp_path_factory, _quick_passwords) -> Path:
    """A prepared instance without data, to be copied."""
    folder = tmp_path_factory.mktemp("empty")
    prepare_instance(settings_for(folder), START)
    return folder


@pytest.fixture(scope="session")
def _demo_model(tmp_path_factory, _empty_model) -> Path:
    """The same with demonstration data, as `flask demo` loads them."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(_empty_model, folder, dirs_exist_ok=True)
    fill_demonstration(folder)
    return folder


def fill_demonstration(folder: Path) -> None:
    """Demonstration data in a prepared instance."""
    settings = settings_for(folder)
    vault = load_keys(folder, create=False).vault
    database = Database(settings.main_url, vault)
    with database.writing() as session:
        put_setting(session, DEMONSTRATION, "oui")
        fill(session, vault, START, settings.slot_days)
    database.close()


@pytest.fixture
def empty_instance(tmp_path, _empty_model) -> Path:
    return shutil.copytree(_empty_model, tmp_path / "empty")


@pytest.fixture
def instance(tmp_path, _demo_model) -> Path:
    """A demonstration instance of the test's own."""
    return shutil.copytree(_demo_model, tmp_path / "instance")


@pytest.fixture
def real_instance(instance) -> Path:
    """The same data in an instance that is no demonstration: it sends messages."""
    database = Database(settings_for(instance).main_url, load_keys(instance, create=False).vault)
    with database.writing() as session:
        put_setting(session, DEMONSTRATION, "non")
    database.close()
    return instance


@pytest.fixture(scope="session")
def _wired(_demo_model) -> Flask:
    """An application whose addresses, filters and templates serve every test; what it holds is given it by each."""
    app = create_app(settings_for(_demo_model))
    _close(app.extensions["counter"])
    return app


@pytest.fixture
def app(_wired, instance, clock) -> Flask:
    """The application on the demonstration instance, at the time of the clock."""
    services, config = build_services(settings_for(instance), clock), dict(_wired.config)
    _wired.extensions["counter"] = services
    _wired.session_interface = ServerSessionInterface(services)
    yield _wired
    _wired.config.clear()
    _wired.config.update(config)
    _close(services)


def _close(services: Services) -> None:
    services.main.close()
    services.cache.close()


@pytest.fixture
def vault(instance) -> Vault:
    return load_keys(instance, create=False).vault


@pytest.fixture
def database(instance, vault) -> Database:
    """The main database of the demonstration instance, for store tests."""
    database = Database(settings_for(instance).main_url, vault)
    yield database
    database.close()


@pytest.fixture
def visitor(app) -> Visitor:
    """Someone who is not signed in."""
    return Visitor(app)


@pytest.fixture
def camille(app) -> Visitor:
    """A front-desk agent of the Rhône, signed in."""
    return Visitor(app).sign_in("camille", PASSWORD)


@pytest.fixture
def sacha(app) -> Visitor:
    """A social worker of the Haute-Marne, signed in."""
    return Visitor(app).sign_in("sacha", PASSWORD)
