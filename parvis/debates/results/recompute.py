"""Refait les résultats affichés d'une démarche à partir de ses données publiées. Python seul, rien à installer.

    python recalculer.py affirmations.csv participation.csv [--json]

`affirmations.csv` : une ligne par affirmation ; d'accord, pas d'accord, passe, pour tous, par groupe et par type de commune (vide : moins
de dix personnes). `participation.csv` : les personnes et la population. Le calcul refait : parts redressées, ce que chaque groupe et chaque
type de commune approuve, ce qui divise, ce qui distingue chaque groupe. Sort avec 1 si une valeur refaite n'est pas celle du fichier.
"""

from __future__ import annotations

import csv
import json
import math
import sys
from typing import Any

MOST, SIGNIFICANT, LEAST_WEIGHT, MOST_WEIGHT = 5, 1.2816, 0.25, 4.0
SIDES = ("accord", "desaccord", "passe")
Cell = tuple[int, int, int]


def read(path: str) -> list[dict[str, str]]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def parts_of(row: dict[str, str]) -> list[str]:
    """Names of the columns counted by parts: `tous`, `groupe_a`, `centre`…"""
    return [name.removesuffix("_accord") for name in row if name.endswith("_accord")]


def cell(row: dict[str, str], part: str) -> Cell | None:
    values = [row[f"{part}_{side}"] for side in SIDES]
    return None if "" in values else (int(values[0]), int(values[1]), int(values[2]))


def share(counts: Cell) -> float:
    """With one agreement in two votes before any."""
    return (counts[0] + 1) / (sum(counts) + 2)


def product(counts: list[Cell | None], *, all_voted: bool) -> float | None:
    """The consensus of parts that all weigh the same."""
    if any(one is None or (all_voted and not sum(one)) for one in counts):
        return None
    return math.prod(share(one) for one in counts if one)


def weights_of(rows: list[dict[str, str]]) -> dict[str, float]:
    """Weight of an answer by type of commune: its share of the population over its share of the participants, bounded."""
    strata = {row["code"]: (int(row["personnes"]), int(row["population"])) for row in rows if row["decoupage"] == "classes"}
    there = {name: one for name, one in strata.items() if one[0]}
    crowd, inhabitants = sum(one[0] for one in there.values()), sum(one[1] for one in there.values())
    return {
        name: min(MOST_WEIGHT, max(LEAST_WEIGHT, (population / inhabitants) / (people / crowd)))
        for name, (people, population) in there.items()
    }


def weighted(everybody: Cell, parts: dict[str, Cell | None], weights: dict[str, float]) -> float | None:
    if not parts or any(one is None for one in parts.values()):
        return None
    known = [(weights.get(name, 0.0), one) for name, one in parts.items() if one]
    yes = sum(weight * one[0] for weight, one in known) + everybody[0] - sum(one[0] for _weight, one in known)
    seen = sum(weight * sum(one) for weight, one in known) + sum(everybody) - sum(sum(one) for _weight, one in known)
    return yes / seen if seen else 0.0


# ----- What tells a group from the others (Polis, repness.clj) -----


def proportion(success: int, seen: int) -> float:
    return 2 * math.sqrt(seen + 1) * ((success + 1) / (seen + 1) - 0.5)


def difference(inside: int, seen_in: int, outside: int, seen_out: int) -> float:
    a, n, b, m = inside + 1.0, seen_in + 1.0, outside + 1.0, seen_out + 1.0
    pooled = (a + b) / (n + m)
    spread = math.sqrt(max(pooled * (1 - pooled) * (1 / n + 1 / m), 0.0))
    return (a / n - b / m) / spread if pooled != 1 and spread else 0.0


def side_of(mine: Cell, others: Cell, side: int) -> dict[str, float]:
    p = (mine[side] + 1) / (sum(mine) + 2)
    ratio = p / ((others[side] + 1) / (sum(others) + 2))
    test, apart = proportion(mine[side], sum(mine)), difference(mine[side], sum(mine), others[side], sum(others))
    return {"share": p, "test": test, "ratio": ratio, "apart": apart, "weight": ratio * apart * p * test, "success": mine[side]}


def clearest(agree: dict[int, dict[str, float]], disagree: dict[int, dict[str, float]]) -> int | None:
    best: int | None = None
    for one, yes in agree.items():
        if not yes["success"] and not disagree[one]["success"]:
            continue
        if best is None:
            better = yes["test"] > SIGNIFICANT or (yes["ratio"] > 1 and yes["share"] > 0.5)
        elif agree[best]["ratio"] > 1:
            better = yes["weight"] > agree[best]["weight"]
        else:
            better = yes["share"] * yes["test"] > agree[best]["share"] * agree[best]["test"]
        best = one if better else best
    return best


def defining(counts: dict[int, list[Cell]], group: int) -> list[tuple[int, bool]]:
    """(statement, agree) of the five that define a group at most."""
    agree, disagree = {}, {}
    for statement, cells in counts.items():
        rest = [one for at, one in enumerate(cells) if at != group]
        others = (sum(one[0] for one in rest), sum(one[1] for one in rest), sum(one[2] for one in rest))
        agree[statement], disagree[statement] = side_of(cells[group], others, 0), side_of(cells[group], others, 1)

    def stands_out(one: dict[str, float]) -> bool:
        return one["test"] > SIGNIFICANT and one["apart"] > SIGNIFICANT

    best = clearest(agree, disagree)
    enough = [one for one in counts if stands_out(agree[one]) or stands_out(disagree[one])]
    head = [] if best is None else [(best, True)]
    if not enough:
        if head or not counts:
            return head
        most = max(counts, key=lambda one: max(agree[one]["apart"], disagree[one]["apart"]))
        return [(most, agree[most]["apart"] > disagree[most]["apart"])]
    told = [(one, agree[one]["apart"] > disagree[one]["apart"]) for one in enough if one != best]
    told.sort(key=lambda one: -(agree if one[1] else disagree)[one[0]]["weight"])
    return sorted((head + told)[:MOST], key=lambda one: not one[1])


# ----- All together -----


def recompute(statements: list[dict[str, str]], participation: list[dict[str, str]]) -> dict[str, Any]:
    names = parts_of(statements[0]) if statements else []
    groups = [name for name in names if name.startswith("groupe_")]
    strata = [name for name in names if name != "tous" and name not in groups]
    weights = weights_of(participation)
    living = [name for name in strata if name in weights]
    found: dict[str, Any] = {"weighted": {}, "group_aware": {}, "territory_aware": {}}
    counts: dict[int, list[Cell]] = {}
    majority: dict[str, list[int]] = {"groups": [], "territories": []}
    apart: dict[int, float] = {}
    for row in statements:
        number, everybody = int(row["numero"]), cell(row, "tous") or (0, 0, 0)
        cells = [cell(row, name) for name in groups]
        parts = {name: cell(row, name) for name in strata}
        counts[number] = [one or (0, 0, 0) for one in cells]
        found["weighted"][number] = weighted(everybody, parts, weights)
        found["group_aware"][number] = product(cells, all_voted=False)
        found["territory_aware"][number] = product(list(parts.values()), all_voted=True) if len(strata) > 1 else None
        if len(groups) > 1 and all(one and share(one) > 0.5 for one in cells):
            majority["groups"].append(number)
        if found["territory_aware"][number] is not None and all(one and share(one) > 0.5 for one in parts.values()):
            majority["territories"].append(number)
        shares = [share(one) for one in counts[number]]
        if len(groups) > 1 and min(shares) < 0.5 < max(shares):
            apart[number] = min(shares) - max(shares)
    found["all_groups"] = strongest(majority["groups"], found["group_aware"])
    found["all_territories"] = strongest(majority["territories"], found["territory_aware"])
    found["divides"] = sorted(apart, key=lambda one: (apart[one], one))[:MOST]
    found["groups"] = [[[one, agree] for one, agree in defining(counts, at)] for at in range(len(groups))]
    found["strata"] = living
    return found


def strongest(numbers: list[int], scores: dict[int, float]) -> list[int]:
    return sorted(numbers, key=lambda one: (-round(scores[one], 4), one))[:MOST]


def wrong(statements: list[dict[str, str]], found: dict[str, Any]) -> list[str]:
    """Values of the file that the calculation does not give again."""
    columns = {"redresse_part": "weighted", "commun_part": "group_aware", "territoires_part": "territory_aware"}
    told = []
    for row in statements:
        for column, name in columns.items():
            if row.get(column):
                again = found[name][int(row["numero"])]
                if again is None or abs(float(row[column]) - again) > 0.0001:
                    told.append(f"affirmation {row['numero']}, {column} : {row[column]} dans le fichier, {again} refait")
    return told


def main(words: list[str]) -> int:
    paths = [word for word in words if word != "--json"]
    if len(paths) != 2:
        sys.stderr.write("Usage : python recalculer.py affirmations.csv participation.csv [--json]\n")
        return 2
    statements = read(paths[0])
    found = recompute(statements, read(paths[1]))
    told = wrong(statements, found)
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=None if "--json" in words else 2) + "\n")
    sys.stderr.write("".join(f"{line}\n" for line in told) or "Tout concorde avec le fichier.\n")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
