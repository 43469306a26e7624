"""Rows written in one statement hold what Django would have written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from parvis.catalog.models import Dataset, HarvestRecord, HarvestRun, HarvestSource, Resource
from parvis.organisations.models import Organisation
from parvis.shared import bulk

pytestmark = pytest.mark.django_db
MOMENT = datetime(2024, 2, 29, 12, 30, 15, 123456, tzinfo=UTC)


@pytest.fixture
def organisation() -> Organisation:
    return Organisation.objects.create(name="Mairie d'Estrac", slug="estrac", nature="commune")


def dataset(organisation: Organisation, slug: str) -> Dataset:
    return Dataset(
        slug=slug, organisation=organisation, title="L'été « ﬁn » %s ; --", description="x" * 5000, keywords=["à", {"b": None}],
        quality_score=0, quality_marks=[{"share": 0.5}], quality_day=date(2024, 2, 29), created=MOMENT, published=None,
    )  # fmt: skip


def values(row: Any) -> dict[str, Any]:
    fresh = type(row).objects.get(pk=row.pk)
    kept = {field.attname: getattr(fresh, field.attname) for field in fresh._meta.concrete_fields}
    return {name: value for name, value in kept.items() if name not in {"id", "slug", "modified"}}


def test_as_django_would(organisation: Organisation) -> None:
    ours, theirs = dataset(organisation, "ours"), dataset(organisation, "theirs")
    bulk.insert([ours])
    Dataset.objects.bulk_create([theirs])
    assert values(ours) == values(theirs)
    assert Dataset.objects.get(slug="ours").modified is not None


def test_one_statement_for_all(organisation: Organisation, django_assert_num_queries: Any) -> None:
    rows = [dataset(organisation, f"d{n}") for n in range(700)]
    with django_assert_num_queries(1):
        bulk.insert(rows)
    assert Dataset.objects.count() == 700
    bulk.insert([])
    bulk.upsert([], ["title"])


def test_columns_that_are_texts_here_and_nothing_there(organisation: Organisation) -> None:
    source = HarvestSource.objects.create(organisation=organisation, name="s", address="https://exemple.fr")
    run = HarvestRun.objects.create(source=source)
    bulk.insert([HarvestRecord(run=run, fate=HarvestRecord.Fate.MADE, title=title, dataset_id=None) for title in ("a", "")])
    assert list(HarvestRecord.objects.values_list("fate", "title", "dataset")) == [("made", "a", None), ("made", "", None)]
    first = dataset(organisation, "d")
    first.save()
    one, two = (Resource(dataset=first, title="t", remote_bytes=size, remote_updated=MOMENT) for size in (None, 2**40))
    bulk.insert([one, two])
    assert [Resource.objects.get(pk=row.pk).remote_bytes for row in (one, two)] == [None, 2**40]
    assert Resource.objects.get(pk=one.pk).remote_updated == MOMENT


def test_only_the_fields_that_are_named_change(organisation: Organisation) -> None:
    rows = [dataset(organisation, f"d{n}") for n in range(3)]
    bulk.insert(rows)
    for row in rows:
        row.title, row.description, row.keywords = "Autre", "perdue", []
    bulk.upsert(rows, ["title", "keywords"])
    assert set(Dataset.objects.values_list("title", "description")) == {("Autre", "x" * 5000)}
    assert Dataset.objects.get(slug="d1").keywords == []
    assert Dataset.objects.count() == 3


def test_whole_or_not_at_all(organisation: Organisation) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert([dataset(organisation, "same"), dataset(organisation, "other"), dataset(organisation, "same")])
    assert not Dataset.objects.exists()


def test_a_planner_knows_at_once_how_many_rows_were_written(organisation: Organisation) -> None:
    """Within the transaction that wrote them, for PostgreSQL; SQLite has nothing to be told."""
    bulk.counted(Organisation)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [Organisation._meta.db_table])
            assert cursor.fetchone()[0] == Organisation.objects.count()
