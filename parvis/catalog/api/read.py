"""Reading the catalogue: open to all, no key, from any site. Drafts do not exist here. Rows are in `rows`."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Field, Path, Query, Router, Schema
from ninja.decorators import decorate_view

from parvis.catalog import finding, queries
from parvis.catalog import quality as qualities
from parvis.catalog.columns import columns_of
from parvis.catalog.models import Dataset, Resource, Version
from parvis.shared.conditional import opened
from parvis.shared.problems import Problem

router = Router()
MOST_DATASETS = 100


# ----- What is answered -----


class OrganisationOut(Schema):
    slug: str
    name: str


class TerritoryOut(Schema):
    reference: str
    name: str


class VersionOut(Schema):
    number: int
    created: datetime
    rows: int
    valid: bool | None
    schema_name: str
    withdrawn: datetime | None
    withdrawal_reason: str
    sha256: str
    files: dict[str, str]


class ColumnOut(Schema):
    name: str
    label: str
    type: str
    format: str
    description: str
    empty: int
    distinct: int | None


class ResourceOut(Schema):
    id: str
    title: str
    description: str
    page: str
    rows: str
    remote_url: str = Field(description="L'adresse du fichier chez qui le publie, quand il a été moissonné ; sinon vide.")
    version: VersionOut | None


class ResourceDetailOut(ResourceOut):
    dataset: str
    columns: list[ColumnOut]


class QualityMarkOut(Schema):
    name: str
    label: str
    percent: int | None


class AdviceOut(Schema):
    name: str
    gain: int
    advice: str


class QualityOut(Schema):
    score: int
    grade: str
    criteria: list[QualityMarkOut]
    to_do: list[AdviceOut]


class DatasetOut(Schema):
    id: str
    slug: str
    title: str
    description: str
    page: str
    organisation: OrganisationOut
    territory: TerritoryOut | None
    licence: str
    frequency: str
    keywords: list[str]
    source: str
    source_url: str
    high_value: str = Field(description="Catégorie de données de forte valeur (règlement 2023/138), ou vide.")
    invented: bool
    published: datetime
    quality: QualityOut | None
    resources: list[ResourceOut]


class Links(Schema):
    next: str | None
    prev: str | None


class Meta(Schema):
    page: int
    page_size: int
    total: int


class FacetsIn(Schema):
    """Several values of a facet: any of them. Several facets: all of them."""

    organisation: list[str] = Field([], description="Adresses courtes d'organisations.")
    territory: list[str] = Field(
        [], description="Références de territoires : `departement:46`. Ce qui est dedans compte aussi."
    )
    theme: list[str] = Field([], description="Mots-clés.")
    schema_name: list[str] = Field([], alias="schema", description="Schémas : `scdl/deliberations`.")
    format: list[str] = Field([], description="Formats des fichiers d'origine : `csv`.")
    licence: list[str] = Field([], description="Licences : `lov2`.")
    freshness: list[str] = Field([], description="`fresh`, `late`, `stale` ou `unpromised`, selon le rythme annoncé.")
    quality: list[str] = Field([], description="`good`, `fair` ou `poor`.")
    validity: list[str] = Field([], description="`valide`, `erreurs` ou `libre`.")


class FacetValueOut(Schema):
    value: str
    count: int


class DatasetsOut(Schema):
    data: list[DatasetOut]
    facets: dict[str, list[FacetValueOut]]
    links: Links
    meta: Meta


class VersionsOut(Schema):
    data: list[VersionOut]
    links: Links
    meta: Meta


def _absolute(path: str) -> str:
    return settings.SITE_URL + path


def _links(request: HttpRequest, page: int, size: int, total: int) -> dict[str, str | None]:
    def at(number: int) -> str:
        kept = [(name, value) for name, values in request.GET.lists() if name != "page" for value in values]
        return _absolute(request.path) + "?" + urlencode([*kept, ("page", number)])

    return {"next": at(page + 1) if page * size < total else None, "prev": at(page - 1) if page > 1 else None}


def _version(version: Version, resource: Resource) -> dict[str, Any]:
    names = (resource.dataset.slug, resource.pk, version.number)
    kinds = () if version.withdrawn else ("original", "csv", "json", "parquet")
    return {
        "number": version.number,
        "created": version.created,
        "rows": version.rows,
        "valid": version.valid,
        "schema_name": version.schema,
        "withdrawn": version.withdrawn,
        "withdrawal_reason": version.withdrawal_reason,
        "sha256": version.source_sha256,
        "files": {kind: _absolute(reverse("catalog:version_download", args=[*names, kind])) for kind in kinds},
    }


def _resource(resource: Resource) -> dict[str, Any]:
    return {
        "id": resource.pk,
        "title": resource.title,
        "description": resource.description,
        "page": _absolute(resource.get_absolute_url()),
        "rows": _absolute(reverse("api:resource_rows", args=[resource.pk])),
        "remote_url": resource.remote_url,
        "version": _version(resource.current, resource) if resource.current else None,
    }


def _dataset(dataset: Dataset) -> dict[str, Any]:
    resources = list(dataset.resources.all())
    for resource in resources:
        resource.dataset = dataset
    territory = dataset.territory
    return {
        "id": dataset.pk,
        "slug": dataset.slug,
        "title": dataset.title,
        "description": dataset.description,
        "page": _absolute(dataset.get_absolute_url()),
        "organisation": {"slug": dataset.organisation.slug, "name": dataset.organisation.name},
        "territory": {"reference": territory.reference, "name": territory.name} if territory else None,
        "licence": dataset.licence,
        "frequency": dataset.frequency,
        "keywords": [str(keyword) for keyword in dataset.keywords],
        "source": dataset.source,
        "source_url": dataset.source_url,
        "high_value": dataset.high_value,
        "invented": dataset.invented,
        "published": dataset.published,
        "quality": qualities.plain(dataset),
        "resources": [_resource(resource) for resource in resources],
    }


def _found(resource_id: str) -> Resource:
    resource = queries.published_resource(resource_id)
    if resource is None:
        raise Problem(404, _("Cette ressource n'existe pas, ou n'est pas publiée."))
    return resource


# ----- Addresses -----


@router.get("/datasets", response=DatasetsOut, summary="Chercher dans les jeux de données", url_name="datasets")
@decorate_view(opened)
def list_datasets(
    request: HttpRequest,
    facets: Query[FacetsIn],
    q: str = Query("", max_length=200, description="Mots cherchés dans le titre, la description, l'organisme et les colonnes."),
    sort: Literal["pertinence", "date", "titre"] = Query("pertinence", description="Ordre de la liste."),
    page: int = Query(1, ge=1, le=100_000),
    page_size: int = Query(20, ge=1, le=MOST_DATASETS),
) -> dict[str, Any]:
    question = finding.Asked(" ".join(q.split()), finding.kept(facets.dict(by_alias=True)), sort, page)
    found = finding.find(question, size=page_size)
    if not found.ready and question.filtered:
        raise Problem(503, _("La recherche se prépare : réessayez dans une minute."))
    return {
        "data": [_dataset(dataset) for dataset in found.datasets] if found.page == page else [],
        "facets": {name: [{"value": v, "count": n} for v, n in values] for name, values in found.facets.items()},
        "links": _links(request, page, page_size, found.total),
        "meta": {"page": page, "page_size": page_size, "total": found.total},
    }


@router.get("/datasets/{dataset}", response=DatasetOut, summary="Un jeu de données", url_name="dataset")
@decorate_view(opened)
def one_dataset(request: HttpRequest, dataset: str = Path(..., description="Identifiant ou adresse courte.")) -> dict[str, Any]:
    found = queries.published_dataset(dataset)
    if found is None:
        raise Problem(404, _("Ce jeu de données n'existe pas, ou n'est pas publié."))
    return _dataset(found)


@router.get("/resources/{resource}", response=ResourceDetailOut, summary="Une table et ses colonnes", url_name="resource")
@decorate_view(opened)
def one_resource(request: HttpRequest, resource: str) -> dict[str, Any]:
    found = _found(resource)
    columns = columns_of(found.current) if found.current and not found.current.withdrawn else []
    described = [
        {name: getattr(column, name) for name in ("name", "label", "type", "format", "description", "empty", "distinct")}
        for column in columns
    ]
    return _resource(found) | {"dataset": found.dataset.slug, "columns": described}


@router.get(
    "/resources/{resource}/versions", response=VersionsOut, summary="Les versions d'une table", url_name="resource_versions"
)
@decorate_view(opened)
def list_versions(
    request: HttpRequest,
    resource: str,
    page: int = Query(1, ge=1, le=100_000),
    page_size: int = Query(20, ge=1, le=MOST_DATASETS),
) -> dict[str, Any]:
    found = _found(resource)
    pages = Paginator(queries.history(found), page_size)
    versions = [_version(version, found) for version in pages.page(page)] if page <= pages.num_pages else []
    return {
        "data": versions,
        "links": _links(request, page, page_size, pages.count),
        "meta": {"page": page, "page_size": page_size, "total": pages.count},
    }
