"""Requests of data at each stage, and two reuses: invented, and labelled so. No real person asked anything, no real authority answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from parvis.accounts.models import User
from parvis.catalog import public as catalog
from parvis.home.demonstration import accounts

INVENTED = "Demande inventée pour la démonstration : personne n'a écrit à cette collectivité."


@dataclass(frozen=True)
class Example:
    """`age`: received so many days ago, None where it was not. `reply`: (kind, values, days after it was received)."""

    authority: tuple[str, str]
    title: str
    text: str
    age: int | None = 5
    reply: tuple[str, dict[str, Any], int] | None = None
    signature: str = ""
    supporters: int = 0
    closed: bool = False


FIGEAC, REGION = ("commune", accounts.COMMUNE), ("region", accounts.REGION)

EXAMPLES = (
    Example(
        FIGEAC,
        "Menus des cantines scolaires",
        "Une ligne par repas : la date, l'école, chaque plat, s'il est bio ou local. Depuis la rentrée de septembre.",
        signature="Sacha",
        supporters=2,
    ),
    Example(
        FIGEAC,
        "Subventions versées aux associations",
        "La liste des associations aidées, avec le montant, l'objet et la date de chaque convention.",
        age=70,
        reply=("dataset", {"titled": "Subventions", "text": "Le fichier de 2024 est en ligne. Celui de 2025 suivra."}, 12),
        supporters=1,
    ),
    Example(
        FIGEAC,
        "Comptages de passages dans les rues commerçantes",
        "Le nombre de passages par compteur et par heure, avec l'emplacement des compteurs.",
        age=20,
        reply=("date", {"text": "Les compteurs sont posés depuis peu : nous publierons après un trimestre de mesures."}, 9),
    ),
    Example(
        REGION,
        "Retards des lignes d'autocar, arrêt par arrêt",
        "L'heure prévue et l'heure réelle de passage, par course et par arrêt, sur un an.",
        age=45,
        signature="Une voyageuse",
        supporters=2,
    ),
    Example(
        REGION,
        "Dossiers complets des candidats aux aides à l'installation",
        "Tous les dossiers reçus, avec les pièces jointes.",
        age=60,
        reply=(
            "refusal",
            {
                "ground": "privacy",
                "text": "Ces dossiers contiennent les revenus et la situation familiale des candidats. Nous publions chaque année le nombre de dossiers et les montants par commune.",
            },
            15,
        ),
    ),
    Example(
        REGION,
        "La liste des communes avec leur intercommunalité",
        "Pour rapprocher nos propres relevés : le code Insee de chaque commune, son SIREN et celui de son intercommunalité.",
        age=90,
        reply=("dataset", {"titled": "Communes", "text": "La voici, dans le code officiel de cette année. Elle sera mise à jour chaque année."}, 21),
        closed=True,
    ),
    Example(
        ("commune", "46094"),
        "Budget de l'entretien des chemins",
        "Les dépenses par chemin et par an, depuis 2020.",
        age=None,
    ),
)  # fmt: skip


def publish(say: Callable[[str], None]) -> None:
    asker = User.objects.get(email="habitante@demo.invalid")
    officers = {FIGEAC: User.objects.get(email="agent@demo.invalid"), REGION: User.objects.get(email="donnees@demo.invalid")}
    supporters = list(officers.values())
    for example in EXAMPLES:
        organisation = accounts.authority_or_none(*example.authority)
        if organisation is None or catalog.has_request(organisation=organisation, title=example.title):
            continue
        say(f"  {example.title}")
        received = timezone.localdate() - timedelta(days=example.age) if example.age is not None else None
        reply = _reply(example, organisation)
        catalog.invent_request(
            organisation=organisation,
            title=example.title,
            text=f"{example.text}\n\n{INVENTED}",
            signature=example.signature,
            author=asker,
            received=received,
            reply=reply,
            by=officers.get(example.authority, asker),
            supporters=supporters[: example.supporters],
            satisfied=True if example.closed else None,
        )
    reuses(asker, say)


def _reply(example: Example, organisation: Any) -> tuple[str, dict[str, Any], int] | None:
    """Answers with a dataset need one of the authority's."""
    if example.reply is None or example.reply[0] != "dataset":
        return example.reply
    kind, values, days = example.reply
    found = catalog.newest_of(organisation, titled=values["titled"])
    return (kind, {"text": values["text"], "dataset": found}, days) if found else None


def reuses(author: User, say: Callable[[str], None]) -> None:
    """One that everybody sees, one that waits to be read."""
    wanted = (
        ("Une affiche des subventions de ma ville", "picture", "Une affiche pour le forum des associations : un rond par association, aussi grand que son aide. Exemple inventé.", True),
        ("Un cours de tableur avec la liste des communes", "lesson", "Deux heures pour apprendre à trier et à filtrer, avec une vraie liste. Exemple inventé, en attente de relecture.", False),
    )  # fmt: skip
    town, region = accounts.authority("commune", accounts.COMMUNE), accounts.authority("region", accounts.REGION)
    used = (catalog.newest_of(town), catalog.newest_of(region, titled="Communes"))
    for (title, kind, description, shown), dataset in zip(wanted, used, strict=True):
        if dataset is not None:
            say(f"  {title}")
            catalog.invent_reuse(title=title, kind=kind, description=description, dataset=dataset, author=author, shown=shown)
