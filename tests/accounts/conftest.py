from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache

from parvis.accounts.models import User

PASSWORD = "un long mot de passe"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def make_user(db):
    def make(email: str = "ada@exemple.fr", password: str | None = PASSWORD, **fields) -> User:
        user = User.objects.create_user(email, password, **fields)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        return user

    return make


@pytest.fixture
def ada(make_user) -> User:
    return make_user()


@pytest.fixture
def last_code():
    """The code in the last message."""

    def read() -> str:
        found = re.search(r"^([A-Z0-9]{3,}(?:-[A-Z0-9]+)*)$", mail.outbox[-1].body, re.MULTILINE)
        assert found, mail.outbox[-1].body
        return found.group(1)

    return read


@pytest.fixture
def last_link():
    """The path of the last link of a kind in the last message."""

    def read(part: str) -> str:
        found = re.findall(r"https?://[^/\s]+(/\S*" + re.escape(part) + r"\S*)", mail.outbox[-1].body)
        assert found, mail.outbox[-1].body
        return found[-1]

    return read
