"""How many people take part, by how they are known and by where their answers come from; those set apart are told, and not counted."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef

from parvis.debates.models import Participant, Process, Vote


@dataclass(frozen=True)
class Numbers:
    """People who answered at least once. waiting: those whose answers wait for an e-mail link."""

    levels: dict[str, int] = field(default_factory=dict)
    origins: dict[str, int] = field(default_factory=dict)
    waiting: int = 0

    @property
    def total(self) -> int:
        return sum(self.levels.values())


def numbers_of(process: Process) -> Numbers:
    answered = Exists(Vote.objects.filter(participant=OuterRef("pk")))
    rows = Participant.objects.filter(answered, process=process).order_by()
    levels = dict.fromkeys(Participant.Level.values, 0)
    origins = dict.fromkeys(Participant.Origin.values, 0)
    waiting = 0
    for level, origin, counted, people in rows.values_list("level", "origin", "counted").annotate(people=Count("pk")):
        if counted:
            levels[level] += people
            origins[origin] += people
        else:
            waiting += people
    return Numbers(levels, origins, waiting)
