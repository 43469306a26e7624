"""What the page of questions shows: the tables that can be named, their columns, examples that work on them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import QueryDict
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from parvis.catalog import queries, questions
from parvis.catalog.columns import Column, columns_of
from parvis.catalog.models import Resource, Version
from parvis.catalog.questions import Answer, Question, QuestionRefused

PER_PAGE = 50
FOUND = 8
LONGEST = 5_000
"""What still travels in an address. The API takes longer texts."""
PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
RESERVED = frozenset(
    [
        "all",
        "and",
        "any",
        "as",
        "asc",
        "case",
        "cast",
        "check",
        "collate",
        "column",
        "create",
        "default",
        "desc",
        "distinct",
        "else",
        "end",
        "except",
        "false",
        "for",
        "foreign",
        "from",
        "grant",
        "group",
        "having",
        "in",
        "initially",
        "intersect",
        "into",
        "lambda",
        "lateral",
        "leading",
        "limit",
        "not",
        "null",
        "offset",
        "on",
        "only",
        "or",
        "order",
        "pivot",
        "primary",
        "qualify",
        "references",
        "returning",
        "select",
        "show",
        "some",
        "summarize",
        "symmetric",
        "table",
        "then",
        "to",
        "trailing",
        "true",
        "union",
        "unique",
        "unpivot",
        "using",
        "variadic",
        "when",
        "where",
        "window",
        "with",
    ]
)


@dataclass(frozen=True, slots=True)
class Named:
    """A table under the name that the question gives it."""

    name: str
    given: str
    """`identifier` or `identifier@version`, as asked."""
    version: Version
    columns: list[Column]

    @property
    def sql(self) -> str:
        return identifier(self.name)

    @property
    def fields(self) -> list[tuple[str, str, Column]]:
        return [(identifier(column.name), column.type_label, column) for column in self.columns]


@dataclass(frozen=True, slots=True)
class Example:
    label: str
    sql: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The form as it came: names and what they stand for, the text, what else was pressed."""

    sql: str
    tables: dict[str, str]
    search: str
    run: bool


def identifier(name: str) -> str:
    """A name as SQL wants it: between quotes unless it is plain."""
    return name if PLAIN.fullmatch(name) and name not in RESERVED else '"' + name.replace('"', '""') + '"'


def read(parameters: QueryDict) -> Asked:
    """`table=name:id` repeats; `ajouter=id` adds one under a name of its own, `retirer=name` takes one away."""
    tables: dict[str, str] = {}
    for given in parameters.getlist("table")[: questions.MOST_TABLES]:
        name, colon, resource = given.partition(":")
        if colon and name and resource:
            tables[name] = resource
    tables.pop(parameters.get("retirer", ""), None)
    added = parameters.get("ajouter", "")
    if added and len(tables) < questions.MOST_TABLES and added not in tables.values():
        resource_found = queries.published_resource(added)
        if resource_found:
            tables[free_name(resource_found, tables)] = added
    sql = parameters.get("sql", "").replace("\r\n", "\n")
    changed = any(parameters.get(name) for name in ("retirer", "ajouter", "chercher"))
    return Asked(sql, tables, parameters.get("q", "").strip()[:200], bool(sql.strip()) and not changed)


def free_name(resource: Resource, taken: dict[str, str] | Sequence[str] = ()) -> str:
    """A short plain name for a table: the first words of its title."""
    words = [word for word in slugify(resource.title).split("-") if word] or ["table"]
    name = "_".join(words[:2])[:30]
    name = name if not name[0].isdigit() and name not in RESERVED else f"t_{name}"
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def named(asked: Asked) -> tuple[list[Named], list[QuestionRefused]]:
    """The tables of the question that exist, and why the others cannot be used."""
    found, refused = [], []
    for name, given in asked.tables.items():
        try:
            version = questions.asked("", {name: given}).tables[name]
        except QuestionRefused as error:
            refused.append(error)
        else:
            found.append(Named(name, given, version, columns_of(version)))
    return found, refused


def examples(tables: Sequence[Named]) -> list[Example]:
    """Questions that are true of these columns: rows, a count by group, a mean, a join."""
    if not tables:
        return []
    table = tables[0]
    made = [Example(_("Les premières lignes"), f"SELECT *\nFROM {table.sql}\nLIMIT 20")]
    group = _grouping(table.columns)
    number = next((column for column in table.columns if column.type in {"integer", "number"} and column.grouped), None)
    if group:
        name = identifier(group.name)
        made.append(
            Example(
                _("Combien de lignes par « {label} »").format(label=group.label),
                f"SELECT {name}, count(*) AS nombre\nFROM {table.sql}\nGROUP BY {name}\nORDER BY nombre DESC",
            )
        )
    if number:
        value = identifier(number.name)
        by = f"{identifier(group.name)}, " if group else ""
        ending = f"\nGROUP BY {identifier(group.name)}\nORDER BY moyenne DESC" if group else ""
        made.append(
            Example(
                _("La moyenne et le plus grand de « {label} »").format(label=number.label),
                f"SELECT {by}avg({value}) AS moyenne, max({value}) AS maximum\nFROM {table.sql}{ending}",
            )
        )
    dated = next((column for column in table.columns if column.dated), None)
    if dated:
        made.append(
            Example(
                _("Combien de lignes par année"),
                f"SELECT year({identifier(dated.name)}) AS annee, count(*) AS nombre\nFROM {table.sql}\nGROUP BY annee\nORDER BY annee",
            )
        )
    return made + _joins(tables)


def _grouping(columns: Sequence[Column]) -> Column | None:
    fit = [one for one in columns if one.distinct and 1 < one.distinct <= 50 and one.type in {"string", "boolean", "year"}]
    return fit[0] if fit else None


def _joins(tables: Sequence[Named]) -> list[Example]:
    """Two tables that share the name of a column, or a format such as the code of a commune."""
    if len(tables) < 2:
        return []
    first, second = tables[:2]
    for one in first.columns:
        for other in second.columns:
            same = one.name == other.name or (one.format and one.format == other.format and one.format.startswith("code"))
            if same and one.type == other.type:
                on = f"a.{identifier(one.name)} = b.{identifier(other.name)}"
                sql = f"SELECT *\nFROM {first.sql} AS a\nJOIN {second.sql} AS b ON {on}\nLIMIT 50"
                return [Example(_("Les deux tables, ligne à ligne, par « {label} »").format(label=one.label), sql)]
    return []


def address(sql: str, tables: dict[str, str], route: str = "catalog:questions") -> str:
    """The address of the page with this question."""
    pairs = [("table", f"{name}:{given}") for name, given in tables.items()]
    return reverse(route) + "?" + urlencode([*pairs, ("sql", sql)] if sql else pairs)


def matches(asked: Asked) -> list[Resource]:
    """Public tables that the search finds, those already there left out."""
    if not asked.search:
        return []
    taken = {given.partition("@")[0] for given in asked.tables.values()}
    found = []
    for dataset in queries.datasets(queries.Question(text=asked.search))[:FOUND]:
        for resource in dataset.resources.all():
            if resource.pk not in taken and resource.current and not resource.current.withdrawn:
                resource.dataset = dataset
                found.append(resource)
    return found[:FOUND]


# ----- The answer -----


def shown(question: Question, page: str | None) -> tuple[Answer, Any]:
    """The page of the answer that is asked, and its place among the others. Raises `QuestionRefused`."""
    wanted = int(page) if page and page.isdecimal() and len(page) < 6 else 1
    last = questions.MOST_ROWS // PER_PAGE
    found = questions.answer(question, offset=(min(max(1, wanted), last) - 1) * PER_PAGE, size=PER_PAGE)
    pages = Paginator(range(found.total), PER_PAGE)
    if wanted > pages.num_pages:
        found = questions.answer(question, offset=(pages.num_pages - 1) * PER_PAGE, size=PER_PAGE)
    return found, pages.get_page(wanted)


def drawn(answer: Answer) -> dict[str, Any]:
    """Columns as a table shows them, and the cells, each in the type of its column."""
    kinds = [kind_of(kind) for kind in answer.types]
    columns = [(name, _label(kind), kind) for name, kind in zip(answer.columns, kinds, strict=True)]
    return {"answer": answer, "answer_columns": columns, "kinds": kinds}


NUMBERS = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "FLOAT",
    "DOUBLE",
)


def kind_of(kind: str) -> str:
    """`number`, `date`, `boolean` or `text`, from the engine's own name of a type."""
    if kind in NUMBERS or kind.startswith("DECIMAL"):
        return "number"
    if kind == "DATE" or kind.startswith("TIMESTAMP"):
        return "date"
    return "boolean" if kind == "BOOLEAN" else "text"


def _label(kind: str) -> str:
    return {"number": _("nombre"), "date": _("date"), "boolean": _("oui ou non"), "text": _("texte")}[kind]


# ----- A mistake, where it is -----


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sentence points at: its line, and what stands before and after on it."""

    line: int
    column: int
    before: str
    at: str
    after: str


def place(sql: str, position: int | None) -> Place | None:
    if position is None or not 0 <= position < len(sql):
        return None
    start = sql.rfind("\n", 0, position) + 1
    end = sql.find("\n", position)
    line = sql[start : end if end >= 0 else len(sql)]
    column = position - start
    word = re.match(r"\w+|\W", line[column:])
    size = len(word[0]) if word else 1
    return Place(
        sql.count("\n", 0, position) + 1, column + 1, line[:column], line[column : column + size], line[column + size :]
    )
