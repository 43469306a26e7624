"""The sources on their pages, by their API and by the command; who may do what; the links; real catalogues."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from typer.testing import CliRunner

from parvis.accounts.models import PlatformRole, User
from parvis.catalog import harvest_cli, quality
from parvis.catalog.actions import datasets, harvests
from parvis.catalog.harvesting import links, publishers, records
from parvis.catalog.models import Dataset, HarvestSource, LinkCheck, Resource
from parvis.organisations.models import Nature, Organisation, Role
from parvis.shared.search import keeper
from parvis.shared.search.port import Question
from tests.catalog.conftest import person
from tests.catalog.portals import Answer, Portal, ckan, package, portal
from tests.catalog.test_harvests import SEARCH, activated, again, declared, fates, looked

pytestmark = pytest.mark.django_db
FIGEAC = "214601023"


@pytest.fixture(autouse=True)
def _home(home: Any) -> None:
    cache.clear()


@pytest.fixture
def site(settings: Any) -> Iterator[Portal]:
    with portal() as found:
        settings.FETCH_ALLOW = (found.door,)
        yield found


@pytest.fixture
def platform(town: Organisation) -> User:
    return person("plateforme", platform_role=PlatformRole.ADMINISTRATOR)


@pytest.fixture
def source(site: Portal, town: Organisation, platform: User) -> HarvestSource:
    site.pages[SEARCH] = ckan([package(1), package(2)])
    found = declared(site, town, platform)
    activated(found, platform)
    found.refresh_from_db()
    return found


# ----- Pages -----


def test_the_whole_way_on_the_pages(client: Client, site: Portal, town: Organisation, administrator: User) -> None:
    site.pages[SEARCH] = ckan([package(1), package(2)])
    client.force_login(administrator)
    assert "Ajouter un portail" in client.get("/donnees/moissonnage/").content.decode()
    form = {"address": site.url, "name": "Notre portail", "organisation": "ici"}
    answer = client.post("/donnees/moissonnage/ajouter/", form)
    assert answer.status_code == 302
    found = HarvestSource.objects.get()
    page = client.get(answer.url).content.decode()
    assert "Nous lisons ce portail" in page
    looked(found)
    page = client.get(answer.url).content.decode()
    assert "un portail CKAN" in page
    assert "Jeu de données 2" in page
    assert "Activer et lire" in page
    assert client.get("/donnees/").content.decode().count("Jeu de données 2") == 0
    answer = client.post(f"{found.get_absolute_url()}activer/", {"rhythm": "weekly", "name": "Notre portail"})
    assert answer.status_code == 302
    from tests.catalog.test_harvests import work

    run = work(found.runs.get(preview=False))
    page = client.get(found.get_absolute_url()).content.decode()
    assert "chaque semaine" in page
    assert run.get_absolute_url() in page
    client.logout()
    dataset = Dataset.objects.get(harvested__identifier="id-1")
    page = client.get(dataset.get_absolute_url()).content.decode()
    assert f'<link rel="canonical" href="{site.url}/dataset/jeu-1">' in page
    assert "Original" in page
    assert "moissonné depuis" in page
    assert "https://exemple.fr/1.csv" in page
    assert "Gérer" not in page
    page = client.get(dataset.resources.get().get_absolute_url()).content.decode()
    assert "Ouvrir le fichier chez son éditeur" in page


def test_an_address_that_is_refused_says_why(client: Client, site: Portal, town: Organisation, administrator: User) -> None:
    client.force_login(administrator)
    for address, said in (
        ("http://127.0.0.1:1/", "port"),
        ("ftp://exemple.fr/", "http"),
        ("http://192.168.1.1/", "réseau privé"),
    ):
        answer = client.post("/donnees/moissonnage/ajouter/", {"address": address, "organisation": "ici"})
        assert answer.status_code == 422
        assert said in answer.content.decode()
    assert not HarvestSource.objects.exists()


def test_the_log_of_a_run(client: Client, source: HarvestSource) -> None:
    run = source.runs.get(preview=False)
    page = client.get(run.get_absolute_url()).content.decode()
    assert "Jeu de données 1" in page
    assert "Jeu de données 1" not in client.get(run.get_absolute_url() + "?devenir=refused").content.decode()
    assert client.get(run.get_absolute_url() + "?devenir=oui&q=%00").status_code == 200
    answer = client.get(run.get_absolute_url() + "journal.csv?devenir=made")
    lines = list(csv.reader(io.StringIO(b"".join(answer).decode())))
    assert lines[0][1] == "devenir"
    assert [line[2] for line in lines[1:]] == ["id-1", "id-2"]


def test_lists_ask_a_constant_number_of_questions(
    client: Client, site: Portal, town: Organisation, source: HarvestSource, platform: User, django_assert_max_num_queries: Any
) -> None:
    for n in range(6):
        HarvestSource.objects.create(address=f"https://x{n}.fr", organisation=town, name=f"x{n}", state="active")
    with django_assert_max_num_queries(12):
        client.get("/donnees/moissonnage/")
    with django_assert_max_num_queries(16):
        client.get(source.runs.get(preview=False).get_absolute_url())
    client.force_login(platform)
    with django_assert_max_num_queries(24):
        client.get(source.get_absolute_url())


MANAGERS = {"administrator", "platform administrator"}


def test_who_may_do_what(client: Client, people: Any, site: Portal, town: Organisation, source: HarvestSource) -> None:
    """The table, door by door. What is active is public; its management, and what is a draft, exist for those who run it."""
    draft = HarvestSource.objects.create(address="https://a.fr", organisation=town, name="Brouillon")
    run = source.runs.get(preview=False)
    here = source.get_absolute_url()
    for who, someone in people.items():
        client.logout()
        if isinstance(someone, User):
            client.force_login(someone)
        manages = who in MANAGERS
        assert client.get(here).status_code == 200
        assert client.get(run.get_absolute_url()).status_code == 200
        assert ("Lire maintenant" in client.get(here).content.decode()) is manages, who
        assert client.get(draft.get_absolute_url()).status_code == (200 if manages else 404), who
        assert ("Brouillon" in client.get("/donnees/moissonnage/").content.decode()) is manages, who
        refused = {302, 404}
        for door in ("regler", "organismes", "relire-l-apercu", "activer"):
            status = client.post(f"{here}{door}/", {}).status_code
            assert manages or status in refused, (who, door, status)
        assert (client.get(f"{here}retirer/").status_code == 200) is manages, who
        for act in (lambda s=someone: harvests.pause(source, by=s), lambda s=someone: harvests.end(draft, by=s)):
            if not manages:
                with pytest.raises(Exception, match="Il faut être"):
                    act()
    source.refresh_from_db()
    assert source.state == "active"


def test_what_is_harvested_is_changed_nowhere_here(
    client: Client, source: HarvestSource, town: Organisation, platform: User
) -> None:
    dataset = Dataset.objects.get(harvested__identifier="id-1")
    client.force_login(platform)
    assert client.get(f"/donnees/depots/{dataset.pk}/").status_code == 404
    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied, match="autre portail"):
        datasets.apply(dataset, {"title": "Mien"}, by=platform)
    with pytest.raises(PermissionDenied, match="autre portail"):
        datasets.add_resource(dataset, title="Mienne", by=platform)


def test_the_search_finds_it_with_its_facets(source: HarvestSource) -> None:
    keeper.rebuild(keeper.kinds.get("dataset"), wait=True)
    answer = keeper.search("dataset", Question("jeu de données", {"format": ("csv",)}, facets=("format", "licence"), limit=5))
    assert len(answer.keys) == 2
    assert dict(answer.facets["format"]) == {"csv": 2}


def test_its_quality_is_that_of_what_is_said(source: HarvestSource) -> None:
    dataset = Dataset.objects.get(harvested__identifier="id-1")
    assert dataset.quality_score
    before = dataset.quality_score
    quality.measure(Dataset.objects.select_related("organisation", "harvested").get(pk=dataset.pk), timezone.localdate())
    dataset.refresh_from_db()
    assert dataset.quality_score == before
    assert "table" not in {line.name for line in quality.report(dataset).to_do}  # type: ignore[union-attr]


# ----- API and command -----


def test_the_api(client: Client, source: HarvestSource, town: Organisation) -> None:
    HarvestSource.objects.create(address="https://a.fr", organisation=town, name="Brouillon")
    found = client.get("/api/v1/harvest/sources").json()
    assert [(one["id"], one["datasets"]) for one in found["data"]] == [(source.pk, 2)]
    run = client.get(f"/api/v1/harvest/sources/{source.pk}/runs").json()["data"]
    assert [(one["state"], one["made"]) for one in run] == [("done", 2)]
    lines = client.get(f"/api/v1/harvest/runs/{run[0]['id']}/records?fate=made&page_size=1").json()
    assert (lines["meta"]["total"], lines["data"][0]["identifier"]) == (2, "id-1")
    for path in ("sources/xyz", "sources/xyz/runs", "runs/xyz/records"):
        answer = client.get(f"/api/v1/harvest/{path}")
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert client.get(f"/api/v1/harvest/runs/{run[0]['id']}/records?fate=oui").status_code == 422
    look = source.runs.get(preview=True)
    assert client.get(f"/api/v1/harvest/runs/{look.pk}/records").status_code == 404


def test_the_command(site: Portal, town: Organisation, platform: User) -> None:
    site.pages[SEARCH] = ckan([package(1)])
    command = CliRunner()
    done = command.invoke(harvest_cli.app, ["add", site.url, "--organisation", "ici", "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["kind"], said["total"]) == ("ckan", 1)
    done = command.invoke(harvest_cli.app, ["run", said["source"], "--json"])
    assert (done.exit_code, json.loads(done.stdout)["made"]) == (0, 1)
    assert site.url in command.invoke(harvest_cli.app, ["list"]).stdout
    site.pages[SEARCH] = Answer(b"<html>", "text/html")
    assert command.invoke(harvest_cli.app, ["run", said["source"]]).exit_code == 1
    assert command.invoke(harvest_cli.app, ["run", "xyz"]).exit_code == 2
    assert command.invoke(harvest_cli.app, ["add", site.url + "/b", "--organisation", "personne"]).exit_code == 2


# ----- Publishers -----


@pytest.fixture
def figeac(db: None) -> Organisation:
    return Organisation.objects.create(name="Commune de Figeac", slug="figeac-46102", nature=Nature.COMMUNE, siren=FIGEAC)


def holder(**fields: str) -> dict[str, Any]:
    return {"organization": {"name": "figeac", "title": "Mairie de Figeac"} | fields}


def test_a_siren_is_believed_of_the_platform_only(
    site: Portal, town: Organisation, figeac: Organisation, platform: User, administrator: User
) -> None:
    """An organisation that declares its portal publishes in nobody else's name before somebody there confirms it."""
    site.pages[SEARCH] = ckan([package(1, **holder(siret=FIGEAC + "00012"))])
    source = declared(site, town, administrator)
    activated(source, administrator)
    dataset = Dataset.objects.get()
    assert dataset.organisation == town
    publisher = source.publishers.get()
    assert (publisher.state, publisher.organisation, publisher.count) == ("proposed", figeac, 1)
    with pytest.raises(harvests.HarvestError, match="administre"):
        harvests.confirm(publisher, figeac, by=administrator)
    assert harvests.confirm(publisher, figeac, by=platform) == 1
    dataset.refresh_from_db()
    assert dataset.organisation == figeac
    assert "Mairie de Figeac" in dataset.source
    again(source, administrator)
    dataset.refresh_from_db()
    assert dataset.organisation == figeac
    assert harvests.keep_name(publisher, by=platform) == 1


def test_a_siren_is_recognised_at_once_for_the_platform(
    site: Portal, town: Organisation, figeac: Organisation, platform: User
) -> None:
    site.pages[SEARCH] = ckan([package(1, **holder(siret=FIGEAC + "00012")), package(2), package(3, organization=None)])
    source = declared(site, town, platform)
    activated(source, platform)
    held = dict(Dataset.objects.values_list("harvested__identifier", "organisation__slug"))
    assert held == {"id-1": "figeac-46102", "id-2": "ici", "id-3": "ici"}  # a name alone is only a proposal


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("http://id.insee.fr/geo/commune/46102", "commune:46102"), ("fr:commune:46102", "commune:46102"),
        ("fr:departement:46", "departement:46"), ("http://rdf.insee.fr/geo/2011/COM_31555", "commune:31555"),
        ("fr:epci:200067361", "epci:200067361"), ("country:fr", ""), ("https://exemple.fr/communes", ""), ("", ""),
    ],
)  # fmt: skip
def test_places(text: str, place: str) -> None:
    assert publishers.place_in(text) == place


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("etalab-2.0", "lov2"), ("lov2", "lov2"), ("https://www.etalab.gouv.fr/licence-ouverte-open-licence/", "lov2"), ("fr-lo", "other"),
        ("Licence Ouverte 1.0", "other"), ("odc-odbl", "odbl"), ("https://opendatacommons.org/licenses/odbl/1-0/", "odbl"),
        ("cc-by", "other"), ("notspecified", ""), ("", ""),
    ],
)  # fmt: skip
def test_licences(said: str, kept: str) -> None:
    assert records.licence_of(said) == kept


# ----- Links -----


def test_a_broken_link_is_told_once(site: Portal, town: Organisation, administrator: User, platform: User) -> None:
    site.pages["/1.csv"] = Answer(b"a;b\n", "text/csv")
    file = {"id": "f", "name": "F", "url": f"{site.url}/1.csv", "format": "CSV"}
    site.pages[SEARCH] = ckan([package(1, resources=[file])])
    source = declared(site, town, platform)
    activated(source, platform)
    now = timezone.now()
    assert links.check(now, pace=0) == 1
    assert site.methods[-1] == "HEAD"
    assert LinkCheck.objects.get().state == "good"
    assert links.check(now + timedelta(days=6), pace=0) == 0
    del site.pages["/1.csv"]
    mail.outbox.clear()
    for day in range(8, 8 + links.BROKEN_AFTER):
        assert mail.outbox == []
        assert links.check(now + timedelta(days=day, minutes=1), pace=0) == 1
    assert LinkCheck.objects.get().state == "broken"
    assert [message.to for message in mail.outbox] == [[administrator.email]]
    assert f"{site.url}/1.csv" in mail.outbox[0].body
    links.check(now + timedelta(days=20), pace=0)
    assert len(mail.outbox) == 1
    site.pages["/1.csv"] = Answer(b"a;b\n", "text/csv")
    links.check(now + timedelta(days=30), pace=0)
    assert (LinkCheck.objects.get().state, LinkCheck.objects.get().told) == ("good", None)


def test_a_link_inside_is_not_followed(site: Portal, source: HarvestSource) -> None:
    Resource.objects.exclude(remote_url="").update(remote_url="http://169.254.169.254/latest/")
    links.check(pace=0)
    assert "réseau privé" in LinkCheck.objects.first().why  # type: ignore[union-attr]


def test_a_server_that_does_not_know_head(site: Portal) -> None:
    site.pages["/a"] = Answer(status=500)
    assert "500" in links.problem(f"{site.url}/a")
    assert site.methods[-2:] == ["HEAD", "GET"]
    assert site.headers[-1]["Range"] == "bytes=0-0"


# ----- Catalogues in RDF, and real ones -----

TURTLE = b"""@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
<http://d.fr/1> a dcat:Dataset ; dct:identifier "1" ; dct:title "Premier"@fr ; dct:publisher <http://d.fr/o> ;
  dct:spatial <http://id.insee.fr/geo/commune/46102> ; dcat:distribution <http://d.fr/1/csv> .
<http://d.fr/1/csv> a dcat:Distribution ; dcat:downloadURL <http://d.fr/1.csv> ; dct:format "CSV" ; dct:license <https://www.etalab.gouv.fr/licence-ouverte-open-licence/> .
<http://d.fr/o> a foaf:Organization ; foaf:name "Ville" .
<http://d.fr/2> a dcat:Dataset ; dct:identifier "2" ; dct:title "Deuxi\xc3\xa8me"@fr .
"""


def test_turtle(site: Portal, town: Organisation, platform: User) -> None:
    site.pages["/catalog.ttl"] = Answer(TURTLE, "text/turtle")
    source = declared(site, town, platform, "")  # the portal's own address: its catalogue is looked for
    assert (source.kind, source.endpoint) == ("dcat", f"{site.url}/catalog.ttl")
    run = activated(source, platform)
    assert (run.state, run.made) == ("done", 2), run.error
    dataset = Dataset.objects.get(harvested__identifier="1")
    assert (dataset.licence, dataset.resources.get().remote_url) == ("lov2", "http://d.fr/1.csv")


def test_half_a_catalogue_takes_nothing_away(site: Portal, town: Organisation, platform: User) -> None:
    """What comes before the cut is read; what does not come is not said to have left."""
    site.pages["/catalog.ttl"] = Answer(TURTLE, "text/turtle")
    source = declared(site, town, platform, "/catalog.ttl")
    activated(source, platform)
    site.pages["/catalog.ttl"] = Answer(TURTLE[: TURTLE.index(b"<http://d.fr/o>") + 20], "text/turtle")
    run = again(source, platform, now=timezone.now() + timedelta(days=30))
    assert run.state == "partial", run.error
    assert run.records.filter(fate="problem", message__contains="coupé").exists()
    assert Dataset.objects.filter(published__isnull=False).count() == 2
    assert not source.datasets.exclude(missing_since=None).exists()


def test_html_instead_of_rdf(site: Portal, town: Organisation, platform: User) -> None:
    site.pages["/catalog.ttl"] = Answer(TURTLE, "text/turtle")
    source = declared(site, town, platform, "/catalog.ttl")
    activated(source, platform)
    site.pages["/catalog.ttl"] = Answer(b"<!doctype html><html><body>Maintenance</body></html>", "text/html")
    run = again(source, platform)
    assert run.state == "failed"
    assert run.error.endswith((".", ").")), run.error
    assert Dataset.objects.filter(published__isnull=False).count() == 2


def hydra(site: Portal, count: int, *, loop: bool = False) -> None:
    head = b"@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> . @prefix hydra: <http://www.w3.org/ns/hydra/core#> .\n"

    def answer(parameters: dict[str, list[str]]) -> Answer:
        page = int(parameters.get("page", ["1"])[0])
        following = page + 1 if page < count else 1 if loop else 0
        text = f'<http://d.fr/{page}> a dcat:Dataset ; dct:identifier "{page}" ; dct:title "Jeu {page}"@fr .\n'
        text += f"<{site.url}/h> a dcat:Catalog, hydra:Collection ; hydra:totalItems {count} .\n"
        text += f"<{site.url}/h?page={page}> a hydra:PartialCollectionView"
        text += f" ; hydra:next <{site.url}/h?page={following}> ." if following else " ."
        return Answer(head + text.encode(), "text/turtle")

    site.pages["/h"] = answer


def test_hydra_pages(site: Portal, town: Organisation, platform: User) -> None:
    hydra(site, 12)
    source = declared(site, town, platform, "/h")
    run = activated(source, platform)
    assert (run.state, run.made, run.page) == ("done", 12, 13), run.error
    assert fates(again(source, platform)) == {"same": 12}


def test_hydra_pages_that_come_back_to_the_first(site: Portal, town: Organisation, platform: User) -> None:
    hydra(site, 3, loop=True)
    source = declared(site, town, platform, "/h?page=1")
    run = activated(source, platform)
    assert (run.state, run.made) == ("partial", 3)
    assert "déjà lue" in run.error


def test_a_real_catalogue_of_a_town(site: Portal, town: Organisation, platform: User, official_data: Path) -> None:
    """ArcGIS Hub's data.json of Évian-les-Bains, as it is."""
    real = official_data / "dcat" / "samples" / "evian.json"
    if not real.is_file():
        pytest.skip("the real catalogues are not here")
    site.pages["/data.json"] = Answer(real.read_bytes(), "application/json")
    source = declared(site, town, platform, "")
    run = activated(source, platform)
    expected = len(json.loads(real.read_text())["dataset"])
    assert (source.kind, run.state, run.made + run.refused) == ("dcat", "done", expected)
    bikes = Dataset.objects.get(title="stationnement velos")
    assert bikes.description == "Emplacement et description des stationnement vélos à Evian-les-Bains"
    assert bikes.licence == "lov2"
    assert {"csv", "geojson", "kml"} <= set(bikes.resources.values_list("remote_format", flat=True))
    assert fates(again(source, platform)).get("same") == run.made


def test_real_pages_in_json_ld(site: Portal, town: Organisation, platform: User, official_data: Path) -> None:
    """udata's own sample of a collection in two pages."""
    folder = official_data / "dcat" / "samples"
    if not (folder / "partial-collection-1.jsonld").is_file():
        pytest.skip("the real catalogues are not here")
    for number in (1, 2):
        text = (folder / f"partial-collection-{number}.jsonld").read_text()
        text = text.replace("http://data.test.org/catalog.jsonld", f"{site.url}/catalog.jsonld")
        site.pages[f"/catalog.jsonld?page={number}"] = Answer(text.encode(), "application/ld+json")
    source = declared(site, town, platform, "/catalog.jsonld?page=1")
    run = activated(source, platform)
    assert run.state == "done", run.error
    assert set(Dataset.objects.values_list("harvested__identifier", flat=True)) == {"1", "2", "3", "4"}


def test_a_member_of_another_organisation_adds_nothing_for_this_one(
    site: Portal, town: Organisation, elsewhere: Organisation
) -> None:
    other = person("autre", elsewhere, Role.ADMINISTRATOR)
    with pytest.raises(Exception, match="Il faut être"):
        harvests.declare(address=site.url, organisation=town, by=other)
