"""A published round goes to the catalogue by itself: measures, codings and agreement, each a table that follows its schema. The round is the
job: a worker looks for those whose publication is newer than their tables. Evaluators are numbers there, never names."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from parvis.accounts.models import User
from parvis.catalog import public as catalog
from parvis.organisations.models import Role
from parvis.programmes.models import CodingRound, Election, Measure, Outcome, Task
from parvis.programmes.permissions import room_is_open
from parvis.programmes.results.reading import quoted
from parvis.programmes.rounds import all_codings
from parvis.shared.exports import stream_csv

SILENCE = timedelta(minutes=10)
log = logging.getLogger(__name__)
COLUMNS = {
    "numerique": "digital", "theme": "theme", "competence": "powers", "public": "public", "territoire": "place", "moyens": "means",
    "echeance": "date", "verifiable": "verifiable", "nouveaute": "novelty",
}  # fmt: skip
MEASURES = ("id", "liste", "reference", "numero", "mesure", "citation", "page", "adresse", *COLUMNS)
CODINGS = ("coder", "unit", "criterion", "value", "decision", "raison")
AGREEMENT = ("critere", "alpha", "alpha_bas", "alpha_haut", "ac1", "unites", "evaluateurs", "conclusion")


def tick() -> int:
    """Send the tables of the rounds that are due; how many."""
    if not room_is_open():
        return 0
    due = CodingRound.objects.filter(Q(catalogued=None) | Q(catalogued__lt=F("published")), state=CodingRound.State.PUBLISHED)
    due = due.exclude(election__state=Election.State.DRAFT)
    return sum(claimed(one) for one in due.values_list("pk", flat=True))


def claimed(pk: int) -> bool:
    """Whether this worker took it, and sent it. One that was taken long ago and never ended is taken again."""
    now = timezone.now()
    free = CodingRound.objects.filter(Q(cataloguing=None) | Q(cataloguing__lt=now - SILENCE), pk=pk)
    if not free.update(cataloguing=now):
        return False
    coding_round = CodingRound.objects.select_related("election__organisation", "grid").get(pk=pk)
    try:
        send(coding_round)
    except Exception:  # tried again after a while; the page of the election does not wait for it
        log.exception("the tables of coding round %s could not be published", pk)
        return False
    CodingRound.objects.filter(pk=pk).update(catalogued=now, cataloguing=None)
    return True


def send(coding_round: CodingRound) -> None:
    election = coding_round.election
    by = (
        User.objects.filter(memberships__organisation=election.organisation, memberships__role=Role.ADMINISTRATOR)
        .order_by("pk")
        .first()
    )
    if by is None:
        raise LookupError(f"{election.organisation} has no administrator any more")
    for schema, title, description, header, rows in tables(coding_round):
        place(election, by, schema, title, description, stream_csv(header, rows))


def tables(coding_round: CodingRound) -> Iterator[tuple[str, str, str, tuple[str, ...], Iterable[tuple[Any, ...]]]]:
    title = coding_round.election.title
    yield (
        "parvis/programmes-mesures", f"Mesures des programmes : {title}",
        "Chaque mesure relevée dans les programmes des listes, avec sa citation et ce qui a été codé.", MEASURES, measures(coding_round),
    )  # fmt: skip
    yield (
        "parvis/programmes-codages", f"Codages des programmes : {title}",
        "Chaque réponse de chaque évaluateur, avant tout arbitrage, et la décision là où ils diffèrent. Les évaluateurs sont des numéros.",
        CODINGS, codings(coding_round),
    )  # fmt: skip
    yield (
        "parvis/programmes-accord", f"Accord des évaluateurs : {title}",
        "Par critère, l'accord des évaluateurs au-delà du hasard et ce qu'il permet de conclure.", AGREEMENT, agreement(coding_round),
    )  # fmt: skip


def place(election: Election, by: User, schema: str, title: str, description: str, text: Iterator[str]) -> None:
    """A first version, or another of the same table."""
    known = catalog.newest_of(election.organisation, titled=title)
    form = {
        "title": title, "description": description, "source": f"{election.organisation.name}, lecture des programmes", "frequency": "irregular",
        "licence": "lov2", "keywords": ["élections", "programmes", "codage"],
    }  # fmt: skip
    catalog.publish_file(
        chunks=(part.encode() for part in text), name=f"{schema.partition('/')[2]}.csv", organisation=election.organisation, by=by, form=form,
        schema=schema, invented=election.invented, resource=known.resources.first() if known else None,
    )  # fmt: skip


def measures(coding_round: CodingRound) -> Iterator[tuple[Any, ...]]:
    outcomes: dict[str, dict[str, str]] = {}
    rows = Outcome.objects.filter(coding_round=coding_round, measure__isnull=False).values_list(
        "measure_id", "criterion", "value"
    )
    for key, criterion, value in rows.iterator(chunk_size=5000):
        outcomes.setdefault(str(key), {})[criterion] = value
    found = (
        Measure.objects.filter(pk__in=outcomes, merged_into=None).select_related("candidate_list").prefetch_related(quoted())
    )
    for one in found.order_by("candidate_list__reference", "candidate_list__rank", "number").iterator(chunk_size=500):
        passages = list(one.passages.all())
        quote = " […] ".join(passage.quote for passage in passages) or one.quote
        yield (
            one.pk, one.candidate_list.name, one.candidate_list.reference, one.number, one.title, " ".join(quote.split()),
            passages[0].page if passages else None, settings.SITE_URL + one.get_absolute_url(),
            *(outcomes[one.pk].get(criterion) for criterion in COLUMNS.values()),
        )  # fmt: skip


def codings(coding_round: CodingRound) -> Iterator[tuple[Any, ...]]:
    numbers = {
        label: f"E{n}"
        for n, label in enumerate(coding_round.evaluators.order_by("pk").values_list("label", flat=True), start=1)
    }
    points = coding_round.adjudications.exclude(value="").values_list("unit_key", "criterion", "value", "reason")
    decided = {(unit, criterion): (value, reason) for unit, criterion, value, reason in points}
    tasks = Task.objects.filter(coding_round=coding_round, done__isnull=False)
    for label, unit, criterion, _list, value in all_codings(coding_round, tasks):
        yield numbers[label], unit, criterion, value, *decided.get((unit, criterion), (None, None))


def agreement(coding_round: CodingRound) -> Iterator[tuple[Any, ...]]:
    for criterion, one in coding_round.agreement.get("criteria", {}).items():
        low, high = one["alpha_interval"] or (None, None)
        numbers = (None if value is None else round(value, 4) for value in (one["alpha"], low, high, one["ac1"]))
        yield criterion, *numbers, one["units"], one["coders"], one["reliability"]
