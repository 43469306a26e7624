"""Search across programmes: measures and their quotations, in the index of the house."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Case, Q, QuerySet, When
from django.utils import timezone

from parvis.programmes.models import Election, Measure, Outcome
from parvis.programmes.permissions import room_is_open
from parvis.programmes.results.reading import quoted
from parvis.shared.kinds import SearchDocument
from parvis.shared.search import keeper
from parvis.shared.search.port import Question, Unavailable

FACETS = ("election", "list", "theme")
PER_PAGE = 20


@dataclass(frozen=True)
class Found:
    """total: of the whole question; relaxed: nothing held every word."""

    measures: list[Measure]
    total: int
    facets: Mapping[str, tuple[tuple[str, int], ...]]
    relaxed: bool = False
    ready: bool = True


def search(election: Election | None, text: str, filters: Mapping[str, str], page: int) -> Found:
    """In one election, or in all of them."""
    asked = {name: (value,) for name, value in filters.items() if value} | ({"election": (election.slug,)} if election else {})
    question = Question(text, filters=asked, offset=(page - 1) * PER_PAGE, limit=PER_PAGE, facets=("list", "theme"))
    try:
        answer = keeper.search("measure", question)
    except Unavailable:
        return Found([], 0, {}, ready=False)
    order = Case(*(When(pk=key, then=place) for place, key in enumerate(answer.keys))) if answer.keys else "pk"
    shown = published().filter(pk__in=answer.keys).order_by(order)
    if election:
        shown = shown.filter(candidate_list__election=election)
    return Found(list(shown.prefetch_related(quoted())), answer.total, answer.facets, answer.relaxed)


def look_again(election: Election) -> None:
    """What the index keeps of every measure of an election changed: its state, a list's name, themes that were published."""
    Measure.objects.filter(candidate_list__election=election).update(modified=timezone.now())
    transaction.on_commit(partial(keeper.look_again, "measure"))


def published() -> QuerySet[Measure]:
    """Measures that everybody may see."""
    return (
        Measure.objects.filter(merged_into=None)
        .exclude(candidate_list__election__state=Election.State.DRAFT)
        .select_related("candidate_list__election")
    )


def documents(since: datetime | None) -> Iterator[SearchDocument]:
    """Every public measure, or what changed since a moment, so that what left public view leaves the index."""
    if not room_is_open():
        return
    found = Measure.objects.select_related("candidate_list__election__territory").prefetch_related(quoted()).order_by("pk")
    found = found.filter(modified__gt=since) if since else found.filter(Q(merged_into=None))
    batch: list[Measure] = []
    for measure in found.iterator(chunk_size=500):
        batch.append(measure)
        if len(batch) == 500:
            yield from told(batch)
            batch = []
    yield from told(batch)


def told(batch: list[Measure]) -> Iterator[SearchDocument]:
    rows = Outcome.objects.filter(measure__in=batch, criterion="theme").order_by("coding_round__number")
    themes = dict(rows.values_list("measure_id", "value"))
    for one in batch:
        election = one.candidate_list.election
        quotes = "\n".join(passage.quote for passage in one.passages.all()) or one.quote
        yield SearchDocument(
            one.reference,
            one.title,
            one.modified,
            quotes,
            territories=(election.territory.reference,),
            holder=one.candidate_list.name,
            facets={
                "election": (election.slug,),
                "list": (one.candidate_list.slug,),
                "theme": tuple(filter(None, [themes.get(one.pk)])),
            },
            removed=one.merged_into_id is not None or election.state == Election.State.DRAFT,
        )
