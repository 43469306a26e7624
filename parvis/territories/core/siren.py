"""The key of a SIREN number."""

from __future__ import annotations


def valid(siren: str) -> bool:
    """Nine digits whose Luhn sum is a multiple of ten (INSEE's rule for SIREN).

    >>> valid("200053791"), valid("200053792")
    (True, False)
    """
    if len(siren) != 9 or not siren.isdecimal():
        return False
    return sum(sum(divmod(int(digit) * (1 + rank % 2), 10)) for rank, digit in enumerate(reversed(siren))) % 10 == 0
