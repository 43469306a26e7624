"""The desk leads to what a person may do, and to nothing that would refuse them."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from parvis.accounts.models import User
from parvis.organisations.models import Nature, Role
from parvis.territories.models import Level, Territory
from tests.catalog import publishing

pytestmark = pytest.mark.django_db
PAGES = {
    name: reverse(f"catalog:{name}")
    for name in ("obligations_help", "campaigns", "consolidations", "harvests", "missed_searches", "requests_mine")
}


def led_to(client: Client) -> set[str]:
    text = client.get(reverse("home:desk")).content.decode()
    links = set(re.findall(r'href="([^"]+)"', text.split("<main")[1]))
    return {name for name, address in PAGES.items() if address in links}


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("resident", {"requests_mine"}),
        ("agent of a commune", {"requests_mine"}),
        ("administrator of a commune", {"requests_mine", "harvests"}),
        ("administrator of the Région", {"requests_mine", "harvests", "obligations_help", "campaigns", "consolidations"}),
        (
            "administrator of the platform",
            {"requests_mine", "harvests", "obligations_help", "campaigns", "consolidations", "missed_searches"},
        ),
    ],
)
def test_doors(client: Client, who: str, expected: set[str]) -> None:
    place = Territory.objects.create(level=Level.REGION, code=settings.REGION_CODE, name="Occitanie", vintage=2026)
    region = publishing.organisation("Région", slug="region", nature=Nature.REGION, territory=place)
    town = publishing.organisation()
    people = {
        "resident": lambda: User.objects.create_user("habitante@example.org", "un mot de passe long"),
        "agent of a commune": lambda: publishing.member(town),
        "administrator of a commune": lambda: publishing.member(town, Role.ADMINISTRATOR),
        "administrator of the Région": lambda: publishing.member(region, Role.ADMINISTRATOR),
        "administrator of the platform": lambda: User.objects.create_superuser(
            "plateforme@example.org", "un mot de passe long"
        ),
    }
    client.force_login(people[who]())
    found = led_to(client)
    assert found == expected
    for name in found:
        assert client.get(PAGES[name]).status_code == 200, name
