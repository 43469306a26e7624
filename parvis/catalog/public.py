"""What other rooms may ask of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse

from parvis.accounts.models import User
from parvis.catalog import charts, queries, questions
from parvis.catalog.actions import charts as charts_kept
from parvis.catalog.actions import deposits
from parvis.catalog.actions import questions as questions_kept
from parvis.catalog.actions.obligations import (  # noqa: F401 -- for the demonstration
    contest,
    settle,
    state_activity,
    state_staff,
)
from parvis.catalog.core.charts.choice import from_dict
from parvis.catalog.core.requests.states import OPEN
from parvis.catalog.harvesting.access import may_harvest
from parvis.catalog.inventing import age as invent_age  # noqa: F401 -- for the demonstration
from parvis.catalog.inventing import campaign as invent_campaign  # noqa: F401 -- for the demonstration
from parvis.catalog.inventing import consolidation as invent_consolidation  # noqa: F401 -- for the demonstration
from parvis.catalog.inventing import request as invent_request  # noqa: F401 -- for the demonstration
from parvis.catalog.inventing import reuse as invent_reuse  # noqa: F401 -- for the demonstration
from parvis.catalog.models import Campaign, Chart, DataRequest, Dataset, Deposit, Query, Resource, Version
from parvis.catalog.obligations import facts, law
from parvis.catalog.obligations.page import page_of
from parvis.catalog.permissions import Deed, may_for_region
from parvis.catalog.requests.permissions import shown as shown_requests
from parvis.catalog.rows import OverloadError as Overloaded  # noqa: F401 -- what drawing raises
from parvis.organisations.models import Organisation
from parvis.organisations.queries import organisations_of
from parvis.territories.models import Territory


def latest(near: Territory | None = None, limit: int = 6) -> list[Dataset]:
    """The last datasets published; around `near`, those of the commune first, then of its EPCI, its département, its Région."""
    return list(queries.datasets(queries.Question(), near)[:limit])


def doors_for(user: object) -> dict[str, bool]:
    """What `user` may do for others, so that a desk leads there: accompany local authorities, read other portals."""
    return {"accompanies": may_for_region(user, Deed.ACCOMPANY), "harvests": may_harvest(user)}


def figures() -> dict[str, int]:
    """How many datasets are published, by how many organisations."""
    return Dataset.objects.filter(published__isnull=False).aggregate(
        datasets=Count("pk"), publishers=Count("organisation", distinct=True)
    )


def deposits_of(user: object) -> QuerySet[Deposit]:
    """Deposits that wait for somebody in the organisations of `user`, newest first."""
    if not isinstance(user, User):
        return Deposit.objects.none()
    done = [Deposit.State.PUBLISHED, Deposit.State.ABANDONED]
    return Deposit.objects.filter(organisation__in=organisations_of(user)).exclude(state__in=done)


def drafts_of(user: object) -> QuerySet[Dataset]:
    """Datasets not published yet in the organisations of `user`."""
    return Dataset.objects.filter(organisation__in=organisations_of(user), published=None).select_related("organisation")


def has_dataset(*, organisation: Organisation, title: str) -> bool:
    return Dataset.objects.filter(organisation=organisation, title=title, published__isnull=False).exists()


def requests_for(user: object) -> dict[str, Any]:
    """What the desk says of requests of data: those that wait for an answer of this person's organisations, and those that they made."""
    if not isinstance(user, User):
        return {"waiting": [], "mine": 0}
    waiting = shown_requests().filter(organisation__in=organisations_of(user), state__in=[state.value for state in OPEN])
    mine = DataRequest.objects.filter(author=user, published__isnull=False).count()
    return {"waiting": list(waiting.order_by("answer_by", "published", "pk")[:5]), "mine": mine}


def has_request(*, organisation: Organisation, title: str) -> bool:
    return DataRequest.objects.filter(organisation=organisation, title=title).exists()


def newest_of(organisation: Organisation, *, titled: str = "") -> Dataset | None:
    """The last dataset that it published, among those whose title begins so."""
    found = Dataset.objects.filter(organisation=organisation, published__isnull=False, title__startswith=titled)
    return found.order_by("-published").first()


def prepare() -> None:
    """What the catalogue needs before its first page: the rules of the law."""
    law.load()


def obligations_of(organisation: Organisation) -> dict[str, Any] | None:
    """What an agent's desk says of what the law asks: the next steps first, and how many. None where no rule speaks of it."""
    if not facts.bound(organisation):
        return None
    page = page_of(organisation)
    url = reverse("catalog:authority_obligations", args=[organisation.slug])
    return {
        "next": page.next[:3],
        "waiting": len(page.next),
        "done": len(page.done),
        "questions": page.open_questions,
        "url": url,
    }


def reap() -> int:
    """Take up again what a dead worker left, and keep the figures of the law up to date."""
    from parvis.catalog import comparisons, exports, missed, quality, question_jobs, tasks
    from parvis.catalog.campaigns import sending as campaigns_sending
    from parvis.catalog.consolidations import jobs as consolidations
    from parvis.catalog.harvesting import schedule as harvesting
    from parvis.catalog.obligations import progress
    from parvis.catalog.requests import daily as requests_daily
    from parvis.catalog.requests import delivery as requests_delivery

    requests_delivery.deliver_waiting()
    requests_daily.tick()
    progress.catch_up()
    consolidations.catch_up()
    campaigns_sending.catch_up()
    quality.measure_the_day()
    missed.forget()
    harvesting.tick()
    return tasks.reap() + exports.reap() + comparisons.reap() + question_jobs.reap()


def publish_file(
    *,
    chunks: Iterable[bytes],
    name: str,
    organisation: Organisation,
    by: User,
    form: dict[str, Any],
    schema: str = "",
    invented: bool = False,
    resource: Resource | None = None,
) -> Version:
    """Take a file through the whole flow at once: received, read, checked, published, as a new version of `resource` where one
    is given. Raises DepositError when it cannot be read."""
    deposit = leave_draft(
        chunks=chunks, name=name, organisation=organisation, by=by, form=form, schema=schema, resource=resource
    )
    if deposit.state != Deposit.State.READY:
        raise deposits.DepositError(deposit.error)
    return deposits.publish(deposit, by=by, invented=invented)


def has_campaign(title: str) -> bool:
    return Campaign.objects.filter(title=title).exists()


CannotPublish = deposits.DepositError


def publish_table(
    *,
    chunks: Iterable[bytes],
    name: str,
    title: str,
    form: dict[str, Any],
    organisation: Organisation,
    by: User,
    dataset: str = "",
    resource: str = "",
    invented: bool = False,
) -> Version:
    """A table of a dataset made of several: a new version of `resource` (its primary key), else a new one of `dataset` (its address),
    else the first of a new dataset. title: of the table; form: description of the dataset. Raises `CannotPublish`."""
    known = Resource.objects.filter(pk=resource).select_related("dataset").first() if resource else None
    beside = Dataset.objects.filter(slug=dataset, organisation=organisation).first() if dataset and known is None else None
    made = Resource.objects.create(dataset=beside, title=title) if beside else None
    try:
        return publish_file(
            chunks=chunks, name=name, organisation=organisation, by=by, form=form | {"resource_title": title},
            invented=invented, resource=known or made,
        )  # fmt: skip
    except BaseException:
        if made:
            made.delete()
        raise


def leave_draft(
    *,
    chunks: Iterable[bytes],
    name: str,
    organisation: Organisation,
    by: User,
    form: dict[str, Any],
    schema: str = "",
    resource: Resource | None = None,
) -> Deposit:
    """A deposit, read and checked, that waits for somebody."""
    deposit = deposits.receive(chunks=chunks, name=name, organisation=organisation, by=by, schema=schema, resource=resource)
    deposits.remember(deposit, form, by=by)
    return deposits.run(deposit)


def keep_question(sql: str, tables: Mapping[str, Version], *, title: str, by: User) -> Query:
    """Keep a question asked of these versions, once its answer is known."""
    pinned = {name: f"{version.resource_id}@{version.number}" for name, version in tables.items()}
    return questions_kept.keep(question=questions.asked(sql, pinned), title=title, by=by)


def keep_chart(version: Version, *, choice: dict[str, Any]) -> Chart:
    """Keep a chart of `version`, under the sentence that its data say. choice: as `core.charts.choice` writes it."""
    chosen = from_dict(choice)
    return charts_kept.keep(version, chosen, findings=charts.findings(version, chosen))


def dataset_of(organisation: Organisation, *, titled: str) -> str:
    """The reference of a published dataset of that title, or nothing."""
    found = Dataset.objects.filter(organisation=organisation, title=titled, published__isnull=False).first()
    return found.reference if found else ""


def references_of(organisations: Iterable[Organisation]) -> list[str]:
    """Of their published datasets."""
    slugs = Dataset.objects.filter(organisation__in=list(organisations), published__isnull=False).values_list("slug", flat=True)
    return [f"dataset:{slug}" for slug in slugs]


def chart_of(organisation: Organisation, *, titled: str) -> Chart | None:
    """The last chart kept of a published dataset of that title."""
    found = Chart.objects.filter(
        resource__dataset__organisation=organisation,
        resource__dataset__title=titled,
        resource__dataset__published__isnull=False,
        version__withdrawn=None,
    )
    return found.select_related("version").order_by("-pk").first()


def picture_png(svg: str) -> bytes:
    """An SVG of ours as a PNG, by the drawing program. Raises `Overloaded` when it cannot in a few seconds."""
    from parvis.catalog.drawing.engine import engine

    return engine.svg_to_png(svg)
