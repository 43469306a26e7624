"""A file to fill in, made from a schema: a CSV with its titles, or a workbook whose second sheet explains each column."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from parvis.catalog.core.tables.schema import Field, Schema

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

TYPES: Final = {
    "string": "texte",
    "number": "nombre",
    "integer": "nombre entier",
    "boolean": "oui ou non (true, false)",
    "date": "date (2025-03-31)",
    "time": "heure (14:30:00)",
    "datetime": "date et heure (2025-03-31T14:30:00)",
    "year": "année (2025)",
    "yearmonth": "mois (2025-03)",
    "geopoint": "point : longitude, latitude",
}
HELP: Final = ("Colonne", "Ce qu'elle dit", "Description", "Exemple", "Obligatoire", "Type", "Valeurs possibles")
ROWS: Final = 5000
"""How many lines of a template are prepared: formats and lists of values."""
LIST: Final = 255
"""A workbook refuses a list of values whose text is longer."""


@dataclass(frozen=True, slots=True)
class Explained:
    """What a person needs to know to fill a column in."""

    name: str
    title: str
    description: str
    example: str
    required: bool
    type: str
    allowed: str


def explained(schema: Schema) -> tuple[Explained, ...]:
    return tuple(
        Explained(
            one.name, one.title, one.description, one.example, one.constraints.required, TYPES.get(one.type, one.type), allowed(one)
        )
        for one in schema.fields
    )  # fmt: skip


def allowed(one: Field) -> str:
    """The values that a column takes, in words: the list, the bounds, the length, the pattern."""
    limits = one.constraints
    parts: list[str] = []
    if limits.enum:
        parts.append(" | ".join(limits.enum))
    if limits.minimum is not None:
        parts.append(f"au moins {limits.minimum}")
    if limits.maximum is not None:
        parts.append(f"au plus {limits.maximum}")
    if limits.min_length is not None:
        parts.append(f"au moins {limits.min_length} caractères")
    if limits.max_length is not None:
        parts.append(f"au plus {limits.max_length} caractères")
    if limits.unique:
        parts.append("jamais deux fois la même")
    if limits.pattern and not limits.enum:
        parts.append(f"de la forme {limits.pattern}")
    return " ; ".join(parts)


def csv_template(schema: Schema) -> bytes:
    """The line of titles. Semicolons and a byte order mark: what a French spreadsheet opens and saves again without a question."""
    titles = [one.name if not set(one.name) & set(';"\n') else '"' + one.name.replace('"', '""') + '"' for one in schema.fields]
    return ("\ufeff" + ";".join(titles) + "\r\n").encode()


def workbook(schema: Schema) -> bytes:
    """A workbook: the table to fill in, then « Aide », which explains each column."""
    import xlsxwriter  # here: the pages do without it

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    _table(book, book.add_worksheet("Données"), schema)
    _help(book, book.add_worksheet("Aide"), schema)
    book.close()
    return out.getvalue()


def _table(book: Workbook, sheet: Worksheet, schema: Schema) -> None:
    needed = book.add_format({"bold": True, "bg_color": "#dfe7f5", "bottom": 1})
    optional = book.add_format({"bold": True, "italic": True, "bg_color": "#f3f1ec", "bottom": 1})
    as_text = book.add_format({"num_format": "@"})  # a SIRET or a postcode keeps its first zero
    as_date = book.add_format({"num_format": "yyyy-mm-dd"})
    for place, one in enumerate(schema.fields):
        kind = as_date if one.type == "date" and one.format in {"default", "any"} else None
        kind = kind or (None if one.type in {"number", "integer"} else as_text)
        sheet.set_column(place, place, max(14, min(40, len(one.name) + 4)), kind)
        sheet.write_string(0, place, one.name, needed if one.constraints.required else optional)
        if one.title or one.description:
            sheet.write_comment(0, place, f"{one.title}\n{one.description}".strip()[:1000])
        values = one.constraints.enum
        if values and len(",".join(values)) <= LIST and not any("," in value for value in values):
            sheet.data_validation(1, place, ROWS, place, {"validate": "list", "source": list(values), "error_type": "warning"})
    sheet.freeze_panes(1, 0)


def _help(book: Workbook, sheet: Worksheet, schema: Schema) -> None:
    strong, wrapped = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
    for place, (title, width) in enumerate(zip(HELP, (24, 30, 60, 30, 12, 24, 40), strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, title, strong)
    for row, one in enumerate(explained(schema), start=1):
        cells = (one.name, one.title, one.description, one.example, "oui" if one.required else "non", one.type, one.allowed)
        for place, text in enumerate(cells):
            sheet.write_string(row, place, text[:32000], wrapped)
    sheet.freeze_panes(1, 1)
