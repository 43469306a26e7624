"""Documents of lists: kept under their SHA-256, read in the sandbox."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from parvis.programmes.models import Source
from parvis.programmes.reading import documents
from parvis.shared import sandbox

MOST_BYTES = 40 * 2**20
LIMITS = sandbox.Limits(memory=900 * sandbox.MEGABYTE, seconds=60.0, result=16 * sandbox.MEGABYTE, wait=10.0)
SERVED_AS = {
    "pdf": "application/pdf", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "application/octet-stream", "text": "text/plain; charset=utf-8",
}  # fmt: skip


class UnreadableDocument(Exception):
    """The message is the sentence for the person."""


def place_of(sha256: str) -> str:
    return f"programmes/{sha256[:2]}/{sha256}"


def received(chunks: Iterable[bytes], name: str) -> tuple[bytes, str]:
    """The bytes and their format. Raises UnreadableDocument for what is too heavy or of no known format."""
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > MOST_BYTES:
            raise UnreadableDocument("Ce document dépasse 40 Mo. Déposez une version plus légère.")
    kind = documents.kind_of(name, bytes(content[:4096]))
    if not kind:
        raise UnreadableDocument("Ce format n'est pas lu ici. Déposez un PDF, un DOCX, une page HTML, un texte ou du Markdown.")
    return bytes(content), kind


def kept(content: bytes) -> str:
    """Keep the bytes, once; their SHA-256."""
    sha256 = hashlib.sha256(content).hexdigest()
    if not default_storage.exists(place_of(sha256)):
        default_storage.save(place_of(sha256), ContentFile(content))
    return sha256


def content_of(source: Source) -> bytes:
    with default_storage.open(place_of(source.sha256)) as file:
        return bytes(file.read())


def read(content: bytes, kind: str) -> dict[str, Any]:
    """The text, in the bounded child. Raises UnreadableDocument with a sentence."""
    with tempfile.TemporaryDirectory(prefix="parvis-programme-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "document").write_bytes(content)
        (folder / "document").chmod(0o644)
        try:
            found: dict[str, Any] = sandbox.run(documents.read, "document", kind, folder=folder, limits=LIMITS)
        except (sandbox.Refused, sandbox.Busy, sandbox.Unprotected) as error:
            raise UnreadableDocument(error.message) from error
        except sandbox.SandboxError as error:
            raise UnreadableDocument(
                "Ce document est trop lourd à lire, ou construit pour bloquer ceux qui le lisent. Donnez-le en plusieurs fichiers, ou en texte."
            ) from error
    return found
