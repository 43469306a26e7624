"""People of one commune and of another, a home of its own for each test that keeps files, and the way of a file in one call."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from parvis.accounts.models import PlatformRole, User
from parvis.catalog import jobs, storage, understanding
from parvis.catalog.actions import deposits
from parvis.catalog.core.tables import convert, detection, profile
from parvis.catalog.core.tables.reading import Options
from parvis.catalog.models import Deposit
from parvis.organisations.models import Membership, Nature, Organisation, Role

TABLE = b"code;nom\n1;Figeac\n2;Cahors\n"


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> Path:
    """Where this test's files are, empty at first."""
    settings.PARVIS_HOME = tmp_path / "home"
    settings.PARVIS_HOME.mkdir()
    return settings.PARVIS_HOME


@pytest.fixture
def town(db: None) -> Organisation:
    return Organisation.objects.create(name="Commune d'ici", slug="ici", nature=Nature.COMMUNE)


@pytest.fixture
def elsewhere(db: None) -> Organisation:
    return Organisation.objects.create(name="Commune d'ailleurs", slug="ailleurs", nature=Nature.COMMUNE)


def person(name: str, organisation: Organisation | None = None, role: str = "", **fields: Any) -> User:
    user = User.objects.create_user(f"{name}@exemple.fr", None, **fields)
    if organisation:
        Membership.objects.create(user=user, organisation=organisation, role=role)
    return user


@pytest.fixture
def agent(town: Organisation) -> User:
    return person("agent", town, Role.AGENT)


@pytest.fixture
def editor(town: Organisation) -> User:
    return person("editor", town, Role.EDITOR)


@pytest.fixture
def administrator(town: Organisation) -> User:
    return person("administrator", town, Role.ADMINISTRATOR)


@pytest.fixture
def people(town: Organisation, elsewhere: Organisation, agent: User, editor: User, administrator: User) -> dict[str, Any]:
    """Everybody who could ask, by a name for each."""
    return {
        "anonymous": AnonymousUser(),
        "stranger": person("stranger"),
        "administrator elsewhere": person("elsewhere", elsewhere, Role.ADMINISTRATOR),
        "moderator": person("moderator", platform_role=PlatformRole.MODERATOR),
        "retired administrator": person("retired", town, Role.ADMINISTRATOR, is_active=False),
        "agent": agent,
        "editor": editor,
        "administrator": administrator,
        "platform administrator": person("platform", platform_role=PlatformRole.ADMINISTRATOR),
    }


@pytest.fixture
def receive(home: Path, town: Organisation, agent: User) -> Callable[..., Deposit]:
    """Deposit bytes without reading them."""

    def act(content: bytes = TABLE, name: str = "table.csv", **fields: Any) -> Deposit:
        return deposits.receive(**{"chunks": [content], "name": name, "organisation": town, "by": agent} | fields)

    return act


@pytest.fixture
def read(receive: Callable[..., Deposit]) -> Callable[..., Deposit]:
    """Deposit bytes and do the whole job, in the sandbox."""

    def act(*args: Any, **fields: Any) -> Deposit:
        return deposits.run(receive(*args, **fields))

    return act


@pytest.fixture
def ready(receive: Callable[..., Deposit], tmp_path: Path) -> Callable[..., Deposit]:
    """A deposit as its job leaves it without a schema, but quicker: no sandbox, for the tests of what comes after."""

    def act(content: bytes = TABLE, *, personal: Any = None, form: Any = None, **fields: Any) -> Deposit:
        deposit = receive(content, **fields)
        source, scratch = storage.original_path(deposit.sha256), tmp_path
        reading = detection.detect(source, Options(**deposit.options))
        deposit.reading = plain(reading)
        deposit.profile = plain(profile.profile(source, reading, scratch)) | {
            "preview": understanding.preview(source, reading, scratch)
        }
        found = deposit.profile.pop("personal")
        deposit.personal = found if personal is None else personal
        deposit.state, deposit.progress = Deposit.State.READY, 100
        deposit.digest = jobs.digest_of(deposit)
        deposit.form = form or deposit.form or {"title": "Nos communes"}
        deposit.save()
        table = storage.version_path(deposit.digest)
        if not table.exists():
            table.parent.mkdir(parents=True, exist_ok=True)
            convert.convert(source, reading, "parquet", table, scratch)
        return deposit

    return act


def plain(value: Any) -> Any:
    return json.loads(json.dumps(asdict(value)))
