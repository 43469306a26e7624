"""Looking after a dataset that exists: its description, its files, its versions."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from parvis.catalog import quality
from parvis.catalog.actions import datasets, resources, versions
from parvis.catalog.actions.datasets import DatasetError, described
from parvis.catalog.forms import ManageForm, WithdrawForm
from parvis.catalog.models import Dataset, Version
from parvis.catalog.permissions import (
    allowed,
    get_dataset_to_manage_for,
    get_resource_to_manage_for,
    get_version_to_withdraw_for,
)
from parvis.catalog.views.deposits import who


def show(request: HttpRequest, dataset: Dataset, form: ManageForm, status: int = 200) -> HttpResponse:
    light = Prefetch("versions", Version.objects.defer("reading", "profile", "verdict"))
    tables = list(dataset.resources.prefetch_related(light).select_related("current"))
    context = {
        "dataset": dataset,
        "resources": tables,
        "form": form,
        "may": allowed(request.user, dataset.organisation),
        "quality": quality.report(dataset),
        "versioned": any(table.versions.all() for table in tables),
    }
    return render(request, "catalog/manage.html", context, status=status)


@login_required
def page(request: HttpRequest, slug: str) -> HttpResponse:
    dataset = get_dataset_to_manage_for(request.user, slug)
    return show(request, dataset, ManageForm(initial=described(dataset), organisation=dataset.organisation))


@login_required
@require_POST
def describe(request: HttpRequest, slug: str) -> HttpResponse:
    dataset = get_dataset_to_manage_for(request.user, slug)
    form = ManageForm(request.POST, organisation=dataset.organisation)
    if not form.is_valid():
        return show(request, dataset, form, status=422)
    datasets.apply(dataset, form.cleaned_data, by=who(request))
    messages.success(request, _("La description est enregistrée."))
    return redirect("catalog:manage", slug)


@login_required
@require_POST
def visibility(request: HttpRequest, slug: str) -> HttpResponse:
    """Show to everybody, or take back from view."""
    dataset = get_dataset_to_manage_for(request.user, slug)
    try:
        if dataset.published:
            datasets.unpublish(dataset, by=who(request))
            messages.success(request, _("Ce jeu de données n'est plus visible que de votre organisation."))
        else:
            datasets.publish_again(dataset, by=who(request))
            messages.success(request, _("Ce jeu de données est visible de tout le monde."))
    except DatasetError as error:
        messages.error(request, str(error))
    return redirect("catalog:manage", slug)


@login_required
@require_POST
def add_resource(request: HttpRequest, slug: str) -> HttpResponse:
    """A new file in the dataset: its place first, then its deposit."""
    dataset = get_dataset_to_manage_for(request.user, slug)
    resource = datasets.add_resource(dataset, title=request.POST.get("title", ""), by=who(request))
    return redirect(f"{reverse('catalog:publish')}?resource={resource.pk}")


@login_required
@require_POST
def change_resource(request: HttpRequest, slug: str, resource_id: str) -> HttpResponse:
    """Name a table, put it one place before, or take away one that was never filled."""
    resource = get_resource_to_manage_for(request.user, resource_id)
    by = who(request)
    try:
        if "up" in request.POST:
            resources.move_up(resource, by=by)
        elif "delete" in request.POST:
            resources.delete_draft(resource, by=by)
            messages.success(request, _("La table est retirée de ce jeu de données."))
        else:
            given = {name: request.POST.get(name, "") for name in ("title", "description")}
            resources.describe(resource, **given, by=by)
            messages.success(request, _("Le titre est enregistré."))
    except DatasetError as error:
        messages.error(request, str(error))
    return redirect("catalog:manage", resource.dataset.slug)


@login_required
@require_POST
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    dataset = get_dataset_to_manage_for(request.user, slug)
    try:
        datasets.delete_draft(dataset, by=who(request))
    except DatasetError as error:
        messages.error(request, str(error))
        return redirect("catalog:manage", slug)
    messages.success(request, _("Le brouillon est effacé."))
    return redirect("home:desk")


@login_required
def withdraw(request: HttpRequest, slug: str, version_id: str) -> HttpResponse:
    """Ask for the reason on a page of its own, then withdraw."""
    version = get_version_to_withdraw_for(request.user, slug, version_id)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        versions.withdraw(version, reason=form.cleaned_data["reason"], by=who(request))
        messages.success(request, _("La version est retirée : son contenu est effacé, sa trace et la raison restent."))
        return redirect("catalog:manage", slug)
    return render(
        request, "catalog/manage_withdraw.html", {"form": form, "version": version, "dataset": version.resource.dataset}
    )
