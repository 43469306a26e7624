"""The chart of the barometer, to take away or to show on another site."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from parvis.catalog import public as catalog
from parvis.programmes import pages
from parvis.programmes.permissions import get_election_for
from parvis.programmes.results import pictures
from parvis.shared.readers import same_for_readers
from parvis.shared.security import STRICT

POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def shown(request: HttpRequest, slug: str) -> dict[str, Any]:
    """What the chart shows; 404 when the evaluators agree too little on it."""
    context = pages.barometer(get_election_for(request.user, slug))
    if not context["digital_concludes"]:
        raise Http404
    return context


@same_for_readers
@require_safe
def chart(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """The picture alone, with its title and its origin."""
    context = shown(request, slug)
    election, round_ = context["election"], context["round"]
    note = f"{election.title} · {election.organisation.name} · {round_.published:%d/%m/%Y}"
    if election.invented:
        note += " · " + _("inventée pour la démonstration")
    drawn = pictures.svg(
        pictures.digital(context["figures"].digital, pictures.WIDE), _("Part des mesures numériques de chaque liste"), note
    )
    if kind == "svg":
        answer = HttpResponse(drawn, content_type="image/svg+xml")
    elif kind == "png":
        try:
            answer = HttpResponse(catalog.picture_png(drawn), content_type="image/png")
        except catalog.Overloaded as error:
            return render(
                request, "shared/error.html", {"title": _("Trop de calcul à la fois"), "sentence": str(error)}, status=503
            )
    else:
        raise Http404
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Content-Disposition"] = f'inline; filename="barometre-{slug}.{kind}"'
    return answer


@require_safe
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    """The chart and its figures, which any site may show inside its pages."""
    answer = render(request, "programmes/embed.html", shown(request, slug))
    answer.headers["Content-Security-Policy"] = STRICT.replace("frame-ancestors 'none'", "frame-ancestors *")
    answer.xframe_options_exempt = True
    return answer
