"""Reads the rows of one version: a page, a row, a selection to download. One immutable Parquet, nothing else, is within reach.

Nothing that a person wrote enters a query as text: a column is looked up among those of the version, an operator in
`OPERATORS`, and a value is a parameter."""
# ruff: noqa: S608 -- see `quoted`

from __future__ import annotations

import re
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import duckdb
from django.utils.translation import gettext_lazy as _

from parvis.catalog import engines, storage
from parvis.catalog.core.speech import stored
from parvis.catalog.models import Version
from parvis.catalog.retold import retold

SECONDS = 8.0
"""A question that lasts longer is interrupted."""
AT_ONCE = 4
PATIENCE = 5.0
ENGINE: dict[str, str | bool | int | float | list[str]] = {
    "threads": 2,
    "memory_limit": "384MB",
    "temp_directory": "",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
LISTED = 200
"""How many values `in` may list."""
SORTED_ON = 60
"""Texts are sorted on their first characters: a column of long texts must not fill the memory."""
PART = 300_000
"""How many cells a stream holds at a time."""

TEXT, NUMBER, DATE, DATETIME, YESNO = "text", "number", "date", "datetime", "boolean"
KINDS = {
    "VARCHAR": TEXT,
    "BOOLEAN": YESNO,
    "DATE": DATE,
    **dict.fromkeys(
        ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"), NUMBER
    ),
    **dict.fromkeys(("FLOAT", "DOUBLE"), NUMBER),
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE"), DATETIME),
}
WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}
YES, NO = {"oui", "vrai", "true", "1", "o", "yes"}, {"non", "faux", "false", "0", "n", "no"}


class QuestionError(Exception):
    """A question that makes no sense of this table. `index` is the filter it is about."""

    def __init__(self, sentence: str, index: int | None = None) -> None:
        super().__init__(sentence)
        self.sentence, self.index = sentence, index

    @property
    def message(self) -> str:
        """The sentence, in the language of the reader."""
        return retold(self.sentence)


class OverloadError(Exception):
    """The answer would take too long, too much memory, or too many people ask at once."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column as the Parquet file holds it."""

    name: str
    type: str

    @property
    def kind(self) -> str:
        return NUMBER if self.type.startswith("DECIMAL") else KINDS.get(self.type, TEXT)


@dataclass(frozen=True, slots=True)
class Operator:
    label: Any
    sql: str
    """`{column}` is the quoted column, `{text}` its text, `?` the value."""
    value: str = "typed"
    """What it takes: `typed` (a value of the column's type), `folded` (a text, whatever its case and accents), `list`, or `none`."""
    kinds: frozenset[str] = frozenset({TEXT, NUMBER, DATE, DATETIME, YESNO})


ORDERED = frozenset({NUMBER, DATE, DATETIME, TEXT})
OPERATORS: dict[str, Operator] = {
    "contains": Operator(_("contient"), "regexp_matches({text}, ?)", "folded", frozenset({TEXT, NUMBER, DATE, DATETIME})),
    "notcontains": Operator(
        _("ne contient pas"),
        "({column} IS NULL OR NOT regexp_matches({text}, ?))",
        "folded",
        frozenset({TEXT, NUMBER, DATE, DATETIME}),
    ),
    "exact": Operator(_("est égal à"), "{column} = ?"),
    "differs": Operator(_("est différent de"), "{column} IS DISTINCT FROM ?"),
    "less": Operator(_("est au plus"), "{column} <= ?", kinds=ORDERED),
    "greater": Operator(_("est au moins"), "{column} >= ?", kinds=ORDERED),
    "strictly_less": Operator(_("est inférieur à"), "{column} < ?", kinds=ORDERED),
    "strictly_greater": Operator(_("est supérieur à"), "{column} > ?", kinds=ORDERED),
    "in": Operator(_("est l'un de"), "{column} IN ({marks})", "list"),
    "notin": Operator(_("n'est aucun de"), "({column} IS NULL OR {column} NOT IN ({marks}))", "list"),
    "isnull": Operator(_("est vide"), "{column} IS NULL", "none"),
    "isnotnull": Operator(_("est rempli"), "{column} IS NOT NULL", "none"),
}


@dataclass(frozen=True, slots=True)
class Filter:
    column: str
    operator: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Sort:
    column: str
    descending: bool = False


Sorts = Sort | Sequence[Sort] | None
"""Nothing, one column, or several: the first decides, the next ones between equals."""


def sorts(given: Sorts) -> tuple[Sort, ...]:
    return () if given is None else (given,) if isinstance(given, Sort) else tuple(given)


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    """Its place in the table, from 1."""
    cells: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total: int


# ----- What a question becomes -----


def quoted(name: str, fields: Sequence[Field]) -> str:
    """The identifier of a column, for SQL: the only place where a name enters a query, and only if the table has it."""
    if not any(field.name == name for field in fields):
        raise QuestionError(stored("Cette table n'a pas de colonne « {name} ».", name=name[:80]))
    return '"' + name.replace('"', '""') + '"'


def _typed(field: Field, value: str) -> Any:
    """`value`, as typed by a person, in the type of the column."""
    text = value.strip()
    if field.kind == NUMBER:
        bare = text.replace("\u202f", "").replace("\xa0", "").replace(" ", "").replace(",", ".")
        try:
            number = Decimal(bare)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or number.adjusted() > 36 or number.adjusted() < -36:
            raise QuestionError(stored("« {value} » n'est pas un nombre. Écrivez par exemple 1200 ou 3,5.", value=value[:80]))
        if field.type in {"FLOAT", "DOUBLE"}:
            return float(number)
        return int(number) if number == number.to_integral_value() else number
    if field.kind in {DATE, DATETIME}:
        return _moment(field, text)
    if field.kind == YESNO:
        if text.lower() in YES | NO:
            return text.lower() in YES
        raise QuestionError(stored("« {value} » : cette colonne ne contient que « oui » ou « non ».", value=value[:80]))
    return value


def _moment(field: Field, text: str) -> date | datetime:
    for pattern in ("%d/%m/%Y", "%Y"):
        try:
            found = datetime.strptime(text, pattern)
        except ValueError:
            continue
        return found.date() if field.kind == DATE else found
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise QuestionError(
            stored("« {value} » n'est pas une date. Écrivez par exemple 31/12/2025.", value=text[:80])
        ) from None
    return found.date() if field.kind == DATE else found


def _letters() -> dict[str, str]:
    """For each plain letter, itself and its accented forms: `e` → `eéèêë…`."""
    forms: dict[str, set[str]] = {}
    for code in range(0xC0, 0x250):
        plain, *marks = list(unicodedata.normalize("NFD", chr(code)))
        if marks and plain.isascii():
            forms.setdefault(plain.lower(), set()).add(chr(code).lower())
    return {plain: plain + "".join(sorted(accented)) for plain, accented in forms.items()}


LETTERS = _letters()
LIGATURES = {"œ": "oe", "æ": "ae"}


def _pattern(value: str) -> str:
    """A regular expression (linear in time) that finds `value` whatever the case and the accents: six times faster than
    taking the accents off every cell."""
    folded = unicodedata.normalize("NFD", "".join(LIGATURES.get(letter, letter) for letter in value.casefold()))
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    parts, place = [], 0
    while place < len(plain):
        letter, pair = plain[place], plain[place : place + 2]
        forms = LETTERS.get(letter, "")
        # At either end, half a ligature is enough: « e » is in « œuf », « o » too.
        if place == 0 and letter == "e":
            forms += "".join(LIGATURES)
        if place == len(plain) - 1:
            forms += "".join(one for one, two in LIGATURES.items() if two[0] == letter)
        part = rf"[{forms}]\p{{M}}*" if forms else re.escape(letter)
        for ligature, two in LIGATURES.items():
            if pair == two:
                part = rf"(?:[{LETTERS[two[0]]}]\p{{M}}*[{LETTERS[two[1]]}]|{ligature})\p{{M}}*"
                place += 1
        parts.append(part)
        place += 1
    return "(?i)" + "".join(parts)


def _condition(asked: Filter, fields: Sequence[Field]) -> tuple[str, list[Any]]:
    column = quoted(asked.column, fields)
    field = next(field for field in fields if field.name == asked.column)
    operator = OPERATORS.get(asked.operator)
    if operator is None or field.kind not in operator.kinds:
        raise QuestionError(
            stored(
                "« {name} » ne s'applique pas à la colonne « {column} ».", name=asked.operator[:40], column=asked.column[:80]
            )
        )
    values: list[Any] = []
    if operator.value == "folded":
        text = column if field.type == "VARCHAR" else f"CAST({column} AS VARCHAR)"
        return operator.sql.format(column=column, text=text), [_pattern(asked.value.strip())]
    if operator.value == "typed":
        values = [_typed(field, asked.value)]
    elif operator.value == "list":
        values = [_typed(field, part.strip()) for part in asked.value.split(",") if part.strip()]
        if not 0 < len(values) <= LISTED:
            raise QuestionError(stored("Donnez de 1 à {most} valeurs, séparées par des virgules.", most=LISTED))
    return operator.sql.format(column=column, marks=", ".join("?" * len(values))), values


def where(filters: Sequence[Filter], fields: Sequence[Field]) -> tuple[str, list[Any]]:
    """The WHERE clause of filters, and its values."""
    clauses, values = [], []
    for index, asked in enumerate(filters):
        try:
            clause, given = _condition(asked, fields)
        except QuestionError as refused:
            raise QuestionError(refused.sentence, index) from None
        clauses.append(f"({clause})")
        values += given
    return (" WHERE " + " AND ".join(clauses) if clauses else ""), values


def direction(sort: Sort) -> str:
    return "DESC" if sort.descending else "ASC"


def sort_key(sort: Sort, fields: Sequence[Field]) -> str:
    """What a column is sorted by."""
    column = quoted(sort.column, fields)
    kind = next(field.kind for field in fields if field.name == sort.column)
    if kind != TEXT:
        return column
    # As a French dictionary sorts, three times faster than taking the accents off.
    return f"icu_sort_key(left(CAST({column} AS VARCHAR), {SORTED_ON}), 'fr')"


# ----- The table -----

_turns = threading.BoundedSemaphore(AT_ONCE)


class Table:
    """One Parquet file, open for reading. Use `opened`."""

    def __init__(self, path: Path, connection: duckdb.DuckDBPyConnection, seconds: float = SECONDS) -> None:
        self.path, self._connection, self._seconds = str(path), connection, seconds
        file = (self.path, path.stat().st_mtime_ns if path.exists() else 0)
        known: tuple[Field, ...] | None = _described.get(file)
        if known is None:  # asking takes longer than a page of rows
            described = self.run("DESCRIBE SELECT * FROM read_parquet(?)", [self.path])
            known = tuple(Field(str(name), str(kind)) for name, kind, *_rest in described)
            _described.keep(file, known)
        self.fields = known

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        timer = threading.Timer(self._seconds, self._connection.interrupt)
        timer.start()
        try:
            return self._connection.execute(sql, list(values)).fetchall()
        except (duckdb.InterruptException, duckdb.OutOfMemoryException) as error:
            raise OverloadError(
                _("Cette question demande trop de calcul : ajoutez un filtre, ou téléchargez la table entière.")
            ) from error
        except (duckdb.DataError, duckdb.InvalidInputException) as error:
            raise QuestionError(stored("Une valeur ne convient pas à sa colonne.")) from error
        finally:
            timer.cancel()

    def find(self, filters: Sequence[Filter], sort: Sorts, offset: int, limit: int, total: int | None) -> tuple[list[int], int]:
        """The numbers of the rows of a page (from 1, in order), and how many rows match (`total` where it is known).

        Numbers come first, without the other columns: a sort then holds one key a row, whatever the width of the table."""
        clause, values = where(filters, self.fields)
        asked = sorts(sort)
        keys = "".join(f", {sort_key(one, self.fields)} AS key{place}" for place, one in enumerate(asked))
        order = "".join(f"key{place} {direction(one)} NULLS LAST, " for place, one in enumerate(asked)) + "line"
        source = f"SELECT file_row_number AS line{keys} FROM read_parquet(?, file_row_number = true){clause}"
        values = [self.path, *values]
        if total is None:
            self.run(f"CREATE TEMP TABLE hit AS {source}", values)
            total = int(self.run("SELECT count(*) FROM hit")[0][0])
            source, values = "SELECT * FROM hit", []
        found = self.run(f"SELECT line FROM ({source}) ORDER BY {order} LIMIT ? OFFSET ?", [*values, limit, offset])
        return [int(line) + 1 for (line,) in found], total

    def rows(self, numbers: Sequence[int], columns: Sequence[str]) -> tuple[Row, ...]:
        """These rows, in this order."""
        if not numbers:
            return ()
        found = self.run(
            f"SELECT file_row_number, {self._list(columns)} FROM read_parquet(?, file_row_number = true) "
            f"WHERE file_row_number IN ({', '.join('?' * len(numbers))})",
            [self.path, *(number - 1 for number in numbers)],
        )
        by_number = {int(line) + 1: tuple(cells) for line, *cells in found}
        return tuple(Row(number, by_number[number]) for number in numbers if number in by_number)

    def span(self, filters: Sequence[Filter], columns: Sequence[str], first: int, last: int) -> list[tuple[Any, ...]]:
        """The rows that match among those numbered `first` to `last`, in the order of the file."""
        clause, values = where(filters, self.fields)
        return self.run(
            f"SELECT {self._list(columns)} FROM read_parquet(?, file_row_number = true)"
            f"{clause + ' AND' if clause else ' WHERE'} file_row_number BETWEEN ? AND ?",
            [self.path, *values, first - 1, last - 1],
        )

    def _list(self, columns: Sequence[str]) -> str:
        return ", ".join(quoted(name, self.fields) for name in columns)


@contextmanager
def opened(path: Path, scratch: Path | None = None, seconds: float = SECONDS) -> Iterator[Table]:
    """The table of a Parquet file, in an engine of its own that can open no other file and writes nowhere, but in `scratch`
    where one is given."""
    if not _turns.acquire(timeout=PATIENCE):
        raise OverloadError(_("Beaucoup de personnes lisent des données en ce moment. Réessayez dans quelques secondes."))
    try:
        with engines.borrowed(path, ENGINE, scratch) as connection:
            yield Table(path, connection, seconds)
    finally:
        _turns.release()


# ----- What the rest of the room asks -----


class Memory:
    """The last answers. A version never changes, so nothing in it is ever out of date."""

    def __init__(self, size: int) -> None:
        self._size, self._lock = size, threading.Lock()
        self._kept: OrderedDict[tuple[Any, ...], Any] = OrderedDict()

    def get(self, key: tuple[Any, ...]) -> Any:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: tuple[Any, ...], answer: Any) -> None:
        with self._lock:
            self._kept[key] = answer
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)


_counts, _pages, _fields, _described = Memory(5_000), Memory(2_000), Memory(500), Memory(500)


def page(
    version: Version,
    *,
    filters: Sequence[Filter] = (),
    sort: Sorts = None,
    columns: Sequence[str] | None = None,
    offset: int = 0,
    limit: int = 50,
) -> Rows:
    """A page of `version`: which rows are on it is remembered, for as long as this process lives."""
    asked = (version.digest, tuple(filters), sorts(sort), offset, limit)
    counted = (version.digest, frozenset(filters))
    total = _counts.get(counted) if filters else version.rows
    numbers = _pages.get(asked) if filters or sort else range(offset + 1, min(offset + limit, version.rows) + 1)
    with opened(storage.parquet_path(version)) as table:
        names = [field.name for field in table.fields] if columns is None else list(columns)
        if numbers is None or total is None:
            numbers, total = table.find(filters, sort, offset, limit, total)
            _counts.keep(counted, total)
            _pages.keep(asked, numbers)
        return Rows(tuple(names), table.rows(numbers, names), total)


def fields(version: Version) -> tuple[Field, ...]:
    """The columns of the file, in order."""
    known: tuple[Field, ...] | None = _fields.get((version.digest,))
    if known is None:
        with opened(storage.parquet_path(version)) as table:
            known = table.fields
        _fields.keep((version.digest,), known)
    return known


def stream(version: Version, *, filters: Sequence[Filter] = (), columns: Sequence[str]) -> Iterator[list[tuple[Any, ...]]]:
    """Every row that matches, in the order of the file, a few thousand at a time.

    The file is opened again for each part: a reader on a slow line holds neither an engine nor a turn."""
    yield from stream_file(storage.parquet_path(version), version.rows, filters=filters, columns=columns)


def stream_file(
    path: Path, total: int, *, filters: Sequence[Filter] = (), columns: Sequence[str]
) -> Iterator[list[tuple[Any, ...]]]:
    """The same for any Parquet file of `total` rows."""
    step = min(30_000, max(500, PART // max(1, len(columns))))
    for first in range(1, total + 1, step):
        with opened(path) as table:
            part = table.span(filters, columns, first, first + step - 1)
        if part:
            yield part
