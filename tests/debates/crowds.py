"""Invented crowds, large or small, written straight in the database: what results are tested on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
from django.utils import timezone

from parvis.debates.models import Participant, Phase, Process, Statement, Vote
from parvis.organisations.models import Nature, Organisation
from parvis.territories.models import Territory

CAMPS = 3


def country() -> dict[str, Any]:
    """A région of two départements and three EPCI, with a commune of each class in each EPCI."""
    region = Territory.objects.create(level="region", code="76", name="Occitanie", population=600_000, vintage=2026)
    found: dict[str, Any] = {"region": region, "communes": []}
    for number, code in enumerate(("46", "31")):
        departement = Territory.objects.create(
            level="departement", code=code, name=f"Département {code}", population=300_000, region=region, vintage=2026
        )
        for place in range(2 - number):
            epci = Territory.objects.create(
                level="epci", code=f"2000673{number}{place}", name=f"EPCI {code}-{place}", population=150_000,
                region=region, departement=departement, vintage=2026,
            )  # fmt: skip
            for rank, (kind, people) in enumerate((("centre", 100_000), ("periphery", 30_000), ("rural", 20_000))):
                found["communes"].append(
                    Territory.objects.create(
                        level="commune", code=f"{code}{place}{rank:02}", name=f"Commune {code}-{place}-{kind}", population=people,
                        region=region, departement=departement, epci=epci, territory_class=kind, vintage=2026,
                    )
                )  # fmt: skip
    return found


def process(territory: Territory, slug: str = "eau", **fields: Any) -> Process:
    organisation, _made = Organisation.objects.get_or_create(
        slug="region", defaults={"name": "Région", "nature": Nature.REGION}
    )
    now = timezone.now()
    made = Process.objects.create(
        slug=slug, title="Comment partager l'eau ?", summary="Une question.", organisation=organisation, territory=territory,
        published=now - timedelta(days=3), **fields,
    )  # fmt: skip
    Phase.objects.create(
        process=made,
        position=1,
        kind="opinions",
        title="Donner son avis",
        opens=now - timedelta(days=2),
        closes=now + timedelta(days=9),
    )
    return made


def fill(process: Process, people: int, statements: int, communes: list[Territory], *, each: int = 12, seed: int = 1) -> None:
    """Three camps that differ; communes given in turn, unequal shares of classes; counts beside statements kept right."""
    generator = np.random.default_rng(seed)
    first = process.participants.count()
    shown = Statement.State.SHOWN
    Statement.objects.bulk_create(
        Statement(process=process, number=number, text=f"Affirmation {number} : il faut agir.", state=shown, words=" agir ")
        for number in range(1, statements + 1)
    )
    made = list(process.statements.order_by("number"))
    Participant.objects.bulk_create(
        Participant(process=process, number=first + at + 1, commune=communes[at % len(communes)] if communes else None)
        for at in range(people)
    )
    persons = list(process.participants.order_by("number"))[first:]
    camps = generator.normal(size=(CAMPS, statements))
    camps[:, 0] = 2.0  # all agree on the first
    votes = []
    for at, person in enumerate(persons):
        seen = generator.choice(statements, size=min(each, statements), replace=False)
        lean = camps[at % CAMPS, seen] + generator.normal(scale=0.6, size=len(seen))
        values = np.where(generator.random(len(seen)) < 0.1, 0, np.sign(lean)).astype(int)
        votes += [
            Vote(participant=person, statement=made[one], value=int(value)) for one, value in zip(seen, values, strict=True)
        ]
    Vote.objects.bulk_create(votes, batch_size=5000)
    count(process)


def count(process: Process) -> None:
    for one in process.statements.all():
        values = list(Vote.objects.filter(statement=one, participant__counted=True).values_list("value", flat=True))
        one.agrees, one.disagrees, one.passes = values.count(1), values.count(-1), values.count(0)
        one.save(update_fields=["agrees", "disagrees", "passes"])
