"""Who takes part, against who lives there. Nothing of fewer than fifty people, no cell of fewer than ten."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from parvis.debates.core.results.small import LEAST_PEOPLE, put_together
from parvis.debates.core.results.weighting import weights
from parvis.debates.models import Process
from parvis.debates.results.reading import Crowd
from parvis.territories.classes import population_by
from parvis.territories.core.classes import TerritoryClass
from parvis.territories.models import Level, Territory

COLUMN = {Level.COMMUNE: 0, Level.EPCI: 1, Level.DEPARTEMENT: 2, Level.REGION: 3}
Facts = dict[str, Any]


def living(process: Process, people: Crowd) -> np.ndarray:
    """Who said to live in the territory of the process. Shape: (people,)."""
    inside: np.ndarray = people.territories[:, COLUMN[Level(process.territory.level)]] == process.territory_id
    return inside


def strata_of(process: Process, people: Crowd) -> tuple[list[Facts], np.ndarray]:
    """The parts of the territory that are large enough, by class of commune, and that of each person, −1 for none."""
    inside = living(process, people)
    stratum = np.full(len(people.number), -1, dtype=np.int64)
    if inside.sum() < LEAST_PEOPLE:
        return [], stratum
    population = population_by(process.territory, "territory_class")
    counts = {one.value: int((inside & (people.kind == one.value)).sum()) for one in TerritoryClass}
    cells = put_together(counts)
    parts: list[tuple[str, ...]] = [(name,) for name in cells.shown if cells.shown[name] or population.get(name)]
    if cells.merged:
        parts.append(cells.merged)
    people_of = {"+".join(part): sum(counts[name] for name in part) for part in parts}
    living_in = {"+".join(part): sum(population.get(name, 0) for name in part) for part in parts}
    weigh = weights(people_of, living_in)
    strata: list[Facts] = []
    for part in parts:
        key = "+".join(part)
        if people_of[key]:
            stratum[inside & np.isin(people.kind, part)] = len(strata)
            strata.append(_stratum(key, part, people_of[key], living_in[key], weigh[key]))
    strata += [
        _stratum("+".join(part), part, 0, living_in["+".join(part)], 0.0) for part in parts if not people_of["+".join(part)]
    ]
    return strata, stratum


def _stratum(key: str, part: tuple[str, ...], people: int, population: int, weight: float) -> Facts:
    return {"key": key, "classes": list(part), "people": people, "population": population, "weight": round(weight, 4)}


def participation_of(process: Process, people: Crowd, apart: int) -> Facts:
    """apart: how many are not counted until their e-mail is confirmed."""
    inside = living(process, people)
    said = people.territories[:, 0] >= 0
    found: Facts = {
        "people": len(people.number), "said": int(said.sum()), "inside": int(inside.sum()), "apart": apart,
        "shown": bool(inside.sum() >= LEAST_PEOPLE), "population": process.territory.population or 0,
        "departements": [], "epci": [], "origins": [], "levels": [],
    }  # fmt: skip
    if found["people"] >= LEAST_PEOPLE:
        found["origins"], found["levels"] = named(people.origin), named(people.level)
    if found["shown"]:
        wider = {Level.REGION: ("departement", "epci"), Level.DEPARTEMENT: ("epci",)}.get(Level(process.territory.level), ())
        for field in wider:
            found["departements" if field == "departement" else "epci"] = placed(process, people, inside, field)
    return found


def named(values: np.ndarray) -> list[Facts]:
    """Rows of a column of words; small ones together."""
    cells = put_together(dict(Counter(values.tolist())))
    rows = [{"keys": [name], "people": count} for name, count in sorted(cells.shown.items(), key=lambda one: -one[1])]
    return rows + ([{"keys": list(cells.merged), "people": cells.rest}] if cells.merged else [])


def placed(process: Process, people: Crowd, inside: np.ndarray, field: str) -> list[Facts]:
    """Rows by EPCI or département, the most populous first; those of fewer than ten people together, last."""
    column = people.territories[inside, COLUMN[Level(field)]]
    counts = Counter(column.tolist())
    population = population_by(process.territory, f"{field}_id")
    cells = put_together({str(key): counts.get(int(key), 0) for key in population})
    names = {
        one.pk: one for one in Territory.objects.filter(pk__in=[int(key) for key in population]).only("code", "name", "level")
    }
    shown = sorted(cells.shown, key=lambda key: -population[int(key)])
    rows = [
        {
            "code": names[int(key)].code,
            "name": names[int(key)].name,
            "people": cells.shown[key],
            "population": population[int(key)],
        }
        for key in shown
    ]
    if cells.merged:
        rows.append(
            {"merged": len(cells.merged), "people": cells.rest, "population": sum(population[int(key)] for key in cells.merged)}
        )
    return rows
