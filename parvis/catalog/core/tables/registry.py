"""Schemas by short name (`scdl/subventions`) or by path: those that Parvis brings, and those that an update has added.

The registry of the nation (schema.data.gouv.fr) is one JSON file that lists schemas and where each is published; the schemas
themselves are fetched by another layer, which hands their text over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from parvis.catalog.core.tables.schema import Schema, SchemaError, parse

BUNDLED: Final = Path(__file__).resolve().parents[2] / "schemas"
NAME: Final = re.compile(r"[a-z0-9][a-z0-9_.-]*(/[a-z0-9][a-z0-9_.-]*)?", re.IGNORECASE)
LARGEST: Final = 5_000_000
"""Bytes of a schema: the largest national one weighs 50 kB."""

NOT_BESIDE: Final = "son fichier n'est pas à côté du registre."


class UnknownSchemaError(Exception):
    """No schema of that name or at that path; the message is one French sentence."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A schema that can be loaded by its name. `origin` is `bundled` or `updated`."""

    name: str
    title: str
    version: str
    origin: str
    path: Path


def read(path: Path) -> Schema:
    """The schema of a file. Raises `UnknownSchemaError` when it does not open, `SchemaError` when it cannot be applied."""
    try:
        if path.stat().st_size > LARGEST:
            raise SchemaError(f"Le fichier {path.name} est trop gros pour être un schéma.")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UnknownSchemaError(f"Le schéma {path} n'existe pas ou ne peut pas être lu.") from error
    except UnicodeDecodeError as error:
        raise SchemaError(f"Le schéma {path.name} n'est pas un texte en UTF-8.") from error
    return from_text(text, path.name)


def from_text(text: str, source: str) -> Schema:
    try:
        descriptor = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SchemaError(f"Le schéma {source} n'est pas du JSON lisible.") from error
    return parse(descriptor)


def known(folder: Path | None = None) -> tuple[Entry, ...]:
    """Every schema that has a name, those of `folder` (see `update`) replacing the bundled ones of the same name."""
    entries: dict[str, Entry] = {}
    for origin, place in (("bundled", BUNDLED), ("updated", folder)):
        for path in sorted(place.glob("*.json")) if place and place.is_dir() else ():
            try:
                schema = read(path)
            except (SchemaError, UnknownSchemaError):
                continue  # a damaged file among the others does not hide them; loading it by path says what is wrong
            name = schema.name if "/" in schema.name else path.stem.replace("--", "/")
            entries[name] = Entry(name, schema.title, schema.version, origin, path)
    return tuple(entries[name] for name in sorted(entries))


def load(name_or_path: str, folder: Path | None = None) -> Schema:
    """A schema by short name (the last part is enough when it is the only one) or by local path."""
    entries = {entry.name: entry for entry in known(folder)}
    if name_or_path in entries:
        return read(entries[name_or_path].path)
    short = [entry for name, entry in entries.items() if name.rpartition("/")[2] == name_or_path]
    if len(short) == 1:
        return read(short[0].path)
    path = Path(name_or_path)
    if path.is_file():
        return read(path)
    if path.suffix.lower() == ".json" or not NAME.fullmatch(name_or_path):
        raise UnknownSchemaError(f"Le schéma {name_or_path} n'existe pas ou ne peut pas être lu.")
    listed = ", ".join(sorted(entries))
    raise UnknownSchemaError(f"Le schéma « {name_or_path} » n'est pas connu. Schémas connus : {listed}.")


@dataclass(frozen=True, slots=True)
class Listed:
    """A schema that the national registry lists, with the address of its latest version."""

    name: str
    title: str
    url: str


def listed(registry: Any) -> tuple[Listed, ...]:
    """The table schemas of a whole registry file (its other kinds do not describe a table)."""
    schemas = registry.get("schemas") if isinstance(registry, dict) else None
    if not isinstance(schemas, list):
        raise SchemaError("Ce registre n'est pas lisible : il lui manque la liste « schemas ».")
    return tuple(
        Listed(str(one["name"]), str(one.get("title") or one["name"]), str(one["schema_url"]))
        for one in schemas
        if isinstance(one, dict)
        and one.get("schema_type") == "tableschema"
        and one.get("name")
        and one.get("schema_url")
        and NAME.fullmatch(str(one["name"]))
    )


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update did: names stored, and for each of the others the French sentence that says why not."""

    stored: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


def update(path: Path, folder: Path, fetch: Callable[[str], bytes] | None = None) -> Updated:
    """Take a whole registry file, or the file of one schema, into `folder`.

    `fetch` gives the bytes at an address and may raise; without it, a registry's schemas are looked for beside the registry file,
    as `name.json` with `/` written `--` or as the last part of the name. A schema that cannot be read is refused, not stored.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = json.loads(text)
    except OSError as error:
        raise UnknownSchemaError(f"Le registre {path} n'existe pas ou ne peut pas être lu.") from error
    except ValueError as error:
        raise SchemaError(f"Le registre {path.name} n'est pas du JSON lisible.") from error
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(content, dict) and "fields" in content:
        name = parse(content).name or path.stem
        _store(folder, name, text)
        return Updated((name,), ())
    stored: list[str] = []
    refused: list[tuple[str, str]] = []
    for one in listed(content):
        try:
            found = _beside(path.parent, one.name) if fetch is None else fetch(one.url).decode("utf-8-sig")
            if found is None:
                refused.append((one.name, NOT_BESIDE))
                continue
            from_text(found, one.name)
        except (SchemaError, UnknownSchemaError, OSError, ValueError) as error:
            refused.append((one.name, str(error)))
            continue
        _store(folder, one.name, found)
        stored.append(one.name)
    return Updated(tuple(stored), tuple(refused))


def _beside(place: Path, name: str) -> str | None:
    for stem in (name.replace("/", "--"), name.rpartition("/")[2]):
        path = place / f"{stem}.json"
        if path.is_file():
            return path.read_text(encoding="utf-8-sig")
    return None


def _store(folder: Path, name: str, text: str) -> None:
    """Whole or not at all: written beside, then moved into place."""
    descriptor = json.loads(text)
    descriptor["name"] = name
    target = folder / f"{re.sub(r'[^A-Za-z0-9_.-]+', '--', name).strip('.')}.json"
    waiting = target.with_suffix(".part")
    waiting.write_text(json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    waiting.replace(target)
