"""What this room keeps about people: their reports, the decisions about what they wrote, their appeals."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from parvis.accounts.models import User
from parvis.accounts.personal import Holding, register
from parvis.moderation.models import Appeal, Decision, Report


def export(user: User) -> dict[str, Any]:
    return {
        "reports": list(Report.objects.filter(by=user).values("case__reference", "reason", "text", "created")),
        "decisions_received": list(
            Decision.objects.filter(author=user).values("case__reference", "verdict", "reason", "note", "created")
        ),
        "appeals": list(Appeal.objects.filter(by=user).values("decision__case__reference", "text", "created")),
    }


register(
    Holding(
        name="moderation",
        export=export,
        remains=gettext_lazy("Vos signalements et les décisions de modération restent, sans votre nom."),
    )
)
