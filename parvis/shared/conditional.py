"""Answers of the API that are not sent again to who already has them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response


def opened(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Not sent again to who already has it."""

    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = view(request, *args, **kwargs)
        if response.status_code == 200 and isinstance(response, HttpResponse):
            tag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
            response.headers["ETag"] = tag
            response.headers.setdefault("Cache-Control", "no-cache")
            response = get_conditional_response(request, tag, None, response) or response
        return response

    return wrapped
