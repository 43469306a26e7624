"""Objects of a JSON text as records: JSON lines, or one array of objects, read in a stream."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from .reading import UnreadableTable
from .source import LONGEST_LINE, Container, lines

NOT_A_TABLE = "Ce fichier JSON n'est pas un tableau : il faut une liste d'objets, ou un objet par ligne (JSON lines)."


class _Number(float):
    """A number that remembers how it was written."""

    text: str

    def __new__(cls, text: str) -> _Number:
        number = super().__new__(cls, text)
        number.text = text
        return number


_DECODER = json.JSONDecoder(parse_float=_Number)


def objects(path: Path, container: Container) -> Iterator[dict[str, Any]]:
    """Each object, in order. Raises `UnreadableTable` (`source-error` or `encoding-error`)."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    buffer, found = "", 0
    for chunk in lines(path, container):
        try:
            buffer += decoder.decode(chunk)
        except UnicodeDecodeError as problem:
            raise UnreadableTable(
                "encoding-error", "Un fichier JSON doit être codé en UTF-8 : enregistrez-le à nouveau."
            ) from problem
        at = 0
        while True:
            at = _skip(buffer, at)
            if at == len(buffer):
                break
            try:
                value, at = _DECODER.raw_decode(buffer, at)
            except json.JSONDecodeError as problem:
                if len(buffer) - at > LONGEST_LINE:
                    raise UnreadableTable("source-error", _broken(found)) from problem
                break
            except RecursionError as problem:
                raise UnreadableTable("source-error", _broken(found)) from problem
            if not isinstance(value, dict):
                raise UnreadableTable("source-error", NOT_A_TABLE)
            found += 1
            yield value
        buffer = buffer[at:]
    if buffer.strip():
        raise UnreadableTable("source-error", _broken(found))


def _skip(buffer: str, at: int) -> int:
    while at < len(buffer) and buffer[at] in " \t\r\n,[]\ufeff":
        at += 1
    return at


def _broken(found: int) -> str:
    return f"Le texte JSON est abîmé ou incomplet après l'objet n° {found} : corrigez-le ou téléchargez-le à nouveau."


def text_of(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, _Number):
        return value.text
    return json.dumps(value, ensure_ascii=False)


def records(items: Iterable[dict[str, Any]], names: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    for number, item in enumerate(items, 1):
        yield number, [text_of(item.get(name)) for name in names]
