"""Which encoding a text is in, judged on all its bytes.

UTF-8 is proved (every sequence is well formed); otherwise the non-ASCII bytes say which 8-bit table gives French text. A file
pasted together from both is read line by line, each line in its own encoding, and pointed out.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

MIXED = "mixed"
"""Internal name of "UTF-8 where a line is UTF-8, cp1252 elsewhere"; a `Reading` says `utf-8` and warns `mixed-encoding`."""
UNDEFINED_IN_CP1252 = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
PLAUSIBLE = re.compile(r"[\x00-\x7f\u00a0-\u017f\u2010-\u203a\u20ac\u2122\u2190-\u2265\ufb01\ufb02]*")
# é è ê à ç ô î ï û ù É in each table: French text has more of them than of anything else.
FRENCH = {table: frozenset("éèêàçôîûùâëïÉÈÀœ€’".encode(table, "ignore")) for table in ("cp1252", "mac_roman", "cp850")}


@dataclass(slots=True)
class Encodings:
    """Adds up what chunks of whole lines show. Memory does not grow with the file."""

    ascii_only: bool = True
    utf8_lines: int = 0
    other_lines: int = 0
    double: int = 0
    bytes_seen: Counter[int] = field(default_factory=Counter)

    def add(self, chunk: bytes) -> None:
        if chunk.isascii():
            return
        self.ascii_only = False
        sequences = _utf8_sequences(chunk)
        if sequences is not None:
            self.utf8_lines += 1
            self.double += sequences.count(b"\xc3\x83\xc2")
            return
        for line in chunk.split(b"\n"):
            if line.isascii():
                continue
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError:
                text = ""
            if text and PLAUSIBLE.fullmatch(text):
                self.utf8_lines += 1
            else:
                self.other_lines += 1
                if self.other_lines <= 200_000:
                    self.bytes_seen.update(line.translate(None, _ASCII))

    def conclude(self) -> str:
        """`utf-8`, `cp1252`, `latin-1`, `mac_roman`, `cp850` or `MIXED`."""
        if not self.other_lines:
            return "utf-8"
        if self.utf8_lines:
            return MIXED
        if self.bytes_seen.total():
            scores = {table: sum(self.bytes_seen[b] for b in letters) for table, letters in FRENCH.items()}
            best = max(scores, key=lambda table: (scores[table], table == "cp1252"))
            if best != "cp1252" and scores[best] > 2 * scores["cp1252"]:
                return best
        if any(self.bytes_seen[b] for b in UNDEFINED_IN_CP1252):
            return "latin-1"
        return "cp1252"


_ASCII = bytes(range(128))


def _utf8_sequences(chunk: bytes) -> bytes | None:
    """The non-ASCII bytes when the chunk is UTF-8, else null: the answer of `chunk.decode()`, five times faster in French.

    Runs of non-ASCII bytes decode one after the other exactly when they decode end to end and none starts in mid-character.
    """
    codes = np.frombuffer(chunk, np.int8)
    places = np.flatnonzero(codes < 0)
    high = codes[places].view(np.uint8)
    starts = high[1:][(places[1:] - places[:-1]) != 1]
    if ((starts & 0xC0) == 0x80).any():
        return None
    sequences = high.tobytes()
    try:
        sequences.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return sequences


def decode(chunk: bytes, encoding: str) -> str:
    """Text of whole lines. Raises `UnicodeDecodeError` when the bytes do not fit (never for a detected encoding)."""
    if encoding != MIXED:
        return chunk.decode(encoding)
    try:
        return chunk.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(_either(line) for line in chunk.splitlines(keepends=True))


def _either(line: bytes) -> str:
    try:
        text = line.decode("utf-8")
        if PLAUSIBLE.fullmatch(text):
            return text
    except UnicodeDecodeError:
        pass
    try:
        return line.decode("cp1252")
    except UnicodeDecodeError:
        return line.decode("latin-1")
