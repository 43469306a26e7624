"""A consolidation becomes a version of a dataset of the Région, with the report of what came in and what stayed out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.catalog import known_schemas, news, storage
from parvis.catalog.actions.datasets import fill, free_slug
from parvis.catalog.core.consolidation.selection import Reason, Selection, Table
from parvis.catalog.jobs import digest_of, storable
from parvis.catalog.models import (
    Consolidation,
    ConsolidationBuild,
    ConsolidationPart,
    Dataset,
    Deposit,
    Licence,
    Resource,
    Version,
)
from parvis.catalog.search import refresh
from parvis.organisations.models import Nature, Organisation

if TYPE_CHECKING:
    from parvis.catalog.consolidations.jobs import Made


class NoRegion(Exception):
    """Nobody may own the whole; the message is a sentence."""


def region() -> Organisation:
    found = Organisation.objects.filter(nature=Nature.REGION, territory__code=settings.REGION_CODE).first()
    if found is None:
        raise NoRegion(_("La Région n'est pas encore connue ici : chargez les territoires (parvis territories load)."))
    return found


@transaction.atomic
def publish(found: Consolidation, chosen: Selection, made: Made) -> Version:
    """The version of this table: a new one, or the current one where its bytes are the same. Then the report."""
    resource = _resource(found, chosen)
    stored = storage.keep_file(made.path)
    digest = digest_of(Deposit(sha256=stored.sha256))
    storage.settle(made.path, storage.version_path(digest))
    resource = Resource.objects.select_for_update().get(pk=resource.pk)
    version = resource.versions.filter(digest=digest, withdrawn=None).first() or _version(found, resource, made, stored, digest)
    sources = " ".join(one.version for one in chosen.kept)
    ConsolidationBuild.objects.update_or_create(version=version, defaults={"sources": f" {sources} "})
    resource.current, resource.schema = version, found.schema
    resource.save(update_fields=["current", "schema"])
    dataset = resource.dataset
    dataset.licence = chosen.licence if chosen.licence in Licence.values else Licence.LO2
    dataset.invented = chosen.invented
    dataset.save()
    refresh(dataset)
    news.published(version, None)
    found.resource, found.version, found.fingerprint = resource, version, chosen.fingerprint
    report(found, chosen, made.built)
    return version


def _version(found: Consolidation, resource: Resource, made: Made, stored: storage.Stored, digest: str) -> Version:
    last = resource.versions.aggregate(last=Max("number"))["last"] or 0
    return Version.objects.create(
        resource=resource,
        number=last + 1,
        digest=digest,
        source_sha256=stored.sha256,
        source_name=f"{found.slug}.parquet",
        source_bytes=stored.size,
        parquet_bytes=stored.size,
        rows=made.built["rows"],
        reading=storable(made.reading),
        profile=storable(made.profile),
        verdict=storable(made.verdict),
        valid=made.verdict["valid"],
        schema=found.schema,
    )


def _resource(found: Consolidation, chosen: Selection) -> Resource:
    """Where versions go: made the first time, then left as people describe it."""
    if found.resource:
        return found.resource
    title = known_schemas.title_of(found.schema)
    dataset = Dataset(organisation=region(), territory=region().territory, invented=chosen.invented, published=timezone.now())
    fill(
        dataset,
        {
            "title": _("%(schema)s : toutes les collectivités de la région") % {"schema": title[:120]},
            "description": _(
                "Les fichiers que les collectivités de la région ont publiés selon le schéma « %(schema)s » et que le contrôle a trouvés "
                "valides, rassemblés en une seule table. Chaque ligne dit de qui elle vient, de quel fichier et de quelle version. "
                "La table est refaite dès qu'un fichier change ; les fichiers laissés de côté, et pourquoi, sont sur la page du "
                "rassemblement. L'original de chaque collectivité reste la référence."
            )
            % {"schema": title},
            "source": _("Les collectivités de la région, rassemblé par %(region)s") % {"region": settings.REGION_NAME},
            "frequency": "continuous",
            "licence": chosen.licence,
            "keywords": [_("consolidation"), _("collectivités")],
        },
    )
    dataset.slug = free_slug(dataset.title)
    dataset.save()
    news.shown(dataset, None)
    return Resource.objects.create(dataset=dataset, title=title[:200], schema=found.schema)


def nothing(found: Consolidation, chosen: Selection) -> None:
    """No table may come in any more: the whole is empty until one does. What was published keeps its number and its address."""
    with transaction.atomic():
        if found.resource and found.resource.current_id:
            found.resource.current = None
            found.resource.save(update_fields=["current"])
            refresh(found.resource.dataset)
        found.version, found.fingerprint = None, chosen.fingerprint
        report(found, chosen, {"parts": [], "rows": 0, "as_text": []})


@transaction.atomic
def report(found: Consolidation, chosen: Selection, built: dict[str, Any] | None) -> None:
    """What became of each table. Without `built` the table did not change: only what stays out may have."""
    if built is None:
        ConsolidationPart.objects.filter(consolidation=found).exclude(reason__in=["", Reason.UNREADABLE]).delete()
        last = ConsolidationPart.objects.filter(consolidation=found).aggregate(last=Max("position"))["last"]
        start = 0 if last is None else last + 1
        parts: list[ConsolidationPart] = []
    else:
        ConsolidationPart.objects.filter(consolidation=found).delete()
        parts = [
            _part(found, position, one, "" if not part["error"] else Reason.UNREADABLE, rows=part["rows"], extra=part["extra"], detail=part["error"])
            for position, (one, part) in enumerate(zip(chosen.kept, built["parts"], strict=False))
        ]  # fmt: skip
        start = len(parts)
    errors = error_counts(one.table.version for one in chosen.left if one.reason is Reason.INVALID)
    titles = {one.resource: one.organisation for one in chosen.kept}
    parts += [
        _part(
            found, start + position, one.table, one.reason, rows=one.table.rows, errors=errors.get(one.table.version),
            detail=titles.get(one.other, ""),
        )
        for position, one in enumerate(chosen.left)
    ]  # fmt: skip
    ConsolidationPart.objects.bulk_create(parts, batch_size=500)
    kept = ConsolidationPart.objects.filter(consolidation=found, reason="")
    found.counts = found.counts | {
        "kept": kept.count(),
        "left": ConsolidationPart.objects.filter(consolidation=found).exclude(reason="").count(),
        "organisations": kept.values("organisation", "siren").distinct().count(),
    }
    if built is not None:
        found.counts |= {"rows": built["rows"], "as_text": list(built["as_text"])}
        found.built = timezone.now()
    found.save(update_fields=["resource", "version", "fingerprint", "counts", "built"])


def _part(found: Consolidation, position: int, one: Table, reason: str, **fields: Any) -> ConsolidationPart:
    return ConsolidationPart(
        consolidation=found,
        position=position,
        reason=str(reason),
        organisation=one.organisation,
        siren=one.siren,
        title=one.title,
        resource_id=one.resource,
        version_id=one.version,
        number=one.number,
        address=one.address,
        **fields,
    )


def error_counts(versions: Iterable[str]) -> dict[str, int]:
    """How many errors the check found in each, without reading the errors themselves."""
    found = Version.objects.filter(pk__in=list(versions)).values_list("pk", "verdict__counts")
    return {pk: sum(counts.values()) for pk, counts in found if isinstance(counts, dict)}
