"""The outbox of a demonstration: every message that the site would have sent, except to those who run the platform."""

from __future__ import annotations

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from parvis.accounts import outbox as messages_on_disk
from parvis.accounts.models import PlatformRole, User

PER_PAGE = 15


@never_cache
def outbox(request: HttpRequest) -> HttpResponse:
    if not settings.DEMONSTRATION or messages_on_disk.folder() is None:
        raise Http404
    page = Paginator(messages_on_disk.files(), PER_PAGE).get_page(request.GET.get("page"))
    found = list(messages_on_disk.messages(list(page)))
    readable, kept_back = found, 0
    if not getattr(request.user, "is_administrator", False):
        # Whoever could read these would hold the keys of the platform.
        reserved = set(User.objects.exclude(platform_role=PlatformRole.NONE).values_list("email", flat=True))
        mine = {request.user.email} if request.user.is_authenticated else set()
        readable = [message for message in found if not (set(message.to) & (reserved - mine))]
        kept_back = len(found) - len(readable)
    return render(request, "accounts/outbox.html", {"page": page, "letters": readable, "kept_back": kept_back})
