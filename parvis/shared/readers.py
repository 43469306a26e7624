"""Pages that are the same for everybody who is not signed in, kept for a few seconds: a crowd costs what a few readers cost.

Nothing that belongs to a person is ever kept: a request with a session goes through, and so does an answer that sets a cookie,
asks for a form's token or is anything else than a page found. What a reader chose (commune, language) is part of the key.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

CHOICES = ("commune", "commune-name")
"""Cookies that change what a reader sees, all set by the reader."""
HARMLESS = (settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME)
"""Cookies that do not: the language is known by itself, and a page that holds a token is not kept."""
LARGEST = 300_000
"""Bytes: a larger page is rare, and made again."""

PERSONAL = "parvis.personal"

View = Callable[..., HttpResponseBase]


def personal(request: HttpRequest) -> None:
    """Say that the answer to this request is for one person (a form with a key of its own, say), even without a session: it is not kept."""
    request.META[PERSONAL] = True


def same_for_readers(view: View) -> View:
    """Decorate a view whose answer depends, without a session, on the address, the language and `CHOICES` only."""

    @wraps(view)
    def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = key_of(request)
        found = caches["pages"].get(key) if key else None
        if found is not None:
            answer = HttpResponse(found[0], headers=found[1])
            patch_vary_headers(answer, ["Cookie"])
            return answer
        response = view(request, *args, **kwargs)
        if hasattr(response, "render"):
            response.render()
        if key and isinstance(response, HttpResponse) and storable(request, response):
            caches["pages"].set(key, (response.content, dict(response.headers)))
        return response

    return kept


def key_of(request: HttpRequest) -> str | None:
    """What the page depends on; None when the answer may belong to a person."""
    if request.method not in ("GET", "HEAD") or set(request.COOKIES) - {*CHOICES, *HARMLESS}:
        return None
    if any(name in request.headers for name in ("Authorization", "HX-Request", "Range")):
        return None
    parts = (
        request.get_host(), request.scheme, request.get_full_path(), get_language(), request.headers.get("Accept", ""),
        *(request.COOKIES.get(choice, "") for choice in CHOICES),
    )  # fmt: skip
    return sha256("\x00".join(str(part) for part in parts).encode("utf-8", "surrogateescape")).hexdigest()


def storable(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        response.status_code == 200
        and request.method == "GET"
        and not response.cookies
        and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
        and not request.META.get(PERSONAL)
        and len(response.content) <= LARGEST
    )
