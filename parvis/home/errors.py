"""Error pages: what happened, what to do, where to go. Under `/api/` the same, as problem+json."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from parvis.shared.problems import problem


def page(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problem(status, sentence)
    return render(request, "shared/error.html", {"title": title, "sentence": sentence}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return page(request, 400, _("Cette demande est incomplète"), _("Revenez à la page précédente et réessayez."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    sentence = str(exception) or _("Cette page demande un droit que votre compte n'a pas.")
    return page(request, 403, _("Accès réservé"), sentence)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return page(
        request, 404, _("Cette page n'existe pas"), _("Elle a peut-être changé d'adresse. Cherchez-la, ou revenez à l'accueil.")
    )


def broken(request: HttpRequest) -> HttpResponseBase:
    # No context processor here: whatever broke must not break the page that says so.
    return HttpResponse(render_to_string("shared/broken.html"), status=500)
