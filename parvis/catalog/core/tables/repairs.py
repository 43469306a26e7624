"""The repairs of one cell that are certain: the value has a single reading, and it fits the schema once rewritten."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from parvis.catalog.core.speech import stored
from parvis.catalog.core.tables import values
from parvis.catalog.core.tables.labels import loose
from parvis.catalog.core.tables.schema import Field

BLANKS: Final = " \t\r\n\u00a0\u2007\u2009\u202f\u200b\ufeff"
_FRENCH_DATE: Final = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_FRENCH_NUMBER: Final = re.compile(rf"[+-]?(?:[0-9]{{1,3}}(?:[{BLANKS}'’][0-9]{{3}})+|[0-9]+)(?:[.,][0-9]+)?")
_EXPONENT: Final = re.compile(r"([0-9])[.,]([0-9]+)[eE]\+?([0-9]{1,2})")
TRUE_WORDS: Final = frozenset({"oui", "o", "vrai", "true", "yes", "y", "1", "x"})
FALSE_WORDS: Final = frozenset({"non", "n", "faux", "false", "no", "0"})


def luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def valid_siren(text: str) -> bool:
    return bool(re.fullmatch("[0-9]{9}", text)) and luhn(text) and text != "000000000"


def valid_siret(text: str) -> bool:
    if not re.fullmatch("[0-9]{14}", text):
        return False
    if text.startswith("356000000") and text != "35600000000048":
        return sum(map(int, text)) % 5 == 0  # La Poste
    return luhn(text) and luhn(text[:9]) and text[:9] != "000000000"


def certain_number(text: str, digits: int) -> str | None:
    """A SIREN (9) or SIRET (14) without its blanks, dots or `.0`, its leading zeros given back; `None` unless its key is right."""
    bare = re.sub(rf"[{BLANKS}.-]", "", re.sub(r"[.,]0+$", "", text.strip(BLANKS)))
    if not bare.isascii() or not bare.isdigit() or len(bare) < digits - 2:
        return None
    padded = bare.zfill(digits)
    return padded if padded != text and (valid_siret if digits == 14 else valid_siren)(padded) else None


def is_damaged_number(text: str) -> bool:
    """A number that a spreadsheet has rounded (`3,80545E+12`): it cannot be repaired."""
    found = _EXPONENT.fullmatch(text.strip())
    return bool(found and int(found[3]) >= 8)


def french_date(text: str) -> str | None:
    """`12/03/2024` → `2024-03-12`: day first, as everybody writes it in France."""
    found = _FRENCH_DATE.fullmatch(text.strip(BLANKS))
    if not found:
        return None
    try:
        return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
    except ValueError:
        return None


def us_date(text: str) -> bool:
    """A date that can only be read month first (`03/25/2024`): it casts doubt on its whole column."""
    found = _FRENCH_DATE.fullmatch(text.strip(BLANKS))
    return bool(found) and french_date(text) is None and int(found[2]) > 12 >= int(found[1]) if found else False


def french_number(text: str) -> str | None:
    """`1 234,56 €` → `1234.56`. A lone comma is a decimal comma: nobody groups thousands with it in France."""
    bare = re.sub(rf"[{BLANKS}]*(€|euros?)$", "", text.strip(BLANKS), flags=re.IGNORECASE)
    if not _FRENCH_NUMBER.fullmatch(bare):
        return None
    return re.sub(rf"[{BLANKS}'’]", "", bare).replace(",", ".")


def _written(number: str, field: Field) -> str:
    return number.replace(".", field.decimal_char) if field.decimal_char != "." else number


def accepted(field: Field, text: str) -> bool:
    """Whether a text has the field's type and respects the constraints that a repair could break."""
    limits = field.constraints
    if not values.fits(field, text):
        return False
    if limits.pattern is not None and not re.fullmatch(limits.pattern, text):
        return False
    return limits.enum is None or text in limits.enum or field.type != "string"


def certain(field: Field, text: str) -> str | None:
    """The one certain rewriting of a cell that its column refuses, `None` when there is none or the cell is right."""
    if accepted(field, text):
        return None
    for candidate in _candidates(field, text):
        if candidate is not None and candidate != text and candidate and accepted(field, candidate):
            return candidate
    return None


def _candidates(field: Field, text: str) -> list[str | None]:
    bare = text.strip(BLANKS)
    found: list[str | None] = [bare]
    if field.type == "date":
        iso = french_date(bare) or (bare[:10] if re.fullmatch(r"[0-9-]{10}[T ]00:00(:00(\.0+)?)?Z?", bare) else None)
        found.append(iso if field.format in ("default", "%Y-%m-%d", "any") else None)
    elif field.type in ("number", "integer", "year"):
        number = french_number(bare)
        if number is not None and field.type != "number":
            try:
                number = (
                    str(int(number))
                    if "." not in number
                    else (str(int(Decimal(number))) if Decimal(number) == int(Decimal(number)) else None)
                )
            except InvalidOperation:  # pragma: no cover
                number = None
        found.append(_written(number, field) if number is not None else None)
    elif field.type == "boolean":
        word = bare.casefold()
        if word in TRUE_WORDS and field.true_values:
            found.append(field.true_values[0])
        elif word in FALSE_WORDS and field.false_values:
            found.append(field.false_values[0])
    elif field.type == "string":
        found += _strings(field, bare)
    return found


def reason(field: Field, before: str, after: str) -> str:
    """What a repair did, in a few words that sum up many cells."""
    if before.strip(BLANKS) == after:
        return stored("espaces retirés au début ou à la fin")
    if field.type == "date":
        return stored("date écrite année-mois-jour")
    if field.type in ("number", "integer", "year"):
        return stored("nombre écrit avec un point et sans espace")
    if field.type == "boolean":
        return stored("oui ou non écrit comme dans le schéma")
    if field.constraints.enum is not None and after in field.constraints.enum:
        return stored("valeur écrite comme dans la liste")
    if len(after) > len(re.sub(r"[^0-9]", "", re.sub(r"[.,]0+$", "", before.strip(BLANKS)))):
        return stored("zéros de tête rendus")
    return stored("numéro écrit d'un seul tenant")


def _strings(field: Field, bare: str) -> list[str | None]:
    found: list[str | None] = []
    limits = field.constraints
    if limits.enum is not None:
        alike = [one for one in limits.enum if loose(one) == loose(bare)]
        found.append(alike[0] if len(alike) == 1 else None)
    if limits.pattern in (r"^\d{14}$", r"^\d{9}$"):
        found.append(certain_number(bare, 14 if "14" in limits.pattern else 9))
    elif limits.pattern is not None and "2[AB" in limits.pattern and re.fullmatch("[0-9]{4}", bare):
        found.append("0" + bare)
    if field.format == "uri" and re.fullmatch(r"(?i)www\.[^\s]+", bare):
        found.append(None)  # http or https cannot be told: said in the message, not rewritten
    return found
