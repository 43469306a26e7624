"""Catalogues of others, read from a server of this machine: what is made of them, and what may go wrong on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from parvis.accounts.models import PlatformRole, User
from parvis.catalog.actions import harvests
from parvis.catalog.harvesting import bodies, hosts, jobs
from parvis.catalog.models import (
    Dataset,
    HarvestedDataset,
    HarvestHost,
    HarvestRun,
    HarvestSource,
    Resource,
)
from parvis.organisations.models import Organisation
from tests.catalog.conftest import person
from tests.catalog.portals import Answer, Portal, ckan, package, portal

pytestmark = pytest.mark.django_db
SEARCH = "/api/3/action/package_search"


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
    return person("platform", platform_role=PlatformRole.ADMINISTRATOR)


def declared(site: Portal, town: Organisation, by: User, path: str = SEARCH, **fields: Any) -> HarvestSource:
    """A source, looked at."""
    source = harvests.declare(address=site.url + path, organisation=town, by=by, name="Le portail", **fields)
    return looked(source)


def looked(source: HarvestSource) -> HarvestSource:
    work(source.runs.get(state="waiting"))
    source.refresh_from_db()
    return source


def work(run: HarvestRun, **fields: Any) -> HarvestRun:
    while jobs.run(run.pk, **fields):
        pass
    run.refresh_from_db()
    return run


def activated(source: HarvestSource, by: User) -> HarvestRun:
    return work(harvests.activate(source, by=by, rhythm="daily"))


def again(source: HarvestSource, by: User, **fields: Any) -> HarvestRun:
    cache.clear()
    source.refresh_from_db()
    return work(harvests.run_now(source, by=by), **fields)


def fates(run: HarvestRun) -> dict[str, int]:
    return dict(Counter(run.records.values_list("fate", flat=True)))


def problems(run: HarvestRun) -> list[str]:
    return list(run.records.filter(fate="problem").values_list("message", flat=True))


# ----- The main way -----


def test_from_an_address_to_datasets(site: Portal, town: Organisation, platform: User) -> None:
    site.pages[SEARCH] = ckan([package(1), package(2, title="Autre", resources=[])])
    source = declared(site, town, platform)
    looked = source.runs.get()
    assert (looked.state, source.kind, source.state) == ("done", "ckan", "draft")
    assert (looked.found["total"], [one["title"] for one in looked.found["records"]]) == (2, ["Jeu de données 1", "Autre"])
    assert "aucun fichier" in looked.found["records"][1]["problem"]
    assert not Dataset.objects.exists()  # a look makes nothing

    run = activated(source, platform)
    assert (run.state, run.error, fates(run)) == ("done", "", {"made": 2})
    assert (run.read, run.made, run.whole) == (2, 2, True)
    dataset = Dataset.objects.get(title="Jeu de données 1")
    assert (dataset.organisation, dataset.licence, dataset.description) == (town, "lov2", "Ce qu'il contient.")
    assert dataset.published is not None
    assert dataset.published.year == 2020
    assert dataset.harvested.original_url == f"{site.url}/dataset/jeu-1"
    assert "Ville de Figeac" in dataset.source
    assert "Le portail" in dataset.source
    resource = dataset.resources.get()
    assert (resource.remote_url, resource.remote_format, resource.remote_bytes) == ("https://exemple.fr/1.csv", "csv", 1234)
    assert resource.current is None


def test_nothing_changed(site: Portal, town: Organisation, platform: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without ETag the body tells; nothing is read again, and every record still has its line."""
    site.pages[SEARCH] = ckan([package(n) for n in range(5)])
    source = declared(site, town, platform)
    activated(source, platform)
    monkeypatch.setattr(jobs.sandbox, "run", None)  # reading again would fail
    run = again(source, platform)
    assert (run.state, fates(run), run.same) == ("done", {"same": 5}, 5)


def test_conditional_requests(site: Portal, town: Organisation, platform: User) -> None:
    body = bodies_of([package(1)])
    site.pages[SEARCH] = Answer(body, etag=True)
    source = declared(site, town, platform)
    activated(source, platform)
    run = again(source, platform)
    assert site.headers[-1]["If-None-Match"].startswith('"')
    assert fates(run) == {"same": 1}


def bodies_of(packages: list[dict[str, Any]]) -> bytes:
    import json

    return json.dumps({"success": True, "result": {"count": len(packages), "results": packages}}).encode()


def test_a_changed_title_makes_no_duplicate(site: Portal, town: Organisation, platform: User) -> None:
    packages = [package(1), package(2)]
    site.pages[SEARCH] = ckan(packages)
    source = declared(site, town, platform)
    activated(source, platform)
    before = Dataset.objects.get(harvested__identifier="id-1")
    file = before.resources.get()
    packages[0] = package(1, title="Un tout autre titre", resources=[*package(1)["resources"], *package(9)["resources"]])
    run = again(source, platform)
    assert fates(run) == {"changed": 1, "same": 1}
    after = Dataset.objects.get(harvested__identifier="id-1")
    assert (after.pk, after.slug, after.title) == (before.pk, before.slug, "Un tout autre titre")
    assert Dataset.objects.count() == 2
    assert set(after.resources.values_list("remote_url", flat=True)) == {"https://exemple.fr/1.csv", "https://exemple.fr/9.csv"}
    assert Resource.objects.filter(pk=file.pk).exists()  # a file keeps its address


def test_what_left_is_archived_after_seven_days(site: Portal, town: Organisation, platform: User) -> None:
    packages = [package(1), package(2)]
    site.pages[SEARCH] = ckan(packages)
    source = declared(site, town, platform)
    activated(source, platform)
    gone = packages.pop()
    now = timezone.now()
    run = again(source, platform, now=now)
    assert fates(run) == {"same": 1, "missing": 1}
    assert Dataset.objects.filter(published__isnull=False).count() == 2
    run = again(source, platform, now=now + timedelta(days=6))
    assert fates(run) == {"same": 1, "missing": 1}
    run = again(source, platform, now=now + timedelta(days=7, minutes=1))
    assert fates(run) == {"same": 1, "archived": 1}
    dataset = Dataset.objects.get(harvested__identifier="id-2")
    assert dataset.published is None
    assert dataset.harvested.archived
    packages.append(gone)
    run = again(source, platform, now=now + timedelta(days=9))
    assert fates(run) == {"same": 1, "restored": 1}
    dataset.refresh_from_db()
    assert dataset.published is not None
    assert Dataset.objects.count() == 2


def test_pages_are_read_ahead_and_in_order(
    site: Portal, town: Organisation, platform: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "AHEAD", 4)
    site.pages[SEARCH] = ckan([package(n) for n in range(23)], size=3)
    source = declared(site, town, platform)
    run = activated(source, platform)
    assert (run.state, run.read, run.page) == ("done", 23, 9)
    assert Dataset.objects.count() == 23
    starts = [path.partition("start=")[2].partition("&")[0] for path in site.asked if "start=" in path]
    assert starts[-8:] == [str(n) for n in range(0, 24, 3)]  # each page once
    run = again(source, platform)
    assert fates(run) == {"same": 23}


# ----- What goes wrong -----


def test_one_bad_record_never_stops_a_run(site: Portal, town: Organisation, platform: User) -> None:
    bad = [package(2, title="", name=""), "pas une fiche", package(4, id="", name=""), package(5, resources=[{"url": 3}, None])]
    many = package(6, title="x" * 5000, notes="<p>" * 10_000 + "\x00\ud800", tags=[{"display_name": "é" * 5000}] * 500)
    site.pages[SEARCH] = ckan([package(1), *bad, many, package(1, title="Le même")])
    source = declared(site, town, platform)
    run = activated(source, platform)
    assert run.state == "done"
    assert fates(run) == {"made": 3, "refused": 1, "problem": 3}
    assert "pas de titre" in run.records.get(fate="refused").message
    assert Dataset.objects.filter(title="Jeu de données 1").count() == 1
    run = again(source, platform)
    assert fates(run) == {"same": 3, "refused": 1, "problem": 3}  # a page with a problem is read again, and says it again


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(b"<html><body>Maintenance</body></html>", "text/html"), "page web"),
        (Answer(bodies_of([package(1), package(2)])[:-300]), "coupée"),
        (Answer(b'{"success": false, "error": {"message": "Not found"}}'), "Not found"),
        (Answer(b""), "vide"),
        (Answer(bodies_of([package(1)]), cut=500), "interrompu"),
        (Answer(b"oui", "text/plain"), "JSON"),
    ],
)  # fmt: skip
def test_an_answer_that_is_none(
    site: Portal, town: Organisation, platform: User, monkeypatch: pytest.MonkeyPatch, answer: Answer, said: str
) -> None:
    monkeypatch.setattr(jobs, "TRIES", 1)
    site.pages[SEARCH] = ckan([package(1), package(2)])
    source = declared(site, town, platform)
    activated(source, platform)
    site.pages[SEARCH] = answer
    run = again(source, platform)
    assert run.state == "failed"
    assert said in run.error, run.error
    assert [said in one for one in problems(run)] == [True]
    assert Dataset.objects.filter(published__isnull=False).count() == 2  # nothing is lost
    assert not HarvestedDataset.objects.exclude(missing_since=None).exists()


def test_an_empty_catalogue_is_not_believed(site: Portal, town: Organisation, platform: User) -> None:
    packages = [package(1)]
    site.pages[SEARCH] = ckan(packages)
    source = declared(site, town, platform)
    activated(source, platform)
    packages.clear()
    run = again(source, platform, now=timezone.now() + timedelta(days=30))
    assert (run.state, "vide" in run.error) == ("partial", True)
    assert not HarvestedDataset.objects.exclude(missing_since=None).exists()


def test_errors_that_pass(site: Portal, town: Organisation, platform: User) -> None:
    """500, then 503 with Retry-After, then it works: the run waits as it is asked, and ends well."""
    found = ckan([package(1)])
    site.pages[SEARCH] = found
    source = declared(site, town, platform)
    site.pages[SEARCH] = Answer(status=500)
    run = activated(source, platform)
    assert (run.state, run.tries) == ("waiting", 1)
    assert run.not_before is not None
    assert "500" in problems(run)[0]
    asked = len(site.asked)
    assert not jobs.run(run.pk)  # not yet
    assert len(site.asked) == asked
    site.pages[SEARCH] = Answer(status=503, headers={"Retry-After": "3600"})
    moment = run.not_before + timedelta(seconds=1)
    work(run, now=moment)
    assert run.not_before >= moment + timedelta(seconds=3600)
    assert HarvestHost.objects.get().not_before == run.not_before
    site.pages[SEARCH] = found
    work(run, now=run.not_before + timedelta(seconds=1))
    assert (run.state, run.made, run.error) == ("done", 1, "")
    assert not HarvestHost.objects.exists()


def test_errors_that_last(site: Portal, town: Organisation, platform: User) -> None:
    site.pages[SEARCH] = ckan([package(1)])
    source = declared(site, town, platform)
    site.pages[SEARCH] = Answer(status=500)
    run = activated(source, platform)
    for _time in range(jobs.TRIES):
        work(run, now=run.not_before + timedelta(seconds=1) if run.not_before else None)
    assert run.state == "failed"
    assert len(problems(run)) == jobs.TRIES


def test_a_loop_of_pages(site: Portal, town: Organisation, platform: User) -> None:
    """`count` promises more for ever, and the same records come back under address after address."""
    site.pages[SEARCH] = lambda parameters: {"success": True, "result": {"count": 10**8, "results": [package(1)]}}
    source = declared(site, town, platform)
    run = activated(source, platform)
    assert (run.state, fates(run)["made"]) == ("partial", 1)
    assert "déjà lue" in run.error
    assert len(site.asked) < 20


def test_a_loop_of_records(site: Portal, town: Organisation, platform: User) -> None:
    def answer(parameters: dict[str, list[str]]) -> dict[str, Any]:
        return {"success": True, "result": {"count": 10**8, "results": [package(1)], "now": parameters["start"]}}

    site.pages[SEARCH] = ckan([package(1)])
    source = declared(site, town, platform)
    site.pages[SEARCH] = answer
    run = activated(source, platform)
    assert (run.state, fates(run)) == ("partial", {"made": 1, "double": 1, "problem": 1})
    assert "répéter" in run.error


def test_a_certificate_that_is_not_valid(tmp_path: Path, settings: Any, town: Organisation, platform: User) -> None:
    import subprocess

    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(certificate), "-days", "1", "-subj", "/CN=127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    with portal((certificate, key)) as site:
        settings.FETCH_ALLOW = (site.door,)
        source = declared(site, town, platform)
        run = source.runs.get()
        assert (run.state, "certificat" in run.error) == ("failed", True)
        assert site.asked == []


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1/x", "http://169.254.169.254/latest/", "http://[::1]/", "file:///etc/passwd"]
)
def test_a_portal_that_redirects_inside(site: Portal, town: Organisation, platform: User, target: str) -> None:
    site.pages[SEARCH] = ckan([package(1)])
    source = declared(site, town, platform)
    site.pages[SEARCH] = Answer(status=302, headers={"Location": target})
    run = activated(source, platform)
    assert run.state == "failed"
    assert run.error.endswith(".")


def test_a_next_page_inside(site: Portal, town: Organisation, platform: User) -> None:
    """The address of the next page is a stranger's word too."""
    record = {"id": "1", "title": "Un", "resources": []}
    site.pages["/api/1/datasets/"] = {"data": [record], "total": 2, "next_page": "http://127.0.0.1:1/api/1/datasets/"}
    source = declared(site, town, platform, "/api/1/datasets/")
    assert source.kind == "udata"
    run = activated(source, platform)
    assert (run.state, run.made) == ("failed", 1)


# ----- Being killed, and being two -----


def test_a_killed_run_resumes(site: Portal, town: Organisation, platform: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker dies in the middle of a page: the reaper takes the run up, nothing is made twice and nothing is missed."""
    monkeypatch.setattr(bodies, "AHEAD", 1)
    monkeypatch.setattr("parvis.catalog.harvesting.storing.CHUNK", 2)
    site.pages[SEARCH] = ckan([package(n) for n in range(10)], size=4)
    source = declared(site, town, platform)
    run = harvests.activate(source, by=platform, rhythm="daily")
    kept, stored = [], jobs.storing.store

    class Killed(BaseException):
        pass

    def dies(*args: Any) -> Any:
        if len(kept) == 3:  # the second chunk of the second page
            raise Killed
        kept.append(1)
        return stored(*args)

    monkeypatch.setattr(jobs.storing, "store", dies)
    with pytest.raises(Killed):
        jobs.run(run.pk)
    monkeypatch.setattr(jobs.storing, "store", stored)
    run.refresh_from_db()
    assert (run.state, run.page, Dataset.objects.count()) == ("running", 2, 6)
    assert not jobs.run(run.pk)  # somebody is at it, for all that is known
    assert jobs.reap(timezone.now() + timedelta(minutes=2)) == 1
    asked = len(site.asked)
    work(run)
    assert (run.state, run.read, run.made, Dataset.objects.count()) == ("done", 10, 10, 10)
    assert fates(run) == {"made": 10}
    assert "start=4" in site.asked[asked]  # from its page on


def test_two_runs_at_once(site: Portal, town: Organisation, platform: User) -> None:
    site.pages[SEARCH] = ckan([package(1)])
    source = declared(site, town, platform)
    first = harvests.activate(source, by=platform, rhythm="daily")
    with pytest.raises(harvests.HarvestError, match="déjà en cours"):
        harvests.run_now(source, by=platform)
    work(first)
    assert again(source, platform).state == "done"


def test_a_worker_that_only_slept_writes_nothing(
    site: Portal, town: Organisation, platform: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.pages[SEARCH] = ckan([package(n) for n in range(4)])
    source = declared(site, town, platform)
    run = harvests.activate(source, by=platform, rhythm="daily")
    stored = jobs.storing.store

    def slow(*args: Any) -> Any:
        harvests.stop(HarvestRun.objects.get(pk=run.pk), by=platform)
        return stored(*args)

    monkeypatch.setattr(jobs.storing, "store", slow)
    work(run)
    assert (run.state, Dataset.objects.count(), run.records.count()) == ("stopped", 0, 0)


# ----- When -----


def test_readings_start_when_they_are_due(site: Portal, town: Organisation, platform: User) -> None:
    site.pages[SEARCH] = ckan([package(1)])
    source = declared(site, town, platform)
    activated(source, platform)
    now = timezone.now()
    assert harvests.start_due(now) == 0
    assert harvests.start_due(now + timedelta(days=1, minutes=1)) == 1
    assert harvests.start_due(now + timedelta(days=1, minutes=2)) == 0
    run = source.runs.get(state="waiting")
    assert (work(run).state, run.asked_by) == ("done", None)
    harvests.pause(source, by=platform)
    assert harvests.start_due(now + timedelta(days=9)) == 0
    harvests.resume(source, by=platform)
    assert harvests.start_due(now + timedelta(days=9)) == 1


@pytest.mark.parametrize(
    ("text", "seconds"), [("120", 120), ("Wed, 21 Oct 2026 07:28:00 GMT", 0), ("bientôt", None), ("", None)]
)
def test_what_retry_after_says(text: str, seconds: int | None) -> None:
    now = timezone.now() + timedelta(days=3650)
    found = hosts.asked_wait(text, now)
    assert found == (None if seconds is None else timedelta(seconds=seconds))


def test_what_ended_is_no_longer_shown(site: Portal, town: Organisation, platform: User) -> None:
    site.pages[SEARCH] = ckan([package(1)])
    source = declared(site, town, platform)
    activated(source, platform)
    assert harvests.end(source, by=platform) == 1
    assert not Dataset.objects.filter(published__isnull=False).exists()
    declared(site, town, platform)  # the address may be declared again
