"""Telephone numbers that people publish in France: ten digits, short numbers, or an international number with its prefix."""

from __future__ import annotations

import re
from typing import Final

from parvis.catalog.core.tables.cell_tests import CellTest, matches

SEPARATORS: Final = re.compile(r"[\s.()/\u00a0\u202f-]")
NATIONAL: Final = re.compile(r"0[1-9][0-9]{8}")
LONG_AFTER_33: Final = re.compile(r"[1-9][0-9]{8}")
EMERGENCY: Final = frozenset(
    {"15", "17", "18", "110", "112", "114", "115", "116000", "116006", "116111", "116117", "119", "191", "196", "197"}
)


def valid_phone(text: str) -> bool:
    """`01 99 00 27 37`, `+33 1 99 00 27 37`, `0033…`, `3949`, `115`, or `+` and 7 to 15 digits abroad."""
    stripped = SEPARATORS.sub("", re.sub(r"^(\+|00)33\s*\(0\)", "+33", text.strip()))
    if stripped.startswith("00"):
        stripped = "+" + stripped[2:]
    if stripped.startswith("+"):
        number = stripped[1:]
        if not number.isascii() or not number.isdigit():
            return False
        if number.startswith("33"):
            return bool(LONG_AFTER_33.fullmatch(number[2:]))
        if number.startswith(("262", "590", "594", "596")):
            return len(number) == 12
        if number.startswith(("508", "681", "687", "689")):
            return len(number) in (9, 11)
        return number[0] != "0" and 7 <= len(number) <= 15
    if NATIONAL.fullmatch(stripped):
        return True
    return stripped in EMERGENCY or bool(re.fullmatch(r"3[0-9]{3}|10[0-9]{2}|118[0-9]{3}", stripped))


def phone_test(cell: str) -> CellTest:
    return CellTest(matches(cell, r"0[1-9]([ .-]?[0-9]{2}){4}|\+33 ?[1-9]([ .-]?[0-9]{2}){4}"), valid_phone)
