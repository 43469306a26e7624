"""The API from pages of other sites: reading is open to all, and no cookie ever counts there (`*` sends none)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

WHERE = "/api/v1/"
ASKED = f"{WHERE}query"
EXPOSED = "ETag, Content-Range, Accept-Ranges, Content-Length, Content-Disposition, Link, Retry-After"
PREFLIGHT = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    # Not Authorization: a token is for programs, never for the page of another site.
    "Access-Control-Allow-Headers": "Content-Type, If-None-Match, If-Modified-Since, If-Range, Range",
    "Access-Control-Max-Age": "86400",
}


class CrossOriginMiddleware:
    """Answers preflights, and lets pages of any site read what the API says, its errors included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(WHERE):
            return self.get_response(request)
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            return HttpResponse(status=204, headers=PREFLIGHT)
        response = self.get_response(request)
        if request.method in {"GET", "HEAD"} or request.path == ASKED:
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Expose-Headers"] = EXPOSED
        return response
