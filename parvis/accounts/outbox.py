"""The messages that a site without SMTP wrote in its folder, read back for the outbox page of a demonstration."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import getaddresses
from pathlib import Path

from django.conf import settings
from django.utils import timezone

NAME = re.compile(r"\d{8}-\d{6}-\d+\.log")
LIMIT = 200_000  # bytes read of one file: ours are never that long
SEPARATOR = b"\n" + b"-" * 79 + b"\n"  # what the file-based backend writes after each message


@dataclass(frozen=True)
class Message:
    subject: str
    sender: str
    to: list[str]
    sent: datetime
    body: str


def folder() -> Path | None:
    """Where messages are, or None when they really leave (SMTP)."""
    given = getattr(settings, "EMAIL_FILE_PATH", None)
    return Path(given) if given else None


def files() -> list[Path]:
    """Newest first."""
    place = folder()
    if place is None or not place.is_dir():
        return []
    found = [path for path in place.iterdir() if NAME.fullmatch(path.name) and path.is_file() and not path.is_symlink()]
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)


def read(path: Path) -> list[Message]:
    """The messages of one file, newest first."""
    with path.open("rb") as file:
        content = file.read(LIMIT)
    sent = datetime.fromtimestamp(path.stat().st_mtime, tz=timezone.get_current_timezone())
    return [_parse(part, sent) for part in reversed(content.split(SEPARATOR)) if part.strip()]


def messages(paths: list[Path]) -> Iterator[Message]:
    for path in paths:
        yield from read(path)


def _parse(content: bytes, sent: datetime) -> Message:
    parsed = email.message_from_bytes(content, policy=email.policy.default)
    body = parsed.get_body(preferencelist=("plain",))
    try:
        text = str(body.get_content()) if body else ""
    except (LookupError, ValueError):  # an unknown charset
        text = ""
    return Message(
        subject=str(parsed["Subject"] or ""),
        sender=str(parsed["From"] or ""),
        to=[address.lower() for _, address in getaddresses([str(value) for value in parsed.get_all("To", [])])],
        sent=sent,
        body=text.strip(),
    )
