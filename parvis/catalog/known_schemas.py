"""The schemas of this site: those that Parvis brings, and those that `parvis schemas update` has added under PARVIS_HOME."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings

from parvis.catalog.core.tables.registry import Entry, UnknownSchemaError, known

__all__ = ["UnknownSchemaError", "choices", "copy_updated", "get", "text_of", "title_of"]


def folder() -> Path:
    return Path(settings.PARVIS_HOME) / "schemas"


def entries() -> tuple[Entry, ...]:
    return known(folder())


def get(name: str) -> Entry:
    """Raises UnknownSchemaError. A person gives a short name, never a path."""
    for entry in entries():
        if entry.name == name:
            return entry
    raise UnknownSchemaError(f"Aucun schéma ne s'appelle « {name} » ici.")


def text_of(name: str) -> str:
    return get(name).path.read_text(encoding="utf-8")


def title_of(name: str) -> str:
    try:
        return get(name).title
    except UnknownSchemaError:
        return name


def choices() -> list[tuple[str, str]]:
    return [(entry.name, f"{entry.title} ({entry.name})") for entry in entries()]


def copy_updated(target: Path) -> None:
    """Give a job, which reads one folder only, the schemas that were added here."""
    if folder().is_dir():
        shutil.copytree(folder(), target)
    else:
        target.mkdir()
