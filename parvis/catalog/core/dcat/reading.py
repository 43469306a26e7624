"""Any catalogue, read to the same records.

The contract:

- `read(data, media_type, base=…)` takes the bytes of one document as its server gave them, the media type it announced
  (parameters such as `; charset=` are ignored) and the address it came from; it returns a `Page`.
- Formats: `text/turtle`, `application/n-triples`, `application/rdf+xml` (also `application/xml` and `text/xml`),
  `application/ld+json`, and `application/json`: JSON-LD when it has an `@context` or `@graph`, Project Open Data
  (`data.json`, DCAT-US) otherwise. A type that is none of these (`text/plain`, `application/octet-stream`, empty) is recognised by content.
- One bad record never loses the others: what cannot be kept is one sentence in `problems`, in plain French.
- A document that is no catalogue at all (HTML, half a file, too large) raises `UnreadableCatalogue`, whose text is one plain
  French sentence. Turtle, N-Triples or XML cut in the middle gives what came before the cut, and a problem that says so.
- A stranger wrote this: no network, no entity, `LIMIT_BYTES` and `LIMIT_TRIPLES` hold. Callers run it in the sandbox:
  `Page` pickles, and `dataclasses.asdict` turns it into plain values.
"""

from __future__ import annotations

from parvis.catalog.core.dcat.records import Page

#: A page of a catalogue of 20,000 datasets in one document is some 60 MB of Turtle.
LIMIT_BYTES = 200_000_000
LIMIT_TRIPLES = 5_000_000


class UnreadableCatalogue(ValueError):
    """No record at all can be read from this document. The text says why and what to do."""


def read(data: bytes, media_type: str, *, base: str) -> Page:
    """The datasets of one document of a catalogue, the next page's address, and what was wrong."""
    raise NotImplementedError
