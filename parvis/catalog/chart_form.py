"""The form of a chart, as a page draws it: what may be chosen, what was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from parvis.catalog import rows
from parvis.catalog.core.charts.choice import BUCKETS, LIMIT, MOST_FILTERS, PARAMETERS, SORTS, Choice
from parvis.catalog.core.charts.fields import CATEGORY, NUMBER, TIME, YESNO, Field
from parvis.catalog.core.charts.shapes import AGGREGATES
from parvis.catalog.core.speech import phrase
from parvis.catalog.rows import Filter

KINDS = {CATEGORY: _("texte"), NUMBER: _("nombre"), TIME: _("date"), YESNO: _("oui ou non")}


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    kind: Any = ""


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed is shown again, right or wrong."""

    given: dict[str, str]
    columns: tuple[Option, ...]
    measures: tuple[Option, ...]
    names: tuple[Option, ...]
    aggregates: tuple[Option, ...]
    buckets: tuple[str, ...]
    sorts: tuple[Option, ...]
    filters: tuple[Filter | None, ...]
    operators: Any
    limit: int = LIMIT


def form_of(given: Any, fields: Sequence[Field], choice: Choice | None) -> Form:
    """given: the QueryDict of the address."""
    typed = {name: given.get(PARAMETERS[name], "") for name in PARAMETERS}
    typed["bucket"] = BUCKETS.get(typed["bucket"], typed["bucket"])
    if choice is not None:
        typed["aggregate"] = choice.aggregate
    values = [*given.getlist("v"), *[""] * MOST_FILTERS]
    lines = [Filter(*line) for line in zip(given.getlist("c"), given.getlist("o"), values, strict=False) if line[0]]
    return Form(
        given=typed,
        columns=_options(fields, {CATEGORY, NUMBER, TIME, YESNO}),
        measures=_options(fields, {NUMBER}),
        names=_options(fields, {CATEGORY, YESNO}),
        aggregates=tuple(Option(name, phrase(label)) for name, label in AGGREGATES.items()),
        buckets=tuple(BUCKETS.values()),
        sorts=tuple(Option(name, phrase(label)) for name, label in SORTS.items()),
        filters=(*lines, None)[:MOST_FILTERS],
        operators=rows.OPERATORS,
    )


def _options(fields: Sequence[Field], kinds: set[str]) -> tuple[Option, ...]:
    return tuple(Option(one.name, one.label, KINDS[one.kind]) for one in fields if one.kind in kinds)
