"""Statements: the list, the page of one."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from parvis.debates import statements
from parvis.debates.core.processes.rules import Act
from parvis.debates.models import Statement
from parvis.debates.permissions import get_process_for, may
from parvis.debates.statement_kind import reads_early
from parvis.moderation.public import REASONS, Verdict
from parvis.shared.readers import same_for_readers


@require_safe
@same_for_readers
def index(request: HttpRequest, slug: str) -> HttpResponse:
    process = get_process_for(request.user, slug)
    question = statements.asked(request.GET)
    page = Paginator(statements.listed(process, question), statements.PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "process": process,
        "question": question,
        "page": page,
        "sorts": statements.SORTS.items(),
        "states": statements.STATES.items(),
        "moderates": may(request.user, Act.MODERATE, process),
    }
    return render(request, "debates/statements.html", context)


@require_safe
@same_for_readers
def page(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    process = get_process_for(request.user, slug)
    found = get_object_or_404(Statement.objects.filter(process=process), number=number)
    found.process = process
    moderates = may(request.user, Act.MODERATE, process)
    if found.state == Statement.State.WAITING and not reads_early(request.user, found):
        raise Http404
    context = {"process": process, "statement": found, "moderates": moderates, "reasons": REASONS[Verdict.HIDE]}
    return render(request, "debates/statement.html", context)
