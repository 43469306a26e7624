"""Downloads of one version. A version never changes, so every answer has a strong tag and may be kept; all stream in bounded memory."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, http_date, parse_http_date_safe
from django.utils.text import slugify

from parvis.catalog import rows, storage
from parvis.catalog.models import Version
from parvis.catalog.rows import Filter
from parvis.shared.exports import stream_csv

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "original": "application/octet-stream",  # never anything that a browser would draw
}
STREAMED = ("csv", "json")
# A day, not a year: a version withdrawn for the sake of people must leave the caches too.
KEPT = "public, max-age=86400, immutable"
RANGE = re.compile(r"bytes=(\d*)-(\d*)")
BLOCK = 64 * 1024


def filename(version: Version, kind: str) -> str:
    if kind == "original":
        return version.source_name
    return f"{slugify(version.resource.dataset.slug)[:60]}-{slugify(version.resource.title)[:40] or 'table'}-v{version.number}.{kind}"


def answer(request: HttpRequest, version: Version, kind: str, filters: Sequence[Filter] = ()) -> HttpResponseBase:
    """The file of `version` as `kind`; `filters` apply to what is streamed (CSV and JSON)."""
    public = version.resource.dataset.published is not None
    tag = f'"{version.digest[:32]}-{kind}"'
    modified = int(version.created.timestamp())
    response: HttpResponseBase | None = None
    if not filters:
        response = get_conditional_response(request, tag, modified)
    if response is None:
        if kind in STREAMED:
            response = _streamed(request, version, kind, filters)
        else:
            path = storage.parquet_path(version) if kind == "parquet" else storage.source_path(version)
            response = file(request, path, kind, tag, modified)
    if response.status_code in {200, 206}:
        response.headers["Content-Disposition"] = content_disposition_header(True, filename(version, kind)) or "attachment"
    if not filters:
        response.headers["ETag"] = tag
        response.headers["Last-Modified"] = http_date(modified)
    response.headers["Cache-Control"] = KEPT if public and not filters else "no-cache" if public else "private, no-store"
    return protected(response, public)


def spreadsheet(request: HttpRequest, version: Version, path: Path) -> HttpResponseBase:
    """The XLSX of `version`, written by its job."""
    response = file(request, path, "xlsx", f'"{version.digest[:32]}-xlsx"', int(version.created.timestamp()))
    response.headers["Content-Disposition"] = content_disposition_header(True, filename(version, "xlsx")) or "attachment"
    public = version.resource.dataset.published is not None
    response.headers["Cache-Control"] = "no-cache" if public else "private, no-store"
    return protected(response, public)


def protected(response: HttpResponseBase, public: bool = True) -> HttpResponseBase:
    """A file is downloaded, never drawn, whatever it holds; what is public may be read by any page of any site."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if public:
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response


# ----- Files as they are, or a part of them -----


def file(request: HttpRequest, path: Path, kind: str, tag: str, modified: int) -> HttpResponseBase:
    """A file, or the part of it that `Range` asks for (RFC 9110, 14): one part at most, otherwise the whole."""
    size = path.stat().st_size
    part = _part(request, size, tag, modified)
    if part and part[0] > part[1]:
        response: HttpResponseBase = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    else:
        first, last = part or (0, size - 1)
        response = StreamingHttpResponse(
            _slice(path, first, last - first + 1), status=206 if part else 200, content_type=TYPES[kind]
        )
        response.headers["Content-Length"] = str(last - first + 1)
        if part:
            response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Encoding"] = "identity"  # compressed on the way, bytes and lengths would no longer agree
    return response


def _part(request: HttpRequest, size: int, tag: str, modified: int) -> tuple[int, int] | None:
    match = RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if not match or match.groups() == ("", ""):
        return None
    condition = request.headers.get("If-Range")
    if condition and condition != tag and parse_http_date_safe(condition) != modified:
        return None
    first, last = match.groups()
    if not first:
        return (max(0, size - int(last)), size - 1) if int(last) else (1, 0)
    start, end = int(first), min(int(last), size - 1) if last else size - 1
    if last and int(last) < start:
        return None  # malformed: as if it were not there
    return (start, end) if start < size else (1, 0)


def whole(path: Path) -> Iterator[bytes]:
    return _slice(path, 0, path.stat().st_size)


def _slice(path: Path, start: int, length: int) -> Iterator[bytes]:
    with path.open("rb") as opened:
        opened.seek(start)
        while length > 0:
            block = opened.read(min(BLOCK, length))
            if not block:
                return
            length -= len(block)
            yield block


# ----- Rows, written as they are read -----


def _streamed(request: HttpRequest, version: Version, kind: str, filters: Sequence[Filter]) -> HttpResponseBase:
    names = [field.name for field in rows.fields(version)]
    parts: Iterable[list[tuple[Any, ...]]] = ()
    if request.method != "HEAD":
        found = rows.stream(version, filters=filters, columns=names)
        # Read the first part now: what cannot be answered is then said with a proper status.
        parts = chain([next(found, [])], found)
    body = csv_text(names, (row for part in parts for row in part)) if kind == "csv" else json_lines(names, parts)
    return StreamingHttpResponse(body, content_type=TYPES[kind])


def csv_text(header: Sequence[str], lines: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    return (piece.encode() for piece in stream_csv(header, lines))


def plain(value: Any) -> Any:
    """A cell as JSON can say it."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Decimal):
        return (int(value) if value == value.to_integral_value() else float(value)) if value.is_finite() else None
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def json_lines(names: Sequence[str], parts: Iterable[Sequence[Sequence[Any]]]) -> Iterator[bytes]:
    """One array of objects, one object a line."""
    yield b"["
    before = "\n"
    for part in parts:
        text = []
        for row in part:
            text.append(before + json.dumps(dict(zip(names, map(plain, row), strict=True)), ensure_ascii=False))
            before = ",\n"
        yield "".join(text).encode()
    yield b"\n]\n"
