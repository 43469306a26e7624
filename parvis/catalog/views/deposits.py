"""The way of a file: deposit, reading, control, description, publication."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from parvis.accounts.models import User
from parvis.catalog import storage, uploads
from parvis.catalog.actions import deposits
from parvis.catalog.actions.datasets import DatasetError
from parvis.catalog.deposit_page import description_of, guess, page_of, publication_of, read_description
from parvis.catalog.forms import FileForm, ReadingForm, SchemaForm
from parvis.catalog.known_schemas import UnknownSchemaError
from parvis.catalog.models import Deposit, Resource, Version
from parvis.catalog.permissions import get_deposit_for, get_resource_to_manage_for
from parvis.organisations.queries import organisations_of
from parvis.shared.fetching import FetchError
from parvis.shared.limits import TooMany, check_limit


@csrf_exempt  # checked in `drop`, once the store is ready to receive the file
@login_required
def publish(request: HttpRequest) -> HttpResponse:
    """Drop a file, or give its address."""
    try:
        handler = uploads.receiving(request)
    except storage.TooHeavyError as error:
        form = FileForm(organisations=choice(organisations_of(request.user)))
        return render(request, "catalog/deposit_new.html", {"form": form, "problem": str(error)}, status=413)
    return drop(request, handler)


@csrf_protect
def drop(request: HttpRequest, handler: uploads.ToStore) -> HttpResponse:
    resource = resource_asked(request)
    organisations = [resource.dataset.organisation] if resource else organisations_of(request.user)
    if not organisations:
        return render(request, "catalog/deposit_nobody.html")
    asked = {name: request.GET.get(name, "")[:200] for name in ("organisation", "schema") if name in request.GET}
    form = FileForm(
        request.POST or None, request.FILES or None, organisations=choice(organisations), refused=handler.error, initial=asked
    )
    status = 413 if isinstance(handler.error, storage.TooHeavyError) else 200
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(take(request, form, resource))
        except (storage.StorageError, deposits.DepositError) as error:
            form.add_error("file", str(error))
        except (FetchError, TooMany) as error:
            form.add_error("url", str(error))
    if form.is_bound and status == 200:
        status = 422
    context = {"form": form, "resource": resource, "limit": settings.UPLOAD_MAX_BYTES, "schema": form["schema"].value()}
    return render(request, "catalog/deposit_new.html", context, status=status)


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
        return deposits.receive(
            chunks=file.incoming,
            name=file.name,
            organisation=given["organisation"],
            resource=resource,
            by=user,
            schema=given["schema"],
        )
    return deposits.from_url(
        url=given["url"], organisation=given["organisation"], resource=resource, by=user, schema=given["schema"]
    )


def who(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


@never_cache
@login_required
@require_GET
def page(request: HttpRequest, deposit_id: str) -> HttpResponse:
    deposit = get_deposit_for(request.user, deposit_id)
    context = page_of(deposit)
    response = render(request, "catalog/deposit.html", context)
    if request.htmx and not context["working"]:  # type: ignore[attr-defined]
        response["HX-Refresh"] = "true"  # the work is over: the whole page has changed
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
            return render(request, "catalog/deposit.html", page_of(deposit, reading=reading), status=422)
        chosen["options"] = reading.cleaned_data
    return then(request, deposit, lambda: deposits.reread(deposit, by=who(request), **chosen))


@login_required
@require_POST
def use_repaired(request: HttpRequest, deposit_id: str) -> HttpResponse:
    deposit = get_deposit_for(request.user, deposit_id)
    return then(request, deposit, lambda: deposits.use_repaired(deposit, by=who(request)))


@login_required
def abandon(request: HttpRequest, deposit_id: str) -> HttpResponse:
    """Ask first, then give the deposit up."""
    deposit = get_deposit_for(request.user, deposit_id)
    if request.method != "POST":
        return render(request, "catalog/deposit_abandon.html", {"deposit": deposit})
    try:
        deposits.abandon(deposit, by=who(request))
    except deposits.DepositError as error:
        messages.error(request, str(error))
        return redirect(deposit)
    messages.success(request, _("Le dépôt est abandonné."))
    return redirect("home:desk")


@never_cache
@login_required
def describe(request: HttpRequest, deposit_id: str) -> HttpResponse:
    """What people will read. What was typed is kept, complete or not."""
    deposit = get_deposit_for(request.user, deposit_id)
    if deposit.state != Deposit.State.READY:
        return redirect(deposit)
    if request.method != "POST":
        return render(request, "catalog/deposit_describe.html", description_of(deposit))
    form, kept = read_description(request, deposit)
    try:
        deposits.remember(deposit, kept, by=who(request))
    except deposits.DepositError as error:
        messages.error(request, str(error))
        return redirect(deposit)
    if not form.is_valid():
        return render(request, "catalog/deposit_describe.html", description_of(deposit, form), status=422)
    if "later" in request.POST:
        messages.success(request, _("La description est enregistrée. Vous pouvez fermer cette page et revenir."))
        return redirect("catalog:deposit_describe", deposit.pk)
    return redirect("catalog:deposit_publish", deposit.pk)


@never_cache
@login_required
def release(request: HttpRequest, deposit_id: str) -> HttpResponse:
    """Read once more what will be public, then publish."""
    deposit = get_deposit_for(request.user, deposit_id)
    if request.method != "POST":
        if deposit.state != Deposit.State.READY:
            return redirect(deposit)
        return render(request, "catalog/deposit_publish.html", publication_of(deposit, request.user))
    try:
        version = published(request, deposit)
    except (deposits.DepositError, DatasetError) as error:
        deposit.refresh_from_db()
        context = publication_of(deposit, request.user) | {"problem": str(error)}
        return render(request, "catalog/deposit_publish.html", context, status=409)
    messages.success(request, _("C'est publié. Voici la page que tout le monde voit."))
    return redirect(version.resource.dataset)


def published(request: HttpRequest, deposit: Deposit) -> Version:
    if deposit.state == Deposit.State.READY:
        form = guess(deposit) | deposit.form
        deposits.remember(deposit, form, by=who(request), personal_confirmed="personal_confirmed" in request.POST)
    return deposits.publish(deposit, by=who(request))


def then(request: HttpRequest, deposit: Deposit, act: Any) -> HttpResponse:
    """Do it, say why where it cannot be, and come back to the page."""
    try:
        act()
    except (deposits.DepositError, storage.StorageError, UnknownSchemaError) as error:
        messages.error(request, str(error))
    return redirect(deposit)


FILES = {
    "original": (
        lambda deposit: storage.original_path(deposit.received_sha256 or deposit.sha256),
        lambda deposit: deposit.received_name or deposit.name,
        "application/octet-stream",
    ),
    "repare.csv": (
        lambda deposit: storage.original_path(deposit.repaired_sha256),
        lambda deposit: f"{stem(deposit)}-repare.csv",
        "text/csv",
    ),
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
