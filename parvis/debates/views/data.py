"""The data of a process: what one takes away, and how to make the results again."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from parvis.debates.core.processes.rules import Act
from parvis.debates.models import Process
from parvis.debates.permissions import get_process_for
from parvis.debates.results import exports, publishing, recompute, table
from parvis.debates.results.equity import Equity
from parvis.debates.results.map_page import good_map, state_sentence, texts_of
from parvis.shared.exports import stream_csv

VECTORS = ("votes.csv", "participants-votes.csv")


@require_safe
def data(request: HttpRequest, slug: str) -> HttpResponse:
    process = get_process_for(request.user, slug, Act.SEE_MAP)
    found = good_map(process)
    context = {
        "process": process, "map": found, "state": state_sentence(process, found), "published": publishing.published_of(process),
        "publication": publishing.state_sentence(process),
    }  # fmt: skip
    return render(request, "debates/data.html", context)


@require_safe
def data_file(request: HttpRequest, slug: str, name: str) -> HttpResponseBase:
    process = get_process_for(request.user, slug, Act.SEE_MAP)
    if name == "recalculer.py":
        response: HttpResponseBase = HttpResponse(inspect.getsource(recompute), content_type="text/x-python; charset=utf-8")
    else:
        header, lines = content_of(process, name)
        response = StreamingHttpResponse(stream_csv(header, lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = (
        f'attachment; filename="{slug}-{name}"' if name != "recalculer.py" else f'attachment; filename="{name}"'
    )
    return response


def content_of(process: Process, name: str) -> tuple[list[str], Iterable[list[Any]]]:
    """(names of the columns, lines). Raises `Http404` for what this process does not publish."""
    if name == "comments.csv":
        return exports.COMMENTS, exports.comments(process)
    if name in VECTORS:
        if not process.publishes_vectors:
            raise Http404
        if name == "votes.csv":
            return exports.VOTES, exports.votes(process)
        return exports.participants_header(process), exports.participants(process)
    found = good_map(process)
    if found is None:
        raise Http404
    if name == "affirmations.csv":
        return table.header(found.facts), table.lines(found.facts, texts_of(process))
    if name == "participation.csv":
        return Equity.HEADER, Equity(found.facts).lines()
    raise Http404
