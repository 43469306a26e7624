"""The map of opinions: its picture, its sentences, its table, and what one takes away of it."""

from __future__ import annotations

import json

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from parvis.debates.core.processes.rules import Act
from parvis.debates.models import OpinionMap
from parvis.debates.participation import identity
from parvis.debates.permissions import get_process_for
from parvis.debates.results import table
from parvis.debates.results.map_page import MapPage, good_map, state_sentence, texts_of
from parvis.debates.results.standing import standing_of
from parvis.shared.exports import stream_csv
from parvis.shared.readers import same_for_readers


@never_cache
@require_safe
def opinion_map(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponseBase:
    if number is None and request.GET.get("number", "").isdecimal():
        return redirect("debates:map", slug, int(request.GET["number"]))
    return _map_page(request, slug, number)


@same_for_readers
def _map_page(request: HttpRequest, slug: str, number: int | None) -> HttpResponse:
    process = get_process_for(request.user, slug, Act.SEE_MAP)
    found = good_map(process, number)
    if found is None:
        return render(request, "debates/map_empty.html", {"process": process, "state": state_sentence(process, None)})
    found.process = process
    visit = identity.visit_of(request, process)
    shown = MapPage(process, found, standing_of(visit.participant, found), request.GET.get("tri", "-commun"))
    rows = shown.rows(request.GET.get("page", "1"))
    later = number is not None and OpinionMap.objects.filter(process=process, state="done", number__gt=number).exists()
    context = {
        "process": process, "map": found, "shown": shown, "facts": shown.facts, "words": shown.words, "rows": rows,
        "texts": texts_of(process), "state": "" if number else state_sentence(process, found), "later": later,
        "order": shown.sorted[1], "old": number is not None,
    }  # fmt: skip
    return render(request, "debates/map.html", context)


@require_safe
def map_table(request: HttpRequest, slug: str, number: int, form: str) -> HttpResponseBase:
    """The table of a map, whole, in CSV or JSON."""
    process = get_process_for(request.user, slug, Act.SEE_MAP)
    found = good_map(process, number)
    if found is None:
        raise Http404
    names, lines = table.header(found.facts), table.lines(found.facts, texts_of(process))
    name = f"{slug}-carte-{number}.{form}"
    if form == "csv":
        response: HttpResponseBase = StreamingHttpResponse(stream_csv(names, lines), content_type="text/csv; charset=utf-8")
    else:
        rows = [dict(zip(names, line, strict=True)) for line in lines]
        response = HttpResponse(json.dumps(rows, ensure_ascii=False), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    patch_cache_control(response, max_age=60)
    return response
