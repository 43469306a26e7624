"""A file that arrives in a form: written where originals are, and hashed, while it is received. Never held in memory, never copied.

request.upload_handlers = [ToStore(request)]   # before anything reads request.POST
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from parvis.catalog import storage

FORM_BYTES = 1 << 20  # what a form holds beside its file


class Arrived(UploadedFile):
    """A file of the form whose bytes wait in the store; `incoming.keep()` makes it an original, closing it forgets it."""

    def __init__(self, incoming: storage.Incoming, name: str | None, content_type: str | None) -> None:
        super().__init__(None, name, content_type, incoming.size)
        self.incoming = incoming

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        self.incoming.file.flush()
        with self.incoming.path.open("rb") as file:
            while block := file.read(chunk_size or storage.BLOCK):
                yield block

    def close(self) -> None:
        self.incoming.discard()


class ToStore(FileUploadHandler):
    """Receives files into the store. A file that is refused (too heavy, disk full) leaves its reason in `error`, and the rest of
    the form is there."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.incoming: storage.Incoming | None = None
        self.error: storage.StorageError | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        try:
            self.incoming = storage.Incoming()
        except storage.StorageError as error:
            self.refuse(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        assert self.incoming is not None
        try:
            self.incoming.write(raw_data)
        except storage.StorageError as error:
            self.refuse(error)

    def file_complete(self, file_size: int) -> Arrived | None:
        if self.incoming is None:
            return None
        arrived, self.incoming = Arrived(self.incoming, self.file_name, self.content_type), None
        return arrived

    def refuse(self, error: storage.StorageError) -> None:
        self.error = error
        self.upload_interrupted()
        raise StopUpload(connection_reset=False)  # reads the rest without keeping it, so that the answer reaches the browser

    def upload_interrupted(self) -> None:
        if self.incoming:
            self.incoming.discard()
            self.incoming = None


def receiving(request: HttpRequest) -> ToStore:
    """Send the files of this request to the store. Raises TooHeavyError before reading anything when the sender already says so."""
    if announced(request) > settings.UPLOAD_MAX_BYTES + FORM_BYTES:
        raise storage.TooHeavyError(storage.too_heavy())
    handler = ToStore(request)
    request.upload_handlers = [handler]
    return handler


def announced(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
