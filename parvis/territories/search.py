"""The picker: finds a territory from what people type, with or without accents, whole or not, with a typing error or two.

The index is in memory, one per process, built again when the official code was loaded again.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import Lock

from rapidfuzz import fuzz, process

from parvis.territories.core.names import normalise
from parvis.territories.models import Level, Loading, Territory

# Rank of what matched, best first; half a rank more where the last word typed is not whole.
EXACT, ARTICLE, PREFIX, WORD, NEAR = 0.0, 0.6, 1.0, 2.0, 3.0
HALF = 0.5
ARTICLES = {"le", "la", "les", "l"}
SPELLING = 74.0  # the least likeness of a name with a typing error, out of 100
FURTHER = 12.0  # how much less alike than the best one a name may be


@dataclass(frozen=True, slots=True)
class Entry:
    """One territory of the index. `name` is normalised, and holds neither article nor kind of EPCI."""

    pk: int
    level: str
    code: str
    name: str
    population: int
    departement: int | None
    epci: int | None


# Which loading an index was built from: its key and its moment (a key may be given again after a rollback).
Version = tuple[int, datetime] | None


@dataclass(frozen=True)
class Index:
    """`starts`: (text, rank of the entry) for each word of each name, sorted, so that a prefix is a slice."""

    version: Version
    entries: tuple[Entry, ...]
    starts: tuple[tuple[str, int], ...]
    codes: dict[str, list[int]]
    names: tuple[str, ...]
    named: tuple[tuple[int, ...], ...]
    departements: dict[str, int]


_index: Index | None = None
_lock = Lock()


def index() -> Index:
    """The index of the code last loaded."""
    global _index
    version = Loading.objects.filter(what=Loading.What.CODE).values_list("pk", "created").first()
    with _lock:
        if _index is None or _index.version != version:
            _index = _build(version)
        return _index


def _build(version: Version) -> Index:
    columns = ("pk", "level", "code", "name", "population", "departement_id", "epci_id", "postcodes")
    entries: list[Entry] = []
    codes: dict[str, list[int]] = defaultdict(list)
    by_name: dict[str, list[int]] = defaultdict(list)
    starts: list[tuple[str, int]] = []
    for pk, level, code, name, population, departement, epci, postcodes in Territory.objects.filter(active=True).values_list(
        *columns
    ):
        rank, plain = len(entries), _bare(name, level)
        entries.append(Entry(pk, level, code, plain, population or 0, departement, epci))
        for known in (code.lower(), *postcodes):
            codes[known].append(rank)
        by_name[plain].append(rank)
        starts += [(plain[place:], rank) for place in (0, *(found.end() for found in re.finditer(" ", plain)))]
    departements = {entry.name: entry.pk for entry in entries if entry.level == Level.DEPARTEMENT}
    return Index(
        version, tuple(entries), tuple(sorted(starts)), dict(codes), tuple(by_name), tuple(map(tuple, by_name.values())), departements
    )  # fmt: skip


def _bare(name: str, level: str) -> str:
    plain = normalise(name)
    if level == Level.EPCI:
        plain = re.sub(r"^(cc|ca|cu|metropole) (d|de la|de l|du|des|de)? ?(?=\w{3})", "", plain)
    return plain


def search(text: str, *, level: str = "", near: str = "", limit: int = 10, offset: int = 0) -> list[Territory]:
    """The territories that `text` may mean, the most likely first: exact before partial before misspelt, then near before far
    (`near`: code of a commune), then the most people. Empty where nothing looks like it."""
    known = index()
    found = _ranked(known, text, level)
    around = next(
        (known.entries[rank] for rank in known.codes.get(near.lower(), ()) if known.entries[rank].level == Level.COMMUNE), None
    )
    ordered = sorted(found, key=lambda item: _key(known.entries[item[0]], item[1], around))[offset : offset + limit]
    pks = [known.entries[rank].pk for rank, _score in ordered]
    territories = Territory.objects.select_related("departement", "epci", "region").in_bulk(pks)
    return [territories[pk] for pk in pks if pk in territories]


def _key(entry: Entry, score: float, around: Entry | None) -> tuple[float, int, int, str]:
    distance = 0
    if around:
        distance = 0 if entry.epci == around.epci and entry.epci else 1 if entry.departement == around.departement else 2
    # People who type the name of a town mean the town before its EPCI.
    weight = entry.population // 2 if entry.level == Level.EPCI else entry.population
    return score, distance, -weight, entry.code


def _ranked(known: Index, text: str, level: str) -> list[tuple[int, float]]:
    wanted = normalise(text)
    if len(wanted) < 2:
        return []
    best: dict[int, float] = {}

    def note(ranks: Iterable[int], score: float) -> None:
        for rank in ranks:
            if not level or known.entries[rank].level == level:
                best[rank] = min(score, best.get(rank, 9.0))

    if wanted[0].isdecimal():
        _by_code(known, wanted.replace(" ", ""), note)
    _by_prefix(known, wanted, note)
    if not best:
        _with_departement(known, wanted, note)
    if not best or (len(best) < 3 and min(best.values()) > WORD):
        _by_likeness(known, wanted, note)
    return list(best.items())


def _by_code(known: Index, wanted: str, note: Callable[[Iterable[int], float], None]) -> None:
    note(known.codes.get(wanted, ()), EXACT)
    if len(wanted) > 2 and wanted not in known.codes:
        for code, ranks in known.codes.items():
            if code.startswith(wanted):
                note(ranks, PREFIX)


def _by_prefix(known: Index, wanted: str, note: Callable[[Iterable[int], float], None]) -> None:
    start = bisect_left(known.starts, (wanted, -1))
    for text, rank in known.starts[start : bisect_left(known.starts, (wanted + "{", -1))]:
        name = known.entries[rank].name
        whole = text == wanted or text.startswith(wanted + " ")
        if text == wanted:
            score = EXACT if name == text else ARTICLE if name.removesuffix(text).strip() in ARTICLES else WORD
        else:
            score = (PREFIX if name == text else WORD) + (0 if whole else HALF)
        note((rank,), score)


def _into(found: dict[int, float], ranks: Iterable[int], score: float) -> None:
    found.update(dict.fromkeys(ranks, score))


def _with_departement(known: Index, wanted: str, note: Callable[[Iterable[int], float], None]) -> None:
    """« saint martin ariege »: a name, then the département that tells it from its namesakes."""
    for name, pk in known.departements.items():
        if not wanted.endswith(" " + name):
            continue
        namesakes: dict[int, float] = {}
        _by_prefix(known, wanted[: -len(name) - 1], partial(_into, namesakes))
        for rank, score in namesakes.items():
            if known.entries[rank].departement == pk:
                note((rank,), score)


def _by_likeness(known: Index, wanted: str, note: Callable[[Iterable[int], float], None]) -> None:
    """Typing errors: the likest names, and the likest beginnings of names."""
    if len(wanted) < 4:
        return
    likely = {
        rank: score
        for _name, score, rank in process.extract(wanted, known.names, scorer=fuzz.ratio, score_cutoff=SPELLING, limit=40)
    }
    if len(wanted) > 5 and max(likely.values(), default=0) < 90:
        heads = [name[: len(wanted)] for name in known.names]
        for _name, score, rank in process.extract(wanted, heads, scorer=fuzz.ratio, score_cutoff=SPELLING + 8, limit=40):
            likely[rank] = max(score - 5, likely.get(rank, 0))
    best = max(likely.values(), default=0)
    for rank, score in likely.items():
        if score >= best - FURTHER:
            note(known.named[rank], NEAR + (100 - score) / 100)
