"""What this room keeps about people: what they follow, and the letters that told them."""

from __future__ import annotations

from typing import Any

from parvis.accounts.models import User
from parvis.accounts.personal import Holding, register
from parvis.notifications.models import Digest, Follow, Preference


def export(user: User) -> dict[str, Any]:
    return {
        "follows": list(Follow.objects.filter(user=user).values("reference", "created")),
        "letters": Preference.objects.filter(user=user).values_list("period", flat=True).first() or "daily",
        "digests": list(Digest.objects.filter(user=user).values("period", "state", "created")),
    }


register(Holding(name="notifications", export=export))
