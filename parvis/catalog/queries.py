"""What pages and API read of the catalogue, and who may read it: asked here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from parvis.catalog.models import Dataset, Resource, Version
from parvis.organisations.models import Organisation, Role
from parvis.organisations.queries import may
from parvis.territories.models import Level, Territory

# ----- One dataset, one resource, one version -----


def _safe(text: str) -> str:
    """Without the one character that PostgreSQL cannot hold: what is asked with it is found nowhere."""
    return text.replace("\x00", "\ufffd")


def published() -> QuerySet[Dataset]:
    """What everybody sees."""
    return Dataset.objects.filter(published__isnull=False).select_related("organisation", "territory")


def get_dataset_for(user: object, slug: str) -> Dataset:
    """The dataset, or 404: a draft exists for the members of its organisation alone."""
    known = Dataset.objects.select_related("organisation", "territory", "harvested__source")
    dataset = known.filter(slug=slug).first()
    if dataset is None or (dataset.published is None and not may(user, dataset.organisation, Role.AGENT)):
        raise Http404
    return dataset


def get_resource_for(user: object, slug: str, resource_id: str) -> Resource:
    dataset = get_dataset_for(user, slug)
    resource = dataset.resources.select_related("current").filter(pk=_safe(resource_id)).first()
    if resource is None:
        raise Http404
    resource.dataset = dataset
    if resource.current:
        resource.current.resource = resource
    return resource


def get_version_for(user: object, slug: str, resource_id: str, number: int | None = None) -> Version:
    """A version of a resource, the current one without `number`. A withdrawn version is found: it is for the caller to say so."""
    resource = get_resource_for(user, slug, resource_id)
    version = resource.current if number is None else resource.versions.filter(number=number).first()
    if version is None:
        raise Http404
    version.resource = resource
    return version


def history(resource: Resource) -> QuerySet[Version]:
    return resource.versions.defer("reading", "profile", "verdict").order_by("-number")


def resources_of(dataset: Dataset) -> list[Resource]:
    found = list(dataset.resources.select_related("current", "link"))
    for resource in found:
        resource.dataset = dataset
        if resource.current:
            resource.current.resource = resource
    return found


# ----- Lists -----

SORTS = {"pertinence": _("les plus proches d'abord"), "date": _("les plus récents d'abord"), "titre": _("par titre")}
VALIDITY = {"valide": _("contrôlés sans erreur"), "erreurs": _("avec des erreurs"), "libre": _("sans schéma")}
FAR = 4


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the list of datasets. Anything unknown is as if it were not asked."""

    text: str = ""
    organisation: str = ""
    territory: str = ""
    schema: str = ""
    validity: str = ""
    sort: str = "pertinence"

    @property
    def filtered(self) -> bool:
        return any([self.text, self.organisation, self.territory, self.schema, self.validity])


def territory_called(reference: str) -> Territory | None:
    """`departement:46` → the département of Lot."""
    level, _colon, code = reference.partition(":")
    return Territory.objects.filter(level=_safe(level), code=_safe(code)).first() if code else None


def _inside(territory: Territory) -> Q:
    """Datasets about `territory`, or about a place inside it; without a territory, that of the publisher counts."""
    field = {Level.EPCI: "epci", Level.DEPARTEMENT: "departement", Level.REGION: "region"}.get(Level(territory.level))
    wanted = Q(territory=territory) | Q(territory=None, organisation__territory=territory)
    if field:
        wanted |= Q(**{f"territory__{field}": territory}) | Q(
            **{"territory": None, f"organisation__territory__{field}": territory}
        )
    return wanted


def _distance(place: Territory | None) -> Any:
    """0 for the commune that is remembered, 1 for its EPCI, 2 for its département, 3 for its Région, 4 beyond."""
    if place is None:
        return Value(FAR, output_field=IntegerField())
    circles = [place.pk, place.epci_id, place.departement_id, place.region_id]
    whens = [When(about=pk, then=Value(distance)) for distance, pk in enumerate(circles) if pk]
    return Case(*whens, default=Value(FAR), output_field=IntegerField())


def datasets(question: Question, place: Territory | None = None) -> QuerySet[Dataset]:
    """A list without words (those are `finding.py`'s), filtered and sorted, with `distance`, each dataset with its resources and
    their current versions."""
    found = published()
    if question.organisation:
        found = found.filter(organisation__slug=_safe(question.organisation))
    if question.territory:
        territory = territory_called(question.territory)
        found = found.filter(_inside(territory)) if territory else found.none()
    resources = Resource.objects.filter(dataset=OuterRef("pk"))
    if question.schema:
        found = found.filter(Exists(resources.filter(current__schema=_safe(question.schema))))
    if question.validity == "valide":
        found = found.filter(Exists(resources.filter(current__valid=True)), ~Exists(resources.filter(current__valid=False)))
    elif question.validity == "erreurs":
        found = found.filter(Exists(resources.filter(current__valid=False)))
    elif question.validity == "libre":
        found = found.filter(~Exists(resources.exclude(current__valid=None)))
    found = found.annotate(about=Coalesce("territory_id", "organisation__territory_id")).annotate(distance=_distance(place))
    order = {"date": ["-published", "title", "pk"], "titre": ["title", "pk"]}
    return found.order_by(*order.get(question.sort, ["distance", "-published", "title", "pk"])).prefetch_related(light())


def plain_versions() -> QuerySet[Version]:
    """Versions without what only their own page shows."""
    return Version.objects.defer("reading", "profile", "verdict")


def light() -> Prefetch:
    """Resources and current versions without what only a resource's own page shows."""
    return Prefetch("resources", Resource.objects.prefetch_related(Prefetch("current", plain_versions())))


def choices() -> dict[str, Any]:
    """What the list may be filtered on: publishers and schemas that have something to show, the most present first."""
    organisations = (
        Organisation.objects.filter(datasets__published__isnull=False)
        .annotate(n=Count("datasets"))
        .order_by("-n", "name")
        .values("slug", "name", "n")[:100]
    )
    schemas = (
        Resource.objects.filter(dataset__published__isnull=False)
        .exclude(current__schema="")
        .exclude(current=None)
        .values(name=F("current__schema"))
        .annotate(n=Count("dataset", distinct=True))
        .order_by("-n", "name")[:50]
    )
    return {"organisations": list(organisations), "schemas": list(schemas)}


def territory_choices(place: Territory | None, chosen: str, region: str) -> list[Territory]:
    """What the list offers: around the commune that is remembered, otherwise the Région and its départements."""
    circles = [place, place.epci, place.departement, place.region] if place else []
    near = [territory for territory in circles if territory]
    if not near:
        levels = [Level.REGION, Level.DEPARTEMENT]
        found = Territory.objects.filter(
            Q(code=region, level=Level.REGION) | Q(region__code=region, level=Level.DEPARTEMENT), active=True
        )
        near = sorted(found, key=lambda territory: (levels.index(Level(territory.level)), territory.name))
    if chosen and chosen not in {territory.reference for territory in near} and (other := territory_called(chosen)):
        near.append(other)
    return near


def with_resource(versions: Iterable[Version], resource: Resource) -> list[Version]:
    """The same versions, which know their resource without asking the database."""
    found = list(versions)
    for version in found:
        version.resource = resource
    return found


def recent_versions(dataset: Dataset, resources: Sequence[Resource]) -> list[Version]:
    known = {resource.pk: resource for resource in resources}
    versions = (
        Version.objects.filter(resource__dataset=dataset)
        .defer("reading", "profile", "verdict")
        .order_by("-created", "-number")[:6]
    )
    found = list(versions)
    for version in found:
        version.resource = known[version.resource_id]
    return found


# ----- For the API, where drafts do not exist -----


def published_dataset(name: str) -> Dataset | None:
    return published().filter(Q(pk=_safe(name)) | Q(slug=_safe(name))).prefetch_related(light()).first()


def published_resource(resource_id: str) -> Resource | None:
    found = (
        Resource.objects.filter(pk=_safe(resource_id), dataset__published__isnull=False)
        .select_related("dataset", "current")
        .first()
    )
    if found and found.current:
        found.current.resource = found
    return found


def published_version(resource: Resource, number: int | None) -> Version | None:
    if number is None:
        return resource.current
    version = resource.versions.filter(number=number).first()
    if version:
        version.resource = resource
    return version


# ----- Verdicts -----

ERROR_COLUMNS = ("ligne", "colonne", "valeur", "code", "message")


def errors_of(version: Version) -> int:
    """How many errors the verdict of `version` counts."""
    return sum((version.verdict or {}).get("counts", {}).values())


def causes(version: Version) -> list[dict[str, Any]]:
    """Why a version is not valid, the most frequent cause first."""
    found = (version.verdict or {}).get("causes", ())
    return sorted(found, key=lambda cause: (-int(cause["count"]), cause.get("column") or "", cause["code"]))


def error_lines(version: Version) -> list[tuple[Any, ...]]:
    """The errors that the verdict lists, one cell a line."""
    errors = (version.verdict or {}).get("errors", ())
    return [tuple(error.get(name) for name in ("row", "column", "value", "code", "message")) for error in errors]
