"""What people looked for and did not find, for those who run the platform."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from parvis.catalog import missed
from parvis.shared.exports import stream_csv

PER_PAGE = 50
SPANS = (30, 90, 365)


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    if not getattr(request.user, "is_administrator", False):
        raise PermissionDenied
    asked = request.GET.get("jours", "")
    days = int(asked) if asked in {str(span) for span in SPANS} else SPANS[0]
    if request.GET.get("format") == "csv":
        header = (_("mots cherchés"), _("fois"), _("dernier jour"))
        answer = StreamingHttpResponse(
            stream_csv(header, missed.lines(days), delimiter=";"), content_type="text/csv; charset=utf-8"
        )
        answer["Content-Disposition"] = 'attachment; filename="recherches-sans-resultat.csv"'
        return answer
    page = Paginator(missed.totals(days), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "catalog/missed_searches.html", {"page": page, "days": days, "spans": SPANS})
