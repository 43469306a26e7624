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

LA_POSTE: Final = 356000000
LA_POSTE_HEAD: Final = 35600000000048


def _digit(number: str, place: int) -> str:
    return f"({number} // {10**place} % 10)"


def _luhn(number: str, digits: int, shift: int = 0) -> str:
    """Sum of the Luhn key, up to multiples of ten: a doubled digit d counts 2d, and one more from 5 on (2d − 9 ≡ 2d + 1)."""
    terms = [
        _digit(number, k) if (k + shift) % 2 == 0 else f"({_digit(number, k)} * 2 + {number} // {5 * 10**k} % 2)"
        for k in range(digits)
    ]
    return " + ".join(terms)


def digits_as_number(cell: str, count: int) -> str:
    """The number written by exactly `count` digits, null otherwise. A number that DuckDB would write in the same way needs no
    regular expression; one with leading zeros does."""
    cast = f"TRY_CAST({cell} AS BIGINT)"
    return (
        f"(CASE WHEN strlen({cell}) <> {count} THEN NULL WHEN CAST({cast} AS VARCHAR) = {cell} AND {cell} >= '0' THEN {cast} "
        f"WHEN {matches(cell, f'[0-9]{{{count}}}')} THEN CAST({cell} AS BIGINT) END)"
    )


def siren_sql(number: str) -> str:
    """Whether a number of nine digits (null if it is not one) is a SIREN."""
    return f"coalesce(({_luhn(number, 9)}) % 10 = 0, FALSE)"


def siret_sql(number: str) -> str:
    """Whether a number of fourteen digits (null if it is not one) is a SIRET: its own key, and that of its SIREN."""
    head, tail = f"(({number} // 100000)::UINTEGER)", f"(({number} % 100000)::UINTEGER)"
    digits = " + ".join([_digit(head, k) for k in range(9)] + [_digit(tail, k) for k in range(5)])
    return (
        f"coalesce(CASE WHEN {head} = {LA_POSTE} AND {number} <> {LA_POSTE_HEAD} THEN ({digits}) % 5 = 0 "
        f"ELSE ({_luhn(head, 9, 1)} + {_luhn(tail, 5)}) % 10 = 0 AND ({_luhn(head, 9)}) % 10 = 0 END, FALSE)"
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


NUMERAL: Final = r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*"


def compare(left: str, op: str, right: str) -> str:
    """Numbers as numbers, texts as texts; a number and a text cannot be compared, which is an error too."""
    sign = "=" if op == "==" else op
    numbers = f"TRY_CAST({left} AS DECIMAL(38, 10)) {sign} TRY_CAST({right} AS DECIMAL(38, 10))"
    return (
        f"(CASE {matches(left, NUMERAL)}::INT + {matches(right, NUMERAL)}::INT "
        f"WHEN 2 THEN {numbers} WHEN 0 THEN {left} {sign} {right} ELSE FALSE END)"
    )
