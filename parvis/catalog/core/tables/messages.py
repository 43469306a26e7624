"""French messages that a commune's agent can act on: what was found, what is expected, an example, the likely repair."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from parvis.catalog.core.speech import stored
from parvis.catalog.core.tables import repairs
from parvis.catalog.core.tables.checks import Check
from parvis.catalog.core.tables.schema import CustomCheck, Field

BLANK_ROW: Final = stored("Cette ligne est vide : supprimez-la.")
LONGEST: Final = 60

KINDS: Final = {
    "number": stored("un nombre, avec un point pour les décimales et sans espace (exemple : 1234.56)"),
    "integer": stored("un nombre entier, en chiffres et sans espace (exemple : 1234)"),
    "date": stored("une date au format AAAA-MM-JJ (exemple : 2024-03-12)"),
    "time": stored("une heure au format HH:MM:SS (exemple : 14:30:00)"),
    "datetime": stored("une date et une heure au format AAAA-MM-JJTHH:MM:SSZ (exemple : 2024-03-12T14:30:00Z)"),
    "year": stored("une année en quatre chiffres (exemple : 2024)"),
    "yearmonth": stored("une année et un mois au format AAAA-MM (exemple : 2024-03)"),
    "duration": stored("une durée au format ISO 8601 (exemple : P1Y2M pour un an et deux mois)"),
    "geopoint": stored("une longitude et une latitude séparées par une virgule (exemple : 1.4442,43.6047)"),
    "geojson": stored('un objet GeoJSON (exemple : {"type": "Point", "coordinates": [1.4442, 43.6047]})'),
    "object": stored("un objet JSON, entre accolades"),
    "array": stored('une liste JSON, entre crochets (exemple : ["un", "deux"])'),
    "list": stored("une liste de valeurs"),
}
FORMATS: Final = {
    "email": stored("une adresse de courriel (exemple : mairie@exemple.fr)"),
    "uri": stored("une adresse web complète et sans espace (exemple : https://www.exemple.fr/page)"),
    "uuid": stored("un identifiant UUID (exemple : 65d5b6c7-102c-4440-ac3b-768f708edc0a)"),
    "binary": stored("un contenu encodé en base 64"),
}
DIRECTIVES: Final = {"%Y": "AAAA", "%y": "AA", "%m": "MM", "%d": "JJ", "%H": "HH", "%M": "MM", "%S": "SS"}


def shown(value: str | None) -> str:
    """A cell's text as messages quote it, shortened."""
    text = "" if value is None else value
    return f"« {text if len(text) <= LONGEST else text[: LONGEST - 1] + '…'} »"


def expected(field: Field) -> str:
    """What a column expects, in words."""
    if field.type == "string":
        return FORMATS.get(field.format, stored("un texte"))
    if field.type == "boolean":
        return (
            f"{shown(field.true_values[0])} ou {shown(field.false_values[0])}"
            if field.true_values and field.false_values
            else stored("oui ou non")
        )
    if field.type in ("date", "datetime", "time") and "%" in field.format:
        words = field.format
        for directive, word in DIRECTIVES.items():
            words = words.replace(directive, word)
        if field.type == "time":
            return stored("une heure au format {words}", words=words)
        return stored("une date au format {words}", words=words)
    if field.type == "number" and (field.decimal_char != "." or field.group_char):
        group = stored(", et {group_char} entre les milliers", group_char=shown(field.group_char)) if field.group_char else ""
        return stored(
            "un nombre, avec {decimal_char} pour les décimales{group}", decimal_char=shown(field.decimal_char), group=group
        )
    return KINDS.get(field.type, stored("une valeur"))


ANY_MUST_BE_WRITTEN: Final = stored("La valeur {written} doit s'écrire {repaired}.")
MUST_BE_WRITTEN: Final = {
    "date": stored("La date {written} doit s'écrire {repaired}."),
    "number": stored("Le nombre {written} doit s'écrire {repaired}."),
    "integer": stored("Le nombre {written} doit s'écrire {repaired}."),
}


def _type(check: Check, value: str | None, _: Mapping[str, str | None]) -> str:
    assert check.field is not None
    repaired = repairs.certain(check.field, value or "")
    if repaired is not None:
        plain = value or ""
        written = plain if len(plain) < LONGEST and plain == plain.strip() else shown(plain)
        return MUST_BE_WRITTEN.get(check.field.type, ANY_MUST_BE_WRITTEN).format(written=written, repaired=repaired)
    return stored(
        "{value} n'est pas la valeur attendue : il faut {expected}.{hint}",
        value=shown(value),
        expected=expected(check.field),
        hint=_hint(check.field, value or ""),
    )


def _hint(field: Field, value: str) -> str:
    if field.type in ("number", "integer") and any(sign in value for sign in "€%"):
        return stored(" Retirez l'unité : elle ne s'écrit pas dans la cellule.")
    if field.type == "integer" and value.replace(",", ".").replace(".", "", 1).isdigit():
        return stored(" Ce nombre a des décimales.")
    if field.format == "uri" and value.lower().startswith("www."):
        return stored(" Écrivez https://{value}.", value=value)
    return ""


def _required(check: Check, _: str | None, __: Mapping[str, str | None]) -> str:
    example = stored(" Exemple : {example}.", example=shown(check.field.example)) if check.field and check.field.example else ""
    return stored(
        "La colonne « {column} » est obligatoire et cette cellule est vide : remplissez-la.{example}",
        column=check.column,
        example=example,
    )


def _pattern(check: Check, value: str | None, _: Mapping[str, str | None]) -> str:
    assert check.field is not None
    repaired = repairs.certain(check.field, value or "")
    if repaired is not None:
        return stored("{value} doit s'écrire {repaired}.", value=shown(value), repaired=repaired)
    limits = check.field.constraints
    if repairs.is_damaged_number(value or ""):
        return _damaged(value)
    example = stored(" Exemple : {example}.", example=shown(check.field.example)) if check.field.example else ""
    return stored(
        "{value} n'a pas la forme attendue ({pattern}).{example}",
        value=shown(value),
        pattern=pattern_in_words(limits.pattern or ""),
        example=example,
    )


def _damaged(value: str | None) -> str:
    return stored(
        "{value} a été abîmé par un tableur (notation scientifique), des chiffres sont perdus : reprenez le numéro d'origine et mettez la colonne au format texte.",
        value=shown(value),
    )


def pattern_in_words(pattern: str) -> str:
    """The commonest patterns of the national schemas in words; the expression itself otherwise."""
    known = {
        r"^\d{14}$": stored("14 chiffres, sans espace"),
        r"^\d{9}$": stored("9 chiffres, sans espace"),
        r"^\d{5}$": stored("5 chiffres"),
        r"^W\d{9}$": stored("la lettre W suivie de 9 chiffres"),
        r"^([013-9]\d|2[AB1-9])\d{3}$": stored("un code commune de l'INSEE : 5 caractères, par exemple 31555 ou 2A004"),
        r"^[0-9]{4}(\/[0-9]{4})?$": stored("une année, ou deux années séparées par une barre oblique"),
        r"^\d\.\d{1,2}$": stored("un chiffre, un point, un ou deux chiffres"),
        r"^[0-9]{4}\-[0-9]{2}\-[0-9]{2}(\/[0-9]{4}\-[0-9]{2}\-[0-9]{2})?$": stored(
            "une date AAAA-MM-JJ, ou une période AAAA-MM-JJ/AAAA-MM-JJ"
        ),
    }
    return known.get(pattern) or stored("motif {pattern}", pattern=pattern)


def _enum(check: Check, value: str | None, _: Mapping[str, str | None]) -> str:
    assert check.field is not None
    allowed = check.field.constraints.enum or ()
    repaired = repairs.certain(check.field, value or "")
    if repaired is not None:
        return stored("{value} doit s'écrire {repaired}.", value=shown(value), repaired=repaired)
    listed = ", ".join(f"« {one} »" for one in allowed[:12]) + ("…" if len(allowed) > 12 else "")
    return stored("{value} n'est pas une valeur admise. Choisissez parmi : {listed}.", value=shown(value), listed=listed)


def _items(check: Check, value: str | None, _: Mapping[str, str | None]) -> str:
    assert check.field is not None
    item = check.field.item
    allowed = (item.constraints.enum or ()) if item else ()
    listed = ", ".join(f"« {one} »" for one in allowed[:15])
    return stored(
        "{value} contient un élément qui n'est pas admis. Éléments admis : {listed}.", value=shown(value), listed=listed
    )


def _bound(words: str, limit: Callable[[Field], object]) -> Callable[[Check, str | None, Mapping[str, str | None]], str]:
    def sentence(check: Check, value: str | None, _: Mapping[str, str | None]) -> str:
        assert check.field is not None
        return words.format(value=shown(value), limit=limit(check.field))

    return sentence


def _max_length(check: Check, value: str | None, _: Mapping[str, str | None]) -> str:
    assert check.field is not None
    return stored(
        "Ce texte a {length} caractères, {max_length} au plus sont admis : raccourcissez-le.",
        length=len(value or ""),
        max_length=check.field.constraints.max_length,
    )


def _min_length(check: Check, value: str | None, _: Mapping[str, str | None]) -> str:
    assert check.field is not None
    return stored(
        "Ce texte a {length} caractères, il en faut au moins {min_length}.",
        length=len(value or ""),
        min_length=check.field.constraints.min_length,
    )


def _names(custom: CustomCheck | None, start: int = 0) -> str:
    return ", ".join(f"« {one} »" for one in (custom.columns[start:] if custom else ()))


def _siret(check: Check, value: str | None, _: Mapping[str, str | None]) -> str:
    text, siret = value or "", check.code == "french-siret-value"
    name, digits = ("SIRET", 14) if siret else ("SIREN", 9)
    repaired = repairs.certain_number(text, digits)
    if repaired is not None:
        return stored(
            "Le {name} {value} doit s'écrire {repaired}, d'un seul tenant.", name=name, value=shown(value), repaired=repaired
        )
    if repairs.is_damaged_number(text):
        return _damaged(value)
    bare = "".join(one for one in text if one.isalnum())
    if not bare.isdigit() or len(bare) != digits:
        return stored(
            "{value} n'est pas un {name} : il faut {digits} chiffres d'un seul tenant, celui-ci en a {found}.",
            value=shown(value),
            name=name,
            digits=digits,
            found=sum(one.isdigit() for one in bare),
        )
    return stored(
        "{value} n'est pas un {name} : sa clé de contrôle est fausse, un chiffre a sans doute été mal recopié. Vérifiez-le sur annuaire-entreprises.data.gouv.fr.",
        value=shown(value),
        name=name,
    )


def _one_of(check: Check, _: str | None, __: Mapping[str, str | None]) -> str:
    return stored("Au moins une des colonnes {columns} doit être remplie sur cette ligne.", columns=_names(check.custom))


def _cohesive(check: Check, value: str | None, others: Mapping[str, str | None]) -> str:
    cells = {check.column or "": value, **others}
    empty = [name for name, text in cells.items() if not text]
    listed = ", ".join(f"« {name} »" for name in empty)
    return stored(
        "Les colonnes {columns} vont ensemble : toutes remplies ou toutes vides. Vide ici : {listed}.",
        columns=_names(check.custom),
        listed=listed,
    )


OPERATORS: Final = {
    ">": stored("supérieure à"),
    ">=": stored("supérieure ou égale à"),
    "==": stored("égale à"),
    "<=": stored("inférieure ou égale à"),
    "<": stored("inférieure à"),
}


def _compare(check: Check, value: str | None, others: Mapping[str, str | None]) -> str:
    assert check.custom is not None
    other = check.custom.columns[1]
    return stored(
        "La valeur de « {column} » ({value}) doit être {operator} celle de « {other} » ({against}).",
        column=check.column,
        value=shown(value),
        operator=OPERATORS[check.custom.op],
        other=other,
        against=shown(others.get(other)),
    )


def _sum(check: Check, value: str | None, others: Mapping[str, str | None]) -> str:
    terms = " + ".join(text or "?" for text in others.values())
    return stored(
        "« {column} » vaut {value}, mais doit être la somme de {columns}, soit {terms}.",
        column=check.column,
        value=shown(value),
        columns=_names(check.custom, 1),
        terms=terms,
    )


def _years(check: Check, value: str | None, _: Mapping[str, str | None]) -> str:
    only = stored("une année (2024) ou ") if check.custom and check.custom.allow_year_only else ""
    return stored(
        "{value} n'est pas une période : il faut {only}deux années différentes, la plus ancienne d'abord (2023/2024).",
        value=shown(value),
        only=only,
    )


def _acts(_: Check, value: str | None, __: Mapping[str, str | None]) -> str:
    text = value or ""
    if "/" not in text:
        return stored(
            "{value} doit commencer par une matière de la nomenclature des actes, suivie d'une barre oblique (exemple : « Finances locales/Subventions »).",
            value=shown(value),
        )
    if "/ " in text or text.split("/", 1)[0] != text.split("/", 1)[0].rstrip():
        return stored("{value} : retirez les espaces autour de la barre oblique.", value=shown(value))
    first = text.split("/", 1)[0]
    return stored(
        "« {first} » n'est pas une matière de la nomenclature des actes (Commande publique, Urbanisme, Domaine et patrimoine, Fonction publique, Finances locales…).",
        first=first,
    )


def _hours(_: Check, value: str | None, __: Mapping[str, str | None]) -> str:
    return stored(
        "{value} n'est pas au format d'OpenStreetMap pour les horaires (exemple : « Mo-Fr 08:30-12:00,13:30-17:30; Sa 08:30-12:00 »).",
        value=shown(value),
    )


def _phone(_: Check, value: str | None, __: Mapping[str, str | None]) -> str:
    return stored(
        "{value} n'est pas un numéro de téléphone : il faut 10 chiffres (01 99 00 27 37), le format international (+33 1 99 00 27 37) ou un numéro court (3949).",
        value=shown(value),
    )


def _foreign(check: Check, value: str | None, others: Mapping[str, str | None]) -> str:
    return stored(
        "{value} ne se trouve pas dans la colonne {columns} à laquelle « {column} » renvoie.",
        value=shown(value),
        columns=", ".join(f"« {name} »" for name in others),
        column=check.column,
    )


def _plain(text: str) -> Callable[[Check, str | None, Mapping[str, str | None]], str]:
    return lambda _check, _value, _others: text


SENTENCES: Final[dict[str, Callable[[Check, str | None, Mapping[str, str | None]], str]]] = {
    "type": _type,
    "required": _required,
    "pattern": _pattern,
    "enum": _enum,
    "items": _items,
    "minimum": _bound(stored("{value} doit être au moins égal à {limit}."), lambda field: field.constraints.minimum),
    "maximum": _bound(stored("{value} doit être au plus égal à {limit}."), lambda field: field.constraints.maximum),
    "exclusiveMinimum": _bound(
        stored("{value} doit être supérieur à {limit}."), lambda field: field.constraints.exclusive_minimum
    ),
    "exclusiveMaximum": _bound(
        stored("{value} doit être inférieur à {limit}."), lambda field: field.constraints.exclusive_maximum
    ),
    "maxLength": _max_length,
    "minLength": _min_length,
    "blank-row": _plain(BLANK_ROW),
    "extra-cell": lambda _, value, __: stored(
        "Cette ligne a plus de cellules que l'en-tête ({value} en trop) : un séparateur est peut-être de trop, ou un texte qui en contient n'est pas entre guillemets.",
        value=shown(value),
    ),
    "missing-cell": lambda check, _, __: stored(
        "Cette ligne s'arrête avant la colonne « {column} » : elle a moins de cellules que l'en-tête.", column=check.column
    ),
    "primaryKeyEmpty": lambda check, _, __: stored(
        "« {column} » identifie les lignes : cette cellule ne peut pas être vide.", column=check.column
    ),
    "foreign-key": _foreign,
    "french-siret-value": _siret,
    "french-siren-value": _siret,
    "one-of-required": _one_of,
    "cohesive-columns-value": _cohesive,
    "compare-columns-value": _compare,
    "sum-columns-value": _sum,
    "year-interval-value": _years,
    "nomenclature-actes-value": _acts,
    "opening-hours-value": _hours,
    "phone-number-value": _phone,
}


def sentence(check: Check, value: str | None, others: Mapping[str, str | None]) -> str:
    """The message for one cell that breaks `check`; `others` are the texts of the other columns that the rule reads."""
    return SENTENCES[check.rule](check, value, others)


def repeated(rule: str, column: str, value: str | None, before: int) -> str:
    if rule == "uniqueKeys":
        return stored("Cette combinaison de valeurs est déjà celle de la ligne {before}.", before=before)
    return stored(
        "{value} est déjà en ligne {before} : chaque ligne doit avoir une valeur différente dans « {column} ».",
        value=shown(value),
        before=before,
        column=column,
    )
