"""What every page needs to know of the site."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "site_name": settings.SITE_NAME,
        "region_name": settings.REGION_NAME,
        "demonstration": settings.DEMONSTRATION,
        "programmes_open": settings.PROGRAMMES,
        "source_code_url": settings.SOURCE_CODE_URL,
    }
