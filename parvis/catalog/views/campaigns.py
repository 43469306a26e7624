"""Letters to many authorities, for the Région's agents; and what an authority does with its own link."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from parvis.catalog.actions import campaigns as actions
from parvis.catalog.campaigns import follow_up, recipients, sending
from parvis.catalog.forms_campaigns import CampaignForm
from parvis.catalog.models import Campaign, CampaignMessage
from parvis.catalog.permissions import Deed, check_for_region, may_for_region
from parvis.catalog.views.deposits import who
from parvis.catalog.views.obligations_region import table, wanted
from parvis.shared.limits import TooMany

PER_PAGE = 50
NO = (actions.CampaignError, TooMany)


@never_cache
@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    check_for_region(request.user, Deed.ACCOMPANY)
    page = Paginator(Campaign.objects.all(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "catalog/campaigns.html", {"page": page})


@never_cache
@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Who would receive it and who not, and the letter."""
    check_for_region(request.user, Deed.SETTLE)
    asked = wanted(request)
    form = CampaignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(actions.prepare(form=form.cleaned_data, wanted=asked, by=who(request)))
        except NO as error:
            form.add_error(None, str(error))
    found = recipients.messages(asked, 30)
    context = {
        "form": form,
        "counts": recipients.counts(found),
        "total": len(found),
        "without": [one for one in found if one.state == CampaignMessage.State.NO_ADDRESS][:20],
    }
    return render(request, "catalog/campaign_new.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
def page(request: HttpRequest, campaign_id: str) -> HttpResponse:
    """Where a campaign is, its letter, and the line of each authority."""
    check_for_region(request.user, Deed.ACCOMPANY)
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    form = CampaignForm(request.POST or None, instance=Campaign.objects.get(pk=campaign_id))
    if request.method == "POST" and form.is_valid():
        try:
            actions.rewrite(campaign, form.cleaned_data, by=who(request))
            messages.success(request, _("Le message est enregistré."))
            return redirect(campaign)
        except NO as error:
            form.add_error(None, str(error))
    return show(request, campaign, form)


def show(request: HttpRequest, campaign: Campaign, form: CampaignForm) -> HttpResponse:
    asked = request.GET.get("voir", "")
    first = campaign.messages.select_related("organisation__territory").exclude(email="").first()
    link = request.build_absolute_uri("/donnees/campagnes/…/")
    context: dict[str, Any] = {
        "campaign": campaign,
        "form": form,
        "wanted": asked,
        "figures": follow_up.figures(campaign),
        "choices": follow_up.choices(campaign),
        "page": Paginator(follow_up.messages(campaign, asked), PER_PAGE).get_page(request.GET.get("page")),
        "first": first,
        "letter": sending.letter(campaign, first.organisation, link=link) if first else None,
        "decides": may_for_region(request.user, Deed.SETTLE),
    }
    return render(request, "catalog/campaign.html", context, status=422 if form.is_bound else 200)


@login_required
@require_safe
def export(request: HttpRequest, campaign_id: str) -> HttpResponseBase:
    check_for_region(request.user, Deed.ACCOMPANY)
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    lines = map(follow_up.line, follow_up.messages(campaign).iterator(chunk_size=500))
    return table(follow_up.HEADER, lines, f"campagne-{campaign.pk}.csv")


@login_required
@require_POST
def change(request: HttpRequest, campaign_id: str) -> HttpResponse:
    """Start, go on, suspend, or throw away what never started."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    what = request.POST.get("quoi", "")
    if what == "envoyer":
        actions.start(campaign, by=who(request))
        messages.success(request, _("L'envoi commence. Vous pouvez quitter cette page : il continue sans vous."))
    elif what == "suspendre":
        actions.pause(campaign, by=who(request))
    elif what == "oublier":
        actions.forget(campaign, by=who(request))
        return redirect("catalog:campaigns")
    return redirect(campaign)


@login_required
@require_POST
def settle(request: HttpRequest, campaign_id: str, message_id: str) -> HttpResponse:
    message = get_object_or_404(CampaignMessage, pk=message_id, campaign=campaign_id)
    actions.settle(message, request.POST.get("quoi", ""), by=who(request))
    return redirect("catalog:campaign", campaign_id)


# ----- What an authority does with its link -----


@never_cache
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """To the page of what is asked for who is already in the team, else to the invitation."""
    message = actions.get_message(token)
    if message is None:
        return redirect("organisations:invitation", token)  # which says, in its words, that the link is no longer good
    actions.follow(message)
    if message.invitation is None or message.invitation.accepted or recipients.in_team(message):
        return redirect("catalog:authority_obligations", message.organisation.slug)
    return redirect("organisations:invitation", token)


@never_cache
@csrf_exempt  # a mail program answers for its owner in one click (RFC 8058): the token of the link is what proves it
def refuse(request: HttpRequest, token: str) -> HttpResponse:
    message = actions.get_message(token)
    if message is None:
        raise Http404
    if request.method == "POST":
        actions.refuse(message)
    context = {"message": message, "done": request.method == "POST"}
    return render(request, "catalog/campaign_refuse.html", context)
