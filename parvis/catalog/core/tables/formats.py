"""Formats of French public data, each as a Python predicate and as the same test in SQL.

Both take text without surrounding spaces. The SQL builders take a column expression and give a boolean expression which is
null on null, never raises, and agrees with the predicate on every text (tests compare them on random texts).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

LA_POSTE = "356000000"
SPACES = " \t\r\n\u00a0\u202f"
"""What is taken off around a value before it is judged."""


@dataclass(frozen=True, slots=True)
class Format:
    """`codes` says that the text is an identifier: never a number, whatever it looks like. `needs_label`: too many other
    things look like it, so the column's label has to say so."""

    name: str
    label: str
    matches: Callable[[str], bool]
    sql: Callable[[str], str]
    codes: bool = True
    needs_label: str | None = None


def trimmed_sql(expression: str) -> str:
    return f"trim({expression}, ' ' || chr(9) || chr(13) || chr(10) || chr(160) || chr(8239))"


def _pattern(regex: str) -> tuple[Callable[[str], bool], Callable[[str], str]]:
    """The same regular expression in Python and in RE2: only use what both read alike (no `\\s`, `\\w`, look-around)."""
    compiled = re.compile(regex)
    literal = "'" + regex.replace("'", "''") + "'"
    return lambda text: compiled.fullmatch(text) is not None, lambda x: f"regexp_full_match({x}, {literal})"


def luhn(digits: str) -> bool:
    """Luhn's check (ISO/IEC 7812-1) on ASCII digits."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def luhn_sql(x: str, length: int) -> str:
    """Luhn's check on a column of exactly `length` digits (at most 18); null when it is anything else."""
    number = f"TRY_CAST({x} AS BIGINT)"
    terms = []
    for place in range(length):
        digit = f"({number} // {10**place} % 10)" if place else f"({number} % 10)"
        # A doubled digit above 9 loses 9: 2d - 9 when d > 4, which is 2d % 9 but for 9 itself.
        terms.append(digit if place % 2 == 0 else f"([0,2,4,6,8,1,3,5,7,9])[{digit} + 1]")
    return f"(({' + '.join(terms)}) % 10 = 0)"


def is_siren(text: str) -> bool:
    return re.fullmatch("[0-9]{9}", text) is not None and text != "0" * 9 and luhn(text)


def siren_sql(x: str) -> str:
    return f"CASE WHEN regexp_full_match({x}, '[0-9]{{9}}') THEN {x} <> '000000000' AND {luhn_sql(x, 9)} ELSE {x} IS NULL AND NULL END"


def is_siret(text: str) -> bool:
    """Luhn on the 14 digits; La Poste's establishments also pass when their digits add up to a multiple of 5."""
    if re.fullmatch("[0-9]{14}", text) is None or text == "0" * 14:
        return False
    return luhn(text) or (text.startswith(LA_POSTE) and sum(map(int, text)) % 5 == 0)


def siret_sql(x: str) -> str:
    digits = " + ".join(f"TRY_CAST(substr({x}, {place}, 1) AS INTEGER)" for place in range(1, 15))
    return (
        f"CASE WHEN regexp_full_match({x}, '[0-9]{{14}}') THEN {x} <> '00000000000000' AND ({luhn_sql(x, 14)} "
        f"OR ({x}[1:9] = '{LA_POSTE}' AND ({digits}) % 5 = 0)) ELSE {x} IS NULL AND NULL END"
    )


_IBAN = "[A-Za-z]{2}[0-9]{2}[A-Za-z0-9]{11,30}"


def is_iban(text: str) -> bool:
    """ISO 13616: four-character groups allowed, remainder 1 modulo 97."""
    compact = text.replace(" ", "")
    if re.fullmatch(_IBAN, compact) is None:
        return False
    turned = (compact[4:] + compact[:4]).upper()
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def iban_sql(x: str) -> str:
    compact = f"upper(replace({x}, ' ', ''))"
    turned = f"({compact}[5:] || {compact}[1:4])"
    values = f"list_transform(string_split({turned}, ''), lambda c: instr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', c) - 1)"
    remainder = f"list_reduce({values}, lambda a, v: (a * CASE WHEN v > 9 THEN 100 ELSE 10 END + v) % 97, 0::BIGINT)"
    return f"CASE WHEN regexp_full_match(replace({x}, ' ', ''), '{_IBAN}') THEN {remainder} = 1 ELSE {x} IS NULL AND NULL END"


_NIR = "[1-478][0-9]{4}([0-9]{2}|2[AB])[0-9]{6}[0-9]{2}"


def is_nir(text: str) -> bool:
    """Social-security number with its key: 97 minus the first thirteen modulo 97 (Corsica: 2A is 19, 2B is 18)."""
    compact = text.replace(" ", "")
    if re.fullmatch(_NIR, compact) is None or not int(compact[3:5]) >= 1:
        return False
    number = int(compact[:13].replace("2A", "19").replace("2B", "18"))
    return 97 - number % 97 == int(compact[13:])


def nir_sql(x: str) -> str:
    compact = f"replace({x}, ' ', '')"
    number = f"TRY_CAST(replace(replace({compact}[1:13], '2A', '19'), '2B', '18') AS BIGINT)"
    return (
        f"CASE WHEN regexp_full_match({compact}, '{_NIR}') THEN {compact}[4:5] <> '00' AND "
        f"97 - {number} % 97 = TRY_CAST({compact}[14:15] AS BIGINT) ELSE {x} IS NULL AND NULL END"
    )


_PHONE = r"(\+33|0033)\(?0?\)?[1-9][0-9]{8}|0[1-9][0-9]{8}|(\+|00)(262|508|590|594|596|681|687|689)0?[1-9][0-9]{5,8}"
_PHONE_GAPS = "[ ./\u00a0\u202f-]"


def is_phone(text: str) -> bool:
    return re.fullmatch(_PHONE, re.sub(_PHONE_GAPS, "", text)) is not None


def phone_sql(x: str) -> str:
    return f"regexp_full_match(regexp_replace({x}, '{_PHONE_GAPS}', '', 'g'), '{_PHONE}')"


def _coordinate(limit: int) -> tuple[Callable[[str], bool], Callable[[str], str]]:
    shape, shape_sql = _pattern(r"[+-]?[0-9]{1,3}[.,][0-9]{1,17}")

    def matches(text: str) -> bool:
        return shape(text) and abs(float(text.replace(",", "."))) <= limit

    def sql(x: str) -> str:
        size = f"abs(TRY_CAST(replace({x}, ',', '.') AS DOUBLE))"
        return f"CASE WHEN {shape_sql(x)} THEN {size} <= {limit} ELSE {x} IS NULL AND NULL END"

    return matches, sql


_KINDS = "(Point|LineString|Polygon|MultiPoint|MultiLineString|MultiPolygon)"
_COMMUNE = "(0[1-9]|1[0-9]|2[1-9AB]|[3-8][0-9]|9[0-5]|97|98)[0-9]{3}"
_DEPARTEMENT = "0[1-9]|1[0-9]|2[1-9AB]|[3-8][0-9]|9[0-5]|97[1-8]|98[4-8]"
_REGION = "0[1-46]|11|24|27|28|32|44|52|53|75|76|84|93|94"
_DAMAGED = r"[0-9]{13,14}[.,]0+|[1-9]([.,][0-9]{1,13})?[eE]\+?1[23]"
_EMAIL = r"[A-Za-z0-9._%+'&/=?^~!#*{|}-]+@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
_URL = r"(https?|ftp)://[^ \t\r\n/.?#]+(\.[^ \t\r\n/.?#]+)+([/?#][^ \t\r\n]*)?"
_WKT = r"(?is)(SRID=[0-9]+; ?)?(POINT|LINESTRING|POLYGON|MULTIPOINT|MULTILINESTRING|MULTIPOLYGON|GEOMETRYCOLLECTION)( Z| M| ZM)? ?\(.+\)"
_GEOJSON = rf'(?s)\{{.*"type"[ \n\t]*:[ \n\t]*"{_KINDS}".*\}}'
_UUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_PAIR = r"-?[0-9]{1,2}\.[0-9]+ ?[,;] ?-?[0-9]{1,3}\.[0-9]+"

FORMATS: dict[str, Format] = {
    found.name: found
    for found in (
        Format("siret", "SIRET", is_siret, siret_sql),
        Format("siret-damaged", "SIRET abîmé par un tableur", *_pattern(_DAMAGED)),
        Format("nir", "numéro de sécurité sociale", is_nir, nir_sql),
        Format("siren", "SIREN", is_siren, siren_sql),
        Format("rna", "numéro RNA d'association", *_pattern("W([0-9]{9}|[0-9][AB][0-9]{7})")),
        Format("iban", "IBAN", is_iban, iban_sql),
        Format("uuid", "identifiant UUID", *_pattern(_UUID)),
        Format("email", "adresse électronique", *_pattern(_EMAIL)),
        Format("url", "adresse web", *_pattern(_URL)),
        Format("phone", "numéro de téléphone", is_phone, phone_sql),
        Format("wkt", "géométrie WKT", *_pattern(_WKT), codes=False),
        Format("geojson", "géométrie GeoJSON", *_pattern(_GEOJSON), codes=False),
        Format("lat-lon", "latitude et longitude", *_pattern(_PAIR), codes=False),
        Format(
            "code-commune",
            "code commune (INSEE)",
            *_pattern(_COMMUNE),
            needs_label=r"insee|com(mune)?s?(?![a-z])|cog(?![a-z])|codgeo|depcom|(code|id)_?(geo|com)",
        ),
        Format(
            "code-postal",
            "code postal",
            *_pattern("(0[1-9]|[1-8][0-9]|9[0-8])[0-9]{3}"),
            needs_label=r"postal|(?<![a-z])cp(?![a-z])|zip|postcode|codepostal",
        ),
        Format(
            "code-departement",
            "code département",
            *_pattern(_DEPARTEMENT),
            needs_label=r"(?<![a-z])dep(t|artement)?s?(?![a-z])|codedep",
        ),
        Format("code-region", "code région", *_pattern(_REGION), needs_label=r"(?<![a-z])reg(ion)?s?(?![a-z])|codereg"),
        Format(
            "latitude",
            "latitude",
            *_coordinate(90),
            codes=False,
            needs_label=r"(?<![a-z])(lat(itude)?|y(_?wgs84|_?lat)?)(?![a-z])",
        ),
        Format(
            "longitude",
            "longitude",
            *_coordinate(180),
            codes=False,
            needs_label=r"(?<![a-z])(lon(g|gitude)?|lng|x(_?wgs84|_?lon)?)(?![a-z])",
        ),
    )
}
