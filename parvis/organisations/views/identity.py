"""How an organisation looks: the page where it says so, its style sheet and its logo."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from parvis.accounts.public import Refused, signed_in
from parvis.organisations import identity
from parvis.organisations.forms_identity import IdentityForm
from parvis.organisations.models import Identity, Organisation, Role
from parvis.organisations.queries import get_organisation_for
from parvis.shared.limits import TooMany, check_limit

FOR_EVER = "public, max-age=31536000, immutable"


@never_cache
@login_required
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    organisation = get_organisation_for(request.user, slug, Role.ADMINISTRATOR)
    shown = Organisation.objects.get(pk=organisation.pk)  # what a refused form leaves untouched
    form = IdentityForm(request.POST or None, request.FILES or None, instance=organisation)
    if request.method == "POST" and form.is_valid():
        try:
            check_limit(f"identity:{signed_in(request).pk}", 30, 3600)
            identity.change(organisation, form.cleaned_data, form.logo_bytes, by=signed_in(request))
            messages.success(request, _("C'est enregistré : votre page a changé."))
            return redirect(shown)
        except (Refused, TooMany) as error:
            form.add_error("logo" if isinstance(error, Refused) else None, str(error))
    context = {"organisation": shown, "form": form, "identity": Identity.objects.filter(organisation=shown).first()}
    return render(request, "organisations/identity.html", context, status=422 if form.is_bound else 200)


@require_safe
def style(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """Its custom properties. Its address changes with its colours, so that it may be kept for ever."""
    held = get_object_or_404(Identity, organisation__slug=slug)
    if held.style_hash != version:
        raise Http404
    return HttpResponse(identity.style(held), content_type="text/css; charset=utf-8", headers=kept(version))


@require_safe
def logo(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    held = get_object_or_404(Identity, organisation__slug=slug, logo__isnull=False)
    if held.logo_hash != version or held.logo is None:
        raise Http404
    return HttpResponse(bytes(held.logo), content_type="image/png", headers=kept(version))


def kept(version: str) -> dict[str, str]:
    return {"Cache-Control": FOR_EVER, "ETag": f'"{version}"', "X-Content-Type-Options": "nosniff"}
