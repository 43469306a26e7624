"""The report for those who decide, and who takes part."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from parvis.debates.core.processes.rules import Act
from parvis.debates.permissions import get_process_for
from parvis.debates.results.equity import Equity
from parvis.debates.results.map_page import MapPage, good_map, state_sentence, texts_of
from parvis.shared.readers import same_for_readers
from parvis.territories import classes

PER_PAGE = 20


@require_safe
@same_for_readers
def report(request: HttpRequest, slug: str) -> HttpResponse:
    process = get_process_for(request.user, slug, Act.SEE_MAP)
    found = good_map(process)
    context: dict[str, Any] = {"process": process, "map": found, "state": state_sentence(process, found)}
    if found:
        shown = MapPage(process, found)
        context |= {
            "shown": shown, "facts": shown.facts, "words": shown.words, "texts": texts_of(process),
            "equity": Equity(shown.facts),
        }  # fmt: skip
    return render(request, "debates/report.html", context)


@require_safe
@same_for_readers
def participation(request: HttpRequest, slug: str) -> HttpResponse:
    process = get_process_for(request.user, slug, Act.SEE_MAP)
    found = good_map(process)
    context: dict[str, Any] = {"process": process, "map": found, "state": state_sentence(process, found)}
    if found:
        equity = Equity(found.facts)
        rows = Paginator(equity.compared if found.facts["strata"] else [], PER_PAGE).get_page(request.GET.get("page", "1"))
        context |= {
            "facts": found.facts, "equity": equity, "rows": rows, "class_method": classes.sentence(),
            "texts": texts_of(process, [one.statement for one in rows]),
        }  # fmt: skip
    return render(request, "debates/participation.html", context)
