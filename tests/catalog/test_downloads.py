"""Downloads: the same table in every format, in bounded memory, never drawn by a browser, never a formula."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from parvis.catalog import exports, storage
from parvis.catalog.models import Export, Version
from tests.catalog.publishing import TOWNS, body, member, published, withdraw

pytestmark = pytest.mark.django_db
FORMULAS = "=1+1;note;valeur\n=HYPERLINK(1);+33 5 65 00 00 00;-5\n@somme;-12,5;7\n"


def address(version: Version, kind: str) -> str:
    return reverse("catalog:version_download", args=[version.resource.dataset.slug, version.resource_id, version.number, kind])


@pytest.fixture
def towns() -> Version:
    return published()


def test_the_original_is_given_back_byte_for_byte_and_never_drawn(client: Client, towns: Version) -> None:
    answer = client.get(address(towns, "original"))
    assert body(answer) == TOWNS.encode()
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="communes.csv"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_csv_json_and_parquet_say_the_same(client: Client, towns: Version, tmp_path: Path) -> None:
    lines = list(csv.DictReader(io.StringIO(body(client.get(address(towns, "csv"))).decode())))
    objects = json.loads(body(client.get(address(towns, "json"))))
    path = tmp_path / "towns.parquet"
    path.write_bytes(body(client.get(address(towns, "parquet"))))
    table = duckdb.sql(f"SELECT * FROM '{path}'").fetchall()
    assert len(lines) == len(objects) == len(table) == 8
    assert objects[0] == {
        "Code commune": "46001",
        "Commune": "Figeac",
        "Habitants": 9793,
        "Relevé le": "2024-03-01",
        "Rurale": False,
    }
    assert lines[0] == {
        "Code commune": "46001",
        "Commune": "Figeac",
        "Habitants": "9793",
        "Relevé le": "2024-03-01",
        "Rurale": "false",
    }
    assert lines[3]["Habitants"] == ""
    assert objects[3]["Habitants"] is None
    assert table[0][:3] == ("46001", "Figeac", 9793)


def test_the_selection_is_downloaded(client: Client, towns: Version) -> None:
    asked = {"c": ["Commune", "Habitants"], "o": ["contains", "greater"], "v": ["e", "1 700"]}
    objects = json.loads(body(client.get(address(towns, "json"), asked)))
    assert [one["Commune"] for one in objects] == ["Figeac", "Saint-Céré", "Puy-l'Évêque"]
    answer = client.get(address(towns, "csv"), asked)
    assert body(answer).count(b"\r\n") == 4
    assert "immutable" not in answer["Cache-Control"]
    assert client.get(address(towns, "csv"), {"c": "Habitants", "o": "greater", "v": "x"}).status_code == 400


def test_formulas_are_escaped_and_numbers_are_not(client: Client) -> None:
    version = published(FORMULAS)
    lines = list(csv.reader(io.StringIO(body(client.get(address(version, "csv"))).decode())))
    assert lines[0][0] == "'=1+1"
    assert lines[1][0] == "'=HYPERLINK(1)"
    assert lines[2][0] == "'@somme"
    assert lines[1][2] == "-5"
    assert json.loads(body(client.get(address(version, "json"))))[0]["=1+1"] == "=HYPERLINK(1)"


def test_what_never_changes_is_kept_by_caches(client: Client, towns: Version) -> None:
    for kind in ("original", "csv", "json", "parquet"):
        answer = client.get(address(towns, kind))
        assert "immutable" in answer["Cache-Control"]
        assert answer["Access-Control-Allow-Origin"] == "*"
        again = client.get(address(towns, kind), headers={"if-none-match": answer["ETag"]})
        assert again.status_code == 304
        assert client.get(address(towns, kind), headers={"if-modified-since": answer["Last-Modified"]}).status_code == 304


def test_the_address_without_a_version_leads_to_the_current_one(client: Client, towns: Version) -> None:
    names = [towns.resource.dataset.slug, towns.resource_id]
    answer = client.get(reverse("catalog:download", args=[*names, "csv"]), {"c": "Commune", "o": "exact", "v": "Figeac"})
    assert answer.status_code == 302
    assert answer["Location"].startswith(address(towns, "csv") + "?c=Commune")
    assert client.get(reverse("catalog:download", args=[*names, "exe"])).status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        ("bytes=0-3", 206, 0, 4),
        ("bytes=10-", 206, 10, None),
        ("bytes=-4", 206, -4, None),
        ("bytes=2-99999999", 206, 2, None),
        ("bytes=0-1,4-5", 200, 0, None),
        ("bytes=5-2", 200, 0, None),
        ("lines=0-1", 200, 0, None),
        ("bytes=99999999-", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
    ],
)
@pytest.mark.parametrize("kind", ["parquet", "original"])
def test_ranges(client: Client, towns: Version, kind: str, asked: str, status: int, start: int, end: int | None) -> None:
    path = storage.parquet_path(towns) if kind == "parquet" else storage.source_path(towns)
    whole = path.read_bytes()
    answer = client.get(address(towns, kind), headers={"range": asked, "accept-encoding": "gzip"})
    assert answer.status_code == status
    if status == 416:
        assert answer["Content-Range"] == f"bytes */{len(whole)}"
    else:
        assert body(answer) == whole[start:end]
        assert int(answer["Content-Length"]) == len(whole[start:end])
        assert answer["Accept-Ranges"] == "bytes"


def test_a_range_of_another_version_gives_the_whole(client: Client, towns: Version) -> None:
    tag = client.get(address(towns, "parquet"))["ETag"]
    part = {"range": "bytes=0-3"}
    assert client.get(address(towns, "parquet"), headers=part | {"if-range": tag}).status_code == 206
    assert client.get(address(towns, "parquet"), headers=part | {"if-range": '"other"'}).status_code == 200


def test_a_head_request_reads_nothing(client: Client, towns: Version) -> None:
    assert client.head(address(towns, "csv")).status_code == 200
    assert client.head(address(towns, "parquet"))["Content-Length"] == str(storage.parquet_path(towns).stat().st_size)


def test_a_withdrawn_version_has_no_bytes_left(client: Client, towns: Version) -> None:
    withdraw(towns, "Elle contenait des noms.")
    for kind in ("original", "csv", "json", "parquet"):
        answer = client.get(address(towns, kind))
        assert answer.status_code == 410
        assert "Elle contenait des noms." in answer.content.decode()
    assert not storage.parquet_path(towns).exists()


def test_a_draft_is_for_its_members_alone(client: Client) -> None:
    version = published(draft=True)
    assert client.get(address(version, "csv")).status_code == 404
    client.force_login(member(version.resource.dataset.organisation))
    answer = client.get(address(version, "csv"))
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    assert "Access-Control-Allow-Origin" not in answer


# ----- Spreadsheets -----


def ask(client: Client, version: Version) -> Any:
    return client.post(reverse("catalog:ask_export", args=[version.resource.dataset.slug, version.resource_id, version.number]))


def test_a_spreadsheet_is_made_by_a_job_then_offered(
    client: Client, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    version = published(FORMULAS)
    with django_capture_on_commit_callbacks(execute=True):
        waiting = ask(client, version)
    export = Export.objects.get()
    assert "se prépare" in client.get(waiting["Location"]).content.decode()
    assert client.get(reverse("catalog:export_file", args=[export.pk])).status_code == 404
    exports.run(export.pk)
    exports.run(export.pk)  # twice is harmless
    assert "Le fichier est prêt" in client.get(waiting["Location"]).content.decode()
    answer = client.get(reverse("catalog:export_file", args=[export.pk]))
    path = tmp_path / "table.xlsx"
    path.write_bytes(body(answer))
    lines = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert lines[0] == ["=1+1", "note", "valeur"]
    assert lines[1] == ["=HYPERLINK(1)", "+33 5 65 00 00 00", -5]
    assert ask(client, version)["Location"] == waiting["Location"]
    assert Export.objects.count() == 1


def test_a_sheet_holds_so_many_rows(client: Client, towns: Version) -> None:
    towns.rows = exports.SHEET_ROWS
    towns.save()
    answer = ask(client, towns)
    assert answer.status_code == 422
    assert "1 048 576 lignes" in answer.content.decode()
    towns.rows = exports.SHEET_ROWS - 1
    assert exports.can_export(towns)


def test_types_survive_in_the_sheet(towns: Version, tmp_path: Path) -> None:
    export = Export.objects.create(version=towns, format="xlsx")
    exports.run(export.pk)
    line = CalamineWorkbook.from_path(str(exports.path(export))).get_sheet_by_index(0).to_python()[1]
    assert line[:3] == ["46001", "Figeac", 9793]
    assert str(line[3]).startswith("2024-03-01")
    assert line[4] is False


def test_a_job_whose_worker_died_is_taken_up_again_three_times(towns: Version) -> None:
    export = Export.objects.create(version=towns, format="xlsx", state=exports.RUNNING)
    assert exports.reap() == 0
    for _attempt in range(exports.jobs.ATTEMPTS):
        Export.objects.update(state=exports.RUNNING, heartbeat=timezone.now() - timedelta(minutes=5))
        exports.cache.set(f"export-attempts-{export.pk}", _attempt)
        assert exports.reap() == 1
        assert Export.objects.get().state == exports.WAITING
    exports.cache.set(f"export-attempts-{export.pk}", exports.jobs.ATTEMPTS)
    Export.objects.update(state=exports.RUNNING, heartbeat=timezone.now() - timedelta(minutes=5))
    exports.reap()
    assert Export.objects.get().state == exports.FAILED
    exports.ask(version=towns)
    assert Export.objects.get().state == exports.WAITING


def test_a_cell_too_long_for_a_sheet_says_so(client: Client) -> None:
    version = published("a;b\n" + "x" * 40_000 + ";1\n")
    export = Export.objects.create(version=version, format="xlsx")
    exports.run(export.pk)
    export.refresh_from_db()
    assert export.state == exports.FAILED
    assert "32 767" in export.error
    assert "Réessayer" in client.get(reverse("catalog:export", args=[export.pk])).content.decode()
    assert not exports.path(export).exists()
