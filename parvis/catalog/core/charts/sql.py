"""The question of a chart, written in SQL: what a reader runs to check the picture, and changes to go further."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from parvis.catalog.core.charts.choice import LIMIT, Choice, Condition
from parvis.catalog.core.charts.fields import CATEGORY, NUMBER, YESNO, Field, named
from parvis.catalog.core.charts.values import step

FUNCTIONS: Final = {"sum": "sum", "mean": "avg", "median": "median", "min": "min", "max": "max"}
COMPARED: Final = {"exact": "=", "less": "<=", "greater": ">=", "strictly_less": "<", "strictly_greater": ">"}
PARTS: Final = {"year", "month"}
YES: Final = frozenset({"oui", "vrai", "true", "1", "o", "yes"})


def question(choice: Choice, fields: Sequence[Field], table: str) -> str:
    """A SELECT that gives the values of the chart. `table`: a plain name. Columns of `choice` are in `fields`."""
    keys = _keys(choice, fields)
    measures = _measures(choice)
    needed = dict.fromkeys(name for name in (*_axes(choice), choice.y) if name)
    conditions = [f"{_quoted(name)} IS NOT NULL" for name in needed] + [_condition(one, fields) for one in choice.filters]
    places = ", ".join(str(place + 1) for place in range(len(keys)))
    lines = [
        "SELECT " + ",\n  ".join([f"{expression} AS {_quoted(name)}" for name, expression in {**keys, **measures}.items()]),
        f"FROM {table}",
        "WHERE " + "\n  AND ".join(conditions),
        f"GROUP BY {places}",
        f"ORDER BY {_order(choice, fields, len(keys))}",
    ]
    if choice.shape == "bars" and not choice.colour:
        lines.append(f"LIMIT {choice.limit or LIMIT}")
    return "\n".join(lines)


def _axes(choice: Choice) -> tuple[str, ...]:
    return (choice.territory,) if choice.territory else tuple(filter(None, (choice.x, choice.latitude, choice.longitude)))


def _keys(choice: Choice, fields: Sequence[Field]) -> dict[str, str]:
    """The columns of the answer that group its rows."""
    if choice.shape == "points":
        return {name: _quoted(name) for name in dict.fromkeys((choice.x, choice.y, choice.colour)) if name}
    keys = {name: _quoted(name) for name in _axes(choice)}
    field = named(choice.x, fields)
    if field is not None:
        keys[choice.x] = _step(field, step(choice, field))
    if choice.colour:
        keys[choice.colour] = _quoted(choice.colour)
    return keys


def _step(field: Field, width: str) -> str:
    column = _quoted(field.name)
    if width in PARTS:
        return f"date_trunc('{width}', {column})::DATE"
    return f"floor({column} / {width}) * {width}" if width else column


def _measures(choice: Choice) -> dict[str, str]:
    """Named after words that no column is likely to bear alone: a column and a function."""
    if not choice.y or choice.shape in {"points", "map_coordinates"}:
        return {"lignes (nombre)": "count(*)"}
    column = _quoted(choice.y)
    return {f"{choice.y} ({choice.aggregate})": f"{FUNCTIONS[choice.aggregate]}({column})", "lignes (nombre)": "count(*)"}


def _order(choice: Choice, fields: Sequence[Field], keys: int) -> str:
    field = named(choice.x, fields)
    own_order = field is not None and field.kind not in {CATEGORY, YESNO}
    if choice.shape != "bars" or choice.colour or choice.sort == "x" or (own_order and not choice.sort):
        return ", ".join(str(place + 1) for place in range(keys))
    return f"{keys + 1}{'' if choice.sort == 'value' else ' DESC'}, 1"


def _condition(asked: Condition, fields: Sequence[Field]) -> str:
    column, field = _quoted(asked.column), named(asked.column, fields)
    value = asked.value.strip()
    if asked.operator in {"isnull", "isnotnull"}:
        return f"{column} IS {'' if asked.operator == 'isnull' else 'NOT '}NULL"
    if asked.operator in {"contains", "notcontains"}:
        found = f"contains({_folded(f'{column}::VARCHAR')}, {_folded(_text(value))})"
        return found if asked.operator == "contains" else f"({column} IS NULL OR NOT {found})"
    if asked.operator in {"in", "notin"}:
        listed = ", ".join(_literal(part.strip(), field) for part in value.split(",") if part.strip())
        return f"{column} IN ({listed})" if asked.operator == "in" else f"({column} IS NULL OR {column} NOT IN ({listed}))"
    if asked.operator == "differs":
        return f"{column} IS DISTINCT FROM {_literal(value, field)}"
    return f"{column} {COMPARED[asked.operator]} {_literal(value, field)}"


def _folded(expression: str) -> str:
    """Without case, accents or ligatures, as the filters of a table compare texts."""
    return f"replace(replace(strip_accents(lower({expression})), 'œ', 'oe'), 'æ', 'ae')"


def _literal(value: str, field: Field | None) -> str:
    """A value as SQL writes it, in the type of its column."""
    if field is not None and field.kind == YESNO:
        return "TRUE" if value.casefold() in YES else "FALSE"
    if field is not None and field.type in {"date", "datetime"}:
        return _moment(value)
    if field is not None and (field.kind == NUMBER or field.type in {"integer", "number", "year"}):
        try:
            return str(Decimal(re.sub(r"[\s\u00a0\u202f]", "", value).replace(",", ".")))
        except InvalidOperation:
            return _text(value)
    return _text(value)


def _moment(value: str) -> str:
    for pattern in ("%d/%m/%Y", "%Y"):
        try:
            return f"DATE '{datetime.strptime(value, pattern).date().isoformat()}'"
        except ValueError:
            continue
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return _text(value)
    return f"DATE '{date(found.year, found.month, found.day).isoformat()}'" if len(value) <= 10 else f"TIMESTAMP '{found}'"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
