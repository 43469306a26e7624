"""The columns of a version and what was understood of its file, as people read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext, ngettext_lazy

from parvis.catalog import rows
from parvis.catalog.core.tables import convert
from parvis.catalog.core.tables.formats import FORMATS
from parvis.catalog.models import Version

TYPE_LABELS = {
    "integer": _lazy("nombre entier"),
    "number": _lazy("nombre"),
    "boolean": _lazy("oui ou non"),
    "date": _lazy("date"),
    "datetime": _lazy("date et heure"),
    "year": _lazy("année"),
    "string": _lazy("texte"),
}


WIDE = 24
TELLING = 0.05
"""The share of the rows that the most frequent values must have to be drawn."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a distribution: a value, or a span of values from `start` to `end`."""

    count: int
    value: Any = None
    start: Any = None
    end: Any = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column as pages and API speak of it: `name` in the Parquet file, `label` as it stands in the original."""

    position: int
    name: str
    label: str
    type: str
    format: str
    description: str
    rows: int
    empty: int
    distinct: int | None
    distinct_exact: bool
    minimum: Any
    maximum: Any
    frequent: tuple[tuple[Any, int], ...]
    histogram: tuple[Bar, ...]
    exceptions: int

    @property
    def numeric(self) -> bool:
        return self.type in {"integer", "number", "year"}

    @property
    def dated(self) -> bool:
        return self.type in {"date", "datetime"}

    @property
    def grouped(self) -> bool:
        """Whether thousands are set apart: never in a year, a latitude or a longitude."""
        return self.type in {"integer", "number"} and self.format not in {"latitude", "longitude"}

    @property
    def wide(self) -> bool:
        """Whether its cells are sentences rather than words."""
        known = [self.minimum, self.maximum, *(value for value, _count in self.frequent)]
        return self.type == "string" and any(len(str(value)) > WIDE for value in known if value is not None)

    @property
    def filled(self) -> int:
        return self.rows - self.empty

    @property
    def type_label(self) -> str:
        found = FORMATS.get(self.format)
        return found.label if found else str(TYPE_LABELS.get(self.type, TYPE_LABELS["string"]))

    @property
    def type_sentence(self) -> str:
        """What a column without a description holds, in a sentence."""
        label = self.type_label[:1].upper() + self.type_label[1:]
        if not self.filled:
            return _("{label} : toutes les cellules sont vides.").format(label=label)
        return (
            _("{label}, sur toutes les lignes.").format(label=label)
            if not self.empty
            else _("{label}, avec des cellules vides.").format(label=label)
        )

    @property
    def measures(self) -> list[tuple[str, Any]]:
        """The extremes, where an order means something to a reader."""
        if not (self.numeric or self.dated) or self.minimum is None:
            return []
        names = (_("Première date"), _("Dernière date")) if self.dated else (_("Minimum"), _("Maximum"))
        return list(zip(names, (self.minimum, self.maximum), strict=True))

    @property
    def empty_share(self) -> str:
        """The share of empty cells, never rounded to nothing or to everything."""
        share = 100 * self.empty / self.rows if self.rows else 0
        if self.empty and share < 1:
            return _("moins de 1 %")
        return f"{min(99, round(share)) if self.filled else 100}\u00a0%"

    @property
    def bins(self) -> list[int]:
        """The small distribution under a title. Nothing where every value is different."""
        if self.histogram:
            return [bar.count for bar in self.histogram]
        counts = [count for _value, count in self.frequent]
        # A few values out of very many say nothing of the column.
        return counts if counts and counts[0] > 1 and sum(counts) >= TELLING * self.filled else []

    @property
    def bars(self) -> list[Bar]:
        if self.histogram:
            return list(self.histogram)
        return [Bar(count, value) for value, count in self.frequent if self.bins]

    @property
    def longest(self) -> int:
        return max((bar.count for bar in self.bars), default=1)


def columns_of(version: Version) -> list[Column]:
    """The columns of `version`, in order, from its own profile."""
    described = version.profile["columns"]
    names = convert.column_names([str(column["name"]) for column in described])
    found = [
        _column(place, name, column, version.rows) for place, (name, column) in enumerate(zip(names, described, strict=True), 1)
    ]
    if "ragged-rows" in version.reading.get("warnings", ()):
        # Cells past the last column went to a column that the profile does not know.
        found += [
            _unprofiled(place, field.name, version.rows)
            for place, field in enumerate(rows.fields(version), 1)
            if place > len(names)
        ]
    return found


def _unprofiled(place: int, name: str, total: int) -> Column:
    return _column(place, name, {"name": name, "description": _("Les cellules en trop des lignes trop longues.")}, total)


def _column(position: int, name: str, given: dict[str, Any], total: int) -> Column:
    kind = given.get("type", "string")
    value = _reader(kind)
    return Column(
        position=position,
        name=name,
        label=str(given["name"]).strip() or _("colonne {position}").format(position=position),
        type=kind,
        format=given.get("format") or "",
        description=str(given.get("description") or ""),
        rows=total,
        empty=int(given.get("empty", 0)),
        distinct=given.get("distinct"),
        distinct_exact=bool(given.get("distinct_exact", True)),
        minimum=value(given.get("min")),
        maximum=value(given.get("max")),
        frequent=tuple((text, int(count)) for text, count in given.get("frequent", ())),
        histogram=tuple(
            Bar(int(one["count"]), start=value(one["low"]), end=value(one["high"])) for one in given.get("histogram", ())
        ),
        exceptions=int(given.get("exceptions", 0)),
    )


def _reader(kind: str) -> Callable[[Any], Any]:
    """How a value that went through JSON comes back to its type."""

    def read(value: Any) -> Any:
        if value is None:
            return None
        try:
            if kind == "date":
                return date.fromisoformat(str(value)[:10])
            if kind == "datetime":
                return datetime.fromisoformat(str(value))
            if kind in {"integer", "year"}:
                return round(float(value))
        except ValueError:
            return value
        return value == "true" if kind == "boolean" else value

    return read


SKIPPED = {
    "preamble": ngettext_lazy("%(n)d ligne de titre", "%(n)d lignes de titre", "n"),
    "header": ngettext_lazy("%(n)d ligne d'en-tête", "%(n)d lignes d'en-tête", "n"),
    "repeated-header": ngettext_lazy("%(n)d en-tête répété", "%(n)d en-têtes répétés", "n"),
    "blank": ngettext_lazy("%(n)d ligne vide", "%(n)d lignes vides", "n"),
    "total": ngettext_lazy("%(n)d ligne de total", "%(n)d lignes de total", "n"),
    "note": ngettext_lazy("%(n)d note de bas de tableau", "%(n)d notes de bas de tableau", "n"),
}
FILE_FORMATS = {"csv": "CSV", "xlsx": "Excel (XLSX)", "ods": "LibreOffice (ODS)", "jsonl": "JSON", "parquet": "Parquet"}
DELIMITERS = {
    ",": _lazy("virgule"),
    ";": _lazy("point-virgule"),
    "\t": _lazy("tabulation"),
    "|": _lazy("barre verticale"),
    " ": _lazy("espace"),
}
WARNINGS = {
    "mixed-encoding": _lazy("Le fichier mélange deux encodages : quelques lettres accentuées ont pu être mal lues."),
    "double-encoding": _lazy("Les lettres accentuées avaient été encodées deux fois (« Ã© » pour « é »)."),
    "no-header": _lazy("Le fichier n'a pas de ligne de titres : les colonnes sont nommées d'après leur rang."),
    "unclosed-quote": _lazy("Un guillemet ouvert n'est jamais fermé dans ce fichier."),
    "ragged-rows": _lazy("Certaines lignes ont plus ou moins de cellules que la ligne des titres."),
    "other-sheets": _lazy("Le classeur a d'autres feuilles, qui ne sont pas publiées ici."),
    "nul-bytes": _lazy("Le fichier contenait des caractères nuls, qui ont été ignorés."),
}


@dataclass(frozen=True, slots=True)
class Understood:
    """`sentence` says what was not plain in the file (empty when all was); `facts` and `warnings` say everything."""

    sentence: str
    facts: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]


def understood(version: Version) -> Understood:
    """What was understood of the file, in one sentence, then in detail."""
    reading = version.reading
    counts = Counter(one["reason"] for one in reading.get("skipped", ()) if one["reason"] in SKIPPED)
    aside = [str(SKIPPED[reason] % {"n": n}) for reason, n in counts.items()]
    # The list is bounded; the count is not.
    count = int(reading.get("skipped_count") or sum(counts.values()))
    facts = [(_("Format"), FILE_FORMATS.get(reading.get("format"), str(reading.get("format"))))]
    parts = []
    if aside:
        parts.append(
            ngettext("{lines} mise de côté", "{lines} mises de côté", count).format(lines=get_text_list(aside, _("et")))
        )
    encoding = str(reading.get("encoding") or "")
    if encoding:
        facts.append((_("Encodage d'origine"), encoding))
        if encoding.lower().replace("_", "-") not in {"utf-8", "utf-8-sig", "ascii"}:
            parts.append(_("texte converti de {encoding} en UTF-8").format(encoding=encoding))
    if reading.get("sheet"):
        parts.append(_("feuille « {sheet} »").format(sheet=reading["sheet"]))
    if delimiter := reading.get("delimiter"):
        facts.append((_("Séparateur de colonnes"), str(DELIMITERS.get(delimiter, delimiter))))
    if reading.get("format") in {"csv", "xlsx", "ods"}:
        facts.append((_("Séparateur décimal"), _("virgule") if reading.get("decimal") == "," else _("point")))
    if reading.get("header_row"):
        facts.append((_("Ligne des titres"), str(reading["header_row"])))
    if count:
        lines = ", ".join(str(one["row"]) for one in reading.get("skipped", ())[:12])
        facts.append((_("Lignes mises de côté"), lines + (" …" if count > 12 else "")))
    warnings = tuple(str(WARNINGS[code]) for code in reading.get("warnings", ()) if code in WARNINGS)
    sentence = " ; ".join(parts)
    sentence = sentence[:1].upper() + sentence[1:] + "." if sentence else _("Le fichier a été lu tel quel.")
    return Understood(sentence, tuple(facts), warnings)
