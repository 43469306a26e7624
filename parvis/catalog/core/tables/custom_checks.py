"""The national checks that French schemas add to Table Schema (`custom_checks`), as SQL and, where SQL is not enough, Python.

Rules: SIREN and SIRET, Luhn key (La Poste's establishments: sum of digits, a multiple of five), INSEE; nomenclature of acts,
first level of the national nomenclature « Actes » (SCDL délibérations); opening hours, OpenStreetMap syntax.
"""

from __future__ import annotations

from typing import Final

from parvis.catalog.core.tables.cell_tests import CellTest, matches, one_of
from parvis.catalog.core.tables.opening_hours import valid_opening_hours

ACTS: Final = (
    "commande publique",
    "urbanisme",
    "domaine et patrimoine",
    "fonction publique",
    "institutions et vie politique",
    "libertes publiques et pouvoirs de police",
    "finances locales",
    "domaines de competences par themes",
    "autres domaines de competences",
)
"""The nine headings of the nomenclature, without accents or capitals."""

LA_POSTE: Final = 0x356000000
LA_POSTE_HEAD: Final = 0x35600000000048
ODD: Final = 0x0F0F0F0F0F0F0F
THREES: Final = 0x03030303030303
ONES: Final = 0x01010101010101
EIGHTS: Final = 0x88888888888888


def packed(cell: str, count: int) -> str:
    """SQL of the number whose hexadecimal digits are the `count` (at most 14) characters of the cell; see `packed_digits`."""
    return f"(CASE WHEN strlen({cell}) = {count} THEN TRY_CAST('0x' || {cell} AS BIGINT) END)"


def packed_digits(cell: str, count: int, number: str) -> str:
    """SQL of `number` (the name given to `packed`) if the cell is made of `count` decimal digits, null otherwise.

    One digit in each half-byte: the Luhn sum of all of them is then a handful of operations on one integer. A text of `count`
    characters whose first one is not zero is digits only if its value as hexadecimal is large enough and none is above 9.
    """
    lowest = 16 ** (count - 1)
    letters = f"(({number} & (({number} << 1) | ({number} << 2))) & {EIGHTS})"
    return (
        f"(CASE WHEN {number} >= {lowest} THEN CASE WHEN {letters} = 0 THEN {number} END "
        f"WHEN {number} IS NOT NULL AND {matches(cell, f'[0-9]{{{count}}}')} THEN {number} END)"
    )


def _luhn(digits: str) -> str:
    """The Luhn key, on packed digits. A doubled digit d counts 2d, and one more from 5 on (2d − 9 ≡ 2d + 1 modulo 10); the sum
    of all bytes is the remainder modulo 255."""
    even = f"(({digits} >> 4) & {ODD})"
    return f"((({digits} & {ODD}) + {even} * 2 + ((({even} + {THREES}) >> 3) & {ONES})) % 255 % 10 = 0)"


def siren_sql(number: str) -> str:
    """Whether nine packed digits (null if they are not) are a SIREN."""
    return f"coalesce({number} > 0 AND {_luhn(number)}, FALSE)"


def siret_sql(number: str) -> str:
    """Whether fourteen packed digits (null if they are not) are a SIRET: its own key, and that of its SIREN."""
    siren = f"({number} >> 20)"
    digits = f"((({number} & {ODD}) + (({number} >> 4) & {ODD})) % 255)"
    return (
        f"coalesce(CASE WHEN {siren} = {LA_POSTE} AND {number} <> {LA_POSTE_HEAD} THEN {digits} % 5 = 0 "
        f"ELSE {siren} > 0 AND {_luhn(number)} AND {_luhn(siren)} END, FALSE)"
    )


def nomenclature(cell: str) -> CellTest:
    first = f"lower(strip_accents(split_part({cell}, '/', 1)))"
    return CellTest(f"(contains({cell}, '/') AND NOT contains({cell}, '/ ') AND {one_of(first, ACTS)})")


def opening_hours(cell: str) -> CellTest:
    day, hour = "(Mo|Tu|We|Th|Fr|Sa|Su)", "([01][0-9]|2[0-4]):[0-5][0-9]"
    days = f"{day}(-{day})?(,{day}(-{day})?)*"
    hours = f"{hour}-{hour}(,{hour}-{hour})*"
    return CellTest(matches(cell, rf"24/7|{days} {hours}(; {days} {hours})*"), valid_opening_hours)


def year_interval(cell: str, year_only: bool) -> CellTest:
    both = f"({matches(cell, '[0-9]{4}/[0-9]{4}')} AND {cell}[:4] < {cell}[6:])"
    return CellTest(f"({both} OR {matches(cell, '[0-9]{4}')})" if year_only else both)


NUMERAL: Final = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"


def compare(left: str, op: str, right: str) -> str:
    """Numbers as numbers, texts as texts; a number and a text cannot be compared, which is an error too."""
    sign = "=" if op == "==" else op
    numbers = f"TRY_CAST({left} AS DECIMAL(38, 10)) {sign} TRY_CAST({right} AS DECIMAL(38, 10))"
    return (
        f"(CASE {matches(left, NUMERAL)}::INT + {matches(right, NUMERAL)}::INT "
        f"WHEN 2 THEN {numbers} WHEN 0 THEN {left} {sign} {right} ELSE FALSE END)"
    )
