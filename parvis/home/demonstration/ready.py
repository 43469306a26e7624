"""Whether the demonstration in the home folder was made by these very sources. Then it is served at once: Django is not
started a first time only to find nothing to do."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

SOURCES = Path(__file__).resolve().parents[2]
LOCKS = (SOURCES.parent / "package-lock.json", SOURCES.parent / "requirements" / "base.txt")
NOT_SOURCES = {".pyc", ".mo"}


Say = Callable[[str], None]


def note() -> Path:
    return Path(settings.PARVIS_HOME) / "demonstration-ready.json"


def database() -> dict[str, Any]:
    known: dict[str, Any] = settings.DATABASES["default"]
    return known


def fingerprint() -> str:
    """Of the sources (names, sizes, times), of the official files' folder, and of the database that they fill."""
    where = [str(database().get(key, "")) for key in ("ENGINE", "NAME", "HOST", "PORT")]
    found = hashlib.sha256(repr([*where, str(settings.PARVIS_DATA)]).encode())
    for path in sorted(SOURCES.rglob("*")) + [lock for lock in LOCKS if lock.exists()]:
        if path.suffix not in NOT_SOURCES and path.is_file():
            seen = path.stat()
            found.update(f"{path}\0{seen.st_size}\0{seen.st_mtime_ns}\n".encode())
    return found.hexdigest()


def mark(lines: list[str]) -> None:
    """Remember that all is in place, and what to print."""
    temporary = note().with_suffix(".part")
    temporary.touch(mode=0o600)
    temporary.write_text(json.dumps({"fingerprint": fingerprint(), "lines": lines}))
    os.replace(temporary, note())


def recalled() -> list[str] | None:
    """What to print, when all is in place; None when something has to be done first."""
    if "sqlite" in database()["ENGINE"] and not Path(database()["NAME"]).exists():
        return None
    try:
        known = json.loads(note().read_text())
    except (FileNotFoundError, ValueError):
        return None
    return list(known["lines"]) if known["fingerprint"] == fingerprint() else None


def welcome(say: Say, lines: list[str]) -> None:
    say("")
    say(f"{settings.SITE_NAME} : http://localhost:{settings.PORT}")
    for line in lines:
        say(f"  {line}")
