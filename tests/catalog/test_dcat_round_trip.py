"""Our export, harvested by ourselves through the real job, gives the same catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from parvis.accounts.models import PlatformRole, User
from parvis.catalog.core.dcat.records import Dataset
from parvis.catalog.core.dcat.writing import FORMATS
from parvis.catalog.dcat import documents, records
from parvis.organisations.models import Organisation
from parvis.territories.models import Level, Territory
from tests.catalog.conftest import person
from tests.catalog.portals import Answer, Portal, portal
from tests.catalog.publishing import organisation, published
from tests.catalog.test_harvests import activated, again, declared

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home(home: Any) -> None:
    cache.clear()


@pytest.fixture
def site(settings: Any) -> Iterator[Portal]:
    with portal() as found:
        settings.FETCH_ALLOW = (found.door,)
        settings.SITE_URL = found.url
        yield found


@pytest.fixture
def platform(town: Organisation) -> User:
    return person("plateforme", platform_role=PlatformRole.ADMINISTRATOR)


def kept(found: Dataset) -> dict[str, Any]:
    """What a reader of the catalogue would compare."""
    return {
        "iri": found.iri,
        "texts": (found.title, found.description, found.keywords, found.language),
        "dates": (found.issued, found.modified),
        "choices": (
            found.licence,
            found.frequency,
            found.themes,
            found.hvd_categories,
            found.applicable_legislation,
            found.access_rights,
        ),
        "places": found.spatial,
        "page": found.landing_page,
        "files": [
            (file.title, file.description, file.download_url or file.access_url, file.format, file.modified)
            for file in found.distributions
        ],
    }


@pytest.mark.parametrize("extension", FORMATS)
def test_our_export_harvested_by_ourselves_is_the_same_catalogue(
    client: Client, site: Portal, town: Organisation, platform: User, monkeypatch: pytest.MonkeyPatch, extension: str
) -> None:
    monkeypatch.setattr(documents, "PER_PAGE", 2)
    cahors = Territory.objects.create(level=Level.COMMUNE, code="46042", name="Cahors", vintage=2026)
    publisher = organisation("Ville de Cahors", siren="214600421", website="https://cahors.example/")
    for number, title in enumerate(("Arrêts & lignes", "Budget « primitif »", "Écoles <élèves>")):
        published(
            title=title, slug=f"jeu-{number}", organisation=publisher, territory=cahors, description=f"{title}.\n\nDeux paragraphes.",
            keywords=["un", "deux"], frequency="monthly", high_value="mobility" if number else "",
        )  # fmt: skip
    ours = {found.pk: kept(records.of(found)) for found in documents.listed(None)}
    for page in (1, 2):
        address = f"/donnees/catalogue.{extension}?page={page}"
        answer = client.get(address)
        assert answer.status_code == 200
        site.pages[address] = Answer(answer.content, answer["Content-Type"])
    source = declared(site, town, platform, f"/donnees/catalogue.{extension}?page=1")
    run = activated(source, platform)
    assert (run.state, run.made, run.refused) == ("done", 3, 0), run.error
    theirs = {found.harvested.identifier: kept(records.of(found)) for found in documents.listed(None).exclude(harvested=None)}
    assert theirs == ours
    assert again(source, platform).same == 3
