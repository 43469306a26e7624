"""The header of a file against a schema: missing, extra, displaced, repeated and blank labels."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from parvis.catalog.core.speech import short, stored
from parvis.catalog.core.tables.report import Error
from parvis.catalog.core.tables.schema import Schema


def loose(label: str) -> str:
    """A label without case, accents, blanks or punctuation, to recognise those that people retyped.

    >>> loose(" Date de Convention ") == loose("dateDeConvention")
    True
    """
    bare = unicodedata.normalize("NFKD", label.casefold())
    return "".join(one for one in bare if one.isalnum())


def look_alikes(schema: Schema, labels: Sequence[str]) -> dict[str, str]:
    """Label of the file → name in the schema, for labels that differ only by case, accents, blanks or punctuation."""
    wanted: dict[str, list[str]] = {}
    for one in schema.fields:
        if one.name not in labels:
            for text in {loose(one.name), loose(one.title)} - {""}:
                wanted.setdefault(text, []).append(one.name)
    names = {one.name for one in schema.fields}
    found: dict[str, str] = {}
    for label in labels:
        candidates = wanted.get(loose(label), [])
        if label not in names and len(candidates) == 1 and candidates[0] not in found.values():
            found[label] = candidates[0]
    return found


def _expected(schema: Schema, name: str) -> bool:
    one = schema.field(name)
    return bool(one and one.constraints.required) or name in schema.primary_key


def check_labels(schema: Schema, labels: Sequence[str], empty: frozenset[int]) -> tuple[list[Error], list[Error]]:
    """Errors and warnings of the header. `empty` holds the places of the columns without a single value."""
    errors: list[Error] = []
    warnings: list[Error] = []
    names = [one.name for one in schema.fields]
    alike = {name: label for label, name in look_alikes(schema, labels).items()}
    shared = [name for name in names if name in labels]
    if not shared:
        warnings.append(_stranger(schema, labels))
    required = [name for name in names if _expected(schema, name)]
    if not shared and not required:
        required = names
    for name in names:
        if name in labels:
            continue
        hint = (
            stored(" La colonne « {alike} » semble être celle-ci : renommez-la en « {name} ».", alike=alike[name], name=name)
            if name in alike
            else ""
        )
        if name in required:
            errors.append(
                Error(
                    "missing-label",
                    None,
                    name,
                    None,
                    stored(
                        "La colonne obligatoire « {name} » manque.{hint}",
                        name=name,
                        hint=hint or stored(" Ajoutez-la au fichier."),
                    ),
                    "missing-label",
                )
            )
        else:
            warnings.append(
                Error(
                    "missing-label",
                    None,
                    name,
                    None,
                    stored(
                        "La colonne facultative « {name} » manque.{hint}",
                        name=name,
                        hint=hint or stored(" Ajoutez-la, même vide, si vous le pouvez."),
                    ),
                    "missing-label",
                )
            )
    errors += _one_of_required(schema, labels) + _cohesive(schema, labels)
    seen: set[str] = set()
    for at, label in enumerate(labels):
        if not label.strip():
            place = _letters(at)
            if at in empty:
                warnings.append(
                    Error(
                        "blank-header",
                        None,
                        None,
                        None,
                        stored("La colonne {place} n'a ni nom ni valeur : retirez-la.", place=place),
                        "blank-header",
                    )
                )
            else:
                errors.append(
                    Error(
                        "blank-header",
                        None,
                        None,
                        None,
                        stored(
                            "La colonne {place} contient des valeurs mais n'a pas de nom : écrivez son nom dans la ligne d'en-tête.",
                            place=place,
                        ),
                        "blank-header",
                    )
                )
        elif label in seen:
            errors.append(
                Error(
                    "duplicate-label",
                    None,
                    label,
                    None,
                    stored(
                        "La colonne « {label} » est écrite deux fois dans l'en-tête : gardez-en une seule. La première a été contrôlée.",
                        label=label,
                    ),
                    "duplicate-label",
                )
            )
        elif label not in names and label not in alike.values():
            warnings.append(
                Error(
                    "extra-label",
                    None,
                    label,
                    None,
                    stored("La colonne « {label} » n'est pas dans le schéma : elle n'a pas été contrôlée.", label=label),
                    "extra-label",
                )
            )
        seen.add(label)
    ordered = [label for label in dict.fromkeys(labels) if label in names]
    for label, name in zip(ordered, shared, strict=True):
        if label != name:
            warnings.append(
                Error(
                    "incorrect-label",
                    None,
                    label,
                    None,
                    stored(
                        "Les colonnes ne sont pas dans l'ordre du schéma : « {label} » est à la place de « {name} ».",
                        label=label,
                        name=name,
                    ),
                    "incorrect-label",
                )
            )
            break
    return errors, warnings


def _stranger(schema: Schema, labels: Sequence[str]) -> Error:
    found = ", ".join(f"« {short(label)} »" for label in labels[:5] if label.strip()) or stored("aucun nom")
    wanted = ", ".join(f"« {one.name} »" for one in schema.fields[:5])
    return Error(
        "unmatched-header",
        None,
        None,
        None,
        stored(
            "Aucune colonne du fichier n'est dans le schéma « {title} ». En-tête lu : {found}… ; attendu : {wanted}… Vérifiez que vous avez choisi le bon schéma, et que la première ligne du tableau porte les noms des colonnes.",
            title=schema.title or schema.name,
            found=found,
            wanted=wanted,
        ),
        "unmatched-header",
    )


def _one_of_required(schema: Schema, labels: Sequence[str]) -> list[Error]:
    return [
        Error(
            "one-of-required",
            None,
            one.column,
            None,
            stored(
                "Les colonnes « {first} » et « {second} » manquent toutes les deux : il en faut au moins une.",
                first=one.columns[0],
                second=one.columns[1],
            ),
            "one-of-required",
        )
        for one in schema.custom_checks
        if one.name == "one-of-required" and not any(name in labels for name in one.columns)
    ]


def _cohesive(schema: Schema, labels: Sequence[str]) -> list[Error]:
    errors = []
    for one in schema.custom_checks:
        absent = [name for name in one.columns if name not in labels]
        if one.name == "cohesive-columns-value" and absent and len(absent) < len(one.columns):
            together = ", ".join(f"« {name} »" for name in one.columns)
            missing = ", ".join(f"« {name} »" for name in absent)
            errors.append(
                Error(
                    one.name,
                    None,
                    one.column,
                    None,
                    stored(
                        "Les colonnes {together} vont ensemble : toutes présentes, ou toutes absentes. Il manque {missing}.",
                        together=together,
                        missing=missing,
                    ),
                    one.name,
                )
            )
    return errors


def _letters(at: int) -> str:
    """Spreadsheet letters of a column: 0 → A, 27 → AB."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
