"""A process as a file, to carry it elsewhere or begin again: what the team wrote. Never people, never votes, nor what people proposed.

JSON, in UTF-8; `format` names it and `version` says how to read it. `docs/debates.md` describes each field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from parvis.debates.core.processes.rules import PhaseKind

FORMAT, VERSION = "parvis-process", 1
LARGEST = 1_000_000
"""Bytes of a file."""
MOST_PHASES, MOST_STATEMENTS, MOST_SOURCES = 20, 200, 30
ACCESS, REVIEW = ("visitor", "confirmed", "member"), ("before", "after")


class FormatError(ValueError):
    """`where`: the path of what cannot be read (`phases[2].opens`), "" for the whole."""

    def __init__(self, where: str = "") -> None:
        super().__init__(where)
        self.where = where


@dataclass(frozen=True, slots=True)
class PhaseFile:
    kind: PhaseKind
    title: str
    text: str
    opens: datetime
    closes: datetime | None


@dataclass(frozen=True, slots=True)
class ProcessFile:
    """territory: a reference (`commune:46102`). sources: references. statements: those of the team, in order."""

    title: str
    summary: str
    purpose: str
    territory: str
    residents_only: bool
    access: str
    review: str
    publishes_vectors: bool
    sources: tuple[str, ...]
    phases: tuple[PhaseFile, ...]
    statements: tuple[str, ...]


def write(process: ProcessFile) -> str:
    phases = [
        {"kind": one.kind.value, "title": one.title, "text": one.text, "opens": _told(one.opens), "closes": _told(one.closes)}
        for one in process.phases
    ]
    fields = {
        "format": FORMAT, "version": VERSION, "title": process.title, "summary": process.summary, "purpose": process.purpose,
        "territory": process.territory, "residents_only": process.residents_only, "access": process.access,
        "review": process.review, "publishes_vectors": process.publishes_vectors, "sources": list(process.sources),
        "phases": phases, "statements": list(process.statements),
    }  # fmt: skip
    return json.dumps(fields, ensure_ascii=False, indent=2) + "\n"


def read(data: bytes) -> ProcessFile:
    """What `write` wrote. Raises `FormatError`."""
    if len(data) > LARGEST:
        raise FormatError
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FormatError from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise FormatError("format")
    if type(found.get("version")) is not int or found["version"] != VERSION:
        raise FormatError("version")
    phases = tuple(_phase(one, f"phases[{at + 1}]") for at, one in enumerate(_list(found, "phases", MOST_PHASES)))
    return ProcessFile(
        title=_text(found, "title", 160, filled=True),
        summary=_text(found, "summary", 300),
        purpose=_text(found, "purpose", 20_000),
        territory=_text(found, "territory", 60),
        residents_only=_flag(found, "residents_only"),
        access=_one_of(found, "access", ACCESS),
        review=_one_of(found, "review", REVIEW),
        publishes_vectors=_flag(found, "publishes_vectors"),
        sources=_lines(found, "sources", MOST_SOURCES, 240),
        phases=phases,
        statements=_lines(found, "statements", MOST_STATEMENTS, 280),
    )


def _told(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def _phase(found: Any, where: str) -> PhaseFile:
    if not isinstance(found, dict):
        raise FormatError(where)
    opens = _moment(found, "opens", where)
    if opens is None:
        raise FormatError(f"{where}.opens")
    kind = PhaseKind(_one_of(found, "kind", tuple(PhaseKind), where))
    title, text = _text(found, "title", 120, where, filled=True), _text(found, "text", 10_000, where)
    return PhaseFile(kind, title, text, opens, _moment(found, "closes", where))


def _path(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _text(found: Mapping[str, Any], name: str, most: int, where: str = "", *, filled: bool = False) -> str:
    value = found.get(name, "")
    if not isinstance(value, str) or len(value) > most or "\x00" in value or (filled and not value.strip()):
        raise FormatError(_path(where, name))
    try:
        value.encode()
    except UnicodeEncodeError as error:  # half of a character, which no database keeps
        raise FormatError(_path(where, name)) from error
    return value


def _flag(found: Mapping[str, Any], name: str) -> bool:
    value = found.get(name, False)
    if not isinstance(value, bool):
        raise FormatError(name)
    return value


def _one_of(found: Mapping[str, Any], name: str, allowed: tuple[str, ...], where: str = "") -> str:
    value = found.get(name, allowed[0])
    if not isinstance(value, str) or value not in allowed:
        raise FormatError(_path(where, name))
    return value


def _list(found: Mapping[str, Any], name: str, most: int) -> list[Any]:
    value = found.get(name, [])
    if not isinstance(value, list) or len(value) > most:
        raise FormatError(name)
    return value


def _lines(found: Mapping[str, Any], name: str, most: int, longest: int) -> tuple[str, ...]:
    values = _list(found, name, most)
    places = {f"{name}[{at + 1}]": one for at, one in enumerate(values)}
    return tuple(_text(places, place, longest, filled=True) for place in places)


def _moment(found: Mapping[str, Any], name: str, where: str) -> datetime | None:
    value = found.get(name)
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None or not 1970 <= moment.year <= 9000:
            raise ValueError
    except (TypeError, ValueError) as error:
        raise FormatError(_path(where, name)) from error
    return moment.astimezone(UTC)
