"""What the Région may do with a consolidation: begin one, stop it, build it again."""

from __future__ import annotations

from django.db import transaction
from django.utils.text import slugify

from parvis.accounts.models import User
from parvis.catalog import known_schemas
from parvis.catalog.consolidations import jobs
from parvis.catalog.models import Consolidation
from parvis.catalog.permissions import Deed, check_for_region
from parvis.shared.limits import check_limit


class ConsolidationError(Exception):
    """What was asked cannot be done; the message is the sentence for the person."""


@transaction.atomic
def begin(schema: str, *, by: User | None) -> Consolidation:
    """Bring the tables of this schema together from now on. Beginning twice is once. `by` None: the operator, at the command line."""
    if by is not None:
        check_for_region(by, Deed.SETTLE)
    try:
        known_schemas.get(schema)
    except known_schemas.UnknownSchemaError as error:
        raise ConsolidationError(str(error)) from error
    slug = slugify(schema.replace("/", "-").replace("_", "-"))[:120]
    found, created = Consolidation.objects.get_or_create(schema=schema, defaults={"slug": slug, "created_by": by})
    if created:
        jobs.ask(found)
    return found


def rebuild(found: Consolidation, *, by: User) -> None:
    """Look again now."""
    check_for_region(by, Deed.SETTLE)
    check_limit(f"consolidation:{found.pk}", 10, 3600)
    jobs.ask(found)


def follow(found: Consolidation, *, active: bool, by: User) -> None:
    """Follow changes, or leave the last version as it is."""
    check_for_region(by, Deed.SETTLE)
    Consolidation.objects.filter(pk=found.pk).update(active=active)
    found.active = active
