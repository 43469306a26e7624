"""From which network a request comes, for limits on what people do without an account. The address itself is never kept."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress

from django.conf import settings
from django.http import HttpRequest


def network_of(request: HttpRequest) -> str:
    """A digest of the network (24 bits of IPv4, 48 of IPv6) that only this site can compute: the same for neighbours, and it says
    nothing of an address to who reads it."""
    text = str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ipaddress.ip_address(text)
        text = str(ipaddress.ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))
    except ValueError:
        text = "unknown"
    return hmac.new(settings.SECRET_KEY.encode(), f"network:{text}".encode(), hashlib.sha256).hexdigest()[:32]
