"""Reads the environment once, for `settings.py` only. Everything that may differ between two sites is here."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlparse

ROOT = Path(__file__).resolve().parent.parent.parent


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def flag(name: str, default: bool = False) -> bool:
    return text(name, "1" if default else "0").lower() in {"1", "true", "yes", "oui", "on"}


def items(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in text(name, default).split(",") if item.strip()]


def home() -> Path:
    """The folder of all that a site stores (`PARVIS_HOME`, by default `var` beside the code)."""
    folder = Path(text("PARVIS_HOME") or ROOT / "var").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def data() -> Path | None:
    """The folder of the official files that a demonstration may load (`PARVIS_DATA`), or None where there is none."""
    given = text("PARVIS_DATA")
    folder = Path(given) if given else ROOT.parent / "shared" / "data"
    return folder.resolve() if folder.is_dir() else None


def secret_key(folder: Path) -> str:
    """`SECRET_KEY`, or one made on the first start and kept beside the data, readable by its owner alone."""
    if given := text("SECRET_KEY"):
        return given
    path = folder / "secret-key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(50))
    return path.read_text()


def database(folder: Path) -> dict[str, Any]:
    """SQLite in the home folder, or PostgreSQL where `DATABASE_URL` says so."""
    url = text("DATABASE_URL")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": folder / "parvis.sqlite3",
            # Measured: 1,502 of 1,600 concurrent writes fail with the defaults, none with these.
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
            },
            "TEST": {"NAME": text("PARVIS_TEST_DATABASE") or folder / "test.sqlite3"},
        }
    parts = urlparse(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise SystemExit("DATABASE_URL must start with postgres:// (leave it empty for SQLite).")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or dict(parse_qsl(parts.query)).get("host", ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def identity_providers() -> dict[str, Any]:
    """OpenID Connect providers (`OIDC_PROVIDERS=proconnect` and, for each, its address, client and secret)."""
    apps = [
        {
            "provider_id": name,
            "name": text(f"OIDC_{name.upper()}_NAME", name),
            "client_id": text(f"OIDC_{name.upper()}_CLIENT_ID"),
            "secret": text(f"OIDC_{name.upper()}_SECRET"),
            "settings": {"server_url": text(f"OIDC_{name.upper()}_URL")},
        }
        for name in items("OIDC_PROVIDERS")
    ]
    return {"openid_connect": {"APPS": apps}} if apps else {}
