"""What this room keeps about people as people: what they coded, and what they answered in the name of a list."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from parvis.accounts.models import User
from parvis.accounts.personal import Holding, register
from parvis.programmes.models import Coding, Evaluator, ListReply, Spokesperson


def export(user: User) -> dict[str, Any]:
    codings = Coding.objects.filter(task__evaluator__user=user)
    return {
        "evaluator_in": list(Evaluator.objects.filter(user=user).values("coding_round__election__title", "label", "presented")),
        "codings": list(codings.values("task__unit_key", "criterion", "value", "at")),
        "speaks_for": list(Spokesperson.objects.filter(user=user).values("candidate_list__name", "created")),
        "answers": list(ListReply.objects.filter(by=user).values("measure", "text", "created")),
    }


register(
    Holding(
        name="programmes",
        export=export,
        remains=gettext_lazy(
            "Vos codages et vos réponses au nom d'une liste restent, sans lien avec votre compte ; le nom d'évaluateur que vous aviez choisi aussi."
        ),
    )
)
