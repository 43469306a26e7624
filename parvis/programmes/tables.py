"""What forms bring and take away: codings, as the columns of `parvis programmes agreement`, and grids."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from parvis.programmes.models import CodingRound, Task
from parvis.programmes.rounds import all_codings

HEADER = ("coder", "unit", "criterion", "value")
MOST_BYTES = 20 * 2**20
MOST_GRID = 2**20


class UnreadableTable(Exception):
    """The message is the sentence for the person."""


def lines(coding_round: CodingRound, tasks: QuerySet[Task]) -> Iterator[tuple[str, str, str, str]]:
    for label, unit_key, criterion, _list, value in all_codings(coding_round, tasks):
        yield label, unit_key, criterion, value


def read(file: Any) -> list[dict[str, str]]:
    """Rows of a CSV file that a form brought. Raises UnreadableTable."""
    if file is None or not file.size:
        raise UnreadableTable(_("Choisissez un fichier CSV."))
    if file.size > MOST_BYTES:
        raise UnreadableTable(_("Ce fichier dépasse 20 Mo."))
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableTable(_("Ce fichier n'est pas du texte en UTF-8.")) from error
    first = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    if not {"unit", "criterion", "value"} <= set(rows.fieldnames or []):
        raise UnreadableTable(_("Il faut les colonnes unit, criterion et value."))
    try:
        return [{name: (row.get(name) or "") for name in ("unit", "criterion", "value")} for row in rows]
    except csv.Error as error:
        raise UnreadableTable(_("Ce fichier ne se lit pas comme un tableau CSV.")) from error


def read_grid(file: Any) -> dict[str, Any] | None:
    """A grid that a form brought, as JSON; None without a file. Raises UnreadableTable; what is in it is checked when it is kept."""
    if file is None:
        return None
    if file.size > MOST_GRID:
        raise UnreadableTable(_("Cette grille dépasse 1 Mo."))
    try:
        found = json.loads(file.read().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UnreadableTable(
            _("Cette grille n'est pas du JSON en UTF-8. Partez de celle que la page de la méthode donne à télécharger.")
        ) from error
    return found if isinstance(found, dict) else {}
