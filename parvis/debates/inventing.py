"""An invented crowd for the demonstration: three hidden ways of thinking, communes drawn by class, the same at each run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np
from django.db import transaction
from django.utils import timezone

from parvis.debates.core.processes.rules import PhaseKind
from parvis.debates.models import Participant, Process, Statement, Vote
from parvis.debates.models.opinions import stems
from parvis.debates.results import computing
from parvis.territories.models import Level, Territory

Opinion = tuple[str, float, float, float]
"""What it says, and how likely each of the three camps is to agree."""
PASSES, UNSAID, ASSISTED, PAPER, CONFIRMED = 0.08, 0.07, 0.10, 0.05, 0.35
CAMPS = (0.42, 0.35, 0.23)


@transaction.atomic
def crowd(process: Process, opinions: Sequence[Opinion], *, people: int, classes: Mapping[str, float], seed: int = 5) -> None:
    """Statements of the team and people who answered, once: a process where somebody answered is left alone. classes: share of the
    people by class of commune."""
    if not process.invented or process.participants.exists():
        return
    generator = np.random.default_rng(seed)
    statements = _statements(process, opinions)
    persons = _persons(process, people, classes, generator)
    camps = generator.choice(len(CAMPS), size=people, p=CAMPS)
    # Rural people lean to the third camp more often, as weighting will show.
    rural = np.array([bool(one.commune and one.commune.territory_class == "rural") for one in persons])
    camps = np.where(rural & (generator.random(people) < 0.6), 2, camps)
    chances = np.array([one[1:] for one in opinions])
    votes = []
    for at, person in enumerate(persons):
        seen = generator.permutation(len(statements))[: generator.integers(5, len(statements) + 1)]
        agrees = generator.random(len(seen)) < chances[seen, camps[at]]
        passes = generator.random(len(seen)) < PASSES
        values = np.where(passes, 0, np.where(agrees, 1, -1))
        when = person.created + timedelta(minutes=2)
        votes += [
            Vote(participant=person, statement=statements[one], value=int(value), created=when, changed=when)
            for one, value in zip(seen, values, strict=True)
        ]
    Vote.objects.bulk_create(votes, batch_size=2000)
    _count(statements, votes)


def draw(process: Process) -> None:
    """The first map, at once."""
    computing.run(computing.ask(process).pk)


def _statements(process: Process, opinions: Sequence[Opinion]) -> list[Statement]:
    known = {one.text: one for one in process.statements.all()}
    first = max((one.number for one in known.values()), default=0) + 1
    fresh = [text for text, *_chances in opinions if text not in known]
    now = timezone.now()
    Statement.objects.bulk_create(
        Statement(
            process=process, number=first + at, text=text, seed=True, state=Statement.State.SHOWN, shown=now, words=stems(text)
        )
        for at, text in enumerate(fresh)
    )
    made = {one.text: one for one in process.statements.all()}
    return [made[text] for text, *_chances in opinions]


def _persons(process: Process, people: int, classes: Mapping[str, float], generator: np.random.Generator) -> list[Participant]:
    level, place = process.territory.level, process.territory
    inside = {"pk": place.pk} if level == Level.COMMUNE else {level: place}
    communes = list(Territory.objects.filter(level=Level.COMMUNE, active=True, **inside).order_by("code"))
    by_class = {name: [one for one in communes if one.territory_class == name] for name in classes}
    names, shares = list(classes), np.array(list(classes.values()))
    drawn = generator.choice(names, size=people, p=shares / shares.sum())
    opened, lasts = _time_to_answer(process)
    made = []
    for at, name in enumerate(drawn):
        commune = None if generator.random() < UNSAID else _drawn(by_class[str(name)], generator)
        origin = _origin(generator.random())
        level = Participant.Level.CONFIRMED if generator.random() < CONFIRMED else Participant.Level.VISITOR
        made.append(
            Participant(
                process=process, number=at + 1, commune=commune, commune_asked=True, origin=origin, level=level,
                created=opened + lasts * (at / people),
            )
        )  # fmt: skip
    Participant.objects.bulk_create(made, batch_size=500)
    return list(process.participants.select_related("commune").order_by("number"))


def _time_to_answer(process: Process) -> tuple[datetime, timedelta]:
    """From when, and for how long: nobody answers after the end, nor tomorrow."""
    phase, now = process.phases.filter(kind=PhaseKind.OPINIONS).first(), timezone.now()
    opened = phase.opens if phase else process.created
    ends = min(now, phase.closes) if phase and phase.closes else now
    return opened, max(timedelta(hours=2), ends - opened) * 0.95


def _drawn(communes: Sequence[Territory], generator: np.random.Generator) -> Territory | None:
    """A commune, as likely as it has people."""
    if not communes:
        return None
    weights = np.array([one.population or 1 for one in communes], dtype=float)
    return communes[int(generator.choice(len(communes), p=weights / weights.sum()))]


def _origin(draw: float) -> str:
    if draw < PAPER:
        return Participant.Origin.PAPER
    return Participant.Origin.ASSISTED if draw < PAPER + ASSISTED else Participant.Origin.SITE


def _count(statements: Sequence[Statement], votes: Sequence[Vote]) -> None:
    for one in statements:
        values = [vote.value for vote in votes if vote.statement_id == one.pk]
        one.agrees, one.disagrees, one.passes = values.count(1), values.count(-1), values.count(0)
    Statement.objects.bulk_update(statements, ["agrees", "disagrees", "passes"])
