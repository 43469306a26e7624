"""What pages of agreement and of decisions show."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from parvis.programmes import rounds
from parvis.programmes.core.reliability import Reliability
from parvis.programmes.models import Adjudication, CodingRound, Task

WORDS = {
    Reliability.RELIABLE: _("fiable"),
    Reliability.TENTATIVE: _("prudence"),
    Reliability.DOMINATED: _("prudence : une réponse domine, AC1 fait foi"),
    Reliability.LOW: _("trop faible : nous ne concluons pas"),
    Reliability.FEW: _("trop peu d'unités : nous ne concluons pas"),
}


def agreement_tables(coding_round: CodingRound) -> dict[str, Any]:
    """Rows of the three tables, from what the round keeps."""
    known, grid = coding_round.agreement, coding_round.grid.read
    names = {str(pk): name for pk, name in coding_round.election.lists.values_list("pk", "name")}
    if not known:
        return {"criteria": [], "pairs": [], "documents": []}
    criteria = [(one, with_words(known["criteria"][one.key])) for one in grid.criteria if one.key in known["criteria"]]
    pairs = [(one["pair"], grid.by_key[one["criterion"]], with_words(one)) for one in known["pairs"]]
    documents = [
        (grid.by_key[key], [(names.get(one, ""), with_words(found)) for one, found in by_list.items() if one in names])
        for key, by_list in known["documents"].items()
    ]
    return {"criteria": criteria, "pairs": pairs, "documents": documents, "measured": known}


def with_words(found: dict[str, Any]) -> dict[str, Any]:
    verdict = Reliability(found["reliability"])
    return found | {"words": WORDS[verdict], "concludes": verdict.concludes}


def context(coding_round: CodingRound, point: Adjudication) -> dict[str, Any]:
    """Both codings of the point, with the notes of those who made them, and what else the unit was given."""
    criterion = coding_round.grid.read.by_key[point.criterion]
    codings = rounds.codings_of_unit(coding_round, point.unit_key)
    tasks = Task.objects.filter(coding_round=coding_round, unit_key=point.unit_key).select_related("evaluator")
    memos = {task.evaluator.label: task.memo for task in tasks}
    both = [
        (label, criterion.level(values.get(point.criterion, "")), memos.get(label, "")) for label, values in codings.items()
    ]
    passages = list(point.measure.passages.select_related("source")) if point.measure else []
    return {
        "round": coding_round, "election": coding_round.election, "point": point, "both": both, "passages": passages,
        "left": coding_round.adjudications.filter(value="").count(),
    }  # fmt: skip
