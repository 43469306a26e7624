"""For evaluators and who leads them: rounds, coding, agreement, decisions."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from parvis.accounts.models import User
from parvis.programmes import adjudication_page, coding_page, rounds, tables
from parvis.programmes.actions import coding
from parvis.programmes.actions.elections import ElectionError
from parvis.programmes.core.rules import Act
from parvis.programmes.forms import DecisionForm
from parvis.programmes.permissions import allowed, get_round_for, get_task_for
from parvis.shared.exports import stream_csv

PER_PAGE = 50


def who(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@never_cache
@login_required
@require_safe
def round_page(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Where a round stands: how far each is, what comes next. Says nothing of what anybody coded."""
    found = get_round_for(request.user, slug, number, Act.COMPARE)
    mine = found.evaluators.filter(user=who(request)).first()
    context = {
        "round": found,
        "election": found.election,
        "grid": found.grid.read,
        "progress": rounds.progress(found),
        "mine": mine,
        "next": coding_page.next_position(mine, 0) if mine else None,
        "left": rounds.unfinished(found).count(),
        "disputed": found.adjudications.filter(value="").count(),
        "acts": allowed(request.user, found.election),
    }
    return render(request, "programmes/round.html", context)


@never_cache
@login_required
def code(request: HttpRequest, slug: str, number: int, position: int) -> HttpResponse:
    """A unit and its criteria; what is kept leads to the next one."""
    task = get_task_for(request.user, slug, number, position)
    values, missing, status = rounds.values_of(task), "", 200
    if request.method == "POST":
        values = coding_page.given(task, request.POST.dict())
        try:
            coding.code(task, values=values, memo=request.POST.get("memo", ""), by=who(request))
        except coding.MissingAnswer as error:
            missing, status = error.criterion, 422
            task.memo = request.POST.get("memo", "")
        except ElectionError as error:
            messages.error(request, str(error))
            return redirect("programmes:round", slug, number)
        else:
            return after_coding(request, slug, number, coding_page.next_position(task.evaluator, position))
    context = coding_page.context(task, values, missing) | {"election": task.coding_round.election, "round": task.coding_round}
    return render(request, "programmes/code.html", context, status=status)


def after_coding(request: HttpRequest, slug: str, number: int, position: int | None) -> HttpResponse:
    if position is None:
        messages.success(request, _("Vous avez tout codé. Merci. Vous pouvez relire et corriger tant que le tour est ouvert."))
        return redirect("programmes:round", slug, number)
    return redirect("programmes:code", slug, number, position)


@never_cache
@login_required
@require_safe
def agreement(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Agreement by criterion, pair and document, once one has nothing left to code."""
    found = get_round_for(request.user, slug, number, Act.COMPARE)
    if not found.coding_is_over and rounds.has_work_left(request.user, found):
        return render(request, "programmes/agreement_later.html", {"round": found, "election": found.election}, status=403)
    context = {"round": found, "election": found.election, "acts": allowed(request.user, found.election)}
    return render(request, "programmes/agreement.html", context | adjudication_page.agreement_tables(found))


@never_cache
@login_required
@require_safe
def disputes(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What evaluators differ on, to be decided first."""
    found = get_round_for(request.user, slug, number, Act.COMPARE)
    if not found.coding_is_over:
        raise Http404
    points = found.adjudications.select_related("measure", "candidate_list").order_by("value", "pk")
    page = Paginator(points, PER_PAGE).get_page(request.GET.get("page"))
    grid = found.grid.read
    lines = [(point, grid.by_key[point.criterion], grid.by_key[point.criterion].level(point.value)) for point in page]
    context = {
        "round": found,
        "election": found.election,
        "page": page,
        "lines": lines,
        "acts": allowed(request.user, found.election),
    }
    return render(request, "programmes/disputes.html", context | {"left": found.adjudications.filter(value="").count()})


@never_cache
@login_required
def dispute(request: HttpRequest, slug: str, number: int, point_id: int) -> HttpResponse:
    """One point: both codings, the definition, the decision and its reason."""
    found = get_round_for(request.user, slug, number, Act.COMPARE)
    point = get_object_or_404(found.adjudications.select_related("measure", "candidate_list", "by"), pk=point_id)
    if not found.coding_is_over:
        raise Http404
    criterion = found.grid.read.by_key[point.criterion]
    initial = {"value": point.value, "reason": point.reason}
    form = DecisionForm(request.POST or None, criterion=criterion, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            coding.adjudicate(point, by=who(request), **form.cleaned_data)
        except ElectionError as error:
            form.add_error(None, str(error))
        else:
            following = found.adjudications.filter(value="").order_by("pk").values_list("pk", flat=True).first()
            messages.success(request, _("C'est décidé. Les deux codages restent visibles à côté."))
            return (
                redirect("programmes:dispute", slug, number, following)
                if following
                else redirect("programmes:disputes", slug, number)
            )
    context = adjudication_page.context(found, point) | {
        "form": form,
        "criterion": criterion,
        "acts": allowed(request.user, found.election),
    }
    return render(request, "programmes/dispute.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
@require_safe
def export(request: HttpRequest, slug: str, number: int) -> StreamingHttpResponse:
    """Codings that this person may see, as `parvis programmes agreement` reads them."""
    found = get_round_for(request.user, slug, number, Act.COMPARE)
    answer = StreamingHttpResponse(
        stream_csv(tables.HEADER, tables.lines(found, rounds.visible_tasks(request.user, found))),
        content_type="text/csv; charset=utf-8",
    )
    answer["Content-Disposition"] = f'attachment; filename="codages-{slug}-{number}.csv"'
    return answer


@login_required
@require_POST
def bring(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One's own codings from a table: `unit,criterion,value`."""
    found = get_round_for(request.user, slug, number, Act.CODE)
    try:
        kept, left = coding.import_codings(found, tables.read(request.FILES.get("codages")), by=who(request))
    except (ElectionError, tables.UnreadableTable) as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            _("%(kept)s unités codées, %(left)s laissées (incomplètes ou pas les vôtres).") % {"kept": kept, "left": left},
        )
    return redirect("programmes:round", slug, number)
