"""Invented processes for the demonstration, made through the same actions as those of people, then dated in the past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from parvis.accounts.models import User
from parvis.debates.actions import processes as actions
from parvis.debates.models import Process
from parvis.organisations.models import Organisation
from parvis.territories.models import Territory


@transaction.atomic
def process(
    *,
    title: str,
    summary: str,
    purpose: str,
    organisation: Organisation,
    territory: Territory,
    by: User,
    blueprint: str,
    opens: datetime,
    closes: datetime,
    seeds: Sequence[str],
    sources: Sequence[str] = (),
    texts: Mapping[str, str] | None = None,
    synthesis: str = "",
    published: bool = True,
) -> str:
    """Once: one of the same organisation and title is left alone. texts: of phases, by kind."""
    known = Process.objects.filter(organisation=organisation, title=title, invented=True).first()
    if known:
        return known.slug
    made = actions.create(
        title=title, summary=summary, organisation=organisation, territory=territory, opens=opens, closes=closes,
        blueprint=blueprint, by=by, invented=True,
    )  # fmt: skip
    for kind, text in (texts or {}).items():
        made.phases.filter(kind=kind).update(text=text)
    made.purpose, made.sources = purpose or made.purpose, list(sources)
    made.save()
    actions.write_seeds(made, seeds, by=by)
    if published:
        Process.objects.filter(pk=made.pk).update(
            published=min(opens, timezone.now()),
            synthesis=synthesis,
            synthesis_date=closes if synthesis else None,
            modified=timezone.now(),
        )
    return made.slug
