"""The words of JSON-LD: one context for those that portals lay elsewhere, since nothing is fetched while reading.

Written from the terms of DCAT 3 and DCAT-AP 3 and from those that CKAN, udata and Project Open Data use; the words are the
same everywhere, so one table reads them all.
"""

from __future__ import annotations

from typing import Any, Final

from parvis.catalog.core.dcat.vocabularies import NAMESPACES, OLDER, term

#: Parts of the addresses of contexts whose words are all below.
KNOWN: Final = (
    "project-open-data.cio.gov",
    "data.gouv.fr",
    "w3.org/ns/dcat",
    "SEMICeu/DCAT-AP",
    "semiceu.github.io/DCAT-AP",
    "context.jsonld",
)

_TEXTS: Final = {
    "title": "dct:title", "description": "dct:description", "identifier": "dct:identifier", "keyword": "dcat:keyword",
    "keywords": "dcat:keyword", "name": "foaf:name", "fn": "vcard:fn", "label": "rdfs:label", "prefLabel": "skos:prefLabel",
    "byteSize": "dcat:byteSize", "checksumValue": "spdx:checksumValue", "totalItems": "hydra:totalItems", "version": "dcat:version",
    "issued": "dct:issued", "modified": "dct:modified", "language": "dct:language", "format": "dct:format", "hasVersion": "dct:hasVersion",
    "mediaType": "dcat:mediaType", "license": "dct:license", "rights": "dct:rights", "spatial": "dct:spatial",
    "temporal": "dct:temporal", "theme": "dcat:theme", "accrualPeriodicity": "dct:accrualPeriodicity",
    "accessRights": "dct:accessRights", "hasEmail": "vcard:hasEmail", "email": "vcard:hasEmail", "mbox": "foaf:mbox",
    "type": "dct:type", "landingPage": "dcat:landingPage", "conformsTo": "dct:conformsTo",
}  # fmt: skip
_NODES: Final = {
    "accessURL": "dcat:accessURL", "downloadURL": "dcat:downloadURL", "dataset": "dcat:dataset", "distribution": "dcat:distribution",
    "publisher": "dct:publisher", "creator": "dct:creator", "contactPoint": "dcat:contactPoint", "homepage": "foaf:homepage",
    "checksum": "spdx:checksum", "algorithm": "spdx:algorithm", "applicableLegislation": "dcatap:applicableLegislation",
    "hvdCategory": "dcatap:hvdCategory", "accessService": "dcat:accessService", "endpointURL": "dcat:endpointURL",
    "service": "dcat:service", "servesDataset": "dcat:servesDataset", "view": "hydra:view", "member": "hydra:member",
    "first": "hydra:first", "last": "hydra:last", "next": "hydra:next", "previous": "hydra:previous", "nextPage": "hydra:nextPage",
}  # fmt: skip
_CLASSES: Final = {
    "Catalog": "dcat:Catalog", "Dataset": "dcat:Dataset", "Distribution": "dcat:Distribution", "DataService": "dcat:DataService",
    "Agent": "foaf:Agent", "Organization": "foaf:Organization", "PartialCollectionView": "hydra:PartialCollectionView",
    "Collection": "hydra:Collection", "Concept": "skos:Concept", "Location": "dct:Location", "Standard": "dct:Standard",
}  # fmt: skip
CONTEXT: Final[dict[str, Any]] = {
    "@vocab": NAMESPACES["dcat"],
    **NAMESPACES,
    **OLDER,
    "dcterms": NAMESPACES["dct"],
    "id": "@id",
    **{word: term(short) for word, short in (_TEXTS | _CLASSES).items()},
    **{word: {"@id": term(short), "@type": "@id"} for word, short in _NODES.items()},
}
