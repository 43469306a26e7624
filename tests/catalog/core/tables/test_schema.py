"""Schemas: what is understood, and the sentence for each fault."""

from __future__ import annotations

from typing import Any

import pytest

from parvis.catalog.core.tables.schema import CustomCheck, Field, ForeignKey, SchemaError, parse


def one(**descriptor: Any) -> Field:
    return parse({"fields": [{"name": "x", **descriptor}]}).fields[0]


def test_what_is_left_out_has_the_defaults_of_the_specification() -> None:
    schema = parse({"fields": [{"name": "x"}]})
    assert schema.fields == (Field("x"),)
    assert schema.missing_values == ("",)
    assert schema.fields[0].true_values == ("true", "True", "TRUE", "1")


def test_everything_is_read() -> None:
    schema = parse(
        {
            "name": "n",
            "version": "1.2",
            "missingValues": ["", {"value": "-", "label": "inconnu"}],
            "primaryKey": "x",
            "uniqueKeys": [["x", "y"]],
            "foreignKeys": [{"fields": ["y"], "reference": {"resource": "", "fields": ["x"]}}],
            "fields": [
                {"name": "x", "type": "number", "decimalChar": ",", "groupChar": " ", "bareNumber": False, "examples": ["1"], "constraints": {"minimum": 1}},
                {"name": "y", "type": "array", "arrayItem": {"type": "integer"}, "missingValues": ["NC"]},
            ],
            "custom_checks": [
                {"name": "siret", "params": {"column": "x"}},
                {"name": "year-interval-value", "params": {"column": "x", "allow-year-only": "yes"}},
                {"name": "compare-columns-value", "params": {"column": "x", "op": ">=", "column2": "y"}},
                {"name": "maison"},
            ],
        }
    )  # fmt: skip
    x, y = schema.fields
    assert (x.decimal_char, x.group_char, x.bare_number, x.example, x.constraints.minimum) == (",", " ", False, "1", "1")
    assert y.item is not None
    assert y.item.type == "integer"
    assert (schema.missing(x), schema.missing(y)) == (("", "-"), ("NC",))
    assert (schema.primary_key, schema.unique_keys) == (("x",), (("x", "y"),))
    assert schema.foreign_keys == (ForeignKey(("y",), "", ("x",)),)
    assert schema.custom_checks == (
        CustomCheck("french-siret-value", ("x",)),
        CustomCheck("year-interval-value", ("x",), allow_year_only=True),
        CustomCheck("compare-columns-value", ("x", "y"), op=">="),
    )
    assert schema.unknown_checks == ("maison",)
    assert schema.label == "n 1.2"


BROKEN: list[tuple[Any, str]] = [
    ([], "objet JSON"),
    ({}, "aucune colonne"),
    ({"fields": []}, "aucune colonne"),
    ({"fields": [{"type": "string"}]}, "n° 1"),
    ({"fields": [{"name": "a"}, {"name": "a"}]}, "deux fois la colonne « a »"),
    ({"fields": [{"name": "a", "type": "text"}]}, "type inconnu : « text »"),
    ({"fields": [{"name": "a", "type": "integer", "format": "email"}]}, "format inconnu"),
    ({"fields": [{"name": "a", "type": "date", "format": "jour"}]}, "format de date illisible"),
    ({"fields": [{"name": "a", "constraints": {"pattern": "("}}]}, "motif « ( »"),
    ({"fields": [{"name": "a", "constraints": {"enum": []}}]}, "« enum »"),
    ({"fields": [{"name": "a", "constraints": {"minimum": 1}}]}, "« minimum » n'a pas de sens"),
    ({"fields": [{"name": "a", "constraints": {"maxLength": -1}}]}, "« maxLength »"),
    ({"fields": [{"name": "a", "constraints": "required"}]}, "« constraints »"),
    ({"fields": [{"name": "a", "trueValues": "oui"}]}, "« trueValues »"),
    ({"fields": [{"name": "a"}], "missingValues": "-"}, "« missingValues »"),
    ({"fields": [{"name": "a"}], "primaryKey": "b"}, "cite la colonne « b »"),
    ({"fields": [{"name": "a"}], "foreignKeys": [{"fields": "a"}]}, "« reference »"),
    ({"fields": [{"name": "a"}], "custom_checks": [{"name": "siret", "params": {}}]}, "ne dit pas sa colonne"),
    ({"fields": [{"name": "a"}], "custom_checks": [{"name": "sum-columns-value", "params": {"column": "a"}}]}, "ne dit pas ses colonnes"),
    ({"fields": [{"name": "a"}], "custom_checks": [{"name": "compare-columns-value", "params": {"column": "a", "column2": "a", "op": "~"}}]}, "« ~ »"),
    ({"fields": [{"name": "a"}], "custom_checks": {"a": 1}}, "n'est pas une liste"),
]  # fmt: skip


@pytest.mark.parametrize(("descriptor", "words"), BROKEN)
def test_a_fault_is_one_clear_sentence(descriptor: Any, words: str) -> None:
    with pytest.raises(SchemaError) as caught:
        parse(descriptor)
    assert words in str(caught.value)
    assert str(caught.value).endswith((".", ")."))


def test_a_string_may_carry_a_format_of_its_own() -> None:
    assert one(type="string", format="siret").format == "default"
