"""Every commune, EPCI, département and région is an organisation from the start, with its SIREN."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from parvis.organisations.models import Nature, Organisation
from parvis.shared import bulk
from parvis.territories.core.names import of
from parvis.territories.models import Level, Territory

BATCH = 2000


def name_of(level: str, name: str, link: int) -> str:
    """What people call the authority of a territory: « Commune de Figeac », « Département du Lot », « Région Occitanie »."""
    if level == Level.COMMUNE:
        return f"Commune {of(name, link)}"
    if level == Level.DEPARTEMENT:
        return f"Département {of(name, link)}"
    return f"Région {name}" if level == Level.REGION else name


def slug_of(territory: Territory) -> str:
    """Readable, and unique since it ends with the code; a région's name is unique by itself."""
    name = slugify(territory.name.replace("'", " "))[:100]
    return name if territory.level == Level.REGION else f"{name}-{territory.code.lower()}"


@transaction.atomic
def ensure_authorities(renamed: Mapping[str, str] | None = None) -> dict[str, int]:
    """Create the organisations that are missing, and give their SIREN to those that lack it.

    `renamed` gives the former name of territories by reference: an authority that still bears it follows, one whose name was
    written by people keeps its own. A slug never changes once given: links to the page must hold.
    """
    former = renamed or {}
    fields = ("pk", "territory_id", "nature", "name", "siren")
    authorities = Organisation.objects.filter(territory__isnull=False, nature__in=Level.values).only(*fields)
    known = {(authority.territory_id, authority.nature): authority for authority in authorities}
    new: list[Organisation] = []
    changed: list[Organisation] = []
    for territory in Territory.objects.filter(active=True).only("level", "code", "name", "link", "siren"):
        level, name = territory.level, name_of(territory.level, territory.name, territory.link)
        authority = known.get((territory.pk, level))
        if authority is None:
            new.append(
                Organisation(name=name, slug=slug_of(territory), nature=level, siren=territory.siren, territory=territory)
            )
            continue
        before = former.get(territory.reference)
        follows = before is not None and authority.name == name_of(level, before, territory.link)
        if follows or (territory.siren and not authority.siren):
            authority.name, authority.siren = name if follows else authority.name, authority.siren or territory.siren
            changed.append(authority)
    _free_slugs(new)
    Organisation.objects.bulk_create(new, batch_size=BATCH)
    Organisation.objects.bulk_update(changed, ["name", "siren"], batch_size=200)
    if new:
        bulk.counted(Organisation)
    return {"organisations_created": len(new), "organisations_updated": len(changed)}


def _free_slugs(new: list[Organisation]) -> None:
    """Give another slug to those whose own was taken by somebody else (an association named like its région)."""
    taken = set(Organisation.objects.exclude(nature__in=Level.values).values_list("slug", flat=True))
    for organisation in new:
        if organisation.slug in taken:
            organisation.slug = f"{Nature(organisation.nature).value}-{organisation.slug}"


def after_loading(*, report: Any, **_arguments: Any) -> dict[str, int]:
    """Receiver of `territories.signals.loaded`."""
    return ensure_authorities(report.renamed)
