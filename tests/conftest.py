"""What every test shares. Each run has a home folder of its own, so that runs never meet."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest

_home = tempfile.mkdtemp(prefix="parvis-tests-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["PARVIS_HOME"] = _home
os.environ.setdefault("DEBUG", "0")
os.environ["PARVIS_FETCH_ALLOW"] = ""

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def official_data() -> Path:
    """The folder of official files (`PARVIS_DATA`); tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("PARVIS_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("the official files are not here (PARVIS_DATA)")
    return folder


@pytest.fixture(autouse=True)
def _settings(settings) -> None:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


def pytest_configure() -> None:
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs beside the live server
