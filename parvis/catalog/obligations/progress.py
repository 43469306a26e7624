"""How far everybody has come, computed set-wise and kept; and a row a day for the region.

What is kept is never the truth: the page of an authority computes its own, and all of it can be thrown away."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max, Q, Sum
from django.utils import timezone

from parvis.catalog.core.obligations.rules import Kind, Rule
from parvis.catalog.core.obligations.status import counts, statuses
from parvis.catalog.models import Dataset, ObligationProgress, ObligationRule, ObligationSnapshot, ObligationStatement
from parvis.catalog.obligations import facts, law
from parvis.catalog.obligations.policy import catalogue_figures
from parvis.organisations.models import Organisation

BATCH = 500
MARGIN = timedelta(seconds=5)  # a transaction may end a little after the moment that it wrote down
COUNTED = ("expected", "done", "to_do", "late", "to_confirm", "gain")


def refresh(organisations: Sequence[Organisation] | None = None, *, today: date | None = None) -> int:
    """Compute again those of `organisations` that the Région accompanies, or all of them; then the figures of the day."""
    day, now = today or timezone.localdate(), timezone.now()
    wanted = facts.authorities().select_related("territory")
    if organisations is not None:
        wanted = wanted.filter(pk__in=[one.pk for one in organisations])
    found = list(wanted)
    among = None if organisations is None else found
    rules = [rule for rule in law.active() if rule.kind == Kind.PUBLISH]
    said, published, largest = facts.statements(among), facts.publications(among), facts.largest_communes()
    rows = [_row(one, rules, said, published, largest, day, now) for one in found]
    with transaction.atomic():
        if organisations is None:
            ObligationProgress.objects.exclude(organisation__in=wanted.values("pk")).delete()
        ObligationProgress.objects.bulk_create(
            rows,
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["organisation"],
            update_fields=["statuses", "day", "computed", *COUNTED],
        )
        snapshot(day)
    return len(rows)


def _row(
    one: Organisation,
    rules: list[Rule],
    said: dict[int, list[ObligationStatement]],
    published: dict[int, list[facts.Shown]],
    largest: dict[int, int],
    day: date,
    now: datetime,
) -> ObligationProgress:
    held = said.get(one.pk, [])
    known = facts.facts_of(one, held, largest.get(one.territory_id or 0) if one.nature == "epci" else None)
    weighed = [shown.weighed for shown in (*published.get(one.pk, ()), *facts.elsewhere(held))]
    found = statuses(rules, known, weighed, day)
    count = counts(found.values())
    return ObligationProgress(
        organisation=one,
        statuses={rule: status.value for rule, status in found.items()},
        day=day,
        computed=now,
        **{name: getattr(count, name) for name in COUNTED},
    )


def snapshot(day: date) -> ObligationSnapshot:
    """The row of `day`, written over."""
    totals = ObligationProgress.objects.aggregate(
        authorities=Count("pk"),
        started=Count("pk", filter=Q(done__gt=0)),
        **{name: Sum(name, default=0) for name in ("expected", "done", "to_do", "late", "to_confirm")},
    )
    rules: dict[str, Counter[str]] = defaultdict(Counter)
    for found in ObligationProgress.objects.values_list("statuses", flat=True).iterator():
        for rule, status in found.items():
            rules[rule][status] += 1
    row, _created = ObligationSnapshot.objects.update_or_create(
        day=day,
        defaults={"figures": totals | catalogue_figures(), "rules": {rule: dict(count) for rule, count in rules.items()}},
    )
    return row


def catch_up(today: date | None = None) -> int:
    """What the worker does at each round: everything once a day and when a rule changed, otherwise whom something happened to."""
    day = today or timezone.localdate()
    last = ObligationProgress.objects.aggregate(day=Max("day"), computed=Max("computed"))
    since = (last["computed"] or timezone.now()) - MARGIN
    if last["day"] != day or ObligationRule.objects.filter(modified__gt=since).exists():
        return refresh(today=day) if ObligationRule.objects.exists() else 0
    touched = set(Dataset.objects.filter(modified__gt=since).values_list("organisation_id", flat=True))
    news = Q(created__gt=since) | Q(ended__gt=since) | Q(decided__gt=since)
    touched |= set(ObligationStatement.objects.filter(news).values_list("organisation_id", flat=True))
    found = list(facts.authorities().filter(pk__in=touched)) if touched else []
    return refresh(found, today=day) if found else 0
