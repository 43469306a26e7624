"""Is a delimited text regular? One fast look at every byte, without splitting it into cells.

The bytes outside quotes are reduced to delimiters and line endings; a regular table reduces to the same short pattern, repeated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

LONGEST_RECORD = 1_900_000
TAIL_BYTES = 65536
Bytes = NDArray[np.uint8]


@dataclass(slots=True)
class Shape:
    """Fed with chunks of whole lines, header and preamble included. `regular` turns false for good at the first surprise.

    `width` is the number of columns, `header` the header's bytes with its line ending, `before` the number of physical lines
    up to and including the header.
    """

    delimiter: bytes
    width: int
    header: bytes
    before: int
    regular: bool = True
    rows: int = 0
    quotes: bool = False
    tail: bytes = b""
    newline: bytes = field(init=False)
    _pattern: bytes = field(init=False)
    _dropped: bytes = field(init=False)
    _blanks: bytes = field(init=False)
    _blank: re.Pattern[bytes] = field(init=False)
    _carried: bytes = b""
    _started: bool = False

    def __post_init__(self) -> None:
        self.newline = b"\r\n" if self.header.endswith(b"\r\n") else b"\n"
        self._pattern = self.delimiter * (self.width - 1) + self.newline
        kept = self.delimiter + b'\r\n"'
        self._blanks = b' \t"\r\n' + self.delimiter
        self._dropped = bytes(code for code in range(256) if code not in kept)
        self._blank = re.compile(rb'(?:^|\n)[ \t"' + re.escape(self.delimiter) + rb"]*\r?\n")
        self.regular = self.header.endswith(b"\n") and self.header.count(b"\n") == 1 and b'"' not in self.header[:1]

    def add(self, chunk: bytes, last: bool = False) -> None:
        if not self.regular:
            return
        if not self._started:
            chunk = self._after_header(self._carried + chunk)
            if not self._started:
                self._carried = chunk
                return
            self._carried = b""
        self._check(self._carried + chunk, last)

    def _check(self, chunk: bytes, last: bool) -> None:
        self._carried = b""
        if chunk and not chunk.endswith(b"\n"):
            if not last:
                self._carried = chunk
                return
            chunk += self.newline
        codes = np.frombuffer(chunk, np.uint8)
        ends = np.flatnonzero(codes == 10)
        quotes = np.flatnonzero(codes == 34) if b'"' in chunk else None
        if quotes is not None:
            self.quotes = True
            if len(quotes) % 2:  # the chunk ends inside quotes: keep the lines that end outside, carry the rest
                outside = ends[np.searchsorted(quotes, ends) % 2 == 0]
                cut = int(outside[-1]) + 1 if len(outside) else 0
                self._carried = chunk[cut:]
                chunk, codes, ends = chunk[:cut], codes[:cut], ends[ends < cut]
                quotes = quotes[quotes < cut]
                self.regular = not last and len(self._carried) < LONGEST_RECORD
            self.regular = self.regular and self._quotes_sound(codes, quotes)
        if not chunk or not self.regular:
            return
        reduced = chunk.translate(None, self._dropped)
        if quotes is not None:
            reduced = _outside(reduced)
        count = len(reduced) // len(self._pattern)
        long = len(chunk) > LONGEST_RECORD and int(np.diff(ends, prepend=-1).max()) > LONGEST_RECORD
        if long or reduced != self._pattern * count or self._has_odd_rows(chunk, codes, ends):
            self.regular = False
            return
        self.rows += count
        self.tail = (self.tail + chunk)[-TAIL_BYTES:] if len(chunk) < TAIL_BYTES else chunk[-TAIL_BYTES:]

    def _after_header(self, chunk: bytes) -> bytes:
        at = 0
        for _ in range(self.before):
            at = chunk.find(b"\n", at) + 1
            if not at:
                return chunk
        self._started = True
        if b'"' in chunk[:at]:
            self.regular = self.regular and chunk[:at].count(b'"') % 2 == 0 and self.before == 1
        return chunk[at:]

    def _quotes_sound(self, codes: Bytes, quotes: NDArray[np.intp]) -> bool:
        """Each quote that opens follows a delimiter or a line ending, each that closes precedes one, or they are a pair."""
        opening, closing = quotes[::2], quotes[1::2]
        delimiter = self.delimiter[0]
        before = codes[opening - 1]  # at 0 it wraps round to the last byte, a line ending: the start of a chunk is sound
        after = codes[closing + 1]  # a chunk ends with a line ending, so there is always one
        first = self.newline[0]
        sound_before = (before == delimiter) | (before == 10)
        sound_after = (after == delimiter) | (after == first)
        paired = closing[:-1] + 1 == opening[1:]
        sound_before[1:] |= paired
        sound_after[:-1] |= paired
        return bool(sound_before.all() and sound_after.all())

    def _has_odd_rows(self, chunk: bytes, codes: Bytes, ends: NDArray[np.intp]) -> bool:
        """Blank rows and repeated headers: a regular file has none."""
        if chunk.startswith(self.header) or b"\n" + self.header in chunk:
            return True
        starts = codes[ends[:-1] + 1]
        if not _any_of(starts, self._blanks).any() and codes[0] not in self._blanks:
            return False
        return self._blank.search(chunk) is not None


def _outside(reduced: bytes) -> bytes:
    """What stands outside quotes; a doubled quote closes and opens again, which changes nothing here."""
    codes = np.frombuffer(reduced, np.uint8)
    quote = codes == 34
    inside = np.bitwise_xor.accumulate(quote)
    kept: Bytes = codes[~(quote | inside)]
    return kept.tobytes()


def _any_of(codes: Bytes, wanted: bytes) -> NDArray[np.bool_]:
    found = np.zeros(len(codes), np.bool_)
    for code in wanted:
        found |= codes == code
    return found
