"""What the law asks, seen from the Région: progress in public, and whom to help for those who accompany."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from parvis.catalog.actions import obligations as actions
from parvis.catalog.forms_obligations import SettleForm
from parvis.catalog.models import ObligationRule, ObligationSnapshot, ObligationStatement
from parvis.catalog.obligations import cockpit as region
from parvis.catalog.obligations import law
from parvis.catalog.permissions import Deed, check_for_region, may_for_region
from parvis.catalog.views.deposits import who
from parvis.organisations.models import Nature
from parvis.shared.exports import stream_csv
from parvis.territories import classes, maps

PER_PAGE = 25
FIRST = 10


@require_safe
def cockpit(request: HttpRequest) -> HttpResponse:
    """How far the region has come, and who succeeded: nobody is pointed at."""
    by = request.GET.get("par", "")
    by = by if by in region.BY else "departement"
    snapshot = ObligationSnapshot.objects.first()
    groups = region.groups(by) if snapshot else []
    of_map = groups if by == "departement" else region.groups("departement") if snapshot else []
    context = {
        "by": by,
        "bys": region.BY,
        "method": classes.sentence() if by == "classe" else "",
        "snapshot": snapshot,
        "groups": Paginator(groups, PER_PAGE).get_page(request.GET.get("page")),
        "map": maps.region_map({one.key: one.map_class for one in of_map}, title=_("Part de ce qui est demandé déjà en ligne")),
        "achievers": region.achievers()[:FIRST],
        "rules": region.by_rule(snapshot),
        "series": region.series(),
        "accompanies": may_for_region(request.user, Deed.ACCOMPANY),
    }
    return render(request, "catalog/obligations_region.html", context)


@require_safe
def achievers(request: HttpRequest) -> HttpResponse:
    """Everybody who has begun, those who have done most first."""
    page = Paginator(region.achievers(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "catalog/obligations_achievers.html", {"page": page})


HEADER = ("code", "nom", "collectivites", "ont_commence", "demandes", "en_ligne", "part", "methode")


@require_safe
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The figures of the public page, by place, size or class; by class, with how the class of a commune is known."""
    by = request.GET.get("par", "")
    groups, method = region.groups(by if by in region.BY else "departement"), classes.sentence() if by == "classe" else ""
    rows = [
        (one.key, one.name, one.authorities, one.started, one.expected, one.done, round(one.share, 4), method) for one in groups
    ]
    if kind == "json":
        return JsonResponse([dict(zip(HEADER, row, strict=True)) for row in rows], safe=False)
    if kind != "csv":
        raise Http404
    return table(HEADER, rows, "obligations.csv")


def table(header: Any, rows: Any, name: str) -> StreamingHttpResponse:
    body = (piece.encode() for piece in stream_csv(header, rows))
    response = StreamingHttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule, in plain words, with its text and how sure we are of our reading."""
    found = law.active()
    context = {
        "publish": [rule for rule in found if rule.kind == "publish"],
        "know": [rule for rule in found if rule.kind == "know"],
    }
    return render(request, "catalog/obligations_rules.html", context)


def wanted(request: HttpRequest) -> region.Wanted:
    names = {
        "departement": "departement",
        "size": "taille",
        "kind": "classe",
        "rule": "regle",
        "people": "contact",
        "sort": "tri",
    }
    return region.Wanted(**{field: request.GET.get(name, "")[:40] for field, name in names.items()})


@login_required
@require_safe
def helping(request: HttpRequest) -> HttpResponse:
    """Whom to call first: for the Région's agents alone."""
    check_for_region(request.user, Deed.ACCOMPANY)
    asked, contests = wanted(request), region.contests()
    context = {
        "asked": asked,
        "page": Paginator(region.helping(asked), PER_PAGE).get_page(request.GET.get("page")),
        "departements": region.departements(),
        "sizes": [(key, words) for key, words, *_limits in region.SIZES],
        "classes": classes.LABELS,
        "rules": [rule for rule in law.active() if rule.kind == "publish"],
        "sorts": region.SORT_WORDS,
        "contests": contests[:20],
        "waiting": contests.count(),
        "settles": may_for_region(request.user, Deed.SETTLE),
    }
    return render(request, "catalog/obligations_help.html", context)


LIST = (
    "adresse",
    "nom",
    "departement",
    "type_de_commune",
    "habitants",
    "a_publier",
    "a_mettre_a_jour",
    "a_confirmer",
    "en_ligne",
    "agents_inscrits",
)


@login_required
@require_safe
def helping_export(request: HttpRequest) -> HttpResponseBase:
    check_for_region(request.user, Deed.ACCOMPANY)
    return table(LIST, map(line, region.helping(wanted(request)).iterator(chunk_size=500)), "aide.csv")


def line(row: Any) -> tuple[Any, ...]:
    place = row.organisation.territory
    departement = place.departement.name if place.departement else ""
    kind = str(classes.LABELS.get(place.territory_class, "")) if row.organisation.nature == Nature.COMMUNE else ""
    counted = (row.to_do, row.late, row.to_confirm, row.done, row.people)
    return (row.organisation.slug, row.organisation.name, departement, kind, place.population, *counted)


@login_required
def settle(request: HttpRequest, statement_id: str) -> HttpResponse:
    """Answer an authority that contests its status."""
    check_for_region(request.user, Deed.SETTLE)
    statement = get_object_or_404(ObligationStatement.objects.select_related("organisation", "created_by"), pk=statement_id)
    form = SettleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.settle(statement, accepted=given["accepted"] == "yes", answer=given["answer"], by=who(request))
            messages.success(request, _("Votre réponse est enregistrée : la collectivité la lit sur sa page."))
            return redirect("catalog:obligations_help")
        except actions.StatementError as error:
            form.add_error("answer", str(error))
    rule = ObligationRule.objects.filter(pk=statement.subject).first()
    context = {"statement": statement, "rule": rule, "form": form}
    return render(request, "catalog/obligations_settle.html", context, status=422 if form.is_bound else 200)
