"""The datasets of the demonstration, published through the same flow as an agent's."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from parvis.accounts.models import User
from parvis.catalog import public as catalog
from parvis.catalog.public import Version
from parvis.home.demonstration import accounts, fibre, grants
from parvis.territories.models import Level, Territory

Say = Callable[[str], None]
COG_SOURCE = "Insee et DGCL, code officiel géographique, via @etalab/decoupage-administratif"


@dataclass(frozen=True)
class Official:
    """A file of `PARVIS_DATA`, published as it is."""

    path: str
    title: str
    description: str
    source: str
    frequency: str = "never"
    keywords: tuple[str, ...] = ()


OFFICIAL = (
    Official(
        "observatory/ifn-2023-communes.csv",
        "Indice de fragilité numérique 2023, par commune",
        "Cinq notes de 0 à 10 par commune (très haut débit fixe, 4G, pauvreté, part des 65 ans et plus, faibles diplômes) et leur moyenne. "
        "Plus l'indice est élevé, plus le risque d'exclusion numérique est grand. Méthode d'août 2023. La note de pauvreté de nombreuses "
        "petites communes est reprise d'une commune voisine, à cause du secret statistique.",
        "Incubateur des territoires (ANCT), août 2023",
        keywords=("inclusion numérique", "fracture numérique", "IFN"),
    ),
    Official(
        "observatory/ifn-2023-epci.csv",
        "Indice de fragilité numérique 2023, par intercommunalité",
        "Les mêmes notes, pour chaque intercommunalité : la moyenne des communes, pondérée par leur population.",
        "Incubateur des territoires (ANCT), août 2023",
        keywords=("inclusion numérique", "fracture numérique", "IFN"),
    ),
    Official(
        "observatory/arcep-ftth-communes-2017-2018.csv",
        "Fibre : locaux raccordables par commune, 2017-2018",
        "Pour chaque commune, le nombre de locaux raccordables à la fibre à la fin de trois trimestres : T3 2017, T4 2017 et T1 2018. "
        "Le fichier est publié tel que l'Arcep l'a diffusé, lignes de titre comprises.",
        "Arcep, observatoire du haut et du très haut débit, T1 2018",
        keywords=("fibre", "FttH", "très haut débit"),
    ),
    Official(
        "observatory/arcep-communes-2018.csv",
        "Fibre : locaux et zones par commune, 2018",
        "Pour chaque commune, le nombre de logements et d'établissements, les zones de déploiement, et si elle est rurale ou de montagne. "
        "Le fichier est publié tel que l'Arcep l'a diffusé, lignes de titre comprises.",
        "Arcep, observatoire du haut et du très haut débit, T1 2018",
        keywords=("fibre", "FttH", "communes rurales"),
    ),
)


CHARTS: dict[str, dict[str, Any]] = {
    "Fibre : locaux raccordables par commune, 2017-2018": {
        "shape": "distribution",
        "x": "T1 2018",
        "bucket": "250",
        "filters": [["Champ", "exact", "Locaux Raccordables"], ["T1 2018", "greater", "1"], ["T1 2018", "less", "5000"]],
    },
    "Indice de fragilité numérique 2023, par intercommunalité": {"shape": "distribution", "x": "total"},
    fibre.TITLE: {"shape": "bars", "x": fibre.KIND, "y": fibre.SHARE, "aggregate": "mean"},
}
"""A chart kept of each of these, as a person would have done."""


def publish(say: Say) -> None:
    officer = User.objects.get(email="donnees@demo.invalid")
    agent = User.objects.get(email="agent@demo.invalid")
    region = accounts.authority("region", settings.REGION_CODE)
    say("  Communes d'Occitanie")
    place(communes(), "communes-occitanie.csv", region, officer, described("Communes d'Occitanie", COMMUNES, COG_SOURCE))
    say("  EPCI d'Occitanie")
    place(epci(), "epci-occitanie.csv", region, officer, described("EPCI d'Occitanie", EPCI, COG_SOURCE))
    for official in OFFICIAL:
        path = settings.PARVIS_DATA / official.path if settings.PARVIS_DATA else None
        if path is None or not path.is_file():
            say(f"  {official.title} : fichier absent (PARVIS_DATA), laissé de côté")
            continue
        say(f"  {official.title}")
        form = described(official.title, official.description, official.source, official.frequency, official.keywords)
        version = place(blocks(path), path.name, region, officer, form)
        if version and official.title in CHARTS:
            catalog.keep_chart(version, choice=CHARTS[official.title])
    rural_fibre(region, officer, say)
    invented(agent, say)


def rural_fibre(region: Any, officer: User, say: Say) -> None:
    """The two files of the Arcep side by side, and the question that proves the table from the files."""
    if settings.PARVIS_DATA is None:
        return
    communes, reach = (settings.PARVIS_DATA / path for path in fibre.PATHS)
    if not (communes.is_file() and reach.is_file()):
        return
    say(f"  {fibre.TITLE}")
    form = described(fibre.TITLE, fibre.DESCRIPTION, fibre.SOURCE, "never", ("fibre", "FttH", "communes rurales"))
    lines = table(fibre.HEADER, fibre.lines(communes, reach, settings.REGION_CODE))
    version = place(lines, "fibre-rurale-occitanie.csv", region, officer, form)
    if version:
        catalog.keep_chart(version, choice=CHARTS[fibre.TITLE])
        catalog.keep_question(fibre.QUESTION, {"fibre": version}, title=fibre.ASKED, by=officer)


def invented(agent: User, say: Say) -> None:
    """A list of grants, and the broken one of the next year, left in the agent's drafts."""
    commune = accounts.authority("commune", accounts.COMMUNE)
    giver = f"Commune de {commune.territory.name}" if commune.territory else commune.name
    say("  Subventions (inventées) et leur jumeau à corriger")
    form = described(
        "Subventions versées en 2024 (exemple inventé)",
        "Fichier inventé pour la démonstration : ni ces associations ni ces subventions n'existent. Il suit le schéma national des subventions.",
        "Inventé pour la démonstration",
        "annual",
        ("subventions", "associations", "budget"),
    )
    first = place(
        [grants.clean(giver, commune.siren, 2024)],
        "subventions-2024.csv",
        commune,
        agent,
        form,
        schema="scdl/subventions",
        fake=True,
    )
    if first:
        catalog.publish_file(
            chunks=[grants.amended(giver, commune.siren, 2024)],
            name="subventions-2024-complet.csv",
            organisation=commune,
            by=agent,
            form=form,
            schema="scdl/subventions",
            invented=True,
            resource=first.resource,
        )
    draft = described(
        "Subventions versées en 2025 (exemple inventé)",
        "Fichier inventé pour la démonstration : ni ces associations ni ces subventions n'existent.",
        "Inventé pour la démonstration",
        "annual",
        ("subventions", "associations", "budget"),
    )
    catalog.leave_draft(
        chunks=[grants.broken(giver, commune.siren, 2025)],
        name="subventions 2025 v2 FINAL.csv",
        organisation=commune,
        by=agent,
        form=draft,
        schema="scdl/subventions",
    )


COMMUNES = (
    "Toutes les communes de la région dans le code officiel de l'année : code Insee, SIREN, population, département et intercommunalité. "
    "C'est la liste à laquelle les autres données se rattachent."
)
EPCI = (
    "Les intercommunalités à fiscalité propre qui touchent la région : SIREN, nature, nombre de communes et population, en tout et dans la région. "
    "Certaines débordent sur une région voisine."
)


def described(
    title: str, description: str, source: str, frequency: str = "annual", keywords: tuple[str, ...] = ()
) -> dict[str, Any]:
    return {
        "title": title,
        "description": description,
        "source": source,
        "frequency": frequency,
        "licence": "lov2",
        "keywords": list(keywords) or ["territoires", "code officiel géographique"],
    }


def place(
    chunks: Any, name: str, organisation: Any, by: User, form: dict[str, Any], schema: str = "", fake: bool = False
) -> Version | None:
    """The version, or None where an earlier start had already published it before it was stopped."""
    if catalog.has_dataset(organisation=organisation, title=form["title"]):
        return None
    return catalog.publish_file(
        chunks=chunks, name=name, organisation=organisation, by=by, form=form, schema=schema, invented=fake
    )


def blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            yield block


def table(header: list[str], rows: Iterator[list[Any]]) -> list[bytes]:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return [text.getvalue().encode()]


def communes() -> list[bytes]:
    header = ["code_commune", "nom", "siren", "population", "code_departement", "departement", "siren_epci", "epci"]
    members = (
        Territory.objects.filter(level=Level.COMMUNE, region__code=settings.REGION_CODE, active=True)
        .select_related("departement", "epci")
        .order_by("code")
    )
    return table(
        header,
        (
            [
                *(one.code, one.name, one.siren, one.population),
                *(one.departement.code if one.departement else "", one.departement.name if one.departement else ""),
                *(one.epci.code if one.epci else "", one.epci.name if one.epci else ""),
            ]
            for one in members
        ),
    )


def epci() -> list[bytes]:
    header = ["siren", "nom", "nature", "communes", "population", "communes_dans_la_region", "population_dans_la_region"]
    return table(header, (row for row in epci_rows()))


def epci_rows() -> Iterator[list[Any]]:
    inside: dict[int, tuple[int, int]] = {}
    for one in Territory.objects.filter(level=Level.COMMUNE, region__code=settings.REGION_CODE, active=True).exclude(epci=None):
        assert one.epci_id
        count, people = inside.get(one.epci_id, (0, 0))
        inside[one.epci_id] = (count + 1, people + (one.population or 0))
    for group in Territory.objects.filter(pk__in=inside, active=True).order_by("code"):
        count, people = inside[group.pk]
        members = group.communes.filter(active=True)
        yield [group.code, group.name, group.nature, members.count(), group.population, count, people]
