"""Forms that hold no token, so that the pages that offer them set no cookie and are the same for every reader."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

View = Callable[..., HttpResponseBase]


def tokenless(view: View) -> View:
    """Decorate the target of a form that does nothing in anybody's name. A page of another site is refused all the same."""

    @csrf_exempt
    @require_POST
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        origin = request.headers.get("Origin", "")
        elsewhere = origin and urlsplit(origin).netloc != request.get_host()
        if elsewhere or request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


choose_language = tokenless(set_language)
