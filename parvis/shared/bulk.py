"""Many rows of one model written in one statement: what `bulk_create` does, at a third of the processor time.

Django compiles an expression for each value; thousands of records of another portal are plain values. Columns come from the model
alone. No signal, as with `bulk_create`; the key of each row is known beforehand, or made by the database and not read back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from django.db import connections, models, router
from django.db.models.constants import OnConflict


def insert(rows: Sequence[models.Model]) -> None:
    """Write these rows, which are new."""
    if rows:
        _execute(rows, "", True)


def upsert(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Write these `fields` of rows that exist (known by their key)."""
    if rows:
        model = type(rows[0])
        operations = connections[router.db_for_write(model)].ops
        columns = [model._meta.get_field(name).column for name in fields]  # type: ignore[union-attr]
        key = model._meta.pk
        suffix = operations.on_conflict_suffix_sql([], OnConflict.UPDATE, columns, [key.column])
        _execute(rows, " " + suffix, False)


def counted(*written: type[models.Model]) -> None:
    """Tell PostgreSQL's planner that these tables were just filled: until it counts them by itself, a minute after the transaction, it
    plans for an empty table, and a join of four thousand rows takes ten minutes. SQLite plans without it."""
    for model in written:
        connection = connections[router.db_for_write(model)]
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def _execute(rows: Sequence[models.Model], suffix: str, new: bool) -> None:
    model = type(rows[0])
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    fields = [field for field in model._meta.local_concrete_fields if not isinstance(field, models.AutoField)]
    names = ", ".join(quote(field.column or field.name) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({places}){suffix}"  # noqa: S608
    values = zip(*(_column(field, rows, connection, new) for field in fields), strict=True)
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(values))


def _column(field: models.Field[Any, Any], rows: Sequence[models.Model], connection: Any, new: bool) -> list[Any]:
    """The values of one field, as the database takes them."""
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        read: Callable[[Any], Any] = lambda row: field.pre_save(row, new)  # noqa: E731
    else:
        read = attrgetter(field.attname)
    found = [read(row) for row in rows]
    if all(type(value) is str for value in found) and type(field) in TEXTS:
        return found
    return [field.get_db_prep_save(value, connection) for value in found]


TEXTS = {models.CharField, models.TextField, models.SlugField, models.URLField}
"""A text is what it is: nothing to prepare."""
