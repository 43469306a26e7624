"""Does a catalogue follow DCAT-AP 3.0.1? One plain sentence for each thing to correct, without any other program.

`PROFILE` says, class by class, which properties must be there, how many times, and of what nature: the tables of the profile
(semiceu.github.io/DCAT-AP/releases/3.0.1, read in November 2026), one line a property. The tests compare the verdict with the
official shapes, where those are at hand, on good and on broken catalogues.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode

from parvis.catalog.core.dcat import data_json, vocabularies
from parvis.catalog.core.dcat.parsing import (
    Graph,
    Term,
    UnreadableCatalogue,
    check_size,
    graph_of,
    graph_of_json,
    json_of,
    kind_of,
)
from parvis.catalog.core.dcat.vocabularies import NAMESPACES, term

LIMIT_FINDINGS: Final = 10_000

#: property, least, most (* for any), nature: `literal`, `node` (an address or a nameless node), `iri`, `date`, or a datatype.
PROFILE: Final[dict[str, str]] = {
    "foaf:Agent": """
        foaf:name 1 * literal
        dct:type 0 1 any""",
    "dcat:Catalog": """
        dct:title 1 * literal
        dct:description 1 * literal
        dct:publisher 1 1 any
        dct:language 0 * node
        dcatap:applicableLegislation 0 * iri
        dct:license 0 1 node
        dct:issued 0 1 date
        dct:modified 0 1 date
        dct:spatial 0 * node
        dct:hasPart 0 * node
        dct:rights 0 1 node
        dcat:record 0 * node
        dcat:themeTaxonomy 0 * node
        dcat:service 0 * node
        dcat:catalog 0 * node
        dct:creator 0 1 node
        dcat:dataset 0 * node
        foaf:homepage 0 1 node""",
    "dcat:Dataset": """
        dct:title 1 * literal
        dct:description 1 * literal
        dct:accessRights 0 1 node
        dcatap:applicableLegislation 0 * iri
        dct:conformsTo 0 * node
        dcat:contactPoint 0 * node
        dct:creator 0 * node
        dcat:distribution 0 * node
        foaf:page 0 * node
        dct:accrualPeriodicity 0 1 node
        dct:spatial 0 * node
        dct:hasVersion 0 * node
        dct:identifier 0 * literal
        dcat:inSeries 0 * node
        dct:isReferencedBy 0 * node
        dcat:keyword 0 * literal
        dcat:landingPage 0 * node
        dct:language 0 * node
        dct:modified 0 1 date
        dct:issued 0 1 date
        adms:identifier 0 * node
        dct:provenance 0 * node
        dct:publisher 0 1 node
        dcat:qualifiedRelation 0 * node
        dct:relation 0 * node
        adms:sample 0 * node
        dct:source 0 * node
        dcat:spatialResolutionInMeters 0 1 xsd:decimal
        dct:temporal 0 * node
        dcat:temporalResolution 0 1 xsd:duration
        dcat:theme 0 * iri
        dcat:version 0 1 literal
        adms:versionNotes 0 * literal""",
    "dcat:DatasetSeries": """
        dct:title 1 * literal
        dct:description 1 * literal
        dcatap:applicableLegislation 0 * iri
        dcat:contactPoint 0 * node
        dct:accrualPeriodicity 0 1 node
        dct:spatial 0 * node
        dct:modified 0 1 date
        dct:issued 0 1 date
        dct:publisher 0 1 node
        dct:temporal 0 * node""",
    "dcat:Distribution": """
        dcat:accessURL 1 * node
        dcat:accessService 0 * node
        dcatap:applicableLegislation 0 * iri
        dcatap:availability 0 1 node
        dcat:byteSize 0 1 xsd:nonNegativeInteger
        spdx:checksum 0 1 node
        dcat:compressFormat 0 1 node
        dct:description 0 * literal
        foaf:page 0 * node
        dcat:downloadURL 0 * node
        dct:format 0 1 node
        dct:language 0 * node
        dct:license 0 1 node
        dct:conformsTo 0 * node
        dcat:mediaType 0 1 node
        dct:modified 0 1 date
        dcat:packageFormat 0 1 node
        dct:issued 0 1 date
        dct:rights 0 1 node
        dcat:spatialResolutionInMeters 0 1 xsd:decimal
        adms:status 0 1 node
        dcat:temporalResolution 0 1 xsd:duration
        dct:title 0 * literal""",
    "dcat:DataService": """
        dct:title 1 * literal
        dcat:endpointURL 1 * node
        dct:accessRights 0 1 node
        dcatap:applicableLegislation 0 * iri
        dct:conformsTo 0 * node
        dcat:contactPoint 0 * node
        dct:description 0 * literal
        dcat:endpointDescription 0 * node
        dcat:keyword 0 * literal
        dcat:landingPage 0 * node
        dct:license 0 1 node
        dct:publisher 0 1 node
        dcat:servesDataset 0 * node
        dcat:theme 0 * iri""",
    "dcat:CatalogRecord": """
        foaf:primaryTopic 1 1 any
        dct:modified 1 1 date
        dct:issued 0 1 date
        dct:conformsTo 0 1 any
        dct:source 0 1 any
        dct:title 0 * literal
        dct:description 0 * literal""",
    "dcat:Relationship": """
        dct:relation 1 * any
        dcat:hadRole 1 * any""",
    "skos:ConceptScheme": "dct:title 1 * literal",
    "skos:Concept": "skos:prefLabel 1 * literal",
    "spdx:Checksum": """
        spdx:algorithm 1 1 any
        spdx:checksumValue 1 1 xsd:hexBinary""",
    "dct:Location": """
        dcat:bbox 0 1 literal
        dcat:centroid 0 1 literal""",
    "dct:PeriodOfTime": """
        dcat:startDate 0 1 date
        dcat:endDate 0 1 date""",
}
CLASSES: Final = {
    "foaf:Agent": "l'organisme",
    "dcat:Catalog": "le catalogue",
    "dcat:Dataset": "le jeu de données",
    "dcat:DatasetSeries": "la série",
    "dcat:Distribution": "la ressource",
    "dcat:DataService": "le service",
    "dcat:CatalogRecord": "la fiche",
    "dcat:Relationship": "la relation",
    "skos:ConceptScheme": "le vocabulaire",
    "skos:Concept": "la notion",
    "spdx:Checksum": "l'empreinte",
    "dct:Location": "le lieu",
    "dct:PeriodOfTime": "la période",
}
NATURES: Final = {
    "literal": "un texte",
    "node": "une adresse (ou un nœud), pas un texte",
    "iri": "une adresse",
    "date": "une date (xsd:date, xsd:dateTime, xsd:gYear ou xsd:gYearMonth) bien écrite",
    "xsd:decimal": "un nombre décimal (xsd:decimal)",
    "xsd:duration": "une durée (xsd:duration)",
    "xsd:nonNegativeInteger": "un nombre entier positif (xsd:nonNegativeInteger)",
    "xsd:hexBinary": "une suite de chiffres hexadécimaux (xsd:hexBinary)",
}
#: Lexical forms. Days and months are looked at by `_is_date`.
FORMS: Final = {
    term("xsd:date"): re.compile(r"-?\d{4,}-(\d\d)-(\d\d)(Z|[+-]\d\d:\d\d)?"),
    term("xsd:dateTime"): re.compile(r"-?\d{4,}-(\d\d)-(\d\d)T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"),
    term("xsd:gYear"): re.compile(r"-?\d{4,}(Z|[+-]\d\d:\d\d)?"),
    term("xsd:gYearMonth"): re.compile(r"-?\d{4,}-(\d\d)(Z|[+-]\d\d:\d\d)?"),
    term("xsd:decimal"): re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)"),
    term("xsd:duration"): re.compile(r"-?P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?"),
    term("xsd:nonNegativeInteger"): re.compile(r"\+?\d+|-0+"),
    term("xsd:hexBinary"): re.compile(r"([0-9a-fA-F]{2})*"),
}
DATES: Final = tuple(term(f"xsd:{name}") for name in ("date", "dateTime", "gYear", "gYearMonth"))
#: property → table of the EU, or the address of IANA, that its values come from; and whether the profile demands it.
TABLES: Final = {
    "dct:accrualPeriodicity": (vocabularies.authority("frequency", ""), True),
    "dct:language": (vocabularies.authority("language", ""), True),
    "dct:format": (vocabularies.authority("file-type", ""), True),
    "dct:accessRights": (vocabularies.authority("access-right", ""), False),
    "dcatap:hvdCategory": ("http://data.europa.eu/bna/", True),
}
MEDIA: Final = ("dcat:mediaType", "dcat:compressFormat", "dcat:packageFormat")
_IRI: Final = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]+$")


@dataclass(frozen=True, slots=True)
class Rule:
    """What the profile says of one property of a class."""

    path: str
    least: int
    most: int | None
    nature: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to correct. `core` when the profile forbids it; otherwise it is advice. `node` and `path` say where."""

    code: str
    core: bool
    node: str
    path: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found, the worst first, and how many things of each class were looked at."""

    findings: tuple[Finding, ...]
    counts: dict[str, int]

    @property
    def valid(self) -> bool:
        return not any(finding.core for finding in self.findings)


def _rules(text: str) -> tuple[Rule, ...]:
    found = []
    for line in text.strip().splitlines():
        path, least, most, nature = line.split()
        found.append(Rule(path, int(least), None if most == "*" else int(most), nature))
    return tuple(found)


_PROFILE: Final = {term(name): (name, _rules(text)) for name, text in PROFILE.items()}


def check(data: bytes, media_type: str = "", *, base: str = "") -> Verdict:
    """Raises UnreadableCatalogue for what is no RDF at all."""
    check_size(data)
    kind = kind_of(data, media_type)
    if kind == "json":
        value = json_of(data)
        if data_json.is_data_json(value):
            raise UnreadableCatalogue("Ce fichier est un data.json (DCAT-US) : ce n'est pas du DCAT-AP.")
        graph, problems = graph_of_json(value, base)
    else:
        graph, problems = graph_of(data, kind, media_type, base)
    checker = _Checker(graph)
    findings = [Finding("unreadable", True, "", "", problem) for problem in problems]
    for finding in checker.findings():
        findings.append(finding)
        if len(findings) >= LIMIT_FINDINGS:
            break
    findings.sort(key=lambda finding: not finding.core)
    return Verdict(tuple(findings), dict(checker.counts))


class _Checker:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.counts: Counter[str] = Counter()

    def findings(self) -> Iterator[Finding]:
        for node, properties in self.graph.items():
            yield from self.addresses(node, properties)
            classes = dict.fromkeys(value.value for value in properties.get(term("rdf:type"), ()))
            for name in classes:
                if name in _PROFILE:
                    short, rules = _PROFILE[name]
                    self.counts[short] += 1
                    yield from self.class_of(node, short, rules)
        if not self.counts["dcat:Dataset"] and not self.counts["dcat:Catalog"]:
            yield Finding("empty", True, "", "", "Ce document ne décrit ni catalogue ni jeu de données.")

    def class_of(self, node: str, short: str, rules: tuple[Rule, ...]) -> Iterator[Finding]:
        for rule in rules:
            values = list(dict.fromkeys(self.graph[node].get(term(rule.path), ())))
            yield from self.count(node, short, rule, len(values))
            for value in values:
                yield from self.nature(node, short, rule, value)
                yield from self.vocabulary(node, short, rule.path, value)
        if short == "dcat:Dataset":
            yield from self.advice(node)
        if short == "dcat:CatalogRecord":
            yield from self.topic(node)

    def count(self, node: str, short: str, rule: Rule, number: int) -> Iterator[Finding]:
        if number < rule.least:
            yield self.finding(
                "missing", node, short, rule.path, f"n'a pas {of(rule.path)} : cette information est obligatoire"
            )
        if rule.most is not None and number > rule.most:
            yield self.finding(
                "too_many", node, short, rule.path, f"a {number} fois {label(rule.path)} : une seule valeur est permise"
            )

    def nature(self, node: str, short: str, rule: Rule, value: Term) -> Iterator[Finding]:
        if not _is(value, rule.nature):
            expected = NATURES[rule.nature]
            yield self.finding(
                "nature", node, short, rule.path, f"a pour {label(rule.path)} « {_shown(value)} » : il faut {expected}"
            )

    def vocabulary(self, node: str, short: str, path: str, value: Term) -> Iterator[Finding]:
        if isinstance(value, Literal):
            return
        table, core = TABLES.get(path, ("", False))
        if table and not value.value.startswith(table):
            what = f"a pour {label(path)} « {_shown(value)} » : choisissez une valeur de {table}"
            # A format that the EU does not know is described by a node without address: only told.
            yield self.finding("vocabulary", node, short, path, what, core and not isinstance(value, BlankNode))
        if path in MEDIA and not re.match(r"https?://www\.iana\.org/assignments/media-types/", value.value):
            what = f"a pour {label(path)} « {_shown(value)} » : choisissez un type de {vocabularies.IANA}"
            yield self.finding("vocabulary", node, short, path, what)

    def advice(self, node: str) -> Iterator[Finding]:
        """What the profile recommends of a dataset, and what harvesters look for."""
        properties = self.graph[node]
        themes = properties.get(term("dcat:theme"), [])
        if themes and not any(value.value.startswith(vocabularies.authority("data-theme", "")) for value in themes):
            what = "n'a aucun thème de l'Union européenne : ajoutez-en un"
            yield self.finding("vocabulary", node, "dcat:Dataset", "dcat:theme", what, core=False)
        for path in ("dct:identifier", "dct:publisher", "dcat:distribution"):
            if not properties.get(term(path)):
                what = f"n'a pas {of(path)} : cette information est recommandée"
                yield self.finding("recommended", node, "dcat:Dataset", path, what, core=False)

    def topic(self, node: str) -> Iterator[Finding]:
        """A record speaks of a catalogue, a dataset or a service."""
        wanted = {term(f"dcat:{name}") for name in ("Catalog", "Dataset", "DataService", "DatasetSeries")}
        for value in self.graph[node].get(term("foaf:primaryTopic"), ()):
            key = f"_:{value.value}" if isinstance(value, BlankNode) else value.value
            kinds = {kind.value for kind in self.graph.get(key, {}).get(term("rdf:type"), ())}
            if not kinds & wanted:
                what = f"parle de « {_shown(value)} », qui n'est ni un jeu de données, ni un catalogue, ni un service"
                yield self.finding("nature", node, "dcat:CatalogRecord", "foaf:primaryTopic", what)

    def addresses(self, node: str, properties: dict[str, list[Term]]) -> Iterator[Finding]:
        """Addresses that are not well formed, wherever they stand."""
        if not node.startswith("_:") and not _IRI.match(node):
            yield Finding("address", True, node, "", f"L'adresse « {node[:200]} » est mal écrite.")
        for path, values in properties.items():
            for value in values:
                if isinstance(value, NamedNode) and not _IRI.match(value.value):
                    sentence = (
                        f"{self.name(node)} a pour {label(_short(path))} l'adresse « {value.value[:200]} », qui est mal écrite."
                    )
                    yield Finding("address", True, node, _short(path), sentence)

    def finding(self, code: str, node: str, short: str, path: str, what: str, core: bool = True) -> Finding:
        return Finding(code, core, node, path, f"{self.name(node, short)} {what} ({path}).")

    def name(self, node: str, short: str = "") -> str:
        """« Le jeu de données « Budget » (https://…) »."""
        properties = self.graph.get(node, {})
        titles = (
            properties.get(term("dct:title"))
            or properties.get(term("foaf:name"))
            or properties.get(term("skos:prefLabel"))
            or []
        )
        title = next((f" « {value.value[:80]} »" for value in titles if isinstance(value, Literal) and value.value), "")
        where = "" if node.startswith("_:") else f" {node[:200]}" if not title else f" ({node[:200]})"
        known = CLASSES.get(short, "") or next(
            (CLASSES[_PROFILE[kind.value][0]] for kind in properties.get(term("rdf:type"), ()) if kind.value in _PROFILE),
            "le nœud",
        )
        return f"{known[0].upper()}{known[1:]}{title}{where}"


LABELS: Final = {
    "dct:title": "titre",
    "dct:description": "description",
    "dct:publisher": "éditeur",
    "dcat:accessURL": "adresse d'accès",
    "foaf:name": "nom",
    "dct:issued": "date de publication",
    "dct:modified": "date de mise à jour",
    "dct:license": "licence",
    "dct:accrualPeriodicity": "fréquence",
    "dct:language": "langue",
    "dct:format": "format",
    "dcat:mediaType": "type de fichier",
    "dct:identifier": "identifiant",
    "dcat:distribution": "ressource",
    "dcat:theme": "thème",
    "dcat:byteSize": "taille",
    "dcat:endpointURL": "adresse du service",
    "skos:prefLabel": "libellé",
    "dcat:keyword": "mot-clé",
    "dcat:landingPage": "page",
    "spdx:checksumValue": "empreinte",
    "spdx:algorithm": "algorithme",
    "dct:accessRights": "droits d'accès",
}


def label(path: str) -> str:
    """How a property is called in a sentence."""
    return LABELS.get(path, path)


def of(path: str) -> str:
    """« de titre », « d'éditeur »."""
    name = label(path)
    return f"d'{name}" if name[0].lower() in "aeiouyéèê" else f"de {name}"


def _short(path: str) -> str:
    for prefix, namespace in NAMESPACES.items():
        if path.startswith(namespace):
            return f"{prefix}:{path[len(namespace) :]}"
    return path


def _shown(value: Term) -> str:
    return "nœud sans nom" if isinstance(value, BlankNode) else value.value[:120]


def _is(value: Term, nature: str) -> bool:
    if nature == "any":
        return True
    if nature == "literal":
        return isinstance(value, Literal)
    if nature == "node":
        return not isinstance(value, Literal)
    if nature == "iri":
        return isinstance(value, NamedNode)
    if not isinstance(value, Literal):
        return False
    kind = value.datatype.value
    if kind not in (DATES if nature == "date" else (term(nature),)):
        return False
    found = FORMS[kind].fullmatch(value.value)
    return bool(found) and (nature != "date" or _is_date(value.value))


def _is_date(text: str) -> bool:
    """Months from 1 to 12, days that the month has, hours that a day has."""
    found = re.match(r"(-?\d{4,})(?:-(\d\d))?(?:-(\d\d))?(?:T(\d\d):(\d\d):(\d\d))?", text)
    if not found:
        return False
    year, month, day, hour, minute, second = (int(part) if part else None for part in found.groups())
    try:
        date(year if year and 1 <= year <= 9999 else 2000, month or 1, day or 1)
    except ValueError:
        return False
    return (hour or 0) <= 24 and (minute or 0) <= 59 and (second or 0) <= 59 and month != 0 and day != 0
