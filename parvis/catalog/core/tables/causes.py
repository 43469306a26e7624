"""Errors grouped by cause, for a report that is read in a minute: what, how many, where first, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from parvis.catalog.core.speech import stored
from parvis.catalog.core.tables.report import Error, Report, Tally

FIRST: Final = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a cause shows: line number in the spreadsheet, and the raw text."""

    row: int | None
    value: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Cause:
    """`title` says what is wrong, `explanation` what is expected (the first cell's message), `repair` what to do."""

    code: str
    column: str | None
    title: str
    explanation: str
    repair: str
    count: int
    first: tuple[Cell, ...]


TITLES: Final = {
    "type": stored("valeurs illisibles"),
    "required": stored("cellules vides dans une colonne obligatoire"),
    "pattern": stored("valeurs qui n'ont pas la forme attendue"),
    "enum": stored("valeurs hors de la liste admise"),
    "items": stored("éléments hors de la liste admise"),
    "minimum": stored("valeurs trop petites"),
    "maximum": stored("valeurs trop grandes"),
    "exclusiveMinimum": stored("valeurs trop petites"),
    "exclusiveMaximum": stored("valeurs trop grandes"),
    "minLength": stored("textes trop courts"),
    "maxLength": stored("textes trop longs"),
    "unique": stored("valeurs répétées"),
    "uniqueKeys": stored("combinaisons répétées"),
    "primaryKey": stored("identifiants répétés"),
    "primaryKeyEmpty": stored("identifiants vides"),
    "foreign-key": stored("renvois sans correspondance"),
    "blank-row": stored("lignes vides"),
    "extra-cell": stored("lignes qui ont trop de cellules"),
    "missing-cell": stored("lignes qui s'arrêtent trop tôt"),
    "missing-label": stored("colonne absente"),
    "duplicate-label": stored("colonne écrite deux fois"),
    "blank-header": stored("colonnes sans nom"),
    "french-siret-value": stored("SIRET faux"),
    "french-siren-value": stored("SIREN faux"),
    "one-of-required": stored("ni l'une ni l'autre colonne n'est remplie"),
    "cohesive-columns-value": stored("colonnes qui vont ensemble, remplies à moitié"),
    "compare-columns-value": stored("valeurs incohérentes avec une autre colonne"),
    "sum-columns-value": stored("sommes fausses"),
    "year-interval-value": stored("périodes mal écrites"),
    "nomenclature-actes-value": stored("matières hors de la nomenclature des actes"),
    "opening-hours-value": stored("horaires mal écrits"),
    "phone-number-value": stored("numéros de téléphone faux"),
    "source-error": stored("fichier illisible"),
    "encoding-error": stored("encodage illisible"),
}
REPAIRS: Final = {
    "type": stored("Corrigez ces cellules ; le fichier réparé le fait quand la valeur ne laisse aucun doute."),
    "required": stored("Remplissez ces cellules."),
    "pattern": stored("Corrigez ces cellules d'après l'exemple."),
    "enum": stored("Remplacez par une valeur de la liste."),
    "unique": stored("Gardez une seule ligne pour chaque valeur."),
    "primaryKey": stored("Donnez à chaque ligne un identifiant différent."),
    "blank-row": stored("Supprimez ces lignes."),
    "extra-cell": stored("Retirez les séparateurs en trop, ou mettez entre guillemets les textes qui en contiennent."),
    "missing-cell": stored("Complétez ces lignes jusqu'à la dernière colonne."),
    "missing-label": stored("Ajoutez la colonne, ou corrigez son nom."),
    "duplicate-label": stored("Gardez une seule des deux colonnes."),
    "blank-header": stored("Donnez un nom à la colonne, ou retirez-la."),
    "french-siret-value": stored("Vérifiez ces numéros sur annuaire-entreprises.data.gouv.fr."),
    "french-siren-value": stored("Vérifiez ces numéros sur annuaire-entreprises.data.gouv.fr."),
    "maxLength": stored("Raccourcissez ces textes."),
}
DEFAULT_REPAIR: Final = stored("Corrigez ces cellules.")


def causes(report: Report) -> tuple[Cause, ...]:
    """The causes of a report, the most frequent first; counts are exact, whatever the limit on the list of errors."""
    return _sorted(_cause(one) for one in report.tallies)


def group(errors: Sequence[Error], counts: Mapping[str, int]) -> tuple[Cause, ...]:
    """The causes of a list of errors that may have been cut at `limit`. A code's exact count goes to its cause when it has only
    one; otherwise the listed errors of each are counted, which is a minimum."""
    grouped: dict[tuple[str, str, str | None], list[Error]] = {}
    for one in errors:
        grouped.setdefault((one.code, one.rule or one.code, one.column), []).append(one)
    single = {code for code in counts if sum(key[0] == code for key in grouped) == 1}
    return _sorted(
        _cause(Tally(code, rule, column, counts[code] if code in single else len(found), tuple(found[:FIRST])))
        for (code, rule, column), found in grouped.items()
    )


def _sorted(found: Iterable[Cause]) -> tuple[Cause, ...]:
    return tuple(sorted(found, key=lambda one: (-one.count, one.code, one.column or "")))


def _cause(tally: Tally) -> Cause:
    words = TITLES.get(tally.rule, tally.code)
    title = (
        stored("Colonne « {column} » : {words}", column=tally.column, words=words)
        if tally.column
        else words[0].upper() + words[1:]
    )
    cells = tuple(Cell(one.row, one.value, one.message) for one in tally.first)
    return Cause(
        tally.code,
        tally.column,
        title,
        cells[0].message if cells else "",
        REPAIRS.get(tally.rule, DEFAULT_REPAIR),
        tally.count,
        cells,
    )
