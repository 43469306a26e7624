"""A table schema, as the Frictionless specification writes it (versions 1 and 2), with the national `custom_checks`.

`parse` turns the JSON descriptor into frozen dataclasses and refuses what cannot be applied, with one clear French
sentence. Sources: specs.frictionlessdata.io/table-schema (v1), datapackage.org/standard/table-schema (v2).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

TYPES: Final[dict[str, frozenset[str] | None]] = {
    # type → the formats that mean something for it (`None`: a strftime pattern is allowed as well)
    "string": frozenset({"default", "email", "uri", "uuid", "binary"}),
    "number": frozenset({"default"}),
    "integer": frozenset({"default"}),
    "boolean": frozenset({"default"}),
    "date": None,
    "time": None,
    "datetime": None,
    "year": frozenset({"default"}),
    "yearmonth": frozenset({"default"}),
    "duration": frozenset({"default"}),
    "geopoint": frozenset({"default", "array", "object"}),
    "geojson": frozenset({"default", "topojson"}),
    "object": frozenset({"default"}),
    "array": frozenset({"default"}),
    "list": frozenset({"default"}),
    "any": frozenset({"default"}),
}

TRUE_VALUES: Final = ("true", "True", "TRUE", "1")
FALSE_VALUES: Final = ("false", "False", "FALSE", "0")


class SchemaError(Exception):
    """A schema that cannot be applied; the message is one French sentence for whoever wrote or chose it."""


@dataclass(frozen=True, slots=True)
class Constraints:
    """What a value must satisfy once its type is right. Bounds and enum values are kept as the schema writes them."""

    required: bool = False
    unique: bool = False
    pattern: str | None = None
    enum: tuple[str, ...] | None = None
    minimum: str | None = None
    maximum: str | None = None
    exclusive_minimum: str | None = None
    exclusive_maximum: str | None = None
    min_length: int | None = None
    max_length: int | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One column. `missing_values` overrides the schema's; `item` describes the items of an array or list."""

    name: str
    type: str = "string"
    format: str = "default"
    title: str = ""
    description: str = ""
    example: str = ""
    constraints: Constraints = Constraints()
    missing_values: tuple[str, ...] | None = None
    true_values: tuple[str, ...] = TRUE_VALUES
    false_values: tuple[str, ...] = FALSE_VALUES
    decimal_char: str = "."
    group_char: str = ""
    bare_number: bool = True
    delimiter: str = ","
    item: Field | None = None


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`fields` must be found together among `reference_fields` of `resource` (empty: the table itself)."""

    fields: tuple[str, ...]
    resource: str
    reference_fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CustomCheck:
    """A national check. `columns` lists the columns it reads, the one that carries its errors first; `others` groups the rest."""

    name: str
    columns: tuple[str, ...]
    op: str = ""
    allow_year_only: bool = False

    @property
    def column(self) -> str:
        return self.columns[0]


@dataclass(frozen=True, slots=True)
class Schema:
    """A whole schema; `unknown_checks` names the custom checks that Parvis does not know (they become warnings)."""

    fields: tuple[Field, ...]
    name: str = ""
    title: str = ""
    description: str = ""
    version: str = ""
    homepage: str = ""
    missing_values: tuple[str, ...] = ("",)
    primary_key: tuple[str, ...] = ()
    unique_keys: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    custom_checks: tuple[CustomCheck, ...] = ()
    unknown_checks: tuple[str, ...] = field(default=())

    def field(self, name: str) -> Field | None:
        return next((one for one in self.fields if one.name == name), None)

    def missing(self, one: Field) -> tuple[str, ...]:
        """The texts that mean "no value" in this column."""
        return self.missing_values if one.missing_values is None else one.missing_values

    @property
    def label(self) -> str:
        """`scdl/subventions 2.1.1`, for reports."""
        return " ".join(part for part in (self.name or self.title, self.version) if part)


def parse(descriptor: Any) -> Schema:
    """Read a schema descriptor (already decoded from JSON). Raises `SchemaError`."""
    from parvis.catalog.core.tables.schema_parsing import read_schema  # both modules need the dataclasses above

    return read_schema(descriptor)
