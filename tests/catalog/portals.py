"""A portal of another kind on this machine: it answers what the test says, and remembers what it was asked."""

from __future__ import annotations

import hashlib
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Answer:
    body: bytes = b""
    media_type: str = "application/json"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: bool = False
    cut: int = 0  # announce more bytes than are sent, then hang up


@dataclass
class Portal:
    """`pages` maps a path to an answer, or to a function of the parameters that gives one."""

    url: str
    door: str
    pages: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.answer(head=True)

    def do_GET(self) -> None:
        self.answer(head=False)

    def answer(self, *, head: bool) -> None:
        portal: Portal = self.server.portal  # type: ignore[attr-defined]
        portal.asked.append(self.path)
        portal.methods.append(self.command)
        portal.headers.append(dict(self.headers))
        parts = urlsplit(self.path)
        found = portal.pages.get(self.path, portal.pages.get(parts.path, Answer(b"<html>absent</html>", "text/html", 404)))
        given = found(parse_qs(parts.query)) if callable(found) else found
        reply = given if isinstance(given, Answer) else Answer(json.dumps(given).encode())
        tag = f'"{hashlib.sha256(reply.body).hexdigest()[:16]}"'
        if reply.etag and self.headers.get("If-None-Match") == tag:
            reply = Answer(b"", reply.media_type, 304)
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.media_type)
        self.send_header("Content-Length", str(len(reply.body) + reply.cut))
        self.send_header("Connection", "close")
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.etag:
            self.send_header("ETag", tag)
        self.end_headers()
        if not head:
            self.wfile.write(reply.body)
        self.close_connection = True

    def log_message(self, *args: Any) -> None:
        """Nothing to say."""


@contextmanager
def portal(certificate: tuple[Path, Path] | None = None) -> Iterator[Portal]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
            scheme = "https"
        door = f"127.0.0.1:{server.server_port}"
        found = Portal(f"{scheme}://{door}", door)
        server.portal = found  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()


# ----- CKAN -----


def package(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"id-{number}", "name": f"jeu-{number}", "title": f"Jeu de données {number}", "notes": "<p>Ce qu'il contient.</p>",
        "license_id": "etalab-2.0", "metadata_created": "2020-01-02T03:04:05", "metadata_modified": "2024-05-06T07:08:09",
        "tags": [{"display_name": "eau"}, {"display_name": "rivière"}],
        "organization": {"name": "figeac", "title": "Ville de Figeac"},
        "resources": [
            {"id": f"file-{number}", "name": "Le fichier", "url": f"https://exemple.fr/{number}.csv", "format": "CSV", "size": 1234}
        ],
    } | changes  # fmt: skip


def ckan(packages: list[dict[str, Any]], size: int = 500) -> Callable[[dict[str, list[str]]], dict[str, Any]]:
    """`package_search` over these packages; the list may change between two questions. size: the most that the portal gives."""

    def answer(parameters: dict[str, list[str]]) -> dict[str, Any]:
        start, rows = int(parameters.get("start", ["0"])[0]), int(parameters.get("rows", ["10"])[0])
        found = packages[start : start + min(rows, size)]
        return {"success": True, "result": {"count": len(packages), "results": found}}

    return answer
