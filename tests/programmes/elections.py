"""A small election with its people, for tests."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from parvis.accounts.models import User
from parvis.organisations.models import Membership, Nature, Organisation, Role
from parvis.programmes.actions import elections
from parvis.programmes.models import CandidateList, Election, Measure
from parvis.territories.models import Level, Territory


def person(name: str) -> User:
    return User.objects.create_user(f"{name}@exemple.invalid", "un mot de passe long", name=name.capitalize())


def publisher() -> Organisation:
    return Organisation.objects.create(name="Observatoire d'essai", slug="observatoire", nature=Nature.ASSOCIATION)


def member(organisation: Organisation, role: str, name: str) -> User:
    user = person(name)
    Membership.objects.create(user=user, organisation=organisation, role=role)
    return user


def region() -> Territory:
    return Territory.objects.get_or_create(level=Level.REGION, code="76", defaults={"name": "Occitanie", "vintage": 2026})[0]


def election(*, manager: User | None = None, lists: int = 2, opened: bool = False, **details: Any) -> Election:
    """In preparation, with lists, a hundred days before the vote."""
    organisation = Organisation.objects.filter(slug="observatoire").first() or publisher()
    by = manager or member(organisation, Role.ADMINISTRATOR, "responsable")
    given = {"first_round": timezone.localdate() + timedelta(days=100), "title": "Élection d'essai"} | details
    made = elections.create(territory=region(), organisation=organisation, by=by, **given)
    for n in range(1, lists + 1):
        elections.add_list(made, name=f"Liste {n}", head=f"Tête {n}", by=by, rank=n)
    return elections.publish(made, by=by) if opened else made


def manager_of(made: Election) -> User:
    return User.objects.get(memberships__organisation=made.organisation, memberships__role=Role.ADMINISTRATOR)


def measures(one: CandidateList, count: int, start: int = 1) -> list[Measure]:
    return Measure.objects.bulk_create(
        Measure(candidate_list=one, number=n, title=f"Mesure {n} de {one.name}", quote=f"Nous ferons la chose {n}.")
        for n in range(start, start + count)
    )


def day(number: int) -> date:
    return timezone.localdate() + timedelta(days=number)
