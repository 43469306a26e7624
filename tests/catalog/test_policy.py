"""The page of the open-data policy: its words, its figures day after day, and their files."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from parvis.accounts.models import User
from parvis.catalog.models import ObligationSnapshot, OpenDataPolicy
from parvis.catalog.obligations import policy, progress
from parvis.organisations.models import Membership, Nature, Organisation, Role
from parvis.territories.models import Level, Territory
from tests.catalog import publishing

DAY = date(2026, 11, 23)


@pytest.fixture
def region(db: None, settings: Any, home: Any) -> Organisation:
    settings.REGION_CODE = "76"
    place = Territory.objects.create(level=Level.REGION, code="76", name="Occitanie", vintage=2026)
    return Organisation.objects.create(name="Région", slug="region", nature=Nature.REGION, territory=place)


def test_the_snapshot_of_a_day_holds_the_catalogue_too(region: Organisation) -> None:
    publishing.published(organisation=region, slug="un")
    version = publishing.published(organisation=region, slug="deux")
    version.valid = True
    version.save()
    publishing.dataset("Brouillon", draft=True, slug="trois", organisation=region)
    figures = progress.snapshot(DAY).figures
    assert (figures["datasets"], figures["publishers"], figures["tables"], figures["valid"]) == (2, 1, 2, 1)
    assert figures["rows"] == 2 * version.rows
    assert figures["consolidated"] == 0


def test_a_line_ends_where_the_figures_do() -> None:
    kept = [(DAY - timedelta(days=ago), {"datasets": value}) for ago, value in ((0, 30), (15, 20), (30, 10), (60, 0))]
    [line] = policy.lines(kept)
    assert (line.last, line.gained, line.highest) == (30, 20, 30)
    assert line.points == "0,120 320,83 480,47 640,10"
    [young] = policy.lines(kept[:1])
    assert (young.points, young.gained) == ("", None)
    assert policy.lines([(DAY, {})]) == []


def test_the_page_and_its_files(client: Client, region: Organisation) -> None:
    assert "Les chiffres se préparent" in client.get("/donnees/politique/").content.decode()
    for ago in range(40):
        ObligationSnapshot.objects.create(
            day=DAY - timedelta(days=ago), figures={"datasets": 100 - ago, "started": 3, "done": 4}
        )
    page = client.get("/donnees/politique/").content.decode()
    assert "Jeux de données publiés : 100" in page
    assert page.count("<polyline") == 3
    assert "30 de plus en trente jours" in page
    assert "Écrire le texte" not in page
    sheet = b"".join(client.get("/donnees/politique/chiffres.csv").streaming_content).decode()
    rows = list(csv.DictReader(io.StringIO(sheet)))
    assert (len(rows), rows[-1]["jour"], rows[-1]["datasets"], rows[-1]["rows"]) == (40, "2026-11-23", "100", "")
    assert client.get("/donnees/politique/chiffres.json").json()[0]["datasets"] == 61
    assert client.get("/donnees/politique/chiffres.xml").status_code == 404


def test_the_region_writes_its_words(client: Client, region: Organisation) -> None:
    assert client.get("/donnees/politique/ecrire/").status_code == 302
    editor = User.objects.create_user("e@region.example", None)
    Membership.objects.create(user=editor, organisation=region, role=Role.EDITOR)
    client.force_login(editor)
    assert client.post("/donnees/politique/ecrire/", {"text": ""}).status_code == 422
    assert client.post("/donnees/politique/ecrire/", {"text": "Tout ouvrir.\n\n<b>Oui</b>"}).status_code == 302
    page = client.get("/donnees/politique/").content.decode()
    assert "<p>Tout ouvrir.</p>" in page
    assert "&lt;b&gt;Oui" in page
    client.post("/donnees/politique/ecrire/", {"text": "Plus encore."})
    assert OpenDataPolicy.objects.count() == 2
    assert OpenDataPolicy.objects.first().text == "Plus encore."  # type: ignore[union-attr]
    assert timezone.now() >= OpenDataPolicy.objects.first().created  # type: ignore[union-attr]


def test_programs_read_its_words_and_its_figures(client: Client, region: Organisation) -> None:
    assert client.get("/api/v1/policy").json() == {"text": "", "written": None, "data": []}
    publishing.published(organisation=region, slug="un")
    for ago in (2, 1, 0):
        progress.snapshot(DAY - timedelta(days=ago))
    OpenDataPolicy.objects.create(text="Ouvrir par défaut.")
    answer = client.get("/api/v1/policy?days=2")
    found = answer.json()
    assert (found["text"], [one["day"] for one in found["data"]]) == ("Ouvrir par défaut.", ["2026-11-23", "2026-11-22"])
    assert found["data"][0]["datasets"] == 1
    assert client.get("/api/v1/policy?days=2", headers={"if-none-match": answer["ETag"]}).status_code == 304
    assert client.get("/api/v1/policy?days=0").status_code == 422
