"""Writing the catalogue, for programs: the same actions as the pages, with a token of the right scopes.

A file becomes a deposit; a job reads and checks it; publishing makes the version. Nothing is public before that."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from ninja import File, Form, Query, Router, Schema, Status, UploadedFile
from ninja.decorators import decorate_view
from pydantic import Field, field_validator

from parvis.accounts.tokens import bearer
from parvis.catalog import storage, uploads
from parvis.catalog.actions import datasets, deposits
from parvis.catalog.api.read import Links, Meta, _absolute, _links
from parvis.catalog.api.read import router as reading
from parvis.catalog.deposit_page import SKIPPED_WORDS
from parvis.catalog.known_schemas import UnknownSchemaError
from parvis.catalog.models import Dataset, Deposit, Resource, Version
from parvis.catalog.permissions import get_dataset_to_manage_for, get_deposit_for, get_resource_to_manage_for
from parvis.catalog.public import deposits_of, drafts_of
from parvis.catalog.retold import retold
from parvis.organisations.models import Organisation, Role
from parvis.organisations.queries import get_organisation_for
from parvis.shared.fetching import FetchError
from parvis.shared.limits import check_limit
from parvis.shared.problems import Problem, problem

router = Router()
PAGE: Any = Query(1, ge=1, le=100_000)
PAGE_SIZE: Any = Query(20, ge=1, le=100)
FILE: Any = File(None)
WRITE, PUBLISH, READ_DRAFTS = "datasets:write", "datasets:publish", "datasets:read-drafts"


# ----- What is asked -----


class Asked(Schema):
    @field_validator("*")
    @classmethod
    def storable(cls, value: Any) -> Any:
        """A text without NUL, which PostgreSQL keeps nowhere."""
        if any("\x00" in text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)):
            raise ValueError("Ce texte contient un caractère nul.")
        return value


class Description(Asked):
    title: str | None = Field(None, max_length=200)
    description: str | None = Field(None, max_length=20_000)
    licence: Literal["lov2", "odbl"] | None = None
    frequency: str | None = Field(None, max_length=12)
    keywords: list[str] | None = Field(None, max_length=20)
    source: str | None = Field(None, max_length=300)
    source_url: str | None = Field(None, max_length=500, pattern=r"^(https?://\S+)?$")
    high_value: str | None = Field(
        None, max_length=16, description="Catégorie de données de forte valeur (règlement 2023/138), ou vide."
    )
    territory: str | None = Field(None, description="Référence d'un territoire : `commune:46102`.", max_length=30)


class DatasetIn(Description):
    organisation: str = Field(description="Adresse courte de l'organisation qui publie.")
    title: str = Field(min_length=1, max_length=200)


class ResourceIn(Asked):
    title: str = Field(min_length=1, max_length=200)


class Reading(Asked):
    """How to read the file; what is absent is recognised."""

    format: Literal["csv", "xlsx", "ods", "jsonl", "parquet"] | None = None
    encoding: str | None = Field(None, max_length=40)
    delimiter: str | None = Field(None, max_length=1)
    header_row: int | None = Field(None, ge=1, le=10_000)
    sheet: str | None = Field(None, max_length=120)
    decimal: Literal[".", ","] | None = None


class DepositIn(Asked):
    url: str = Field("", max_length=1000, description="L'adresse du fichier, à défaut du fichier lui-même.")
    schema_name: str = Field(
        "", alias="schema", max_length=200, description="Nom court d'un schéma connu : `scdl/subventions`."
    )
    options: str = Field("", max_length=2000, description='Lecture, en JSON : `{"delimiter": ";", "header_row": 3}`.')


class NewDepositIn(DepositIn):
    organisation: str = Field(description="Adresse courte de l'organisation.")


class DepositPatch(Asked):
    options: Reading | None = None
    schema_name: str | None = Field(None, alias="schema", max_length=200)
    description: Description | None = None
    personal_confirmed: bool | None = Field(None, description="J'ai vérifié : ces données peuvent être publiées.")


class PublishIn(Asked):
    description: Description | None = None
    personal_confirmed: bool | None = None


# ----- What is answered -----


class ResourceRef(Schema):
    id: str
    title: str
    version: int | None


class DraftOut(Schema):
    id: str
    slug: str
    title: str
    description: str
    organisation: str
    territory: str | None
    licence: str
    frequency: str
    keywords: list[str]
    source: str
    source_url: str
    high_value: str
    page: str
    published: datetime | None
    resources: list[ResourceRef]


class DraftsOut(Schema):
    data: list[DraftOut]
    links: Links
    meta: Meta


class PersonalOut(Schema):
    column: str
    kind: str
    level: str
    reason: str


class ProposalOut(Schema):
    schema_name: str
    title: str
    score: float
    reason: str


class DepositOut(Schema):
    id: str
    page: str
    organisation: str
    resource: str | None
    name: str
    size: int
    sha256: str
    state: str = Field(description="fetching, waiting, reading, ready, failed, published, abandoned")
    step: str
    progress: int
    error: str
    schema_name: str
    options: dict[str, Any]
    understood: dict[str, Any] | None
    proposals: list[ProposalOut]
    personal: list[PersonalOut]
    personal_confirmed: bool
    valid: bool | None
    counts: dict[str, int]
    causes: list[dict[str, Any]]
    repairs: int
    version: int | None
    created: datetime


class DepositsOut(Schema):
    data: list[DepositOut]
    links: Links
    meta: Meta


class PublishedOut(Schema):
    dataset: str
    resource: str
    version: int
    created: bool = Field(description="Faux quand le même fichier était déjà la version en cours.")
    page: str


def _draft(dataset: Dataset) -> dict[str, Any]:
    own = (
        "slug",
        "title",
        "description",
        "licence",
        "frequency",
        "keywords",
        "source",
        "source_url",
        "high_value",
        "published",
    )
    resources = dataset.resources.select_related("current")
    return {name: getattr(dataset, name) for name in own} | {
        "id": dataset.pk,
        "organisation": dataset.organisation.slug,
        "territory": dataset.territory.reference if dataset.territory else None,
        "page": _absolute(dataset.get_absolute_url()),
        "resources": [_resource(resource) for resource in resources],
    }


def _resource(resource: Resource) -> dict[str, Any]:
    return {"id": resource.pk, "title": resource.title, "version": resource.current.number if resource.current else None}


def _deposit(deposit: Deposit) -> dict[str, Any]:
    own = ("name", "size", "sha256", "state", "step", "progress", "error", "options", "personal_confirmed", "created")
    verdict = deposit.verdict or {}
    names = (deposit.reading or {}).get("names", [])
    return {name: getattr(deposit, name) for name in own} | {
        "id": deposit.pk,
        "page": _absolute(deposit.get_absolute_url()),
        "organisation": deposit.organisation.slug,
        "resource": deposit.resource_id,
        "schema_name": deposit.schema,
        "understood": _understood(deposit.reading) if deposit.reading else None,
        "proposals": [one | {"schema_name": one["schema"]} for one in deposit.proposals],
        "personal": [one | {"column": names[one["column"]]} for one in deposit.personal if one["column"] < len(names)],
        "valid": verdict.get("valid"),
        "counts": verdict.get("counts", {}),
        "causes": verdict.get("causes", []),
        "repairs": (deposit.repairs or {}).get("count", 0),
        "version": deposit.version.number if deposit.version else None,
    }


def _understood(reading: dict[str, Any]) -> dict[str, Any]:
    own = ("format", "encoding", "delimiter", "header_row", "sheet", "decimal", "rows", "names", "warnings", "skipped_count")
    skipped = [
        {"row": one["row"], "reason": str(SKIPPED_WORDS.get(one["reason"], one["reason"]))} for one in reading["skipped"][:50]
    ]
    return {name: reading.get(name) for name in own} | {"skipped": skipped}


# ----- Refusals -----


@contextmanager
def refusals() -> Iterator[None]:
    """What an action refuses, as a problem with its sentence."""
    try:
        yield
    except storage.TooHeavyError as error:
        raise Problem(413, retold(str(error))) from error
    except storage.StorageError as error:
        raise Problem(507, retold(str(error))) from error
    except (deposits.DepositError, datasets.DatasetError) as error:
        raise Problem(409, retold(str(error))) from error
    except (FetchError, UnknownSchemaError) as error:
        raise Problem(422, retold(str(error))) from error


def streamed(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The file of the form goes straight to the store; one that says that it is too heavy is not even read."""

    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            handler = uploads.receiving(request)
        except storage.TooHeavyError as error:
            return problem(413, str(error))
        response = view(request, *args, **kwargs)
        if isinstance(handler.error, storage.StorageError):
            return problem(413 if isinstance(handler.error, storage.TooHeavyError) else 507, str(handler.error))
        return response

    return wrapped


# ----- Datasets and resources -----


# An address answers all its methods from one router, or the first router says 405 to those of the others: `/datasets` is read too.
@reading.post(
    "/datasets", response={201: DraftOut}, auth=bearer(WRITE), summary="Préparer un jeu de données", url_name="new_dataset"
)
def create_dataset(request: HttpRequest, asked: DatasetIn) -> Status[dict[str, Any]]:
    organisation = _organisation(request, asked.organisation)
    with refusals():
        dataset = datasets.create(organisation=organisation, form=_form(asked), by=_who(request))
    return Status(201, _draft(dataset))


@router.get("/drafts", response=DraftsOut, auth=bearer(READ_DRAFTS), summary="Les jeux de données en préparation")
def list_drafts(request: HttpRequest, page: int = PAGE, page_size: int = PAGE_SIZE) -> dict[str, Any]:
    return _page(request, drafts_of(request.user).select_related("territory").order_by("-created"), _draft, page, page_size)


@reading.patch(
    "/datasets/{dataset}", response=DraftOut, auth=bearer(WRITE), summary="Corriger la description d'un jeu de données"
)
def update_dataset(request: HttpRequest, dataset: str, asked: Description) -> dict[str, Any]:
    found = _dataset(request, dataset)
    with refusals():
        return _draft(datasets.apply(found, _form(asked), by=_who(request)))


@router.post("/datasets/{dataset}/resources", response={201: ResourceRef}, auth=bearer(WRITE), summary="Ajouter une table")
def create_resource(request: HttpRequest, dataset: str, asked: ResourceIn) -> Status[dict[str, Any]]:
    found = _dataset(request, dataset)
    with refusals():
        return Status(201, _resource(datasets.add_resource(found, title=asked.title, by=_who(request))))


# ----- Deposits -----


@router.post("/deposits", response={202: DepositOut}, auth=bearer(WRITE), summary="Déposer un fichier")
@decorate_view(streamed)
def create_deposit(request: HttpRequest, asked: Form[NewDepositIn], file: UploadedFile | None = FILE) -> Status[dict[str, Any]]:
    return Status(202, _receive(request, asked, file, _organisation(request, asked.organisation), None))


@router.post(
    "/resources/{resource}/deposits",
    response={202: DepositOut},
    auth=bearer(WRITE),
    summary="Déposer une nouvelle version d'une table",
)
@decorate_view(streamed)
def create_resource_deposit(
    request: HttpRequest, resource: str, asked: Form[DepositIn], file: UploadedFile | None = FILE
) -> Status[dict[str, Any]]:
    found = get_resource_to_manage_for(request.user, resource)
    return Status(202, _receive(request, asked, file, found.dataset.organisation, found))


@router.get("/deposits", response=DepositsOut, auth=bearer(WRITE), summary="Les dépôts en cours")
def list_deposits(request: HttpRequest, page: int = PAGE, page_size: int = PAGE_SIZE) -> dict[str, Any]:
    found = deposits_of(request.user).select_related("organisation", "version").order_by("-created", "pk")
    return _page(request, found, _deposit, page, page_size)


@router.get(
    "/deposits/{deposit}", response=DepositOut, auth=bearer(WRITE), summary="Où en est un dépôt, et ce qui a été compris"
)
def one_deposit(request: HttpRequest, deposit: str) -> dict[str, Any]:
    return _deposit(get_deposit_for(request.user, deposit))


@router.patch(
    "/deposits/{deposit}", response=DepositOut, auth=bearer(WRITE), summary="Corriger la lecture, le schéma, la description"
)
def update_deposit(request: HttpRequest, deposit: str, asked: DepositPatch) -> dict[str, Any]:
    found = get_deposit_for(request.user, deposit)
    by: Any = request.user
    with refusals():
        if asked.options is not None or asked.schema_name is not None:
            options = asked.options.dict(exclude_none=True) if asked.options else None
            found = deposits.reread(found, by=by, options=options, schema=asked.schema_name)
        _remember(found, asked.description, asked.personal_confirmed, by)
    return _deposit(get_deposit_for(by, deposit))


@router.post(
    "/deposits/{deposit}/repair", response={202: DepositOut}, auth=bearer(WRITE), summary="Continuer avec le fichier réparé"
)
def repair_deposit(request: HttpRequest, deposit: str) -> Status[dict[str, Any]]:
    with refusals():
        return Status(202, _deposit(deposits.use_repaired(get_deposit_for(request.user, deposit), by=_who(request))))


@router.post("/deposits/{deposit}/publish", response=PublishedOut, auth=bearer(PUBLISH), summary="Publier")
def publish_deposit(request: HttpRequest, deposit: str, asked: PublishIn | None = None) -> dict[str, Any]:
    found = get_deposit_for(request.user, deposit)
    by: Any = request.user
    new = found.state != Deposit.State.PUBLISHED and not deposits.same_as_current(found)
    with refusals():
        if asked and found.state != Deposit.State.PUBLISHED:
            _remember(found, asked.description, asked.personal_confirmed, by)
        return _published(deposits.publish(found, by=by), new)


@router.delete("/deposits/{deposit}", response={204: None}, auth=bearer(WRITE), summary="Abandonner un dépôt")
def abandon_deposit(request: HttpRequest, deposit: str) -> Status[None]:
    with refusals():
        deposits.abandon(get_deposit_for(request.user, deposit), by=_who(request))
    return Status(204, None)


def _published(version: Version, new: bool) -> dict[str, Any]:
    resource = version.resource
    page = _absolute(resource.get_absolute_url())
    return {"dataset": resource.dataset.slug, "resource": resource.pk, "version": version.number, "created": new, "page": page}


def _receive(
    request: HttpRequest, asked: DepositIn, file: UploadedFile | None, organisation: Organisation, resource: Resource | None
) -> dict[str, Any]:
    by: Any = request.user
    into: dict[str, Any] = {"organisation": organisation, "resource": resource, "by": by, "schema": asked.schema_name}
    into["options"] = _options(asked.options)
    with refusals():
        check_limit(f"deposit:{by.pk}", 600, 3600)
        if isinstance(file, uploads.Arrived):
            return _deposit(deposits.receive(chunks=file.incoming, name=file.name or "", **into))
        if not asked.url:
            raise Problem(422, _("Envoyez un fichier (champ « file ») ou son adresse (champ « url »)."))
        return _deposit(deposits.from_url(url=asked.url, **into))


def _options(text: str) -> dict[str, Any]:
    try:
        return Reading.model_validate(json.loads(text or "{}")).dict(exclude_none=True)
    except (ValueError, RecursionError) as error:
        raise Problem(422, _('Les options de lecture s\'écrivent en JSON : {"delimiter": ";", "header_row": 3}.')) from error


def _remember(deposit: Deposit, description: Description | None, confirmed: bool | None, by: Any) -> None:
    if description is None and confirmed is None:
        return
    form = deposit.form | (_form(description) if description else {})
    deposits.remember(deposit, form, by=by, personal_confirmed=confirmed)


def _form(asked: Description) -> dict[str, Any]:
    return {
        name: value for name, value in asked.dict(exclude_unset=True).items() if name != "organisation" and value is not None
    }


def _who(request: HttpRequest) -> Any:
    return request.user


def _organisation(request: HttpRequest, slug: str) -> Organisation:
    return get_organisation_for(request.user, slug, Role.AGENT)


def _dataset(request: HttpRequest, name: str) -> Dataset:
    """By its identifier or its short address; what one may not manage does not exist."""
    found = Dataset.objects.filter(pk=name).values_list("slug", flat=True).first()
    try:
        return get_dataset_to_manage_for(request.user, found or name)
    except Http404 as error:
        raise Problem(404, _("Ce jeu de données n'existe pas, ou n'est pas à vous.")) from error


def _page(request: HttpRequest, found: Any, shape: Callable[[Any], dict[str, Any]], page: int, size: int) -> dict[str, Any]:
    pages = Paginator(found, size)
    data = [shape(one) for one in pages.page(page)] if page <= pages.num_pages else []
    return {
        "data": data,
        "links": _links(request, page, size, pages.count),
        "meta": {"page": page, "page_size": size, "total": pages.count},
    }
