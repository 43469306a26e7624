"""The door of the room: where it is not open on this installation, none of its addresses exists."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from parvis.programmes.permissions import room_is_open

View = Callable[..., HttpResponseBase]


def opened(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not room_is_open():
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def at(route: str, view: View, name: str) -> URLPattern:
    """An address of the room."""
    return path(route, opened(view), name=name)
