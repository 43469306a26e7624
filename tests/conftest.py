"""What every test shares. The home folder of the run is made by `isolated_home`."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import translation

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def official_data() -> Path:
    """The folder of official files (`PARVIS_DATA`); tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("PARVIS_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("the official files are not here (PARVIS_DATA)")
    return folder


@pytest.fixture
def own_home(tmp_path: Path, db: None) -> Path:
    """A home of its own with the tables of the tests, so that another process works in it."""
    if connection.vendor != "sqlite":
        pytest.skip("the database of the tests is copied to a file")
    connection.ensure_connection()
    with sqlite3.connect(tmp_path / "parvis.sqlite3") as copy:
        copy.executescript("\n".join(connection.connection.iterdump()))  # `backup` would wait for the end of our transaction
    return tmp_path


@pytest.fixture(autouse=True)
def _settings(settings) -> None:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.SEARCH_FOLDER, settings.SEARCH_PATIENCE = Path(settings.PARVIS_HOME) / "search" / uuid4().hex, 0.0
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
        "pages": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},  # a test writes, then reads at once
    }


@pytest.fixture(autouse=True, scope="session")
def _patience() -> None:
    """A picture may take long on a machine that runs tests on every core."""
    from parvis.catalog.drawing import engine

    engine.SECONDS = engine.PATIENCE = 60.0


@pytest.fixture(autouse=True)
def afresh() -> Iterator[None]:
    """A request in English leaves its language behind in the thread, and a picker its index of territories that no loading tells from
    those of another test: the next test begins without them."""
    yield
    translation.deactivate()
    from parvis.territories import search

    if search._index is not None and search._index.version is None:
        search._index = None


def pytest_configure() -> None:
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs beside the live server
    from parvis.home.installation import compile_translations

    compile_translations()  # before the first page: Django reads a catalogue once
