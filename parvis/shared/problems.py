"""API errors as RFC 9457 says: `application/problem+json`, one clear sentence in `detail`."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

TITLES = {
    400: gettext_lazy("Requête incorrecte"),
    401: gettext_lazy("Jeton absent ou refusé"),
    403: gettext_lazy("Accès refusé"),
    404: gettext_lazy("Introuvable"),
    409: gettext_lazy("Conflit"),
    413: gettext_lazy("Fichier trop lourd"),
    415: gettext_lazy("Format non pris en charge"),
    422: gettext_lazy("Paramètres incorrects"),
    429: gettext_lazy("Trop de requêtes"),
    503: gettext_lazy("Service occupé"),
}


class Problem(Exception):
    """Raise it anywhere below an API view: `Problem(409, "Un dépôt est déjà en cours.")`."""

    def __init__(self, status: int, detail: str, **members: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.members = status, detail, members


def problem(status: int, detail: str, **members: Any) -> HttpResponse:
    body = {"type": "about:blank", "title": str(TITLES.get(status, _("Erreur"))), "status": status, "detail": detail} | members
    return HttpResponse(
        json.dumps(body, ensure_ascii=False, default=str), status=status, content_type="application/problem+json"
    )


MISSING = gettext_lazy("Cette adresse ne correspond à rien, ou à rien que vous puissiez voir.")


def nowhere(request: HttpRequest, rest: str) -> HttpResponse:
    """An address under the API that no operation has: said to a program, not on a page."""
    return problem(404, str(MISSING))


def install(api: NinjaAPI) -> None:
    """Give every error of `api` the same shape."""

    @api.exception_handler(Problem)
    def _problem(request: HttpRequest, error: Problem) -> HttpResponse:
        return problem(error.status, error.detail, **error.members)

    @api.exception_handler(Http404)
    def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return problem(404, str(MISSING))

    @api.exception_handler(PermissionDenied)
    def _denied(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
        return problem(403, str(error) or _("Vous n'avez pas le droit de faire cela."))

    @api.exception_handler(AuthenticationError)
    def _unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return problem(401, _("Donnez un jeton valide dans l'en-tête « Authorization: Bearer … »."))

    @api.exception_handler(ValidationError)
    def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return problem(422, _("Un paramètre manque ou n'a pas la forme attendue."), errors=error.errors)

    @api.exception_handler(HttpError)
    def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(error.status_code, str(error))
