"""The way of a file: deposit, reading, control, description, publication."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from parvis.accounts.models import User
from parvis.catalog import storage
from parvis.catalog.actions import deposits
from parvis.catalog.actions.datasets import DatasetError
from parvis.catalog.deposit_page import page_of, read_description
from parvis.catalog.forms import FileForm, ReadingForm, SchemaForm
from parvis.catalog.models import Deposit, Resource
from parvis.catalog.permissions import get_deposit_for, get_resource_to_manage_for
from parvis.organisations.queries import organisations_of
from parvis.shared.fetching import FetchError
from parvis.shared.limits import TooMany, check_limit


@login_required
def publish(request: HttpRequest) -> HttpResponse:
    """Drop a file, or give its address."""
    resource = resource_asked(request)
    organisations = [resource.dataset.organisation] if resource else organisations_of(request.user)
    if not organisations:
        return render(request, "catalog/deposit_nobody.html")
    form = FileForm(request.POST or None, request.FILES or None, organisations=choice(organisations))
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(take(request, form, resource))
        except storage.TooHeavyError as error:
            status = 413
            form.add_error("file", str(error))
        except (storage.StorageError, deposits.DepositError) as error:
            form.add_error("file", str(error))
        except (FetchError, TooMany) as error:
            form.add_error("url", str(error))
    return render(request, "catalog/deposit_new.html", {"form": form, "resource": resource}, status=status)


def choice(organisations: Any) -> Any:
    from parvis.organisations.models import Organisation

    return Organisation.objects.filter(pk__in=[one.pk for one in organisations]).order_by("name")


def resource_asked(request: HttpRequest) -> Resource | None:
    asked = request.GET.get("resource") or request.POST.get("resource")
    return get_resource_to_manage_for(request.user, asked) if asked else None


def take(request: HttpRequest, form: FileForm, resource: Resource | None) -> Deposit:
    user = who(request)
    check_limit(f"deposit:{user.pk}", 60, 3600)
    given = form.cleaned_data
    if given["file"]:
        file = given["file"]
        return deposits.receive(chunks=file.chunks(), name=file.name, organisation=given["organisation"], resource=resource, by=user)
    return deposits.from_url(url=given["url"], organisation=given["organisation"], resource=resource, by=user)


def who(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


@login_required
@require_GET
def page(request: HttpRequest, deposit_id: str) -> HttpResponse:
    deposit = get_deposit_for(request.user, deposit_id)
    context = page_of(deposit, request.user)
    response = render(request, "catalog/deposit.html", context)
    if request.headers.get("HX-Request") and not context["working"]:
        response["HX-Refresh"] = "true"  # the work is over: the whole page has changed
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_POST
def reread(request: HttpRequest, deposit_id: str) -> HttpResponse:
    """Correct the reading, choose the schema, or simply try again."""
    deposit = get_deposit_for(request.user, deposit_id)
    reading, schema = ReadingForm(request.POST), SchemaForm(request.POST)
    chosen: dict[str, Any] = {}
    if "schema" in request.POST and schema.is_valid():
        chosen["schema"] = schema.cleaned_data["schema"]
    if "encoding" in request.POST:
        if not reading.is_valid():
            return render(request, "catalog/deposit.html", page_of(deposit, request.user, reading=reading), status=422)
        chosen["options"] = reading.cleaned_data
    return then(request, deposit, lambda: deposits.reread(deposit, by=who(request), **chosen))


@login_required
@require_POST
def use_repaired(request: HttpRequest, deposit_id: str) -> HttpResponse:
    deposit = get_deposit_for(request.user, deposit_id)
    return then(request, deposit, lambda: deposits.use_repaired(deposit, by=who(request)))


@login_required
@require_POST
def abandon(request: HttpRequest, deposit_id: str) -> HttpResponse:
    deposit = get_deposit_for(request.user, deposit_id)
    then(request, deposit, lambda: deposits.abandon(deposit, by=who(request)))
    return redirect("home:desk")


@login_required
@require_POST
def describe(request: HttpRequest, deposit_id: str) -> HttpResponse:
    """Keep the description; publish when that is the button that was pressed."""
    deposit = get_deposit_for(request.user, deposit_id)
    form, kept = read_description(request, deposit)
    try:
        deposits.remember(deposit, kept, by=who(request), personal_confirmed="personal_confirmed" in request.POST)
        if "publish" not in request.POST:
            messages.success(request, _("La description est enregistrée. Vous pouvez fermer cette page et revenir."))
            return redirect(deposit)
        if not form.is_valid():
            return render(request, "catalog/deposit.html", page_of(deposit, request.user, description=form), status=422)
        version = deposits.publish(deposit, by=who(request))
    except (deposits.DepositError, DatasetError) as error:
        messages.error(request, str(error))
        return redirect(deposit)
    messages.success(request, _("C'est publié. Voici la page que tout le monde voit."))
    return redirect(version.resource.dataset)


def then(request: HttpRequest, deposit: Deposit, act: Any) -> HttpResponse:
    """Do it, say why where it cannot be, and come back to the page."""
    try:
        act()
    except (deposits.DepositError, storage.StorageError) as error:
        messages.error(request, str(error))
    return redirect(deposit)


FILES = {
    "original": (lambda deposit: storage.original_path(deposit.sha256), lambda deposit: deposit.name, "application/octet-stream"),
    "repare.csv": (lambda deposit: storage.original_path(deposit.repaired_sha256), lambda deposit: f"{stem(deposit)}-repare.csv", "text/csv"),
    "erreurs.csv": (storage.errors_path, lambda deposit: f"{stem(deposit)}-erreurs.csv", "text/csv"),
    "reparations.csv": (storage.repairs_path, lambda deposit: f"{stem(deposit)}-reparations.csv", "text/csv"),
}


def stem(deposit: Deposit) -> str:
    return deposit.name.rsplit(".", 1)[0]


@login_required
@require_GET
def file(request: HttpRequest, deposit_id: str, name: str) -> HttpResponseBase:
    """What belongs to a deposit, always as an attachment."""
    deposit = get_deposit_for(request.user, deposit_id)
    if name not in FILES or (name == "repare.csv" and not deposit.repaired_sha256):
        raise Http404
    path, called, kind = FILES[name]
    try:
        return FileResponse(path(deposit).open("rb"), as_attachment=True, filename=called(deposit), content_type=kind)
    except FileNotFoundError as error:
        raise Http404 from error
