"""A process open to answers, its statements, and browsers that answer."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from parvis.accounts.models import User
from parvis.debates.actions import statements
from parvis.debates.models import Phase, Process, Statement, Teammate
from parvis.organisations.models import Nature, Organisation
from parvis.territories.models import Level, Territory


def region() -> Territory:
    return Territory.objects.get_or_create(level=Level.REGION, code="76", defaults={"name": "Occitanie", "vintage": 2026})[0]


def commune(name: str = "Figeac", code: str = "46102", within: Territory | None = None) -> Territory:
    return Territory.objects.create(level=Level.COMMUNE, code=code, name=name, vintage=2026, region=within, postcodes=["46100"])


def process(slug: str = "velo", **fields: Any) -> Process:
    organisation = Organisation.objects.get_or_create(slug="ici", defaults={"name": "Ici", "nature": Nature.COMMUNE})[0]
    now = timezone.now()
    made = Process.objects.create(
        slug=slug, summary="Dites-le.", organisation=organisation,
        **{"title": "Le vélo ici ?", "territory": region(), "published": now - timedelta(days=2)} | fields,
    )  # fmt: skip
    Phase.objects.create(process=made, position=1, kind="opinions", title="Avis", opens=now - timedelta(days=1))
    return made


def member(name: str = "camille", **fields: Any) -> User:
    return User.objects.create_user(f"{name}@exemple.fr", None, **fields)


def teammate(made: Process, role: str = "facilitator", name: str = "equipe") -> User:
    user = member(name)
    Teammate.objects.create(process=made, user=user, role=role)
    return user


def stated(made: Process, *texts: str) -> list[Statement]:
    return [statements.create(made, text, state=Statement.State.SHOWN, seed=True) for text in texts]


def key_in(html: str) -> str:
    found = re.search(r'name="cle" value="([^"]+)"', html)
    assert found, "no key in the page"
    return found[1]


def number_in(html: str) -> int:
    """The statement that the page asks about."""
    found = re.search(r'class="panel statement".*?name="affirmation" value="(\d+)"', html, re.S)
    assert found, "no statement in the page"
    return int(found[1])


class Browser(Client):
    """Somebody at the page of opinions of one process."""

    def __init__(self, made: Process, **extra: Any) -> None:
        super().__init__(**extra)
        self.slug = made.slug

    def address(self, name: str, *parts: Any) -> str:
        return reverse(f"debates:{name}", args=[self.slug, *parts])

    def card(self, query: str = "") -> str:
        return self.get(self.address("opinions") + query).content.decode()

    def say(self, number: int, answer: str, key: str = "", **extra: Any) -> Any:
        return self.post(
            self.address("vote"),
            {"cle": key or key_in(self.card(f"?affirmation={number}")), "affirmation": number, "reponse": answer},
            **extra,
        )
