"""What may be done with a deposit: receive a file, correct its reading, publish it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.catalog import jobs, known_schemas, news, storage, tasks
from parvis.catalog.actions import datasets
from parvis.catalog.models import Dataset, Deposit, Resource, Version
from parvis.catalog.permissions import Deed, can, check
from parvis.catalog.search import refresh
from parvis.organisations.models import Organisation
from parvis.shared.fetching import FetchError, check_url

OPTIONS = ("format", "encoding", "delimiter", "header_row", "sheet", "decimal")


class DepositError(Exception):
    """What was asked cannot be done now; the message is the sentence for the person."""


def clean_name(name: str) -> str:
    """A file name to show, never to use: no folder, no control character."""
    base = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    return re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "", base).strip()[:200] or _("fichier sans nom")


def receive(
    *,
    chunks: Iterable[bytes] | storage.Incoming,
    name: str,
    organisation: Organisation,
    by: User,
    resource: Resource | None = None,
    schema: str = "",
    options: dict[str, Any] | None = None,
) -> Deposit:
    """Keep the bytes of a file and ask for its reading. Raises StorageError (too heavy, disk full), DepositError (empty),
    UnknownSchemaError."""
    deposit = prepare(organisation=organisation, resource=resource, schema=schema, options=options, by=by)
    incoming = chunks if isinstance(chunks, storage.Incoming) else storage.arrived(chunks)
    if not incoming.size:
        incoming.discard()
        raise DepositError(_("Ce fichier est vide. Vérifiez que vous avez choisi le bon, puis déposez-le de nouveau."))
    stored = incoming.keep()
    deposit.name, deposit.sha256, deposit.size = clean_name(name), stored.sha256, stored.size
    with transaction.atomic():
        deposit.save()
        tasks.nudge(deposit)
    return deposit


def prepare(
    *, organisation: Organisation, resource: Resource | None, schema: str, options: dict[str, Any] | None, by: User
) -> Deposit:
    """A deposit whose file is still to come, once everything else has been checked."""
    check(by, Deed.DEPOSIT, organisation)
    belongs(resource, organisation)
    return Deposit(
        organisation=organisation,
        resource=resource,
        created_by=by,
        schema=known(schema or (resource.schema if resource else "")),
        options=clean_options(options or {}),
        form=datasets.form_of(resource) if resource else {},
    )


def from_url(
    *,
    url: str,
    organisation: Organisation,
    by: User,
    resource: Resource | None = None,
    schema: str = "",
    options: dict[str, Any] | None = None,
) -> Deposit:
    """Ask for the file at an address. Raises FetchError where the address itself is refused; the rest is said by the deposit."""
    deposit = prepare(organisation=organisation, resource=resource, schema=schema, options=options, by=by)
    parsed = check_url(url, allow=settings.FETCH_ALLOW)
    deposit.name = clean_name(unquote(parsed.path.rsplit("/", 1)[-1]) or parsed.host)
    deposit.url, deposit.state = url.strip(), Deposit.State.FETCHING
    with transaction.atomic():
        deposit.save()
        tasks.nudge(deposit)
    return deposit


def belongs(resource: Resource | None, organisation: Organisation) -> None:
    if resource is not None and resource.dataset.organisation_id != organisation.pk:
        raise DepositError(_("Cette ressource appartient à une autre organisation."))
    if resource is not None:
        datasets.check_ours(resource.dataset)
    if resource is not None:
        datasets.check_ours(resource.dataset)


def known(schema: str) -> str:
    if schema:
        known_schemas.get(schema)
    return schema


def clean_options(options: dict[str, Any]) -> dict[str, Any]:
    """The reading options that were really chosen, in their stored form."""
    chosen = {name: options[name] for name in OPTIONS if options.get(name) not in (None, "")}
    if "header_row" in chosen:
        chosen["header_row"] = int(chosen["header_row"])
    return chosen


def reread(deposit: Deposit, *, by: User, options: dict[str, Any] | None = None, schema: str | None = None) -> Deposit:
    """Read again, otherwise or against another schema. The result of a job under way is thrown away."""
    check(by, Deed.PREPARE, deposit.organisation)
    with transaction.atomic():
        fresh = open_deposit(deposit)
        if options is not None:
            fresh.options = clean_options(options)
        if schema is not None:
            fresh.schema = known(schema)
        fresh.generation += 1
        fresh.attempt = 0
        fresh.state = Deposit.State.WAITING if fresh.sha256 else Deposit.State.FETCHING
        fresh.progress, fresh.step, fresh.error = 0, "", ""
        fresh.verdict = fresh.repairs = None
        fresh.repaired_sha256 = ""
        fresh.personal_confirmed = False
        fresh.digest = ""
        fresh.heartbeat = timezone.now()
        fresh.save()
        tasks.nudge(fresh)
    return fresh


def use_repaired(deposit: Deposit, *, by: User) -> Deposit:
    """Go on with the repaired file. The one that was deposited stays among the originals."""
    check(by, Deed.PREPARE, deposit.organisation)
    with transaction.atomic():
        fresh = open_deposit(deposit)
        if not fresh.repaired_sha256:
            raise DepositError(_("Il n'y a pas de fichier réparé à utiliser."))
        fresh.received_sha256, fresh.received_name = fresh.received_sha256 or fresh.sha256, fresh.received_name or fresh.name
        fresh.sha256 = fresh.repaired_sha256
        fresh.size = storage.original_path(fresh.sha256).stat().st_size
        stem = fresh.name.rsplit(".", 1)[0]
        fresh.name = clean_name(f"{stem}-repare.csv")
        fresh.options = {}
        fresh.save()
        return reread(fresh, by=by)


@transaction.atomic
def remember(deposit: Deposit, form: dict[str, Any], *, by: User, personal_confirmed: bool | None = None) -> None:
    """Keep what was typed of the description, complete or not."""
    check(by, Deed.PREPARE, deposit.organisation)
    fresh = open_deposit(deposit)
    fresh.form = form
    if personal_confirmed is not None:
        fresh.personal_confirmed = personal_confirmed
    fresh.save(update_fields=["form", "personal_confirmed", "modified"])


def abandon(deposit: Deposit, *, by: User) -> None:
    """Give a deposit up. Its bytes go with it when nothing else uses them."""
    check(by, Deed.PREPARE, deposit.organisation)
    with transaction.atomic():
        fresh = open_deposit(deposit)
        fresh.state = Deposit.State.ABANDONED
        fresh.generation += 1
        fresh.reading = fresh.profile = fresh.verdict = fresh.repairs = None
        fresh.save()
        transaction.on_commit(lambda: storage.forget_deposit(fresh))


def open_deposit(deposit: Deposit) -> Deposit:
    """The row as it is now, locked. Raises DepositError once it is published or abandoned."""
    fresh = (
        Deposit.objects.select_for_update(of=("self",)).select_related("organisation", "resource__dataset").get(pk=deposit.pk)
    )
    if fresh.state in {Deposit.State.PUBLISHED, Deposit.State.ABANDONED}:
        raise DepositError(_("Ce dépôt est terminé : il n'y a plus rien à y changer."))
    return fresh


@transaction.atomic
def publish(deposit: Deposit, *, by: User, invented: bool = False) -> Version:
    """Make the version, its resource and its dataset where needed, and show them. Doing it twice gives the same version."""
    check(by, Deed.PUBLISH, deposit.organisation)
    # No join: PostgreSQL reads the locked row again after a wait, and the rows beside it as they were before.
    fresh = Deposit.objects.select_for_update().get(pk=deposit.pk)
    if fresh.state == Deposit.State.PUBLISHED and fresh.version:
        return fresh.version
    if fresh.state != Deposit.State.READY:
        raise DepositError(_("Ce fichier n'est pas encore prêt : attendez la fin du contrôle."))
    if any(one["level"] == "strong" for one in fresh.personal) and not fresh.personal_confirmed:
        raise DepositError(
            _("Ce fichier contient peut-être des données sur des personnes : confirmez que leur publication est permise.")
        )
    check_not_withdrawn(fresh, by=by)
    # The table is locked before its dataset is written, as withdrawing does: in the other order each would wait for the other.
    resource = locked_resource(fresh) or new_resource(fresh, invented=invented, by=by)
    dataset = datasets.apply(resource.dataset, fresh.form, by=by) if fresh.resource else resource.dataset
    version = version_of(fresh, resource, by=by)
    resource.current, resource.schema = version, fresh.schema
    resource.save(update_fields=["current", "schema"])
    version.resource = resource
    known = dataset.published is not None
    datasets.show(dataset, by=by)
    if known:
        news.published(version, by)
    fresh.state, fresh.version, fresh.resource = Deposit.State.PUBLISHED, version, resource
    fresh.save()
    refresh(dataset)
    return version


def check_not_withdrawn(deposit: Deposit, *, by: User) -> None:
    """What was withdrawn does not come back by mistake: who may withdraw may publish it again."""
    same = Q(source_sha256__in=[deposit.sha256, deposit.received_sha256 or deposit.sha256])
    withdrawn = Version.objects.filter(
        same, resource__dataset__organisation=deposit.organisation, withdrawn__isnull=False
    ).first()
    if withdrawn and not can(by, Deed.WITHDRAW, deposit.organisation):
        raise DepositError(
            _(
                "Ce fichier a déjà été publié puis retiré, pour cette raison : « %(reason)s ». Un administrateur de l'organisation peut le publier de nouveau."
            )
            % {"reason": withdrawn.withdrawal_reason}
        )


def locked_resource(deposit: Deposit) -> Resource | None:
    return Resource.objects.select_for_update().get(pk=deposit.resource_id) if deposit.resource_id else None


def new_resource(deposit: Deposit, *, invented: bool, by: User) -> Resource:
    dataset = datasets.create(organisation=deposit.organisation, form=deposit.form, invented=invented, by=by)
    return Resource.objects.create(
        dataset=dataset, title=deposit.form.get("resource_title") or dataset.title, schema=deposit.schema
    )


def version_of(deposit: Deposit, resource: Resource, *, by: User) -> Version:
    """The version that these bytes, read so, make: the current one if it is the same, else the next number."""
    digest = jobs.digest_of(deposit)
    resource = Resource.objects.select_for_update().get(pk=resource.pk)
    current = resource.current
    if current and current.digest == digest and current.schema == deposit.schema and not current.withdrawn:
        return current
    last = resource.versions.aggregate(last=Max("number"))["last"] or 0
    reading: dict[str, Any] = deposit.reading or {}
    profile = {name: value for name, value in (deposit.profile or {}).items() if name != "preview"}
    return Version.objects.create(
        resource=resource,
        number=last + 1,
        digest=digest,
        source_sha256=deposit.sha256,
        source_name=deposit.name,
        source_bytes=deposit.size,
        parquet_bytes=storage.version_path(digest).stat().st_size,
        rows=reading["rows"],
        reading=reading,
        profile=profile,
        verdict=deposit.verdict,
        valid=deposit.verdict["valid"] if deposit.verdict else None,
        schema=deposit.schema,
        created_by=by,
    )


def run(deposit: Deposit) -> Deposit:
    """Do the job here and now, with the worker's own code (demonstration, tests)."""
    deposit.refresh_from_db()
    jobs.run(deposit.pk, deposit.generation)
    deposit.refresh_from_db()
    return deposit


def same_as_current(deposit: Deposit) -> bool:
    """Whether publishing would change nothing but the description."""
    current = deposit.resource.current if deposit.resource else None
    return bool(current and deposit.sha256 and current.digest == jobs.digest_of(deposit) and current.schema == deposit.schema)


__all__ = [
    "Dataset",
    "DepositError",
    "FetchError",
    "abandon",
    "from_url",
    "publish",
    "receive",
    "remember",
    "reread",
    "run",
    "use_repaired",
]
