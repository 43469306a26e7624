"""A map as a table: each statement by everybody, each group, each part of the territory. The same facts as the picture and the sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from parvis.debates.results.words import LETTERS, people, percent, share_of, stratum_name

Facts = dict[str, Any]
PER_PAGE = 20


@dataclass(frozen=True)
class Column:
    """key: in addresses and exports. sortable columns hold a number a row."""

    key: str
    title: str
    note: str = ""
    group: int = -1


@dataclass(frozen=True)
class Cell:
    """value: None where there is too little to say. counts: agree, disagree, pass."""

    value: float | None
    counts: list[int] | None = None

    @property
    def share(self) -> str:
        return percent(self.value)


@dataclass(frozen=True)
class Row:
    statement: int
    cells: list[Cell]
    mine: int | None = None


def columns_of(facts: Facts) -> list[Column]:
    found = [Column("tous", _("Tous"), people(facts["participants"]))]
    for place, group in enumerate(facts["groups"]):
        found.append(
            Column(LETTERS[place].lower(), _("Groupe %(letter)s") % {"letter": LETTERS[place]}, people(group["size"]), place)
        )
    found += [
        Column(one["key"].replace("+", "-"), stratum_name(one).capitalize(), people(one["people"])) for one in facts["strata"]
    ]
    if facts["strata"]:
        found.append(Column("redresse", _("Tous, redressé")))
    if facts["k"] > 1:
        found.append(Column("commun", _("Commun à tous les groupes")))
    if sum(1 for one in facts["strata"] if one["people"]) > 1:
        found.append(Column("territoires", _("Commun aux types de commune")))
    return found


def rows_of(facts: Facts, mine: dict[int, int] | None = None) -> list[Row]:
    table, mine = facts["table"], mine or {}
    counted = [table["all"], *table["groups"], *table["strata"]]
    found = []
    for row, statement in enumerate(table["number"]):
        cells = [Cell(share_of(column[row]), column[row]) for column in counted]
        if facts["strata"]:
            shares = table["weighted"][row]
            cells.append(Cell(shares[0] if shares else None))
        if facts["k"] > 1:
            cells.append(Cell(table["group_aware"][row]))
        if sum(1 for one in facts["strata"] if one["people"]) > 1:
            cells.append(Cell(table["territory_aware"][row]))
        found.append(Row(statement, cells, mine.get(statement)))
    return found


def sort(rows: list[Row], columns: list[Column], by: str) -> tuple[list[Row], str]:
    """Rows by the column that `by` names, « -a » from the largest; by number for what is not a column. With the order that was used."""
    name = by.removeprefix("-")
    keys = [column.key for column in columns]
    if name not in keys:
        down = by == "-numero"
        return sorted(rows, key=lambda row: row.statement, reverse=down), "-numero" if down else "numero"
    at, sign = keys.index(name), -1 if by.startswith("-") else 1

    def place(row: Row) -> tuple[bool, float, int]:
        value = row.cells[at].value
        return value is None, sign * (value or 0.0), row.statement

    return sorted(rows, key=place), by


def header(facts: Facts) -> list[str]:
    """Names of the columns of an export."""
    names = ["numero", "affirmation"]
    for column in columns_of(facts):
        if column.key in ("redresse", "commun", "territoires"):
            names.append(f"{column.key}_part")
        else:
            prefix = f"groupe_{column.key}" if column.group >= 0 else column.key
            names += [f"{prefix}_{side}" for side in ("accord", "desaccord", "passe")]
    return names


def lines(facts: Facts, texts: dict[int, str]) -> Iterator[list[Any]]:
    """Rows of an export."""
    for row in rows_of(facts):
        line: list[Any] = [row.statement, texts.get(row.statement, "")]
        for cell, column in zip(row.cells, columns_of(facts), strict=True):
            if column.key in ("redresse", "commun", "territoires"):
                line.append(cell.value)
            else:
                line += cell.counts or [None, None, None]
        yield line
