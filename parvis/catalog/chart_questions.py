"""From a chart to the question in SQL that gives its values."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from parvis.catalog import chart_values
from parvis.catalog.core.charts.choice import Choice
from parvis.catalog.core.charts.sql import question
from parvis.catalog.models import Version

TABLE = "donnees"


def address(version: Version, choice: Choice) -> str:
    """The page of questions, with this version and this SQL. Questions are about published tables: "" for a draft."""
    if version.withdrawn or not version.resource.dataset.published:
        return ""
    sql = question(choice, chart_values.fields_of(version), TABLE)
    asked = {"table": f"{TABLE}:{version.resource_id}@{version.number}", "sql": sql}
    return f"{reverse('catalog:questions')}?{urlencode(asked)}#reponse"
