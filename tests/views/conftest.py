"""A counter that is no demonstration and sends messages, so that everything it can keep is kept."""

from __future__ import annotations

import pytest
from flask import Flask

from app import create_app
from counter.web import Services
from tests.conftest import settings_for
from tests.planted import MAIL


@pytest.fixture
def real_app(real_instance, clock) -> Flask:
    app = create_app(settings_for(real_instance, **MAIL), clock)
    yield app
    app.extensions["counter"].main.close()
    app.extensions["counter"].cache.close()


@pytest.fixture
def on(real_app) -> Services:
    """Its databases, settings and keys."""
    return real_app.extensions["counter"]
