"""Fibre in rural communes and in the others: the two files of the Arcep, side by side, for one région."""
# ruff: noqa: S608 -- the question holds names of ours only

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PATHS = ("observatory/arcep-communes-2018.csv", "observatory/arcep-ftth-communes-2017-2018.csv")
TITLE = "Fibre dans les communes rurales et les autres, T1 2018"
KIND, SHARE = "Type de commune", "Part des locaux raccordables (%)"
HEADER = [
    "Code commune", "Nom commune", "Code département", KIND, "Locaux", "Locaux raccordables", SHARE,
]  # fmt: skip
DESCRIPTION = (
    "Pour chaque commune de la région : est-elle rurale, combien a-t-elle de locaux (logements et établissements), combien étaient "
    "raccordables à la fibre à la fin du premier trimestre 2018, et quelle part cela fait. Calculé à partir des deux fichiers de l'Arcep publiés "
    "ici. Là où l'on a construit depuis le recensement des locaux, la part est ramenée à 100."
)
SOURCE = "Arcep, observatoire du haut et du très haut débit, T1 2018 ; calcul de Parvis"
ASKED = "Quelle part des locaux est raccordable à la fibre, dans les communes rurales et dans les autres ?"
QUESTION = f'''SELECT "{KIND}", count(*) AS communes, sum("Locaux") AS locaux, sum("Locaux raccordables") AS raccordables,
  round(100 * sum(least("Locaux raccordables", "Locaux")) / sum("Locaux"), 1) AS part,
  round(avg("{SHARE}"), 3) AS part_moyenne_des_communes
FROM fibre
GROUP BY "{KIND}"
ORDER BY part'''


def lines(communes: Path, reach: Path, region: str) -> Iterator[list[Any]]:
    """One line a commune of `region` that has premises."""
    reached = {row["Code commune"]: _count(row["T1 2018"]) for row in _rows(reach) if row["Champ"] == "Locaux Raccordables"}
    for row in _rows(communes):
        premises = _count(row["Logements"]) + _count(row["Établissements"])
        if row["Code région"] == region and premises and row["Code commune"] in reached:
            served = reached[row["Code commune"]]
            kind = "commune rurale" if _count(row["Commune rurale"]) else "autre commune"
            share = round(min(100.0, 100 * served / premises), 1)
            yield [row["Code commune"], row["Nom commune"], row["Code département"], kind, premises, served, share]


def _rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows under the header, which comes after lines of title."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        while not (line := file.readline()).startswith("Code commune"):
            if not line:
                return
        yield from csv.DictReader(file, fieldnames=line.strip().split(","))


def _count(text: str) -> int:
    """`12 218`, or `-` for none: how the spreadsheet of the Arcep writes zero."""
    digits = "".join(letter for letter in text if letter.isdigit())
    return int(digits) if digits else 0
