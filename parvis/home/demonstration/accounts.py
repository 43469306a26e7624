"""The demonstration's people: invented, with random passwords, refused on any other site."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from parvis.accounts.models import PlatformRole, User
from parvis.accounts.public import create_demonstration_account
from parvis.organisations.models import Membership, Organisation, Role

COMMUNE, REGION = "46102", "76"


@dataclass(frozen=True)
class Person:
    """Somebody invented. `organisation` is (level, code) of an authority; `others`: codes of communes that share this agent."""

    email: str
    name: str
    does: str
    platform_role: str = PlatformRole.NONE
    organisation: tuple[str, str] | None = None
    role: str = Role.AGENT
    others: tuple[str, ...] = ()


PEOPLE = (
    Person(
        "agent@demo.invalid",
        "Camille Exemple",
        "dépose et publie les fichiers de Figeac",
        organisation=("commune", COMMUNE),
        role=Role.EDITOR,
    ),
    Person(
        "mutualise@demo.invalid",
        "Noé Exemple",
        "tient les données de six communes, qui partagent son poste",
        organisation=("commune", "46042"),
        role=Role.EDITOR,
        others=("12300", "46127", "12145", "12089", "12052"),
    ),
    Person(
        "donnees@demo.invalid",
        "Dominique Exemple",
        "publie les données de la Région",
        organisation=("region", REGION),
        role=Role.ADMINISTRATOR,
    ),
    Person(
        "administration@demo.invalid",
        "Alix Exemple",
        "administre la plateforme (/gestion/)",
        platform_role=PlatformRole.ADMINISTRATOR,
    ),
    Person("observatoire@demo.invalid", "Mahaut Exemple", "dirige l'observatoire inventé qui lit les programmes"),
    Person("evaluatrice@demo.invalid", "Lise Exemple", "code les programmes inventés"),
    Person("evaluateur@demo.invalid", "Omar Exemple", "code les programmes inventés"),
    Person("habitante@demo.invalid", "Sacha Exemple", "habite le territoire, sans organisation"),
)


def passwords_file() -> Path:
    return Path(settings.PARVIS_HOME) / "demonstration-accounts.json"


def passwords() -> dict[str, str]:
    try:
        return dict(json.loads(passwords_file().read_text()))
    except FileNotFoundError:
        return {}


def create(say: Callable[[str], None]) -> None:
    known = passwords()
    for person in PEOPLE:
        if not User.objects.filter(email=person.email).exists():
            _user, known[person.email] = create_demonstration_account(
                email=person.email, name=person.name, platform_role=person.platform_role
            )
        user = User.objects.get(email=person.email)
        held = [authority(*person.organisation)] if person.organisation else []
        shared = (authority_or_none("commune", code) for code in person.others)
        for organisation in (*held, *filter(None, shared)):
            Membership.objects.get_or_create(user=user, organisation=organisation, defaults={"role": person.role})
    keep(known)


def keep(known: dict[str, str]) -> None:
    """Passwords are printed at each start, so they are kept, readable by the owner alone."""
    descriptor = os.open(passwords_file(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(known, file)


def authority(level: str, code: str) -> Organisation:
    return Organisation.objects.get(nature=level, territory__level=level, territory__code=code)


def authority_or_none(level: str, code: str) -> Organisation | None:
    return Organisation.objects.filter(nature=level, territory__level=level, territory__code=code).first()


def lines() -> list[str]:
    known = passwords()
    return [f"{person.email}  {known.get(person.email, '?')}  {person.name}, {person.does}" for person in PEOPLE]
