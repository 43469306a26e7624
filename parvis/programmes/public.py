"""What other rooms may ask of the programmes."""

from __future__ import annotations

from django.conf import settings

from parvis.accounts.models import User
from parvis.programmes import inventing, open_data
from parvis.territories.models import Level, Territory


def is_open() -> bool:
    return bool(settings.PROGRAMMES)


def reap() -> int:
    """Send to the catalogue the tables of the rounds that were published."""
    return open_data.tick()


def has_invented_election() -> bool:
    return inventing.is_there()


def invent_election(*, manager: User, evaluators: list[tuple[User, str, str]]) -> None:
    """The election of the demonstration. evaluators: (person, name on the pages, who they are)."""
    territory = Territory.objects.get(level=Level.REGION, code=settings.REGION_CODE)
    inventing.publish(territory=territory, manager=manager, evaluators=evaluators)
