"""What the adapters of JSON APIs share: a document read strictly, records taken one by one, addresses of pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from parvis.catalog.core.dcat.records import Dataset

MOST_PROBLEMS = 100


class UnreadableAnswer(ValueError):
    """No record can be read from this answer; the text is one French sentence."""


def read_json(data: bytes) -> Any:
    """The document. Raises UnreadableAnswer, which says what came instead."""
    text = data.decode("utf-8-sig", "replace").strip()
    if not text:
        raise UnreadableAnswer("La réponse est vide.")
    if text[:1] == "<":
        raise UnreadableAnswer("Ce site a répondu une page web au lieu de ses données : l’adresse a peut-être changé.")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        if text[:1] in "{[" and text[-1:] not in "}]":
            raise UnreadableAnswer("La réponse est coupée au milieu : le site n’a pas tout envoyé.") from None
        raise UnreadableAnswer("La réponse n’est pas du JSON que l’on puisse lire.") from None


class BadRecord(ValueError):
    """One record cannot be kept; the text says why."""


def take(records: Iterable[Any], read: Callable[[dict[str, Any]], Dataset]) -> tuple[tuple[Dataset, ...], tuple[str, ...]]:
    """Every record that can be read, each identifier once, and a sentence for each of the others."""
    found: dict[str, Dataset] = {}
    problems: list[str] = []
    for number, record in enumerate(records, start=1):
        try:
            if not isinstance(record, dict):
                raise BadRecord("ce n’est pas une fiche")
            dataset = read(record)
            if dataset.identifier in found:
                raise BadRecord(f"l’identifiant « {dataset.identifier[:80]} » est déjà celui d’une autre fiche de cette page")
            found[dataset.identifier] = dataset
        except BadRecord as error:
            problems.append(f"Fiche n° {number} de la page : {error}.")
        except (AttributeError, IndexError, KeyError, OverflowError, RecursionError, TypeError, ValueError):
            problems.append(
                f"Fiche n° {number} de la page : elle n’est pas écrite comme les autres, nous n’avons pas pu la lire."
            )
    return tuple(found.values()), tuple(problems[:MOST_PROBLEMS])


def with_parameters(url: str, **values: Any) -> str:
    """The same address with these parameters; `None` takes one away."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in values]
    added = [(name, str(value)) for name, value in values.items() if value is not None]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode([*kept, *added]), ""))


def parameter(url: str, name: str) -> str:
    return dict(parse_qsl(urlsplit(url).query)).get(name, "")


def whole_number(value: Any, otherwise: int = 0) -> int:
    """A count that an answer says, or that an address holds."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else otherwise
