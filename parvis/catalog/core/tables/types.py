"""The type and the format of each column, judged on every value of the file, in one pass of SQL.

A column has a type only if *all* its non-empty values fit. A format may have exceptions: it is given when 95 % of the values
have it (80 % when the label says so too), with the number that do not. A number with a leading zero is a code, so text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from .formats import FORMATS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Type = Literal["integer", "number", "boolean", "date", "datetime", "year", "string"]
FORMAT_SHARE = 0.95
LABELLED_SHARE = 0.8
"""Where the label already says so: a file opened in a spreadsheet loses the leading zeros of one code in ten."""
DAMAGED_LABEL = re.compile(r"siret|etab|(?<![a-z])id(?![a-z])|identifiant|organisme|structure|numero")
SAMPLE_SHARE = 0.75
"""A candidate that fits fewer values of the sample is not counted over the whole file."""

_GROUPED = "[1-9][0-9]{0,2}([ \u00a0\u202f][0-9]{3})+"
INTEGER = rf"[+-]?(0|[1-9][0-9]{{0,17}}|{_GROUPED})"
NUMBER = rf"[+-]?(0|[1-9][0-9]*|{_GROUPED})?([.,][0-9]+)?([eE][+-]?[0-9]{{1,2}})?"
YEAR = "(1[5-9]|20|21)[0-9]{2}"
ISO_DATE = "[12][0-9]{3}-[0-9]{2}-[0-9]{2}"
FRENCH_DATE = "[0-9]{1,2}/[0-9]{1,2}/[12][0-9]{3}"
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?"
ISO_DATETIME = rf"{ISO_DATE}[T ]{_CLOCK}(Z|[+-][0-9]{{2}}:?[0-9]{{2}})?"
FRENCH_DATETIME = rf"{FRENCH_DATE},? (à )?([01]?[0-9]|2[0-3])[:h][0-5][0-9](:[0-5][0-9])?"
TRUE = ("oui", "vrai", "true", "1")
FALSE = ("non", "faux", "false", "0")
_YEAR_LABEL = re.compile(r"(?<![a-z])(an|annee|year|millesime|exercice)(?![a-z])")
_DIGITS = 17


def _day(text: str, order: Literal["ymd", "dmy"]) -> bool:
    parts = [int(part) for part in re.split("[-/]", text)]
    year, month, day = parts if order == "ymd" else parts[::-1]
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def is_integer(text: str) -> bool:
    return re.fullmatch(INTEGER, text) is not None and len(re.sub("[^0-9]", "", text)) <= 18


def is_number(text: str) -> bool:
    """`1234.5`, `1 234,56`, `-0,5`, `1e3`; neither a leading zero nor more digits than a 64-bit float keeps."""
    return (
        re.fullmatch(NUMBER, text) is not None
        and 1 <= len(re.sub("[^0-9]", "", text)) <= _DIGITS
        and text[-1].isdigit()
        and _mantissa(text)
    )


def _mantissa(text: str) -> bool:
    return re.match("[+-]?[.,]?[0-9]", text) is not None


def is_iso_date(text: str) -> bool:
    return re.fullmatch(ISO_DATE, text) is not None and _day(text, "ymd")


def is_french_date(text: str) -> bool:
    return re.fullmatch(FRENCH_DATE, text) is not None and _day(text, "dmy")


def is_iso_datetime(text: str) -> bool:
    return re.fullmatch(ISO_DATETIME, text) is not None and _day(text[:10], "ymd")


def is_french_datetime(text: str) -> bool:
    return re.fullmatch(FRENCH_DATETIME, text) is not None and _day(re.split("[, ]", text)[0], "dmy")


def is_boolean(text: str) -> bool:
    return text.lower() in TRUE + FALSE


def is_year(text: str) -> bool:
    return re.fullmatch(YEAR, text) is not None


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _matches(x: str, regex: str) -> str:
    return f"regexp_full_match({x}, {_literal(regex)})"


def french_day_sql(x: str) -> str:
    """The date of a text that starts with `dd/mm/yyyy`; null when there is no such day."""
    parts = f"regexp_extract_all({x}, '[0-9]+')"
    return f"TRY_CAST({parts}[3] || '-' || lpad({parts}[2], 2, '0') || '-' || lpad({parts}[1], 2, '0') AS DATE)"


def _digit_count(x: str) -> str:
    return f"length(regexp_replace({x}, '[^0-9]', '', 'g'))"


def _valid_day(x: str, regex: str, day: str) -> str:
    return f"CASE WHEN {_matches(x, regex)} THEN {day} IS NOT NULL ELSE {x} IS NULL AND NULL END"


@dataclass(frozen=True, slots=True)
class Shape:
    """A way to write a type: Python predicate and the same test in SQL."""

    type: Type
    format: str | None
    matches: Callable[[str], bool]
    sql: Callable[[str], str]


SHAPES: tuple[Shape, ...] = (
    Shape("boolean", None, is_boolean, lambda x: f"(lower({x}) IN ({', '.join(map(_literal, TRUE + FALSE))}))"),
    Shape("year", None, is_year, lambda x: _matches(x, YEAR)),
    Shape("integer", None, is_integer, lambda x: f"({_matches(x, INTEGER)} AND {_digit_count(x)} <= 18)"),
    Shape(
        "number",
        None,
        is_number,
        lambda x: (
            f"({_matches(x, NUMBER)} AND {_digit_count(x)} BETWEEN 1 AND {_DIGITS} AND regexp_matches({x}, '^[+-]?[.,]?[0-9]') "
            f"AND regexp_matches({x}, '[0-9]$'))"
        ),
    ),
    Shape("date", None, is_iso_date, lambda x: _valid_day(x, ISO_DATE, f"TRY_CAST({x} AS DATE)")),
    Shape("date", "date-fr", is_french_date, lambda x: _valid_day(x, FRENCH_DATE, french_day_sql(x))),
    Shape("datetime", None, is_iso_datetime, lambda x: _valid_day(x, ISO_DATETIME, f"TRY_CAST({x}[1:10] AS DATE)")),
    Shape("datetime", "datetime-fr", is_french_datetime, lambda x: _valid_day(x, FRENCH_DATETIME, french_day_sql(x))),
)


@dataclass(frozen=True, slots=True)
class ColumnType:
    """`exceptions` counts the values that do not have the format. `almost` is the type that all but `misfits` values fit."""

    type: Type
    format: str | None = None
    exceptions: int = 0
    almost: Type | None = None
    misfits: int = 0


def plain_label(label: str) -> str:
    """Lower case, without accents, CamelCase and separators cut by `_`: what label rules look at."""
    cut = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", label)
    bare = "".join(c for c in unicodedata.normalize("NFKD", cut) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "_", bare.lower()).strip("_")


def infer(
    connection: DuckDBPyConnection, table: str, sample: str, columns: Sequence[str], labels: Sequence[str]
) -> tuple[ColumnType, ...]:
    """The type of each column. `table` and `sample` are table expressions; the sample only rules candidates out early.

    Values must come without spaces around them, null when empty: nulls have no say.
    """
    shapes: Tests = [(f"shape:{i}", shape.sql) for i, shape in enumerate(SHAPES)]
    formats: Tests = [(f"format:{name}", found.sql) for name, found in FORMATS.items()]
    connection.execute(f"CREATE OR REPLACE TEMP TABLE sampled AS SELECT {', '.join(columns)} FROM {sample}")
    found = []
    for column, label in zip(columns, labels, strict=True):
        first = _first(connection, column, shapes, formats)
        enough = SAMPLE_SHARE * max(first["filled"], 1)
        pair = {"format:siret", "format:siret-damaged"}  # a column half damaged is judged on both
        both = sum(first[name] for name in pair) >= enough
        kept = [test for test in formats if first[test[0]] >= enough or (both and test[0] in pair)]
        counts = _counts(connection, table, column, kept)
        concluded = _format_of(counts, label)
        if concluded is None:
            kept = [test for test in shapes if first[test[0]] >= enough]
            # Whole numbers are numbers: the dearer test waits until the cheaper one fails.
            cheap = [test for test in kept if test[0] != _NUMBER] if first[_INTEGER] == first["filled"] else kept
            counts |= _counts(connection, table, column, cheap)
            if len(cheap) < len(kept) and counts[_INTEGER] < counts["filled"]:
                counts |= _counts(connection, table, column, kept)
            concluded = _shape_of(counts, label)
        found.append(concluded)
    connection.execute("DROP TABLE sampled")
    return tuple(found)


Tests = Sequence[tuple[str, Callable[[str], str]]]
_INTEGER, _NUMBER = "shape:2", "shape:3"
_LENGTHS = {"format:siret": "= 14", "format:siren": "= 9", "format:nir": ">= 15", "format:iban": ">= 15"}
"""Their keys take longer to plan than all the rest together (a table of 300 columns felt it): asked only where a value has the
length of one."""


def _first(connection: DuckDBPyConnection, column: str, shapes: Tests, formats: Tests) -> dict[str, int]:
    """Every test on the sample."""
    lengths = ", ".join(f"count(*) FILTER (length({column}) {length})" for length in _LENGTHS.values())
    found = connection.execute(f"SELECT {lengths} FROM sampled").fetchone() or ()
    absent = {name: 0 for name, count in zip(_LENGTHS, found, strict=True) if not count}
    return absent | _counts(connection, "sampled", column, [*shapes, *(test for test in formats if test[0] not in absent)])


def _counts(connection: DuckDBPyConnection, table: str, column: str, tests: Tests) -> dict[str, int]:
    """How many values pass each test; `filled` is the number of values, `zeros` and `ones` those of a 0/1 column."""
    fields = {
        "filled": f"count({column})",
        "zeros": f"count(*) FILTER ({column} = '0')",
        "ones": f"count(*) FILTER ({column} = '1')",
        **{name: f"count(*) FILTER ({build(column)})" for name, build in tests},
    }
    row = connection.execute(f"SELECT {', '.join(fields.values())} FROM {table}").fetchone() or ()
    return dict(zip(fields, row, strict=True))


def _format_of(counts: dict[str, int], label: str) -> ColumnType | None:
    filled = counts["filled"]
    if not filled:
        return ColumnType("string")
    name = plain_label(label)
    damaged, sound = counts.get("format:siret-damaged", 0), counts.get("format:siret", 0)
    if damaged and damaged + sound >= FORMAT_SHARE * filled and DAMAGED_LABEL.search(name):
        return ColumnType("string", "siret-damaged", filled - damaged)
    for key, found in FORMATS.items():
        count = counts.get(f"format:{key}", 0)
        share = LABELLED_SHARE if found.needs_label else FORMAT_SHARE
        if key == "siret-damaged" or count < share * filled or (found.needs_label and not re.search(found.needs_label, name)):
            continue
        if key in ("latitude", "longitude"):
            if count < filled:
                continue
            return ColumnType("number", key)
        return ColumnType("string", key, filled - count)
    return None


def _shape_of(counts: dict[str, int], label: str) -> ColumnType:
    filled = counts["filled"]
    binary = counts["zeros"] + counts["ones"]
    best, misfits = None, filled
    for i, shape in enumerate(SHAPES):
        count = counts.get(f"shape:{i}", 0)
        if shape.type == "boolean" and binary and (binary != filled or not (counts["zeros"] and counts["ones"])):
            continue
        if shape.type == "year" and not (_YEAR_LABEL.search(plain_label(label)) or filled >= 50):
            continue
        if count == filled:
            return ColumnType(shape.type, shape.format)
        if filled - count < misfits:
            best, misfits = shape.type, filled - count
    if best and misfits <= 0.1 * filled:
        return ColumnType("string", None, 0, best, misfits)
    return ColumnType("string")


def typed_sql(x: str, found: ColumnType) -> str:
    """A trimmed text expression as a value of its type (BIGINT, DOUBLE, BOOLEAN, DATE, TIMESTAMP, VARCHAR); null if it does not fit."""
    compact = f"regexp_replace({x}, '[ \u00a0\u202f]', '', 'g')"
    if found.type in ("integer", "year"):
        return f"TRY_CAST({compact} AS BIGINT)"
    if found.type == "number":
        return f"TRY_CAST(replace({compact}, ',', '.') AS DOUBLE)"
    if found.type == "boolean":
        return f"CASE WHEN lower({x}) IN {TRUE} THEN true WHEN lower({x}) IN {FALSE} THEN false END"
    if found.type == "date":
        return french_day_sql(x) if found.format == "date-fr" else f"TRY_CAST({x} AS DATE)"
    if found.type == "datetime":
        if found.format == "datetime-fr":
            clock = f"regexp_extract_all({x}, '[0-9]+')"
            return f"{french_day_sql(x)} + to_hours({clock}[4]::INTEGER) + to_minutes({clock}[5]::INTEGER) + to_seconds(coalesce({clock}[6], '0')::INTEGER)"
        return f"TRY_CAST({x} AS TIMESTAMP)"
    return x
