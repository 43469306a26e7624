"""Many files that follow one schema, as one typed Parquet with the provenance of each row.

Each file is read again as raw text, with the reading that was kept of it: a version's own Parquet has the types of its own
values ("oui" became true, "007" stayed a text here and was a number there), while the whole has those of the schema. A column
whose values do not all fit the type of the schema stays text: nothing is lost. Files are read one after the other into a table
on disk, so that memory is bounded whatever their number.
"""
# ruff: noqa: S608 -- identifiers are ours (f0, p0, …), names of a schema are quoted, what a file says is a parameter or data

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from parvis.catalog.core.tables.cell_tests import bare, one_of
from parvis.catalog.core.tables.convert import column_names
from parvis.catalog.core.tables.reading import Reading, UnreadableTable
from parvis.catalog.core.tables.scan import quoted_text, scan
from parvis.catalog.core.tables.schema import Field, Schema

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY: Final = "500MB"
PROVENANCE: Final = (
    ("_organisation", "VARCHAR"),
    ("_siren", "VARCHAR"),
    ("_jeu", "VARCHAR"),
    ("_adresse", "VARCHAR"),
    ("_version", "BIGINT"),
    ("_publie_le", "DATE"),
    ("_licence", "VARCHAR"),
)
_UNREADABLE: Final = "Ce fichier ne peut plus être lu."
LINE: Final = "_ligne"
"""The place of the row in the version that `_adresse` names, from 1."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Source:
    """A file, how it is read, and what `PROVENANCE` says of it, in that order."""

    path: Path
    reading: Reading
    provenance: tuple[str, str, str, str, int, date, str]


@dataclass(frozen=True, slots=True)
class Part:
    """What came of one source: how many rows, and the labels that the schema does not know. `error`: why nothing came."""

    rows: int
    extra: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Built:
    """`types` are those of the columns `names` in the Parquet; `as_text` names the columns kept as text against their schema."""

    rows: int
    names: tuple[str, ...]
    types: tuple[str, ...]
    as_text: tuple[str, ...]
    parts: tuple[Part, ...]


def build(sources: Sequence[Source], schema: Schema, out: Path, scratch: Path, progress: Progress | None = None) -> Built:
    """Write the table at `out`. A source that cannot be read is left out and says so in its part. Raises `OSError`."""
    import duckdb

    names = column_names([*(one.name for one in schema.fields), *(name for name, _type in PROVENANCE), LINE])
    with (
        tempfile.TemporaryDirectory(dir=scratch) as folder,
        duckdb.connect(str(Path(folder) / "gathered.duckdb")) as connection,
    ):
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        connection.execute(f"SET temp_directory = {quoted_text(str(Path(folder) / 'spill'))}")
        connection.execute("SET checkpoint_threshold = '64MB'")
        connection.execute(f"CREATE TABLE gathered ({_columns(schema)})")
        parts = []
        for place, source in enumerate(sources):
            parts.append(_gather(connection, source, schema, Path(folder)))
            if progress:
                progress(place + 1, len(sources))
        types, as_text = _types(connection, schema)
        fields = [_cast(one, f"f{at}", kind) for at, (one, kind) in enumerate(zip(schema.fields, types, strict=True))]
        fields += [f"p{at}" for at in range(len(PROVENANCE))] + ["line"]
        listed = ", ".join(f"{field} AS {_identifier(name)}" for field, name in zip(fields, names, strict=True))
        connection.execute(
            f"COPY (SELECT {listed} FROM gathered) TO {quoted_text(str(out))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 100000)"
        )
    kinds = (*types, *(kind for _name, kind in PROVENANCE), "BIGINT")
    return Built(sum(part.rows for part in parts), names, kinds, as_text, tuple(parts))


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _columns(schema: Schema) -> str:
    columns = [f"f{at} VARCHAR" for at in range(len(schema.fields))]
    columns += [f"p{at} {kind}" for at, (_name, kind) in enumerate(PROVENANCE)]
    return ", ".join([*columns, "line BIGINT"])


def _gather(connection: DuckDBPyConnection, source: Source, schema: Schema, folder: Path) -> Part:
    """The rows of one source, all of them or none."""
    import duckdb

    labels = source.reading.names
    fields = []
    for one in schema.fields:
        cell = f"c{labels.index(one.name)}" if one.name in labels else "NULL"
        missing = one_of(cell, schema.missing(one))
        fields.append(cell if cell == "NULL" or missing == "FALSE" else f"CASE WHEN {missing} THEN NULL ELSE {cell} END")
    marks = ", ".join(["?"] * len(PROVENANCE))
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        connection.execute("BEGIN")
        try:
            table = scan(connection, source.path, source.reading, Path(scratch))
            done = connection.execute(
                f"INSERT INTO gathered SELECT {', '.join(fields)}, {marks}, row_number() OVER () FROM {table.sql}",
                list(source.provenance),
            ).fetchone()
            connection.execute("COMMIT")
        except (UnreadableTable, OSError, duckdb.Error) as error:
            connection.execute("ROLLBACK")
            if isinstance(error, duckdb.OutOfMemoryException):
                raise
            return Part(0, error=str(error) if isinstance(error, UnreadableTable) else _UNREADABLE)
    known = {one.name for one in schema.fields}
    return Part(int(done[0]) if done else 0, tuple(label for label in labels if label.strip() and label not in known))


def _types(connection: DuckDBPyConnection, schema: Schema) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The type of each column of the schema in the table, and the names of those that stay text because a value does not fit."""
    wanted = [_TYPES.get(one.type, "VARCHAR") for one in schema.fields]
    tests = [
        f"count(f{at}) - count({_cast(one, f'f{at}', kind)})"
        for at, (one, kind) in enumerate(zip(schema.fields, wanted, strict=True))
    ]
    misfits = connection.execute(f"SELECT {', '.join(tests)} FROM gathered").fetchone() or ()
    types = tuple("VARCHAR" if misfit else kind for kind, misfit in zip(wanted, misfits, strict=True))
    return types, tuple(one.name for one, misfit in zip(schema.fields, misfits, strict=True) if misfit)


_TYPES: Final = {
    "integer": "BIGINT",
    "year": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "datetime": "TIMESTAMP",
}


def _cast(one: Field, cell: str, kind: str) -> str:
    """A text as a value of its column; null where it is not one."""
    if kind in ("BIGINT", "DOUBLE"):
        return f"TRY_CAST({bare(one, cell)} AS {kind})"
    if kind == "BOOLEAN":
        return f"CASE WHEN {one_of(cell, one.true_values)} THEN true WHEN {one_of(cell, one.false_values)} THEN false END"
    if kind in ("DATE", "TIMESTAMP"):
        read = cell if one.format in ("default", "any") else f"try_strptime({cell}, {quoted_text(one.format)})"
        return f"TRY_CAST({read} AS {kind})"
    return cell
