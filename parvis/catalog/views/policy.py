"""The Région's open-data policy: its words and its figures over time, for everybody."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from parvis.catalog.models import OpenDataPolicy
from parvis.catalog.obligations import policy
from parvis.catalog.permissions import Deed, check_for_region, may_for_region
from parvis.catalog.views.deposits import who
from parvis.catalog.views.obligations_region import table

PER_PAGE = 31


class PolicyForm(forms.ModelForm):
    class Meta:
        model = OpenDataPolicy
        fields = ("text",)
        widgets = {"text": forms.Textarea(attrs={"rows": 14})}  # noqa: RUF012 -- as Django reads it


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    kept = policy.days()
    context = {
        "policy": OpenDataPolicy.objects.first(),
        "lines": policy.lines(kept),
        "words": policy.FIGURES,
        "page": Paginator(kept, PER_PAGE).get_page(request.GET.get("page")),
        "decides": may_for_region(request.user, Deed.SETTLE),
    }
    return render(request, "catalog/policy.html", context)


@require_safe
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Every day that was measured."""
    if kind == "json":
        return JsonResponse([dict(zip(policy.HEADER, row, strict=True)) for row in policy.rows()], safe=False)
    if kind != "csv":
        raise Http404
    return table(policy.HEADER, policy.rows(), "politique-donnees-ouvertes.csv")


@login_required
def write(request: HttpRequest) -> HttpResponse:
    check_for_region(request.user, Deed.SETTLE)
    held = OpenDataPolicy.objects.first()
    form = PolicyForm(request.POST or None, initial={"text": held.text if held else ""})
    if request.method == "POST" and form.is_valid():
        form.instance.created_by = who(request)
        form.save()
        messages.success(request, _("Le texte est publié. Le précédent reste gardé."))
        return redirect("catalog:policy")
    return render(request, "catalog/policy_write.html", {"form": form}, status=422 if form.is_bound else 200)
