"""Bytes of a text file in whole lines: compression, UTF-16 and old line endings are undone here, and nowhere else."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, cast

from .reading import UnreadableTable

BLOCK = 960 * 1024
"""Bytes read at a time: two blocks stay under the longest line that DuckDB accepts by default (2,000,000)."""
LONGEST_LINE = 16 * 1024 * 1024
UNPACKED_LIMIT = 64 * 1024**3
RATIO_LIMIT = 400
"""A gzip file that grows more than this, past one block of 64 MB, is refused as a bomb (real tables stay under 100)."""


@dataclass(frozen=True, slots=True)
class Container:
    """What wraps the text: gzip, two-byte characters, carriage returns alone as line endings (old Macintosh)."""

    compression: Literal["gzip"] | None = None
    wide: Literal["utf-16", "utf-16-le", "utf-16-be"] | None = None
    bare_returns: bool = False
    bom: bool = False


def head_of(path: Path, size: int = BLOCK) -> tuple[bytes, Container]:
    """First `size` bytes of the text (unzipped, in a superset of ASCII, without byte order mark) and what wraps it."""
    with path.open("rb") as file:
        compression: Literal["gzip"] | None = "gzip" if file.read(2) == b"\x1f\x8b" else None
    with _opened(path, compression) as file:
        head = _read(file, size)
    wide = _wide(head)
    bom = head.startswith(codecs.BOM_UTF8) or wide == "utf-16"
    if wide:
        head = codecs.getincrementaldecoder(wide)("replace").decode(head).lstrip("\ufeff").encode("utf-8", "replace")
    elif bom:
        head = head[3:]
    bare = b"\n" not in head and b"\r" in head
    return (head.replace(b"\r", b"\n") if bare else head), Container(compression, wide, bare, bom)


def _wide(head: bytes) -> Literal["utf-16", "utf-16-le", "utf-16-be"] | None:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and not head.startswith(codecs.BOM_UTF32_LE):
        return "utf-16"
    start = head[: 4096 - 4096 % 2]
    if len(start) >= 4:
        half = len(start) // 2
        if start[1::2].count(0) > 0.6 * half and start[0::2].count(0) < 0.05 * half:
            return "utf-16-le"
        if start[0::2].count(0) > 0.6 * half and start[1::2].count(0) < 0.05 * half:
            return "utf-16-be"
    return None


def _opened(path: Path, compression: Literal["gzip"] | None) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb")) if compression else path.open("rb", buffering=0)


def _read(file: BinaryIO, size: int) -> bytes:
    try:
        return file.read(size)
    except (EOFError, zlib.error, gzip.BadGzipFile) as problem:
        raise UnreadableTable(
            "source-error", "Le fichier compressé (gzip) est abîmé ou incomplet : compressez-le ou téléchargez-le à nouveau."
        ) from problem


def _raw(path: Path, container: Container) -> Iterator[bytes]:
    packed = path.stat().st_size
    unpacked = 0
    with _opened(path, container.compression) as file:
        while block := _read(file, BLOCK):
            unpacked += len(block)
            too_dense = unpacked > 64 * 1024**2 and unpacked > packed * RATIO_LIMIT
            if container.compression and (unpacked > UNPACKED_LIMIT or too_dense):
                raise UnreadableTable(
                    "source-error",
                    "Le fichier compressé devient démesuré une fois ouvert : il est refusé. Déposez le fichier non compressé.",
                )
            yield block


def _narrow(blocks: Iterator[bytes], wide: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(wide)("strict")
    first = True
    try:
        for block in blocks:
            text = decoder.decode(block)
            yield (text.lstrip("\ufeff") if first else text).encode("utf-8")
            first = False
        yield decoder.decode(b"", final=True).encode("utf-8")
    except UnicodeError as problem:
        raise UnreadableTable(
            "encoding-error", "Le texte est codé en UTF-16, mais il est abîmé : enregistrez-le à nouveau en « CSV UTF-8 »."
        ) from problem


def lines(path: Path, container: Container) -> Iterator[bytes]:
    """The text in chunks which end at the end of a line (but maybe the last), without byte order mark.

    UTF-16 comes out as UTF-8; any other encoding as it stands. Raises `UnreadableTable` on a line over 16 MB.
    """
    blocks = _raw(path, container)
    if container.wide:
        blocks = _narrow(blocks, container.wide)
    carried: list[bytes] = []
    waiting = 0
    first = True
    for block in blocks:
        if first and not container.wide and block.startswith(codecs.BOM_UTF8):
            block = block[3:]
        first = False
        if container.bare_returns:
            block = block.replace(b"\r", b"\n")
        cut = block.rfind(b"\n") + 1
        if not cut:
            carried.append(block)
            waiting += len(block)
            if waiting > LONGEST_LINE:
                raise UnreadableTable(
                    "source-error",
                    "Une ligne du fichier dépasse 16 Mo : ce n'est pas un tableau. Vérifiez que c'est bien le fichier voulu.",
                )
            continue
        yield b"".join((*carried, block[:cut]))
        carried = [block[cut:]]
        waiting = len(block) - cut
    if rest := b"".join(carried):
        yield rest
