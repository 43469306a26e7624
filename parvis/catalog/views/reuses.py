"""What people made with the data: the list, the page of one, showing and correcting one's own."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from parvis.catalog import reuses
from parvis.catalog.actions import reuses as actions
from parvis.catalog.forms_reuses import ReuseForm
from parvis.catalog.models import Dataset, Reuse
from parvis.catalog.views.deposits import who
from parvis.catalog.views.requests import table
from parvis.shared.limits import TooMany

PER_PAGE = 18
NO = (actions.ReuseError, TooMany)


def _asked(request: HttpRequest) -> dict[str, str]:
    word = {name: " ".join(request.GET.get(name, "").replace("\x00", "").split())[:200] for name in ("q", "nature", "donnees")}
    kind = word["nature"] if word["nature"] in Reuse.KindOf.values else ""
    return {"text": word["q"], "kind": kind, "dataset": word["donnees"]}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    page = Paginator(reuses.reuses(**asked), PER_PAGE).get_page(request.GET.get("page"))
    dataset = Dataset.objects.filter(slug=asked["dataset"], published__isnull=False).first() if asked["dataset"] else None
    context = {"page": page, "cards": [reuses.card(one) for one in page], "kinds": Reuse.KindOf.choices, "dataset": dataset}
    return render(request, "catalog/reuses.html", context | {"asked": asked})


@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    return table("reutilisations.csv", reuses.HEADER, reuses.lines(reuses.reuses(**_asked(request)), settings.SITE_URL))


@require_safe
def page(request: HttpRequest, reuse_id: str) -> HttpResponse:
    found = reuses.get_reuse_for(request.user, reuse_id)
    gone = bool(found.hidden or found.withdrawn) and not reuses.may_read_early(request.user, found)
    datasets = found.datasets.filter(published__isnull=False)
    context: dict[str, Any] = {
        "reuse": found,
        "gone": gone,
        "references": [dataset.reference for dataset in datasets],
        "may_change": reuses.may_change(request.user, found) and not found.withdrawn,
    }
    return render(request, "catalog/reuse.html", context, status=410 if gone and found.withdrawn else 200)


@never_cache
@login_required
def new(request: HttpRequest) -> HttpResponse:
    first = request.GET.get("donnees", "")[:120]
    form = ReuseForm(request.POST or None, initial={"datasets": f"dataset:{first}" if first else ""})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.show(**form.cleaned_data, by=who(request))
        except NO as refusal:
            form.add_error(None, str(refusal))
        else:
            published, waiting = (
                _("Votre réutilisation est publique."),
                _("Merci. Une personne la lit avant qu'elle soit publique, et vous écrira."),
            )
            messages.success(request, published if made.published else waiting)
            return redirect(made)
    context = {"form": form, "reuse": None, "first": not reuses.trusted(who(request))}
    return render(request, "catalog/reuse_form.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
def change(request: HttpRequest, reuse_id: str) -> HttpResponse:
    found = reuses.get_reuse_for(request.user, reuse_id)
    if not reuses.may_change(request.user, found) or found.withdrawn:
        raise PermissionDenied(_("Seule la personne qui l'a écrite peut la changer."))
    known = {name: getattr(found, name) for name in ("title", "kind", "url", "description", "signature")}
    known["datasets"] = "\n".join(dataset.reference for dataset in found.datasets.all())
    form = ReuseForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if name != "form_key"}
        try:
            actions.change(found, **given, by=who(request))
        except NO as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Vos corrections sont enregistrées."))
            return redirect(found)
    return render(
        request, "catalog/reuse_form.html", {"form": form, "reuse": found, "first": False}, status=422 if form.is_bound else 200
    )


@login_required
@require_POST
def withdraw(request: HttpRequest, reuse_id: str) -> HttpResponse:
    found = reuses.get_reuse_for(request.user, reuse_id)
    actions.withdraw(found, by=who(request))
    messages.success(request, _("Votre réutilisation n'est plus visible."))
    return redirect("catalog:reuses")
