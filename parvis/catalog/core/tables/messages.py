"""French messages that a commune's agent can act on: what was found, what is expected, an example, the likely repair."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from parvis.catalog.core.tables import repairs
from parvis.catalog.core.tables.checks import Check
from parvis.catalog.core.tables.schema import CustomCheck, Field

BLANK_ROW: Final = "Cette ligne est vide : supprimez-la."
LONGEST: Final = 60

KINDS: Final = {
    "number": "un nombre, avec un point pour les décimales et sans espace (exemple : 1234.56)",
    "integer": "un nombre entier, en chiffres et sans espace (exemple : 1234)",
    "date": "une date au format AAAA-MM-JJ (exemple : 2024-03-12)",
    "time": "une heure au format HH:MM:SS (exemple : 14:30:00)",
    "datetime": "une date et une heure au format AAAA-MM-JJTHH:MM:SSZ (exemple : 2024-03-12T14:30:00Z)",
    "year": "une année en quatre chiffres (exemple : 2024)",
    "yearmonth": "une année et un mois au format AAAA-MM (exemple : 2024-03)",
    "duration": "une durée au format ISO 8601 (exemple : P1Y2M pour un an et deux mois)",
    "geopoint": "une longitude et une latitude séparées par une virgule (exemple : 1.4442,43.6047)",
    "geojson": 'un objet GeoJSON (exemple : {"type": "Point", "coordinates": [1.4442, 43.6047]})',
    "object": "un objet JSON, entre accolades",
    "array": 'une liste JSON, entre crochets (exemple : ["un", "deux"])',
    "list": "une liste de valeurs",
}
FORMATS: Final = {
    "email": "une adresse de courriel (exemple : mairie@exemple.fr)",
    "uri": "une adresse web complète et sans espace (exemple : https://www.exemple.fr/page)",
    "uuid": "un identifiant UUID (exemple : 65d5b6c7-102c-4440-ac3b-768f708edc0a)",
    "binary": "un contenu encodé en base 64",
}
DIRECTIVES: Final = {"%Y": "AAAA", "%y": "AA", "%m": "MM", "%d": "JJ", "%H": "HH", "%M": "MM", "%S": "SS"}


def shown(value: str | None) -> str:
    """A cell's text as messages quote it, shortened."""
    text = "" if value is None else value
    return f"« {text if len(text) <= LONGEST else text[: LONGEST - 1] + '…'} »"


def expected(field: Field) -> str:
    """What a column expects, in words."""
    if field.type == "string":
        return FORMATS.get(field.format, "un texte")
    if field.type == "boolean":
        return (
            f"{shown(field.true_values[0])} ou {shown(field.false_values[0])}"
            if field.true_values and field.false_values
            else "oui ou non"
        )
    if field.type in ("date", "datetime", "time") and "%" in field.format:
        words = field.format
        for directive, word in DIRECTIVES.items():
            words = words.replace(directive, word)
        return f"{'une heure' if field.type == 'time' else 'une date'} au format {words}"
    if field.type == "number" and (field.decimal_char != "." or field.group_char):
        group = f", et {shown(field.group_char)} entre les milliers" if field.group_char else ""
        return f"un nombre, avec {shown(field.decimal_char)} pour les décimales{group}"
    return KINDS.get(field.type, "une valeur")


def _type(check: Check, value: str | None, _: Mapping[str, str | None]) -> str:
    assert check.field is not None
    repaired = repairs.certain(check.field, value or "")
    noun = {"date": "La date", "number": "Le nombre", "integer": "Le nombre", "boolean": "La valeur"}.get(
        check.field.type, "La valeur"
    )
    if repaired is not None:
        plain = value or ""
        return f"{noun} {plain if len(plain) < LONGEST and plain == plain.strip() else shown(plain)} doit s'écrire {repaired}."
    return f"{shown(value)} n'est pas la valeur attendue : il faut {expected(check.field)}.{_hint(check.field, value or '')}"


def _hint(field: Field, value: str) -> str:
    if field.type in ("number", "integer") and any(sign in value for sign in "€%"):
        return " Retirez l'unité : elle ne s'écrit pas dans la cellule."
    if field.type == "integer" and value.replace(",", ".").replace(".", "", 1).isdigit():
        return " Ce nombre a des décimales."
    if field.format == "uri" and value.lower().startswith("www."):
        return f" Écrivez https://{value}."
    return ""


def _required(check: Check, _: str | None, __: Mapping[str, str | None]) -> str:
    example = f" Exemple : {shown(check.field.example)}." if check.field and check.field.example else ""
    return f"La colonne « {check.column} » est obligatoire et cette cellule est vide : remplissez-la.{example}"


def _pattern(check: Check, value: str | None, _: Mapping[str, str | None]) -> str:
    assert check.field is not None
    repaired = repairs.certain(check.field, value or "")
    if repaired is not None:
        return f"{shown(value)} doit s'écrire {repaired}."
    limits = check.field.constraints
    damaged = repairs.damaged_number(value or "")
    if damaged:
        return f"{shown(value)} {damaged}"
    example = f" Exemple : {shown(check.field.example)}." if check.field.example else ""
    return f"{shown(value)} n'a pas la forme attendue ({pattern_in_words(limits.pattern or '')}).{example}"


def pattern_in_words(pattern: str) -> str:
    """The commonest patterns of the national schemas in words; the expression itself otherwise."""
    known = {
        r"^\d{14}$": "14 chiffres, sans espace",
        r"^\d{9}$": "9 chiffres, sans espace",
        r"^\d{5}$": "5 chiffres",
        r"^W\d{9}$": "la lettre W suivie de 9 chiffres",
        r"^([013-9]\d|2[AB1-9])\d{3}$": "un code commune de l'INSEE : 5 caractères, par exemple 31555 ou 2A004",
        r"^[0-9]{4}(\/[0-9]{4})?$": "une année, ou deux années séparées par une barre oblique",
        r"^\d\.\d{1,2}$": "un chiffre, un point, un ou deux chiffres",
        r"^[0-9]{4}\-[0-9]{2}\-[0-9]{2}(\/[0-9]{4}\-[0-9]{2}\-[0-9]{2})?$": "une date AAAA-MM-JJ, ou une période AAAA-MM-JJ/AAAA-MM-JJ",
    }
    return known.get(pattern, f"motif {pattern}")


def _enum(check: Check, value: str | None, _: Mapping[str, str | None]) -> str:
    assert check.field is not None
    allowed = check.field.constraints.enum or ()
    repaired = repairs.certain(check.field, value or "")
    if repaired is not None:
        return f"{shown(value)} doit s'écrire {repaired}."
    listed = ", ".join(f"« {one} »" for one in allowed[:12]) + ("…" if len(allowed) > 12 else "")
    return f"{shown(value)} n'est pas une valeur admise. Choisissez parmi : {listed}."


def _items(check: Check, value: str | None, _: Mapping[str, str | None]) -> str:
    assert check.field is not None
    item = check.field.item
    allowed = (item.constraints.enum or ()) if item else ()
    listed = ", ".join(f"« {one} »" for one in allowed[:15])
    return f"{shown(value)} contient un élément qui n'est pas admis. Éléments admis : {listed}."


def _bound(words: str, limit: Callable[[Field], object]) -> Callable[[Check, str | None, Mapping[str, str | None]], str]:
    def sentence(check: Check, value: str | None, _: Mapping[str, str | None]) -> str:
        assert check.field is not None
        return f"{shown(value)} doit être {words} {limit(check.field)}."

    return sentence


def _max_length(check: Check, value: str | None, _: Mapping[str, str | None]) -> str:
    assert check.field is not None
    return (
        f"Ce texte a {len(value or '')} caractères, {check.field.constraints.max_length} au plus sont admis : raccourcissez-le."
    )


def _min_length(check: Check, value: str | None, _: Mapping[str, str | None]) -> str:
    assert check.field is not None
    return f"Ce texte a {len(value or '')} caractères, il en faut au moins {check.field.constraints.min_length}."


def _names(custom: CustomCheck | None, start: int = 0) -> str:
    return ", ".join(f"« {one} »" for one in (custom.columns[start:] if custom else ()))


def _siret(check: Check, value: str | None, _: Mapping[str, str | None]) -> str:
    text, siret = value or "", check.code == "french-siret-value"
    name, digits = ("SIRET", 14) if siret else ("SIREN", 9)
    repaired = repairs.certain_number(text, digits)
    if repaired is not None:
        return f"Le {name} {shown(value)} doit s'écrire {repaired}, d'un seul tenant."
    damaged = repairs.damaged_number(text)
    if damaged:
        return f"{shown(value)} {damaged}"
    bare = "".join(one for one in text if one.isalnum())
    if not bare.isdigit() or len(bare) != digits:
        return f"{shown(value)} n'est pas un {name} : il faut {digits} chiffres d'un seul tenant, celui-ci en a {sum(one.isdigit() for one in bare)}."
    return f"{shown(value)} n'est pas un {name} : sa clé de contrôle est fausse, un chiffre a sans doute été mal recopié. Vérifiez-le sur annuaire-entreprises.data.gouv.fr."


def _one_of(check: Check, _: str | None, __: Mapping[str, str | None]) -> str:
    return f"Au moins une des colonnes {_names(check.custom)} doit être remplie sur cette ligne."


def _cohesive(check: Check, value: str | None, others: Mapping[str, str | None]) -> str:
    cells = {check.column or "": value, **others}
    empty = [name for name, text in cells.items() if not text]
    listed = ", ".join(f"« {name} »" for name in empty)
    return f"Les colonnes {_names(check.custom)} vont ensemble : toutes remplies ou toutes vides. Vide ici : {listed}."


OPERATORS: Final = {
    ">": "supérieure à",
    ">=": "supérieure ou égale à",
    "==": "égale à",
    "<=": "inférieure ou égale à",
    "<": "inférieure à",
}


def _compare(check: Check, value: str | None, others: Mapping[str, str | None]) -> str:
    assert check.custom is not None
    other = check.custom.columns[1]
    return f"La valeur de « {check.column} » ({shown(value)}) doit être {OPERATORS[check.custom.op]} celle de « {other} » ({shown(others.get(other))})."


def _sum(check: Check, value: str | None, others: Mapping[str, str | None]) -> str:
    terms = " + ".join(text or "?" for text in others.values())
    return f"« {check.column} » vaut {shown(value)}, mais doit être la somme de {_names(check.custom, 1)}, soit {terms}."


def _years(check: Check, value: str | None, _: Mapping[str, str | None]) -> str:
    only = "une année (2024) ou " if check.custom and check.custom.allow_year_only else ""
    return (
        f"{shown(value)} n'est pas une période : il faut {only}deux années différentes, la plus ancienne d'abord (2023/2024)."
    )


def _acts(_: Check, value: str | None, __: Mapping[str, str | None]) -> str:
    text = value or ""
    if "/" not in text:
        return f"{shown(value)} doit commencer par une matière de la nomenclature des actes, suivie d'une barre oblique (exemple : « Finances locales/Subventions »)."
    if "/ " in text or text.split("/", 1)[0] != text.split("/", 1)[0].rstrip():
        return f"{shown(value)} : retirez les espaces autour de la barre oblique."
    first = text.split("/", 1)[0]
    return f"« {first} » n'est pas une matière de la nomenclature des actes (Commande publique, Urbanisme, Domaine et patrimoine, Fonction publique, Finances locales…)."


def _hours(_: Check, value: str | None, __: Mapping[str, str | None]) -> str:
    return f"{shown(value)} n'est pas au format d'OpenStreetMap pour les horaires (exemple : « Mo-Fr 08:30-12:00,13:30-17:30; Sa 08:30-12:00 »)."


def _phone(_: Check, value: str | None, __: Mapping[str, str | None]) -> str:
    return f"{shown(value)} n'est pas un numéro de téléphone : il faut 10 chiffres (01 99 00 27 37), le format international (+33 1 99 00 27 37) ou un numéro court (3949)."


def _foreign(check: Check, value: str | None, others: Mapping[str, str | None]) -> str:
    return f"{shown(value)} ne se trouve pas dans la colonne {', '.join(f'« {name} »' for name in others)} à laquelle « {check.column} » renvoie."


def _plain(text: str) -> Callable[[Check, str | None, Mapping[str, str | None]], str]:
    return lambda _check, _value, _others: text


SENTENCES: Final[dict[str, Callable[[Check, str | None, Mapping[str, str | None]], str]]] = {
    "type": _type,
    "required": _required,
    "pattern": _pattern,
    "enum": _enum,
    "items": _items,
    "minimum": _bound("au moins égal à", lambda field: field.constraints.minimum),
    "maximum": _bound("au plus égal à", lambda field: field.constraints.maximum),
    "exclusiveMinimum": _bound("supérieur à", lambda field: field.constraints.exclusive_minimum),
    "exclusiveMaximum": _bound("inférieur à", lambda field: field.constraints.exclusive_maximum),
    "maxLength": _max_length,
    "minLength": _min_length,
    "blank-row": _plain(BLANK_ROW),
    "extra-cell": lambda _, value, __: (
        f"Cette ligne a plus de cellules que l'en-tête ({shown(value)} en trop) : un séparateur est peut-être de trop, ou un texte qui en contient n'est pas entre guillemets."
    ),
    "missing-cell": lambda check, _, __: (
        f"Cette ligne s'arrête avant la colonne « {check.column} » : elle a moins de cellules que l'en-tête."
    ),
    "primaryKeyEmpty": lambda check, _, __: f"« {check.column} » identifie les lignes : cette cellule ne peut pas être vide.",
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
        return f"Cette combinaison de valeurs est déjà celle de la ligne {before}."
    return f"{shown(value)} est déjà en ligne {before} : chaque ligne doit avoir une valeur différente dans « {column} »."
