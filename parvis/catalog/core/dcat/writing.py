"""Records to DCAT-AP 3.0.1: triples in an order that reads well, then Turtle, RDF/XML or JSON-LD.

Every node that the profile gives a class to has it, so that the shapes of classes and ranges hold without any other file.
What cannot be said correctly (an address that is none, a frequency that nobody knows) is left out: the profile holds for
any record. What is described once in a document is not described again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import IO, Final
from urllib.parse import quote

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from parvis.catalog.core.dcat import values, vocabularies
from parvis.catalog.core.dcat.records import Agent, Catalogue, Dataset, Distribution, Place, Service, Standard, View
from parvis.catalog.core.dcat.vocabularies import authority, term

Node = NamedNode | BlankNode

#: Extension → (format, media type of the answer).
FORMATS: Final[dict[str, tuple[RdfFormat, str]]] = {
    "ttl": (RdfFormat.TURTLE, "text/turtle"),
    "rdf": (RdfFormat.RDF_XML, "application/rdf+xml"),
    "jsonld": (RdfFormat.JSON_LD, "application/ld+json"),
}
_FORBIDDEN: Final = re.compile(r"[\x00-\x20<>\"{}|^`\\]|%(?![0-9A-Fa-f]{2})")
_TYPE: Final = NamedNode(term("rdf:type"))
_NAMES: Final[dict[str, NamedNode]] = {}
_THEMES: Final = authority("data-theme", "").rstrip("/")


def write(triples: Iterable[Triple], output: IO[bytes], extension: str) -> None:
    """Write as one goes: memory does not grow with the catalogue."""
    serialize(triples, output, FORMATS[extension][0], prefixes=vocabularies.NAMESPACES)


def document(triples: Iterable[Triple], extension: str) -> bytes:
    found = serialize(triples, format=FORMATS[extension][0], prefixes=vocabularies.NAMESPACES)
    return found or b""


def catalogue(about: Catalogue, datasets: Iterable[Dataset], view: View | None = None) -> Iterator[Triple]:
    """The catalogue, then its datasets. A sequence is announced first; anything else is written as it comes."""
    return _Writer().catalogue(about, datasets, view)


def dataset(record: Dataset, service: Service | None = None) -> Iterator[Triple]:
    """One dataset alone."""
    return _Writer().alone(record, service)


def iri(text: str) -> NamedNode | None:
    """An absolute IRI, its faulty characters escaped; nothing when it cannot be one."""
    escaped = _FORBIDDEN.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), values.writable(text).strip())
    if not re.match(r"^[a-zA-Z][a-zA-Z0-9+.-]*:.", escaped):
        return None
    try:
        return NamedNode(escaped)
    except ValueError:
        return None


def _name(short: str) -> NamedNode:
    if short not in _NAMES:
        _NAMES[short] = NamedNode(term(short))
    return _NAMES[short]


class _Writer:
    """One document. Each method yields the triples of one node, and puts aside those of the nodes that it names."""

    def __init__(self) -> None:
        self.described: set[str] = set()
        self.blanks = 0
        self.waiting: list[Triple] = []

    def aside(self, triples: Iterable[Triple]) -> None:
        """Say this of another node once the present one is whole."""
        self.waiting.extend(list(triples))

    def flush(self) -> Iterator[Triple]:
        yield from self.waiting
        self.waiting = []

    # ----- Pieces -----

    def blank(self) -> BlankNode:
        self.blanks += 1
        return BlankNode(f"n{self.blanks}")

    def node(self, text: str) -> Node:
        return iri(text) or self.blank()

    def new(self, node: Node, role: str) -> bool:
        """Whether this node is still to be described in this role (an address may be both a page and a licence)."""
        key = f"{role} {node.value}"
        if key in self.described:
            return False
        self.described.add(key)
        return True

    def typed(self, node: Node, *kinds: str) -> Iterator[Triple]:
        for kind in kinds:
            yield Triple(node, _TYPE, _name(kind))

    def texts(self, node: Node, short: str, text: str, language: str = "") -> Iterator[Triple]:
        found = values.writable(text).strip()
        if found:
            yield Triple(
                node, _name(short), Literal(found, language=language) if language in vocabularies.LANGUAGES else Literal(found)
            )

    def moment(self, node: Node, short: str, moment: datetime | None) -> Iterator[Triple]:
        if moment:
            yield Triple(node, _name(short), Literal(moment.isoformat(), datatype=_name("xsd:dateTime")))

    def link(self, node: Node, short: str, text: str, kind: str = "") -> Iterator[Triple]:
        """A link to an address, whose class is said the first time."""
        target = iri(text)
        if target is None:
            return
        yield Triple(node, _name(short), target)
        if kind and self.new(target, kind):
            self.aside(self.typed(target, kind))

    def concept(self, node: Node, short: str, table: str, code: str, kind: str) -> Iterator[Triple]:
        """A link to a concept of the EU, with its class and its table."""
        target = NamedNode(authority(table, code))
        yield Triple(node, _name(short), target)
        if self.new(target, kind):
            scheme = Triple(target, _name("skos:inScheme"), NamedNode(authority(table, "").rstrip("/")))
            self.aside([*self.typed(target, kind), scheme])

    def language(self, node: Node, language: str) -> Iterator[Triple]:
        if code := vocabularies.LANGUAGES.get(language):
            yield from self.concept(node, "dct:language", "language", code, "dct:LinguisticSystem")

    # ----- Catalogue -----

    def catalogue(self, about: Catalogue, datasets: Iterable[Dataset], view: View | None) -> Iterator[Triple]:
        node = self.node(about.iri)
        service = iri(about.service.iri) if about.service else None
        yield from self.about(node, about, view)
        if isinstance(datasets, Sequence):
            for record in datasets:
                yield Triple(node, _name("dcat:dataset"), self.node_of(record))
        yield from self.flush()
        for record in datasets:
            if not isinstance(datasets, Sequence):
                yield Triple(node, _name("dcat:dataset"), self.node_of(record))
            yield from self.dataset(record)
            if service:
                yield Triple(service, _name("dcat:servesDataset"), self.node_of(record))

    def about(self, node: Node, about: Catalogue, view: View | None) -> Iterator[Triple]:
        """What a catalogue says of itself."""
        yield from self.typed(node, "dcat:Catalog", *(["hydra:Collection"] if view else []))
        yield from self.texts(node, "dct:title", _filled(about.title) or "?", about.language)
        yield from self.texts(
            node, "dct:description", _filled(about.description) or _filled(about.title) or "?", about.language
        )
        yield from self.moment(node, "dct:issued", about.issued)
        yield from self.moment(node, "dct:modified", about.modified)
        yield from self.agent(node, "dct:publisher", about.publisher)
        yield from self.link(node, "foaf:homepage", about.homepage, "foaf:Document")
        yield from self.language(node, about.language)
        yield from self.licence(node, about.licence)
        for place in about.spatial:
            yield from self.place(node, place)
        yield from self.link(node, "dcat:themeTaxonomy", _THEMES, "skos:ConceptScheme")
        self.aside(self.texts(NamedNode(_THEMES), "dct:title", "Thèmes de données de l'Union européenne", "fr"))
        if about.service and (target := iri(about.service.iri)):
            yield Triple(node, _name("dcat:service"), target)
            self.aside(self.service(target, about.service))
        if view:
            yield Triple(node, _name("hydra:totalItems"), Literal(view.total))
            yield from self.link(node, "hydra:view", view.address)
            self.aside(self.view(view))

    def view(self, view: View) -> Iterator[Triple]:
        node = iri(view.address)
        if node is None:
            return
        yield from self.typed(node, "hydra:PartialCollectionView")
        for short, address in (("first", view.first), ("previous", view.previous), ("next", view.next), ("last", view.last)):
            yield from self.link(node, f"hydra:{short}", address)

    def service(self, node: NamedNode, service: Service) -> Iterator[Triple]:
        yield from self.typed(node, "dcat:DataService")
        yield from self.texts(node, "dct:title", _filled(service.title) or "API", "fr")
        yield from self.texts(node, "dct:description", service.description, "fr")
        yield Triple(node, _name("dcat:endpointURL"), iri(service.endpoint_url) or node)
        yield from self.link(node, "dcat:endpointDescription", service.endpoint_description)

    # ----- Dataset -----

    def alone(self, record: Dataset, service: Service | None) -> Iterator[Triple]:
        yield from self.dataset(record)
        if service and (node := iri(service.iri)):
            yield from self.service(node, service)
            yield Triple(node, _name("dcat:servesDataset"), self.node_of(record))

    def node_of(self, record: Dataset) -> NamedNode:
        """Its IRI, otherwise one made from its identifier."""
        made = iri(f"urn:parvis:{quote(_filled(record.identifier), safe='') or 'sans-identifiant'}")
        return iri(record.iri) or made or NamedNode("urn:parvis:sans-identifiant")

    def dataset(self, record: Dataset) -> Iterator[Triple]:
        node = self.node_of(record)
        if not self.new(node, "resource"):
            return  # said twice, a dataset would have two publishers
        yield from self.typed(node, "dcat:Dataset")
        yield from self.said(node, record)
        yield from self.classified(node, record)
        yield from self.licence(node, record.licence)
        if record.publisher:
            yield from self.agent(node, "dct:publisher", record.publisher)
        if record.contact:
            yield from self.contact(node, record.contact)
        for place in record.spatial:
            yield from self.place(node, place)
        for standard in record.conforms_to:
            yield from self.standard(node, standard)
        for position, distribution in enumerate(record.distributions, start=1):
            yield from self.distribution(node, distribution, record, position)
        yield from self.flush()

    def said(self, node: Node, record: Dataset) -> Iterator[Triple]:
        """Texts, dates and the page. A dataset always has a title and a description: its identifier where nothing else is known."""
        language = record.language
        title = _filled(record.title) or _filled(record.identifier) or "?"
        yield from self.texts(node, "dct:identifier", record.identifier)
        yield from self.texts(node, "dct:title", title, language)
        yield from self.texts(node, "dct:description", _filled(record.description) or title, language)
        yield from self.moment(node, "dct:issued", record.issued)
        yield from self.moment(node, "dct:modified", record.modified)
        yield from self.texts(node, "dcat:version", record.version)
        for word in dict.fromkeys([*record.keywords, *(theme for theme in record.themes if _is_word(theme))]):
            yield from self.texts(node, "dcat:keyword", word, language)
        yield from self.link(node, "dcat:landingPage", record.landing_page, "foaf:Document")

    def classified(self, node: Node, record: Dataset) -> Iterator[Triple]:
        """Frequency, language, themes, rights, high-value categories and the law that they come from."""
        if record.frequency in vocabularies.FREQUENCIES:
            yield from self.concept(node, "dct:accrualPeriodicity", "frequency", record.frequency, "dct:Frequency")
        yield from self.language(node, record.language)
        for theme in record.themes:
            if not _is_word(theme):
                yield from self.category(node, "dcat:theme", theme)
        for category in record.hvd_categories:
            yield from self.category(node, "dcatap:hvdCategory", category)
        yield from self.laws(node, record.applicable_legislation)
        rights = record.access_rights.rsplit("/", 1)[-1]
        if rights in vocabularies.ACCESS_RIGHTS:
            yield from self.concept(node, "dct:accessRights", "access-right", rights, "dct:RightsStatement")

    def laws(self, node: Node, laws: Iterable[str]) -> Iterator[Triple]:
        for law in laws:
            yield from self.link(node, "dcatap:applicableLegislation", law, "eli:LegalResource")

    def category(self, node: Node, short: str, text: str) -> Iterator[Triple]:
        """A theme or a category, as a concept with a name."""
        target = iri(text)
        if target is None:
            return
        yield Triple(node, _name(short), target)
        if self.new(target, "category"):
            known = vocabularies.DATA_THEMES.get(text.removeprefix(authority("data-theme", "")))
            label = known or vocabularies.HVD_LABELS.get(text) or target.value
            self.aside(self.typed(target, "skos:Concept"))
            self.aside(self.texts(target, "skos:prefLabel", label, "fr"))
            self.aside([Triple(target, _name("skos:inScheme"), NamedNode(_THEMES))] if known else [])

    # ----- What is around -----

    def licence(self, node: Node, text: str) -> Iterator[Triple]:
        """An address, or a node whose label is the text."""
        if not _filled(text):
            return
        target = (iri(text) if "://" in text[:10] else None) or self.blank()
        yield Triple(node, _name("dct:license"), target)
        if self.new(target, "licence"):
            self.aside(self.typed(target, "dct:LicenseDocument"))
            self.aside(self.texts(target, "rdfs:label", text) if isinstance(target, BlankNode) else [])

    def agent(self, node: Node, short: str, agent: Agent) -> Iterator[Triple]:
        target = self.node(agent.iri)
        yield Triple(node, _name(short), target)
        if self.new(target, "agent"):
            self.aside(self.described_agent(target, agent))

    def described_agent(self, target: Node, agent: Agent) -> Iterator[Triple]:
        yield from self.typed(target, "foaf:Agent")
        yield from self.texts(
            target, "foaf:name", _filled(agent.name) or _filled(agent.identifier) or _filled(agent.iri) or "?"
        )
        yield from self.texts(target, "dct:identifier", agent.identifier)
        yield from self.link(target, "foaf:mbox", f"mailto:{agent.email}" if agent.email else "")
        yield from self.link(target, "foaf:homepage", agent.page, "foaf:Document")

    def contact(self, node: Node, contact: Agent) -> Iterator[Triple]:
        target = self.node(contact.iri)
        yield Triple(node, _name("dcat:contactPoint"), target)
        if self.new(target, "contact"):
            self.aside(self.typed(target, "vcard:Kind", "vcard:Organization"))
            self.aside(self.texts(target, "vcard:fn", contact.name))
            self.aside(self.link(target, "vcard:hasEmail", f"mailto:{contact.email}" if contact.email else ""))
            self.aside(self.link(target, "vcard:hasURL", contact.page))

    def place(self, node: Node, place: Place) -> Iterator[Triple]:
        target = self.node(place.iri)
        yield Triple(node, _name("dct:spatial"), target)
        if self.new(target, "place"):
            self.aside(self.typed(target, "dct:Location"))
            self.aside(self.texts(target, "rdfs:label", place.label))

    def standard(self, node: Node, standard: Standard) -> Iterator[Triple]:
        target = self.node(standard.iri)
        yield Triple(node, _name("dct:conformsTo"), target)
        if self.new(target, "standard"):
            self.aside(self.typed(target, "dct:Standard"))
            self.aside(self.texts(target, "dct:title", standard.title))
            self.aside(self.texts(target, "owl:versionInfo", standard.version))

    # ----- Distribution -----

    def distribution(self, dataset: NamedNode, record: Distribution, owner: Dataset, position: int) -> Iterator[Triple]:
        access = iri(record.access_url) or iri(record.download_url) or iri(owner.landing_page)
        if access is None:
            return
        target = iri(record.iri)
        if target is None or not self.new(target, "resource"):
            target = NamedNode(f"{dataset.value.partition('#')[0]}#distribution-{position}")
            if not self.new(target, "resource"):
                return
        yield Triple(dataset, _name("dcat:distribution"), target)
        self.aside(self.described_distribution(target, record, owner, access))

    def described_distribution(
        self, target: NamedNode, record: Distribution, owner: Dataset, access: NamedNode
    ) -> Iterator[Triple]:
        yield from self.typed(target, "dcat:Distribution")
        yield from self.texts(target, "dct:identifier", record.identifier)
        yield from self.texts(target, "dct:title", record.title, owner.language)
        yield from self.texts(target, "dct:description", record.description, owner.language)
        yield Triple(target, _name("dcat:accessURL"), access)
        yield from self.link(target, "dcat:downloadURL", record.download_url)
        yield from self.moment(target, "dct:issued", record.issued)
        yield from self.moment(target, "dct:modified", record.modified)
        if record.size is not None and record.size >= 0:
            yield Triple(target, _name("dcat:byteSize"), Literal(str(record.size), datatype=_name("xsd:nonNegativeInteger")))
        yield from self.format(target, record)
        yield from self.checksum(target, record)
        yield from self.licence(target, record.licence)
        yield from self.laws(target, owner.applicable_legislation)
        for standard in record.conforms_to:
            yield from self.standard(target, standard)

    def format(self, node: Node, record: Distribution) -> Iterator[Triple]:
        code = vocabularies.FORMATS.get(record.format, ("", ""))[0]
        if code:
            yield from self.concept(node, "dct:format", "file-type", code, "dct:MediaTypeOrExtent")
        elif _filled(record.format):
            target = self.blank()
            yield Triple(node, _name("dct:format"), target)
            self.aside(self.typed(target, "dct:MediaTypeOrExtent"))
            self.aside(self.texts(target, "rdfs:label", record.format))
        if media := vocabularies.media_type(record.media_type):
            yield from self.link(node, "dcat:mediaType", vocabularies.IANA + media, "dct:MediaType")

    def checksum(self, node: NamedNode, record: Distribution) -> Iterator[Triple]:
        algorithm = vocabularies.CHECKSUMS.get(record.checksum_algorithm)
        digits = values.checksum(record.checksum)
        if not algorithm or not digits or len(digits) % 2:
            return
        target = self.blank()
        yield Triple(node, _name("spdx:checksum"), target)
        self.aside(self.typed(target, "spdx:Checksum"))
        self.aside(
            [
                Triple(target, _name("spdx:algorithm"), _name(f"spdx:{algorithm}")),
                Triple(target, _name("spdx:checksumValue"), Literal(digits, datatype=_name("xsd:hexBinary"))),
            ]
        )


def _filled(text: str) -> str:
    return values.writable(text).strip()


def _is_word(theme: str) -> bool:
    return "://" not in theme[:10] or iri(theme) is None
