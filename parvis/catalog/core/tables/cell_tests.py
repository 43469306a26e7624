"""What each Table Schema type and constraint accepts, as SQL over the text of a cell.

A `CellTest` is a boolean SQL expression that never accepts a wrong cell. Where SQL alone cannot decide, it also carries a Python
predicate: the engine then asks Python about the *distinct* texts that SQL refused, which are few.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from parvis.catalog.core.tables import values
from parvis.catalog.core.tables.schema import Field


@dataclass(frozen=True, slots=True)
class CellTest:
    """`sql` holds for a right cell. Where it does not, `python` (if any) has the last word."""

    sql: str
    python: Callable[[str], bool] | None = None


ALWAYS: Final = CellTest("TRUE")
DIRECTIVES: Final = {"Y": "[0-9]{4}", "m": "[0-9]{2}", "d": "[0-9]{2}", "H": "[0-9]{2}", "M": "[0-9]{2}", "S": "[0-9]{2}"}
BLANKS: Final = values.BLANK[1:-2]
ALNUM: Final = r"\pL\pN"


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def one_of(cell: str, texts: tuple[str, ...]) -> str:
    return f"({cell} IN ({', '.join(map(quoted, texts))}))" if texts else "FALSE"


def matches(cell: str, expression: str) -> str:
    return f"regexp_full_match({cell}, {quoted(expression)})"


def iso_date(cell: str) -> str:
    """DuckDB reads many spellings of a date: only the one that it would write itself is ISO 8601."""
    return f"coalesce(CAST(TRY_CAST({cell} AS DATE) AS VARCHAR) = {cell}, FALSE)"


def iso_datetime(cell: str) -> str:
    return f"({iso_date(f'{cell}[:10]')} AND {matches(f'{cell}[11:]', '[T ](' + values.TIME + ')')})"


def _strptime(cell: str, pattern: str) -> str:
    """Strict reading of a simple pattern (two-digit day and month, four-digit year); others are left to Python."""
    names = re.findall("%(.)", pattern)
    if not names or any(name not in DIRECTIVES for name in names) or len(set(names)) < len(names):
        return "FALSE"
    shape = "".join(DIRECTIVES[part[1]] if part.startswith("%") else re.escape(part) for part in re.findall("%.|[^%]", pattern))
    return (
        f"(({matches(cell, shape)}) AND try_strptime({cell}, {quoted(pattern)}) IS NOT NULL AND NOT contains({cell}, '0000'))"
    )


def plain(cell: str, field: Field) -> str:
    """SQL of the number with usual signs, or null: see `values.plain_number`."""
    out = cell
    if not field.bare_number:
        out = f"regexp_replace({out}, '^[^0-9+.,-]*|[^0-9.]*$', '', 'g')"
    if field.group_char:
        out = f"replace({out}, {quoted(field.group_char)}, '')"
    if field.decimal_char != ".":
        out = f"(CASE WHEN contains({out}, '.') THEN NULL ELSE replace({out}, {quoted(field.decimal_char)}, '.') END)"
    return out


def _moment(field: Field, cell: str) -> CellTest:
    strict = {"date": iso_date(cell), "datetime": iso_datetime(cell), "time": matches(cell, values.TIME)}[field.type]
    if field.format == "default":
        return CellTest(strict)
    sql = strict if field.format == "any" else _strptime(cell, field.format)
    return CellTest(sql, partial(values.fits, field))


def _string(field: Field, cell: str) -> CellTest:
    if field.format == "email":
        # an address in plain ASCII is settled here; the others (accents, unusual signs) by Python
        return CellTest(
            matches(
                cell, r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
            ),
            values.email,
        )
    if field.format == "uri":
        return CellTest(matches(cell, r"https?://[A-Za-z0-9._:-]+(/[A-Za-z0-9._~!$&()*+,;=:@/?%#-]*)?"), values.uri)
    if field.format == "uuid":
        return CellTest(matches(cell, values.UUID))
    if field.format == "binary":
        return CellTest(matches(cell, values.BINARY))
    return ALWAYS


def _number(text: str) -> str:
    """What starts with a digit and that DuckDB reads as a number, underscores apart, needs no regular expression."""
    read = f"({text} >= '0' AND {text} < ':' AND TRY_CAST({text} AS DOUBLE) IS NOT NULL AND NOT contains({text}, '_'))"
    return f"(CASE WHEN {read} THEN TRUE ELSE coalesce({matches(text, values.NUMBER)}, FALSE) END)"


def type_test(field: Field, cell: str) -> CellTest:
    """Whether the cell is a value of the field's type and format."""
    kind = field.type
    if kind == "any":
        return ALWAYS
    if kind == "string":
        return _string(field, cell)
    if kind == "boolean":
        return CellTest(one_of(cell, field.true_values + field.false_values))
    if kind in ("number", "integer"):
        return CellTest(
            _number(plain(cell, field))
            if kind == "number"
            else f"coalesce({matches(plain(cell, field), values.INTEGER)}, FALSE)"
        )
    if kind in ("date", "time", "datetime"):
        return _moment(field, cell)
    if kind == "year":
        return CellTest(matches(cell, values.YEAR))
    if kind == "yearmonth":
        return CellTest(matches(cell, values.YEARMONTH))
    if kind == "duration":
        return CellTest(f"({matches(cell, values.DURATION)} AND {matches(cell, values.DURATION_END)})")
    return CellTest("FALSE", partial(values.fits, field))  # geopoint, geojson, object, array, list: read by Python


NUMERIC: Final = frozenset({"number", "integer", "year"})


def ordered(field: Field, cell: str) -> str | None:
    """SQL of something that sorts as the field's values do, for bounds; `None` where the type has no order."""
    if field.type in NUMERIC:
        text = plain(cell, field)
        return f"coalesce(TRY_CAST({text} AS DOUBLE), TRY_CAST(trim({text}, {quoted(BLANKS)}) AS DOUBLE))"
    if field.type == "yearmonth":
        return cell
    if field.type in ("date", "datetime", "time") and field.format not in ("default", "any"):
        return f"try_strptime({cell}, {quoted(field.format)})"
    return {
        "date": f"TRY_CAST({cell} AS DATE)",
        "datetime": f"TRY_CAST({cell} AS TIMESTAMPTZ)",
        "time": f"TRY_CAST({cell} AS TIME)",
    }.get(field.type)


def bare(field: Field, cell: str) -> str:
    """SQL of a number's text with usual signs and no blank around it."""
    return f"trim({plain(cell, field)}, {quoted(BLANKS)})"


def exact(field: Field, cell: str) -> str:
    """SQL of the value as an exact decimal, for sums."""
    text = plain(cell, field)
    return f"coalesce(TRY_CAST({text} AS DECIMAL(38, 10)), TRY_CAST(trim({text}, {quoted(BLANKS)}) AS DECIMAL(38, 10)))"


def bound(field: Field, cell: str, sign: str, limit: str) -> str | None:
    """SQL that holds when the cell respects a bound, for instance `sign` = `>=`."""
    left = ordered(field, cell)
    if left is None:
        return None
    right = ordered(Field(field.name, field.type), quoted(limit)) if field.type in NUMERIC else ordered(field, quoted(limit))
    return f"({left} {sign} {right})"


def enum(field: Field, cell: str, allowed: tuple[str, ...]) -> str:
    if field.type in NUMERIC:
        numbers = ", ".join(f"TRY_CAST({quoted(one)} AS DOUBLE)" for one in allowed)
        return f"({ordered(field, cell)} IN ({numbers}))"
    if field.type == "boolean":
        texts: tuple[str, ...] = ()
        texts += field.true_values if "true" in allowed or set(allowed) & set(field.true_values) else ()
        texts += field.false_values if "false" in allowed or set(allowed) & set(field.false_values) else ()
        return one_of(cell, texts)
    return one_of(cell, allowed)


def longer(cell: str, limit: int) -> str:
    """Whether the text is longer than `limit` characters; the length in bytes, which is free, settles most cells."""
    return f"(CASE WHEN strlen({cell}) > {limit} THEN length({cell}) > {limit} ELSE FALSE END)"


def shorter(cell: str, limit: int) -> str:
    return f"(CASE WHEN strlen({cell}) >= {limit * 4} THEN FALSE ELSE length({cell}) < {limit} END)"


def fixed_digits(pattern: str) -> int | None:
    r"""14 for `^\d{14}$`: a count of digits needs no regular expression."""
    found = re.fullmatch(r"\^?(?:\\d|\[0-9\])\{([0-9]+)\}\$?", pattern)
    return int(found[1]) if found and 0 < int(found[1]) < 19 else None


def pattern(cell: str, expression: str) -> CellTest:
    """A full match, as Table Schema asks. Python decides for the expressions that RE2 cannot read (look-around, back references)."""
    python = re.compile(expression)
    translated = to_re2(expression)
    if translated is None:
        return CellTest("FALSE", lambda text: python.fullmatch(text) is not None)
    return CellTest(matches(cell, translated))


def to_re2(expression: str) -> str | None:
    r"""The same expression for RE2: `\uXXXX` is written otherwise, `\w` and `\s` know more than ASCII.

    >>> to_re2(r"^[\w\u00C0-\u00FF]+\s?$")
    '^[\\pL\\pN_\\x{00C0}-\\x{00FF}]+[\\s\\x{0b}\\x{a0}\\x{2000}-\\x{200a}\\x{202f}\\x{3000}]?$'
    """
    if re.search(r"\(\?(?![:ims]+[:)]|P<)|\\[1-9]|\\[GZ]|\(\?P=|\{[0-9]{4,}|[*+?}]\+", expression):
        return None
    spaces = r"\s\x{0b}\x{a0}\x{2000}-\x{200a}\x{202f}\x{3000}"
    out: list[str] = []
    inside = False
    tokens: list[str] = re.findall(r"\\u[0-9A-Fa-f]{4}|\\.|.", expression, re.DOTALL)
    for piece in tokens:
        if piece.startswith("\\u"):
            out.append(f"\\x{{{piece[2:]}}}")
        elif piece == "\\w":
            out.append(rf"{ALNUM}_" if inside else rf"[{ALNUM}_]")
        elif piece == "\\s":
            out.append(spaces if inside else f"[{spaces}]")
        elif piece in ("\\W", "\\S", "\\b", "\\B"):
            return None
        elif piece[0] == "\\" and len(piece) == 2 and not piece[1].isalnum() and ord(piece[1]) > 127:
            out.append(piece[1])
        else:
            if piece == "[" and not inside:
                inside = True
            elif piece == "]" and inside and out[-1] not in ("[", "[^"):
                inside = False
            out.append(piece)
    return "".join(out)
