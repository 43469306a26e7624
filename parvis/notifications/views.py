"""« Mes suivis », the button that follows, and the link of letters that ends them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from parvis.accounts.public import signed_in
from parvis.notifications import actions, digests, links, queries
from parvis.notifications.models import Follow, Period, Preference
from parvis.shared import kinds
from parvis.shared.limits import TooMany

PER_PAGE = 20


@never_cache
@login_required
def follows(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    page = Paginator(Follow.objects.filter(user=user), PER_PAGE).get_page(request.GET.get("page"))
    references = [one.reference for one in page]
    events = digests.once(digests.visible(queries.events_for(user)[:PER_PAGE], user))
    context: dict[str, Any] = {
        "page": page,
        "followed": list(zip(references, kinds.cards(references, user), strict=True)),
        "events": events,
        "periods": Period.choices,
        "period": Preference.objects.filter(user=user).values_list("period", flat=True).first() or Period.DAILY.value,
    }
    return render(request, "notifications/follows.html", context)


@login_required
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Follow, or follow no more, then back to the page where the button was."""
    reference, by = request.POST.get("reference", "")[:240], signed_in(request)
    try:
        if request.POST.get("stop"):
            actions.unfollow(reference, by=by)
            messages.success(request, _("Vous ne suivez plus cette page."))
        else:
            actions.follow(reference, by=by)
            messages.success(request, _("Vous suivez cette page : les nouvelles vous arriveront dans un seul courrier."))
    except (actions.FollowError, TooMany) as error:
        messages.error(request, str(error))
    return redirect(back(request))


def back(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if safe and wanted.startswith("/") else "notifications:follows"


@login_required
@require_POST
def settings(request: HttpRequest) -> HttpResponse:
    period = request.POST.get("period", "")
    if period in Period.values:
        actions.set_period(period, by=signed_in(request))
        messages.success(request, _("Votre choix est enregistré."))
    return redirect("notifications:follows")


@csrf_exempt  # a mail program posts here by itself (RFC 8058): the signed link is what allows it
@never_cache
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Opening it shows a button, since mail scanners open every link; the button, or the mail program, ends the letters."""
    user = links.who_asks(token)
    if user is None:
        return render(request, "notifications/unsubscribe.html", {"gone": True, "done": False}, status=404)
    if request.method == "POST":
        actions.set_period(Period.NONE, by=user)
    return render(request, "notifications/unsubscribe.html", {"gone": False, "done": request.method == "POST"})
