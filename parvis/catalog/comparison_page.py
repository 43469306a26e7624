"""What the page of a comparison says: which rows were followed how, what was asked, how a change is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from parvis.catalog import comparison_rows, downloads, queries
from parvis.catalog.columns import TYPE_LABELS, Column, columns_of
from parvis.catalog.comparison_rows import Cell, Change
from parvis.catalog.models import Comparison, Version
from parvis.shared.templatetags.parvis import number

KINDS = {"modifiees": "changed", "ajoutees": "added", "retirees": "removed"}
WORDS = {"changed": _lazy("Lignes modifiées"), "added": _lazy("Lignes ajoutées"), "removed": _lazy("Lignes retirées")}
SHOWN = 10
"""How many columns of a row that was added or removed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks of the changes; `column` restricts the rows that changed to those where it did."""

    kind: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A change as a page draws it: the cells by which its row is known, then those that changed or, for a row that came or
    went, the first of the row."""

    kind: str
    row_before: int | None
    row_after: int | None
    name: tuple[tuple[Column, Any], ...]
    changed: tuple[Cell, ...] = ()
    cells: tuple[Any, ...] = ()


def choices(versions: Sequence[Version]) -> list[Version]:
    """The versions that may be compared, newest first."""
    return [version for version in versions if not version.withdrawn]


def around(old: Version, new: Version, found: Comparison | None) -> dict[str, Any]:
    resource = new.resource
    return {
        "resource": resource,
        "before": old,
        "after": new,
        "comparison": found,
        "versions": choices(queries.with_resource(queries.history(resource), resource)),
    }


def read(parameters: QueryDict, found: Comparison) -> Asked:
    """The kind that is asked for, otherwise the first of which there are some."""
    kind = KINDS.get(parameters.get("quoi", ""), "") or next(
        (one for one in KINDS.values() if comparison_rows.total(found, one)), "changed"
    )
    column = parameters.get("colonne", "")
    return Asked(kind, column if kind == "changed" and column in found.summary["common"] else "")


def described(found: Comparison, asked: Asked) -> dict[str, Any]:
    summary = found.summary
    known = comparison_rows.columns_by_name(found)
    version = found.before if asked.kind == "removed" else found.after
    return {
        "asked": asked,
        "same": summary["rows_after"] - summary["added"] - summary["changed"],
        "kinds": [{"word": word, "kind": kind, "label": WORDS[kind], "count": summary[kind]} for word, kind in KINDS.items()],
        "identical": not any(summary[kind] for kind in KINDS.values())
        and not (summary["columns_added"] or summary["columns_removed"] or summary["retyped"]),
        "how": how(found),
        "columns_added": [_label(known, name) for name in summary["columns_added"]],
        "columns_removed": [_label(known, name) for name in summary["columns_removed"]],
        "retyped": retyped(found),
        "touched": touched(found, known),
        "asked_column": known.get(asked.column),
        "shown_columns": columns_of(version)[:SHOWN],
        "shown_version": version,
    }


def _label(known: dict[str, Column], name: str) -> str:
    return known[name].label if name in known else name


def how(found: Comparison) -> list[str]:
    """How rows were followed from one version to the other, in sentences."""
    summary, known = found.summary, comparison_rows.columns_by_name(found)
    labels = get_text_list([f"« {_label(known, name)} »" for name in summary["key"]], _("et"))
    if not summary["common"]:
        return [_("Les deux versions n'ont aucune colonne en commun : toutes les lignes sont différentes.")]
    if not summary["key"]:
        said = [
            _(
                "Aucune colonne ne désigne une ligne à elle seule : les lignes sont comparées entières. Une ligne corrigée compte comme retirée, puis ajoutée."
            )
        ]
    elif summary["reason"] == "schema":
        said = [_("Les lignes sont suivies par {columns}, la clé que donne le schéma.").format(columns=labels)]
    else:
        said = [
            _(
                "Les lignes sont suivies par {columns}, toujours remplie et jamais deux fois la même dans chaque version."
            ).format(columns=labels)
        ]
    alone = max(summary["unkeyed_before"], summary["unkeyed_after"])
    if alone:
        said.append(
            ngettext(
                "{n} ligne a une clé vide ou répétée : elle est comparée entière.",
                "{n} lignes ont une clé vide ou répétée : elles sont comparées entières.",
                alone,
            ).format(n=number(alone))
        )
    if summary["columns_added"] or summary["columns_removed"]:
        said.append(_("Seules les colonnes présentes dans les deux versions sont comparées."))
    if summary["retyped"]:
        said.append(_("Dans une colonne dont le type a changé, une même valeur écrite autrement compte comme la même."))
    return said


def retyped(found: Comparison) -> list[dict[str, str]]:
    old, new = ({column.name: column for column in columns_of(version)} for version in (found.before, found.after))
    return [
        {"label": new[one["name"]].label, "before": _type(old[one["name"]]), "after": _type(new[one["name"]])}
        for one in found.summary["retyped"]
        if one["name"] in old and one["name"] in new
    ]


def _type(column: Column) -> str:
    return str(TYPE_LABELS.get(column.type, TYPE_LABELS["string"]))


def touched(found: Comparison, known: dict[str, Column]) -> list[dict[str, Any]]:
    """The columns in which cells changed, the most first."""
    pairs = zip(found.summary["common"], found.summary["cells"], strict=True)
    counted = [{"name": name, "label": _label(known, name), "count": count} for name, count in pairs if count]
    return sorted(counted, key=lambda one: -one["count"])


def drawn(found: Comparison, changes: Sequence[Change]) -> list[Drawn]:
    known = comparison_rows.columns_by_name(found)
    naming = [known[name] for name in found.summary["key"] if name in known]
    version = found.before if changes and changes[0].kind == "removed" else found.after
    shown = [column.name for column in columns_of(version)[:SHOWN]]
    return [_drawn(change, known, naming, shown) for change in changes]


def _drawn(change: Change, known: dict[str, Column], naming: Sequence[Column], shown: Sequence[str]) -> Drawn:
    old, new = change.before or {}, change.after or {}
    return Drawn(
        kind=change.kind,
        row_before=change.row_before,
        row_after=change.row_after,
        name=tuple((column, change.shown.get(column.name)) for column in naming),
        changed=tuple(Cell(known[name], old.get(name), new.get(name)) for name in change.changed if name in known),
        cells=tuple(change.shown.get(name) for name in shown),
    )


def filename(found: Comparison, kind: str) -> str:
    start = downloads.filename(found.after, kind).rsplit("-v", 1)[0]
    return f"{start}-v{found.before.number}-v{found.after.number}.{kind}"
