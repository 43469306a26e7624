"""What each Table Schema type accepts, as one Python predicate; `cell_tests` says the same in SQL with the same expressions.

All regular expressions here mean a full match, and are written in the subset that Python and RE2 read alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

from parvis.catalog.core.tables.schema import Field

BLANK: Final = "[ \t\n\r\f\v\u00a0\u202f]*"
"""Blanks around a number are harmless, the unbreakable ones included."""
NUMBER: Final = rf"{BLANK}[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?{BLANK}|[+-]?(NaN|nan|INF|inf|Infinity)"
INTEGER: Final = rf"{BLANK}[+-]?[0-9]+{BLANK}"
TIME: Final = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?(Z|[+-][0-2][0-9]:?[0-5][0-9])?"
YEAR: Final = r"[0-9]{4}"
YEARMONTH: Final = r"[0-9]{4}-(0[1-9]|1[0-2])"
_AMOUNT: Final = r"[0-9]+([.,][0-9]+)?"
DURATION: Final = (
    rf"[+-]?P({_AMOUNT}W|({_AMOUNT}Y)?({_AMOUNT}M)?({_AMOUNT}W)?({_AMOUNT}D)?"
    rf"(T({_AMOUNT}H)?({_AMOUNT}M)?({_AMOUNT}S)?)?)"
)
DURATION_END: Final = r".*[YMWDHS]"
"""A duration says at least one amount, and one more after its `T`."""
URI: Final = r"""[A-Za-z][A-Za-z0-9+.-]*:(//[^\s/?#<>"{}|\\^`]+)?[^\s<>"{}|\\^`]*"""
WEB_URI: Final = r"""(?i:https?|ftp)://[^\s/?#<>"{}|\\^`]+[^\s<>"{}|\\^`]*"""
UUID: Final = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
BINARY: Final = r"([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"

_MONTHS: Final = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_ANY_DATE: Final = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d", "%d/%m/%y")
_ANY_TIME: Final = ("%H:%M:%S", "%H:%M", "%Hh%M", "%H:%M:%S.%f", "%H:%M:%S%z")


def email(text: str) -> bool:
    local, at, domain = text.rpartition("@")
    word = r"(?:[^\W_]|[!#$%&'*+/=?^_`{|}~-])+"
    label = r"[^\W_](?:(?:[^\W_]|-){0,61}[^\W_])?"
    return (
        bool(at)
        and bool(re.fullmatch(rf"{word}(\.{word})*", local))
        and bool(re.fullmatch(rf"({label}\.)+[^\W\d_](?:[^\W_]|-)*[^\W_]", domain))
    )


def uri(text: str) -> bool:
    """An absolute address. One that starts like a web address also needs a host; accents are accepted (RFC 3987)."""
    web = re.match(r"(?i)(https?|ftp):", text)
    return bool(re.fullmatch(WEB_URI if web else URI, text))


def parses(text: str, pattern: str) -> bool:
    try:
        datetime.strptime(text, pattern)
    except ValueError:
        return False
    return True


def iso_date(text: str) -> bool:
    """`2024-03-12`, and nothing shorter or looser."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def iso_datetime(text: str) -> bool:
    return iso_date(text[:10]) and text[10:11] in ("T", " ") and bool(re.fullmatch(TIME, text[11:]))


def any_date(text: str) -> bool:
    """Format `any`: the ways in which people write a date in France, and ISO."""
    text = text.strip()
    if any(parses(text, pattern) for pattern in _ANY_DATE):
        return True
    words = re.fullmatch(r"(?:\w+ )?(\d{1,2})(?:er)? (\w+) (\d{4})", text.lower())
    if words and words[2] in _MONTHS:
        return iso_date(f"{words[3]}-{_MONTHS.index(words[2]) + 1:02d}-{int(words[1]):02d}")
    return any_datetime(text)


def any_time(text: str) -> bool:
    return any(parses(text.strip(), pattern) for pattern in _ANY_TIME)


def any_datetime(text: str) -> bool:
    text = text.strip()
    if iso_datetime(text):
        return True
    day, _, hour = text.replace("T", " ", 1).partition(" ")
    return bool(hour) and any(parses(day, pattern) for pattern in _ANY_DATE) and any_time(hour)


def plain_number(text: str, field: Field) -> str | None:
    """The number with the schema's signs turned into the usual ones; `None` when it uses a sign that is not the schema's."""
    if not field.bare_number:
        text = re.sub(r"^[^0-9+.,-]*|[^0-9.]*$", "", text)
    if field.group_char:
        text = text.replace(field.group_char, "")
    if field.decimal_char != ".":
        if "." in text:
            return None
        text = text.replace(field.decimal_char, ".")
    return text


def geopoint(text: str, form: str) -> bool:
    try:
        if form == "default":
            longitude, latitude = (float(one) for one in text.split(","))
        else:
            read = json.loads(text)
            pair = (read["lon"], read["lat"]) if form == "object" else read
            if len(read) != 2:
                return False
            longitude, latitude = (float(one) for one in pair)
    except (ValueError, TypeError, KeyError):
        return False
    return -180 <= longitude <= 180 and -90 <= latitude <= 90


GEOMETRIES: Final = {"Point": 1, "MultiPoint": 2, "LineString": 2, "MultiLineString": 3, "Polygon": 3, "MultiPolygon": 4}
"""Geometry → depth of its coordinates."""


def _nested(value: Any, depth: int) -> bool:
    if not isinstance(value, list):
        return False
    if depth == 1:
        return len(value) >= 2 and all(isinstance(one, int | float) and not isinstance(one, bool) for one in value)
    return all(_nested(one, depth - 1) for one in value)


def _is_geojson(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    kind = value.get("type")
    if kind in GEOMETRIES:
        return _nested(value.get("coordinates"), GEOMETRIES[kind])
    if kind == "GeometryCollection":
        members = value.get("geometries")
        return isinstance(members, list) and all(_is_geojson(one) for one in members)
    if kind == "Feature":
        return value.get("geometry") is None or _is_geojson(value["geometry"])
    if kind == "FeatureCollection":
        features = value.get("features")
        return isinstance(features, list) and all(
            isinstance(one, dict) and one.get("type") == "Feature" and _is_geojson(one) for one in features
        )
    return False


def load_json(text: str) -> Any:
    """The decoded value, or the class `ValueError`, standing for "not JSON"."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return ValueError


def geojson(text: str, form: str) -> bool:
    value = load_json(text)
    if form == "topojson":
        return isinstance(value, dict) and value.get("type") == "Topology" and isinstance(value.get("objects"), dict)
    return _is_geojson(value)


def array(text: str, item: Field | None) -> bool:
    value = load_json(text)
    if not isinstance(value, list):
        return False
    return item is None or all(_item(one, item) for one in value)


def _item(value: Any, item: Field) -> bool:
    if isinstance(value, str):
        return fits(item, value)
    kinds: dict[str, tuple[type, ...]] = {
        "integer": (int,),
        "number": (int, float),
        "boolean": (bool,),
        "object": (dict,),
        "array": (list,),
    }
    if item.type == "any":
        return True
    return isinstance(value, kinds.get(item.type, ())) and (item.type == "boolean" or not isinstance(value, bool))


def _number(field: Field, text: str) -> bool:
    plain = plain_number(text, field)
    return plain is not None and bool(re.fullmatch(NUMBER, plain))


def _integer(field: Field, text: str) -> bool:
    plain = plain_number(text, field)
    return plain is not None and bool(re.fullmatch(INTEGER, plain))


def _moment(field: Field, text: str) -> bool:
    iso: dict[str, Callable[[str], bool]] = {
        "date": iso_date,
        "datetime": iso_datetime,
        "time": lambda one: bool(re.fullmatch(TIME, one)),
    }
    loose: dict[str, Callable[[str], bool]] = {"date": any_date, "datetime": any_datetime, "time": any_time}
    if field.format == "default":
        return iso[field.type](text)
    return loose[field.type](text) if field.format == "any" else parses(text, field.format)


def _string(field: Field, text: str) -> bool:
    if field.format == "email":
        return email(text)
    if field.format == "uri":
        return uri(text)
    expression = {"uuid": UUID, "binary": BINARY}.get(field.format)
    return expression is None or bool(re.fullmatch(expression, text))


READERS: Final[dict[str, Callable[[Field, str], bool]]] = {
    "string": _string,
    "number": _number,
    "integer": _integer,
    "boolean": lambda field, text: text in field.true_values or text in field.false_values,
    "date": _moment,
    "time": _moment,
    "datetime": _moment,
    "year": lambda _, text: bool(re.fullmatch(YEAR, text)),
    "yearmonth": lambda _, text: bool(re.fullmatch(YEARMONTH, text)),
    "duration": lambda _, text: bool(re.fullmatch(DURATION, text) and re.fullmatch(DURATION_END, text)),
    "geopoint": lambda field, text: geopoint(text, field.format),
    "geojson": lambda field, text: geojson(text, field.format),
    "object": lambda _, text: isinstance(load_json(text), dict),
    "array": lambda field, text: array(text, field.item),
    "list": lambda field, text: field.item is None or all(fits(field.item, one) for one in text.split(field.delimiter)),
    "any": lambda _field, _text: True,
}


def fits(field: Field, text: str) -> bool:
    """Whether `text` is a value of the field's type and format (constraints aside)."""
    return READERS[field.type](field, text)
