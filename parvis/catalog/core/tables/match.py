"""Which schema a table seems to follow, judged on its labels, with the reason in one sentence."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from parvis.catalog.core.tables.labels import look_alikes
from parvis.catalog.core.tables.schema import Field, Schema

ENOUGH: Final = 0.5
"""Below this score (geometric mean of the shares of the schema and of the file that they have in common), a likeness is a coincidence."""
LIKENESS: Final = 0.8
"""A label that differs by case, accents or blanks counts a little less than the right one."""
CLOSE: Final[dict[str, frozenset[str]]] = {
    "number": frozenset({"number", "integer", "year"}),
    "integer": frozenset({"integer", "year"}),
    "year": frozenset({"year", "integer"}),
    "date": frozenset({"date"}),
    "datetime": frozenset({"datetime", "date"}),
    "boolean": frozenset({"boolean", "integer", "string"}),
}
"""Schema type → detected types that do not contradict it (a text type contradicts nothing)."""


@dataclass(frozen=True, slots=True)
class Match:
    """`score` runs from 0 to 1; `renamed` maps the labels of the file to those that the schema wants."""

    schema: Schema
    score: float
    reason: str
    shared: int
    renamed: Mapping[str, str]


def best(schemas: Iterable[Schema], labels: Sequence[str], types: Mapping[str, str] | None = None) -> Match | None:
    """The schema that fits best, `None` when none fits enough."""
    found = ranked(schemas, labels, types)
    return found[0] if found and found[0].score >= ENOUGH else None


def ranked(schemas: Iterable[Schema], labels: Sequence[str], types: Mapping[str, str] | None = None) -> list[Match]:
    """Every schema that shares at least one column, best first; equal ones by name."""
    found = [match for schema in schemas if (match := _match(schema, labels, types or {})).shared]
    return sorted(found, key=lambda one: (-one.score, one.schema.name))


def _weight(schema: Schema, field: Field) -> float:
    return 2.0 if field.constraints.required or field.name in schema.primary_key else 1.0


def _match(schema: Schema, labels: Sequence[str], types: Mapping[str, str]) -> Match:
    renamed = look_alikes(schema, labels)
    source = {name: label for label, name in renamed.items()}
    total = got = 0.0
    exact = contradicted = 0
    missing: list[str] = []
    for field in schema.fields:
        weight = _weight(schema, field)
        total += weight
        label = field.name if field.name in labels else source.get(field.name)
        if label is None:
            if weight > 1:
                missing.append(field.name)
            continue
        exact += label == field.name
        share = 1.0 if label == field.name else LIKENESS
        detected = types.get(label)
        if detected and field.type in CLOSE and detected not in CLOSE[field.type] | {"string", "any"}:
            contradicted += 1
            share /= 2
        got += weight * share
    shared = exact + len(renamed)
    named = [label for label in dict.fromkeys(labels) if label.strip()]
    recall = got / total if total else 0.0
    precision = (exact + LIKENESS * len(renamed)) / len(named) if named else 0.0
    score = math.sqrt(recall * precision)
    return Match(schema, round(score, 4), _reason(schema, shared, renamed, missing, contradicted), shared, renamed)


def _reason(schema: Schema, shared: int, renamed: Mapping[str, str], missing: list[str], contradicted: int) -> str:
    title = schema.title or schema.name
    sentence = f"{shared} des {len(schema.fields)} colonnes du schéma « {title} » sont dans le fichier"
    if renamed:
        sentence += f", dont {len(renamed)} sous un nom un peu différent"
    if missing:
        sentence += f" ; il manque {'la colonne obligatoire' if len(missing) == 1 else 'les colonnes obligatoires'} {', '.join(f'« {one} »' for one in missing[:3])}{'…' if len(missing) > 3 else ''}"
    if contradicted:
        sentence += f" ; {contradicted} {'colonne n’a' if contradicted == 1 else 'colonnes n’ont'} pas le type attendu"
    return sentence + "."
