"""The SQL that a chart offers gives the chart's own values."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import duckdb
import pytest
from django.http import QueryDict

from parvis.catalog import chart_values, storage
from parvis.catalog.core.charts.choice import parse
from parvis.catalog.core.charts.sql import question
from parvis.catalog.models import Version
from tests.catalog.publishing import published

pytestmark = pytest.mark.django_db


def plain(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return round(float(value), 9) if isinstance(value, int | float) or hasattr(value, "quantize") else value


def both(version: Version, query: str) -> tuple[set[Any], set[Any]]:
    """The marks of the chart, and the rows of its SQL: (axis, height)."""
    fields = chart_values.fields_of(version)
    choice, mistakes = parse({name: QueryDict(query).getlist(name) for name in QueryDict(query)}, fields)
    assert choice is not None, mistakes
    marks = {(plain(mark.x), plain(mark.value)) for mark in chart_values.read(version, choice).marks}
    with duckdb.connect() as engine:
        engine.execute(f"CREATE VIEW donnees AS FROM read_parquet('{storage.parquet_path(version)}')")
        found = engine.execute(question(choice, fields, "donnees")).fetchall()
    keys = 2 if choice.colour else 1
    return marks, {(plain(row[0]), plain(row[keys])) for row in found}


@pytest.mark.parametrize(
    "query",
    [
        "forme=bars&x=Rurale",
        "forme=bars&x=Rurale&y=Habitants&calcul=mean",
        "forme=bars&x=Rurale&y=Habitants&calcul=median",
        "forme=bars&x=Commune&y=Habitants&calcul=sum&limite=3",
        "forme=bars&x=Commune&y=Habitants&calcul=max&tri=value&limite=3",
        "forme=bars&x=Commune&y=Habitants&calcul=min&c=Rurale&o=exact&v=oui",
        "forme=bars&x=Rurale&y=Habitants&calcul=sum&c=Habitants&o=strictly_less&v=3 500",
        "forme=bars&x=Rurale&c=Commune&o=contains&v=e",
        "forme=bars&x=Rurale&c=Commune&o=notcontains&v=gour",
        "forme=bars&x=Rurale&c=Commune&o=in&v=Figeac, Martel",
        "forme=bars&x=Rurale&c=Commune&o=exact&v=Puy-l'Évêque",
        "forme=bars&x=Rurale&c=Habitants&o=isnull",
        "forme=distribution&x=Habitants&pas=5000",
        "forme=lines&x=Relev%C3%A9+le&y=Habitants&calcul=sum",
        "forme=bars&x=Rurale&c=Relev%C3%A9+le&o=greater&v=04/03/2024",
    ],
)
def test_the_sql_of_a_chart_gives_its_values(query: str) -> None:
    version = published()
    names = {field.label: field.name for field in chart_values.fields_of(version)}
    for label, name in names.items():
        query = query.replace(label.replace("é", "%C3%A9").replace(" ", "+"), name) if " " in label else query
    marks, found = both(version, query)
    assert marks
    assert marks == found


def test_a_name_or_a_value_never_leaves_its_quotes() -> None:
    version = published()
    fields = chart_values.fields_of(version)
    given = {"forme": ["bars"], "x": ["Rurale"], "c": ["Commune"], "o": ["exact"], "v": ["'; DROP TABLE donnees; --"]}
    choice, _mistakes = parse(given, fields)
    assert choice is not None
    assert "'''; DROP TABLE donnees; --'" in question(choice, fields, "donnees")
