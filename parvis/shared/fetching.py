"""Fetch a file at an address that somebody gave, without ever reaching our own network.

    fetched = fetch(url, to=folder / "source", max_bytes=100_000_000, seconds=60)

A host is resolved once, each of its addresses is checked, and the connection is made to a checked address: an answer of the
name server that changes in between (DNS rebinding) finds nothing to change. Redirects are followed by hand and checked alike.
"""

from __future__ import annotations

import contextlib
import functools
import os
import queue
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

import httpcore
import httpx

MAX_REDIRECTS = 5
_CHUNK = 65536
_PORTS = {"http": 80, "https": 443}
_REDIRECTIONS = {301, 302, 303, 307, 308}

# Global by the registries, yet not a public server: protocol assignments, 6to4 relays, a cloud's metadata.
_SPECIAL_4 = [IPv4Network(text) for text in ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")]
_UNICAST_6 = IPv6Network("2000::/3")
_SPECIAL_6 = [IPv6Network(text) for text in ("2001::/23", "2002::/16", "3fff::/20")]  # Teredo and others, 6to4, documentation

_MESSAGES = {
    "address": "Cette adresse n’est pas valable.",
    "scheme": "L’adresse doit commencer par http:// ou https://.",
    "credentials": "L’adresse ne doit contenir ni nom d’utilisateur ni mot de passe.",
    "port": "Ce port n’est pas permis : l’adresse doit utiliser le port 80 ou 443.",
    "forbidden": "Cette adresse mène à un réseau privé : elle n’est pas permise.",
    "unresolved": "Ce site est introuvable : vérifiez l’adresse.",
    "unreachable": "Le site ne répond pas.",
    "tls": "La connexion sécurisée avec le site a échoué : son certificat n’est pas valable.",
    "timeout": "Le site a mis trop de temps à envoyer le fichier.",
    "too_large": "Le fichier dépasse la taille permise ({size}).",
    "redirects": "Le site renvoie d’adresse en adresse sans fin.",
    "status": "Le site a répondu par une erreur ({status}).",
    "encoding": "Le site a envoyé un fichier compressé d’une façon que nous ne savons pas lire.",
    "interrupted": "Le site a interrompu l’envoi du fichier.",
}


class FetchError(Exception):
    """Why there is no file. `code`: a key of the table above, stable; `message`: for people; `status`: of HTTP, or None;
    `retry_after`: what the site says of when to come back, as it says it."""

    def __init__(self, code: str, *, status: int | None = None, size: str = "", retry_after: str = "") -> None:
        self.code = code
        self.status = status
        self.retry_after = retry_after[:60]
        self.message = _MESSAGES[code].format(status=status, size=size)
        super().__init__(self.message)


class NotModifiedError(Exception):
    """The site says that nothing changed since what was known (`etag`, `last_modified`): there is nothing to write."""


@dataclass(frozen=True)
class Fetched:
    """A file that was fetched whole. `filename` is a bare name, safe to show and to use; the other texts are as the site said."""

    path: Path
    final_url: str
    content_type: str
    etag: str
    last_modified: str
    filename: str
    bytes: int


def fetch(
    url: str,
    *,
    to: Path,
    max_bytes: int,
    seconds: float,
    allow: Iterable[str] = (),
    accept: str = "*/*",
    etag: str = "",
    last_modified: str = "",
) -> Fetched:
    """Fetch `url` into the file `to`, which appears only once whole.

    max_bytes: of the file, once decompressed. seconds: for everything, name server and redirects included.
    allow: `host:port` that may be private or on any port (`PARVIS_FETCH_ALLOW`), compared with the address as written.
    etag, last_modified: of what is known already, as the site gave them. Raises FetchError, and NotModifiedError for these.
    """
    known = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    asked = {"Accept": accept} | {name: value for name, value in known.items() if value}
    with _answered("GET", url, seconds, allow, asked) as (parsed, response, headers):
        if response.status == 304 and (etag or last_modified):
            raise NotModifiedError
        if response.status not in {200, 203}:
            raise FetchError("status", status=response.status, retry_after=headers.get("retry-after", ""))
        size = _store(response, headers, to, max_bytes)
    return Fetched(
        path=to,
        final_url=str(parsed),
        content_type=headers.get("content-type", ""),
        etag=headers.get("etag", ""),
        last_modified=headers.get("last-modified", ""),
        filename=_filename(headers.get("content-disposition", ""), parsed),
        bytes=size,
    )


@dataclass(frozen=True)
class Probed:
    """What a site answers for an address whose content nobody wants. `size`: in bytes, where the site says it."""

    status: int
    final_url: str
    content_type: str
    size: int | None


def probe(url: str, *, seconds: float, allow: Iterable[str] = ()) -> Probed:
    """Whether something stands at `url`, without taking it: HEAD, then one byte where a site does not know HEAD.

    An answer of HTTP is an answer, whatever its status. Raises FetchError when there is none, or when the address is forbidden.
    """
    found = _probed("HEAD", url, seconds, allow, {})
    if found.status < 400 or found.status in {410, 429}:
        return found
    return _probed("GET", url, seconds, allow, {"Range": "bytes=0-0"})


def _probed(method: str, url: str, seconds: float, allow: Iterable[str], asked: Mapping[str, str]) -> Probed:
    with _answered(method, url, seconds, allow, asked) as (parsed, response, headers):
        length = headers.get("content-range", "").rpartition("/")[2] or headers.get("content-length", "")
        size = int(length[:18]) if length.isascii() and length.isdigit() else None
        return Probed(response.status, str(parsed), headers.get("content-type", ""), size)


@contextlib.contextmanager
def _answered(
    method: str, url: str, seconds: float, allow: Iterable[str], asked: Mapping[str, str]
) -> Iterator[tuple[httpx.URL, httpcore.Response, httpx.Headers]]:
    """The answer at the end of the redirects, each of them checked. What the network raises in the block becomes a FetchError."""
    doors = frozenset(entry.strip().lower() for entry in allow if entry.strip())
    deadline = time.monotonic() + seconds
    here = url.strip()
    for _ in range(MAX_REDIRECTS + 1):
        parsed = check_url(here, allow=doors)
        with _translated(), _get(method, parsed, _Backend(deadline, doors), asked) as response:
            headers = httpx.Headers(response.headers)
            if response.status in _REDIRECTIONS and "location" in headers:
                here = _join(parsed, headers["location"])
                continue
            yield parsed, response, headers
            return
    raise FetchError("redirects")


def check_url(url: str, *, allow: Iterable[str] = ()) -> httpx.URL:
    """The parts of an address that says nothing forbidden, before any network. Raises FetchError; `fetch` does this itself."""
    try:
        parsed = httpx.URL(url.strip())
    except (httpx.InvalidURL, ValueError, TypeError):
        raise FetchError("address") from None
    if parsed.scheme not in _PORTS:
        raise FetchError("scheme")
    if not re.fullmatch(rb"[A-Za-z0-9._:-]+", parsed.raw_host) or len(url) > 4000:
        raise FetchError("address")
    if parsed.userinfo:
        raise FetchError("credentials")
    port = parsed.port or _PORTS[parsed.scheme]
    if _door(parsed.host, port) not in allow:
        if port not in _PORTS.values():
            raise FetchError("port")
        with contextlib.suppress(ValueError):
            if not is_public(parsed.host):
                raise FetchError("forbidden")
    return parsed


def is_public(address: str) -> bool:
    """Whether an IP address is a unicast address of the public Internet. Raises ValueError for anything but an address."""
    parsed: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if parsed.is_multicast or parsed.is_reserved or not parsed.is_global:
        return False
    if isinstance(parsed, IPv4Address):
        return not any(parsed in network for network in _SPECIAL_4)
    return parsed in _UNICAST_6 and not any(parsed in network for network in _SPECIAL_6)


class _Backend(httpcore.NetworkBackend):
    """Connects to checked addresses, and lets no operation outlive the deadline."""

    def __init__(self, deadline: float, doors: frozenset[str]) -> None:
        self.deadline = deadline
        self.doors = doors
        self.system = httpcore.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None, socket_options: Any = None
    ) -> httpcore.NetworkStream:
        addresses = _resolve(host, port, _left(self.deadline))
        if _door(host, port) not in self.doors and not all(is_public(address) for address in addresses):
            raise FetchError("forbidden")
        for last, address in enumerate(addresses, start=1 - len(addresses)):
            try:
                return _Stream(self.system.connect_tcp(address, port, timeout=_left(self.deadline)), self.deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if last == 0:
                    raise
        raise FetchError("unresolved")

    def connect_unix_socket(self, *_args: Any, **_kwargs: Any) -> httpcore.NetworkStream:
        raise FetchError("forbidden")


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self.stream = stream
        self.deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, timeout=_left(self.deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, timeout=_left(self.deadline))

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self.stream.start_tls(ssl_context, server_hostname, timeout=_left(self.deadline)), self.deadline)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


def _door(host: str, port: int) -> str:
    return f"{host.lower()}:{port}"


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise FetchError("timeout")
    return left


def _resolve(host: str, port: int, seconds: float) -> list[str]:
    """Addresses of a host, in the system's order. In a thread: the system's resolver takes no time limit."""
    answers: queue.SimpleQueue[list[str] | None] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put(list(dict.fromkeys(str(entry[4][0]) for entry in found)))
        except (OSError, UnicodeError):
            answers.put(None)

    threading.Thread(target=ask, daemon=True).start()
    try:
        addresses = answers.get(timeout=seconds)
    except queue.Empty:
        raise FetchError("timeout") from None
    if not addresses:
        raise FetchError("unresolved")
    return addresses


@functools.cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


@contextlib.contextmanager
def _get(method: str, url: httpx.URL, backend: _Backend, asked: Mapping[str, str]) -> Iterator[httpcore.Response]:
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    given = {"User-Agent": "Parvis", "Accept": "*/*", "Accept-Encoding": "gzip", "Connection": "close"} | dict(asked)
    headers = [(name, _one_line(value)) for name, value in given.items()]
    context = _tls() if url.scheme == "https" else None
    with (
        httpcore.ConnectionPool(ssl_context=context, network_backend=backend) as pool,
        pool.stream(method, target, headers=headers) as response,
    ):
        yield response


def _one_line(text: str) -> str:
    """What may stand in a header: a site's own words come back to it."""
    return re.sub(r"[^\x20-\x7e]", "", text)[:1000]


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """What the network raises, as FetchError."""
    try:
        yield
    except httpcore.TimeoutException:
        raise FetchError("timeout") from None
    except httpcore.ConnectError as problem:
        raise FetchError("tls" if isinstance(problem.__context__, ssl.SSLError) else "unreachable") from None
    except (httpcore.NetworkError, httpcore.ProtocolError):
        raise FetchError("interrupted") from None
    except httpcore.UnsupportedProtocol:
        raise FetchError("scheme") from None


def _join(base: httpx.URL, location: str) -> str:
    try:
        return str(base.join(location))
    except (httpx.InvalidURL, ValueError):
        raise FetchError("address") from None


def _store(response: httpcore.Response, headers: httpx.Headers, to: Path, max_bytes: int) -> int:
    too_large = FetchError("too_large", size=_size(max_bytes))
    declared = headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > max_bytes:
        raise too_large
    part = to.with_name(to.name + ".part")
    written = 0
    try:
        with part.open("wb") as file:
            for chunk in _decoded(_counted(response.iter_stream(), max_bytes, too_large), headers.get("content-encoding", "")):
                written += len(chunk)
                if written > max_bytes:
                    raise too_large
                file.write(chunk)
        os.replace(part, to)
    finally:
        part.unlink(missing_ok=True)
    return written


def _counted(chunks: Iterable[bytes], max_bytes: int, problem: FetchError) -> Iterator[bytes]:
    """As they come from the network: a compressed stream that decodes to nothing is bounded too."""
    seen = 0
    for chunk in chunks:
        seen += len(chunk)
        if seen > max_bytes + _CHUNK:
            raise problem
        yield chunk


def _decoded(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Pieces of 64 KB at most, so that a small message never becomes a large memory. Raises FetchError."""
    encoding = encoding.strip().lower()
    if encoding in {"", "identity"}:
        yield from chunks
        return
    if encoding not in {"gzip", "x-gzip"}:
        raise FetchError("encoding")
    reader = zlib.decompressobj(wbits=31)
    try:
        for chunk in chunks:
            waiting = chunk
            while waiting:
                if reader.eof:  # a gzip file may be several, end to end
                    reader = zlib.decompressobj(wbits=31)
                yield reader.decompress(waiting, _CHUNK)
                waiting = reader.unused_data if reader.eof else reader.unconsumed_tail
        while not reader.eof and (rest := reader.decompress(b"", _CHUNK)):
            yield rest
    except zlib.error:
        raise FetchError("encoding") from None
    if not reader.eof:
        raise FetchError("interrupted")


def _size(count: int) -> str:
    return f"{count / 1_000_000:g} Mo".replace(".", ",") if count >= 1_000_000 else f"{count / 1000:g} ko".replace(".", ",")


def _filename(disposition: str, url: httpx.URL) -> str:
    message = Message()
    message["content-disposition"] = disposition.replace("\r", " ").replace("\n", " ")
    name = ""
    with contextlib.suppress(ValueError, LookupError, UnicodeError):
        name = message.get_filename() or ""
    name = name or unquote(url.path)
    name = PurePosixPath(name.replace("\\", "/")).name
    name = re.sub(r'[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069<>:"|?*]', "", name).strip(" .")
    stem, dot, suffix = name.rpartition(".")
    return f"{stem[:140]}{dot}{suffix[:20]}" if dot else name[:150]
