"""From a schema and the labels of a file to a list of SQL checks: what is tested, on which column, under which code."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from parvis.catalog.core.tables import cell_tests, custom_checks
from parvis.catalog.core.tables.cell_tests import CellTest
from parvis.catalog.core.tables.phones import phone_test
from parvis.catalog.core.tables.schema import CustomCheck, Field, Schema
from parvis.catalog.core.tables.values import load_json

SOURCE: Final = "__source__"
"""Stands for the prepared relation in a check that looks at the whole table (foreign keys)."""


@dataclass(frozen=True, slots=True)
class Check:
    """One test. `bad` is SQL that holds on the rows that break it; `value` is the SQL column of the text to show."""

    code: str
    rule: str
    column: str | None
    bad: str
    value: str | None
    field: Field | None = None
    custom: CustomCheck | None = None
    others: tuple[tuple[str, str], ...] = ()
    """Label and SQL column of the other cells that the rule reads."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Cells that SQL refuses but that Python may accept: `suspects` is SQL for their text, null for the others."""

    key: str
    suspects: str
    python: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Key:
    """Columns whose values together may not repeat; `text` is SQL of the key, null where it does not apply."""

    code: str
    rule: str
    column: str
    text: str
    value: str


@dataclass(slots=True)
class Plan:
    """Everything to compute on one file, in layers of SQL: cells without missing values, casts, types, checks."""

    cells: dict[str, str] = field(default_factory=dict)
    casts: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    unverifiable: list[str] = field(default_factory=list)

    def source(self, scan: str, ordinals: bool = False) -> str:
        """The prepared relation: the scan's columns, then `v…` (text or null) and `t…`, `n…` (what checks share)."""
        number = ", row_number() OVER () - 1 AS ordinal" if ordinals else ""
        cells = "".join(f", {sql} AS {name}" for name, sql in self.cells.items())
        types = "".join(f", {sql} AS {name}" for name, sql in self.types.items())
        casts = "".join(f", {sql} AS {name}" for name, sql in self.casts.items())
        inner = f"(SELECT *{number}{cells} FROM {scan})"
        return f"(SELECT *{types} FROM {f'(SELECT *{casts} FROM {inner})' if casts else inner})"


def compile_checks(
    schema: Schema, labels: Sequence[str], settled: Mapping[str, str] | None = None, *, blanks: bool = True
) -> Plan:
    """`blanks` is false where the reader has already set blank rows aside; `settled` maps the key of a doubt that Python has resolved to the table of the texts it refused (`""`: none)."""
    return _Compiler(schema, labels, settled or {}, blanks).run()


class _Compiler:
    def __init__(self, schema: Schema, labels: Sequence[str], settled: Mapping[str, str], blanks: bool) -> None:
        self.schema, self.labels, self.settled, self.blanks = schema, labels, settled, blanks
        self.plan = Plan()
        self.place: dict[str, int] = {}
        for at, label in enumerate(labels):
            self.place.setdefault(label, at)

    def run(self) -> Plan:
        plan, width = self.plan, len(self.labels)
        filled = ", ".join([*(f"nullif(c{i}, '')" for i in range(width)), "extra"])
        plan.cells["blank"] = f"coalesce({filled}) IS NULL" if self.blanks else "FALSE"
        plan.checks.append(Check("blank-row", "blank-row", None, "blank", None))
        plan.checks.append(Check("extra-cell", "extra-cell", None, f"(cells > {width} AND NOT blank)", "extra"))
        for at, label in enumerate(self.labels):
            plan.checks.append(Check("missing-cell", "missing-cell", label, f"(cells <= {at} AND NOT blank)", None))
        for one in self.schema.fields:
            if one.name in self.place:
                self._field(one, self.place[one.name])
        for custom in self.schema.custom_checks:
            self._custom(custom)
        self._keys()
        return plan

    def _decide(self, key: str, cell: str, test: CellTest) -> str:
        """SQL of a test, Python's answers included once they are known."""
        if test.python is None:
            return test.sql
        self.plan.doubts.append(Doubt(key, f"CASE WHEN NOT ({test.sql}) THEN {cell} END", test.python))
        refused = self.settled.get(key)
        if refused is None:
            return test.sql
        return f"({test.sql} OR {cell} NOT IN (SELECT text FROM {refused}))" if refused else "TRUE"

    def _field(self, one: Field, at: int) -> None:
        cell, good = f"v{at}", f"t{at}"
        missing = self.schema.missing(one)
        raw = f"c{at}" if "" in missing else f"(CASE WHEN cells > {at} THEN coalesce(c{at}, '') END)"
        if set(missing) <= {""}:
            self.plan.cells[cell] = f"nullif({raw}, '')" if missing else raw
        else:
            self.plan.cells[cell] = f"CASE WHEN NOT {cell_tests.one_of(raw, missing)} THEN {raw} END"
        test = cell_tests.type_test(one, cell)
        if test is not cell_tests.ALWAYS:
            self.plan.types[good] = self._shared(self._decide(f"{at}:type", cell, test), at)
            self._add("type-error", "type", one, at, f"({cell} IS NOT NULL AND NOT {good})")
        limits = one.constraints
        if limits.required:
            self._add("constraint-error", "required", one, at, f"({cell} IS NULL AND cells > {at} AND NOT blank)", typed=False)
        if limits.pattern is not None:
            count = cell_tests.fixed_digits(limits.pattern)
            if count and count <= 14:
                self._add("constraint-error", "pattern", one, at, f"({cell} IS NOT NULL AND {self._number(at, count)} IS NULL)")
            else:
                self._refuse("pattern", one, at, self._decide(f"{at}:pattern", cell, cell_tests.pattern(cell, limits.pattern)))
        if limits.enum is not None:
            self._refuse("enum", one, at, cell_tests.enum(one, cell, limits.enum))
        for rule, sign, limit in (
            ("minimum", ">=", limits.minimum),
            ("maximum", "<=", limits.maximum),
            ("exclusiveMinimum", ">", limits.exclusive_minimum),
            ("exclusiveMaximum", "<", limits.exclusive_maximum),
        ):
            respected = None if limit is None else cell_tests.bound(one, cell, sign, limit)
            if respected is not None:
                self._refuse(rule, one, at, respected)
        if limits.max_length is not None:
            self._add("constraint-error", "maxLength", one, at, cell_tests.longer(cell, limits.max_length))
        if limits.min_length is not None:
            self._add("constraint-error", "minLength", one, at, cell_tests.shorter(cell, limits.min_length))
        if one.item is not None and one.item.constraints.enum is not None and one.type == "array":
            allowed = frozenset(one.item.constraints.enum)
            items = CellTest("FALSE", lambda text: _items_in(text, allowed))
            self._refuse("items", one, at, self._decide(f"{at}:items", cell, items))

    def _number(self, at: int, count: int) -> str:
        name, read = f"n{at}_{count}", f"h{at}_{count}"
        self.plan.casts[read] = custom_checks.packed(f"v{at}", count)
        self.plan.types[name] = custom_checks.packed_digits(f"v{at}", count, read)
        return name

    def _shared(self, sql: str, at: int) -> str:
        """The same SQL, the costly cast that several checks repeat being computed once."""
        cast = f"TRY_CAST(v{at} AS DOUBLE)"
        if cast not in sql:
            return sql
        self.plan.casts[f"d{at}"] = cast
        return sql.replace(cast, f"d{at}")

    def _refuse(self, rule: str, one: Field, at: int, good: str) -> None:
        self._add("constraint-error", rule, one, at, f"NOT {good}")

    def _add(self, code: str, rule: str, one: Field, at: int, bad: str, typed: bool = True) -> None:
        if typed and code != "type-error" and f"t{at}" in self.plan.types:
            bad = f"CASE WHEN t{at} THEN {bad} END"
        bad = self._shared(bad, at)
        self.plan.checks.append(Check(code, rule, one.name, bad, f"c{at}", one))

    def _typed(self, name: str) -> str:
        """The text of a cell, null where it is missing or of a wrong type."""
        at = self.place[name]
        return f"(CASE WHEN t{at} THEN v{at} END)" if f"t{at}" in self.plan.types else self._present(name)

    def _present(self, name: str) -> str:
        """The text of a cell, null where it is missing. A column that the schema does not describe is read as it stands."""
        at = self.place[name]
        return f"v{at}" if f"v{at}" in self.plan.cells else f"nullif(c{at}, '')"

    def _custom(self, custom: CustomCheck) -> None:
        found = [name for name in custom.columns if name in self.place]
        if custom.name == "one-of-required":
            empty = " AND ".join(f"{self._present(name)} IS NULL" for name in found)
            if found:
                self._custom_check(custom, f"({empty} AND NOT blank)", found)
            return
        if custom.name == "cohesive-columns-value":
            if len(found) == len(custom.columns):
                filled = " + ".join(f"({self._present(name)} IS NOT NULL)::INT" for name in found)
                self._custom_check(custom, f"({filled}) NOT IN (0, {len(found)})", found)
            return
        if len(found) < len(custom.columns):
            return  # a missing column is said once, by its label
        if custom.name == "compare-columns-value":
            left, right = (self._comparable(name) for name in custom.columns)
            self._custom_check(
                custom,
                f"({left} IS NOT NULL AND {right} IS NOT NULL AND NOT {custom_checks.compare(left, custom.op, right)})",
                found,
            )
        elif custom.name == "sum-columns-value":
            amounts = [self._amount(name) for name in custom.columns]
            self._custom_check(custom, f"({amounts[0]} <> {' + '.join(amounts[1:])})", found)
        else:
            self._custom_check(custom, self._one_column(custom), found)

    def _comparable(self, name: str) -> str:
        """The typed text; a number without the blanks and signs that its column allows."""
        one, text = self.schema.field(name), self._typed(name)
        return cell_tests.bare(one, text) if one and one.type in cell_tests.NUMERIC else text

    def _amount(self, name: str) -> str:
        one = self.schema.field(name) or Field(name, "number")
        return cell_tests.exact(one, self._typed(name))

    def _one_column(self, custom: CustomCheck) -> str:
        at, text, cell = self.place[custom.column], self._typed(custom.column), self._present(custom.column)
        if custom.name in ("french-siret-value", "french-siren-value"):
            siret = custom.name == "french-siret-value"
            if f"v{at}" not in self.plan.cells:
                self.plan.cells[f"v{at}"] = f"nullif(c{at}, '')"
            number = self._number(at, 14 if siret else 9)
            good = custom_checks.siret_sql(number) if siret else custom_checks.siren_sql(number)
            return f"({text} IS NOT NULL AND NOT {good})"
        tests: dict[str, Callable[[str], CellTest]] = {
            "nomenclature-actes-value": custom_checks.nomenclature,
            "opening-hours-value": custom_checks.opening_hours,
            "phone-number-value": phone_test,
            "year-interval-value": lambda cell: custom_checks.year_interval(cell, custom.allow_year_only),
        }
        test = tests[custom.name](cell)
        return f"({text} IS NOT NULL AND NOT {self._decide(f'{at}:{custom.name}', cell, test)})"

    def _custom_check(self, custom: CustomCheck, bad: str, found: list[str]) -> None:
        shown = custom.column if custom.column in self.place else found[0]
        at = self.place[shown]
        others = tuple((name, f"c{self.place[name]}") for name in found if name != shown)
        self.plan.checks.append(Check(custom.name, custom.name, shown, bad, f"c{at}", self.schema.field(shown), custom, others))

    def _keys(self) -> None:
        for one in self.schema.fields:
            if one.constraints.unique and one.name in self.place:
                self.plan.keys.append(
                    Key("unique-error", "unique", one.name, self._typed(one.name), f"c{self.place[one.name]}")
                )
        for names, code, rule in (
            (self.schema.primary_key, "primary-key", "primaryKey"),
            *((one, "unique-error", "uniqueKeys") for one in self.schema.unique_keys),
        ):
            if not names or any(name not in self.place for name in names):
                continue
            texts = [self._present(name) for name in names]
            joined = (
                texts[0]
                if len(texts) == 1
                else f"(CASE WHEN {' AND '.join(f'{one} IS NOT NULL' for one in texts)} THEN concat_ws(chr(31), {', '.join(texts)}) END)"
            )
            self.plan.keys.append(Key(code, rule, names[0], joined, f"c{self.place[names[0]]}"))
            if code == "primary-key":
                for name, text in zip(names, texts, strict=True):
                    at = self.place[name]
                    one_field = self.schema.field(name)
                    if not (one_field and one_field.constraints.required):
                        self.plan.checks.append(
                            Check(
                                "primary-key", "primaryKeyEmpty", name, f"({text} IS NULL AND NOT blank)", f"c{at}", one_field
                            )
                        )
        for foreign in self.schema.foreign_keys:
            if foreign.resource or any(name not in self.place for name in (*foreign.fields, *foreign.reference_fields)):
                self.plan.unverifiable.append(", ".join(foreign.fields))
                continue
            here = [self._present(name) for name in foreign.fields]
            there = [self._present(name) for name in foreign.reference_fields]
            filled = " AND ".join(f"{one} IS NOT NULL" for one in here)
            known = " AND ".join(f"{one} IS NOT NULL" for one in there)
            bad = f"({filled} AND ({', '.join(here)}) NOT IN (SELECT ({', '.join(there)}) FROM {SOURCE} WHERE {known}))"
            others = tuple((name, f"c{self.place[name]}") for name in foreign.reference_fields)
            first = foreign.fields[0]
            self.plan.checks.append(
                Check("foreign-key", "foreign-key", first, bad, f"c{self.place[first]}", self.schema.field(first), None, others)
            )


def _items_in(text: str, allowed: frozenset[str]) -> bool:
    value = load_json(text)
    return isinstance(value, list) and all(str(one) in allowed for one in value)
