"""Any catalogue, read to the same records.

The contract:

- `read(data, media_type, base=…)` takes the bytes of one document as its server gave them, the media type it announced
  (parameters such as `; charset=` are ignored) and the address it came from; it returns a `Page`.
- Formats: `text/turtle`, `application/n-triples`, `application/rdf+xml` (also `application/xml` and `text/xml`),
  `application/ld+json`, and `application/json`: JSON-LD when it has an `@context` or `@graph`, Project Open Data
  (`data.json`, DCAT-US) otherwise. A type that is none of these (`text/plain`, `application/octet-stream`, empty) is recognised by content.
- One bad record never loses the others: what cannot be kept is one sentence in `problems`, in plain French.
- A document that is no catalogue at all (HTML, half a JSON, too large) raises `UnreadableCatalogue`, whose text is one plain
  French sentence. Turtle, N-Triples or XML cut in the middle gives what came before the cut, and a first problem
  that begins with `Le document est coupé`.
- A stranger wrote this: no network, no entity, `LIMIT_BYTES` and `LIMIT_TRIPLES` hold. Callers run it in the sandbox:
  `Page` pickles, and `dataclasses.asdict` turns it into plain values.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode

from parvis.catalog.core.dcat import data_json, values, vocabularies
from parvis.catalog.core.dcat.parsing import (
    LIMIT_BYTES,
    LIMIT_TRIPLES,
    Graph,
    Term,
    UnreadableCatalogue,
    check_size,
    graph_of,
    graph_of_json,
    json_of,
    key,
    kind_of,
)
from parvis.catalog.core.dcat.records import Agent, Dataset, Distribution, Page, Place, Standard
from parvis.catalog.core.dcat.vocabularies import term

__all__ = ["LIMIT_BYTES", "LIMIT_TRIPLES", "UnreadableCatalogue", "read"]

LIMIT_PROBLEMS = 1_000
LIMIT_KEYWORDS = 100
LIMIT_DISTRIBUTIONS = 1_000
TYPE = term("rdf:type")


def read(data: bytes, media_type: str, *, base: str) -> Page:
    """The datasets of one document of a catalogue, the next page's address, and what was wrong."""
    check_size(data)
    kind = kind_of(data, media_type)
    if kind != "json":
        graph, problems = graph_of(data, kind, media_type, base)
    else:
        value = json_of(data)
        if data_json.is_data_json(value):
            return _unique(data_json.read(value, base))
        graph, problems = graph_of_json(value, base)
    page = _Reader(graph, base, problems).page()
    if not page.datasets and not _is_catalogue(graph):
        raise UnreadableCatalogue("Ce document ne décrit aucun jeu de données. Vérifiez l'adresse du catalogue DCAT.")
    return _unique(page)


def _is_catalogue(graph: Graph) -> bool:
    """Whether it says that it is one, be it empty or full of faulty records."""
    wanted = {term(name) for name in ("dcat:Catalog", "dcat:Dataset", "hydra:Collection", "hydra:PagedCollection")}
    return any(value.value in wanted for node in graph.values() for value in node.get(TYPE, ()))


def _unique(page: Page) -> Page:
    """Two records of a page never share an identifier: those that do are told apart by their IRI, or left out."""
    shared: dict[str, int] = {}
    for dataset in page.datasets:
        shared[dataset.identifier] = shared.get(dataset.identifier, 0) + 1
    if all(count == 1 for count in shared.values()):
        return replace(page, problems=page.problems[:LIMIT_PROBLEMS])
    problems, kept = list(page.problems), dict[str, Dataset]()
    for dataset in page.datasets:
        if shared[dataset.identifier] > 1:
            problems.append(
                f"L'identifiant « {dataset.identifier} » est donné à plusieurs jeux de données : « {dataset.title} » le partage."
            )
            if dataset.iri and dataset.iri not in shared:
                dataset = replace(dataset, identifier=dataset.iri)
        kept.setdefault(dataset.identifier, dataset)
    return replace(page, datasets=tuple(kept.values()), problems=tuple(problems[:LIMIT_PROBLEMS]))


class _Reader:
    """One graph, read to records."""

    def __init__(self, graph: Graph, base: str, problems: list[str]) -> None:
        self.graph = graph
        self.base = base
        self.problems = problems
        self.agents: dict[str, Agent] = {}

    # ----- Terms -----

    def objects(self, node: str, *names: str) -> list[Term]:
        """The values of the first of these properties that has some."""
        properties = self.graph.get(node)
        if not properties:
            return []
        for name in names:
            if found := properties.get(term(name)):
                return found
        return []

    def text(self, node: str, *names: str) -> str:
        """The literal in French, otherwise in English, otherwise the first."""
        best, rank = "", 9
        for value in self.objects(node, *names):
            if isinstance(value, Literal):
                found = _preference(value.language or "")
                if found < rank and value.value.strip():
                    best, rank = value.value, found
        return best

    def address(self, node: str, *names: str) -> str:
        """The first value that is an address: an IRI, a literal, or a node that is one."""
        for value in self.objects(node, *names):
            if not isinstance(value, BlankNode) and (found := values.address(value.value, self.base)):
                return found
        return ""

    def moment(self, node: str, *names: str) -> datetime | None:
        found = (values.moment(value.value) for value in self.objects(node, *names) if isinstance(value, Literal))
        return next((moment for moment in found if moment), None)

    def label(self, node: str) -> str:
        named = self.text(
            node, "skos:prefLabel", "rdfs:label", "dct:title", "foaf:name", "schema:name", "locn:geographicName", "rdf:value"
        )
        return values.line(named)

    def said(self, node: str, *names: str) -> str:
        """What a value says: an IRI as it is, a literal, or the label of a blank node."""
        for value in self.objects(node, *names):
            found = values.line(value.value, 4_000) if not isinstance(value, BlankNode) else self.label(key(value))
            if found:
                return found
        return ""

    # ----- The page -----

    def page(self) -> Page:
        datasets = []
        catalogue = next(self.typed("dcat:Catalog"), "")
        for node in self.dataset_nodes():
            try:
                dataset = self.dataset(node)
            except (ValueError, TypeError, KeyError, OverflowError) as error:
                self.problems.append(f"Le jeu de données {_short(node)} n'a pas pu être lu. ({error})")
                continue
            if dataset:
                datasets.append(dataset)
        return Page(
            datasets=tuple(datasets),
            next=self.next_page(),
            problems=tuple(self.problems),
            title=values.line(self.text(catalogue, "dct:title", "rdfs:label", "dc:title")) if catalogue else "",
            publisher=self.agent(catalogue, "dct:publisher") if catalogue else None,
            total=self.total(),
        )

    def typed(self, *names: str) -> Any:
        wanted = {term(name) for name in names}
        return (
            node for node, properties in self.graph.items() if any(value.value in wanted for value in properties.get(TYPE, ()))
        )

    def dataset_nodes(self) -> list[str]:
        """Nodes that are datasets, and those that a catalogue names without saying what they are."""
        catalogues = set(self.typed("dcat:Catalog"))
        found = dict.fromkeys(node for node in self.typed("dcat:Dataset", "dcat:DatasetSeries") if node not in catalogues)
        for catalogue in catalogues:
            for value in self.objects(catalogue, "dcat:dataset"):
                if not isinstance(value, Literal) and key(value) in self.graph and key(value) not in catalogues:
                    found.setdefault(key(value))
        return list(found)

    def next_page(self) -> str | None:
        views = [*self.typed("hydra:PartialCollectionView", "hydra:PagedCollection"), *self.graph]
        for view in views:
            if found := self.address(view, "hydra:next", "hydra:nextPage"):
                return found
        return None

    def total(self) -> int | None:
        for node in self.graph:
            if found := self.text(node, "hydra:totalItems"):
                return values.size(found)
        return None

    # ----- One dataset -----

    def dataset(self, node: str) -> Dataset | None:
        title = values.line(self.text(node, "dct:title", "rdfs:label", "dc:title", "schema:name"))
        description = values.prose(self.text(node, "dct:description", "dct:abstract", "dc:description"))
        if not title and not self.objects(node, "dcat:distribution", "dcat:distributions"):
            self.note_untitled(node, description)
            return None
        iri = "" if node.startswith("_:") else values.address(node, self.base)
        landing = self.address(node, "dcat:landingPage", "foaf:page", "foaf:homepage")
        identifier = self.identifier(node) or ("" if node.startswith("_:") else node) or landing
        if not identifier:
            self.problems.append(
                f"Le jeu de données « {title or '?'} » n'a ni identifiant ni adresse qui dure : il n'a pas été gardé."
            )
            return None
        if not title:
            self.problems.append(f"Le jeu de données {_short(identifier)} n'a pas de titre.")
        distributions = self.distributions(node, title or identifier)
        return Dataset(
            identifier=identifier,
            iri=iri,
            title=title,
            description=description,
            keywords=self.keywords(node),
            themes=self.listed(node, "dcat:theme"),
            publisher=self.agent(node, "dct:publisher", "dct:creator", "dc:publisher"),
            contact=self.agent(node, "dcat:contactPoint"),
            licence=self.licence(node) or _shared_licence(distributions),
            frequency=vocabularies.frequency(self.said(node, "dct:accrualPeriodicity")),
            issued=self.moment(node, "dct:issued", "dc:date"),
            modified=self.moment(node, "dct:modified"),
            spatial=self.places(node),
            landing_page=landing,
            conforms_to=self.standards(node),
            distributions=distributions,
            language=self.language(node),
            hvd_categories=self.listed(node, "dcatap:hvdCategory"),
            applicable_legislation=self.listed(node, "dcatap:applicableLegislation"),
            access_rights=self.said(node, "dct:accessRights"),
            version=values.line(self.text(node, "dcat:version", "owl:versionInfo"), 100),
        )

    def note_untitled(self, node: str, description: str) -> None:
        """A node that is only named (`dcat:servesDataset`) is described elsewhere; one that says something lacks its title."""
        if description or self.objects(node, "dct:identifier"):
            self.problems.append(f"Le jeu de données {_short(node)} n'a ni titre ni fichier : il n'a pas été gardé.")

    def identifier(self, node: str) -> str:
        found = sorted(
            text for value in self.objects(node, "dct:identifier", "dc:identifier") if (text := values.line(value.value, 1_000))
        )
        return found[0] if found else ""

    def keywords(self, node: str) -> tuple[str, ...]:
        """Those in French when some are, otherwise all of them; a list in one text is taken apart."""
        literals = [value for value in self.objects(node, "dcat:keyword", "dc:subject") if isinstance(value, Literal)]
        french = [value for value in literals if _preference(value.language or "") == 0]
        words = [values.line(value.value, 2_000) for value in french or literals]
        if len(words) == 1 and words[0].count(",") > 1:
            words = [word.strip() for word in words[0].split(",")]
        return tuple(dict.fromkeys(word[:200] for word in words if word))[:LIMIT_KEYWORDS]

    def listed(self, node: str, name: str) -> tuple[str, ...]:
        found = (
            values.line(value.value, 4_000) if not isinstance(value, BlankNode) else self.label(key(value))
            for value in self.objects(node, name)
        )
        return tuple(dict.fromkeys(text for text in found if text))[:LIMIT_KEYWORDS]

    def agent(self, node: str, *names: str) -> Agent | None:
        for value in self.objects(node, *names):
            if isinstance(value, Literal):
                if name := values.line(value.value):
                    return Agent(name=name)
                continue
            agent = key(value)
            if agent not in self.agents:
                self.agents[agent] = self.described(agent)
            if self.agents[agent] != Agent():
                return self.agents[agent]
        return None

    def described(self, agent: str) -> Agent:
        """Who this node is."""
        names = ("foaf:name", "vcard:fn", "vcard:organization-name", "rdfs:label", "skos:prefLabel", "schema:name")
        return Agent(
            iri="" if agent.startswith("_:") else values.address(agent, self.base),
            name=values.line(self.text(agent, *names)),
            email=self.email(agent),
            page=self.address(agent, "foaf:homepage", "vcard:hasURL", "foaf:page"),
            identifier=self.identifier(agent),
        )

    def email(self, agent: str) -> str:
        for value in self.objects(agent, "vcard:hasEmail", "foaf:mbox", "schema:email"):
            if isinstance(value, BlankNode):
                value = next(iter(self.objects(key(value), "vcard:hasValue", "vcard:value")), value)
            if found := values.email(value.value):
                return found
        return ""

    def licence(self, node: str) -> str:
        """An IRI before a text; the label of a node that has no IRI."""
        found = []
        for value in self.objects(node, "dct:license", "dct:rights"):
            if isinstance(value, BlankNode):
                found.append(self.address(key(value), "dct:identifier", "foaf:page") or self.label(key(value)))
            else:
                found.append(values.line(value.value, 2_000))
        kept = [text for text in found if text]
        return next((text for text in kept if "://" in text[:10]), kept[0] if kept else "")

    def places(self, node: str) -> tuple[Place, ...]:
        found: list[Place] = []
        for value in self.objects(node, "dct:spatial"):
            if isinstance(value, Literal):
                place = Place(label="" if _is_box(value.value) else values.line(value.value, 300))
            else:
                iri = values.address(value.value, self.base) if isinstance(value, NamedNode) else ""
                place = Place(iri, self.label(key(value))[:300])
            if place != Place() and place not in found:
                found.append(place)
        return tuple(found[:LIMIT_KEYWORDS])

    def standards(self, node: str) -> tuple[Standard, ...]:
        found = []
        for value in self.objects(node, "dct:conformsTo"):
            if isinstance(value, Literal):
                iri = values.address(value.value, "")
                found.append(Standard(iri, "" if iri else values.line(value.value)))
                continue
            standard = key(value)
            iri = (
                values.address(value.value, self.base)
                if isinstance(value, NamedNode)
                else self.address(standard, "dct:type", "dct:identifier")
            )
            version = values.line(self.text(standard, "dcat:version", "owl:versionInfo"), 100)
            found.append(Standard(iri, values.line(self.text(standard, "dct:title", "rdfs:label")), version))
        return tuple(dict.fromkeys(standard for standard in found if standard != Standard()))[:LIMIT_KEYWORDS]

    def language(self, node: str) -> str:
        found = [vocabularies.language(text) for text in self.listed(node, "dct:language")]
        known = [text for text in found if text]
        return "fr" if "fr" in known else known[0] if known else ""

    # ----- Distributions -----

    def distributions(self, node: str, owner: str) -> tuple[Distribution, ...]:
        found: dict[str, Distribution] = {}
        nodes = self.objects(node, "dcat:distribution", "dcat:distributions")
        for value in nodes[:LIMIT_DISTRIBUTIONS]:
            if isinstance(value, Literal):
                continue
            distribution = self.distribution(value)
            if distribution is None:
                self.problems.append(f"Une ressource de « {owner[:120]} » n'a pas d'adresse : elle n'a pas été gardée.")
            else:
                found.setdefault(distribution.identifier, distribution)
        if len(nodes) > LIMIT_DISTRIBUTIONS:
            self.problems.append(
                f"« {owner[:120]} » a {len(nodes)} ressources : les {LIMIT_DISTRIBUTIONS} premières ont été gardées."
            )
        return tuple(found.values())

    def distribution(self, value: NamedNode | BlankNode) -> Distribution | None:
        node = key(value)
        download = self.address(node, "dcat:downloadURL")
        access = self.address(node, "dcat:accessURL") or download
        iri = values.address(value.value, self.base) if isinstance(value, NamedNode) else ""
        if not access and node not in self.graph:
            access = iri  # a bare address stands for its file
        if not access:
            return None
        media = vocabularies.media_type(self.said(node, "dcat:mediaType"))
        given = self.said(node, "dct:format", "dc:format") or self.said(node, "dcat:mediaType")
        algorithm, checksum = self.checksum(node)
        return Distribution(
            identifier=self.identifier(node) or iri or download or access,
            iri=iri,
            title=values.line(self.text(node, "dct:title", "rdfs:label", "dc:title")),
            description=values.prose(self.text(node, "dct:description", "dc:description")),
            access_url=access,
            download_url=download,
            format=vocabularies.format_name(given) or vocabularies.format_of_address(download or access),
            media_type=media,
            size=values.size(self.text(node, "dcat:byteSize")),
            checksum_algorithm=algorithm,
            checksum=checksum,
            licence=self.licence(node),
            issued=self.moment(node, "dct:issued"),
            modified=self.moment(node, "dct:modified"),
            conforms_to=self.standards(node),
        )

    def checksum(self, node: str) -> tuple[str, str]:
        for value in self.objects(node, "spdx:checksum"):
            if isinstance(value, Literal):
                digits, said = values.checksum(value.value), ""
            else:
                digits = values.checksum(self.text(key(value), "spdx:checksumValue"))
                said = self.said(key(value), "spdx:algorithm").lower().replace("-", "")
            if digits:
                named = next((name for name in vocabularies.CHECKSUMS if said.endswith(name)), "")
                return named or vocabularies.CHECKSUM_DIGITS.get(len(digits), ""), digits
        return "", ""


def _preference(language: str) -> int:
    """French, then English, then what says no language, then any."""
    short = language.lower().partition("-")[0]
    return {"fr": 0, "en": 1, "": 2}.get(short, 3)


def _short(node: str) -> str:
    return "sans adresse" if node.startswith("_:") else node[:200]


def _is_box(text: str) -> bool:
    """`6.57,46.39,6.60,46.40`, WKT or GeoJSON: a shape, not a name."""
    return not any(letter.isalpha() for letter in text) or text.lstrip()[:1] == "{" or "((" in text


def _shared_licence(distributions: tuple[Distribution, ...]) -> str:
    found = {distribution.licence for distribution in distributions}
    return found.pop() if len(found) == 1 else ""
