"""What an agent reads: the sentence for a cell, and the causes."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from parvis.catalog.core.tables.causes import REPAIRS, TITLES, causes, group
from parvis.catalog.core.tables.messages import SENTENCES
from parvis.catalog.core.tables.reading import Reading
from parvis.catalog.core.tables.report import Report
from parvis.catalog.core.tables.schema import parse
from parvis.catalog.core.tables.validation import validate


class Table:
    def __init__(self, cells: list[str], width: int) -> None:
        rows = ", ".join(f"({at}, '{cell.replace(chr(39), chr(39) * 2)}')" for at, cell in enumerate(cells))
        self.sql = f"(SELECT nullif(c0, '') AS c0, NULL::VARCHAR AS extra, {width} AS cells FROM (VALUES {rows}) AS given(place, c0) ORDER BY place)"

    def line_of(self, ordinal: int) -> int:
        return ordinal + 2


def report(field: dict[str, Any], cells: list[str], checks: list[dict[str, Any]] | None = None, limit: int = 1_000) -> Report:
    reading = Reading("csv", None, "utf-8", ",", '"', 1, None, ".", ("x",), len(cells))
    with duckdb.connect() as connection:
        return validate(
            connection,
            reading,
            Table(cells, 1),
            parse({"fields": [{"name": "x", **field}], "custom_checks": checks or []}),
            limit=limit,
        )


MESSAGES: list[tuple[dict[str, Any], str, str]] = [
    ({"type": "date"}, "12/03/2024", "La date 12/03/2024 doit s'écrire 2024-03-12."),
    ({"type": "date"}, "demain", "« demain » n'est pas la valeur attendue : il faut une date au format AAAA-MM-JJ (exemple : 2024-03-12)."),
    ({"type": "date", "format": "%d/%m/%Y"}, "demain", "« demain » n'est pas la valeur attendue : il faut une date au format JJ/MM/AAAA."),
    ({"type": "number"}, "1 234,5", "Le nombre 1 234,5 doit s'écrire 1234.5."),
    ({"type": "integer"}, "1.5", "« 1.5 » n'est pas la valeur attendue : il faut un nombre entier, en chiffres et sans espace (exemple : 1234). Ce nombre a des décimales."),
    ({"type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]}, "vrai", "La valeur vrai doit s'écrire oui."),
    ({"type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]}, "?", "« ? » n'est pas la valeur attendue : il faut « oui » ou « non »."),
    ({"type": "string", "format": "uri"}, "www.a.fr", "« www.a.fr » n'est pas la valeur attendue : il faut une adresse web complète et sans espace (exemple : https://www.exemple.fr/page). Écrivez https://www.a.fr."),
    ({"constraints": {"pattern": r"^\d{14}$"}}, "2,00054E+13", "« 2,00054E+13 » a été abîmé par un tableur (notation scientifique), des chiffres sont perdus : reprenez le numéro d'origine et mettez la colonne au format texte."),
    ({"example": "W123456789", "constraints": {"pattern": r"^W\d{9}$"}}, "12", "« 12 » n'a pas la forme attendue (la lettre W suivie de 9 chiffres). Exemple : « W123456789 »."),
    ({"constraints": {"enum": ["a", "b"]}}, "c", "« c » n'est pas une valeur admise. Choisissez parmi : « a », « b »."),
    ({"constraints": {"maxLength": 2}}, "abc", "Ce texte a 3 caractères, 2 au plus sont admis : raccourcissez-le."),
    ({"type": "number", "constraints": {"maximum": 1}}, "2", "« 2 » doit être au plus égal à 1."),
    ({"constraints": {"required": True}, "example": "31"}, "", "La colonne « x » est obligatoire et cette cellule est vide : remplissez-la. Exemple : « 31 »."),
]  # fmt: skip


@pytest.mark.parametrize(("field", "cell", "message"), MESSAGES)
def test_the_sentence_for_a_cell(field: dict[str, Any], cell: str, message: str) -> None:
    assert [one.message for one in report(field, [cell]).errors] == [message]


def test_every_rule_has_a_sentence_a_title_and_says_it_in_french() -> None:
    assert set(SENTENCES) <= set(TITLES)
    assert all(text.endswith(".") for text in REPAIRS.values())


def test_causes_count_everything_and_show_the_first_cells() -> None:
    made = report({"type": "integer", "constraints": {"maximum": 5}}, ["x"] * 30 + ["9"] * 20, limit=10)
    assert len(made.errors) == 10
    first, second = causes(made)
    assert (first.code, first.column, first.count, first.title) == ("type-error", "x", 30, "Colonne « x » : valeurs illisibles")
    assert [one.row for one in first.first] == [2, 3, 4, 5, 6]
    assert (second.count, [one.row for one in second.first]) == (20, [32, 33, 34, 35, 36])
    assert second.explanation == "« 9 » doit être au plus égal à 5."


def test_a_list_of_errors_is_grouped_too() -> None:
    made = report({"type": "integer", "constraints": {"maximum": 5}}, ["x"] * 30 + ["9"] * 20)
    assert group(made.errors, made.counts) == causes(made)
    cut = group(made.errors[:3], made.counts)
    assert [(one.code, one.count) for one in cut] == [("type-error", 30)]
