"""Valid files of one schema brought together: what comes in, the report, the job that dies, and what is withdrawn."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from typer.testing import CliRunner

from parvis.catalog import known_schemas, storage
from parvis.catalog.actions import consolidations as actions
from parvis.catalog.actions.versions import withdraw
from parvis.catalog.cli import app
from parvis.catalog.consolidations import jobs, tables
from parvis.catalog.core.consolidation.selection import Reason
from parvis.catalog.core.tables.detection import detect
from parvis.catalog.models import Consolidation, Dataset, Resource, Version
from parvis.catalog.obligations import facts
from parvis.organisations.models import Membership, Nature, Organisation, Role
from parvis.territories.models import Level, Territory
from tests.catalog import publishing

SCHEMA = "aides"
TEXT = json.dumps(
    {
        "name": SCHEMA, "title": "Aides aux associations", "path": "x",
        "fields": [
            {"name": "nom", "type": "string", "constraints": {"required": True}},
            {"name": "montant", "type": "number", "constraints": {"required": True, "minimum": 0}},
            {"name": "jour", "type": "date"},
        ],
    }
)  # fmt: skip
State = Consolidation.State


@pytest.fixture(autouse=True)
def schema(home: Any) -> None:
    known_schemas.folder().mkdir()
    (known_schemas.folder() / f"{SCHEMA}.json").write_text(TEXT)


@pytest.fixture
def region(db: None, settings: Any) -> Organisation:
    settings.REGION_CODE = "76"
    place = Territory.objects.create(level=Level.REGION, code="76", name="Occitanie", vintage=2026)
    return Organisation.objects.create(name="Région Occitanie", slug="region", nature=Nature.REGION, territory=place)


def town(region: Organisation, number: int) -> Organisation:
    place = Territory.objects.create(
        level=Level.COMMUNE, code=f"46{number:03d}", name=f"Ville {number}", region=region.territory, vintage=2026
    )
    return Organisation.objects.create(
        name=f"Commune de Ville {number:02d}", slug=f"ville-{number}", nature=Nature.COMMUNE, territory=place, siren=f"2146{number:05d}"
    )  # fmt: skip


def table(of: Organisation, text: str = "", **fields: Any) -> Version:
    number = Dataset.objects.count()
    made = Dataset.objects.create(
        title=f"Aides de {of.name}", slug=f"aides-{number}", organisation=of, published=timezone.now()
    )
    resource = Resource.objects.create(dataset=made, title="Aides", schema=SCHEMA)
    text = text or f"nom,montant,jour\nLes Amis {number},{number}.50,2026-01-02\nLe Club {number},10,2026-01-03\n"
    return another(resource, text, **fields)


def another(resource: Resource, text: str, **fields: Any) -> Version:
    """A version as its job leaves it, without the Parquet, which nothing here reads."""
    stored = storage.keep([text.encode()])
    reading = detect(storage.original_path(stored.sha256))
    resource.current = Version.objects.create(
        resource=resource, number=resource.versions.count() + 1, digest=stored.sha256, source_sha256=stored.sha256,
        source_name="aides.csv", source_bytes=stored.size, rows=reading.rows, reading=json.loads(json.dumps(asdict(reading))),
        profile={"rows": reading.rows, "columns": []}, **({"schema": SCHEMA, "valid": True} | fields),
    )  # fmt: skip
    resource.save()
    resource.dataset.save()
    return resource.current


@pytest.fixture
def thirty(region: Organisation) -> list[Version]:
    """Thirty authorities: twenty-five good files, five that stay out."""
    good = [table(town(region, number)) for number in range(25)]
    invalid = table(
        town(region, 25), "nom,montant\nX,abc\n", valid=False, verdict={"counts": {"type-error": 3}, "valid": False}
    )
    unchecked = table(town(region, 26), "nom,montant\nY,1\n", valid=None)
    empty = table(town(region, 27), "nom,montant\n")
    same = table(town(region, 28), "nom,montant,jour\nLes Amis 0,0.50,2026-01-02\nLe Club 0,10,2026-01-03\n")
    Version.objects.filter(pk=same.pk).update(created=timezone.now() + timedelta(seconds=1))
    far = Organisation.objects.create(name="Commune lointaine", slug="loin", nature=Nature.COMMUNE)
    found = [*good, invalid, unchecked, empty, same, table(far)]
    Dataset.objects.update(modified=timezone.now() - timedelta(minutes=1))  # nothing happened of late
    return found


def built(found: Consolidation | None = None) -> Consolidation:
    found = found or actions.begin(SCHEMA, by=None)
    jobs.ask(found)
    jobs.run(found.pk)
    return Consolidation.objects.select_related("version", "resource__dataset").get(pk=found.pk)


def rows_of(version: Version) -> list[tuple[Any, ...]]:
    return duckdb.sql(f"SELECT * FROM read_parquet('{storage.parquet_path(version)}')").fetchall()


def test_thirty_authorities_become_one_table_and_a_report(thirty: list[Version], region: Organisation) -> None:
    found = built()
    assert found.state == State.IDLE, found.error
    assert found.counts == {"kept": 25, "left": 5, "organisations": 25, "rows": 50, "as_text": []}
    version = found.version
    assert version
    assert version.rows == 50
    assert version.valid is True
    assert version.number == 1
    assert found.resource.dataset.organisation == region
    assert found.resource.dataset.published
    rows = rows_of(version)
    assert len({row[3] for row in rows}) == 25
    assert rows[0][:6] == (
        "Les Amis 0",
        0.5,
        date(2026, 1, 2),
        "Commune de Ville 00",
        "214600000",
        "Aides de Commune de Ville 00",
    )
    assert rows[0][6].endswith(f"/{thirty[0].resource_id}/versions/1/")
    reasons = {part.organisation: part.reason for part in found.parts.exclude(reason="")}
    assert reasons == {
        "Commune de Ville 25": Reason.INVALID, "Commune de Ville 26": Reason.NOT_CHECKED, "Commune de Ville 27": Reason.EMPTY,
        "Commune de Ville 28": Reason.DUPLICATE, "Commune lointaine": Reason.ELSEWHERE,
    }  # fmt: skip
    types = {column["name"]: column["type"] for column in version.profile["columns"]}
    assert (types["montant"], types["jour"], types["_version"], types["_siren"]) == ("number", "date", "integer", "string")


def test_what_the_region_brings_together_answers_no_rule_for_it(thirty: list[Version], region: Organisation) -> None:
    built()
    assert facts.publications([region]) == {}
    assert tables.offers() == []


def test_nothing_changed_is_nothing_done(thirty: list[Version], monkeypatch: Any) -> None:
    first = built()
    monkeypatch.setattr(jobs, "_made", lambda *_args: pytest.fail("it was built again"))
    again = built(first)
    assert (again.version, again.built) == (first.version, first.built)


def test_a_change_is_noticed_once_and_built_after_a_minute(thirty: list[Version], region: Organisation) -> None:
    first = built()
    jobs.catch_up()
    assert Consolidation.objects.get().state == State.IDLE
    another(thirty[0].resource, "nom,montant,jour\nNouveau,99,2026-02-01\n")
    jobs.catch_up()
    waiting = Consolidation.objects.get()
    assert waiting.state == State.WAITING
    assert timedelta(seconds=50) < waiting.due - timezone.now() <= jobs.DEBOUNCE
    another(thirty[1].resource, "nom,montant,jour\nEncore,98,2026-02-01\n")
    jobs.catch_up()
    assert Consolidation.objects.get().due == waiting.due  # the second waits with the first
    Consolidation.objects.update(due=timezone.now())
    jobs.catch_up()
    assert Consolidation.objects.get().due is None  # given to a worker
    jobs.run(first.pk)
    found = Consolidation.objects.select_related("version").get()
    assert found.version.number == 2
    assert {"Nouveau", "Encore"} <= {row[0] for row in rows_of(found.version)}
    pinned = Version.objects.get(pk=first.version.pk)
    assert storage.parquet_path(pinned).is_file()
    assert len(rows_of(pinned)) == 50


def test_its_own_publication_does_not_wake_it(thirty: list[Version]) -> None:
    built()
    Dataset.objects.exclude(resources__consolidation=None).update(modified=timezone.now())
    assert jobs.notice() == 0


def test_a_file_that_leaves_the_schema_is_noticed(thirty: list[Version]) -> None:
    first = built()
    resource = thirty[3].resource
    Resource.objects.filter(pk=resource.pk).update(schema="")
    resource.refresh_from_db()
    another(resource, "a,b\n1,2\n", schema="", valid=None)
    assert jobs.notice() == 1
    assert built(first).counts["kept"] == 24


def test_a_killed_job_is_taken_up_again_and_three_deaths_are_said(thirty: list[Version]) -> None:
    found = actions.begin(SCHEMA, by=None)
    dead = {"state": State.RUNNING, "attempt": 1, "due": None, "heartbeat": timezone.now() - timedelta(minutes=2)}
    Consolidation.objects.update(**dead)
    assert jobs.reap() == 1
    assert Consolidation.objects.get().state == State.WAITING
    jobs.run(found.pk)
    assert Consolidation.objects.get().version is not None
    Consolidation.objects.update(**dead | {"attempt": 3})
    assert jobs.reap() == 0
    assert Consolidation.objects.get().state == State.FAILED


def test_a_worker_that_comes_back_late_writes_nothing(thirty: list[Version], monkeypatch: Any) -> None:
    """Another took the job meanwhile: the older one stops where it notes how far it is."""
    found = actions.begin(SCHEMA, by=None)
    kept = jobs.note

    def taken(one: Consolidation, **fields: Any) -> None:
        Consolidation.objects.update(attempt=7)
        kept(one, **fields)

    monkeypatch.setattr(jobs, "note", taken)
    jobs.run(found.pk)
    assert Consolidation.objects.get().state == State.RUNNING
    assert Consolidation.objects.get().version is None


def test_what_is_withdrawn_from_a_publisher_goes_from_every_whole(thirty: list[Version], region: Organisation) -> None:
    first = built()
    another(thirty[0].resource, "nom,montant,jour\nNouveau,99,2026-02-01\n")
    second = built(first)
    administrator = publishing.member(thirty[4].resource.dataset.organisation, Role.ADMINISTRATOR)
    with_on_commit = withdraw(thirty[4], reason="Des noms.", by=administrator)
    assert with_on_commit.withdrawn
    for version in (first.version, second.version):
        version.refresh_from_db()
        assert version.withdrawn
        assert "Des noms." in version.withdrawal_reason
    assert Resource.objects.get(pk=first.resource.pk).current is None
    third = built(second)
    assert third.version.number == 3
    assert "Les Amis 4" not in {row[0] for row in rows_of(third.version)}


def test_no_valid_file_left_empties_the_whole(region: Organisation) -> None:
    only = table(town(region, 1))
    other = table(town(region, 2))
    first = built()
    Version.objects.filter(pk__in=[only.pk, other.pk]).update(valid=False)
    last = built(first)
    assert last.version is None
    assert last.resource.current is None
    assert last.counts["kept"] == 0
    assert last.counts["left"] == 2
    assert Version.objects.filter(pk=first.version.pk).exists()


def test_a_missing_original_leaves_one_file_out(thirty: list[Version]) -> None:
    storage.original_path(thirty[2].source_sha256).unlink()
    found = built()
    assert found.counts["kept"] == 24
    assert found.parts.get(reason=Reason.UNREADABLE).organisation == "Commune de Ville 02"


def test_pages_and_report(client: Client, thirty: list[Version], region: Organisation) -> None:
    found = built()
    listed = client.get(reverse("catalog:consolidations")).content.decode()
    assert "Aides aux associations" in listed
    assert "Rassembler" not in listed
    page = client.get(found.get_absolute_url())
    shown = page.content.decode().replace("\xa0", " ")
    assert "Le contrôle a trouvé 3 erreurs" in shown
    assert "celui de Commune de Ville 00" in shown
    assert shown.index("Commune de Ville 25") < shown.index("Commune de Ville 01")  # what can be helped first
    only = client.get(found.get_absolute_url() + "?voir=invalid").content.decode()
    assert "Commune de Ville 25" in only
    assert "Commune de Ville 01" not in only
    sheet = b"".join(client.get(reverse("catalog:consolidation_report", args=[found.slug])).streaming_content).decode()
    lines = list(csv.DictReader(io.StringIO(sheet)))
    assert len(lines) == 30
    assert {line["motif"] for line in lines if line["rassemble"] == "false"} == {
        "invalid",
        "not_checked",
        "empty",
        "duplicate",
        "elsewhere",
    }
    assert client.get("/donnees/consolidations/inconnue/").status_code == 404
    with CaptureQueriesContext(connection) as few:
        client.get(found.get_absolute_url())
    assert len(few) < 12


def test_who_may_begin_and_change(client: Client, thirty: list[Version], region: Organisation) -> None:
    agent = publishing.member(thirty[0].resource.dataset.organisation, Role.ADMINISTRATOR)
    with pytest.raises(PermissionDenied):
        actions.begin(SCHEMA, by=agent)
    officer = publishing.member(region, Role.EDITOR)
    client.force_login(officer)
    assert "Rassembler" in client.get(reverse("catalog:consolidations")).content.decode()
    response = client.post(reverse("catalog:consolidation_begin"), {"schema": SCHEMA})
    found = Consolidation.objects.get()
    assert response["Location"] == found.get_absolute_url()
    assert found.state == State.WAITING
    assert found.created_by == officer
    client.post(reverse("catalog:consolidation_begin"), {"schema": "n'existe pas"})
    assert Consolidation.objects.count() == 1
    client.post(reverse("catalog:consolidation_change", args=[found.slug]), {"quoi": "arreter"})
    assert not Consolidation.objects.get().active
    client.force_login(agent)
    assert client.post(reverse("catalog:consolidation_change", args=[found.slug]), {"quoi": "refaire"}).status_code == 403
    assert Membership.objects.count() == 2


def test_the_api_lists_and_reports(client: Client, thirty: list[Version]) -> None:
    found = built()
    listed = client.get("/api/v1/consolidations").json()
    assert [(one["schema_name"], one["kept"], one["left"], one["version"]) for one in listed["data"]] == [(SCHEMA, 25, 5, 1)]
    one = client.get(f"/api/v1/consolidations/{found.slug}?kept=false&page_size=2").json()
    assert one["meta"]["total"] == 5
    assert len(one["data"]) == 2
    assert one["data"][0]["reason"]
    assert client.get("/api/v1/consolidations/rien").status_code == 404


def test_the_command(thirty: list[Version], monkeypatch: Any) -> None:
    answer = CliRunner().invoke(app, ["consolidate", SCHEMA, "--json"])
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.output)[0]["kept"] == 25
    assert CliRunner().invoke(app, ["consolidate", "inconnu"]).exit_code == 2
    Version.objects.filter(consolidated=None).update(valid=False)
    assert CliRunner().invoke(app, ["consolidate"]).exit_code == 1
