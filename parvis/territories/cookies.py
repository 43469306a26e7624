"""The commune that a browser remembers: a code and a name, for a year, because its owner asked for it."""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from parvis.territories.models import Level, Territory

CODE, NAME = "commune", "commune-name"
YEAR = 365 * 24 * 3600


def remember(response: HttpResponse, commune: Territory) -> None:
    # Quoted, since a header holds no « œ ».
    for cookie, value in ((CODE, commune.code), (NAME, quote(commune.name))):
        response.set_cookie(cookie, value, max_age=YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE)


def forget(response: HttpResponse) -> None:
    for cookie in (CODE, NAME):
        response.delete_cookie(cookie, samesite="Lax")


def code(request: HttpRequest) -> str:
    return request.COOKIES.get(CODE, "")[:5]


def commune(request: HttpRequest) -> Territory | None:
    """The commune remembered, if it still exists."""
    known = code(request)
    if not known:
        return None
    return Territory.objects.filter(level=Level.COMMUNE, code=known).select_related("departement", "epci", "region").first()
