"""What `parvis catalog consolidate` does: the worker's own job, here and now."""

from __future__ import annotations

from typing import Any

from parvis.catalog.actions import consolidations as actions
from parvis.catalog.consolidations import jobs
from parvis.catalog.models import Consolidation


class CannotError(Exception):
    """The message is the sentence for the operator."""


def consolidate(schema: str = "") -> list[dict[str, Any]]:
    """Build the consolidation of `schema` (beginning it where there is none), or all of them."""
    try:
        asked = [actions.begin(schema, by=None)] if schema else list(Consolidation.objects.filter(active=True))
    except actions.ConsolidationError as error:
        raise CannotError(str(error)) from error
    if not asked:
        raise CannotError("Aucune consolidation ici : donnez le nom court d'un schéma (« parvis schemas list »).")
    return [built(one) for one in asked]


def built(one: Consolidation) -> dict[str, Any]:
    jobs.ask(one)
    jobs.run(one.pk)
    one = Consolidation.objects.get(pk=one.pk)
    counts = {name: one.counts.get(name, 0) for name in ("kept", "left", "organisations", "rows")}
    address = one.resource.get_absolute_url() if one.resource else ""
    return {
        "schema": one.schema,
        **counts,
        "version": one.version.number if one.version else None,
        "page": address,
        "error": one.error,
    }
