"""Who sees and who runs the sources: one function for each way of asking."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from parvis.accounts.models import User
from parvis.catalog.models import HarvestRun, HarvestSource
from parvis.catalog.permissions import Deed, can
from parvis.organisations.models import Nature, Organisation, Role
from parvis.organisations.queries import organisations_of

State = HarvestSource.State
HIDDEN = (State.DRAFT, State.ENDED)


def may_harvest(user: object) -> bool:
    """Whether somebody may declare a source at all."""
    return isinstance(user, User) and (user.is_administrator or organisations_of(user, Role.ADMINISTRATOR).exists())


def organisations_for(user: object) -> QuerySet[Organisation]:
    """For whom `user` may declare a source; the platform's administrators name the others by their SIREN."""
    own = organisations_of(user, Role.ADMINISTRATOR)
    if isinstance(user, User) and user.is_administrator:
        return (own | Organisation.objects.filter(nature=Nature.REGION, datasets__isnull=False)).distinct().order_by("name")
    return own


def sources_for(user: object) -> QuerySet[HarvestSource]:
    """What everybody sees, and what is being prepared for the organisations that `user` administers."""
    shown = ~Q(state__in=HIDDEN)
    if isinstance(user, User) and user.is_active:
        shown |= Q() if user.is_administrator else Q(organisation__in=organisations_of(user, Role.ADMINISTRATOR))
        if user.is_administrator:
            shown = Q(pk__isnull=False)
    return HarvestSource.objects.filter(shown).exclude(state=State.ENDED).select_related("organisation")


def get_source_for(user: object, source_id: str) -> HarvestSource:
    """A source that `user` may read about, or 404."""
    return get_object_or_404(sources_for(user), pk=source_id.replace("\x00", ""))


def get_source_to_run_for(user: object, source_id: str) -> HarvestSource:
    """A source that `user` may change, or 404: to others its management does not exist."""
    source = get_source_for(user, source_id)
    if not can(user, Deed.HARVEST, source.organisation):
        raise Http404
    return source


def get_run_for(user: object, source_id: str, run_id: str) -> HarvestRun:
    source = get_source_for(user, source_id)
    run = get_object_or_404(source.runs.select_related("asked_by"), pk=run_id.replace("\x00", ""))
    if run.preview and not can(user, Deed.HARVEST, source.organisation):
        raise Http404
    run.source = source
    return run
