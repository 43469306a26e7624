"""The quality that is kept and shown: measured when something changes, and again when the day does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from parvis.catalog import finding, public, quality
from parvis.catalog.actions import datasets as actions
from parvis.catalog.core.quality import CRITERIA
from parvis.catalog.finding import Asked
from parvis.catalog.models import Dataset
from parvis.organisations.models import Role
from tests.catalog.publishing import dataset, member, published, version, withdraw

pytestmark = pytest.mark.django_db


def test_every_criterion_has_its_sentences() -> None:
    assert set(quality.CRITERIA) == {one.name for one in CRITERIA}


def test_it_changes_with_the_description_and_with_the_files() -> None:
    found = published()
    one = Dataset.objects.get()
    before = one.quality_score
    assert before
    fuller = actions.described(one) | {"description": "Une vraie description. " * 12, "keywords": ["eau", "sol", "air"]}
    actions.apply(one, fuller, by=member(one.organisation, Role.EDITOR))
    described = Dataset.objects.get().quality_score
    assert described
    assert described > before
    version(found.resource, "a;b\n1;\n2;\n3;\n")
    assert Dataset.objects.get().quality_score < described


def test_a_withdrawn_file_no_longer_counts() -> None:
    found = published()
    withdraw(found)
    one = Dataset.objects.prefetch_related("resources__current").get()
    assert quality.facts(one).tables == ()


def test_a_promise_runs_out_without_anybody_writing() -> None:
    found = published(frequency="monthly")
    before = Dataset.objects.get().quality_score
    assert quality.measure_the_day() == 0
    type(found).objects.update(created=timezone.now() - timedelta(days=100))
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert quality.measure_the_day(tomorrow) == 1
    after = Dataset.objects.get()
    assert after.quality_score < before
    assert after.quality_day == tomorrow
    assert quality.measure_the_day(tomorrow) == 0


def test_the_worker_measures_the_day() -> None:
    dataset()
    Dataset.objects.update(quality_day=None, quality_score=None)
    assert not finding.find(Asked()).facets["quality"]
    public.reap()
    assert Dataset.objects.get().quality_score is not None
    assert finding.find(Asked()).facets["quality"]


def test_readers_see_it_and_agents_see_what_to_do(client: Client) -> None:
    found = published(keywords=[])
    one = found.resource.dataset
    shown = Dataset.objects.get().quality_score
    page = client.get(one.get_absolute_url()).content.decode()
    assert f"<strong>{shown}</strong> sur 100" in page
    assert "Donnez au moins trois mots-clés" not in page
    client.force_login(member(one.organisation, Role.EDITOR))
    manage = client.get(f"{one.get_absolute_url()}gerer/").content.decode()
    assert "Donnez au moins trois mots-clés" in manage


def test_programs_read_it_and_narrow_by_it(client: Client) -> None:
    published()
    answer = client.get("/api/v1/datasets/communes-du-lot").json()["quality"]
    assert answer["score"] == Dataset.objects.get().quality_score
    assert {one["name"] for one in answer["to_do"]} >= {"keywords"}
    grade = answer["grade"]
    assert finding.find(Asked(filters={"quality": (grade,)})).total == 1
    assert client.get("/api/v1/datasets", {"quality": grade}).json()["meta"]["total"] == 1
    others = {"good", "fair", "poor"} - {grade}
    assert client.get("/api/v1/datasets", {"quality": sorted(others)}).json()["meta"]["total"] == 0


def test_a_schema_explains_columns() -> None:
    explained = quality._explained("scdl/deliberations")
    assert "DELIB_ID" in explained
    assert quality._explained("nobody/knows") == frozenset()
    assert quality._explained("") == frozenset()
