"""Authorities at each stage before one obligation, the list of grants: late, up to date, with mistakes, contested, still to do. Real communes,
invented files and words, labelled so: no authority published or said any of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from parvis.accounts.models import User
from parvis.catalog import public as catalog
from parvis.home.demonstration import accounts, grants
from parvis.home.demonstration.published import described, place
from parvis.organisations.models import Organisation

RULE, SCHEMA, ACTIVITY = "grants", "scdl/subventions", "grants"
INVENTED = "Inventé pour la démonstration : cette commune n'a rien écrit."
ABOUT = "Fichier inventé pour la démonstration : ni ces associations ni ces subventions n'existent. Il suit le schéma national des subventions."


@dataclass(frozen=True)
class Stage:
    """What is made of a commune. `file`: right or wrong, published so many days ago. `contest`: the reason, and what the Région answered
    when it agreed."""

    code: str
    file: str = ""
    age: int = 0
    staff: int = 0
    contest: str = ""
    answer: str = ""


STAGES = (
    Stage("46042", file="right"),  # up to date
    Stage("12300", file="right", age=520),  # late to update
    Stage("46127", file="wrong"),  # published, with mistakes
    Stage("12145", staff=320),  # to do
    Stage("12089", contest="Nos aides passent toutes par l'intercommunalité."),
    Stage(
        "12052",
        contest="Nous ne versons aucune subvention de plus de 23 000 €.",
        answer="D'accord : rien n'est demandé tant que ce seuil n'est pas franchi.",
    ),
)


def publish(say: Callable[[str], None]) -> None:
    agent = User.objects.get(email="mutualise@demo.invalid")
    officer = User.objects.get(email="donnees@demo.invalid")
    seen: list[Organisation] = []
    for stage in STAGES:
        organisation = accounts.authority_or_none("commune", stage.code)
        if organisation is None:
            continue
        say(f"  {organisation.name}")
        seen.append(organisation)
        catalog.state_activity(organisation, activity=ACTIVITY, yes=True, by=agent)
        if stage.staff:
            catalog.state_staff(organisation, number=stage.staff, by=agent)
        if stage.contest:
            said = catalog.contest(organisation, rule=RULE, reason=f"{stage.contest} ({INVENTED})", by=agent)
            if stage.answer and not said.decision:
                catalog.settle(said, accepted=True, answer=f"{stage.answer} ({INVENTED})", by=officer)
        if stage.file:
            deposited(stage, organisation, agent)
    say("  Subventions de toutes les communes (consolidation)")
    catalog.invent_consolidation(SCHEMA)
    campaign(seen, officer, say)


def deposited(stage: Stage, organisation: Organisation, agent: User) -> None:
    year = (date.today() - timedelta(days=stage.age)).year - 1
    title = f"Subventions versées en {year} (exemple inventé)"
    make = grants.clean if stage.file == "right" else grants.broken
    form = described(title, ABOUT, "Inventé pour la démonstration", "annual", ("subventions", "associations", "budget"))
    content = make(organisation.name, organisation.siren, year)
    version = place([content], f"subventions-{year}.csv", organisation, agent, form, schema=SCHEMA, fake=True)
    if version and stage.age:
        catalog.invent_age(version, stage.age)


def campaign(among: list[Organisation], officer: User, say: Callable[[str], None]) -> None:
    """Prepared, never sent: nobody is written to."""
    title = "Première liste de subventions (inventée, jamais envoyée)"
    if catalog.has_campaign(title):
        return
    say("  Campagne d'invitations (préparée, jamais envoyée)")
    catalog.invent_campaign(title=title, rule=RULE, among=among, by=officer)
