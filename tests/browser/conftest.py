"""One browser, one server and one small site for all journeys: they are the slow part, so they are made once.

The package scope matters twice: Playwright's event loop must be gone before other folders run, and what is written here is
written for good (no transaction), so it is flushed when the last journey is over."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest
from django.conf import settings as django_settings
from django.core.mail import EmailMessage, get_connection
from django.core.management import call_command
from django.test import Client, override_settings
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.small_site import PASSWORD, SmallSite, build

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if not path:
        pytest.fail(
            "The browser journeys need Chromium: install it, or say where it is with CHROMIUM=/path/to/chromium.", pytrace=False
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def transactional_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """As elsewhere, what is written is written; here until the last journey, not until the end of each test."""
    with django_db_blocker.unblock():
        yield
        call_command("flush", verbosity=0, interactive=False)


@pytest.fixture(scope="package")
def site(transactional_db: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallSite]:
    """A published dataset, deposits in each state, people and their organisations, behind a real server."""
    from pytest_django.live_server_helper import LiveServer

    outbox = tmp_path_factory.mktemp("outbox")
    for_tests = override_settings(
        STORAGES=django_settings.STORAGES
        | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}},
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        TASKS={"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}},
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        ALLOWED_HOSTS=["localhost", "127.0.0.1"],
        EMAIL_FILE_PATH=outbox,
        DEMONSTRATION=True,
    )
    with for_tests:
        letters = get_connection("django.core.mail.backends.filebased.EmailBackend", file_path=outbox)
        EmailMessage(
            "Votre code", "Voici votre code :\n\nABC-DEF", "site@demo.invalid", ["a@demo.invalid"], connection=letters
        ).send()
        made = build(tmp_path_factory.mktemp("country"))
        server = LiveServer("localhost")
        made.url = server.url
        yield made
        server.stop()


@dataclass
class Visitor:
    """Somebody at a browser, and what their browser complains of: scripts that fail, what the security policy blocked, files that are missing."""

    site: SmallSite
    context: BrowserContext
    complaints: list[str] = field(default_factory=list)
    elsewhere: set[str] = field(default_factory=set)
    _page: Page | None = None

    @property
    def page(self) -> Page:
        if self._page is None:
            self._page = self.context.new_page()
            self._page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
            self._page.on("pageerror", lambda error: self.complaints.append(str(error)))
            self._page.on("request", self._noticed)
        return self._page

    def _noticed(self, request: Any) -> None:
        parts = urlparse(request.url)
        if parts.scheme != "data" and parts.netloc != urlparse(self.site.url).netloc:
            self.elsewhere.add(request.url)

    def go(self, path: str) -> Any:
        return self.page.goto(self.site.url + path, wait_until="load")

    def sign_in(self, email: str) -> None:
        """Through the form, as a person does."""
        self.go("/compte/login/")
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Se connecter", exact=True).click()
        expect(self.page.get_by_role("heading", level=1, name="Mon bureau")).to_be_visible()

    def be(self, email: str) -> None:
        """Signed in already, where signing in is not what is tested."""
        client = Client()
        client.force_login(self.site.people[email])
        name = django_settings.SESSION_COOKIE_NAME
        self.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": self.site.url}])


@pytest.fixture
def visitor(chromium: Browser, site: SmallSite) -> Iterator[Callable[..., Visitor]]:
    """`visitor(width=360, java_script_enabled=False, …)`: a new browser profile, closed after the test."""
    contexts: list[BrowserContext] = []

    def arrive(*, width: int = 1280, **options: Any) -> Visitor:
        context = chromium.new_context(viewport={"width": width, "height": 900}, locale="fr-FR", **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        return Visitor(site, context)

    yield arrive
    for context in contexts:
        context.close()
