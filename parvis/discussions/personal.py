"""What this room keeps about people as people: their messages, and those that they found useful."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.utils.translation import gettext_lazy

from parvis.accounts.models import User
from parvis.accounts.personal import Holding, register
from parvis.discussions.models import Message, Revision, Useful


def export(user: User) -> dict[str, Any]:
    fields = ("id", "subject", "kind", "text", "references", "signature", "voice", "created", "edited", "withdrawn", "hidden")
    return {
        "messages": list(Message.objects.filter(author=user).values(*fields)),
        "past_versions": list(Revision.objects.filter(message__author=user).values("message", "text", "until")),
        "useful": list(Useful.objects.filter(user=user).values("message", "created")),
    }


@receiver(pre_delete, sender=User)
def unsign(sender: type[User], instance: User, **_details: Any) -> None:
    """Who leaves takes their name away; what they said to others stays, so that the answers keep a sense."""
    Message.objects.filter(author=instance).update(signature="")


register(
    Holding(
        name="discussions",
        export=export,
        remains=gettext_lazy(
            "Vos messages restent lisibles, sans votre nom. Retirez d'abord ceux que vous ne voulez pas laisser."
        ),
    )
)
