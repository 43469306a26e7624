"""What the journeys find when they arrive: a very small country, a commune, its people, its files."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from allauth.account.models import EmailAddress
from django.utils import timezone
from wagtail.models import Locale, Page

from parvis.accounts.models import User
from parvis.catalog.actions import deposits
from parvis.catalog.models import Deposit, Version
from parvis.home import installation
from parvis.home.demonstration import grants
from parvis.organisations import actions as teams
from parvis.organisations.models import Membership, Organisation, Role
from parvis.territories import loading
from tests.territories.conftest import write_package

PASSWORD = "la halle aux grains de Figeac"
EDITOR, ADMINISTRATOR, NEWCOMER = "editrice@figeac.example", "chef@figeac.example", "nouvelle@figeac.example"
SCHEMA = "scdl/subventions"
GIVER, SIREN = "Commune de Figeac", "214601023"


FIBRE = "Code commune;Commune;Rurale;Locaux;Part raccordable\n" + "".join(
    f"46{number:03d};{name};{rural};{homes};{share}\n"
    for number, (name, rural, homes, share) in enumerate(
        [
            ("Cahors", "non", 14200, "92,5"), ("Figeac", "non", 7100, "88,5"), ("Gourdon", "non", 3300, "71"), ("Martel", "oui", 1200, "34"),
            ("Gramat", "non", 2600, "60"), ("Limogne", "oui", 700, "12,5"), ("Assier", "oui", 480, "20"), ("Cajarc", "oui", 950, "41,5"),
        ],
        start=1,
    )
)  # fmt: skip
"""Invented, for the tests."""


@dataclass
class SmallSite:
    organisation: Organisation
    people: dict[str, User]
    valid: Version
    invalid: Version
    fibre: Version
    deposits: dict[str, Deposit] = field(default_factory=dict)
    url: str = ""

    def work(self, deposit_id: str) -> None:
        """What the worker would do."""
        deposits.run(Deposit.objects.get(pk=deposit_id))


def build(folder: Path) -> SmallSite:
    # Tests that flush the database took away what Wagtail's migrations had put there.
    Locale.objects.get_or_create(language_code="fr")
    if Page.get_first_root_node() is None:
        Page.add_root(instance=Page(title="Root", slug="root"))
    installation.first_pages()
    loading.load(source=write_package(folder))
    organisation = Organisation.objects.get(nature="commune", territory__code="46102")
    people = {
        EDITOR: person(EDITOR, "Camille Exemple", organisation, Role.EDITOR),
        ADMINISTRATOR: person(ADMINISTRATOR, "Alix Exemple", organisation, Role.ADMINISTRATOR),
        NEWCOMER: person(NEWCOMER, "Sacha Exemple"),
    }
    teams.invite(organisation, "invitee@figeac.example", Role.AGENT, by=people[ADMINISTRATOR])
    teams.ask_to_join(organisation, "Je travaille au service des associations.", by=people[NEWCOMER])
    editor = people[EDITOR]
    clean, broken = grants.clean(GIVER, SIREN, 2024), grants.broken(GIVER, SIREN, 2023)
    right = read(organisation, editor, clean, "subventions-2024.csv", SCHEMA)
    wrong = read(organisation, editor, broken, "subventions 2023 v2.csv", SCHEMA)
    return SmallSite(
        organisation,
        people,
        valid=published(right, "Subventions versées en 2024"),
        invalid=published(twin(wrong), "Subventions versées en 2023"),
        fibre=published(
            read(organisation, editor, FIBRE.encode(), "fibre.csv"), "Fibre par commune", "La fibre, commune par commune."
        ),
        deposits={
            "ready": wrong,
            "failed": read(organisation, editor, b"PK\x03\x04" + bytes(400), "classeur abîmé.xlsx"),
            "working": deposits.receive(chunks=[clean], name="en attente.csv", organisation=organisation, by=editor),
        },
    )


def person(email: str, name: str, organisation: Organisation | None = None, role: str = "") -> User:
    """Here for a year: the texts of newcomers wait for a moderator, and journeys share these people."""
    user = User.objects.create_user(email, PASSWORD, name=name, date_joined=timezone.now() - timedelta(days=365))
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    if organisation:
        Membership.objects.create(user=user, organisation=organisation, role=role)
    return user


def read(organisation: Organisation, by: User, content: bytes, name: str, schema: str = "") -> Deposit:
    return deposits.run(deposits.receive(chunks=[content], name=name, organisation=organisation, by=by, schema=schema))


def twin(deposit: Deposit) -> Deposit:
    """The same, read already: reading is the slow part."""
    other = Deposit.objects.get(pk=deposit.pk)
    other.pk, other._state.adding = Deposit().pk, True
    other.save()
    return other


GRANTS = "Toutes les aides données aux associations. Elles sont inventées pour les tests."


def published(deposit: Deposit, title: str, described: str = GRANTS) -> Version:
    form = {
        "title": title,
        "description": described,
        "source": "Service des associations",
        "keywords": ["subventions", "associations"],
    }
    by = deposit.created_by
    assert by
    deposits.remember(deposit, form, by=by, personal_confirmed=True)
    return deposits.publish(deposit, by=by)
