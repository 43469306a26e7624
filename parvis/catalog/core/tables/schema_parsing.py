"""From the JSON of a Table Schema to the dataclasses of `schema`, one French sentence per fault."""

from __future__ import annotations

import re
from typing import Any, Final

from parvis.catalog.core.tables.schema import (
    FALSE_VALUES,
    TRUE_VALUES,
    TYPES,
    Constraints,
    CustomCheck,
    Field,
    ForeignKey,
    Schema,
    SchemaError,
)

ALIASES: Final = {"siret": "french-siret-value", "siren": "french-siren-value", "nomenclature-acte": "nomenclature-actes-value"}
"""Names that the national validator now gives to the same checks."""

OPERATORS: Final = frozenset({">", ">=", "==", "<=", "<"})
ONE_COLUMN: Final = frozenset({
    "french-siren-value", "french-siret-value", "nomenclature-actes-value", "opening-hours-value",
    "phone-number-value", "year-interval-value",
})  # fmt: skip
ORDERED: Final = frozenset({"number", "integer", "date", "time", "datetime", "year", "yearmonth", "duration"})
PATTERN_TYPES: Final = frozenset({"date", "time", "datetime"})


def read_schema(descriptor: Any) -> Schema:
    if not isinstance(descriptor, dict):
        raise SchemaError(
            "Ce schéma n'est pas un objet JSON : un schéma de table commence par « { » et contient une liste « fields »."
        )
    fields = descriptor.get("fields")
    if not isinstance(fields, list) or not fields:
        raise SchemaError("Ce schéma ne décrit aucune colonne : la liste « fields » est absente ou vide.")
    try:
        read = tuple(_field(one, number) for number, one in enumerate(fields, start=1))
    except RecursionError as problem:
        raise SchemaError("Ce schéma décrit des tableaux de tableaux sans fin : il n'est pas lisible.") from problem
    names = [one.name for one in read]
    for name in names:
        if names.count(name) > 1:
            raise SchemaError(f"Ce schéma décrit deux fois la colonne « {name} ».")
    checks = descriptor.get("custom_checks", descriptor.get("customChecks", [])) or []
    if not isinstance(checks, list):
        raise SchemaError("Dans ce schéma, « custom_checks » n'est pas une liste.")
    known = [_check(one) for one in checks]
    return Schema(
        fields=read,
        name=_text(descriptor.get("name")),
        title=_text(descriptor.get("title")),
        description=_text(descriptor.get("description")),
        version=_text(descriptor.get("version")),
        homepage=_text(descriptor.get("homepage")),
        missing_values=_missing(descriptor.get("missingValues"), "du schéma") or ("",),
        primary_key=_names(descriptor.get("primaryKey"), "primaryKey", names),
        unique_keys=tuple(_names(one, "uniqueKeys", names) for one in _keys(descriptor, "uniqueKeys")),
        foreign_keys=tuple(_foreign_key(one, names) for one in _keys(descriptor, "foreignKeys")),
        custom_checks=tuple(one for one in known if isinstance(one, CustomCheck)),
        unknown_checks=tuple(one for one in known if isinstance(one, str)),
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _field(descriptor: Any, number: int) -> Field:
    if not isinstance(descriptor, dict) or not isinstance(descriptor.get("name"), str) or not descriptor["name"]:
        raise SchemaError(f"La colonne n° {number} du schéma n'a pas de nom (« name »).")
    name: str = descriptor["name"]
    kind = descriptor.get("type") or "string"
    if not isinstance(kind, str) or kind not in TYPES:
        raise SchemaError(f"La colonne « {name} » du schéma a un type inconnu : « {kind} ».")
    form = descriptor.get("format") or "default"
    if not isinstance(form, str):
        raise SchemaError(f"La colonne « {name} » du schéma a un format qui n'est pas un texte.")
    formats = TYPES[kind]
    if formats is not None and form not in formats:
        if kind != "string":
            raise SchemaError(f"La colonne « {name} » du schéma a un format inconnu pour le type {kind} : « {form} ».")
        form = "default"  # the specification lets a string carry a format of its own: nothing to check
    if formats is None and form not in ("default", "any") and "%" not in form:
        raise SchemaError(
            f"La colonne « {name} » du schéma a un format de {kind} illisible : « {form} » (exemple attendu : « %d/%m/%Y »)."
        )
    item = descriptor.get("arrayItem")
    if kind == "list":
        item = {"type": descriptor.get("itemType") or "string"}
    constraints = _constraints(descriptor.get("constraints"), name, kind)
    return Field(
        name=name,
        type=kind,
        format=form,
        title=_text(descriptor.get("title")),
        description=_text(descriptor.get("description")),
        example=_example(descriptor),
        constraints=constraints,
        missing_values=_missing(descriptor.get("missingValues"), f"de la colonne « {name} »"),
        true_values=_values(descriptor, "trueValues", TRUE_VALUES, name),
        false_values=_values(descriptor, "falseValues", FALSE_VALUES, name),
        decimal_char=_text(descriptor.get("decimalChar")) or ".",
        group_char=_text(descriptor.get("groupChar")),
        bare_number=descriptor.get("bareNumber", True) is not False,
        delimiter=_text(descriptor.get("delimiter")) or ",",
        item=_field({"name": name, **item}, number) if isinstance(item, dict) else None,
    )


def _example(descriptor: dict[str, Any]) -> str:
    example = descriptor.get("example", descriptor.get("examples"))
    if isinstance(example, list):
        example = example[0] if example else None
    return _text(example)


def _missing(value: Any, where: str) -> tuple[str, ...] | None:
    """`missingValues`: texts, or (v2) objects with `value` and `label`."""
    if value is None:
        return None
    if not isinstance(value, list):
        raise SchemaError(f"La liste « missingValues » {where} n'est pas une liste.")
    return tuple(_text(one.get("value") if isinstance(one, dict) else one) for one in value)


def _values(descriptor: dict[str, Any], key: str, default: tuple[str, ...], name: str) -> tuple[str, ...]:
    value = descriptor.get(key)
    if value is None:
        return default
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise SchemaError(f"Dans la colonne « {name} » du schéma, « {key} » n'est pas une liste de textes.")
    return tuple(value)


def _constraints(descriptor: Any, name: str, kind: str) -> Constraints:
    if descriptor is None:
        return Constraints()
    if not isinstance(descriptor, dict):
        raise SchemaError(f"Dans la colonne « {name} » du schéma, « constraints » n'est pas un objet.")
    pattern = descriptor.get("pattern")
    if pattern is not None:
        try:
            re.compile(pattern)
        except (re.error, TypeError, OverflowError, RecursionError) as error:
            raise SchemaError(
                f"Dans la colonne « {name} » du schéma, le motif « {pattern} » n'est pas une expression régulière lisible."
            ) from error
    enum = descriptor.get("enum")
    if enum is not None and (not isinstance(enum, list) or not enum):
        raise SchemaError(f"Dans la colonne « {name} » du schéma, « enum » n'est pas une liste de valeurs.")
    return Constraints(
        required=descriptor.get("required") is True,
        unique=descriptor.get("unique") is True,
        pattern=pattern or None,
        enum=None if enum is None else tuple(_literal(one) for one in enum),
        minimum=_bound(descriptor, "minimum", name, kind),
        maximum=_bound(descriptor, "maximum", name, kind),
        exclusive_minimum=_bound(descriptor, "exclusiveMinimum", name, kind),
        exclusive_maximum=_bound(descriptor, "exclusiveMaximum", name, kind),
        min_length=_length(descriptor, "minLength", name),
        max_length=_length(descriptor, "maxLength", name),
    )


def _literal(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _bound(descriptor: dict[str, Any], key: str, name: str, kind: str) -> str | None:
    value = descriptor.get(key)
    if value is None:
        return None
    if kind not in ORDERED:
        raise SchemaError(f"Dans la colonne « {name} » du schéma, « {key} » n'a pas de sens pour le type {kind}.")
    return str(value)


def _length(descriptor: dict[str, Any], key: str, name: str) -> int | None:
    value = descriptor.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise SchemaError(f"Dans la colonne « {name} » du schéma, « {key} » n'est pas un nombre entier positif.")
    return value


def _keys(descriptor: dict[str, Any], key: str) -> list[Any]:
    value = descriptor.get(key) or []
    if not isinstance(value, list):
        raise SchemaError(f"Dans ce schéma, « {key} » n'est pas une liste.")
    return value


def _names(value: Any, key: str, names: list[str]) -> tuple[str, ...]:
    if value is None or value == "":
        return ()
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list):
        raise SchemaError(f"Dans ce schéma, « {key} » n'est ni un nom de colonne ni une liste de noms.")
    for name in listed:
        if name not in names:
            raise SchemaError(f"Dans ce schéma, « {key} » cite la colonne « {name} », que le schéma ne décrit pas.")
    return tuple(listed)


def _foreign_key(descriptor: Any, names: list[str]) -> ForeignKey:
    if not isinstance(descriptor, dict) or not isinstance(descriptor.get("reference"), dict):
        raise SchemaError("Dans ce schéma, une clé étrangère (« foreignKeys ») n'a pas de « reference ».")
    fields = _names(descriptor.get("fields"), "foreignKeys", names)
    reference = descriptor["reference"]
    resource = _text(reference.get("resource"))
    known = names if not resource else _list(reference.get("fields"))
    references = _names(reference.get("fields"), "foreignKeys", known)
    if not fields or len(fields) != len(references):
        raise SchemaError(
            "Dans ce schéma, une clé étrangère (« foreignKeys ») ne relie pas le même nombre de colonnes des deux côtés."
        )
    return ForeignKey(fields, resource, references)


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [str(one) for one in value] if isinstance(value, list) else []


def _check(descriptor: Any) -> CustomCheck | str:
    """A custom check, or the name of one that Parvis does not know."""
    if not isinstance(descriptor, dict) or not isinstance(descriptor.get("name"), str):
        raise SchemaError("Dans ce schéma, un contrôle (« custom_checks ») n'a pas de nom.")
    name: str = ALIASES.get(descriptor["name"]) or descriptor["name"]
    given = descriptor.get("params") or {}
    params: dict[str, Any] = given if isinstance(given, dict) else {}

    def column(key: str) -> str:
        value = params.get(key)
        if not isinstance(value, str) or not value:
            raise SchemaError(f"Dans ce schéma, le contrôle « {name} » ne dit pas sa colonne (« {key} »).")
        return value

    def columns(key: str) -> tuple[str, ...]:
        value = params.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value):
            raise SchemaError(f"Dans ce schéma, le contrôle « {name} » ne dit pas ses colonnes (« {key} »).")
        return tuple(value)

    if name in ONE_COLUMN:
        only = params.get("allow-year-only", "")
        return CustomCheck(name, (column("column"),), allow_year_only=only is True or str(only).lower() in ("yes", "true"))
    if name == "one-of-required":
        return CustomCheck(name, (column("column1"), column("column2")))
    if name == "cohesive-columns-value":
        return CustomCheck(name, (column("column"), *columns("othercolumns")))
    if name == "sum-columns-value":
        return CustomCheck(name, (column("column"), *columns("columns")))
    if name == "compare-columns-value":
        op = str(params.get("op", "")).strip()
        if op not in OPERATORS:
            raise SchemaError(
                f"Dans ce schéma, le contrôle « {name} » compare avec « {op} » : les signes admis sont >, >=, ==, <= et <."
            )
        return CustomCheck(name, (column("column"), column("column2")), op=op)
    return name
