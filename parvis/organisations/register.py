"""What the public pages show of organisations."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from django.utils.text import slugify

from parvis.organisations.models import Organisation
from parvis.territories.models import Level
from parvis.territories.search import search


def _published() -> Coalesce:
    """How many datasets each organisation published. The catalogue is a room above: it is met through its reverse relation alone."""
    datasets = Organisation.objects.filter(pk=OuterRef("pk"), datasets__published__isnull=False)
    return Coalesce(
        Subquery(datasets.order_by().values("pk").annotate(n=Count("datasets")).values("n"), output_field=IntegerField()), 0
    )


def organisations(text: str = "", nature: str = "") -> QuerySet[Organisation]:
    """Those who published first, then the Région's, then the most people.

    Without `text`, the Région's organisations and those who published, wherever they are; with it, all those that look like it:
    by name (accents and errors forgiven for authorities, through the territories) or by SIREN.
    """
    code = settings.REGION_CODE
    ours = Q(territory__region__code=code) | Q(territory__level=Level.REGION, territory__code=code) | Q(territory=None)
    found = Organisation.objects.select_related("territory", "territory__departement").annotate(
        published=_published(),
        distance=Case(When(ours, then=Value(0)), default=Value(1), output_field=IntegerField()),
    )
    if nature:
        found = found.filter(nature=nature)
    text = text.strip()
    if not text:
        found = found.filter(ours | Q(published__gt=0))
    elif text.replace(" ", "").isdecimal() and len(text.replace(" ", "")) == 9:
        found = found.filter(siren=text.replace(" ", ""))
    else:
        authorities = [territory.pk for territory in search(text, limit=50)]
        named = Q(name__icontains=text) | Q(territory__in=authorities)
        found = found.filter(named | Q(slug__contains=slugify(text)) if slugify(text) else named)
    return found.order_by("-published", "distance", F("territory__population").desc(nulls_last=True), "name", "slug")


def get_organisation(slug: str) -> Organisation:
    related = Organisation.objects.select_related("territory", "territory__departement", "territory__region", "identity")
    return get_object_or_404(related, slug=slug)
