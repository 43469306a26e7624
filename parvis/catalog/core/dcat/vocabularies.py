"""The vocabularies of DCAT-AP 3.0.1, as tables: namespaces, authority tables of the European Union, and what people write instead.

Sources, as they stood in November 2026:

- frequencies, file types, access rights, data themes, languages: Named Authority Lists of the Publications Office of the
  European Union (`http://publications.europa.eu/resource/authority/…`), the rows that French portals use;
- categories of high-value datasets: `http://data.europa.eu/bna/…`, regulation (EU) 2023/138, DCAT-AP HVD 3.0.0;
- media types: IANA;
- licences: those of decree D323-2-1 of the CRPA, under the addresses that data.gouv.fr knows, and Creative Commons;
- places: `http://id.insee.fr/geo/…` for communes, départements and régions (the Insee names an EPCI by a random word, which
  cannot be made from its code: an EPCI is named by our own page).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

# ----- Namespaces -----

NAMESPACES: Final[dict[str, str]] = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
#: What is read besides, and never written.
OLDER: Final[dict[str, str]] = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "schema": "http://schema.org/",
    "org": "http://www.w3.org/ns/org#",
    "prov": "http://www.w3.org/ns/prov#",
    "locn": "http://www.w3.org/ns/locn#",
    "pod": "https://project-open-data.cio.gov/v1.1/schema#",
    "freq": "http://purl.org/cld/freq/",
}
_ALL: Final = NAMESPACES | OLDER


@lru_cache(maxsize=1_000)
def term(short: str) -> str:
    """`dct:title` → its IRI."""
    prefix, _colon, name = short.partition(":")
    return _ALL[prefix] + name


def plain(text: str) -> str:
    """Lower case, without accents, spaces alone: how words are compared."""
    letters = unicodedata.normalize("NFKD", text.strip().lower())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).replace("_", " ").split())


AUTHORITY: Final = "http://publications.europa.eu/resource/authority/"


def authority(table: str, code: str) -> str:
    """("frequency", "MONTHLY") → the IRI of the concept."""
    return f"{AUTHORITY}{table}/{code}"


# ----- Frequencies -----

#: Code of the EU authority → what people write instead (`plain`): Dublin Core, ISO 8601 (DCAT-US), ISO 19115, French, English.
FREQUENCIES: Final[dict[str, tuple[str, ...]]] = {
    "ANNUAL": ("annual", "annuel", "annuelle", "annually", "yearly", "r/p1y", "tous les ans", "chaque annee"),
    "ANNUAL_2": ("semiannual", "semestriel", "semestrielle", "biannually", "r/p6m", "semi-annual", "biannual"),
    "ANNUAL_3": ("threetimesayear", "quadrimestriel", "quadrimestrielle", "r/p4m"),
    "BIENNIAL": ("biennial", "bisannuel", "bisannuelle", "biennale", "r/p2y"),
    "BIMONTHLY": ("bimonthly", "bimestriel", "bimestrielle", "r/p2m"),
    "BIWEEKLY": ("biweekly", "fortnightly", "tous les quinze jours", "r/p2w"),
    "CONT": ("continuous", "continual", "en continu", "continue", "temps reel", "real time", "realtime", "r/pt1s"),
    "UPDATE_CONT": ("continuously updated",),
    "DAILY": ("daily", "quotidien", "quotidienne", "journalier", "chaque jour", "r/p1d"),
    "DAILY_2": ("twice a day", "deux fois par jour", "semidaily", "r/pt12h"),
    "HOURLY": ("hourly", "toutes les heures", "horaire", "r/pt1h"),
    "IRREG": ("irregular", "irregulier", "irreguliere", "asneeded", "as needed", "ponctuelle", "ponctuel", "au besoin"),
    "MONTHLY": ("monthly", "mensuel", "mensuelle", "tous les mois", "chaque mois", "r/p1m"),
    "MONTHLY_2": ("semimonthly", "bimensuel", "bimensuelle", "r/p0.5m"),
    "MONTHLY_3": ("threetimesamonth", "r/p0.33m"),
    "NEVER": ("never", "jamais", "notplanned", "not planned", "une seule fois", "aucune"),
    "OTHER": ("other", "autre"),
    "QUARTERLY": ("quarterly", "trimestriel", "trimestrielle", "r/p3m", "chaque trimestre"),
    "TRIENNIAL": ("triennial", "triennal", "triennale", "r/p3y"),
    "QUADRENNIAL": ("quadrennial", "quadriennal", "r/p4y"),
    "QUINQUENNIAL": ("quinquennial", "quinquennal", "r/p5y"),
    "DECENNIAL": ("decennial", "decennal", "r/p10y"),
    "UNKNOWN": ("unknown", "inconnu", "inconnue", "non precisee", "non specifie", "indeterminee"),
    "WEEKLY": ("weekly", "hebdomadaire", "chaque semaine", "r/p1w", "r/p7d"),
    "WEEKLY_2": ("semiweekly", "bihebdomadaire", "r/p3.5d"),
    "WEEKLY_3": ("threetimesaweek", "r/p0.33w"),
}
_FREQUENCY_WORDS: Final = {word: code for code, words in FREQUENCIES.items() for word in words}
#: Codes that the authority has renamed since.
_FREQUENCY_RENAMED: Final = {
    "CONTINUOUS": "CONT",
    "IRREGULAR": "IRREG",
    "ANNUALLY": "ANNUAL",
    "UPDATE_CONTINUOUS": "UPDATE_CONT",
}


@lru_cache(maxsize=1_000)
def frequency(value: str) -> str:
    """The code of the EU authority for an IRI or a word; the text as it was given when it says nothing that is known."""
    last = re.split(r"[/#]", value.strip().rstrip("/"))[-1] if "://" in value else value.strip()
    if last.upper() in FREQUENCIES:
        return last.upper()
    found = _FREQUENCY_RENAMED.get(last.upper()) or _FREQUENCY_WORDS.get(plain(last))
    return found or value.strip()


# ----- Formats -----

#: Short name → (code of the EU file types or "", IANA media type or "").
FORMATS: Final[dict[str, tuple[str, str]]] = {
    "csv": ("CSV", "text/csv"),
    "doc": ("DOC", "application/msword"),
    "docx": ("DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "geojson": ("GEOJSON", "application/geo+json"),
    "gml": ("GML", "application/gml+xml"),
    "gpkg": ("GPKG", "application/geopackage+sqlite3"),
    "gz": ("GZIP", "application/gzip"),
    "html": ("HTML", "text/html"),
    "jpeg": ("JPEG", "image/jpeg"),
    "json": ("JSON", "application/json"),
    "jsonld": ("JSON_LD", "application/ld+json"),
    "kml": ("KML", "application/vnd.google-earth.kml+xml"),
    "kmz": ("KMZ", "application/vnd.google-earth.kmz"),
    "nt": ("RDF_N_TRIPLES", "application/n-triples"),
    "ods": ("ODS", "application/vnd.oasis.opendocument.spreadsheet"),
    "odt": ("ODT", "application/vnd.oasis.opendocument.text"),
    "parquet": ("PARQUET", "application/vnd.apache.parquet"),
    "pdf": ("PDF", "application/pdf"),
    "png": ("PNG", "image/png"),
    "rdf": ("RDF_XML", "application/rdf+xml"),
    "rss": ("RSS", ""),
    "shp": ("SHP", ""),
    "svg": ("SVG", "image/svg+xml"),
    "tiff": ("TIFF", "image/tiff"),
    "tsv": ("TSV", "text/tab-separated-values"),
    "ttl": ("RDF_TURTLE", "text/turtle"),
    "txt": ("TXT", "text/plain"),
    "wfs": ("WFS_SRVC", ""),
    "wms": ("WMS_SRVC", ""),
    "xls": ("XLS", "application/vnd.ms-excel"),
    "xlsx": ("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "xml": ("XML", "application/xml"),
    "zip": ("ZIP", "application/zip"),
}
_BY_FILE_TYPE: Final = {code.lower(): name for name, (code, _media) in FORMATS.items() if code}
_BY_MEDIA_TYPE: Final = {media: name for name, (_code, media) in FORMATS.items() if media} | {
    "application/vnd.geo+json": "geojson",
    "application/csv": "csv",
    "text/xml": "xml",
    "application/x-zip-compressed": "zip",
    "application/vnd.ogc.wms_xml": "wms",
    "application/x-parquet": "parquet",
    "application/x-shapefile": "shp",
}
_FORMAT_WORDS: Final = {
    "excel": "xlsx", "shapefile": "shp", "esri shapefile": "shp", "web page": "html", "page web": "html", "turtle": "ttl",
    "json-ld": "jsonld", "rdf/xml": "rdf", "jpg": "jpeg", "tif": "tiff", "text": "txt", "texte": "txt", "geopackage": "gpkg",
    "arcgis geoservices rest api": "api", "esri rest": "api", "ogc wms": "wms", "ogc wfs": "wfs", "ogc:wms": "wms", "ogc:wfs": "wfs",
    "arcgis geoservice": "api",
}  # fmt: skip
_ENDING: Final = re.compile(r"\.([a-z0-9]{2,8})$")
IANA: Final = "https://www.iana.org/assignments/media-types/"
_IANA_ANY: Final = re.compile(r"^https?://(?:www\.)?iana\.org/assignments/media-types/", re.IGNORECASE)
_MEDIA_TYPE: Final = re.compile(r"^[a-z]+/[a-z0-9.+_-]+$")


@lru_cache(maxsize=1_000)
def media_type(value: str) -> str:
    """`https://www.iana.org/…/text/csv` or `text/csv; charset=utf-8` → `text/csv`; empty when it is no media type."""
    text = _IANA_ANY.sub("", value.strip()).partition(";")[0].strip().lower()
    return text if _MEDIA_TYPE.match(text) else ""


@lru_cache(maxsize=1_000)
def format_name(value: str) -> str:
    """A short name in lower case for an IRI of the EU or of IANA, a media type, a word ("CSV", "Web Page") or an extension."""
    text = value.strip()
    if (kind := media_type(text)) and kind in _BY_MEDIA_TYPE:
        return _BY_MEDIA_TYPE[kind]
    if "://" in text:
        text = re.split(r"[/#]", text.rstrip("/"))[-1]
    word = plain(text).lstrip(".")
    code = word.replace(" ", "_")
    return _BY_FILE_TYPE.get(code) or _FORMAT_WORDS.get(word) or word[:40]


def format_of_address(address: str) -> str:
    """The format that the end of an address announces, when it is a known one."""
    path = address.partition("#")[0].partition("?")[0].lower()
    found = _ENDING.search(path)
    if not found:
        return ""
    name = format_name(found[1])
    return name if name in FORMATS else ""


# ----- Licences -----

LICENCE_OUVERTE: Final = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
ODBL: Final = "https://opendatacommons.org/licenses/odbl/1-0/"
#: What is found in the IRI or in the text of a licence → its short name, the first that is found.
_LICENCES: Final = (
    (r"licence[- ]?ouverte|open[- ]licen[cs]e[- ]2|etalab|\blov?2\b|\bfr-lo\b|licence/(?:fr_)?lo", "lov2"),
    (r"odbl|opendatacommons\.org/licenses/odbl|open database licen", "odbl"),
    (r"publicdomain/zero|\bcc0\b|cc-zero", "cc0"),
    (r"licenses/by-sa|\bcc[- _]by[- _]sa\b", "cc-by-sa"),
    (r"licenses/by-nc|\bcc[- _]by[- _]nc", "cc-by-nc"),
    (r"licenses/by-nd|\bcc[- _]by[- _]nd", "cc-by-nd"),
    (r"licenses/by(?:/|$)|\bcc[- _]by\b", "cc-by"),
    (r"opendatacommons\.org/licenses/by|odc-by", "odc-by"),
    (r"opendatacommons\.org/licenses/pddl|odc-pddl", "odc-pddl"),
)


def licence_name(value: str) -> str:
    """`lov2`, `odbl`, `cc-by`… for an IRI or any text that names a licence (HTML included); empty when none is recognised."""
    text = plain(value)
    return next((name for pattern, name in _LICENCES if re.search(pattern, text)), "")


# ----- Themes, categories, rights, languages -----

#: Code → French label.
DATA_THEMES: Final[dict[str, str]] = {
    "AGRI": "Agriculture, pêche, sylviculture et alimentation",
    "ECON": "Économie et finances",
    "EDUC": "Éducation, culture et sport",
    "ENER": "Énergie",
    "ENVI": "Environnement",
    "GOVE": "Gouvernement et secteur public",
    "HEAL": "Santé",
    "INTR": "Questions internationales",
    "JUST": "Justice, système juridique et sécurité publique",
    "REGI": "Régions et villes",
    "SOCI": "Population et société",
    "TECH": "Science et technologie",
    "TRAN": "Transports",
    "OP_DATPRO": "Données provisoires",
}
#: Short name → (IRI, French label), in the order of the regulation's annex.
HVD_CATEGORIES: Final[dict[str, tuple[str, str]]] = {
    "geospatial": ("http://data.europa.eu/bna/c_ac64a52d", "Géospatiales"),
    "environment": ("http://data.europa.eu/bna/c_dd313021", "Observation de la terre et environnement"),
    "meteorological": ("http://data.europa.eu/bna/c_164e0bf5", "Météorologiques"),
    "statistics": ("http://data.europa.eu/bna/c_e1da4e07", "Statistiques"),
    "companies": ("http://data.europa.eu/bna/c_a9135398", "Entreprises et propriété d'entreprises"),
    "mobility": ("http://data.europa.eu/bna/c_b79e35eb", "Mobilité"),
}
HVD_LABELS: Final = dict(HVD_CATEGORIES.values())
HVD_LEGISLATION: Final = "http://data.europa.eu/eli/reg_impl/2023/138/oj"
ACCESS_RIGHTS: Final = ("PUBLIC", "RESTRICTED", "NON_PUBLIC")
#: Two letters → code of the EU authority.
LANGUAGES: Final[dict[str, str]] = {
    "fr": "FRA", "en": "ENG", "de": "DEU", "es": "SPA", "it": "ITA", "nl": "NLD", "pt": "POR", "ca": "CAT", "oc": "OCI",
    "eu": "EUS", "br": "BRE", "co": "COS", "lb": "LTZ", "pl": "POL", "ro": "RON", "sv": "SWE", "da": "DAN", "fi": "FIN",
    "el": "ELL", "cs": "CES", "hu": "HUN", "ga": "GLE", "bg": "BUL", "hr": "HRV", "et": "EST", "lv": "LAV", "lt": "LIT",
    "mt": "MLT", "sk": "SLK", "sl": "SLV", "ar": "ARA",
}  # fmt: skip
_LANGUAGE_CODES: Final = {code.lower(): two for two, code in LANGUAGES.items()} | {"fre": "fr", "ger": "de", "dut": "nl"}


@lru_cache(maxsize=1_000)
def language(value: str) -> str:
    """Two letters for an IRI of the EU, `fr-FR`, `fra`; empty when it is no language that we know."""
    last = re.split(r"[/#]", value.strip().rstrip("/"))[-1].lower()
    short = re.split(r"[-_]", last)[0]
    return short if short in LANGUAGES else _LANGUAGE_CODES.get(short, "")


# ----- Places and checksums -----

_INSEE: Final = re.compile(
    r"^https?://(?:id|rdf)\.insee\.fr/geo/(?:\d{4}/)?(?:(commune|departement|region)/|(COM|DEP|REG)_)([0-9AB]{1,5})/?$",
    re.IGNORECASE,
)
_LEVELS: Final = {"com": "commune", "dep": "departement", "reg": "region"}
INSEE_LEVELS: Final = ("commune", "departement", "region")


def insee(level: str, code: str) -> str:
    return f"http://id.insee.fr/geo/{level}/{code}"


def insee_code(iri: str) -> tuple[str, str] | None:
    """(level, code) of an IRI of the Insee: ("commune", "31555")."""
    found = _INSEE.match(iri)
    if not found:
        return None
    return (found[1] or _LEVELS[found[2].lower()]).lower(), found[3].upper()


#: Name → the end of the IRI of SPDX.
CHECKSUMS: Final = {"md5": "checksumAlgorithm_md5", "sha1": "checksumAlgorithm_sha1", "sha256": "checksumAlgorithm_sha256",
                    "sha384": "checksumAlgorithm_sha384", "sha512": "checksumAlgorithm_sha512"}  # fmt: skip
#: How many hexadecimal digits each has.
CHECKSUM_DIGITS: Final = {32: "md5", 40: "sha1", 64: "sha256", 96: "sha384", 128: "sha512"}
