"""What this room keeps about people as people: what they answered and proposed, process by process."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.utils.translation import gettext_lazy

from parvis.accounts.models import User
from parvis.accounts.personal import Holding, register
from parvis.debates import mine
from parvis.debates.actions import participants
from parvis.debates.models import Participant


def export(user: User) -> dict[str, Any]:
    found = Participant.objects.filter(user=user).select_related("process", "commune").order_by("process")
    return {"participations": [mine.copy_of(one) for one in found]}


@receiver(pre_delete, sender=User)
def unlink(sender: type[User], instance: User, **_details: Any) -> None:
    """No account any more: no digest may say whose answers these are either."""
    participants.unlink(Participant.objects.filter(user=instance))


register(
    Holding(
        name="debates",
        export=export,
        remains=gettext_lazy("Vos réponses aux démarches et vos affirmations restent comptées, sans lien avec vous."),
    )
)
