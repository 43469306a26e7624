"""What the home page shows of each room, through its `public.py`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def overview(request: HttpRequest) -> dict[str, Any]:
    return {}
