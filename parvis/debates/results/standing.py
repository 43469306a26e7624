"""Where the person who asks stands: computed at each reading from the kept components and from their own answers. Never cached."""

from __future__ import annotations

from dataclasses import dataclass, field

from parvis.debates.core.opinions.placing import Place, place
from parvis.debates.models import OpinionMap, Participant, Vote
from parvis.debates.results.computing import unpacked


@dataclass(frozen=True)
class Standing:
    """votes: their answers, by number of statement. missing: how many more answers before they have a place. where: None until then."""

    votes: dict[int, int] = field(default_factory=dict)
    missing: int = 0
    where: Place | None = None


def standing_of(participant: Participant | None, found: OpinionMap | None) -> Standing | None:
    """None for who has not taken part, or without a map."""
    if participant is None or found is None or not found.arrays:
        return None
    rows = Vote.objects.filter(participant=participant).values_list("statement__number", "value")
    votes = {int(number): int(value) for number, value in rows}
    known = unpacked(bytes(found.arrays))
    where = place(known, votes)
    missing = max(0, known.least - where.used)
    return Standing(votes, missing, None if missing else where)
