"""Words of the blueprints: what one reads when choosing, and the texts that a new process starts with, to be made one's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from parvis.debates.core.processes.blueprints import BLUEPRINTS, Blueprint
from parvis.debates.core.processes.rules import PhaseKind


@dataclass(frozen=True)
class Words:
    """purpose: the text to complete; phases: title and text of each kind."""

    title: Any
    line: Any
    when: Any
    example: Any
    purpose: Any
    phases: dict[PhaseKind, tuple[Any, Any]]


INFORM = _("S'informer"), _("Les chiffres et les textes utiles pour se faire une idée, avec leurs sources.")
GIVE = _("Donner son avis"), _(
    "Des affirmations paraissent une à une : on est d'accord, pas d'accord, ou l'on passe. On peut en proposer d'autres. "
    "Quelques minutes suffisent, et l'on s'arrête quand on veut."
)  # fmt: skip
DISCUSS = (
    _("Discuter"),
    _("À partir de ce qui rapproche et de ce qui divise, on échange des arguments et l'on pose des questions."),
)

PURPOSE = _(
    "Pourquoi cette question\n\n"
    "[En deux ou trois phrases : ce qui se passe, et ce qui doit être décidé.]\n\n"
    "Ce que nous ferons de vos réponses\n\n"
    "[Qui les lira, quand, et ce qui peut changer. Dites aussi ce qui ne changera pas.]\n\n"
    "Nous publierons les résultats ici, et nous dirons ce que nous en retenons."
)

WORDS = {
    "question-ouverte": Words(
        _("Question ouverte"),
        _("S'informer, donner son avis, puis discuter : pour chercher ensemble, avant qu'une décision soit prête."),
        _("Six semaines. Quand vous ne savez pas encore ce que vous allez proposer."),
        _("Par exemple : « Que doit devenir la place du marché ? »"),
        PURPOSE,
        {PhaseKind.INFORMATION: INFORM, PhaseKind.OPINIONS: GIVE, PhaseKind.DISCUSSION: DISCUSS},
    ),
    "recueil-d-avis": Words(
        _("Recueil d'avis"),
        _("S'informer et donner son avis en même temps : pour savoir ce que l'on pense d'un sujet précis."),
        _("Quatre semaines. Quand un projet existe, et que vous voulez savoir ce qui rapproche et ce qui divise."),
        _("Par exemple : « Que pensez-vous des nouveaux horaires des bus ? »"),
        PURPOSE,
        {PhaseKind.INFORMATION: INFORM, PhaseKind.OPINIONS: GIVE},
    ),
}


def all_of_them() -> list[tuple[Blueprint, Words]]:
    return [(blueprint, WORDS[name]) for name, blueprint in BLUEPRINTS.items()]
