"""A published dataset, people who talk about it, and the ways they say something."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from parvis.accounts.models import User
from parvis.catalog.models import Dataset
from parvis.discussions import actions
from parvis.discussions.models import Message
from parvis.organisations.models import Membership, Role
from tests.catalog.publishing import dataset


@pytest.fixture(autouse=True)
def _no_limit_of_another_test() -> None:
    cache.clear()


@pytest.fixture
def data(db: None) -> Dataset:
    return dataset()


@pytest.fixture
def ada(db: None) -> User:
    return old(person("ada", "Ada"))


@pytest.fixture
def bob(db: None) -> User:
    return old(person("bob", "Bob"))


@pytest.fixture
def officer(data: Dataset) -> User:
    """An editor of the organisation that publishes."""
    user = old(person("agente", "Agente"))
    Membership.objects.create(user=user, organisation=data.organisation, role=Role.EDITOR)
    return user


def person(key: str, name: str = "", **fields: Any) -> User:
    return User.objects.create_user(f"{key}@exemple.fr", None, name=name, **fields)


def old(user: User) -> User:
    user.date_joined = timezone.now() - timedelta(days=400)
    user.save()
    return user


def say(thing: Any, text: str, by: User, **fields: Any) -> Message:
    return actions.write(thing.reference, text, by=by, **fields)


def address(thing: Any, name: str = "subject") -> str:
    return reverse(f"discussions:{name}", args=[thing.reference])
