"""What came of a campaign: figures, and the line of each authority."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from parvis.catalog.models import Campaign, CampaignMessage, Dataset

State = CampaignMessage.State
WENT = (State.SENT, State.RETURNED, State.UNSURE)
SHOWN = {
    "ouverts": _("lien ouvert"),
    "acceptes": _("équipe inscrite"),
    "publies": _("a publié depuis"),
    "sans-suite": _("envoyé, lien jamais ouvert"),
}
HEADER = ("organisation", "nom", "adresse", "etat", "envoye", "lien_ouvert", "equipe_inscrite", "a_publie_depuis", "erreur")


def followed(campaign: Campaign) -> QuerySet[CampaignMessage]:
    since = Dataset.objects.filter(organisation=OuterRef("organisation"), published__gt=OuterRef("sent"))
    found = CampaignMessage.objects.filter(campaign=campaign).select_related("organisation", "invitation")
    return found.annotate(has_published=Exists(since))


def messages(campaign: Campaign, wanted: str = "") -> QuerySet[CampaignMessage]:
    """wanted: a state, a key of `SHOWN`, or everything."""
    found = followed(campaign)
    if wanted in State.values:
        return found.filter(state=wanted)
    kinds = {
        "ouverts": Q(opened__isnull=False),
        "acceptes": Q(invitation__accepted__isnull=False),
        "publies": Q(has_published=True),
        "sans-suite": Q(state=State.SENT, opened=None),
    }
    return found.filter(kinds[wanted]) if wanted in kinds else found


def figures(campaign: Campaign) -> dict[str, int]:
    """How many in all, sent, opened, joined, published, waiting and stopped."""
    return followed(campaign).aggregate(
        total=Count("pk"),
        waiting=Count("pk", filter=Q(state__in=[State.READY, State.SENDING])),
        sent=Count("pk", filter=Q(state__in=WENT)),
        opened=Count("pk", filter=Q(opened__isnull=False)),
        joined=Count("pk", filter=Q(invitation__accepted__isnull=False)),
        published=Count("pk", filter=Q(has_published=True)),
    )


def choices(campaign: Campaign) -> list[tuple[str, str, int]]:
    """(value, words, how many): the states that have any, then what came after."""
    counted = dict(campaign.messages.order_by().values_list("state").annotate(n=Count("pk")))
    found = [(value, str(words), counted[value]) for value, words in State.choices if counted.get(value)]
    numbers = figures(campaign)
    after = {"ouverts": numbers["opened"], "acceptes": numbers["joined"], "publies": numbers["published"]}
    return found + [(key, str(SHOWN[key]), count) for key, count in after.items() if count]


def line(message: Any) -> tuple[Any, ...]:
    accepted = message.invitation.accepted if message.invitation else None
    return (
        message.organisation.slug, message.organisation.name, message.email, message.get_state_display(), message.sent,
        message.opened, accepted, message.has_published, message.error,
    )  # fmt: skip
