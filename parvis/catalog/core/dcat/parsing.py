"""The bytes of a stranger's document, to a graph in memory: bounded, without network, without entities."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse

from parvis.catalog.core.dcat.contexts import CONTEXT, KNOWN

#: A page of a catalogue of 20,000 datasets in one document is some 60 MB of Turtle.
LIMIT_BYTES: Final = 200_000_000
LIMIT_TRIPLES: Final = 5_000_000
#: A JSON document deeper than this is an attack, not a catalogue.
LIMIT_DEPTH: Final = 60
LIMIT_ERRORS: Final = 50

Term = NamedNode | BlankNode | Literal
#: subject → predicate → objects, in the order of the document. A blank node's key begins with `_:`.
Graph = dict[str, dict[str, list[Term]]]

TURTLE: Final = ("text/turtle", "application/x-turtle", "text/n3", "application/n-triples", "application/trig")
XML: Final = ("application/rdf+xml", "application/xml", "text/xml")
JSON: Final = ("application/ld+json", "application/json")
_FORMATS: Final = {
    "text/n3": RdfFormat.N3,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/trig": RdfFormat.TRIG,
}
_ENCODING: Final = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["'][^>]*?\?>""")
#: Where a statement of Turtle ends and another begins, as most programs write them.
_STATEMENTS: Final = re.compile(
    r"(?<=\.)[ \t]*\r?\n(?=[ \t]*(?:<|_:|\[|[A-Za-z][\w-]*:|@|[Pp][Rr][Ee][Ff][Ii][Xx]|[Bb][Aa][Ss][Ee]))"
)
_PREFIX: Final = re.compile(r"@(?:prefix\s+[\w.-]*:|base)\s*<[^<>\s]*>\s*\.|(?i:\bprefix\s+[\w.-]*:|\bbase)\s*<[^<>\s]*>")
_LINE: Final = re.compile(r"line \d+")
_CUT_SENTENCE: Final = "Le document est coupé avant la fin : ce qui précède a été lu."
_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")


class UnreadableCatalogue(ValueError):
    """No record at all can be read from this document. The text says why and what to do."""


def kind_of(data: bytes, media_type: str) -> str:
    """`turtle`, `xml` or `json`: the media type, unless the content is plainly something else."""
    start = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n")
    lowered = start[:300].lower()
    if not start:
        raise UnreadableCatalogue("Ce document est vide.")
    if lowered.startswith((b"<!doctype html", b"<html")) or (b"<html" in lowered and b"rdf:rdf" not in lowered):
        raise UnreadableCatalogue("Cette adresse donne une page web, pas un catalogue. Vérifiez l'adresse du catalogue DCAT.")
    announced = media_type.partition(";")[0].strip().lower()
    if start[:1] in (b"{", b"[") and announced not in TURTLE:
        return "json"
    if lowered.startswith(b"<?xml") or b"<rdf:rdf" in data[:5000].lower():
        return "xml"
    if announced in XML:
        return "xml"
    if announced in JSON:
        raise UnreadableCatalogue("Le serveur annonce du JSON, mais ce document n'en est pas.")
    return "turtle"


def check_size(data: bytes) -> None:
    if len(data) > LIMIT_BYTES:
        limit = LIMIT_BYTES // 1_000_000
        raise UnreadableCatalogue(f"Ce document dépasse {limit} Mo. Demandez à son éditeur un catalogue en plusieurs pages.")


# ----- Turtle and XML -----


def graph_of(data: bytes, kind: str, media_type: str, base: str) -> tuple[Graph, list[str]]:
    """The graph of a Turtle or XML document, and what could not be read of it. The parser goes on after a faulty statement."""
    form = RdfFormat.RDF_XML if kind == "xml" else _FORMATS.get(media_type.partition(";")[0].strip().lower(), RdfFormat.TURTLE)
    content = _xml(data) if kind == "xml" else _text(data)
    graph: Graph = {}
    errors = _fill(graph, parse(content, format=form, base_iri=_base(base), lenient=True))
    if errors and form in (RdfFormat.TURTLE, RdfFormat.N3):
        graph, errors = _best((graph, errors), _by_statements(content.decode(), base))
    if not graph:
        why = f" ({errors[0]})" if errors else ""
        raise UnreadableCatalogue(f"Ce document n'est pas du RDF lisible{why}.")
    cut = [_CUT_SENTENCE] if _is_cut(content, kind) else []
    return graph, cut + [_sentence(error) for error in errors[:LIMIT_ERRORS]]


def _is_cut(content: bytes, kind: str) -> bool:
    """Whether the end is missing: an XML root that is not closed, a last statement without its full stop."""
    if kind == "xml":
        root = re.search(rb"<([A-Za-z_][\w:.-]*)", content)
        closed = rb"(</" + re.escape(root[1]) + rb"\s*>|/>)\s*(<!--.*-->\s*)*$" if root else b""
        return not re.search(closed, content[-500:], re.DOTALL)
    lines = [line.strip() for line in content[-5_000:].decode("utf-8", "replace").splitlines()]
    last = next((line for line in reversed(lines) if line and not line.startswith("#")), ".")
    return not (last.endswith((".", "}")) or re.match(r"(?i)(prefix|base)\b", last) or re.search(r"\.\s*#", last))


def _by_statements(text: str, base: str) -> tuple[Graph, list[str]]:
    """Read again one statement at a time, so that a quote that is not closed costs its own statement and not those that follow."""
    head = "\n".join(_PREFIX.findall(text)) + "\n"
    graph: Graph = {}
    errors: list[str] = []
    number = 1
    for statement in _STATEMENTS.split(text):
        content = (head + statement).encode()
        found = _fill(graph, parse(content, format=RdfFormat.TURTLE, base_iri=_base(base), lenient=True))
        errors += [_LINE.sub(f"line {number}", error) for error in found]
        number += statement.count("\n") + 1
        if len(errors) > 10_000:
            break
    return graph, errors


def _best(first: tuple[Graph, list[str]], second: tuple[Graph, list[str]]) -> tuple[Graph, list[str]]:
    """The reading that keeps more subjects; the first when they are even."""
    return second if len(second[0]) > len(first[0]) else first


def _fill(graph: Graph, quads: Iterator[Quad]) -> list[str]:
    """Add every triple, and say what could not be read. Stops at an error that comes back at the same place."""
    errors: list[str] = []
    count = 0
    while True:
        try:
            for quad in quads:
                count += 1
                if count > LIMIT_TRIPLES:
                    raise UnreadableCatalogue(
                        "Ce document a trop d'énoncés. Demandez à son éditeur un catalogue en plusieurs pages."
                    )
                _add(graph, quad)
            return errors
        except SyntaxError as error:
            text = str(error)
            if len(errors) >= 10_000 or (errors and errors[-1] == text):
                return errors
            errors.append(text)


def _add(graph: Graph, quad: Quad) -> None:
    subject, value = quad.subject, quad.object
    if isinstance(value, (NamedNode, BlankNode, Literal)) and isinstance(subject, (NamedNode, BlankNode)):
        properties = graph.setdefault(key(subject), {})
        properties.setdefault(_modern(quad.predicate.value), []).append(value)


def key(node: NamedNode | BlankNode) -> str:
    return node.value if isinstance(node, NamedNode) else f"_:{node.value}"


def _modern(predicate: str) -> str:
    """Some portals write the namespaces of the W3C with https."""
    return (
        "http" + predicate[5:]
        if predicate.startswith(("https://www.w3.org/", "https://xmlns.com/", "https://purl.org/"))
        else predicate
    )


def _base(base: str) -> str | None:
    try:
        NamedNode(base)
    except ValueError:
        return None
    return base


def _text(data: bytes) -> bytes:
    """UTF-8, whatever it was: Turtle is UTF-8 by definition, but not in life."""
    plain = data.removeprefix(b"\xef\xbb\xbf")
    try:
        plain.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.end >= len(plain):  # cut in the middle of a letter
            return plain[: error.start]
        return plain.decode("cp1252", "replace").encode()
    return plain


def _xml(data: bytes) -> bytes:
    """UTF-8 without a document type: an entity is refused, never expanded."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", "replace")
    else:
        found = _ENCODING.match(data.removeprefix(b"\xef\xbb\xbf").lstrip()[:300])
        name = found[1].decode().lower() if found else "utf-8"
        try:
            text = data.removeprefix(b"\xef\xbb\xbf").decode(name, "replace")
        except LookupError:
            text = data.decode("utf-8", "replace")
    if "<!ENTITY" in text or "<!entity" in text:
        raise UnreadableCatalogue(
            "Ce document XML déclare des entités, ce que Parvis refuse. Demandez à son éditeur de les retirer."
        )
    return _DECLARATION.sub("", text, count=1).lstrip().encode("utf-8", "replace")


def _sentence(error: str) -> str:
    found = re.search(r"line (\d+)", error)
    where = f" à la ligne {found[1]}" if found else ""
    return f"Un énoncé est mal écrit{where} et n'a pas été lu. ({error})"


# ----- JSON -----


def json_of(data: bytes) -> Any:
    """The value of a JSON document. Raises UnreadableCatalogue."""
    try:
        value = json.loads(_text(data))
    except RecursionError as error:
        raise UnreadableCatalogue("Ce document JSON est trop profond.") from error
    except ValueError as error:
        raise UnreadableCatalogue(f"Ce document JSON est coupé ou mal écrit ({error}).") from error
    if not isinstance(value, (dict, list)):
        raise UnreadableCatalogue("Ce document JSON n'est pas un catalogue.")
    return value


def graph_of_json(value: Any, base: str) -> tuple[Graph, list[str]]:
    """The graph of a JSON-LD document. Contexts that lie elsewhere are replaced by ours: nothing is fetched."""
    notes: list[str] = []
    local = _local(value, notes, 0)
    graph: Graph = {}
    errors = _fill_safely(graph, local, base)
    if errors:  # one record at a time: the others are not lost
        graph = {}
        errors = [error for part in _parts(local) for error in _fill_safely(graph, part, base)]
    return graph, notes + [f"Une partie du document n'a pas été lue. ({error})" for error in errors[:LIMIT_ERRORS]]


def _quads(value: Any, base: str) -> Iterator[Quad]:
    return parse(json.dumps(value).encode(), format=RdfFormat.JSON_LD, base_iri=_base(base), lenient=True)


def _fill_safely(graph: Graph, part: Any, base: str) -> list[str]:
    try:
        return _fill(graph, _quads(part, base))
    except UnreadableCatalogue:
        raise
    except (ValueError, SyntaxError) as error:
        return [str(error)]


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        yield from value
    elif isinstance(value, dict) and isinstance(value.get("@graph"), list):
        for item in value["@graph"]:
            yield {"@context": value.get("@context", {}), "@graph": [item]}
    else:
        yield value


def _local(value: Any, notes: list[str], depth: int) -> Any:
    """The same value, whose contexts are all here."""
    if depth > LIMIT_DEPTH:
        raise UnreadableCatalogue("Ce document JSON est trop profond.")
    if isinstance(value, list):
        return [_local(item, notes, depth + 1) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _context(item, notes, depth + 1) if name == "@context" else _local(item, notes, depth + 1)
        for name, item in value.items()
        if name != "@import"
    }


def _context(value: Any, notes: list[str], depth: int) -> Any:
    if isinstance(value, list):
        return [_context(item, notes, depth + 1) for item in value]
    if not isinstance(value, str):
        return _local(value, notes, depth)
    if not any(known in value for known in KNOWN):
        note = f"Le vocabulaire {value[:200]} n'est pas connu ici : les mots habituels de DCAT ont été lus à sa place."
        if note not in notes:
            notes.append(note)
    return CONTEXT
